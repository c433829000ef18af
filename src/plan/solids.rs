//! Solids that are not the head: how much room the tool has beside them.

use super::draft::Via;
use super::reach;
use super::tool::{Pose, ToolSweep};
use crate::frame::{Machine, Point, Scalp, Transform};
use crate::machine::{KeepOut, KeepOutFrame, Profile, Sphere};
use nalgebra::Vector3;

/// What is kept besides from what is fast to the head, mm: a head that lies turned by [`reach::SPARE_RAD`] has the wrist
/// take another way between the same two poses.
const WAYS_DIFFER_MM: f64 = 1.0;
/// Least step from one look to the next, mm.
const STEP_MM: f64 = 0.5;
/// Kept beyond what must be, mm: between two looks a point that goes round an edge at 2 mm comes nearer by up to
/// STEP2 / (8 * 2 mm), and the proof allows 0.005.
const SPARE_MM: f64 = 0.011;
/// The needle's tip.
const TIP: Sphere = Sphere { behind_tip_mm: 0.0, radius_mm: 0.0 };

/// All solids of a machine.
pub(super) struct Solids {
    solids: Vec<Solid>,
    /// The tool: its tip and its body.
    tool: Vec<Sphere>,
    machine_from_scalp: Transform<Machine, Scalp>,
}

/// A box: its middle and half of its sides.
struct Solid {
    name: String,
    frame: KeepOutFrame,
    middle: Vector3<f64>,
    half: Vector3<f64>,
    kept_mm: f64,
}

/// The solid with the least room beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room<'a> {
    pub name: &'a str,
    /// Distance of tip or body, mm.
    pub clearance_mm: f64,
    /// What must be kept, mm.
    pub limit_mm: f64,
}

impl Room<'_> {
    pub(super) fn is_kept(&self) -> bool {
        self.spare_mm() >= 0.0
    }

    fn spare_mm(&self) -> f64 {
        self.clearance_mm - self.limit_mm
    }
}

impl Solids {
    pub(super) fn of(machine: &Profile) -> Self {
        let kept_mm = machine.clearance.keep_out_mm + SPARE_MM;
        Self {
            solids: machine.keep_out.iter().map(|solid| Solid::of(solid, kept_mm)).collect(),
            tool: std::iter::once(TIP).chain(machine.clearance.body.iter().copied()).collect(),
            machine_from_scalp: machine.placement(),
        }
    }

    /// The least room beside these pieces of the tool at a pose.
    fn room(&self, pose: &Pose, pieces: &[Sphere]) -> Option<Room<'_>> {
        let beside = |piece: &Sphere| {
            let place = pose.tip + pose.needle * -piece.behind_tip_mm;
            let thick_mm = piece.radius_mm;
            self.solids.iter().map(move |solid| self.beside(solid, place, thick_mm))
        };
        pieces.iter().flat_map(beside).min_by(|a, b| a.spare_mm().total_cmp(&b.spare_mm()))
    }

    /// The head, and the tool over it, may lie and move otherwise than expected beside what stands in the machine.
    fn beside<'s>(&self, solid: &'s Solid, place: Point<Scalp>, thick_mm: f64) -> Room<'s> {
        let (at, moves_mm) = match solid.frame {
            KeepOutFrame::Scalp => (place.vector(), WAYS_DIFFER_MM),
            KeepOutFrame::Machine => {
                let turned_mm = reach::SPARE_RAD * place.vector().norm();
                (self.machine_from_scalp.point(place).vector(), reach::SPARE_MM + turned_mm)
            }
        };
        let clearance_mm = solid.distance_mm(&at) - thick_mm;
        Room { name: &solid.name, clearance_mm, limit_mm: solid.kept_mm + moves_mm }
    }
}

impl Solid {
    fn of(solid: &KeepOut, kept_mm: f64) -> Self {
        let (low, high) = (Vector3::from(solid.low_mm), Vector3::from(solid.high_mm));
        Self {
            name: solid.name.clone(),
            frame: solid.frame,
            middle: (low + high) / 2.0,
            half: (high - low) / 2.0,
            kept_mm,
        }
    }

    /// Distance of a place from the box, less than nothing inside: no place is nearer to another than these differ.
    fn distance_mm(&self, place: &Vector3<f64>) -> f64 {
        let beyond = (place - self.middle).abs() - self.half;
        let outside = beyond.sup(&Vector3::zeros()).norm();
        outside + beyond.max().min(0.0)
    }
}

impl ToolSweep<'_> {
    /// Whether tip and body keep their distance from all solids on the straight joint move, its ends included.
    pub(super) fn keeps_out(&self, from: &Pose, to: &Pose) -> bool {
        self.room(from, to).is_none_or(|room| room.is_kept())
    }

    /// The least room beside a solid on the straight joint move, if there is any solid.
    pub(super) fn room(&self, from: &Pose, to: &Pose) -> Option<Room<'_>> {
        let (start, end) = (self.joints(from), self.joints(to));
        let way = self.longest_way(&start, &end);
        let solids = &self.solids;
        least(way, |gone| solids.room(&self.pose(&start.lerp(&end, gone / way)), &solids.tool))
    }

    /// The least room beside a solid in a stroke from a pose: of the needle, and of the body where the gantry makes it.
    pub(super) fn room_in_stroke(&self, over: &Pose, travel_mm: f64) -> Option<Room<'_>> {
        let at = |gone: f64| Via { tip: over.tip + over.needle * gone, needle: over.needle };
        let alone = self.machine.kinematics().strike_axis;
        let pieces = if alone { &self.solids.tool[..1] } else { &self.solids.tool[..] };
        least(travel_mm, |gone| self.solids.room(&at(gone), pieces))
    }
}

/// The least room on a way on which nothing goes farther than is gone of it.
fn least<'a>(way_mm: f64, room: impl Fn(f64) -> Option<Room<'a>>) -> Option<Room<'a>> {
    let mut least = room(0.0)?;
    let mut here = least;
    let mut gone = 0.0;
    while gone < way_mm {
        // What must be kept grows by a little along the way as well.
        let free_mm = here.spare_mm() / (1.0 + reach::SPARE_RAD);
        gone = (gone + free_mm.max(STEP_MM)).min(way_mm);
        here = room(gone)?;
        if here.spare_mm() < least.spare_mm() {
            least = here;
        }
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solid(low_mm: [f64; 3], high_mm: [f64; 3]) -> Solid {
        let name = "block".to_owned();
        Solid::of(&KeepOut { name, frame: KeepOutFrame::Scalp, low_mm, high_mm }, 10.0)
    }

    #[test]
    fn distances_of_a_block_by_hand() {
        let block = solid([0.0, 0.0, 0.0], [10.0, 20.0, 30.0]);
        let tests = [
            ([13.0, 10.0, 10.0], 3.0),
            ([13.0, 24.0, 10.0], 5.0),
            ([-2.0, -3.0, 36.0], 7.0),
            ([5.0, 10.0, 15.0], -5.0),
            ([9.0, 10.0, 15.0], -1.0),
            ([10.0, 20.0, 30.0], 0.0),
        ];
        for (place, due) in tests {
            assert!((block.distance_mm(&place.into()) - due).abs() < 1e-12, "{place:?}");
        }
    }

    proptest! {
        #[test]
        fn a_blocks_distance_is_that_of_the_nearest_of_many_places_on_it(
            low in prop::array::uniform3(-60.0..0.0f64),
            size in prop::array::uniform3(1.0..60.0f64),
            at in prop::array::uniform3(-90.0..90.0f64),
        ) {
            let high: [f64; 3] = std::array::from_fn(|k| low[k] + size[k]);
            let at = Vector3::from(at);
            let found = solid(low, high).distance_mm(&at);
            const CUTS: usize = 24;
            let part = |k: usize, i: usize| low[k] + size[k] * i as f64 / CUTS as f64;
            let mut nearest = f64::INFINITY;
            for face in 0..3 {
                for side in [0, CUTS] {
                    for (i, j) in (0..=CUTS).flat_map(|i| (0..=CUTS).map(move |j| (i, j))) {
                        let mut on = Vector3::zeros();
                        on[face] = part(face, side);
                        on[(face + 1) % 3] = part((face + 1) % 3, i);
                        on[(face + 2) % 3] = part((face + 2) % 3, j);
                        nearest = nearest.min((at - on).norm());
                    }
                }
            }
            let inside = (0..3).all(|k| at[k] > low[k] && at[k] < high[k]);
            prop_assert_eq!(found < 0.0, inside);
            // Half the way between neighbours, at most.
            let mesh = Vector3::from(size).norm() / (2.0 * CUTS as f64);
            prop_assert!(found.abs() <= nearest + 1e-9 && nearest <= found.abs() + mesh);
        }
    }
}
