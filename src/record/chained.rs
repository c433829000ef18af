//! A log whose lines hang together: each is an object of JSON that begins with the hash of the line before, so that a line
//! that was changed, left out or put in is found, and where. A torn last line, of a process that was killed, is told apart.
//!
//! Who writes all hashes anew is not found out: it is no signature.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use thiserror::Error;

/// Before the first line.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// A line is no longer.
const LINE_MAX: u64 = 64 << 10;

/// Why a log is not what was written.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A line was changed, left out, or put in.
    #[error("line {0} does not follow on the line before it")]
    Broken(usize),
    /// The last line has no end: its writer was killed, or the file was cut.
    #[error("line {0} is torn")]
    Torn(usize),
}

/// Writes lines to a log.
#[derive(Debug)]
pub struct Chain {
    file: File,
    last: String,
}

#[derive(Serialize)]
struct Line<'a, T> {
    before: &'a str,
    #[serde(flatten)]
    what: &'a T,
}

impl Chain {
    /// Goes on with a log, or begins one. A torn last line says nothing that anybody can read, and gives way.
    ///
    /// # Errors
    /// What the file system says, or [`ChainError::Broken`]: what does not hang together is not gone on with.
    pub fn open(path: &Path) -> Result<Self, ChainError> {
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut lines = Lines::of(&file);
        let end = loop {
            match lines.next() {
                Some(Ok(_)) => {}
                Some(Err(ChainError::Torn(_))) => break lines.whole,
                Some(Err(e)) => return Err(e),
                None => break lines.whole,
            }
        };
        let last = lines.before;
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, last })
    }

    /// Adds a line; when this returns, the system has it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn append<T: Serialize>(&mut self, what: &T) -> io::Result<()> {
        let mut text = serde_json::to_vec(&Line { before: &self.last, what })?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.last = hash(&text);
        Ok(())
    }
}

/// Reads a log line by line, each as it was written; what comes after an error is nothing to go by.
#[derive(Debug)]
pub struct Lines<'a> {
    from: BufReader<&'a File>,
    before: String,
    number: usize,
    /// Bytes of whole lines.
    whole: u64,
}

impl<'a> Lines<'a> {
    /// Of this file, from where it stands.
    pub fn of(file: &'a File) -> Self {
        Self { from: BufReader::new(file), before: NOTHING.to_owned(), number: 0, whole: 0 }
    }

    fn line(&mut self) -> Result<Option<Value>, ChainError> {
        let mut text = Vec::new();
        (&mut self.from).take(LINE_MAX).read_until(b'\n', &mut text)?;
        if text.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if !text.ends_with(b"\n") {
            // A line without an end where the log goes on was not cut off: it is none.
            let is_last = text.len() as u64 <= LINE_MAX && self.from.fill_buf()?.is_empty();
            let why = if is_last { ChainError::Torn } else { ChainError::Broken };
            return Err(why(self.number));
        }
        let value: Option<Value> = serde_json::from_slice(&text).ok();
        let value = value.filter(|value| value["before"] == self.before.as_str());
        let value = value.ok_or(ChainError::Broken(self.number))?;
        self.before = hash(&text);
        self.whole += text.len() as u64;
        Ok(Some(value))
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Value, ChainError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line().transpose()
    }
}

fn hash(line: &[u8]) -> String {
    super::hex(&Sha256::digest(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(path: &Path) -> Result<Vec<Value>, ChainError> {
        Lines::of(&File::open(path)?).collect()
    }

    fn log() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        for round in 0..2 {
            let mut chain = Chain::open(&path).unwrap();
            for number in 0..5 {
                chain.append(&json!({ "round": round, "number": number })).unwrap();
            }
        }
        (dir, path)
    }

    #[test]
    fn what_is_written_is_read_over_many_openings() {
        let (_dir, path) = log();
        let lines = read(&path).unwrap();
        assert_eq!(lines.len(), 10);
        assert_eq!((&lines[7]["round"], &lines[7]["number"]), (&json!(1), &json!(2)));
    }

    #[test]
    fn every_byte_that_is_changed_is_found_but_in_the_last_line_and_there_none_goes_on_unseen() {
        let (dir, path) = log();
        let whole = std::fs::read(&path).unwrap();
        let last = whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap();
        for at in 0..last {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            let other = dir.path().join("changed.jsonl");
            std::fs::write(&other, &changed).unwrap();
            assert!(read(&other).is_err(), "byte {at}");
            assert!(Chain::open(&other).is_err(), "byte {at}");
        }
        for line in 0..9 {
            let mut lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
            lines.remove(line);
            let other = dir.path().join("short.jsonl");
            std::fs::write(&other, lines.concat()).unwrap();
            assert!(matches!(read(&other), Err(ChainError::Broken(at)) if at == line + 1));
        }
    }

    #[test]
    fn a_torn_last_line_is_told_and_does_not_hinder_the_next() {
        let (_dir, path) = log();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert!(matches!(read(&path), Err(ChainError::Torn(10))));
        Chain::open(&path).unwrap().append(&json!({ "number": 9 })).unwrap();
        assert_eq!(read(&path).unwrap().len(), 10);
    }
}
