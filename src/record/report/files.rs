//! The files of a run, each with its digest: what the report speaks of cannot be exchanged unseen.

use crate::record::folder::RunFolder;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// Its name in the folder.
    pub name: String,
    /// What it is.
    pub what: &'static str,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// The files that are there, the report itself excepted.
pub fn files(folder: &RunFolder) -> io::Result<Vec<FileRow>> {
    let mut known: Vec<(PathBuf, &'static str)> = vec![
        (folder.plan(), "the plan, with the skin and the machine it was made for"),
        (folder.ledger(), "the ledger: which dots are done"),
    ];
    for (session, journal) in (1..).zip(folder.journals()) {
        known.push((folder.touches(session), "what was touched to register the head"));
        known.push((folder.registration(session), "how the head lay, by these touches"));
        known.push((journal, "journal: all that came and went"));
    }
    known.push((folder.desk(), "what was done at the console, as it stood"));
    known.push((folder.truth(), "the simulator's truth about the strikes"));
    known.push((folder.collisions(), "the simulator's truth about collisions"));
    known.push((folder.recording(), "the engineer's recording, for the rerun viewer"));
    let there = known.into_iter().filter(|(path, _)| path.is_file());
    there.map(|(path, what)| row(&path, what)).collect()
}

/// SHA-256 of a file, hex.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    row(path, "").map(|row| row.sha256)
}

fn row(path: &Path, what: &'static str) -> io::Result<FileRow> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok(FileRow { name, what, size, sha256: crate::record::hex(&hasher.finalize()) })
}
