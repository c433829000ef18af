//! What goes on around the core of a rehearsed run: its witness, its operator, and whatever befalls the host.

use super::Device;
use crate::drive::{Unwritable, Witness};
use crate::stream::{Command, Input, Output, Part, Run, Stage};
use crate::time::{Duration, Instant, ms};

/// Virtual time an entry takes to become durable.
const SYNC: Duration = ms(1);

/// A witness that is also asked what happens next; times here are the device's.
pub trait Surroundings: Witness {
    /// What happens now, after everything the core wanted was done. Asked again until nothing does.
    fn happens(&mut self, run: &Run, device: &mut Device, now: Instant) -> Happening;

    /// Time has passed, and nothing of what the device has said has reached the core yet.
    fn passed(&mut self, _device: &Device, _now: Instant) {}

    /// When something will happen at the latest.
    fn next(&self) -> Instant {
        Instant(u64::MAX)
    }

    /// Whether this loop beside the core's turns.
    fn turns(&self, _part: Part, _now: Instant) -> bool {
        true
    }

    /// How long entries that were written now take to become durable.
    fn sync_takes(&mut self, _now: Instant) -> Duration {
        SYNC
    }
}

/// What can happen to a host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening {
    /// Nothing, until [`Surroundings::next`].
    Nothing,
    /// The operator wants something.
    Command(Command),
    /// The system says that the port is gone.
    Unplugged,
    /// The host's clock goes forward by this.
    ClockJumps(Duration),
    /// The host does nothing until then.
    Busy(Instant),
    /// The host's process is gone.
    Killed,
}

/// A witness and an operator, and nothing else.
pub(super) struct Operated<'a> {
    pub witness: &'a mut dyn Witness,
    pub operator: &'a mut dyn FnMut(&Run, Instant) -> Option<Command>,
}

impl Witness for Operated<'_> {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        self.witness.input(at, input);
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        self.witness.output(at, output)
    }

    fn sync(&mut self) -> Result<(), Unwritable> {
        self.witness.sync()
    }
}

impl Surroundings for Operated<'_> {
    fn happens(&mut self, run: &Run, _: &mut Device, now: Instant) -> Happening {
        (self.operator)(run, now).map_or(Happening::Nothing, Happening::Command)
    }
}

/// The operator of a rehearsal: a run that has paused because needle and height sensor have parted is told
/// that the needle has been looked after, and goes on.
pub fn attendant(run: &Run) -> Option<Command> {
    let snapshot = run.snapshot();
    match snapshot.stage {
        Stage::Paused if snapshot.parted => Some(Command::NewNeedle),
        Stage::Paused => Some(Command::Resume),
        _ => None,
    }
}

/// An attendant who does not look for ever.
#[derive(Debug, Default)]
pub struct Attendant {
    /// How often the needle was looked after since the last dot.
    looks: u32,
    done: usize,
}

impl Attendant {
    /// Looking after a needle more often than this does not help it.
    const MOST_LOOKS: u32 = 3;

    /// As [`attendant`]; stops the run where needle and height sensor part again and again with no dot done between.
    pub fn wants(&mut self, run: &Run) -> Option<Command> {
        let wish = attendant(run)?;
        if wish == Command::NewNeedle {
            let done = run.snapshot().done;
            self.looks = if done == self.done { self.looks + 1 } else { 1 };
            self.done = done;
        }
        Some(if self.has_given_up() { Command::Stop } else { wish })
    }

    /// Whether it has stopped the run.
    pub fn has_given_up(&self) -> bool {
        self.looks > Self::MOST_LOOKS
    }
}
