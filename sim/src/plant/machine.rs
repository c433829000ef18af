//! The true machine: where the head is meant to lie, how long the tool is, what can hit the head,
//! and the forward kinematics from axes to needle.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::vec3::{Mat3, Pose, Vec3};
use crate::contract::Axes;
use crate::firmware::AxisLimits;

/// A machine as it really is.
#[derive(Clone, Debug)]
pub struct TrueMachine {
    pub name: String,
    /// From the wrist's pivot to the tip at rest, mm.
    pub tool_length: f64,
    /// Whether the axis C exists.
    pub strike_axis: bool,
    /// Whether a sprung ring rides on the skin around the needle.
    pub nose_piece: bool,
    /// Greatest travel of the tip past the nose ring's plane, mm; `None` without a depth stop.
    pub depth_stop: Option<f64>,
    /// Where the head is meant to lie.
    pub machine_from_scalp: Pose,
    /// The nose ring at rest.
    pub ring: Circle,
    /// The tool's body, circle by circle from the tip upwards.
    pub body: Vec<Circle>,
    /// Limits of X Y Z A B C; all zero for an axis that does not exist.
    pub limits: [AxisLimits; 6],
}

/// A circle around the needle axis.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circle {
    /// Distance behind the tip at rest, mm.
    #[serde(rename = "behind_tip_mm")]
    pub behind: f64,
    #[serde(rename = "radius_mm")]
    pub radius: f64,
}

/// The tool at one instant, machine frame, mm.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Needle tip.
    pub tip: Vec3,
    /// Needle direction, unit, towards the client.
    pub direction: Vec3,
    /// Turn of the wrist.
    pub wrist: Mat3,
}

#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    #[error("cannot read the machine {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "there is no machine called {name:?}: gantry6, gantry5, gantry3, or a path that ends in .toml"
    )]
    Unknown { name: String },
    #[error("{origin}: {source}")]
    Parse { origin: String, source: Box<toml::de::Error> },
}

/// The machines that come with the simulator.
const SHIPPED: [(&str, &str); 3] = [
    ("gantry6", include_str!("../../machines/gantry6.toml")),
    ("gantry5", include_str!("../../machines/gantry5.toml")),
    ("gantry3", include_str!("../../machines/gantry3.toml")),
];

impl TrueMachine {
    /// A shipped machine by name, or a file by a path that ends in `.toml`.
    pub fn find(name: &str) -> Result<Self, MachineError> {
        if let Some((origin, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
            return Self::parse(origin, text);
        }
        if !name.ends_with(".toml") {
            return Err(MachineError::Unknown { name: name.to_owned() });
        }
        Self::load(Path::new(name))
    }

    pub fn load(path: &Path) -> Result<Self, MachineError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| MachineError::Read { path: path.to_owned(), source })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// `origin` names the text in errors; the error itself carries line and column.
    pub fn parse(origin: &str, text: &str) -> Result<Self, MachineError> {
        let raw: MachineFile = toml::from_str(text).map_err(|source| MachineError::Parse {
            origin: origin.to_owned(),
            source: Box::new(source),
        })?;
        Ok(raw.build())
    }

    /// Forward kinematics: X Y Z of the pivot (mm), A B in degrees, C in mm.
    ///
    /// `R = Rx(A) Ry(B)`, needle direction `d = R (0, 0, -1)`,
    /// `tip = pivot + (tool_length + C) d` (docs/device.md, section 1).
    pub fn tool(&self, axes: &Axes) -> Tool {
        let [x, y, z, a, b, c] = *axes;
        let (sin_a, cos_a) = a.to_radians().sin_cos();
        let (sin_b, cos_b) = b.to_radians().sin_cos();
        let wrist = Mat3([
            Vec3::new(cos_b, 0.0, sin_b),
            Vec3::new(sin_a * sin_b, cos_a, -sin_a * cos_b),
            Vec3::new(-cos_a * sin_b, sin_a, cos_a * cos_b),
        ]);
        let direction = Vec3::new(-sin_b, sin_a * cos_b, -cos_a * cos_b);
        Tool { tip: Vec3::new(x, y, z) + direction * (self.tool_length + c), direction, wrist }
    }

    /// Greatest acceleration of the tip, mm/s2: what the next steps of the simulation allow for.
    pub fn tip_acceleration(&self) -> f64 {
        let gantry: f64 = self.limits[..3].iter().map(|l| l.max_accel * l.max_accel).sum();
        let wrist: f64 =
            self.limits[3..5].iter().map(|l| l.max_accel.to_radians() * self.tool_length).sum();
        gantry.sqrt() + wrist + self.limits[5].max_accel
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MachineFile {
    name: String,
    tool_length_mm: f64,
    strike_axis: bool,
    nose_piece: bool,
    depth_stop: bool,
    depth_stop_mm: f64,
    placement: Placement,
    ring: Circle,
    body: Vec<Circle>,
    axes: AxesFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placement {
    origin_mm: [f64; 3],
    pitch_deg: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AxesFile {
    x: LinearAxis,
    y: LinearAxis,
    z: LinearAxis,
    a: RotaryAxis,
    b: RotaryAxis,
    c: Option<LinearAxis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinearAxis {
    travel_mm: [f64; 2],
    rate_mm_per_s: f64,
    acceleration_mm_per_s2: f64,
    jerk_mm_per_s3: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotaryAxis {
    travel_deg: [f64; 2],
    rate_deg_per_s: f64,
    acceleration_deg_per_s2: f64,
    jerk_deg_per_s3: f64,
}

impl MachineFile {
    fn build(self) -> TrueMachine {
        let axes = self.axes;
        let strike = axes.c.map_or_else(|| limits([0.0, 0.0], 0.0, 0.0, 0.0), |axis| axis.limits());
        TrueMachine {
            name: self.name,
            tool_length: self.tool_length_mm,
            strike_axis: self.strike_axis,
            nose_piece: self.nose_piece,
            depth_stop: self.depth_stop.then_some(self.depth_stop_mm),
            machine_from_scalp: Pose {
                rotation: Mat3::about_x(self.placement.pitch_deg.to_radians()),
                translation: self.placement.origin_mm.into(),
            },
            ring: self.ring,
            body: self.body,
            limits: [
                axes.x.limits(),
                axes.y.limits(),
                axes.z.limits(),
                axes.a.limits(),
                axes.b.limits(),
                strike,
            ],
        }
    }
}

impl LinearAxis {
    fn limits(&self) -> AxisLimits {
        let Self { travel_mm, rate_mm_per_s, acceleration_mm_per_s2, jerk_mm_per_s3 } = *self;
        limits(travel_mm, rate_mm_per_s, acceleration_mm_per_s2, jerk_mm_per_s3)
    }
}

impl RotaryAxis {
    fn limits(&self) -> AxisLimits {
        let Self { travel_deg, rate_deg_per_s, acceleration_deg_per_s2, jerk_deg_per_s3 } = *self;
        limits(travel_deg, rate_deg_per_s, acceleration_deg_per_s2, jerk_deg_per_s3)
    }
}

/// In the file a jerk of 0 means none was given: not limited.
fn limits(travel: [f64; 2], max_rate: f64, max_accel: f64, jerk: f64) -> AxisLimits {
    let max_jerk = if jerk > 0.0 { jerk } else { f64::INFINITY };
    AxisLimits { max_rate, max_accel, max_jerk, travel }
}
