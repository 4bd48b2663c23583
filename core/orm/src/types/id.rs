//! Ids: what floors hand each other instead of references.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the arena that owns it.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A `MetaData` collection.
    MetaDataId
);
id!(
    /// A table.
    TableId
);
id!(
    /// An engine.
    EngineId
);
id!(
    /// A mapper.
    MapperId
);
id!(
    /// A session.
    SessionId
);
id!(
    /// The state of a mapped object.
    StateId
);

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId {
    /// Its table.
    pub table: TableId,
    /// Its place among the table's columns, from 0.
    pub index: u32,
}
