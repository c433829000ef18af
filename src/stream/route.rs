//! Ways between dots: which legs lead from where the tool is to where it shall be.

use crate::frame::{Direction, Machine, Point};
use crate::machine::{Joints, Profile, ToolPose};
use crate::plan::{PlannedDot, Via};
use crate::verify::{HeadBelief, Leg};

/// Where the tool is, or will be when all moves sent have ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Somewhere: the start of a run.
    Unknown(Joints),
    /// At the hover of this dot.
    Over(usize),
    /// Lifted from this dot.
    Lifted(usize),
}

/// Where a route shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// At the hover of a dot.
    Hover(usize),
    /// At the height of a first approach over a dot.
    Approach(usize),
    /// Lifted from the dot the tool is over.
    Lift(usize),
    /// At the park pose.
    Park,
}

/// A route: out of where the tool is, along planned ways, and down to its end.
#[derive(Clone, Copy, Debug)]
pub struct Route<'p> {
    out: Option<Leg<'p>>,
    ways: &'p [Via],
    over: Option<Leg<'p>>,
    end: Option<Leg<'p>>,
}

impl<'p> Route<'p> {
    /// The legs, in order.
    pub fn legs(self) -> impl Iterator<Item = Leg<'p>> {
        let ways = self.ways.iter().map(Leg::Via);
        self.out.into_iter().chain(ways).chain(self.over).chain(self.end)
    }
}

/// The route from where the tool is to where it shall be.
pub fn route<'p>(
    from: Place,
    goal: Goal,
    dots: &'p [PlannedDot],
    leave: &'p [Via],
    machine: &Profile,
) -> Route<'p> {
    let high = |i: usize| Leg::Above(&dots[i], machine.clearance.park_mm);
    let end = match (from, goal) {
        (_, Goal::Hover(j)) => Some(Leg::Above(&dots[j], dots[j].hover_mm)),
        (_, Goal::Approach(j)) => Some(Leg::Above(&dots[j], machine.clearance.approach_mm)),
        (Place::Over(i) | Place::Lifted(i), Goal::Lift(_)) => {
            Some(Leg::Above(&dots[i], machine.clearance.lift_mm()))
        }
        (_, Goal::Lift(_) | Goal::Park) => None,
    };
    let straight = Route { out: None, ways: &[], over: None, end };
    match (from, goal) {
        (Place::Over(_) | Place::Lifted(_), Goal::Lift(_)) => straight,
        // The planned way from the dot before.
        (Place::Over(i), Goal::Hover(j) | Goal::Approach(j)) if i + 1 == j => {
            Route { ways: &dots[j].via, ..straight }
        }
        (Place::Over(i) | Place::Lifted(i), Goal::Hover(j) | Goal::Approach(j)) if i == j => {
            straight
        }
        (Place::Over(i), Goal::Park) if i + 1 == dots.len() => Route { ways: leave, ..straight },
        // Any other way leads over the park pose, along ways out that the proof has walked.
        _ => Route {
            out: match from {
                Place::Over(i) | Place::Lifted(i) => Some(high(i)),
                Place::Unknown(_) => None,
            },
            ways: &leave[leave.len().saturating_sub(1)..],
            over: match goal {
                Goal::Hover(j) | Goal::Approach(j) => Some(high(j)),
                Goal::Lift(_) | Goal::Park => None,
            },
            end,
        },
    }
}

/// Joints at the end of a leg, for the head as believed.
pub fn leg_joints(leg: &Leg<'_>, head: &HeadBelief, machine: &Profile) -> Joints {
    let pose = match leg {
        Leg::Via(via) => Via { tip: via.tip + via.needle * -head.offset_mm, ..**via },
        Leg::Above(dot, height_mm) => {
            Via { tip: dot.above(height_mm + head.offset_mm), needle: dot.needle }
        }
    };
    machine.kinematics().joints(&ToolPose {
        tip: head.machine_from_scalp.point(pose.tip),
        needle: head.machine_from_scalp.direction(pose.needle),
    })
}

/// Straight back along the needle, as far as the park height and the machine's travel allow.
pub fn withdrawn(from: &Joints, machine: &Profile) -> Joints {
    let needle: Direction<Machine> = machine.kinematics().needle(from);
    let mut by = machine.clearance.park_mm;
    loop {
        let pivot = Point::<Machine>::new(from.0[0], from.0[1], from.0[2]) + needle * -by;
        let mut to = *from;
        (to.0[0], to.0[1], to.0[2], to.0[5]) = (pivot.x(), pivot.y(), pivot.z(), 0.0);
        if by < 0.5 || machine.reach(&to).is_ok() {
            return if by < 0.5 { *from } else { to };
        }
        by *= 0.7;
    }
}
