//! What a scenario says of events: `[[motion.event]]`.

use serde::Deserialize;

/// One kind of event.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "EventFile")]
pub struct EventParams {
    pub name: String,
    pub trigger: Trigger,
    pub extent: Extent,
    pub pace: Pace,
    /// Towards the tool, and not anywhere.
    pub at_tool: bool,
    /// Share of the events after which the head goes back to where it was.
    pub return_ratio: f64,
    /// How long it stays away before it does.
    pub return_after_s: f64,
}

/// What brings an event about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trigger {
    /// It comes by chance, so often.
    Chance { rate_per_h: f64 },
    /// Each so-manieth strike brings it about, this long after the needle has gone in.
    Strikes { every: u32, delay_ms: Range },
}

/// How far the head goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    /// At the scalp, mm.
    Shift(Range),
    /// About the vertical axis through the pivot, degrees.
    Turn(Range),
}

/// How fast: peak speed (mm/s at the scalp, or degrees/s), or duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    Peak(Range),
    DurationMs(Range),
}

/// From low to high, drawn log-uniformly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// Peak speed of a minimum-jerk move over its mean speed.
pub const MINIMUM_JERK_PEAK: f64 = 1.875;

impl EventParams {
    /// Greatest peak speed, mm/s or degrees/s.
    pub fn greatest_peak(&self) -> f64 {
        let (Extent::Shift(size) | Extent::Turn(size)) = self.extent;
        match self.pace {
            Pace::Peak(peak) => peak.high,
            Pace::DurationMs(duration) => MINIMUM_JERK_PEAK * size.high / duration.low * 1e3,
        }
    }
}

/// As written. Which keys belong together depends on the kind and the trigger.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    name: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    direction: Direction,
    rate_per_h: Option<f64>,
    every_strikes: Option<u32>,
    delay_low_ms: Option<f64>,
    delay_high_ms: Option<f64>,
    size_low_mm: Option<f64>,
    size_high_mm: Option<f64>,
    turn_low_deg: Option<f64>,
    turn_high_deg: Option<f64>,
    peak_low_mm_per_s: Option<f64>,
    peak_high_mm_per_s: Option<f64>,
    peak_low_deg_per_s: Option<f64>,
    peak_high_deg_per_s: Option<f64>,
    duration_low_ms: Option<f64>,
    duration_high_ms: Option<f64>,
    return_ratio: f64,
    return_after_s: f64,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Fidget,
    Swallow,
    Startle,
    Turn,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    #[default]
    Any,
    AtTool,
}

impl TryFrom<EventFile> for EventParams {
    type Error = String;

    fn try_from(file: EventFile) -> Result<Self, String> {
        let at_tool = file.direction == Direction::AtTool;
        if at_tool && file.kind == Kind::Turn {
            return Err("a turn has no direction = \"at_tool\"".to_owned());
        }
        Ok(Self {
            trigger: file.trigger()?,
            extent: file.extent()?,
            pace: file.pace()?,
            name: file.name,
            at_tool,
            return_ratio: file.return_ratio,
            return_after_s: file.return_after_s,
        })
    }
}

impl EventFile {
    fn trigger(&self) -> Result<Trigger, String> {
        let delay = range("delay_low_ms", self.delay_low_ms, self.delay_high_ms, 0.0)?;
        match (self.rate_per_h, self.every_strikes, delay) {
            (Some(rate_per_h), None, None) => Ok(Trigger::Chance { rate_per_h }),
            (None, Some(every), Some(delay_ms)) if every > 0 => {
                Ok(Trigger::Strikes { every, delay_ms })
            }
            _ => Err("an event needs either rate_per_h, or every_strikes (not 0), delay_low_ms \
                      and delay_high_ms"
                .to_owned()),
        }
    }

    fn extent(&self) -> Result<Extent, String> {
        let size = range("size_low_mm", self.size_low_mm, self.size_high_mm, 1e-6)?;
        let turn = range("turn_low_deg", self.turn_low_deg, self.turn_high_deg, 1e-6)?;
        match (self.kind == Kind::Turn, size, turn) {
            (false, Some(size), None) => Ok(Extent::Shift(size)),
            (true, None, Some(turn)) => Ok(Extent::Turn(turn)),
            (false, ..) => Err("this kind needs size_low_mm and size_high_mm alone".to_owned()),
            (true, ..) => Err("a turn needs turn_low_deg and turn_high_deg alone".to_owned()),
        }
    }

    fn pace(&self) -> Result<Pace, String> {
        let shift =
            range("peak_low_mm_per_s", self.peak_low_mm_per_s, self.peak_high_mm_per_s, 1e-6)?;
        let turn =
            range("peak_low_deg_per_s", self.peak_low_deg_per_s, self.peak_high_deg_per_s, 1e-6)?;
        let duration = range("duration_low_ms", self.duration_low_ms, self.duration_high_ms, 1e-3)?;
        match (self.kind, shift, turn, duration) {
            (Kind::Fidget | Kind::Swallow, Some(peak), None, None)
            | (Kind::Turn, None, Some(peak), None) => Ok(Pace::Peak(peak)),
            (_, None, None, Some(duration)) => Ok(Pace::DurationMs(duration)),
            (Kind::Startle, ..) => {
                Err("a startle needs duration_low_ms and duration_high_ms alone".to_owned())
            }
            (Kind::Turn, ..) => Err("a turn needs peak_low_deg_per_s and peak_high_deg_per_s, \
                                     or duration_low_ms and duration_high_ms"
                .to_owned()),
            (Kind::Fidget | Kind::Swallow, ..) => {
                Err("this kind needs peak_low_mm_per_s and peak_high_mm_per_s, or \
                     duration_low_ms and duration_high_ms"
                    .to_owned())
            }
        }
    }
}

/// Both ends or neither; `least` is the least that the low end may be. `key` names the low end.
fn range(
    key: &str,
    low: Option<f64>,
    high: Option<f64>,
    least: f64,
) -> Result<Option<Range>, String> {
    match (low, high) {
        (None, None) => Ok(None),
        (Some(low), Some(high)) if low >= least && high >= low => Ok(Some(Range { low, high })),
        _ => Err(format!("{key}: needs its high end beside it, and not below it")),
    }
}
