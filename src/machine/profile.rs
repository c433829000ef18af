//! The machine profile: a TOML file, checked once, then plain values.

use super::joints::{AXES, Axis, Joints, PerAxis};
use super::keep_out::{KeepOut, KeepOutProblem};
use super::kinematics::{self, Kinematics, Unreachable, Wrist, within_travel};
use super::ranges::Range;
use super::rules::{Clearances, DepthRule, Link, NeedleSpeeds, Sensing};
use crate::frame::{Machine, Scalp, Transform};
use nalgebra::{Rotation3, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Everything the controller knows about one machine.
///
/// The keys are documented in the shipped files, `configs/machines/*.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    schema: u32,
    /// The machine's name; the device must answer with the same.
    pub name: String,
    wrist: Wrist,
    pub(super) tool_length_mm: f64,
    strike_axis: bool,
    /// Whether a nose-piece with a depth stop bounds the needle's protrusion.
    pub depth_stop: bool,
    placement: Placement,
    axes: BTreeMap<Axis, AxisFile>,
    /// Depth: band, aim and ceiling.
    pub depth: DepthRule,
    /// The strike.
    pub needle: NeedleSpeeds,
    /// Distances kept from the head.
    pub clearance: Clearances,
    /// The link.
    pub link: Link,
    /// What is known of the sensors.
    pub sensing: Sensing,
    /// Solids that the tool keeps away from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep_out: Vec<KeepOut>,
    /// Where the head lies, once it was registered; no key of the file.
    #[serde(skip)]
    registered: Option<Transform<Machine, Scalp>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placement {
    origin_mm: [f64; 3],
    pitch_deg: f64,
    /// How a client turned since: pitch and roll. No key of a machine's own file.
    #[serde(default)]
    turned_deg: [f64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum AxisFile {
    Linear {
        travel_mm: [f64; 2],
        speed_mm_per_s: f64,
        acceleration_mm_per_s2: f64,
        jerk_mm_per_s3: Option<f64>,
    },
    Rotary {
        travel_deg: [f64; 2],
        speed_rad_per_s: f64,
        acceleration_rad_per_s2: f64,
        jerk_rad_per_s3: Option<f64>,
    },
}

/// Limits of one axis: mm or rad, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AxisLimits {
    /// Least position.
    pub low: f64,
    /// Greatest position.
    pub high: f64,
    /// Greatest speed.
    pub speed: f64,
    /// Greatest acceleration.
    pub acceleration: f64,
    /// Greatest jerk; infinite where the axis has no limit.
    pub jerk: f64,
}

impl AxisLimits {
    /// An axis the machine does not have: it can only be at 0.
    const ABSENT: Self =
        Self { low: 0.0, high: 0.0, speed: 1.0, acceleration: 1.0, jerk: f64::INFINITY };
}

/// Why a profile is refused.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Not TOML, an unknown key, or a wrong type.
    #[error("{file}: {source}")]
    Syntax {
        /// Which file.
        file: String,
        /// Place and cause.
        source: toml::de::Error,
    },
    /// Written for another version.
    #[error("{file}: schema {found} is not known, this program reads schema {known}")]
    Schema {
        /// Which file.
        file: String,
        /// As found.
        found: u32,
        /// As read.
        known: u32,
    },
    /// A value outside its range.
    #[error("{file}: {key} = {value} is outside {low} to {high}")]
    Range {
        /// Which file.
        file: String,
        /// The key.
        key: &'static str,
        /// Its value.
        value: f64,
        /// Least allowed.
        low: f64,
        /// Greatest allowed.
        high: f64,
    },
    /// An axis is missing, superfluous, or of the wrong kind.
    #[error("{file}: axis {} is {problem}", .axis.letter())]
    Axis {
        /// Which file.
        file: String,
        /// Which axis.
        axis: Axis,
        /// What is wrong with it.
        problem: AxisProblem,
    },
    /// A solid to keep away from is none.
    #[error("{file}: keep_out[{index}] ({name:?}): {problem}")]
    KeepOut {
        /// Which file.
        file: String,
        /// Which solid, from 0.
        index: usize,
        /// Its name, as far as it can be told.
        name: String,
        /// What is wrong with it.
        problem: KeepOutProblem,
    },
}

/// What is wrong with an axis table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisProblem {
    /// Needed and not there.
    Missing,
    /// There and not used by this kinematics.
    Unused,
    /// Linear keys on a rotary axis or the reverse.
    WrongKind,
    /// Limits that are not positive or travel that is empty.
    BadLimits,
    /// Travel to where one needle direction has many wrist poses, or two.
    Singular,
}

impl std::fmt::Display for AxisProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Unused => "not used by this kinematics",
            Self::WrongKind => "described with the keys of the other kind (mm for rad or reverse)",
            Self::BadLimits => "given limits that are not positive or a travel that is empty",
            Self::Singular => {
                "given a travel in which the wrist flips (A within -175 to 175 degrees, B within -85 to 85)"
            }
        })
    }
}

/// A registration is used only where its target error is at most 1 mm RMS at the worst dot: two directions along the
/// skin and what turns add share it.
const REGISTERED_SIGMA_MM: f64 = 0.6;
/// A head that lies where its landmarks say, one sigma along a normal, mm: each of them is found within 1 to 3 mm.
const SURVEY_SIGMA_MM: f64 = 3.0;
/// How far a tool stays from such a head on its way, mm.
const SURVEY_CLEAR_MM: f64 = 5.0;

impl Profile {
    /// The version of the file format.
    const SCHEMA: u32 = 1;

    /// Reads and checks a profile; `file` is its name in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text)
            .map_err(|source| ProfileError::Syntax { file: file.into(), source })?;
        profile.check(file)?;
        Ok(profile)
    }

    /// The geometry.
    pub fn kinematics(&self) -> Kinematics {
        Kinematics {
            wrist: self.wrist,
            tool_length_mm: self.tool_length_mm,
            strike_axis: self.strike_axis,
        }
    }

    /// Limits of all axes; absent ones can only be at 0.
    pub fn limits(&self) -> PerAxis<AxisLimits> {
        AXES.map(|axis| self.axes.get(&axis).map_or(AxisLimits::ABSENT, AxisFile::limits))
    }

    /// The axes the machine has, in wire order.
    pub fn axes(&self) -> impl Iterator<Item = Axis> {
        self.axes.keys().copied()
    }

    /// The axes that do not move during a strike.
    pub fn stroke_axes(&self) -> &'static [Axis] {
        if self.strike_axis { &[Axis::C] } else { &[Axis::X, Axis::Y, Axis::Z] }
    }

    /// The head was registered there.
    pub fn register(&mut self, machine_from_scalp: Transform<Machine, Scalp>) {
        self.registered = Some(machine_from_scalp);
    }

    /// How well it is known where the head lies, one sigma along each axis and at the skin about each, mm.
    pub fn placement_sigma_mm(&self) -> f64 {
        self.registered.map_or(self.sensing.placement_sigma_mm, |_| REGISTERED_SIGMA_MM)
    }

    /// The same machine for a survey of a head that lies about there, by its landmarks alone: it keeps further
    /// away from it.
    pub fn for_survey(&self, about: Transform<Machine, Scalp>) -> Self {
        let mut machine = self.clone();
        machine.register(about);
        machine.sensing.placement_sigma_mm = SURVEY_SIGMA_MM;
        machine.clearance.hover_mm = machine.clearance.hover_mm.max(SURVEY_CLEAR_MM);
        machine.clearance.travel_mm = machine.clearance.travel_mm.max(SURVEY_CLEAR_MM);
        machine
    }

    /// The same machine with the head where its own file has it.
    pub fn as_planned(&self) -> Self {
        Self { registered: None, ..self.clone() }
    }

    /// The same machine with the head turned about its origin, pitch and roll, degrees.
    pub fn turned(&self, turned_deg: [f64; 2]) -> Self {
        let mut machine = self.as_planned();
        machine.placement.turned_deg = turned_deg;
        machine
    }

    /// How the head is turned from where the machine's own file has it: pitch and roll, degrees.
    pub fn turned_deg(&self) -> [f64; 2] {
        self.placement.turned_deg
    }

    /// Where the head lies: as registered, or as the profile has it.
    pub fn placement(&self) -> Transform<Machine, Scalp> {
        self.registered.unwrap_or_else(|| self.planned_placement())
    }

    fn planned_placement(&self) -> Transform<Machine, Scalp> {
        let [pitch_deg, roll_deg] = self.placement.turned_deg;
        let pitch_deg = self.placement.pitch_deg + pitch_deg;
        Transform::from_parts(
            Rotation3::from_axis_angle(&Vector3::y_axis(), roll_deg.to_radians())
                * Rotation3::from_axis_angle(&Vector3::x_axis(), pitch_deg.to_radians()),
            Vector3::from(self.placement.origin_mm),
        )
    }

    /// Whether all axes are within their travel.
    pub fn reach(&self, joints: &Joints) -> Result<(), Unreachable> {
        within_travel(joints, &self.limits())
    }

    /// Whether every value is in its range; `file` is named in errors.
    pub fn check(&self, file: &str) -> Result<(), ProfileError> {
        if self.schema != Self::SCHEMA {
            let (found, known) = (self.schema, Self::SCHEMA);
            return Err(ProfileError::Schema { file: file.into(), found, known });
        }
        self.check_axes(file)?;
        self.check_keep_out(file)?;
        match self.ranges().into_iter().find(|r| !(r.low..=r.high).contains(&r.value)) {
            None => Ok(()),
            Some(Range { key, value, low, high }) => {
                Err(ProfileError::Range { file: file.into(), key, value, low, high })
            }
        }
    }

    fn check_axes(&self, file: &str) -> Result<(), ProfileError> {
        for axis in AXES {
            let needed = match axis {
                Axis::X | Axis::Y | Axis::Z => true,
                Axis::A | Axis::B => self.wrist == Wrist::Ab,
                Axis::C => self.strike_axis,
            };
            let problem = match self.axes.get(&axis) {
                None if needed => AxisProblem::Missing,
                Some(_) if !needed => AxisProblem::Unused,
                Some(a) if axis.is_rotary() != matches!(a, AxisFile::Rotary { .. }) => {
                    AxisProblem::WrongKind
                }
                Some(a) if !a.limits().sane() => AxisProblem::BadLimits,
                Some(a) if !a.limits().within(kinematics::one_pose_each(axis)) => {
                    AxisProblem::Singular
                }
                _ => continue,
            };
            return Err(ProfileError::Axis { file: file.into(), axis, problem });
        }
        Ok(())
    }
}

impl AxisFile {
    fn limits(&self) -> AxisLimits {
        match *self {
            Self::Linear {
                travel_mm: [low, high],
                speed_mm_per_s: speed,
                acceleration_mm_per_s2: acceleration,
                jerk_mm_per_s3: jerk,
            } => AxisLimits { low, high, speed, acceleration, jerk: jerk.unwrap_or(f64::INFINITY) },
            Self::Rotary {
                travel_deg: [low, high],
                speed_rad_per_s: speed,
                acceleration_rad_per_s2: acceleration,
                jerk_rad_per_s3: jerk,
            } => AxisLimits {
                low: low.to_radians(),
                high: high.to_radians(),
                speed,
                acceleration,
                jerk: jerk.unwrap_or(f64::INFINITY),
            },
        }
    }
}

impl AxisLimits {
    fn within(&self, most: f64) -> bool {
        self.low >= -most && self.high <= most
    }

    fn sane(&self) -> bool {
        self.low < self.high && self.speed > 0.0 && self.acceleration > 0.0 && self.jerk > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_travel_in_which_the_wrist_flips_is_refused() {
        let text = include_str!("../../configs/machines/gantry6.toml");
        for (travel, wider, flips) in [
            ("travel_deg = [-75.0, 75.0]", "travel_deg = [-75.0, 88.0]", Axis::B),
            ("travel_deg = [-110.0, 110.0]", "travel_deg = [-180.0, 110.0]", Axis::A),
        ] {
            assert!(text.contains(travel));
            match Profile::parse(&text.replace(travel, wider), "m.toml") {
                Err(ProfileError::Axis { axis, problem: AxisProblem::Singular, .. }) => {
                    assert_eq!(axis, flips);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
