//! All of a client's files: export into one archive, and deletion. Links are never followed: what they lead to is not
//! the client's.

use super::chain::bounded;
use super::claim::Claim;
use super::error::ClientError;
use super::page::{Client, Page, Statement};
use super::record::ClientRecord;
use super::words::ClientId;
use crate::record::folder::RunFolder;
use crate::record::{ledger, report};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Folders inside one another; a record has three.
const DEPTH_MAX: usize = 16;

/// One file of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientFile {
    /// Its path in the client's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// All files of a client's folder, in order.
///
/// # Errors
/// [`ClientError::Link`] for whatever is neither a file nor a folder.
pub fn files(folder: &Path) -> Result<Vec<ClientFile>, ClientError> {
    let mut paths = Vec::new();
    walk(folder, 0, &mut |path| {
        paths.push(path.to_owned());
        Ok(())
    })?;
    paths.sort();
    paths.iter().map(|path| file(folder, path)).collect()
}

/// Writes an archive (tar) of these files and a summary, to a file that is not there yet. Whole, or not at all.
///
/// # Errors
/// What the file system says; [`ClientError::Changed`] for a file that was changed meanwhile.
pub fn archive(
    folder: &Path,
    files: &[ClientFile],
    summary: &[u8],
    to: &Path,
) -> Result<(), ClientError> {
    let named = |e| ClientError::io(to)(e);
    let beside = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tar::Builder::new(tempfile::NamedTempFile::new_in(beside).map_err(named)?);
    append(&mut builder, "summary.json", summary).map_err(named)?;
    for file in files {
        let path = folder.join(&file.path);
        let mut header = header(file.size);
        let opened = File::open(&path).map_err(ClientError::io(&path))?;
        let mut told = Told { from: opened, left: file.size, hasher: Sha256::new() };
        builder.append_data(&mut header, &file.path, &mut told).map_err(named)?;
        if crate::record::hex(&told.hasher.finalize()) != file.sha256 {
            return Err(ClientError::Changed(path));
        }
    }
    let archive = builder.into_inner().map_err(named)?;
    archive.as_file().sync_all().map_err(named)?;
    archive.persist_noclobber(to).map_err(|e| named(e.error))?;
    Ok(())
}

/// The last day on which the law wants the record kept: `retention_days` after its newest page.
pub fn keep_until(record: &ClientRecord) -> Option<Date> {
    let newest = super::sitting::day(record.pages().last()?.at);
    newest.checked_add(i64::from(record.client().retention_days).days()).ok()
}

/// Whose record a folder holds, by its first page alone: also of a record that was changed, or half deleted.
///
/// # Errors
/// No first page, or one that does not read.
pub fn whose(folder: &Path) -> Result<Client, ClientError> {
    let path = first_page(folder);
    let text = match bounded(&path) {
        Err(ClientError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(ClientError::NoRecord(folder.to_owned()));
        }
        read => read?,
    };
    match Page::parse(&text, &path.display().to_string())?.statement {
        Statement::Client(client) => Ok(client),
        _ => Err(ClientError::Changed(path)),
    }
}

/// Removes a client's folder and all that is in it; the first page goes last, so that an interrupted deletion can be
/// done again. Links are removed, and not what they lead to.
///
/// # Errors
/// Another id, a run that goes on, a folder that is a link, or what the file system says.
pub fn delete(folder: &Path, id: &ClientId) -> Result<(), ClientError> {
    let folder = &by_its_name(folder)?;
    let is = folder.symlink_metadata().map_err(ClientError::io(folder))?;
    if !is.is_dir() {
        return Err(ClientError::Link(folder.to_owned()));
    }
    let client = whose(folder)?;
    if client.id != *id {
        return Err(ClientError::OtherId { found: client.id, given: id.clone() });
    }
    // Both held until all is gone: no run begins in between, and none that goes on loses its files.
    let _held = hold_ledgers(&folder.join("sessions"))?;
    let _claim = claim(folder)?;
    let first = first_page(folder);
    let records = folder.join("records");
    for inside in [folder, &records] {
        for path in entries(inside)? {
            if path != records && path != first {
                remove(&path)?;
            }
        }
    }
    std::fs::remove_dir_all(folder).map_err(ClientError::io(folder))?;
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(above).and_then(|above| above.sync_all()).map_err(ClientError::io(above))
}

fn first_page(folder: &Path) -> PathBuf {
    folder.join("records").join("0001-client.toml")
}

/// `link/` is what the link leads to, and `.` cannot be removed: the folder by a name that does not.
fn by_its_name(folder: &Path) -> Result<PathBuf, ClientError> {
    let plain: PathBuf = folder.components().collect();
    match plain.file_name() {
        Some(_) => Ok(plain),
        None => plain.canonicalize().map_err(ClientError::io(folder)),
    }
}

/// `None` where runs are kept elsewhere: none of them is deleted.
fn claim(folder: &Path) -> Result<Option<Claim>, ClientError> {
    match Claim::of(folder) {
        Ok(Some(claim)) => Ok(Some(claim)),
        Ok(None) => Err(ClientError::Claimed),
        Err(ClientError::Link(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file, a folder with all in it, or a link itself.
fn remove(path: &Path) -> Result<(), ClientError> {
    let is = path.symlink_metadata().map_err(ClientError::io(path))?;
    // The library does not follow links here, nor such as are put there meanwhile.
    if is.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
        .map_err(ClientError::io(path))
}

fn hold_ledgers(sessions: &Path) -> Result<Vec<File>, ClientError> {
    if !sessions.symlink_metadata().is_ok_and(|is| is.is_dir()) {
        return Ok(Vec::new());
    }
    let mut held = Vec::new();
    for run in entries(sessions)? {
        let ledger = RunFolder::new(&run).ledger();
        let inside = run.symlink_metadata().is_ok_and(|is| is.is_dir())
            && ledger.symlink_metadata().is_ok_and(|is| is.is_file());
        if !inside {
            continue;
        }
        match ledger::hold(&ledger).map_err(ClientError::io(&ledger))? {
            Some(file) => held.push(file),
            None => {
                let name = run.file_name().map(|n| n.to_string_lossy().into_owned());
                let number = name.and_then(|n| n.parse().ok()).unwrap_or_default();
                return Err(ClientError::Running(number));
            }
        }
    }
    Ok(held)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ClientError> {
    let all: io::Result<Vec<PathBuf>> =
        folder.read_dir().and_then(|all| all.map(|e| Ok(e?.path())).collect());
    let mut all = all.map_err(ClientError::io(folder))?;
    all.sort();
    Ok(all)
}

fn walk(
    folder: &Path,
    depth: usize,
    found: &mut dyn FnMut(&Path) -> Result<(), ClientError>,
) -> Result<(), ClientError> {
    for path in entries(folder)? {
        let is = path.symlink_metadata().map_err(ClientError::io(&path))?;
        if is.is_file() {
            found(&path)?;
        } else if is.is_dir() && depth < DEPTH_MAX {
            walk(&path, depth + 1, found)?;
        } else {
            return Err(ClientError::Link(path));
        }
    }
    Ok(())
}

fn file(folder: &Path, path: &Path) -> Result<ClientFile, ClientError> {
    let size = path.metadata().map_err(ClientError::io(path))?.len();
    let sha256 = report::sha256_of(path).map_err(ClientError::io(path))?;
    let inside = path.strip_prefix(folder).unwrap_or(path);
    // A name that is no text could not be told in the summary.
    let inside = inside.to_str().ok_or_else(|| ClientError::Stranger(path.to_owned()))?;
    Ok(ClientFile { path: inside.to_owned(), size, sha256 })
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

fn append<W: Write>(to: &mut tar::Builder<W>, name: &str, bytes: &[u8]) -> io::Result<()> {
    to.append_data(&mut header(bytes.len() as u64), name, bytes)
}

/// So many bytes of a file and no more, as the archive has said; and their hash.
struct Told {
    from: File,
    left: u64,
    hasher: Sha256,
}

impl io::Read for Told {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let most = to.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.from.read(&mut to[..most])?;
        self.left -= count as u64;
        self.hasher.update(&to[..count]);
        Ok(count)
    }
}
