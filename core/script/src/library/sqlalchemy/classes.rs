//! The library's classes, made once.

use std::rc::Rc;

use super::errors::ErrorClasses;
use super::types::TypeClasses;
use super::{
    attributes, collections, connection, constructors, declarative, dml, engine, expressions, mapping, metadata, query,
    relationships, result, schema, select, session,
};
use crate::object::Class;
use crate::vm::Vm;

/// Every class of the library.
pub(super) struct Classes {
    pub(super) errors: ErrorClasses,
    pub(super) types: TypeClasses,
    pub(super) column_element: Rc<Class>,
    pub(super) binary_expression: Rc<Class>,
    pub(super) boolean_list: Rc<Class>,
    pub(super) bind_parameter: Rc<Class>,
    pub(super) label: Rc<Class>,
    pub(super) unary: Rc<Class>,
    pub(super) function: Rc<Class>,
    pub(super) function_generator: Rc<Class>,
    pub(super) literal: Rc<Class>,
    pub(super) text: Rc<Class>,
    pub(super) column: Rc<Class>,
    pub(super) column_collection: Rc<Class>,
    pub(super) foreign_key: Rc<Class>,
    pub(super) table: Rc<Class>,
    pub(super) alias: Rc<Class>,
    pub(super) alias_columns: Rc<Class>,
    pub(super) metadata: Rc<Class>,
    pub(super) select: Rc<Class>,
    pub(super) insert: Rc<Class>,
    pub(super) update: Rc<Class>,
    pub(super) delete: Rc<Class>,
    pub(super) url: Rc<Class>,
    pub(super) engine: Rc<Class>,
    pub(super) connection: Rc<Class>,
    pub(super) transaction: Rc<Class>,
    pub(super) result: Rc<Class>,
    pub(super) row: Rc<Class>,
    pub(super) row_mapping: Rc<Class>,
    pub(super) instrumented_attribute: Rc<Class>,
    pub(super) instrumented_list: Rc<Class>,
    pub(super) relationship: Rc<Class>,
    pub(super) backref: Rc<Class>,
    pub(super) mapped_column: Rc<Class>,
    pub(super) mapped: Rc<Class>,
    pub(super) mapper: Rc<Class>,
    pub(super) registry: Rc<Class>,
    pub(super) declarative_meta: Rc<Class>,
    pub(super) declarative_base: Rc<Class>,
    pub(super) aliased: Rc<Class>,
    pub(super) session: Rc<Class>,
    pub(super) session_maker: Rc<Class>,
    pub(super) scoped_session: Rc<Class>,
    pub(super) session_transaction: Rc<Class>,
    pub(super) no_autoflush: Rc<Class>,
    pub(super) identity_set: Rc<Class>,
    pub(super) query: Rc<Class>,
}

impl Classes {
    pub(super) fn new(vm: &mut Vm) -> Classes {
        let column_element = expressions::column_element_class();
        let from_clause = select::from_clause_class();
        let kind = |name: &str| expressions::subclass(name, &column_element);
        Classes {
            errors: ErrorClasses::new(vm),
            types: TypeClasses::new(vm),
            binary_expression: kind("BinaryExpression"),
            boolean_list: kind("BooleanClauseList"),
            bind_parameter: kind("BindParameter"),
            label: kind("Label"),
            unary: kind("UnaryExpression"),
            function: constructors::function_class(&column_element),
            function_generator: constructors::function_generator_class(),
            literal: kind("ColumnClause"),
            text: constructors::text_class(),
            column: schema::column_class(&column_element),
            column_collection: schema::column_collection_class(),
            foreign_key: schema::foreign_key_class(),
            table: schema::table_class(&from_clause),
            alias: select::alias_class(&from_clause),
            alias_columns: select::alias_columns_class(),
            metadata: metadata::class(),
            select: select::select_class(),
            insert: dml::insert_class(),
            update: dml::update_class(),
            delete: dml::delete_class(),
            url: engine::url_class(),
            engine: engine::engine_class(),
            connection: connection::connection_class(),
            transaction: connection::transaction_class(),
            result: result::result_class(),
            row: result::row_class(),
            row_mapping: result::row_mapping_class(),
            instrumented_attribute: attributes::class(&column_element),
            instrumented_list: collections::instrumented_list_class(vm),
            relationship: relationships::relationship_class(),
            backref: relationships::backref_class(),
            mapped_column: declarative::mapped_column_class(),
            mapped: declarative::mapped_class(),
            mapper: mapping::mapper_class(),
            registry: declarative::registry_class(),
            declarative_meta: declarative::metaclass(vm),
            declarative_base: declarative::base_class(),
            aliased: mapping::aliased_class(),
            session: session::session_class(),
            session_maker: session::session_maker_class(),
            scoped_session: session::scoped_session_class(),
            session_transaction: session::session_transaction_class(),
            no_autoflush: session::no_autoflush_class(),
            identity_set: session::identity_set_class(),
            query: query::query_class(),
            column_element,
        }
    }
}
