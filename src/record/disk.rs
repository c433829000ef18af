//! What the ledger needs of a file, so that a test can be the disk.
//!
//! [`FileDisk`] is a file of the operating system. [`MemoryDisk`] is one that loses what was not synced,
//! and fails on demand.

mod memory;

pub use memory::{Call, MemoryDisk, SECTOR, Trouble};

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A file with a folder around it.
pub trait Disk {
    /// Everything that is in it, as far as the system knows: not all of it need be durable.
    fn read(&mut self) -> io::Result<Vec<u8>>;
    /// Writes at this place, growing the file if need be; how much was written.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize>;
    /// Makes what was written durable. After an error nobody knows what is: it is never tried again.
    fn sync_data(&mut self) -> io::Result<()>;
    /// The same, with all that the system keeps about the file.
    fn sync_all(&mut self) -> io::Result<()>;
    /// Makes the file's name durable.
    fn sync_folder(&mut self) -> io::Result<()>;
    /// Bytes that are free where the file lies.
    fn free(&mut self) -> io::Result<u64>;
}

impl<D: Disk> Disk for &mut D {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        (**self).read()
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize> {
        (**self).write_at(at, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        (**self).sync_data()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        (**self).sync_all()
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        (**self).sync_folder()
    }

    fn free(&mut self) -> io::Result<u64> {
        (**self).free()
    }
}

/// A file of the operating system, for one program at a time: it is locked for as long as it is open, and the system
/// takes the lock back when the program ends, however it ends.
#[derive(Debug)]
pub struct FileDisk {
    file: File,
    folder: PathBuf,
}

impl FileDisk {
    /// A new file; there must be none yet. `WouldBlock`: another program has it open, here as below.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::with(OpenOptions::new().create_new(true), path)
    }

    /// A file that is there.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::with(&mut OpenOptions::new(), path)
    }

    fn with(options: &mut OpenOptions, path: &Path) -> io::Result<Self> {
        let file = options.read(true).write(true).open(path)?;
        file.try_lock()?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { file, folder })
    }
}

impl Disk for FileDisk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize> {
        FileExt::write_at(&self.file, bytes, at)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn free(&mut self) -> io::Result<u64> {
        let told = rustix::fs::fstatvfs(&self.file)?;
        Ok(told.f_bavail.saturating_mul(told.f_frsize))
    }
}
