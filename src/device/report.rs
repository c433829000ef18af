//! The status report: `<State|MPos:…|…>`, grammar in `docs/device.md` section 8.

use super::lines::{decimal, fields};
use crate::machine::{AXES, Joints};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// What the device says it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MachineState {
    /// Queue empty, axes still. In plain dialects it does *not* mean that all work is done.
    Idle,
    /// Moving.
    Run,
    /// A strike is under way.
    Strike,
    /// Held, and standing still.
    Held,
    /// Held, and still braking.
    Holding,
    /// Latched.
    Alarm,
    /// Homing.
    Home,
    /// Something else (door, check, sleep, tool, jog).
    Other,
}

/// Whether a strike was seen to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The strike was completed.
    Complete,
    /// The strike was begun.
    Begun,
}

impl Phase {
    /// `0` or `1`.
    pub(super) fn parse(digit: &str) -> Option<Self> {
        match digit {
            "0" => Some(Self::Complete),
            "1" => Some(Self::Begun),
            _ => None,
        }
    }
}

/// The device's strike counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterMemory {
    /// Strikes so far.
    pub count: u32,
    /// The last dot.
    pub dot: u32,
    /// Whether that strike was seen to end.
    pub phase: Phase,
}

/// How one strike went, as the device saw it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrokeReport {
    /// Which dot.
    pub dot: u32,
    /// False: cut short.
    pub whole: bool,
    /// Travel at contact, mm.
    pub contact_mm: Option<f64>,
    /// Height of the surface at the deepest point, mm.
    pub bottom_mm: Option<f64>,
    /// Greatest needle force, N.
    pub peak_n: f64,
    /// Strike counter after it.
    pub count: u32,
    /// Travel commanded in the end, mm.
    pub travel_mm: f64,
    /// The skin as the height sensor read it just before contact, mm.
    pub skin_mm: Option<f64>,
    /// Travel at which the needle's force told of skin, mm.
    pub felt_mm: Option<f64>,
    /// Greatest travel measured, mm: less than commanded where the depth stop held the needle.
    pub reached_mm: f64,
}

impl StrokeReport {
    /// `<dot>,<status>,<contact µm>,<bottom µm>,<peak mN>,<count>,<travel µm>,<skin µm>,<felt µm>,<reached µm>`
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut parts = fields(value, b',');
        let dot = parts.next()?.parse().ok()?;
        let whole = match parts.next()? {
            "0" => true,
            "1" => false,
            _ => return None,
        };
        let (contact_mm, bottom_mm) = (length(parts.next()?)?, length(parts.next()?)?);
        let peak_n = f64::from(parts.next()?.parse::<u32>().ok()?) * 1e-3;
        let count = parts.next()?.parse().ok()?;
        let travel_mm = f64::from(parts.next()?.parse::<u32>().ok()?) * 1e-3;
        let (skin_mm, felt_mm) = (length(parts.next()?)?, length(parts.next()?)?);
        let reached_mm = f64::from(parts.next()?.parse::<u32>().ok()?) * 1e-3;
        Some(Self {
            dot,
            whole,
            contact_mm,
            bottom_mm,
            peak_n,
            count,
            travel_mm,
            skin_mm,
            felt_mm,
            reached_mm,
        })
    }
}

/// What a touch found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TouchReport {
    /// How manieth touch of the session.
    pub number: u32,
    /// Travel at contact, mm.
    pub contact_mm: Option<f64>,
    /// Greatest travel, mm.
    pub travel_mm: f64,
    /// The skin as the height sensor read it just before contact, mm.
    pub skin_mm: Option<f64>,
}

impl TouchReport {
    /// `<number>,<contact µm>,<travel µm>,<skin µm>`
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut parts = fields(value, b',');
        let number = parts.next()?.parse().ok()?;
        let contact_mm = length(parts.next()?)?;
        let travel_mm = f64::from(parts.next()?.parse::<u32>().ok()?) * 1e-3;
        let skin_mm = length(parts.next()?)?;
        Some(Self { number, contact_mm, travel_mm, skin_mm })
    }
}

/// Where a plain device's probing move met the skin, or ended without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbeReport {
    /// Joints at contact; where there was none they mean nothing (Grbl names the place of the last contact).
    pub joints: Joints,
    /// Whether there was contact.
    pub hit: bool,
}

impl ProbeReport {
    /// `<position>:<1 or 0>`
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (list, hit) = value.split_once(':')?;
        let hit = match hit {
            "1" => true,
            "0" => false,
            _ => return None,
        };
        Some(Self { joints: joints(list)?, hit })
    }
}

/// A length in µm, -1 for none.
fn length(um: &str) -> Option<Option<f64>> {
    let um: i32 = um.parse().ok()?;
    Some((um >= 0).then(|| f64::from(um) * 1e-3))
}

/// The head's displacement since the session was opened: `p' = exp([rotation]) p + translation`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadShift {
    /// mm, machine axes.
    pub translation: [f64; 3],
    /// rad, machine axes.
    pub rotation: [f64; 3],
    /// How old the measurement was when it was reported, s.
    pub age_s: f64,
}

impl HeadShift {
    /// As a motion, machine axes.
    pub fn isometry(&self) -> Isometry3<f64> {
        Isometry3::from_parts(
            Translation3::from(Vector3::from(self.translation)),
            UnitQuaternion::from_scaled_axis(Vector3::from(self.rotation)),
        )
    }
}

/// A status report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// State.
    pub state: MachineState,
    /// The alarm's number, where the state says one.
    pub alarm: Option<u32>,
    /// Measured joints; axes not reported are 0.
    pub joints: Joints,
    /// Device clock at sampling, µs.
    pub sampled_us: Option<u64>,
    /// Last accepted sequence number.
    pub seq: Option<u32>,
    /// Strike counter.
    pub counter: Option<CounterMemory>,
    /// Distance from the tip at rest to the skin, mm.
    pub height_mm: Option<f64>,
    /// Needle force, N.
    pub force_n: Option<f64>,
    /// Skin contact.
    pub contact: bool,
    /// Head displacement.
    pub head: Option<HeadShift>,
    /// The strike last completed.
    pub stroke: Option<StrokeReport>,
    /// The touch last completed.
    pub touch: Option<TouchReport>,
    /// How often the device's reflex has acted in this session.
    pub reflexes: u32,
    /// The machine says it is homed.
    pub homed: bool,
    /// Its inputs that people press and open.
    pub inputs: Inputs,
}

/// Which inputs are active, of those that people press and open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The emergency stop is pressed.
    pub e_stop: bool,
    /// The door is open, or the enabling switch is not held.
    pub door: bool,
}

impl Inputs {
    /// Letters of `Pn`.
    fn parse(letters: &str) -> Self {
        Self { e_stop: letters.contains('E'), door: letters.contains('D') }
    }
}

impl Report {
    /// Reads the text between `<` and `>`. A field that does not read makes the whole report
    /// unusable: better none than a wrong one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = fields(text, b'|');
        let word = parts.next()?;
        let mut report = Self {
            state: state(word),
            alarm: word.strip_prefix("Alarm:").and_then(|number| number.parse().ok()),
            joints: joints(parts.next()?.strip_prefix("MPos:")?)?,
            sampled_us: None,
            seq: None,
            counter: None,
            height_mm: None,
            force_n: None,
            contact: false,
            head: None,
            stroke: None,
            touch: None,
            reflexes: 0,
            homed: false,
            inputs: Inputs::default(),
        };
        for field in parts {
            let key = fields(field, b':').next()?;
            report.read_field(key, field.get(key.len() + 1..)?)?;
        }
        Some(report)
    }

    fn read_field(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "H" => self.homed = value.starts_with('1'),
            "Pn" => self.inputs = Inputs::parse(value),
            "TS" => self.sampled_us = Some(value.parse().ok()?),
            // Plain firmware has fields of the same names that say something else: T: is a tool, D: diameters.
            _ if self.sampled_us.is_none() => {}
            "SQ" => self.seq = Some(value.parse().ok()?),
            "SN" => self.counter = Some(counter(value)?),
            "SH" if value.is_empty() => {}
            "SH" => self.height_mm = Some(decimal(value)?),
            "SF" => self.force_n = Some(decimal(value)?),
            "SC" => self.contact = value == "1",
            "SP" if value.is_empty() => {}
            "SP" => self.head = Some(head(value)?),
            "D" => self.stroke = Some(StrokeReport::parse(value)?),
            "T" => self.touch = Some(TouchReport::parse(value)?),
            "RX" => self.reflexes = value.parse().ok()?,
            _ => {}
        }
        Some(())
    }
}

fn state(word: &str) -> MachineState {
    match word {
        "Idle" => MachineState::Idle,
        "Run" | "Run:1" | "Run:2" => MachineState::Run,
        "Strike" => MachineState::Strike,
        "Hold:0" => MachineState::Held,
        "Hold:1" => MachineState::Holding,
        "Home" => MachineState::Home,
        _ if word.starts_with("Alarm") => MachineState::Alarm,
        _ => MachineState::Other,
    }
}

fn joints(list: &str) -> Option<Joints> {
    let mut out = Joints::default();
    let mut count = 0;
    for (number, axis) in fields(list, b',').zip(AXES) {
        out.0[axis.index()] = axis.from_wire(decimal(number)?);
        count += 1;
    }
    (count >= 3).then_some(out)
}

fn counter(value: &str) -> Option<CounterMemory> {
    let mut parts = fields(value, b',');
    Some(CounterMemory {
        count: parts.next()?.parse().ok()?,
        dot: parts.next()?.parse().ok()?,
        phase: Phase::parse(parts.next()?)?,
    })
}

fn head(value: &str) -> Option<HeadShift> {
    let mut numbers = fields(value, b',').map(decimal);
    let mut three = || Some([numbers.next()??, numbers.next()??, numbers.next()??]);
    let translation = three()?;
    let rotation = three()?.map(|mrad| mrad * 1e-3);
    let age_s = numbers.next()?? * 1e-6;
    Some(HeadShift { translation, rotation, age_s })
}
