//! The names of the ORM's events, to whom each belongs, and its arguments.
//!
//! SQLAlchemy counterpart: the methods of the classes in `sqlalchemy.orm.events`.

use ormscope::orm::OrmEventKind;

/// To whom events belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Session,
    Mapper,
    Instance,
    Attribute,
    Query,
    Instrumentation,
}

/// An event's name, kind, family and arguments.
pub(super) type Named = (&'static str, OrmEventKind, Family, &'static [&'static str]);

const OBJECT: &[&str] = &["session", "instance"];
const ROW: &[&str] = &["mapper", "connection", "target"];
const MAPPER: &[&str] = &["mapper", "class_"];
const MEMBER: &[&str] = &["target", "value", "initiator"];

/// Every event.
pub(super) const EVENTS: &[Named] = {
    use Family::{Attribute, Instance, Instrumentation, Mapper, Query, Session};
    use OrmEventKind as Kind;
    &[
        ("before_flush", Kind::BeforeFlush, Session, &["session", "flush_context", "instances"]),
        ("after_flush", Kind::AfterFlush, Session, &["session", "flush_context"]),
        ("after_flush_postexec", Kind::AfterFlushPostexec, Session, &["session", "flush_context"]),
        ("before_commit", Kind::BeforeCommit, Session, &["session"]),
        ("after_commit", Kind::AfterCommit, Session, &["session"]),
        ("after_rollback", Kind::AfterRollback, Session, &["session"]),
        ("after_soft_rollback", Kind::AfterSoftRollback, Session, &["session", "previous_transaction"]),
        ("after_begin", Kind::AfterBegin, Session, &["session", "transaction", "connection"]),
        ("after_transaction_create", Kind::AfterTransactionCreate, Session, &["session", "transaction"]),
        ("after_transaction_end", Kind::AfterTransactionEnd, Session, &["session", "transaction"]),
        ("before_attach", Kind::BeforeAttach, Session, OBJECT),
        ("after_attach", Kind::AfterAttach, Session, OBJECT),
        ("transient_to_pending", Kind::TransientToPending, Session, OBJECT),
        ("pending_to_persistent", Kind::PendingToPersistent, Session, OBJECT),
        ("persistent_to_deleted", Kind::PersistentToDeleted, Session, OBJECT),
        ("deleted_to_detached", Kind::DeletedToDetached, Session, OBJECT),
        ("persistent_to_detached", Kind::PersistentToDetached, Session, OBJECT),
        ("detached_to_persistent", Kind::DetachedToPersistent, Session, OBJECT),
        ("pending_to_transient", Kind::PendingToTransient, Session, OBJECT),
        ("persistent_to_transient", Kind::PersistentToTransient, Session, OBJECT),
        ("deleted_to_persistent", Kind::DeletedToPersistent, Session, OBJECT),
        ("loaded_as_persistent", Kind::LoadedAsPersistent, Session, OBJECT),
        ("do_orm_execute", Kind::DoOrmExecute, Session, &["orm_execute_state"]),
        ("after_bulk_update", Kind::AfterBulkUpdate, Session, &["update_context"]),
        ("after_bulk_delete", Kind::AfterBulkDelete, Session, &["delete_context"]),
        ("before_insert", Kind::BeforeInsert, Mapper, ROW),
        ("after_insert", Kind::AfterInsert, Mapper, ROW),
        ("before_update", Kind::BeforeUpdate, Mapper, ROW),
        ("after_update", Kind::AfterUpdate, Mapper, ROW),
        ("before_delete", Kind::BeforeDelete, Mapper, ROW),
        ("after_delete", Kind::AfterDelete, Mapper, ROW),
        ("before_configured", Kind::BeforeConfigured, Mapper, &[]),
        ("after_configured", Kind::AfterConfigured, Mapper, &[]),
        ("before_mapper_configured", Kind::BeforeMapperConfigured, Mapper, MAPPER),
        ("mapper_configured", Kind::MapperConfigured, Mapper, MAPPER),
        ("instrument_class", Kind::InstrumentClass, Mapper, MAPPER),
        ("after_mapper_constructed", Kind::AfterMapperConstructed, Mapper, MAPPER),
        ("class_instrument", Kind::ClassInstrument, Instrumentation, &["cls"]),
        ("class_uninstrument", Kind::ClassUninstrument, Instrumentation, &["cls"]),
        ("attribute_instrument", Kind::AttributeInstrument, Instrumentation, &["cls", "key", "inst"]),
        ("first_init", Kind::FirstInit, Instance, &["manager", "cls"]),
        ("init", Kind::Init, Instance, &["target", "args", "kwargs"]),
        ("init_failure", Kind::InitFailure, Instance, &["target", "args", "kwargs"]),
        ("load", Kind::Load, Instance, &["target", "context"]),
        ("refresh", Kind::Refresh, Instance, &["target", "context", "attrs"]),
        ("refresh_flush", Kind::RefreshFlush, Instance, &["target", "flush_context", "attrs"]),
        ("expire", Kind::Expire, Instance, &["target", "attrs"]),
        ("pickle", Kind::Pickle, Instance, &["target", "state_dict"]),
        ("unpickle", Kind::Unpickle, Instance, &["target", "state_dict"]),
        ("set", Kind::Set, Attribute, &["target", "value", "oldvalue", "initiator"]),
        ("append", Kind::Append, Attribute, MEMBER),
        ("append_wo_mutation", Kind::AppendWoMutation, Attribute, MEMBER),
        ("remove", Kind::Remove, Attribute, MEMBER),
        ("bulk_replace", Kind::BulkReplace, Attribute, &["target", "values", "initiator"]),
        ("init_scalar", Kind::InitScalar, Attribute, &["target", "value", "dict_"]),
        ("init_collection", Kind::InitCollection, Attribute, &["target", "collection", "collection_adapter"]),
        (
            "dispose_collection",
            Kind::DisposeCollection,
            Attribute,
            &["target", "collection", "collection_adapter"],
        ),
        ("modified", Kind::Modified, Attribute, &["target", "initiator"]),
        ("before_compile", Kind::BeforeCompile, Query, &["query"]),
        ("before_compile_update", Kind::BeforeCompileUpdate, Query, &["query", "update_context"]),
        ("before_compile_delete", Kind::BeforeCompileDelete, Query, &["query", "delete_context"]),
    ]
};

/// The arguments of a kind of event.
pub(super) fn arguments(kind: OrmEventKind) -> &'static [&'static str] {
    EVENTS.iter().find(|(_, known, ..)| *known == kind).map_or(&[], |(.., names)| *names)
}
