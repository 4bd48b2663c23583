//! What is written for a struct, and what is said of mistakes and where.

use quote::ToTokens;
use syn::DeriveInput;

/// What is written, without spaces.
fn written(source: &str) -> String {
    let input: DeriveInput = syn::parse_str(source).expect("a struct");
    let tokens = crate::expand(&input).expect("nothing is wrong with it");
    tokens.to_string().replace(char::is_whitespace, "")
}

/// The mistake that is found, and the text that it is pointed at.
fn mistake(source: &str) -> (String, String) {
    let input: DeriveInput = syn::parse_str(source).expect("a struct");
    let error = crate::expand(&input).expect_err("something is wrong with it");
    let pointed = error.span().source_text().unwrap_or_default();
    (error.to_string(), pointed)
}

#[test]
fn fields_become_typed_constants() {
    let text = written(
        "#[mapped(table = \"users\")] pub struct User {
            #[mapped(primary_key)] id: i64,
            name: Option<String>,
            r#type: String,
            addresses: Many<Address>,
        }",
    );
    for constant in [
        "pubconstid:::ormscope::typed::Column<User,i64>=::ormscope::typed::Column::new(\"id\");",
        "pubconstname:::ormscope::typed::Column<User,Option<String>>=::ormscope::typed::Column::new(\"name\");",
        "pubconstr#type:::ormscope::typed::Column<User,String>=::ormscope::typed::Column::new(\"type\");",
        "pubconstaddresses:::ormscope::typed::Relationship<User,Many<Address>>=::ormscope::typed::Relationship::new(\"addresses\");",
        "typeKey=<i64as::ormscope::typed::ColumnValue>::Base;",
    ] {
        assert!(text.contains(constant), "{constant} is not in {text}");
    }
}

#[test]
fn what_is_written_is_rust() {
    let input: DeriveInput = syn::parse_quote! {
        #[mapped(table = "users", schema = "main", unique(first, last), index(name = "ix", last))]
        #[mapped(inherits = Person, polymorphic_identity = 3)]
        struct User {
            #[mapped(primary_key, foreign_key = "people.id", on_delete = "CASCADE")]
            id: i64,
            #[mapped(name = "first_name", length = 20, index, default = "x")]
            first: String,
            #[mapped(server_default = "y", deferred, unique, default_with = make::it)]
            last: String,
            #[mapped(version_id, sql_type = SqlType::SmallInteger)]
            version: i64,
            #[mapped(back_populates = "user", cascade = "all", lazy = "selectin", order_by = Address::id.desc(), viewonly)]
            addresses: Many<Address>,
        }
    };
    let tokens = crate::expand(&input).expect("nothing is wrong with it");
    let file: syn::File = syn::parse2(tokens).expect("items of Rust");
    let kinds: Vec<String> = file
        .items
        .iter()
        .map(|item| match item {
            syn::Item::Impl(own) => own
                .trait_
                .as_ref()
                .map_or_else(String::new, |(_, path, _)| path.to_token_stream().to_string()),
            _ => "something else".into(),
        })
        .collect();
    assert_eq!(kinds, ["", ":: ormscope :: typed :: Mapped", ":: ormscope :: typed :: IsA < Person >"]);
}

#[test]
fn a_key_of_several_columns_is_a_tuple() {
    let text = written(
        "#[mapped(table = \"t\")] struct T { #[mapped(primary_key)] a: i64, #[mapped(primary_key)] b: String }",
    );
    let base = |name: &str| format!("<{name}as::ormscope::typed::ColumnValue>::Base");
    let key = format!("typeKey=({},{});", base("i64"), base("String"));
    assert!(text.contains(&key), "{text}");
}

#[test]
fn indexes_name_columns_and_not_fields() {
    let text = written(
        "#[mapped(table = \"t\", unique(a, b))] struct T {
            #[mapped(primary_key, name = \"key\")] a: i64,
            b: String,
        }",
    );
    assert!(text.contains(".unique(&[\"key\",\"b\"])"), "{text}");
}

#[test]
fn a_mistake_is_told_where_it_stands() {
    let cases = [
        ("struct T { id: i64 }", "a mapped struct names its table: `#[mapped(table = \"…\")]`", "T"),
        (
            "#[mapped(table = \"t\")] struct T { id: i64 }",
            "a mapped struct has a primary key: put `#[mapped(primary_key)]` on a field",
            "T",
        ),
        ("#[mapped(table = \"t\")] enum T { A }", "only structs can be mapped to a table", "T"),
        (
            "#[mapped(table = \"t\")] struct T(i64);",
            "a mapped struct has named fields: each is an attribute",
            "T",
        ),
        (
            "#[mapped(table = \"t\")] struct T<X> { id: X }",
            "a mapped struct is one class and not generic",
            "X",
        ),
        ("#[mapped(table = \"\")] struct T { id: i64 }", "this name is empty", "\"\""),
        (
            "#[mapped(tabel = \"t\")] struct T { id: i64 }",
            "`tabel` says nothing of a struct; there are: table, schema, unique, index, inherits, polymorphic_on, polymorphic_identity",
            "tabel",
        ),
        (
            "#[mapped(table = \"t\", unique(nam))] struct T { #[mapped(primary_key)] name: String }",
            "there is no column `nam` in this struct",
            "nam",
        ),
        (
            "#[mapped(inherits = U)] struct T { #[mapped(primary_key)] id: i64 }",
            "a struct without a table of its own has the primary key that it inherits",
            "id",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(primary_key, foreign_key = \"users\")] id: i64 }",
            "a foreign key names a table and a column of it: \"users.id\"",
            "\"users\"",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(nullable)] id: i64 }",
            "a column takes NULL where its field is an `Option`",
            "nullable",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(cascade = \"all\")] id: i64 }",
            "`cascade` is said of a relationship, which is a field of type `Many<…>` or `One<…>`",
            "cascade",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(unique)] others: Many<U> }",
            "`unique` is said of a column, and this is a relationship",
            "unique",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(cascade = \"all, delete-orphans\")] others: Many<U> }",
            "`delete-orphans` is no cascade; there are: all, none, save-update, merge, delete, delete-orphan, expunge, refresh-expire",
            "\"all, delete-orphans\"",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(lazy = \"eager\")] other: One<U> }",
            "`eager` is no way to load; there are: select, joined, selectin, subquery, immediate, raise, raise_on_sql, noload, write_only",
            "\"eager\"",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(on_delete = \"CASCADE\")] id: i64 }",
            "this is said of a reference: add `foreign_key = \"…\"`",
            "\"CASCADE\"",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(length = 3, sql_type = SqlType::Text)] id: String }",
            "the length belongs into `sql_type`",
            "3",
        ),
        (
            "#[mapped(table = \"t\")] struct T { #[mapped(default = 1, default_with = make)] id: i64 }",
            "a column has one default",
            "make",
        ),
    ];
    for (source, message, place) in cases {
        assert_eq!(mistake(source), (message.to_string(), place.to_string()), "{source}");
    }
}
