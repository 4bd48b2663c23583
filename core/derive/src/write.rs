//! Writing what `ormscope::typed` wants to know of a struct.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use crate::class::Class;
use crate::field::{Column, Field, Kind};

/// The attributes as constants of the struct, and its `Mapped`.
pub(crate) fn written(class: &Class) -> TokenStream {
    let name = &class.name;
    let class_name = name.to_string();
    let constants = class.fields.iter().map(|field| constant(class, field));
    let definition = definition(class);
    let key = key(class);
    let read = class.fields.iter().map(|field| {
        let own = &field.name;
        match field.kind {
            Kind::Column(_) => quote!(#own: fields.column(#name::#own)?),
            Kind::Relationship(_) => quote!(#own: fields.related(#name::#own)?),
        }
    });
    let given = class.fields.iter().map(|field| {
        let own = &field.name;
        match field.kind {
            Kind::Column(_) => quote!(.field(#name::#own, self.#own)),
            Kind::Relationship(_) => quote!(.related(#name::#own, self.#own)),
        }
    });
    let inheritance = class.inherits.as_ref().map(|parent| {
        quote! {
            #[automatically_derived]
            impl ::ormscope::typed::IsA<#parent> for #name {}
        }
    });
    // The constants are named as the fields are, and a program need not use all of them.
    quote! {
        #[automatically_derived]
        #[allow(non_upper_case_globals, dead_code)]
        impl #name {
            #(#constants)*
        }

        #[automatically_derived]
        impl ::ormscope::typed::Mapped for #name {
            const NAME: &'static str = #class_name;

            type Key = #key;

            fn definition() -> ::ormscope::typed::Definition {
                #definition
            }

            fn from_fields(fields: &mut ::ormscope::typed::Fields<'_, '_>) -> ::ormscope::orm::OrmResult<Self> {
                ::core::result::Result::Ok(#name { #(#read),* })
            }

            fn into_new(self) -> ::ormscope::typed::New<Self> {
                <::ormscope::typed::New<Self> as ::core::default::Default>::default() #(#given)*
            }
        }

        #inheritance
    }
}

/// `const name: Column<User, String>`
fn constant(class: &Class, field: &Field) -> TokenStream {
    let (owner, own, of_type, key) = (&class.name, &field.name, &field.of_type, field.key());
    let visibility = &class.visibility;
    let docs = &field.docs;
    let documented = docs.is_empty().then(|| {
        let text = format!("The attribute `{key}`.");
        quote!(#[doc = #text])
    });
    let kind = match field.kind {
        Kind::Column(_) => format_ident!("Column"),
        Kind::Relationship(_) => format_ident!("Relationship"),
    };
    // What is wrong with the field's type is told where the type stands.
    quote_spanned! {of_type.span()=>
        #(#docs)*
        #documented
        #visibility const #own: ::ormscope::typed::#kind<#owner, #of_type> = ::ormscope::typed::#kind::new(#key);
    }
}

/// What the struct says of itself.
fn definition(class: &Class) -> TokenStream {
    let table = class.table.as_ref().map(|table| quote!(.table(#table)));
    let schema = class.schema.as_ref().map(|schema| {
        quote! {
            .with_table(|mut table| {
                table.schema = ::core::option::Option::Some(::std::string::String::from(#schema));
                table
            })
        }
    });
    let inherits = class.inherits.as_ref().map(|parent| quote!(.inherits::<#parent>()));
    let on = class.polymorphic_on.as_ref().map(|field| {
        let key = syn::ext::IdentExt::unraw(field).to_string();
        quote!(.polymorphic_on(#key))
    });
    let identity = class.polymorphic_identity.as_ref().map(|value| quote!(.polymorphic_identity(#value)));
    let fields = class.fields.iter().map(|field| {
        let (owner, own) = (&class.name, &field.name);
        match &field.kind {
            Kind::Column(column) => {
                let calls = column_calls(field, column);
                quote_spanned!(field.of_type.span()=> .column(#owner::#own, |own| own #calls))
            }
            Kind::Relationship(calls) => {
                quote_spanned!(field.of_type.span()=> .relationship(#owner::#own, |own| own #(#calls)*))
            }
        }
    });
    let unique = class.unique.iter().map(|fields| {
        let columns = class.column_names(fields);
        quote!(.unique(&[#(#columns),*]))
    });
    let indexes = class.indexes.iter().map(|(name, fields)| {
        let columns = class.column_names(fields);
        quote!(.index(#name, &[#(#columns),*]))
    });
    quote! {
        ::ormscope::typed::Definition::new(::core::module_path!())
            #table #schema #inherits #on #identity #(#fields)* #(#unique)* #(#indexes)*
    }
}

fn column_calls(field: &Field, column: &Column) -> TokenStream {
    let of_type = &field.of_type;
    let mut calls = Vec::new();
    if let Some(name) = &column.name {
        calls.push(quote!(.named(#name)));
    }
    if let Some(sql_type) = &column.sql_type {
        calls.push(quote!(.sql_type(#sql_type)));
    }
    if let Some(length) = &column.length {
        calls.push(quote! {
            .sql_type(::ormscope::types::SqlType::String { length: ::core::option::Option::Some(#length) })
        });
    }
    if column.primary_key {
        calls.push(quote!(.with(|column| column.primary_key())));
    }
    if column.unique {
        calls.push(quote!(.with(|column| column.unique())));
    }
    if column.index {
        calls.push(quote!(.with(|mut column| { column.index = true; column })));
    }
    if let Some(target) = &column.foreign_key {
        calls.push(quote!(.with(|column| column.references(#target))));
    }
    if column.on_delete.is_some() || column.on_update.is_some() {
        let (on_delete, on_update) = (option(&column.on_delete), option(&column.on_update));
        calls.push(quote! {
            .rules(&::ormscope::schema::ForeignKeyRules {
                on_delete: #on_delete,
                on_update: #on_update,
                ..::core::default::Default::default()
            })
        });
    }
    if let Some(value) = &column.default {
        calls.push(quote! {
            .with(|column| column.default_to(::ormscope::schema::ColumnDefault::Scalar(
                <_ as ::core::convert::Into<::ormscope::types::Value>>::into(#value),
            )))
        });
    }
    if let Some(function) = &column.default_with {
        let name = function.segments.last().map(|part| part.ident.to_string()).unwrap_or_default();
        calls.push(quote! {
            .with(|column| {
                let make: fn() -> ::ormscope::types::Value = || {
                    let value: #of_type = #function();
                    ::ormscope::typed::ColumnValue::into_value(value)
                };
                column.default_to(::ormscope::schema::ColumnDefault::Callable {
                    code: ::std::rc::Rc::new(make),
                    name: ::std::string::String::from(#name),
                })
            })
        });
    }
    if let Some(default) = &column.server_default {
        let made = match default {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
                quote!(::ormscope::schema::ServerDefault::Literal(::std::string::String::from(#text)))
            }
            expression => quote!(::ormscope::schema::ServerDefault::Expr(#expression)),
        };
        calls.push(quote!(.with(|column| column.server_default(#made))));
    }
    if column.deferred {
        calls.push(quote!(.deferred()));
    }
    if column.version_id {
        calls.push(quote!(.version_id()));
    }
    quote!(#(#calls)*)
}

fn option(text: &Option<syn::LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(::std::string::String::from(#text))),
        None => quote!(::core::option::Option::None),
    }
}

/// The type of the primary key: that of its field, or a tuple of several.
fn key(class: &Class) -> TokenStream {
    let types: Vec<TokenStream> = class
        .keys()
        .map(|field| {
            let of_type = &field.of_type;
            quote_spanned!(of_type.span()=> <#of_type as ::ormscope::typed::ColumnValue>::Base)
        })
        .collect();
    match (&types[..], &class.inherits) {
        ([], Some(parent)) => quote!(<#parent as ::ormscope::typed::Mapped>::Key),
        ([one], _) => quote!(#one),
        (several, _) => quote!((#(#several),*)),
    }
}
