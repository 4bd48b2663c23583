//! A Python interpreter, small and fast, with SQLAlchemy's names built in.
//!
//! Source goes through `parse` (ruff's grammar) and `compile` (instructions)
//! to `vm` (frames on the heap, run in slices). `object` is what values are,
//! `builtins` the types and functions of Python itself, `library` the modules
//! that scripts import. Nothing here does input or output: the clock,
//! randomness and standard output belong to the [`vm::Host`].
//!
//! CPython counterpart: `Parser/`, `Python/`, `Objects/`, `Lib/`.

pub mod builtins;
pub mod compile;
pub mod library;
pub mod object;
pub mod parse;
pub mod repair;
pub mod vm;
