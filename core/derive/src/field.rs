//! Reading a field and what `#[mapped(…)]` says of it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Expr, GenericArgument, Ident, LitInt, LitStr, Path, PathArguments, Type};

/// A field, which becomes an attribute.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) of_type: Type,
    pub(crate) docs: Vec<syn::Attribute>,
    pub(crate) kind: Kind,
}

/// What a field becomes.
pub(crate) enum Kind {
    /// A column.
    Column(Box<Column>),
    /// A relationship, with the calls that say what it is.
    Relationship(Vec<TokenStream>),
}

/// What is said of a column.
#[derive(Default)]
pub(crate) struct Column {
    pub(crate) primary_key: bool,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) deferred: bool,
    pub(crate) version_id: bool,
    pub(crate) name: Option<LitStr>,
    pub(crate) foreign_key: Option<LitStr>,
    pub(crate) on_delete: Option<LitStr>,
    pub(crate) on_update: Option<LitStr>,
    pub(crate) length: Option<LitInt>,
    pub(crate) sql_type: Option<Expr>,
    pub(crate) default: Option<Expr>,
    pub(crate) default_with: Option<Path>,
    pub(crate) server_default: Option<Expr>,
}

const OF_COLUMNS: &str = "primary_key, foreign_key, on_delete, on_update, unique, index, name, length, sql_type, default, default_with, server_default, deferred, version_id";
const OF_RELATIONSHIPS: &str = "back_populates, cascade, secondary, order_by, lazy, foreign_keys, remote_side, primaryjoin, secondaryjoin, viewonly, passive_deletes, single_parent, post_update";

impl Field {
    pub(crate) fn read(field: &syn::Field) -> syn::Result<Field> {
        let Some(name) = field.ident.clone() else {
            return Err(syn::Error::new_spanned(field, "an attribute has a name"));
        };
        let mut kind = match is_relationship(&field.ty) {
            true => Kind::Relationship(Vec::new()),
            false => Kind::Column(Box::default()),
        };
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("mapped")) {
            attribute.parse_nested_meta(|meta| match &mut kind {
                Kind::Column(column) => column.say(&meta),
                Kind::Relationship(calls) => {
                    calls.push(relationship_call(&meta)?);
                    Ok(())
                }
            })?;
        }
        if let Kind::Column(column) = &kind {
            column.check()?;
        }
        let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect();
        Ok(Field { name, of_type: field.ty.clone(), docs, kind })
    }

    /// The attribute's name.
    pub(crate) fn key(&self) -> String {
        self.name.unraw().to_string()
    }

    /// The name that its column has in the database.
    pub(crate) fn column_name(&self) -> String {
        match &self.kind {
            Kind::Column(column) => column.name.as_ref().map_or_else(|| self.key(), LitStr::value),
            Kind::Relationship(_) => self.key(),
        }
    }
}

/// Whether a type is written as `Many<…>` or `One<…>`.
fn is_relationship(of_type: &Type) -> bool {
    let Type::Path(path) = of_type else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let has_class = matches!(&last.arguments, PathArguments::AngleBracketed(arguments)
        if matches!(arguments.args.first(), Some(GenericArgument::Type(_))));
    has_class && (last.ident == "Many" || last.ident == "One")
}

impl Column {
    fn say(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match word(meta)?.as_str() {
            "primary_key" => self.primary_key = true,
            "unique" => self.unique = true,
            "index" => self.index = true,
            "deferred" => self.deferred = true,
            "version_id" => self.version_id = true,
            "name" => self.name = Some(meta.value()?.parse()?),
            "foreign_key" => {
                let target: LitStr = meta.value()?.parse()?;
                if !target.value().contains('.') {
                    let message = "a foreign key names a table and a column of it: \"users.id\"";
                    return Err(syn::Error::new(target.span(), message));
                }
                self.foreign_key = Some(target);
            }
            "on_delete" => self.on_delete = Some(meta.value()?.parse()?),
            "on_update" => self.on_update = Some(meta.value()?.parse()?),
            "length" => self.length = Some(meta.value()?.parse()?),
            "sql_type" => self.sql_type = Some(meta.value()?.parse()?),
            "default" => self.default = Some(meta.value()?.parse()?),
            "default_with" => self.default_with = Some(meta.value()?.parse()?),
            "server_default" => self.server_default = Some(meta.value()?.parse()?),
            "nullable" => {
                return Err(meta.error("a column takes NULL where its field is an `Option`"));
            }
            other if OF_RELATIONSHIPS.split(", ").any(|known| known == other) => {
                return Err(meta.error(format!(
                    "`{other}` is said of a relationship, which is a field of type `Many<…>` or `One<…>`"
                )));
            }
            other => {
                return Err(
                    meta.error(format!("`{other}` says nothing of a column; there are: {OF_COLUMNS}"))
                );
            }
        }
        Ok(())
    }

    fn check(&self) -> syn::Result<()> {
        if let (None, Some(rule)) = (&self.foreign_key, self.on_delete.as_ref().or(self.on_update.as_ref())) {
            return Err(syn::Error::new(
                rule.span(),
                "this is said of a reference: add `foreign_key = \"…\"`",
            ));
        }
        if let (Some(_), Some(length)) = (&self.sql_type, &self.length) {
            return Err(syn::Error::new(length.span(), "the length belongs into `sql_type`"));
        }
        if let (Some(_), Some(with)) = (&self.default, &self.default_with) {
            return Err(syn::Error::new_spanned(with, "a column has one default"));
        }
        Ok(())
    }
}

/// The call that tells a relationship one thing.
fn relationship_call(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let word = word(meta)?;
    let method =
        Ident::new(&word, meta.path.get_ident().map_or_else(proc_macro2::Span::call_site, Ident::span));
    match word.as_str() {
        "back_populates" | "cascade" | "secondary" => {
            let text: LitStr = meta.value()?.parse()?;
            if word == "cascade" {
                check_cascade(&text)?;
            }
            Ok(quote!(.#method(#text)))
        }
        "order_by" | "foreign_keys" | "remote_side" | "primaryjoin" | "secondaryjoin" => {
            let expression: Expr = meta.value()?.parse()?;
            Ok(quote!(.#method(#expression)))
        }
        "viewonly" | "passive_deletes" | "single_parent" | "post_update" => {
            Ok(quote!(.with(|options| options.#method = true)))
        }
        "lazy" => {
            let text: LitStr = meta.value()?.parse()?;
            let strategy = lazy(&text)?;
            Ok(quote!(.lazy(::ormscope::orm::Lazy::#strategy)))
        }
        other if OF_COLUMNS.split(", ").any(|known| known == other) => {
            Err(meta.error(format!("`{other}` is said of a column, and this is a relationship")))
        }
        other => {
            Err(meta
                .error(format!("`{other}` says nothing of a relationship; there are: {OF_RELATIONSHIPS}")))
        }
    }
}

fn check_cascade(text: &LitStr) -> syn::Result<()> {
    const WORDS: &[&str] =
        &["all", "none", "save-update", "merge", "delete", "delete-orphan", "expunge", "refresh-expire"];
    let value = text.value();
    let unknown = value.split(',').map(str::trim).find(|word| !word.is_empty() && !WORDS.contains(word));
    match unknown {
        None => Ok(()),
        Some(word) => {
            let message = format!("`{word}` is no cascade; there are: {}", WORDS.join(", "));
            Err(syn::Error::new(text.span(), message))
        }
    }
}

fn lazy(text: &LitStr) -> syn::Result<Ident> {
    const WORDS: &[(&str, &str)] = &[
        ("select", "Select"),
        ("joined", "Joined"),
        ("selectin", "SelectIn"),
        ("subquery", "Subquery"),
        ("immediate", "Immediate"),
        ("raise", "Raise"),
        ("raise_on_sql", "RaiseOnSql"),
        ("noload", "NoLoad"),
        ("write_only", "WriteOnly"),
    ];
    let value = text.value();
    match WORDS.iter().find(|(word, _)| *word == value) {
        Some((_, name)) => Ok(Ident::new(name, text.span())),
        None => {
            let known: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
            let message = format!("`{value}` is no way to load; there are: {}", known.join(", "));
            Err(syn::Error::new(text.span(), message))
        }
    }
}

fn word(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    match meta.path.get_ident() {
        Some(word) => Ok(word.to_string()),
        None => Err(meta.error("expected one of the words that `#[mapped(…)]` knows")),
    }
}
