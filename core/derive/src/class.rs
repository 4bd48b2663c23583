//! Reading a struct and what `#[mapped(…)]` says of it.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Expr, Fields, Ident, LitStr, Path, Token, Visibility, parenthesized};

use crate::field::{Field, Kind};

/// A struct that is to be mapped.
pub(crate) struct Class {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) table: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) unique: Vec<Vec<Ident>>,
    pub(crate) indexes: Vec<(LitStr, Vec<Ident>)>,
    pub(crate) polymorphic_on: Option<Ident>,
    pub(crate) polymorphic_identity: Option<Expr>,
    pub(crate) inherits: Option<Path>,
    pub(crate) fields: Vec<Field>,
}

impl Class {
    pub(crate) fn read(input: &DeriveInput) -> syn::Result<Class> {
        let Data::Struct(data) = &input.data else {
            return Err(syn::Error::new_spanned(&input.ident, "only structs can be mapped to a table"));
        };
        let Fields::Named(fields) = &data.fields else {
            return Err(syn::Error::new_spanned(
                &input.ident,
                "a mapped struct has named fields: each is an attribute",
            ));
        };
        if let Some(generic) = input.generics.params.first() {
            return Err(syn::Error::new_spanned(generic, "a mapped struct is one class and not generic"));
        }
        let mut class = Class {
            name: input.ident.clone(),
            visibility: input.vis.clone(),
            table: None,
            schema: None,
            unique: Vec::new(),
            indexes: Vec::new(),
            polymorphic_on: None,
            polymorphic_identity: None,
            inherits: None,
            fields: Vec::new(),
        };
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("mapped")) {
            attribute.parse_nested_meta(|meta| class.say(&meta))?;
        }
        for field in &fields.named {
            class.fields.push(Field::read(field)?);
        }
        class.check()?;
        Ok(class)
    }

    fn say(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let Some(word) = meta.path.get_ident().map(Ident::to_string) else {
            return Err(meta.error("expected one of the words that `#[mapped(…)]` knows"));
        };
        match word.as_str() {
            "table" => self.table = Some(name(meta)?),
            "schema" => self.schema = Some(name(meta)?),
            "inherits" => self.inherits = Some(meta.value()?.parse()?),
            "polymorphic_on" => self.polymorphic_on = Some(meta.value()?.parse()?),
            "polymorphic_identity" => self.polymorphic_identity = Some(meta.value()?.parse()?),
            "unique" => {
                let inside;
                parenthesized!(inside in meta.input);
                let fields = inside.parse_terminated(Ident::parse_any, Token![,])?;
                self.unique.push(fields.into_iter().collect());
            }
            "index" => {
                let inside;
                parenthesized!(inside in meta.input);
                let word: Ident = inside.parse()?;
                if word != "name" {
                    return Err(syn::Error::new(
                        word.span(),
                        "an index begins with its name: `name = \"…\"`",
                    ));
                }
                inside.parse::<Token![=]>()?;
                let name: LitStr = inside.parse()?;
                inside.parse::<Token![,]>()?;
                let fields = inside.parse_terminated(Ident::parse_any, Token![,])?;
                self.indexes.push((name, fields.into_iter().collect()));
            }
            other => {
                return Err(meta.error(format!(
                    "`{other}` says nothing of a struct; there are: table, schema, unique, index, inherits, polymorphic_on, polymorphic_identity"
                )));
            }
        }
        Ok(())
    }

    /// What can be wrong with the whole.
    fn check(&self) -> syn::Result<()> {
        if self.table.is_none() && self.inherits.is_none() {
            return Err(syn::Error::new(
                self.name.span(),
                "a mapped struct names its table: `#[mapped(table = \"…\")]`",
            ));
        }
        if self.table.is_some() && self.keys().next().is_none() {
            return Err(syn::Error::new(
                self.name.span(),
                "a mapped struct has a primary key: put `#[mapped(primary_key)]` on a field",
            ));
        }
        if let (None, Some(key)) = (&self.table, self.keys().next()) {
            return Err(syn::Error::new(
                key.name.span(),
                "a struct without a table of its own has the primary key that it inherits",
            ));
        }
        if let (None, Some(schema)) = (&self.table, &self.schema) {
            return Err(syn::Error::new(schema.span(), "a schema is said of a table: `table = \"…\"`"));
        }
        let named = self.unique.iter().flatten().chain(self.indexes.iter().flat_map(|(_, fields)| fields));
        for name in named.chain(&self.polymorphic_on) {
            let field = self.fields.iter().find(|field| field.name == *name);
            if !field.is_some_and(|field| matches!(field.kind, Kind::Column(_))) {
                return Err(syn::Error::new(
                    name.span(),
                    format!("there is no column `{name}` in this struct"),
                ));
            }
        }
        Ok(())
    }

    /// The fields of the primary key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| matches!(&field.kind, Kind::Column(column) if column.primary_key))
    }

    /// The columns' names that fields have in the database.
    pub(crate) fn column_names(&self, fields: &[Ident]) -> Vec<String> {
        let name = |wanted: &Ident| {
            let field = self.fields.iter().find(|field| field.name == *wanted);
            field.map_or_else(|| wanted.to_string(), Field::column_name)
        };
        fields.iter().map(name).collect()
    }
}

/// `= "name"`, of something that has a name.
fn name(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let name: LitStr = meta.value()?.parse()?;
    match name.value().is_empty() {
        true => Err(syn::Error::new(name.span(), "this name is empty")),
        false => Ok(name),
    }
}
