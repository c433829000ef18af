//! Two motions at once: a stroke that X Y Z make is still on its way back while the hop to the next dot sets
//! out (`docs/device.md`, section 7.4).
//!
//! ```text
//!  stroke  ...dwell|--- up ----------------|            position = both together
//!  hop                      |--- to the next dot -------------|
//!                           ^ clear of the skin, and no axis' limit exceeded by the sum
//! ```
//!
//! Each motion keeps to the axes' limits by itself; together they might not. Both are stretches of constant
//! jerk, so their sum can be checked exactly: acceleration is greatest at an edge of a stretch, speed there or
//! where the acceleration passes zero.

use super::{
    limits::AxisLimits,
    motion::Motion,
    planner::Block,
    profile::{PathLimits, Profile},
    trajectory::{Leg, Trajectory, nanos, seconds},
};
use crate::contract::{Axes, Commanded, MS, Nanos};

/// Axes that gantry and wrist have; a strike axis moves beside them.
const GANTRY: usize = 5;
/// Between instants at which setting out is tried.
const STEP: Nanos = MS;
/// A hop that is slowed down may set out earlier: shares of jerk and acceleration that are tried.
const SHARES: [f64; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];
/// A stroke's way back brakes with this share of the jerk it could have: the axis that makes most of it, Z over
/// the crown, has something left for the hop then. Braking takes 8 % longer, the hop begins some 30 ms earlier.
const BRAKING: f64 = 0.8;
/// Rounding of times to nanoseconds.
const SLACK: f64 = 1e-6;

impl Motion {
    /// Whether a stroke moves the axes of the gantry at or after `t`.
    pub(super) fn gantry_strokes(&self, t: Nanos) -> bool {
        self.needle.moves(t, 0..GANTRY)
    }

    /// When a block entered and left standing sets out, and how, so that it ends as early as it can. Nothing else
    /// than a stroke's way back may be under way.
    pub(super) fn beside_the_stroke(&self, t: Nanos, block: &Block) -> (Nanos, Profile) {
        let alone = self.needle.still_from(t);
        let mut best = (alone, block_profile(block, 1.0));
        let mut ends = alone + nanos(best.1.duration());
        for share in SHARES {
            let profile = block_profile(block, share);
            let takes = nanos(profile.duration());
            let mut start = t;
            while start < alone && start + takes < ends {
                if self.fits(start, block, &profile) {
                    ends = start + takes;
                    best = (start, profile);
                    break;
                }
                start += STEP;
            }
        }
        best
    }

    fn fits(&self, start: Nanos, block: &Block, profile: &Profile) -> bool {
        let leg = Leg { origin: [0.0; 6], direction: block.direction, from: 0.0, to: block.length };
        let mut hop = Trajectory::at_rest([0.0; 6]);
        hop.lay(start, &[leg], profile, block.direction.map(|part| part * block.length));
        together_within(&self.needle, &hop, start, &self.limits)
    }
}

/// Limits for braking at the end of a stroke's way back. A strike axis has no limit of jerk and shares nothing.
pub(super) fn leaving_room(limits: &PathLimits) -> PathLimits {
    PathLimits { jerk: limits.jerk * BRAKING, ..*limits }
}

fn block_profile(block: &Block, share: f64) -> Profile {
    let own = block.limits;
    let limits = PathLimits { accel: own.accel * share, jerk: own.jerk * share, ..own };
    Profile::between(0.0, 0.0, block.length, &limits)
}

/// Whether two motions, added, keep to every limit of the gantry's axes from `from` on.
fn together_within(
    one: &Trajectory,
    other: &Trajectory,
    from: Nanos,
    limits: &[AxisLimits; 6],
) -> bool {
    let mut edges: Vec<Nanos> = one.edges().chain(other.edges()).filter(|t| *t >= from).collect();
    edges.push(from);
    edges.sort_unstable();
    edges.windows(2).all(|pair| {
        let dt = seconds(pair[1] - pair[0]);
        let (a, b) = (one.rates(pair[0]), other.rates(pair[0]));
        dt <= 0.0 || (0..GANTRY).all(|axis| stretch_within(axis, dt, &a, &b, &limits[axis]))
    })
}

/// The same for one axis over a stretch of constant jerk; an axis that only one of them moves is its own affair.
fn stretch_within(axis: usize, dt: f64, a: &[Axes; 3], b: &[Axes; 3], limit: &AxisLimits) -> bool {
    let rests = |of: &[Axes; 3]| of.iter().all(|rate| rate[axis].abs() <= 0.0);
    if rests(a) || rests(b) {
        return true;
    }
    let [speed, accel, jerk] = std::array::from_fn(|rate| a[rate][axis] + b[rate][axis]);
    let within = |value: f64, most: f64| value.abs() <= most * (1.0 + SLACK);
    let speed_after = |tau: f64| speed + tau * (accel + tau * jerk / 2.0);
    let turns = -accel / jerk;
    let fastest = (turns > 0.0 && turns < dt).then(|| speed_after(turns));
    within(jerk, limit.max_jerk)
        && [accel, accel + dt * jerk].into_iter().all(|accel| within(accel, limit.max_accel))
        && [Some(speed), Some(speed_after(dt)), fastest]
            .into_iter()
            .flatten()
            .all(|speed| within(speed, limit.max_rate))
}
