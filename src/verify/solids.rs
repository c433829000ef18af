//! The proof's own measure of what is not the head: boxes of the profile, in the machine or fast to the head.

use super::forward;
use super::sweep::{Guarded, Sweep};
use crate::frame::{Point, Scalp};
use crate::machine::{Axis, Joints, KeepOut, KeepOutFrame, Profile};

/// The solid that the tool comes nearest to, and its distance, mm.
pub(super) type Beside<'a> = (&'a KeepOut, f64);

impl Sweep<'_> {
    /// What tip and body come nearest to on the straight joint move, its ends included; `None` where there is nothing.
    pub(super) fn beside(&self, from: &Joints, to: &Joints) -> Option<Beside<'_>> {
        let body = self.machine.clearance.body.iter();
        let pieces = body.map(|sphere| (sphere.behind_tip_mm, sphere.radius_mm));
        self.least_beside(std::iter::once((0.0, 0.0)).chain(pieces), from, to)
    }

    /// What a stroke comes nearest to: the needle alone where it has an axis of its own, or all of the tool, which the
    /// gantry brings down with it.
    pub(super) fn beside_stroke(&self, over: &Joints, travel_mm: f64) -> Option<Beside<'_>> {
        let kinematics = self.machine.kinematics();
        let mut bottom = *over;
        if kinematics.strike_axis {
            bottom.0[Axis::C.index()] += travel_mm;
            return self.least_beside(std::iter::once((0.0, 0.0)), over, &bottom);
        }
        let (_, needle) = forward::tool(over, kinematics.tool_length_mm);
        let down = needle * travel_mm;
        for (axis, by) in [Axis::X, Axis::Y, Axis::Z].into_iter().zip(down.vector().iter()) {
            bottom.0[axis.index()] += by;
        }
        self.beside(over, &bottom)
    }

    /// Pieces are balls: how far behind the tip, and how thick.
    fn least_beside(
        &self,
        pieces: impl Iterator<Item = (f64, f64)>,
        from: &Joints,
        to: &Joints,
    ) -> Option<Beside<'_>> {
        let kept_mm = self.machine.clearance.keep_out_mm;
        let guarded = |(behind, thick)| (thick, self.guarded(behind, thick + kept_mm, from, to));
        let mut pieces: Vec<(f64, Guarded)> = pieces.map(guarded).collect();
        let sample = Guarded::sample(pieces.iter().map(|(_, piece)| piece));
        let mut least: Option<Beside<'_>> = None;
        let mut part = 0.0;
        loop {
            let (tip, needle) = self.tool(&from.lerp(to, part));
            for (thick, piece) in pieces.iter_mut().filter(|(_, piece)| part >= piece.free_until) {
                let (solid, distance) = self.nearest_solid(tip + needle * -piece.behind_tip_mm)?;
                piece.seen(part, distance);
                if least.is_none_or(|(_, least)| distance - *thick < least) {
                    least = Some((solid, distance - *thick));
                }
            }
            if part >= 1.0 {
                return least;
            }
            let next = pieces.iter().fold(1.0f64, |next, (_, piece)| next.min(piece.free_until));
            part = next.max(part + sample).min(1.0);
        }
    }

    fn nearest_solid(&self, place: Point<Scalp>) -> Option<Beside<'_>> {
        let in_machine = self.machine_from_scalp.point(place);
        let distance = |solid: &KeepOut| match solid.frame {
            KeepOutFrame::Machine => from_box(in_machine.vector().into(), solid),
            KeepOutFrame::Scalp => from_box(place.vector().into(), solid),
        };
        let solids = self.machine.keep_out.iter().map(|solid| (solid, distance(solid)));
        solids.min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

/// What stands in the machine, as the last gate sees it: poses alone, the proof has looked at the ways between.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    solids: Vec<KeepOut>,
    /// How far behind the tip, and how thick, mm.
    pieces: Vec<(f64, f64)>,
    tool_length_mm: f64,
    /// The needle has an axis of its own: the body stays where it is in a stroke.
    strike_axis: bool,
    /// Half of what a plan keeps: the rest is for a head that moves.
    pub limit_mm: f64,
}

impl Standing {
    pub(super) fn of(machine: &Profile) -> Self {
        let stands = |solid: &&KeepOut| solid.frame == KeepOutFrame::Machine;
        let body = machine.clearance.body.iter();
        let body = body.map(|sphere| (sphere.behind_tip_mm, sphere.radius_mm));
        Self {
            solids: machine.keep_out.iter().filter(stands).cloned().collect(),
            pieces: std::iter::once((0.0, 0.0)).chain(body).collect(),
            tool_length_mm: machine.kinematics().tool_length_mm,
            strike_axis: machine.kinematics().strike_axis,
            limit_mm: machine.clearance.keep_out_mm / 2.0,
        }
    }

    /// Least distance of tip and body at a pose and in a stroke of this length from it, mm.
    pub(super) fn distance_mm(&self, joints: &Joints, stroke_mm: f64) -> f64 {
        const STEP_MM: f64 = 0.5;
        let (tip, needle) = forward::tool(joints, self.tool_length_mm);
        let piece = |&(behind, thick): &(f64, f64), gone: f64| {
            let gone = if behind > 0.0 && self.strike_axis { 0.0 } else { gone };
            let place = (tip + needle * (gone - behind)).vector().into();
            let distances = self.solids.iter().map(|solid| from_box(place, solid) - thick);
            distances.fold(f64::INFINITY, f64::min)
        };
        let steps = (stroke_mm / STEP_MM).max(0.0).ceil();
        (0..=steps as u32)
            .map(|step| stroke_mm * f64::from(step) / steps.max(1.0))
            .flat_map(|gone| self.pieces.iter().map(move |one| piece(one, gone)))
            .fold(f64::INFINITY, f64::min)
    }
}

/// Distance of a place from the nearest place of a box; inside it, less than nothing by what is missing to the nearest
/// of its sides.
fn from_box(place: [f64; 3], solid: &KeepOut) -> f64 {
    let mut square = 0.0;
    let mut to_side = f64::INFINITY;
    for ((x, low), high) in place.into_iter().zip(solid.low_mm).zip(solid.high_mm) {
        let off = x - x.clamp(low, high);
        square += off * off;
        to_side = to_side.min(x - low).min(high - x);
    }
    if to_side > 0.0 { -to_side } else { square.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solid(low_mm: [f64; 3], high_mm: [f64; 3]) -> KeepOut {
        KeepOut { name: "block".to_owned(), frame: KeepOutFrame::Machine, low_mm, high_mm }
    }

    #[test]
    fn a_stroke_takes_the_needle_down_and_the_body_where_the_gantry_makes_it() {
        for (name, text) in [
            ("gantry6", include_str!("../../configs/machines/gantry6.toml")),
            ("gantry5", include_str!("../../configs/machines/gantry5.toml")),
        ] {
            let mut machine = Profile::parse(text, name).unwrap();
            let needle_alone = machine.kinematics().strike_axis;
            // The needle stands upright at 100 mm; the body's first ball is 5 mm thick, its middle 8 mm higher.
            let mut over = Joints::default();
            over.0[Axis::Z.index()] = 100.0 + machine.kinematics().tool_length_mm;
            machine.keep_out = vec![solid([-50.0, -50.0, 0.0], [50.0, 50.0, 90.0])];
            let below = Standing::of(&machine);
            assert!((below.distance_mm(&over, 0.0) - 10.0).abs() < 1e-9);
            assert!((below.distance_mm(&over, 4.0) - 6.0).abs() < 1e-9);
            machine.keep_out = vec![solid([2.0, -50.0, 0.0], [50.0, 50.0, 102.5])];
            let beside = Standing::of(&machine);
            let [at_rest, down] = [0.0, 4.0].map(|by| beside.distance_mm(&over, by));
            let ball = |height: f64| 2.0f64.hypot(height) - 5.0;
            assert!((at_rest - ball(5.5)).abs() < 1e-9, "{name}: {at_rest}");
            let due = if needle_alone { ball(5.5) } else { ball(1.5) };
            assert!((down - due).abs() < 1e-9, "{name}: {down}");
        }
    }

    proptest! {
        /// The box is full of places; the nearest of them all cannot be nearer than the box is, nor much farther.
        #[test]
        fn a_blocks_distance_is_that_of_the_nearest_of_many_places_in_it(
            low in prop::array::uniform3(-60.0..0.0f64),
            size in prop::array::uniform3(1.0..60.0f64),
            at in prop::array::uniform3(-90.0..90.0f64),
        ) {
            let block = solid(low, std::array::from_fn(|k| low[k] + size[k]));
            let found = from_box(at, &block);
            const CUTS: usize = 12;
            let mut nearest = f64::INFINITY;
            for n in 0..(CUTS + 1).pow(3) {
                let cut = [n % (CUTS + 1), n / (CUTS + 1) % (CUTS + 1), n / (CUTS + 1).pow(2)];
                let square: f64 = (0..3)
                    .map(|k| (at[k] - low[k] - size[k] * cut[k] as f64 / CUTS as f64).powi(2))
                    .sum();
                nearest = nearest.min(square.sqrt());
            }
            let mesh = size.iter().map(|s| s * s).sum::<f64>().sqrt() / (2.0 * CUTS as f64);
            prop_assert!(nearest >= found - 1e-9 && nearest <= found.max(0.0) + mesh);
            // Inside, a step to the nearest side and no shorter one leads out.
            if found < 0.0 {
                let out = |by: f64| (0..6).any(|side| {
                    let mut moved = at;
                    moved[side / 2] += if side % 2 == 0 { by } else { -by };
                    from_box(moved, &block) >= 0.0
                });
                prop_assert!(out(-found + 1e-9) && !out(-found - 1e-9));
            }
        }
    }
}
