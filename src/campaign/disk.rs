//! A disk in memory that outlives the ledgers on it.

use crate::record::disk::{Disk, MemoryDisk};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;

/// The same disk for all who hold it.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedDisk(Rc<RefCell<MemoryDisk>>);

impl SharedDisk {
    /// Does something to the disk itself.
    pub fn with<T>(&self, act: impl FnOnce(&mut MemoryDisk) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }
}

impl Disk for SharedDisk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.with(Disk::read)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize> {
        self.with(|disk| disk.write_at(at, bytes))
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.with(Disk::sync_data)
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.with(Disk::sync_all)
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        self.with(Disk::sync_folder)
    }

    fn free(&mut self) -> io::Result<u64> {
        self.with(Disk::free)
    }
}
