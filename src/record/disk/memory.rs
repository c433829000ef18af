//! A disk in memory that behaves as badly as a disk may.
//!
//! ```text
//!            write             sync
//!  on disk ---------> unsynced ------> on disk
//!     ^                  |  \
//!     |                  |   failed sync: the system thinks it clean, no later sync writes it
//!     +------ crash -----+
//!   each sector as it was, or in any state that it has had since
//! ```

use super::Disk;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::io;

/// What a disk writes whole or not at all, bytes.
pub const SECTOR: usize = 512;

type Sector = [u8; SECTOR];

/// A call on a disk, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// [`Disk::read`].
    Read,
    /// [`Disk::write_at`].
    Write,
    /// [`Disk::sync_data`].
    SyncData,
    /// [`Disk::sync_all`].
    SyncAll,
    /// [`Disk::sync_folder`].
    SyncFolder,
    /// [`Disk::free`].
    Free,
}

impl Call {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Write, Self::SyncData, Self::SyncAll, Self::SyncFolder, Self::Free];
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// EIO.
    Io,
    /// ENOSPC.
    NoSpace,
    /// EINTR.
    Interrupted,
    /// Half of a write is written, and no error is told. Any other call fails with EIO.
    Short,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Io, Self::NoSpace, Self::Interrupted, Self::Short];

    fn error(self) -> io::Error {
        match self {
            Self::Io | Self::Short => Errno::IO,
            Self::NoSpace => Errno::NOSPC,
            Self::Interrupted => Errno::INTR,
        }
        .into()
    }
}

/// States of a sector since it was last durable.
#[derive(Clone, Debug, Default)]
struct Unsynced {
    versions: Vec<Sector>,
    /// A sync of them failed: the system thinks them clean.
    forgotten: bool,
}

/// A disk in memory with one file on it.
#[derive(Clone, Debug)]
pub struct MemoryDisk {
    /// What a read gives.
    cache: Vec<u8>,
    /// What is there after a crash, whatever happens.
    durable: Vec<u8>,
    unsynced: BTreeMap<usize, Unsynced>,
    /// Whether the file's name is durable.
    named: bool,
    exists: bool,
    /// A sync has failed and the file was not opened again since.
    failed: bool,
    free: u64,
    calls: BTreeMap<Call, u64>,
    troubles: Vec<(Call, u64, Trouble)>,
}

impl Default for MemoryDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryDisk {
    /// With an empty file just created, and much space.
    pub fn new() -> Self {
        Self {
            cache: Vec::new(),
            durable: Vec::new(),
            unsynced: BTreeMap::new(),
            named: false,
            exists: true,
            failed: false,
            free: 1 << 40,
            calls: BTreeMap::new(),
            troubles: Vec::new(),
        }
    }

    /// With these bytes in the file, all durable.
    pub fn holding(bytes: &[u8]) -> Self {
        Self { cache: bytes.to_vec(), durable: bytes.to_vec(), named: true, ..Self::new() }
    }

    /// The `nth` call of this kind will fail so, counted from 0 since the disk was new.
    pub fn fail(&mut self, call: Call, nth: u64, how: Trouble) {
        self.troubles.push((call, nth, how));
    }

    /// Calls of this kind so far.
    pub fn calls(&self, call: Call) -> u64 {
        self.calls.get(&call).copied().unwrap_or(0)
    }

    /// From now on so many bytes are free.
    pub fn set_free(&mut self, bytes: u64) {
        self.free = bytes;
    }

    /// Whether the file is there: a crash may have taken it if its folder was never synced.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// What a read would give.
    pub fn bytes(&self) -> &[u8] {
        &self.cache
    }

    /// For each thing that a crash now would decide, in how many ways: the file's name, if it is not
    /// durable, then each unsynced sector in order.
    pub fn undecided(&self) -> Vec<usize> {
        let name = if self.named { None } else { Some(2) };
        let sectors = self.unsynced.values().map(|u| u.versions.len() + 1);
        name.into_iter().chain(sectors).collect()
    }

    /// The power fails. `luck` chooses for each undecided thing one of so many ways, 0 the oldest.
    pub fn crash(&mut self, luck: &mut dyn FnMut(usize) -> usize) {
        let name_kept = self.named || luck(2) == 1;
        for (sector, unsynced) in std::mem::take(&mut self.unsynced) {
            let chosen = luck(unsynced.versions.len() + 1);
            if let Some(version) = chosen.checked_sub(1).and_then(|k| unsynced.versions.get(k)) {
                self.keep(sector, version);
            }
        }
        if !name_kept {
            (self.exists, self.durable) = (false, Vec::new());
        }
        self.named = true;
        self.cache.clone_from(&self.durable);
        self.failed = false;
    }

    /// The process ends and the machine goes on: nothing is lost, and what a failed sync has left behind
    /// is still not durable.
    pub fn restart(&mut self) {
        self.failed = false;
    }

    /// A file is created where a crash has taken the last one.
    pub fn create(&mut self) {
        (self.exists, self.named) = (true, false);
    }

    fn keep(&mut self, sector: usize, version: &Sector) {
        let at = sector * SECTOR;
        if self.durable.len() < at + SECTOR {
            self.durable.resize(at + SECTOR, 0);
        }
        self.durable[at..at + SECTOR].copy_from_slice(version);
    }

    /// Counts a call; how it is to fail.
    fn call(&mut self, call: Call) -> Option<Trouble> {
        let count = self.calls.entry(call).or_default();
        let nth = *count;
        *count += 1;
        self.troubles.iter().find(|t| (t.0, t.1) == (call, nth)).map(|t| t.2)
    }

    fn sync(&mut self, call: Call) -> io::Result<()> {
        let trouble = self.call(call).or(self.failed.then_some(Trouble::Io));
        if let Some(trouble) = trouble {
            self.failed = true;
            self.unsynced.values_mut().for_each(|unsynced| unsynced.forgotten = true);
            return Err(trouble.error());
        }
        let (forgotten, synced): (BTreeMap<_, _>, _) =
            std::mem::take(&mut self.unsynced).into_iter().partition(|(_, u)| u.forgotten);
        self.unsynced = forgotten;
        for (sector, unsynced) in synced {
            if let Some(last) = unsynced.versions.last() {
                self.keep(sector, last);
            }
        }
        Ok(())
    }
}

impl Disk for MemoryDisk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        match self.call(Call::Read) {
            Some(trouble) => Err(trouble.error()),
            None => Ok(self.cache.clone()),
        }
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize> {
        let bytes = match self.call(Call::Write) {
            Some(Trouble::Short) => &bytes[..bytes.len() / 2],
            Some(trouble) => return Err(trouble.error()),
            None => bytes,
        };
        let (from, until) = (at as usize, at as usize + bytes.len());
        let whole = until.max(self.cache.len()).next_multiple_of(SECTOR);
        self.cache.resize(whole, 0);
        self.cache[from..until].copy_from_slice(bytes);
        for sector in from / SECTOR..until.div_ceil(SECTOR) {
            let mut version = [0; SECTOR];
            version.copy_from_slice(&self.cache[sector * SECTOR..(sector + 1) * SECTOR]);
            let unsynced = self.unsynced.entry(sector).or_default();
            unsynced.versions.push(version);
            unsynced.forgotten = false;
        }
        Ok(bytes.len())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.sync(Call::SyncData)
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.sync(Call::SyncAll)
    }

    fn sync_folder(&mut self) -> io::Result<()> {
        match self.call(Call::SyncFolder) {
            Some(trouble) => Err(trouble.error()),
            None => {
                self.named = true;
                Ok(())
            }
        }
    }

    fn free(&mut self) -> io::Result<u64> {
        match self.call(Call::Free) {
            Some(trouble) => Err(trouble.error()),
            None => Ok(self.free),
        }
    }
}
