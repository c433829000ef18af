//! Who strikes: the depth loop, or one of the baselines, which strike blindly in one way or another.
//!
//! The baselines run on the same simulated machine, skin and head, through the same core in its open mode;
//! what they may use is decided by what their device offers.

use smp::device::{self, Mode};
use smp::drive::rehearsal::Tap;
use std::fmt::Write;
use std::num::NonZeroU32;

/// Who strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// The depth loop.
    Loop,
    /// The depth loop without a height sensor: it touches at each dot, or at every fourth and wherever it must.
    TouchEach,
    /// See above.
    TouchFourth,
    /// The planned depth on the scan as registered: no height, no tracker.
    OpenLoop,
    /// The scan moved with the head tracker, 14 ms late; no height.
    TrackerOnly,
    /// Too long a stroke, ended by a depth stop on the nose-piece.
    NosePiece,
}

/// The nose-piece baseline's stop, mm: aim and mean dimple together.
const STOP_MM: f64 = 1.82;
/// What its stroke is longer than the planned one, µm.
const OVERTRAVEL_UM: i64 = 2_500;

impl Controller {
    /// The depth loop and its baselines.
    pub const ALL: [Self; 4] = [Self::Loop, Self::OpenLoop, Self::TrackerOnly, Self::NosePiece];
    /// The depth loop in touch mode.
    pub const TOUCHING: [Self; 2] = [Self::TouchEach, Self::TouchFourth];

    /// Whether it is this project's.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Loop | Self::TouchEach | Self::TouchFourth)
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loop => "smp",
            Self::TouchEach => "smp, touch",
            Self::TouchFourth => "smp, touch every 4th",
            Self::OpenLoop => "open loop",
            Self::TrackerOnly => "tracker only, 14 ms",
            Self::NosePiece => "nose-piece only",
        }
    }

    pub fn mode(self) -> Mode {
        match self {
            Self::Loop => Mode::Follow,
            Self::TouchEach => Mode::Touch { every: NonZeroU32::MIN },
            Self::TouchFourth => Mode::Touch { every: NonZeroU32::MIN.saturating_add(3) },
            Self::OpenLoop | Self::TrackerOnly | Self::NosePiece => Mode::Open,
        }
    }

    /// The scenario `base` with what this controller's machine has, as a scenario file. `stop`: whether the
    /// depth loop's machine has its depth stop.
    pub fn scenario(self, base: &str, machine: &str, stop: bool) -> String {
        let mut text = format!("name = {base:?}\nabout = \"bench\"\nbase = {base:?}\n");
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Loop => write!(text, "{}", machine_with(machine, stop)),
            Self::TouchEach | Self::TouchFourth => {
                let senses = ", \"CAGE\", \"REFLEX\", \"FORCE\", \"CONTACT\", \"TRACKER\"";
                write!(text, "{}{}", blind(senses), machine_with(machine, stop))
            }
            Self::OpenLoop => write!(text, "{}{}", blind(""), machine_with(machine, false)),
            Self::TrackerOnly => {
                write!(text, "{}{}", blind(", \"TRACKER\""), machine_with(machine, false))
            }
            Self::NosePiece => write!(
                text,
                "{}[machine]\nname = {machine:?}\ndepth_stop = true\ndepth_stop_mm = {STOP_MM}\n",
                blind("")
            ),
        };
        text
    }

    /// What is on the wire between core and device.
    pub fn tap(self) -> Option<Box<dyn Tap>> {
        (self == Self::NosePiece).then(|| Box::new(Longer) as Box<dyn Tap>)
    }
}

/// A device without eyes.
fn blind(more: &str) -> String {
    let all = "\"CRC\", \"SEQ\", \"DEADMAN\", \"INTERLOCK\", \"RET\"";
    format!("[firmware]\ndialect = \"grblhal-smp\"\ncapabilities = [{all}{more}]\n")
}

fn machine_with(machine: &str, stop: bool) -> String {
    format!("[machine]\nname = {machine:?}\ndepth_stop = {stop}\n")
}

/// Lengthens every stroke on its way to the device: the depth stop decides.
struct Longer;

impl Tap for Longer {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 8);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            match lengthened(line) {
                Some(longer) => out.extend(longer),
                None => out.extend_from_slice(line),
            }
        }
        out
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }
}

/// A strike's frame with a longer travel; `None` for everything else. Real-time bytes may stand before it.
fn lengthened(line: &[u8]) -> Option<Vec<u8>> {
    let start = line.iter().position(|byte| *byte == b'N')?;
    let (before, frame) = line.split_at(start);
    let text = device::open(std::str::from_utf8(frame).ok()?.trim_end()).ok()?;
    let (head, body) = text.split_once(' ')?;
    if !body.starts_with('D') {
        return None;
    }
    let (seq, epoch) = head.strip_prefix('N')?.split_once('E')?;
    let words = body.split(' ').map(|word| match word.strip_prefix('T') {
        Some(um) => um.parse().map_or_else(|_| word.to_owned(), |um: i64| longer(um)),
        None => word.to_owned(),
    });
    let body = words.collect::<Vec<_>>().join(" ");
    let mut out = before.to_vec();
    device::seal(seq.parse().ok()?, u32::from_str_radix(epoch, 16).ok()?, &body, &mut out);
    Some(out)
}

fn longer(um: i64) -> String {
    format!("T{}", (um + OVERTRAVEL_UM).min(8_500))
}
