//! The files of a record: reading it whole, and adding a page.
//!
//! A page is written beside the record, synced, and linked to its name if that is free; then `head.toml` is exchanged.
//! A process that is killed in between leaves one page more than the head knows, which carries the hash that the head
//! has: it counts. Reading goes from the head downwards, so that the file named as changed is the one that was.

use super::error::ClientError;
use super::page::{Client, PAGE_BYTES, Page, SCHEMA, Statement};
use super::record::{ClientRecord, RECORDS, SESSIONS};
use super::sitting::day;
use super::words::Sha256Hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Most pages of a record.
pub const PAGES_MAX: u32 = 9_999;
const HEAD: &str = "head.toml";

/// The newest page that is known to be whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: u32,
    pages: u32,
    sha256: Sha256Hex,
}

impl ClientRecord {
    /// Begins a record in a folder that is not there, or empty.
    ///
    /// # Errors
    /// [`ClientError::Occupied`], or what the file system says.
    pub fn create(folder: &Path, at: Timestamp, client: Client) -> Result<Self, ClientError> {
        match folder.read_dir().map(Iterator::count) {
            Ok(0) => {}
            Ok(_) => return Err(ClientError::Occupied(folder.to_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(ClientError::io(folder)(e)),
        }
        let begun = Self::begin(folder, at, client);
        if begun.is_err() {
            // What is empty goes again: the same command shall do when the disk has room.
            for made in [folder.join(RECORDS), folder.join(SESSIONS), folder.to_owned()] {
                let _ = std::fs::remove_dir(made);
            }
        }
        begun
    }

    fn begin(folder: &Path, at: Timestamp, client: Client) -> Result<Self, ClientError> {
        for made in [folder.to_owned(), folder.join(RECORDS), folder.join(SESSIONS)] {
            // What it holds is for the operator alone.
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(0o700);
            builder.create(&made).map_err(ClientError::io(&made))?;
        }
        let (pages, hashes) = (Vec::new(), Vec::new());
        let mut record = Self { folder: folder.to_owned(), client, pages, hashes };
        let _lock = locked(folder, File::lock)?;
        record.write(at, Statement::Client(record.client.clone()))?;
        Ok(record)
    }

    /// Reads a record; every page of it must be what was written.
    ///
    /// # Errors
    /// [`ClientError::is_change`] names the file that is not as it was written.
    pub fn open(folder: &Path) -> Result<Self, ClientError> {
        // Between a page and its head nobody reads.
        let _lock = locked(folder, File::lock_shared)?;
        Self::read(folder)
    }

    fn read(folder: &Path) -> Result<Self, ClientError> {
        let mut names = Self::names(folder)?;
        let head_path = folder.join(HEAD);
        let head = read_head(&head_path)?;
        // A page that the head does not know yet: its writer was killed.
        let beyond = head.pages + 1;
        let mut due = match names.get(&beyond) {
            Some(path) => {
                let (page, sha256) = read_page(path, beyond)?;
                if page.before.as_ref() != Some(&head.sha256) {
                    return Err(ClientError::Stranger(path.clone()));
                }
                names.remove(&beyond);
                vec![(page, sha256)]
            }
            None => Vec::new(),
        };
        let mut vouched = Some(head.sha256);
        for number in (1..=head.pages).rev() {
            let path = names.remove(&number).ok_or_else(|| missing(folder, number))?;
            let (page, sha256) = read_vouched(&path, number, vouched.as_ref())?;
            vouched = page.before.clone();
            due.push((page, sha256));
        }
        if let Some(stranger) = names.into_values().next() {
            return Err(ClientError::Stranger(stranger));
        }
        due.reverse();
        let (pages, hashes): (Vec<Page>, _) = due.into_iter().unzip();
        match pages.first().map(|page| &page.statement) {
            Some(Statement::Client(client)) => {
                Ok(Self { folder: folder.to_owned(), client: client.clone(), pages, hashes })
            }
            _ => Err(missing(folder, 1)),
        }
    }

    /// Adds a page to what was read. On the disk when this returns, whole.
    ///
    /// # Errors
    /// [`ClientError::Stale`] if anybody has added a page since this record was read: what was decided by it may no
    /// longer hold. [`ClientError::ClockBehind`] for a day before the newest page: what is judged by days would be judged
    /// by wrong ones.
    pub fn append(&mut self, at: Timestamp, statement: Statement) -> Result<(), ClientError> {
        let _lock = locked(&self.folder, File::lock)?;
        if Self::read(&self.folder)?.hashes != self.hashes {
            return Err(ClientError::Stale);
        }
        let (today, newest) = (day(at), self.newest_day());
        // That a run has ended is written down whatever the clock has done meanwhile.
        let ended = matches!(statement, Statement::Ended(_));
        if let Some(newest) = newest.filter(|newest| today < *newest && !ended) {
            return Err(ClientError::ClockBehind { today, newest });
        }
        if !statement.is_allowed(self.client.allow_free_text) {
            return Err(ClientError::FreeText);
        }
        let taken = match &statement {
            Statement::Pigment(p) => self.pigment(p.name.as_str()).map(|p| ("pigment", &p.name)),
            Statement::Cartridge(c) => {
                self.cartridge(c.name.as_str()).map(|c| ("cartridge", &c.name))
            }
            _ => None,
        };
        if let Some((kind, name)) = taken {
            return Err(ClientError::SameName { kind, name: name.to_string() });
        }
        self.write(at, statement)
    }

    /// Page files by their numbers.
    fn names(folder: &Path) -> Result<BTreeMap<u32, PathBuf>, ClientError> {
        let records = folder.join(RECORDS);
        let entries = records.read_dir().map_err(ClientError::io(&records))?;
        let mut names = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(ClientError::io(&records))?.path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            let number = name.as_deref().and_then(|n| n.get(..4)?.parse().ok());
            // Two pages of one number: one of them is none.
            let Some(number) = number.filter(|n| !names.contains_key(n)) else {
                return Err(ClientError::Stranger(path));
            };
            names.insert(number, path);
        }
        Ok(names)
    }

    fn write(&mut self, at: Timestamp, statement: Statement) -> Result<(), ClientError> {
        let number = self.pages.len() as u32 + 1;
        if number > PAGES_MAX {
            return Err(ClientError::Full { limit: PAGES_MAX });
        }
        let before = self.hashes.last().cloned();
        let page = Page { schema: SCHEMA, number, at, before, statement };
        let text = toml::to_string(&page)?;
        // What cannot be read back is not written.
        Page::parse(&text, &page.file_name())?;
        let path = self.path_of(&page);
        let named = ClientError::io(&path);
        beside(&self.folder, &text)
            .and_then(|file| Ok(file.persist_noclobber(&path).map(drop)?))
            .and_then(|()| File::open(self.folder.join(RECORDS))?.sync_all())
            .map_err(named)?;
        let sha256 = Sha256Hex::of(text.as_bytes());
        self.pages.push(page);
        self.hashes.push(sha256.clone());
        let head = toml::to_string(&Head { schema: SCHEMA, pages: number, sha256 })?;
        let path = self.folder.join(HEAD);
        let named = ClientError::io(&path);
        beside(&self.folder, &head)
            .and_then(|file| Ok(file.persist(&path).map(drop)?))
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(named)
    }
}

/// While it is held no other process adds a page. Nobody holds it for longer than a page takes.
fn locked(folder: &Path, how: fn(&File) -> io::Result<()>) -> Result<File, ClientError> {
    let records = folder.join(RECORDS);
    match File::open(&records).and_then(|held| how(&held).map(|()| held)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            Err(ClientError::NoRecord(folder.to_owned()))
        }
        locked => locked.map_err(ClientError::io(records)),
    }
}

/// A file without a name of its own yet, on the disk.
fn beside(folder: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn missing(folder: &Path, number: u32) -> ClientError {
    ClientError::Missing(folder.join(RECORDS).join(format!("{number:04}-*.toml")))
}

fn read_head(path: &Path) -> Result<Head, ClientError> {
    let text = match bounded(path) {
        Err(ClientError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(ClientError::Missing(path.to_owned()));
        }
        read => read?,
    };
    let file = path.display().to_string();
    let head: Head = toml::from_str(&text).map_err(|e| ClientError::syntax(&file, &text, e))?;
    if head.schema != SCHEMA {
        return Err(ClientError::Schema { file, found: head.schema, known: SCHEMA });
    }
    // Nothing in it may be other than as written, and no number beyond what a record can have.
    if toml::to_string(&head)? != text || !(1..=PAGES_MAX).contains(&head.pages) {
        return Err(ClientError::Changed(path.to_owned()));
    }
    Ok(head)
}

/// A page whose hash is known from the one after.
fn read_vouched(
    path: &Path,
    number: u32,
    vouched: Option<&Sha256Hex>,
) -> Result<(Page, Sha256Hex), ClientError> {
    let text = bounded(path)?;
    if vouched != Some(&Sha256Hex::of(text.as_bytes())) {
        return Err(ClientError::Changed(path.to_owned()));
    }
    page_of(path, number, &text)
}

fn read_page(path: &Path, number: u32) -> Result<(Page, Sha256Hex), ClientError> {
    page_of(path, number, &bounded(path)?)
}

fn page_of(path: &Path, number: u32, text: &str) -> Result<(Page, Sha256Hex), ClientError> {
    let page = Page::parse(text, &path.display().to_string())?;
    let first = matches!(page.statement, Statement::Client(_));
    let named = path.file_name().is_some_and(|name| name == page.file_name().as_str());
    if page.number != number || !named || first != (number == 1) {
        return Err(ClientError::Changed(path.to_owned()));
    }
    Ok((page, Sha256Hex::of(text.as_bytes())))
}

/// The text of a file that is one, and no longer than a page.
pub(super) fn bounded(path: &Path) -> Result<String, ClientError> {
    refuse_link(path)?;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(PAGE_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(ClientError::io(path))?;
    if bytes.len() > PAGE_BYTES {
        let file = path.display().to_string();
        return Err(ClientError::TooLarge { file, bytes: bytes.len(), limit: PAGE_BYTES });
    }
    String::from_utf8(bytes).map_err(|_| ClientError::Changed(path.to_owned()))
}

/// Whatever is there and is no file: a link leads elsewhere, and a pipe is read for ever.
pub(super) fn refuse_link(path: &Path) -> Result<(), ClientError> {
    match path.symlink_metadata() {
        Ok(is) if !is.is_file() => Err(ClientError::Link(path.to_owned())),
        _ => Ok(()),
    }
}
