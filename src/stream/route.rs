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
    /// At the park pose.
    Parked,
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

/// The legs of a route, in order.
pub fn legs<'p>(
    from: Place,
    goal: Goal,
    dots: &'p [PlannedDot],
    leave: &'p [Via],
    machine: &Profile,
) -> Vec<Leg<'p>> {
    let high = |i: usize| Leg::Above(&dots[i], machine.clearance.park_mm);
    let mut route = Vec::with_capacity(6);
    match (from, goal) {
        (Place::Over(i) | Place::Lifted(i), Goal::Lift(_)) => {
            return vec![Leg::Above(&dots[i], lift_mm(machine))];
        }
        // The planned way from the dot before.
        (Place::Over(i), Goal::Hover(j) | Goal::Approach(j)) if i + 1 == j => {
            route.extend(dots[j].via.iter().map(Leg::Via));
        }
        (Place::Over(i) | Place::Lifted(i), Goal::Hover(j) | Goal::Approach(j)) if i == j => {}
        (Place::Over(i), Goal::Park) if i + 1 == dots.len() => {
            return leave.iter().map(Leg::Via).collect();
        }
        // Any other way leads over the park pose, along ways out that the proof has walked.
        _ => {
            if let Place::Over(i) | Place::Lifted(i) = from {
                route.push(high(i));
            }
            if from != Place::Parked {
                route.extend(leave.last().map(Leg::Via));
            }
            if let Goal::Hover(j) | Goal::Approach(j) = goal {
                route.push(high(j));
            }
        }
    }
    match goal {
        Goal::Hover(j) => route.push(Leg::Above(&dots[j], dots[j].hover_mm)),
        Goal::Approach(j) => route.push(Leg::Above(&dots[j], machine.clearance.approach_mm)),
        Goal::Lift(_) | Goal::Park => {}
    }
    route
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

/// How far a pause lifts the tool off the skin.
pub fn lift_mm(machine: &Profile) -> f64 {
    machine.clearance.approach_mm + 10.0
}
