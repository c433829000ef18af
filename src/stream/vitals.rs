//! Whether every loop that a run depends on still turns.
//!
//! The heartbeat tells the device that all is well here. It would lie if the core sent it while the ledger's
//! thread hangs or the operator's screen, with the stop key behind it, stands still. So each of them says
//! that it is alive, some ten times a second, and the core speaks for all or for none:
//!
//! ```text
//!  record thread --Alive(Record)--+
//!  screen loop ----Alive(Front)---+--> all fresh: heartbeat      --> device
//!  device ---------reports--------+--> one silent: no heartbeat, Fault::Stalled
//! ```
//!
//! The third, the sensors, is known by their reports and has a timer of its own.

use crate::time::{Duration, Instant, ms};
use serde::{Deserialize, Serialize};

/// A part that is silent for longer than this hangs. The disk alone may keep the record thread for half a
/// second, which only delays the next strike.
pub const SILENT_MAX: Duration = ms(1_000);

/// A core that is woken so much later than it asked for was itself asleep.
const LATE: Duration = ms(20);

/// A loop beside the core's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The thread that makes ledger entries durable.
    Record,
    /// The loop that shows the run and hears the operator.
    Front,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Record, Self::Front];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Record => "the ledger's writer",
            Self::Front => "the operator's screen",
        })
    }
}

/// When each part was heard of last.
#[derive(Clone, Copy, Debug)]
pub struct Vitals([Instant; Part::ALL.len()]);

impl Vitals {
    /// Everybody is alive at the beginning.
    pub fn new(now: Instant) -> Self {
        Self([now; Part::ALL.len()])
    }

    /// A part has said that it is alive.
    pub fn alive(&mut self, part: Part, now: Instant) {
        self.0[part as usize] = now;
    }

    /// The core was to be woken at `due`. What it has slept through is no silence of others.
    pub fn woken(&mut self, due: Instant, now: Instant) {
        let late = now.since(due);
        if late > LATE {
            for heard in &mut self.0 {
                *heard = (*heard + late).min(now);
            }
        }
    }

    /// A part that hangs.
    pub fn stalled(&self, now: Instant) -> Option<Part> {
        Part::ALL.into_iter().find(|part| now.since(self.0[*part as usize]) > SILENT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::START + ms(millis)
    }

    #[test]
    fn each_part_is_missed_by_its_name_and_only_after_its_time() {
        for missing in Part::ALL {
            let mut vitals = Vitals::new(Instant::START);
            for beat in (0..=1_000).step_by(100) {
                let others = Part::ALL.into_iter().filter(|part| *part != missing);
                others.for_each(|part| vitals.alive(part, at(beat)));
                assert_eq!(vitals.stalled(at(beat)), None);
            }
            assert_eq!(vitals.stalled(at(1_001)), Some(missing));
        }
    }

    #[test]
    fn what_the_core_has_slept_through_is_nobodys_silence() {
        let mut vitals = Vitals::new(at(0));
        vitals.woken(at(20), at(5_020));
        assert_eq!(vitals.stalled(at(5_020)), None);
        assert_eq!(vitals.stalled(at(6_010)), Some(Part::Record));
        vitals.woken(at(6_010), at(6_030));
        assert_eq!(vitals.stalled(at(6_030)), Some(Part::Record), "within what any system does");
    }
}
