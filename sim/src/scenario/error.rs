//! What can be wrong with a scenario.

use std::path::{Path, PathBuf};

use crate::plant::MachineError;

#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("there is no scenario called {name:?}; there are {known}")]
    Unknown { name: String, known: String },
    /// The source names line and column and shows the line.
    #[error("{origin}: {source}")]
    Parse { origin: String, source: Box<toml::de::Error> },
    #[error("{origin}: line {line}, column {column}: {message}\n{line} | {shown}")]
    Content { origin: String, line: usize, column: usize, message: String, shown: String },
    #[error("{origin}: {key} is {value}; it must be a number that is not negative")]
    Number { origin: String, key: String, value: f64 },
    #[error("{origin}: base = {base:?} is neither a name that ships nor the path of a .toml file")]
    Base { origin: String, base: String },
    #[error("{origin}: is a base of itself")]
    Cycle { origin: String },
    #[error("{origin}: [skin] needs either `file` or a table `inline`")]
    Skin { origin: String },
    #[error(transparent)]
    Machine(#[from] MachineError),
}

pub fn read(path: &Path) -> Result<String, ScenarioError> {
    std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })
}
