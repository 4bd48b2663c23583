//! The library's classes, made once.

use std::rc::Rc;

use super::errors::ErrorClasses;
use super::types::TypeClasses;
use super::{
    attributes, collections, columns, comparators, compiled, connection, constraints, constructors, ddl,
    declarative, dml, engine, expressions, foreign_keys, froms, functions, inspection, inspector, lambdas,
    loaders, mapping, metadata, operator_objects, pool, preparer, program_compiler, program_elements, query,
    relationships, result, row, schema, scoped, select, session, transactions, url, visitors,
};
use crate::object::Class;
use crate::vm::Vm;

/// Every class of the library.
pub(super) struct Classes {
    pub(super) errors: ErrorClasses,
    pub(super) types: TypeClasses,
    /// The classes of expressions that have no methods of their own, by name.
    elements: Vec<(&'static str, Rc<Class>)>,
    pub(super) operators: Rc<Class>,
    pub(super) column_operators: Rc<Class>,
    pub(super) comparator: Rc<Class>,
    pub(super) clause_element: Rc<Class>,
    /// What programs derive their own elements from.
    pub(super) executable: Rc<Class>,
    pub(super) from_clause: Rc<Class>,
    pub(super) cache_key: Rc<Class>,
    pub(super) lambda_element: Rc<Class>,
    pub(super) function_element: Rc<Class>,
    pub(super) generic_function: Rc<Class>,
    pub(super) return_type_from_args: Rc<Class>,
    pub(super) ansi_function: Rc<Class>,
    pub(super) program_compiler: Rc<Class>,
    pub(super) program_ddl_compilers: Vec<Rc<Class>>,
    pub(super) column_element: Rc<Class>,
    pub(super) exists: Rc<Class>,
    pub(super) scalar_select: Rc<Class>,
    pub(super) function_filter: Rc<Class>,
    pub(super) within_group: Rc<Class>,
    pub(super) aggregate_order_by: Rc<Class>,
    pub(super) distinct_on: Rc<Class>,
    pub(super) change_limit: Rc<Class>,
    pub(super) mysql_match: Rc<Class>,
    pub(super) frame_clause: Rc<Class>,
    pub(super) table_clause: Rc<Class>,
    pub(super) subquery: Rc<Class>,
    pub(super) cte: Rc<Class>,
    pub(super) lateral: Rc<Class>,
    pub(super) table_sample: Rc<Class>,
    pub(super) table_valued: Rc<Class>,
    pub(super) values: Rc<Class>,
    pub(super) textual_select: Rc<Class>,
    pub(super) compound_select: Rc<Class>,
    pub(super) compilers: Vec<Rc<Class>>,
    pub(super) preparers: Vec<Rc<Class>>,
    pub(super) join: Rc<Class>,
    pub(super) load: Rc<Class>,
    pub(super) function: Rc<Class>,
    /// The classes of the functions that are known by themselves.
    pub(super) known_functions: Vec<(&'static str, Rc<Class>)>,
    pub(super) function_generator: Rc<Class>,
    pub(super) literal: Rc<Class>,
    pub(super) text: Rc<Class>,
    pub(super) column: Rc<Class>,
    pub(super) column_collection: Rc<Class>,
    pub(super) constraints: constraints::ConstraintClasses,
    pub(super) quoted_name: Rc<Class>,
    pub(super) conv: Rc<Class>,
    pub(super) ddl: ddl::DdlClasses,
    pub(super) defaults: schema::defaults::DefaultClasses,
    pub(super) foreign_key: Rc<Class>,
    pub(super) table: Rc<Class>,
    pub(super) alias: Rc<Class>,
    pub(super) metadata: Rc<Class>,
    pub(super) select: Rc<Class>,
    pub(super) insert: Rc<Class>,
    pub(super) update: Rc<Class>,
    pub(super) delete: Rc<Class>,
    pub(super) url: Rc<Class>,
    pub(super) engine: Rc<Class>,
    pub(super) option_engine: Rc<Class>,
    pub(super) engine_begin: Rc<Class>,
    pub(super) pools: pool::PoolClasses,
    pub(super) root_transaction: Rc<Class>,
    pub(super) nested_transaction: Rc<Class>,
    pub(super) inner_transaction: Rc<Class>,
    pub(super) connection: Rc<Class>,
    pub(super) transaction: Rc<Class>,
    pub(super) results: result::ResultClasses,
    pub(super) row: Rc<Class>,
    pub(super) legacy_row: Rc<Class>,
    pub(super) row_mapping: Rc<Class>,
    pub(super) instrumented_attribute: Rc<Class>,
    pub(super) instrumented_list: Rc<Class>,
    pub(super) collection_adapter: Rc<Class>,
    pub(super) instance_state: Rc<Class>,
    pub(super) attribute_state: Rc<Class>,
    pub(super) inspector: Rc<Class>,
    pub(super) column_property: Rc<Class>,
    pub(super) relationship_property: Rc<Class>,
    pub(super) relationship: Rc<Class>,
    pub(super) backref: Rc<Class>,
    pub(super) mapper_property: Rc<Class>,
    pub(super) mapped_column: Rc<Class>,
    pub(super) unmapped_column: Rc<Class>,
    /// `Mapped`, `DynamicMapped`, `WriteOnlyMapped`, `Unmapped`.
    pub(super) containers: [Rc<Class>; 4],
    pub(super) declared_attr: Rc<Class>,
    pub(super) mapped_as_dataclass: Rc<Class>,
    pub(super) dont_set: Rc<Class>,
    pub(super) mapper: Rc<Class>,
    pub(super) registry: Rc<Class>,
    pub(super) bases: declarative::Bases,
    pub(super) aliased: Rc<Class>,
    pub(super) mapped_expression: Rc<Class>,
    pub(super) session: Rc<Class>,
    pub(super) session_maker: Rc<Class>,
    pub(super) scoped_session: Rc<Class>,
    pub(super) query_property: Rc<Class>,
    pub(super) session_transaction: Rc<Class>,
    pub(super) no_autoflush: Rc<Class>,
    pub(super) identity_set: Rc<Class>,
    pub(super) query: Rc<Class>,
    pub(super) appender_query: Rc<Class>,
    pub(super) write_only: Rc<Class>,
    pub(super) bundle: Rc<Class>,
    pub(super) named_load: Rc<Class>,
    pub(super) from_statement: Rc<Class>,
}

impl Classes {
    pub(super) fn new(vm: &mut Vm) -> Classes {
        let operators = operator_objects::operators_class();
        let program_compiler = program_compiler::compiler_class();
        let column_operators = operator_objects::column_operators_class(&operators);
        let comparator = comparators::class(&column_operators);
        let clause_element = program_elements::clause_element_class();
        let from_clause = froms::from_clause_class(&clause_element);
        let select = select::select_class(&clause_element, false);
        let query = query::query_class();
        let public_element = expressions::column_element_class(&column_operators, &clause_element);
        let column_element = expressions::known_element_class(&public_element);
        let function_element = program_elements::function_element_class(&public_element);
        let function = functions::function_class(&column_element, &function_element);
        let generic_function = program_elements::generic_function_class(&function_element, "GenericFunction");
        let kind = |name: &str| expressions::subclass(name, &column_element);
        let literal = super::element_constructors::column_clause_class(&column_element);
        let column = schema::column_class(&literal);
        let engine = engine::engine_class();
        let transaction = transactions::class();
        let results = result::ResultClasses::new();
        let row = row::row_class();
        let bases = declarative::Bases::new(vm);
        let [mapped_as_dataclass, dont_set] = declarative::dataclass_classes(&bases.transform);
        let (mapped_column, unmapped_column) = declarative::mapped_column_classes(&column_operators);
        Classes {
            errors: ErrorClasses::new(vm),
            types: TypeClasses::new(vm, &comparator),
            elements: expressions::ELEMENTS
                .iter()
                .map(|name| (*name, super::element_constructors::class(name, &column_element)))
                .collect(),
            scalar_select: super::selects_as_values::scalar_select_class(&column_element),
            function_filter: functions::function_filter_class(&column_element),
            within_group: functions::within_group_class(&column_element, "WithinGroup"),
            mysql_match: super::mysql_match::class(&kind("BinaryExpression")),
            aggregate_order_by: functions::within_group_class(&column_element, "AggregateOrderBy"),
            distinct_on: super::extensions::distinct_on_class(&clause_element),
            change_limit: super::extensions::limit_class(&clause_element),
            frame_clause: Class::builder("FrameClause").module("sqlalchemy.sql.elements").build(),
            table_clause: froms::table_clause_class(&from_clause),
            subquery: froms::from_class(&from_clause, "Subquery"),
            cte: super::ctes::cte_class(&from_clause),
            lateral: froms::from_class(&from_clause, "Lateral"),
            table_sample: froms::from_class(&from_clause, "TableSample"),
            table_valued: super::valued::table_valued_class(&from_clause),
            values: super::valued::values_class(&from_clause),
            textual_select: super::textual::textual_select_class(&clause_element),
            compound_select: select::select_class(&clause_element, true),
            compilers: compiled::compiler_classes(),
            preparers: preparer::preparer_classes(),
            exists: super::selects_as_values::exists_class(&column_element),
            join: froms::from_class(&from_clause, "Join"),
            load: loaders::class(),
            known_functions: functions::KNOWN
                .iter()
                .map(|name| (*name, functions::known_class(&function, name)))
                .collect(),
            function,
            return_type_from_args: program_elements::generic_function_class(
                &generic_function,
                "ReturnTypeFromArgs",
            ),
            ansi_function: program_elements::generic_function_class(&generic_function, "AnsiFunction"),
            executable: Class::builder("Executable").module("sqlalchemy.sql.base").build(),
            program_ddl_compilers: program_compiler::ddl_compiler_classes(&program_compiler),
            program_compiler,
            generic_function,
            function_element,
            lambda_element: lambdas::class(&clause_element),
            cache_key: visitors::cache_key_class(),
            from_clause: from_clause.clone(),
            function_generator: functions::function_generator_class(),
            text: constructors::text_class(&clause_element),
            column,
            column_collection: columns::class(),
            constraints: constraints::ConstraintClasses::new(),
            quoted_name: schema::names::name_class(vm, "quoted_name"),
            conv: schema::names::name_class(vm, "conv"),
            ddl: ddl::DdlClasses::new(),
            defaults: schema::defaults::DefaultClasses::new(),
            foreign_key: foreign_keys::foreign_key_class(),
            table: schema::table_class(&from_clause),
            alias: froms::from_class(&from_clause, "Alias"),
            metadata: metadata::class(),
            select,
            insert: dml::insert_class(&clause_element),
            update: dml::update_class(&clause_element),
            delete: dml::delete_class(&clause_element),
            url: url::class(vm),
            option_engine: engine::option_engine_class(&engine),
            engine,
            engine_begin: connection::engine_begin_class(),
            pools: pool::PoolClasses::new(),
            root_transaction: transactions::kind("RootTransaction", &transaction),
            inner_transaction: transactions::inner_class(&transaction),
            nested_transaction: transactions::kind("NestedTransaction", &transaction),
            connection: connection::connection_class(),
            transaction,
            results,
            legacy_row: row::legacy_row_class(&row),
            row,
            row_mapping: row::row_mapping_class(),
            instrumented_attribute: attributes::class(&column_element),
            instrumented_list: collections::instrumented_list_class(vm),
            collection_adapter: super::collection_adapter::class(),
            instance_state: inspection::instance_state_class(),
            attribute_state: inspection::attribute_state_class(),
            inspector: inspector::class(),
            column_property: mapping::property_class("ColumnProperty"),
            relationship_property: mapping::property_class("RelationshipProperty"),
            relationship: relationships::relationship_class(),
            backref: relationships::backref_class(),
            mapper_property: Class::builder("MapperProperty").module("sqlalchemy.orm.interfaces").build(),
            mapped_column,
            unmapped_column,
            containers: declarative::container_classes(),
            declared_attr: declarative::declared_attr_class(),
            mapped_as_dataclass,
            dont_set,
            mapper: mapping::mapper_class(),
            registry: declarative::registry_class(),
            bases,
            aliased: mapping::aliased_class(),
            mapped_expression: super::properties::class(),
            session: session::session_class(),
            session_maker: scoped::session_maker_class(),
            scoped_session: scoped::scoped_session_class(),
            query_property: scoped::query_property_class(),
            session_transaction: super::session_transactions::session_transaction_class(),
            no_autoflush: session::no_autoflush_class(),
            identity_set: session::identity_set_class(),
            appender_query: super::dynamic::appender_class(&query),
            query,
            write_only: super::dynamic::write_only_class(),
            bundle: super::bundles::class(),
            named_load: super::loaders_by_name::class(super::loaders::FUNCTIONS),
            from_statement: super::select::from_statement_class(&clause_element),
            literal,
            column_element: public_element,
            clause_element,
            operators,
            column_operators,
            comparator,
        }
    }

    /// The classes of expressions that have no methods of their own.
    pub(super) fn elements(&self) -> &[(&'static str, Rc<Class>)] {
        &self.elements
    }

    /// The class of a function that is known by itself.
    pub(super) fn known_function(&self, name: &str) -> &Rc<Class> {
        let found = self.known_functions.iter().find(|(known, _)| *known == name);
        found.map_or(&self.function, |(_, class)| class)
    }

    /// The class of expressions of that name.
    pub(super) fn element(&self, name: &str) -> &Rc<Class> {
        let found = self.elements.iter().find(|(known, _)| *known == name);
        found.map_or(&self.column_element, |(_, class)| class)
    }
}
