//! What goes into the run core and what comes out of it.

use super::fault::Fault;
use super::vitals::Part;
use crate::depth::{Grounds, Reasons};
use crate::device::{Capability, Dialect, StrokeReport};
use crate::plan::DotId;
use crate::time::Instant;
use crate::units::nan_is_null;
use serde::{Deserialize, Serialize};

/// Everything that can happen to a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// Bytes from the device.
    Bytes(&'a [u8]),
    /// A wish of the operator. It cannot carry G-code, so no user interface can invent motion.
    Command(Command),
    /// The ledger entry with this ticket is durable.
    Durable(u64),
    /// The ledger failed: nothing more may be struck.
    LedgerFailed,
    /// The port is gone.
    LinkLost,
    /// A loop beside the core's turns: due some ten times a second from each.
    Alive(Part),
    /// Nothing but the time: the wake-up asked for.
    Tick,
}

/// What an operator can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Finish the strike under way, lift the tool, wait.
    Pause,
    /// Go on from a pause.
    Resume,
    /// The cartridge has been changed, in a pause: the needle is zeroed anew before it strikes.
    NewNeedle,
    /// Retract at once and end the run; it can be resumed as a new run.
    Stop,
}

/// Everything a run wants done. [`super::Run::poll`] hands them out in order, a wake-up time last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output<'a> {
    /// Send this byte, which stops the device, by a way of its own: past everything else that waits to be
    /// sent, and before anything else is asked for.
    Stop(u8),
    /// Send these bytes.
    Transmit(&'a [u8]),
    /// Make this durable and answer [`Input::Durable`] with its ticket.
    Persist(u64, Entry),
    /// Something happened.
    Event(Event),
    /// Nothing more until then, or until the next input.
    WakeAt(Instant),
    /// The run is over; nothing more will come.
    Over(Outcome),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every dot is done, skipped or listed, and the tool is parked.
    Finished,
    /// The operator stopped it.
    Stopped,
    /// A fault is latched.
    Faulted,
}

/// A ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Entry {
    /// A session with the device was opened.
    Session {
        /// Its epoch.
        epoch: u32,
        /// The device's boot id; 0 in plain dialects.
        boot: u32,
        /// The device's strike counter.
        count: u32,
        /// Epoch of the session that has made the head tracker's zero; 0 where nothing is known of it.
        zero: u32,
    },
    /// The needle may go into this dot from now on.
    Intent {
        /// Which dot.
        dot: DotId,
        /// The device's strike counter before.
        count: u32,
    },
    /// It did not, and will not without another intent.
    Withdrawn {
        /// Which dot.
        dot: DotId,
    },
    /// The device has struck it.
    Done {
        /// Which dot.
        dot: DotId,
        /// The device's strike counter after.
        count: u32,
        /// What the loop believes of it.
        estimate: Estimate,
    },
    /// Nobody can say whether it was struck: it is not struck again.
    Uncertain {
        /// Which dot.
        dot: DotId,
    },
}

/// What the loop believes of one strike; NaN where it has no ground for a belief.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Travel commanded from rest, mm.
    #[serde(with = "nan_is_null")]
    pub travel_mm: f32,
    /// Gap predicted for the moment of the strike, needle offset included, mm.
    #[serde(with = "nan_is_null")]
    pub gap_mm: f32,
    /// Dimple seen at the bottom, mm.
    #[serde(with = "nan_is_null")]
    pub dimple_mm: f32,
    /// Penetration, mm.
    #[serde(with = "nan_is_null")]
    pub penetration_mm: f32,
    /// One sigma of it, mm.
    #[serde(with = "nan_is_null")]
    pub sigma_mm: f32,
    /// Greatest needle force, N.
    #[serde(with = "nan_is_null")]
    pub force_n: f32,
}

impl Estimate {
    /// Whether the dot is in a band of penetration, mm, by one sigma at least.
    pub fn is_surely_in(&self, [shallow, deep]: [f64; 2]) -> bool {
        let (depth, sigma) = (f64::from(self.penetration_mm), f64::from(self.sigma_mm));
        depth - sigma >= shallow && depth + sigma <= deep
    }

    /// Nothing is believed: the strike was found done after a crash.
    pub const UNKNOWN: Self = Self {
        travel_mm: f32::NAN,
        gap_mm: f32::NAN,
        dimple_mm: f32::NAN,
        penetration_mm: f32::NAN,
        sigma_mm: f32::NAN,
        force_n: f32::NAN,
    };
}

/// Something happened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The device answered and says what it is.
    Connected {
        /// Its language.
        dialect: Dialect,
    },
    /// A promise the device does not give (bench runs only; a treatment refuses).
    NotGuaranteed {
        /// Which.
        capability: Capability,
    },
    /// A session was opened.
    SessionOpened {
        /// Its epoch.
        epoch: u32,
    },
    /// What the device knows of a dot whose fate was open after a crash.
    Resolved {
        /// Which dot.
        dot: DotId,
        /// What became of it.
        fate: Fate,
    },
    /// The tool is on its way to a dot.
    Hop {
        /// Which dot.
        dot: DotId,
    },
    /// The tool stands over the dot, proved by a report.
    AtPose {
        /// Which dot.
        dot: DotId,
    },
    /// The strike has to wait.
    Waiting {
        /// Which dot.
        dot: DotId,
        /// Why.
        reasons: Reasons,
    },
    /// The head moves too much for a needle near it: the tool is taken up and watches from there.
    Retreated {
        /// The dot it stood over.
        dot: DotId,
        /// Why.
        reasons: Reasons,
    },
    /// The dot is left for later.
    Deferred {
        /// Which dot.
        dot: DotId,
        /// Why.
        reasons: Reasons,
        /// How often that has happened to it.
        times: u32,
    },
    /// The needle looked for the skin.
    Touched {
        /// The dot it stood over.
        dot: DotId,
        /// Travel at contact, mm.
        contact_mm: Option<f64>,
    },
    /// The height sensor is looked after: the tool is lifted, and the reading must follow.
    HeightDoubted {
        /// The dot it stood over.
        dot: DotId,
    },
    /// Needle and height sensor have parted, by contact alone: a person has to look.
    Parted {
        /// By so much; positive: the needle falls shorter, mm.
        by_mm: f64,
    },
    /// They have parted by contact and force both: the needle is zeroed anew.
    NeedleMoved {
        /// By so much; positive: the needle falls shorter, mm.
        by_mm: f64,
    },
    /// The device's reflex has acted: needle out, tool drawn back.
    DrawnBack {
        /// How often in this session.
        times: u32,
    },
    /// The device broke the strike off.
    CutShort {
        /// Which dot.
        dot: DotId,
        /// Whether the needle was in the skin; then the dot counts as struck, however deep it is.
        touched: bool,
    },
    /// The tool is brought to the hover again.
    Rehover {
        /// Which dot.
        dot: DotId,
    },
    /// The strike line is on its way.
    StrikeSent {
        /// Which dot.
        dot: DotId,
        /// Why it goes where it goes.
        grounds: Grounds,
    },
    /// The device refused the strike; it is measured again.
    StrikeRefused {
        /// Which dot.
        dot: DotId,
    },
    /// A dot is done.
    Done {
        /// Which dot.
        dot: DotId,
        /// What the device saw.
        stroke: Option<StrokeReport>,
        /// What the loop believes.
        estimate: Estimate,
    },
    /// What the heights of all dots so far tell of the registration, at the dot last measured.
    Refined {
        /// How many heights.
        heights: u32,
        /// The skin lies so much further out than registered, mm: the depth loop has allowed for it.
        along_mm: f32,
        /// It lies so much aside, mm, and one sigma of that.
        aside_mm: f32,
        /// See above.
        aside_sigma_mm: f32,
    },
    /// A survey has found the skin there: as the head lay when its tracker stood at zero.
    Surveyed {
        /// Which place.
        dot: DotId,
        /// In the machine's axes, mm.
        at_mm: [f64; 3],
    },
    /// The test dots are struck: the run pauses, and somebody has to look at them.
    Tested {
        /// How many were struck.
        struck: u32,
        /// How many of them are not in the band by one sigma, as far as the loop knows.
        unsure: u32,
        /// Mean of their penetration, as far as it knows, mm.
        #[serde(with = "nan_is_null")]
        mean_mm: f32,
        /// Its scatter, one sigma, mm.
        #[serde(with = "nan_is_null")]
        scatter_mm: f32,
    },
    /// A frame was sent again because the device said that it does not have it.
    Resent {
        /// Its sequence number.
        seq: u32,
    },
    /// The needle is out, the tool lifted, the run waits.
    Paused,
    /// It goes on.
    Resumed,
    /// All dots are visited; the tool goes to its park pose.
    Parking,
    /// A fault is latched: the needle is retracted and a person is needed.
    Faulted(Fault),
    /// The run is over.
    Ended(Outcome),
}

/// What became of a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Not yet struck.
    Planned,
    /// Struck.
    Done,
    /// Nobody can say.
    Uncertain,
}
