//! The record of a client: consent, health answers, patch tests, supplies, and what was run.
//!
//! A record is a folder. Whatever is stated of the client is a page: a small TOML file that is written once, whole, and
//! never again, and that carries the hash of the page before. `head.toml` carries that of the newest.
//!
//! ```text
//! records/0001-client.toml <--before-- 0002-scan.toml <--before-- ... <--before-- 0009-ended.toml <-- head.toml
//!                                                                                        |
//! sessions/001/  the folder of a run, its files named with their hashes by <------------ +
//! ```
//!
//! | file | what |
//! |---|---|
//! | [`page`] | a page, and all that can be stated on one |
//! | [`words`] | bounded texts, hashes, contra-indications |
//! | `chain` | the files: reading a record whole, adding a page |
//! | [`record`](mod@record) | a record as read |
//! | [`claim`] | one run of a client at a time |
//! | [`sitting`] | sessions, and what their ledgers say was done in them |
//! | [`past`] | the runs of past sessions, for planning the next |
//! | [`refusal`] | what can speak against a run, and which of it a person may answer |
//! | [`rules`] | pure: what speaks against a run now |
//! | [`answers`] | pure: whether all that does is answered |
//! | [`bundle`] | all of a client's files: export and deletion |

pub mod answers;
pub mod bundle;
mod chain;
pub mod claim;
mod error;
pub mod page;
pub mod past;
pub mod record;
pub mod refusal;
pub mod rules;
pub mod sitting;
pub mod words;

pub use error::ClientError;
pub use record::ClientRecord;
pub use refusal::Refusal;
