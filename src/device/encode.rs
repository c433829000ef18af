//! Instructions to text. The only place that writes G-code.

use crate::machine::{Axis, Joints};
use crate::plan::DotId;
use std::fmt::Write;

/// One dot, as the device is told to strike it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strike {
    /// Which dot.
    pub dot: DotId,
    /// Joints at rest over the dot.
    pub pose: Joints,
    /// From the tip at rest to the undisturbed skin, µm.
    pub gap_um: u32,
    /// Travel from rest along the needle, µm.
    pub travel_um: u32,
    /// Speed into the skin, mm/s.
    pub speed_mm_per_s: u32,
    /// Time at the bottom, ms.
    pub dwell_ms: u32,
    /// Travel at which the needle is to meet the skin, by what is known of the needle, µm; for a device that feels
    /// its force.
    pub meets_um: Option<u32>,
    /// Where the device may lengthen the stroke at the bottom.
    pub trim: Option<TrimWords>,
}

/// How the device lengthens a stroke by what its own height sensor says at the bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrimWords {
    /// How far the tip shall stand beyond the surface as read there, µm.
    pub beyond_um: u32,
    /// Greatest extension, µm.
    pub reach_um: u32,
}

/// `G53G0…`: an absolute move in machine coordinates at the machine's limits.
///
/// It never names the strike axis: only a strike moves the needle.
pub fn encode_move(to: &Joints, axes: impl Iterator<Item = Axis>, out: &mut String) {
    out.push_str("G53G0");
    push_axes(to, axes.filter(|axis| *axis != Axis::C), out);
}

/// `D…`: the extension's strike, one frame with its retract inside, integers only.
pub fn encode_strike(strike: &Strike, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "D{}", strike.dot.0);
    push_pose(&strike.pose, out);
    let Strike { gap_um, travel_um, speed_mm_per_s, dwell_ms, .. } = strike;
    let _ = write!(out, " H{gap_um} T{travel_um} V{speed_mm_per_s} W{dwell_ms}");
    if let Some(meets_um) = strike.meets_um {
        let _ = write!(out, " F{meets_um}");
    }
    if let Some(TrimWords { beyond_um, reach_um }) = strike.trim {
        let _ = write!(out, " E{beyond_um} P{reach_um}");
    }
}

/// `P…`: the needle looks for the skin, at most so far, and comes back.
pub fn encode_touch(pose: &Joints, travel_um: u32, speed_mm_per_s: u32, out: &mut String) {
    out.push('P');
    push_pose(pose, out);
    let _ = write!(out, " T{travel_um} V{speed_mm_per_s}");
}

/// The pose in the extension's integers, each word after a space.
fn push_pose(pose: &Joints, out: &mut String) {
    for axis in [Axis::X, Axis::Y, Axis::Z, Axis::A, Axis::B] {
        let milli = (axis.to_wire(pose.get(axis)) * 1e3).round() as i64;
        let _ = write!(out, " {}{milli}", axis.letter());
    }
}

/// A stroke in plain G-code: a line down, and a line back to rest as a rapid.
#[derive(Clone, Copy, Debug)]
pub struct PlainStroke<'a> {
    /// Joints at rest over the dot.
    pub rest: &'a Joints,
    /// Joints at the end of the way down.
    pub bottom: &'a Joints,
    /// The axes that move.
    pub axes: &'a [Axis],
    /// Speed down, mm/s.
    pub speed_mm_per_s: u32,
}

impl PlainStroke<'_> {
    /// Of a strike: down at a feed.
    pub fn strike(&self, down: &mut String, back: &mut String) {
        down.push_str("G53G1");
        push_fed(self.bottom, self.axes, self.speed_mm_per_s, down);
        self.back(back);
    }

    /// Of a touch: towards the skin until the probe input answers.
    ///
    /// `G38` knows no `G53`, so the way down is relative; every other line is absolute in machine coordinates,
    /// and the second restores `G90` all the same.
    pub fn touch(&self, down: &mut String, back: &mut String) {
        let by = |axis: &Axis| self.bottom.get(*axis) - self.rest.get(*axis);
        let way = self.axes.iter().fold(Joints::default(), |way, axis| way.with(*axis, by(axis)));
        down.push_str("G91G38.3");
        push_fed(&way, self.axes, self.speed_mm_per_s, down);
        back.push_str("G90");
        self.back(back);
    }

    fn back(&self, out: &mut String) {
        out.push_str("G53G0");
        push_axes(self.rest, self.axes.iter().copied(), out);
    }
}

/// Axes at a feed.
fn push_fed(joints: &Joints, axes: &[Axis], speed_mm_per_s: u32, out: &mut String) {
    push_axes(joints, axes.iter().copied(), out);
    // Writing to a String cannot fail.
    let _ = write!(out, "F{}", speed_mm_per_s * 60);
}

fn push_axes(joints: &Joints, axes: impl Iterator<Item = Axis>, out: &mut String) {
    for axis in axes {
        let value = axis.to_wire(joints.get(axis));
        // Minus zero would print as "-0.000".
        let value = if value.abs() < 5e-4 { 0.0 } else { value };
        let _ = write!(out, "{}{value:.3}", axis.letter());
    }
}
