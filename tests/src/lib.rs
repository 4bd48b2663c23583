//! What the tests across crates share: the corpus of recorded scripts, the rules by which transcripts are
//! compared, and a small WebDriver client.

pub mod corpus;
pub mod transcript;
pub mod webdriver;
