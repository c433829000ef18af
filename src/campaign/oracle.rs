//! What must hold at every event of every case, by the simulator's truth and by what is durable in the ledger.
//! What the controller believes plays no part.

use super::stage::Part;
use super::story::Story;
use crate::drive::rehearsal::{Device, StrikeTruth};
use crate::plan::DotId;
use crate::stream::Entry;
use crate::time::Instant;
use nalgebra::Vector3;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// No dot is deeper than this, mm.
const DEEPEST_MM: f64 = 2.0;
/// But for what the head itself came onto the needle that stood in its skin: no control takes that back, and the depth stop
/// ends it. That one acts on the needle bar, and skin bulges into the ring: so deep it can be then, mm, with a bulge of 0.15 and
/// a needle 0.25 longer than said, as in the facts.
const AT_STOP_MM: f64 = 2.40;
/// No strike is further from its dot than this, along the skin, mm, and what the head itself has moved while the strike was
/// under way: no control takes that back.
const ASIDE_MM: f64 = 0.5;
/// The gantry is not driven sideways faster than this with the needle in, mm/s; and the tip does not get further
/// aside than this, noise and play of five axes and all, mm (facts, R3).
const SIDEWAYS_MM_PER_S: f64 = 0.1;
const SHIFT_MM: f64 = 0.15;
/// A head that comes on by more than this within one stroke chases the needle out, mm. Engineering choice.
const CHASE_MM: f64 = 0.2;

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Violation {
    /// A dot is too deep.
    TooDeep {
        /// Which.
        dot: u32,
        /// How deep.
        mm: f64,
    },
    /// A dot was struck again.
    Twice {
        /// Which.
        dot: u32,
    },
    /// A dot was struck that no durable intent was open for, or before one whose intent is older.
    NotIntended {
        /// Which.
        dot: u32,
    },
    /// A strike is not where its dot is.
    Aside {
        /// Which.
        dot: u32,
        /// How far.
        mm: f64,
        /// Of that, what the head moved while the strike was under way.
        head_mm: f64,
    },
    /// The gantry was driven sideways with the needle in, or the tip got aside.
    Sideways {
        /// Which.
        dot: u32,
        /// How fast.
        mm_per_s: f64,
        /// How far.
        mm: f64,
    },
    /// A strike that has the number of no dot of the job, or none and is too deep for a touch.
    Unknown {
        /// How deep.
        mm: f64,
    },
    /// The ledger says done, and the needle was not in.
    NotStruck {
        /// Which.
        dot: u32,
    },
    /// In the end a dot is neither done nor listed.
    Lost {
        /// Which.
        dot: u32,
    },
    /// More dots are uncertain than there were crashes.
    Uncertain {
        /// Dots.
        dots: usize,
        /// Crashes, faults and resets.
        crashes: usize,
    },
    /// The host is gone, and the needle is still in the skin.
    NeedleLeftIn,
    /// The world was healed, and the job did not get to its end.
    NotLive {
        /// Sessions it had.
        sessions: usize,
    },
}

/// Whether a dot's needle may be in the skin, as far as the disk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durable {
    /// The intent's number among all entries.
    Intent(usize),
    Withdrawn,
    Done,
    Uncertain,
}

/// Watches one case.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    durable: BTreeMap<u32, Durable>,
    entries: usize,
    /// All that became durable in this session, with the device's time.
    log: Vec<(Instant, u32, Durable)>,
    /// Strikes seen, and the strokes in which each dot was struck.
    seen: usize,
    times: BTreeMap<u32, BTreeSet<u64>>,
    deepest_mm: f64,
    aside_mm: f64,
    sideways_mm_per_s: f64,
    shift_mm: f64,
    strays: u32,
    touch_mm: f64,
    came_onto: u32,
    met_again: u32,
    left_in: u32,
    /// What was found.
    pub violations: Vec<Violation>,
}

/// The extremes of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Extremes {
    /// Deepest dot, mm.
    pub deepest_mm: f64,
    /// Farthest from its dot along the skin, mm.
    pub aside_mm: f64,
    /// Driven fastest sideways with the needle in, mm/s, and the farthest that a tip got, mm.
    pub sideways_mm_per_s: f64,
    /// See above.
    pub shift_mm: f64,
    /// Strikes further than 0.5 mm from their place, those of heads that moved under the needle included.
    pub strays: u32,
    /// The deepest that the needle went in when it only felt for the skin, mm.
    pub touch_mm: f64,
    /// Dots beyond 2.000 mm because the head came onto the needle.
    pub came_onto: u32,
    /// Times that the head came onto the needle again within one stroke.
    pub met_again: u32,
    /// Times that a machine without a strike axis lost its power with the needle in.
    pub left_in: u32,
}

impl Extremes {
    /// Of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            deepest_mm: self.deepest_mm.max(other.deepest_mm),
            aside_mm: self.aside_mm.max(other.aside_mm),
            sideways_mm_per_s: self.sideways_mm_per_s.max(other.sideways_mm_per_s),
            shift_mm: self.shift_mm.max(other.shift_mm),
            strays: self.strays + other.strays,
            touch_mm: self.touch_mm.max(other.touch_mm),
            came_onto: self.came_onto + other.came_onto,
            met_again: self.met_again + other.met_again,
            left_in: self.left_in + other.left_in,
        }
    }
}

impl Oracle {
    /// An entry is on the disk.
    pub fn durable(&mut self, entry: &Entry, now: Instant) {
        self.entries += 1;
        let (dot, standing) = match *entry {
            Entry::Session { .. } => return,
            Entry::Intent { dot, .. } => (dot, Durable::Intent(self.entries)),
            Entry::Withdrawn { dot } => (dot, Durable::Withdrawn),
            Entry::Done { dot, .. } => (dot, Durable::Done),
            Entry::Uncertain { dot } => (dot, Durable::Uncertain),
        };
        self.durable.insert(dot.0, standing);
        self.log.push((now, dot.0, standing));
    }

    /// The ledger was opened again, and this is what it says: what was on its way to the disk may be on it.
    pub fn reopened(&mut self, entries: &[Entry]) {
        self.durable.clear();
        self.log.clear();
        entries.iter().for_each(|entry| self.durable(entry, Instant::START));
    }

    /// Dots of the job that are neither done nor listed.
    pub fn open(&self, part: &Part) -> usize {
        let settled = |dot: DotId| {
            matches!(self.durable.get(&dot.0), Some(Durable::Done | Durable::Uncertain))
        };
        part.program.dots().iter().filter(|dot| !settled(dot.dot)).count()
    }

    /// Looks at the strikes that have ended since the last look.
    pub fn look(&mut self, device: &Device, part: &Part, story: &mut Story) {
        let strikes = device.strikes();
        for strike in &strikes[self.seen.min(strikes.len())..] {
            let before = self.violations.len();
            let aside_mm = self.strike(strike, device, part);
            story.strike(strike, aside_mm, &self.violations[before..]);
        }
        self.seen = strikes.len();
    }

    /// How often the needle has been in.
    pub fn strikes(&self) -> u32 {
        self.times.values().map(|strokes| strokes.len() as u32).sum()
    }

    /// The job is over: what the ledger says against what was done. `crashes`: how often something ended a session
    /// before its time. `done`: the job has come to its end, so no dot may be lost.
    pub fn conclude(&mut self, part: &Part, crashes: usize, done: bool) {
        for (dot, standing) in self.durable.clone() {
            if standing == Durable::Done && !self.times.contains_key(&dot) {
                self.violations.push(Violation::NotStruck { dot });
            }
        }
        let count = |s: Durable| self.durable.values().filter(|d| **d == s).count();
        let dots = count(Durable::Uncertain);
        if dots > crashes {
            self.violations.push(Violation::Uncertain { dots, crashes });
        }
        for DotId(dot) in part.program.dots().iter().map(|dot| dot.dot).filter(|_| done) {
            if !matches!(self.durable.get(&dot), Some(Durable::Done | Durable::Uncertain)) {
                self.violations.push(Violation::Lost { dot });
            }
        }
    }

    /// The needle was left in by a machine that could not do otherwise.
    pub fn left_in(&mut self) {
        self.left_in += 1;
    }

    /// Dots whose fate nobody knows.
    pub fn uncertain(&self) -> usize {
        self.durable.values().filter(|d| **d == Durable::Uncertain).count()
    }

    /// See [`Extremes`].
    pub fn extremes(&self) -> Extremes {
        Extremes {
            deepest_mm: self.deepest_mm,
            aside_mm: self.aside_mm,
            sideways_mm_per_s: self.sideways_mm_per_s,
            shift_mm: self.shift_mm,
            strays: self.strays,
            touch_mm: self.touch_mm,
            came_onto: self.came_onto,
            met_again: self.met_again,
            left_in: self.left_in,
        }
    }

    /// How far the strike was from its dot, mm, if it was at one.
    fn strike(&mut self, strike: &StrikeTruth, device: &Device, part: &Part) -> Option<f64> {
        let planned = part.program.dots().iter().find(|dot| Some(dot.dot.0) == strike.dot);
        let Some(planned) = planned else {
            // The needle felt for the skin.
            self.touch_mm = self.touch_mm.max(strike.penetration);
            self.came_onto += u32::from(strike.penetration > DEEPEST_MM);
            if strike.dot.is_some() || too_deep(strike) {
                self.violations.push(Violation::Unknown { mm: strike.penetration });
            }
            return None;
        };
        let dot = planned.dot.0;
        let strokes = self.times.entry(dot).or_default();
        let again = !strokes.insert(strike.stroke);
        self.met_again += u32::from(again);
        if !again && strokes.len() > 1 {
            self.violations.push(Violation::Twice { dot });
        } else if !again && !self.was_next(dot, Instant(strike.t_entry)) {
            self.violations.push(Violation::NotIntended { dot });
        }
        let depth_mm = strike.penetration;
        self.deepest_mm = self.deepest_mm.max(depth_mm);
        self.came_onto += u32::from(depth_mm > DEEPEST_MM);
        if too_deep(strike) {
            self.violations.push(Violation::TooDeep { dot, mm: depth_mm });
        }
        if again {
            // The head has come onto a needle that was on its way back: where is not the strike's doing.
            return None;
        }
        // Where the head lay when the session was opened nobody measures here: that is what registering is for.
        let p = planned.position;
        let meant = Vector3::from(device.as_registered([p.x(), p.y(), p.z()]));
        let off = Vector3::from(strike.scan_point) - meant;
        let normal = planned.normal.vector();
        let aside_mm = (off - normal * off.dot(&normal)).norm();
        let speed = strike.lateral_drive;
        self.aside_mm = self.aside_mm.max(aside_mm);
        self.sideways_mm_per_s = self.sideways_mm_per_s.max(speed);
        self.shift_mm = self.shift_mm.max(strike.lateral_shift);
        self.strays += u32::from(aside_mm > ASIDE_MM);
        if aside_mm > ASIDE_MM + strike.head_moved {
            self.violations.push(Violation::Aside {
                dot,
                mm: aside_mm,
                head_mm: strike.head_moved,
            });
        }
        let mm = strike.lateral_shift;
        // A head that comes after the needle meets it on its way to the next dot, at whatever speed that has begun with.
        let chased = speed > SIDEWAYS_MM_PER_S && strike.head_came > CHASE_MM;
        self.met_again += u32::from(chased);
        if (speed > SIDEWAYS_MM_PER_S && !chased) || mm > SHIFT_MM {
            self.violations.push(Violation::Sideways { dot, mm_per_s: speed, mm });
        }
        Some(aside_mm)
    }

    /// Whether the dot's intent was durable and open at the needle's entry, and none was older.
    fn was_next(&self, dot: u32, entry: Instant) -> bool {
        let mut then: BTreeMap<u32, Durable> = BTreeMap::new();
        let until = self.log.iter().take_while(|(at, ..)| *at <= entry);
        then.extend(until.map(|(_, dot, standing)| (*dot, *standing)));
        let intents = then.iter().filter_map(|(dot, standing)| match standing {
            Durable::Intent(number) => Some((*number, *dot)),
            _ => None,
        });
        intents.min().is_some_and(|(_, oldest)| oldest == dot)
    }
}

/// Whether it is, and not because the head came onto the needle.
fn too_deep(strike: &StrikeTruth) -> bool {
    let own_mm = strike.penetration - strike.head_came.max(0.0);
    own_mm > DEEPEST_MM || strike.penetration > AT_STOP_MM
}
