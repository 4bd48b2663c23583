//! The names that the dialects' packages export: what `from … import *` brings.

/// The names of a package, by the dialect's name.
pub(super) fn exported(dialect: &str) -> impl Iterator<Item = &'static str> {
    EXPORTED.iter().filter(move |(name, _)| *name == dialect).flat_map(|(_, names)| names.split(' '))
}

const EXPORTED: [(&str, &str); 5] = [
    (
        "postgresql",
        "INTEGER BIGINT SMALLINT VARCHAR CHAR TEXT NUMERIC FLOAT REAL INET CIDR CITEXT UUID BIT MACADDR \
         MACADDR8 MONEY OID REGCLASS REGCONFIG TSQUERY TSVECTOR DOUBLE_PRECISION TIMESTAMP TIME DATE \
         BYTEA BOOLEAN INTERVAL ARRAY ENUM DOMAIN dialect array HSTORE hstore INT4RANGE INT8RANGE \
         NUMRANGE DATERANGE INT4MULTIRANGE INT8MULTIRANGE NUMMULTIRANGE DATEMULTIRANGE TSVECTOR TSRANGE \
         TSTZRANGE TSMULTIRANGE TSTZMULTIRANGE JSON JSONB JSONPATH Any All BitString DropEnumType \
         DropDomainType CreateDomainType NamedType CreateEnumType ExcludeConstraint Range \
         aggregate_order_by array_agg insert Insert distinct_on",
    ),
    (
        "mysql",
        "BIGINT BINARY BIT BLOB BOOLEAN CHAR DATE DATETIME DECIMAL DOUBLE ENUM FLOAT INET4 INET6 INTEGER \
         INTEGER JSON LONGBLOB LONGTEXT MEDIUMBLOB MEDIUMINT MEDIUMTEXT NCHAR NVARCHAR NUMERIC SET \
         SMALLINT REAL TEXT TIME TIMESTAMP TINYBLOB TINYINT TINYTEXT VARBINARY VARCHAR YEAR dialect \
         insert Insert match limit",
    ),
    (
        "sqlite",
        "BLOB BOOLEAN CHAR DATE DATETIME DECIMAL FLOAT INTEGER JSON JSONB NUMERIC SMALLINT TEXT TIME \
         TIMESTAMP VARCHAR REAL Insert insert dialect",
    ),
    (
        "oracle",
        "VARCHAR NVARCHAR CHAR NCHAR DATE NUMBER BLOB BFILE CLOB NCLOB TIMESTAMP RAW FLOAT \
         DOUBLE_PRECISION BINARY_DOUBLE BINARY_FLOAT LONG dialect INTERVAL VARCHAR2 NVARCHAR2 ROWID REAL \
         BOOLEAN VECTOR VectorDistanceType VectorIndexType VectorIndexConfig VectorStorageFormat \
         VectorStorageType SparseVector JSON",
    ),
    (
        "mssql",
        "JSON INTEGER BIGINT SMALLINT TINYINT VARCHAR NVARCHAR CHAR NCHAR TEXT NTEXT DECIMAL NUMERIC \
         FLOAT DATETIME DATETIME2 DATETIMEOFFSET DATE DOUBLE_PRECISION TIME SMALLDATETIME BINARY \
         VARBINARY BIT REAL IMAGE TIMESTAMP ROWVERSION MONEY SMALLMONEY UNIQUEIDENTIFIER SQL_VARIANT XML \
         dialect try_cast",
    ),
];
