//! A host whose run is befallen by a case's faults: it keeps the ledger on a disk in memory, and is the operator too.
//!
//! ```text
//!  waiting --strikes reached--> due at a time --> befalls --> [afterwards: goes on, is taken back]
//! ```

use super::case;
use super::disk::SharedDisk;
use super::oracle::Oracle;
use super::stage::{DOTS, Part};
use super::story::Story;
use crate::drive::rehearsal::{Device, Happening, Surroundings, attendant};
use crate::drive::{Unwritable, Witness};
use crate::record::disk::MemoryDisk;
use crate::record::ledger::{Ledger, LedgerError};
use crate::stream::{self, Command, Entry, Fault, Input, Job, Output, Run};
use crate::time::{Duration, Instant, ms};

/// A fault on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub fault: case::Fault,
    /// When it comes; `None` while strikes are waited for.
    pub due: Option<Instant>,
}

/// Something that comes after a fault, at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Afterwards {
    /// The operator's next wish.
    Wish(Command),
    /// The wire is spoilt once more, until then.
    Noise { until: Instant, seed: u64 },
    /// The cable is put back.
    PlugIn,
    /// What was pressed or opened is let go.
    Release(crate::drive::rehearsal::DeviceInput),
}

/// The host of one case, through all of its sessions.
pub(super) struct Host<'a> {
    pub part: &'a Part,
    pub disk: SharedDisk,
    pub ledger: Option<Ledger<SharedDisk>>,
    /// Entries written and not yet durable.
    written: Vec<Entry>,
    pub pending: Vec<Pending>,
    pub afterwards: Vec<(Instant, Afterwards)>,
    /// Until then each sync takes so long.
    pub slow: Option<(Instant, Duration)>,
    /// Until then the operator's screen hangs.
    pub hung: Instant,
    /// The drives have lost their power in this session.
    pub powerless: bool,
    /// The operator means the pause: it is not ended before the operator's time.
    pub pausing: bool,
    /// The device's time.
    now: Instant,
    /// The last session's fault.
    pub fault: Option<Fault>,
    pub oracle: Oracle,
    pub story: Story,
}

impl<'a> Host<'a> {
    pub fn new(part: &'a Part, faults: &[case::Fault], story: Story) -> Self {
        Self {
            part,
            disk: SharedDisk::default(),
            ledger: None,
            written: Vec::new(),
            pending: faults.iter().map(|&fault| Pending { fault, due: None }).collect(),
            afterwards: Vec::new(),
            slow: None,
            hung: Instant::START,
            powerless: false,
            pausing: false,
            now: Instant::START,
            fault: None,
            oracle: Oracle::default(),
            story,
        }
    }

    /// Opens the ledger for another session: what it says of the dots is put into the job.
    pub fn open(&mut self, program: &[u8; 32], job: &mut Job) -> Result<(), LedgerError> {
        self.fault = None;
        let fresh = self.disk.with(|disk| disk.bytes().is_empty());
        let (ledger, entries) = if fresh {
            self.disk.with(MemoryDisk::create);
            (Ledger::begin(self.disk.clone(), program, DOTS)?, Vec::new())
        } else {
            Ledger::resume(self.disk.clone(), program)?
        };
        self.ledger = Some(ledger);
        self.oracle.reopened(&entries);
        for entry in &entries {
            job.replay(entry);
        }
        Ok(())
    }

    /// The session is over, its host's process gone.
    pub fn end(&mut self, fault: Option<Fault>) {
        self.fault = fault;
        self.ledger = None;
        self.disk.with(MemoryDisk::restart);
    }

    /// Nothing more befalls it.
    pub fn heal(&mut self) {
        self.pending.clear();
        self.calm();
    }

    /// What goes on ends: somebody has looked after everything.
    pub fn calm(&mut self) {
        self.afterwards.clear();
        self.written.clear();
        self.slow = None;
        self.hung = Instant::START;
        self.powerless = false;
        self.pausing = false;
    }

    pub fn after(&mut self, at: Instant, what: Afterwards) {
        self.afterwards.push((at, what));
    }

    /// Faults that have waited for these strikes have a time from now on.
    fn arm(&mut self, now: Instant) {
        let strikes = self.oracle.strikes();
        for pending in &mut self.pending {
            let fault = &pending.fault;
            if pending.due.is_none() && strikes >= fault.after_strikes {
                pending.due = Some(now + Duration::from_secs_f64(fault.phase_ms * 1e-3));
            }
        }
    }

    fn take_due(&mut self, now: Instant) -> Option<case::Fault> {
        let index = self.pending.iter().position(|p| p.due.is_some_and(|due| due <= now))?;
        Some(self.pending.remove(index).fault)
    }

    fn take_afterwards(&mut self, now: Instant) -> Option<Afterwards> {
        let index = self.afterwards.iter().position(|(at, _)| *at <= now)?;
        Some(self.afterwards.remove(index).1)
    }
}

impl Witness for Host<'_> {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        self.story.input(at, input);
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        self.story.output(at, output);
        if let Output::Persist(_, entry) = output {
            let ledger = self.ledger.as_mut().ok_or(Unwritable)?;
            ledger.append(entry).map_err(|_| Unwritable)?;
            self.written.push(*entry);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Unwritable> {
        let ledger = self.ledger.as_mut().ok_or(Unwritable)?;
        ledger.sync().map_err(|_| Unwritable)?;
        for entry in self.written.drain(..) {
            self.story.tell(|| format!("            on the disk: {entry:?}"));
            self.oracle.durable(&entry, self.now);
        }
        Ok(())
    }
}

impl Surroundings for Host<'_> {
    fn happens(&mut self, run: &Run, device: &mut Device, now: Instant) -> Happening {
        self.arm(now);
        if let Some(fault) = self.take_due(now) {
            self.story.befalls(now, &fault);
            return self.befall(&fault, device, now);
        }
        if let Some(what) = self.take_afterwards(now) {
            return self.goes_on(what, device, now);
        }
        let command = if self.pausing { None } else { attendant(run) };
        command.map_or(Happening::Nothing, Happening::Command)
    }

    fn passed(&mut self, device: &Device, now: Instant) {
        self.now = now;
        self.oracle.look(device, self.part, &mut self.story);
    }

    fn next(&self) -> Instant {
        let due = self.pending.iter().filter_map(|pending| pending.due);
        let later = self.afterwards.iter().map(|(at, _)| *at);
        due.chain(later).min().unwrap_or(Instant(u64::MAX))
    }

    fn turns(&self, part: stream::Part, now: Instant) -> bool {
        part != stream::Part::Front || now >= self.hung
    }

    fn sync_takes(&mut self, now: Instant) -> Duration {
        /// A pre-written file on a common disk (facts, section D1: median 0.9 ms).
        const SYNC: Duration = ms(1);
        self.slow.filter(|(until, _)| now < *until).map_or(SYNC, |(_, long)| long)
    }
}
