//! The last gate: each line of a run, as corrected by the depth loop, is read back and measured
//! against the proved program before it may leave.

use super::forward;
use super::lines::{self, Line, StrikeLine, Unreadable};
use super::solids::Standing;
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::{AXES, AxisLimits, Joints, PerAxis, Profile};
use crate::plan::{PlannedDot, Via};
use thiserror::Error;

/// The needle may meet the (believed) dot this far off, mm.
const PLACE_MM: f64 = 0.05;
/// Hover heights may differ from plan by this, mm: the loop keeps its distance from the real skin.
const HOVER_SLACK_MM: f64 = 0.5;

/// A touch may lead no further below the believed skin, mm; or so many sigmas of that belief and a step more, mm.
const TOUCH_BEYOND_MM: f64 = 1.0;
const TOUCH_SIGMAS: f64 = 3.0;
const TOUCH_STEP_MM: f64 = 0.31;

/// A line that has passed the gate; the link sends no other motion.
#[derive(Debug)]
pub struct Cleared<'a>(&'a str);

impl<'a> Cleared<'a> {
    /// The line's body.
    pub fn body(&self) -> &'a str {
        self.0
    }
}

/// Where the controller believes the head to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadBelief {
    /// Registration and tracked motion.
    pub machine_from_scalp: Transform<Machine, Scalp>,
    /// Height of the true skin above the model at the dot, along its normal, mm.
    pub offset_mm: f64,
}

/// How far the tip at rest is from the skin, so far as is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Distance along the needle, mm.
    pub mm: f64,
    /// One sigma of it, mm.
    pub sigma_mm: f64,
}

impl Gap {
    /// How far below the believed skin a touch may lead, mm, where placement is known to `placement_sigma_mm`.
    pub fn touch_limit_mm(&self, placement_sigma_mm: f64) -> f64 {
        // No less is known of the skin than what registration promised.
        let sigma_mm = self.sigma_mm.min(placement_sigma_mm);
        TOUCH_BEYOND_MM.max(TOUCH_SIGMAS * sigma_mm + TOUCH_STEP_MM)
    }
}

/// Which part of a dot's way a move belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leg<'a> {
    /// A pose to pass; may be shifted along the needle by the offset, never nearer.
    Via(&'a Via),
    /// Above the dot, at this height over the believed skin.
    Above(&'a PlannedDot, f64),
}

/// Why a line is held back. A refusal is a bug or a broken belief: the run stops.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum Refusal {
    /// Not one of our lines.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// Another kind of line than announced.
    #[error("the line is not of the announced kind")]
    Kind,
    /// An axis leaves its travel.
    #[error("{0}")]
    Travel(crate::machine::Unreachable),
    /// The tool would not be where the program has it.
    #[error("the tip would be {off_mm:.3} mm from where the program has it")]
    Place {
        /// Distance, mm.
        off_mm: f64,
    },
    /// The needle would not point as the program has it.
    #[error("the needle would be {tilt_deg:.2} degrees from the normal")]
    Tilt {
        /// Angle, degrees.
        tilt_deg: f64,
    },
    /// The head has moved, and the tool with it, to something that stands in the machine.
    #[error(
        "the tool would come to {distance_mm:.1} mm of what stands in the machine, at least {limit_mm:.1} mm is kept"
    )]
    KeepOut {
        /// Distance, mm.
        distance_mm: f64,
        /// Allowed, mm.
        limit_mm: f64,
    },
    /// The strike is for another dot or pose.
    #[error("the strike names another dot or pose than the one cleared")]
    Other,
    /// Deeper than the program, its ceiling or the cage allow.
    #[error("{depth_mm:.3} mm below the skin, at most {limit_mm:.3} mm is allowed")]
    Depth {
        /// Travel below the skin, mm.
        depth_mm: f64,
        /// Allowed, mm.
        limit_mm: f64,
    },
}

/// Reads and measures each outgoing line.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: PerAxis<AxisLimits>,
    tool_length_mm: f64,
    tilt_deg: f64,
    ceiling_mm: f64,
    dimple_max_mm: f64,
    cage_mm: f64,
    placement_sigma_mm: f64,
    standing: Standing,
    /// The pose last cleared over a dot.
    over: Option<(u32, Joints)>,
}

impl Gate {
    /// For one machine.
    pub fn new(machine: &Profile) -> Self {
        let depth = &machine.depth;
        Self {
            limits: machine.limits(),
            tool_length_mm: machine.kinematics().tool_length_mm,
            tilt_deg: machine.clearance.tilt_deg,
            ceiling_mm: depth.ceiling_mm,
            dimple_max_mm: (depth.dimple_mm + 4.0 * depth.dimple_sigma_mm).max(0.4),
            cage_mm: machine.needle.cage_mm,
            placement_sigma_mm: machine.sensing.placement_sigma_mm,
            standing: Standing::of(machine),
            over: None,
        }
    }

    /// How far past the skin, as the height sensor sees it, a stroke may lead, extension included, mm: the
    /// ceiling and the greatest dimple, and no further than the device's cage.
    pub fn beyond_max_mm(&self) -> f64 {
        (self.ceiling_mm + self.dimple_max_mm).min(self.cage_mm)
    }

    /// Clears a move to `leg`.
    pub fn clear_move<'a>(
        &mut self,
        body: &'a str,
        leg: Leg<'_>,
        head: &HeadBelief,
    ) -> Result<Cleared<'a>, Refusal> {
        let joints = self.read_move(body)?;
        // Over a dot the stroke is looked at as well, to where the device's cage ends it.
        let stroke_mm = match leg {
            Leg::Via(_) => 0.0,
            Leg::Above(_, height_mm) => height_mm.max(0.0) + self.cage_mm,
        };
        let limit_mm = self.standing.limit_mm;
        let distance_mm = self.standing.distance_mm(&joints, stroke_mm);
        if distance_mm < limit_mm {
            return Err(Refusal::KeepOut { distance_mm, limit_mm });
        }
        let (tip, needle) = self.tool(&joints, head);
        match leg {
            Leg::Via(via) => self.near_via(tip, &needle, via, head)?,
            Leg::Above(dot, height_mm) => {
                self.above(tip, &needle, dot, height_mm, head)?;
                self.over = Some((dot.dot.0, joints));
            }
        }
        Ok(Cleared(body))
    }

    /// Clears a strike of `dot` from the pose last cleared over it.
    pub fn clear_strike<'a>(
        &self,
        body: &'a str,
        dot: &PlannedDot,
    ) -> Result<Cleared<'a>, Refusal> {
        let Line::Strike(strike) = lines::read(body)? else {
            return Err(Refusal::Kind);
        };
        let StrikeLine { dot: number, pose, gap_mm, travel_mm, reach_mm } = strike;
        if number != dot.dot.0 || !self.stands_over(dot, &pose) {
            return Err(Refusal::Other);
        }
        let depth_mm = travel_mm - gap_mm + reach_mm;
        let limit_mm = self.beyond_max_mm();
        if reach_mm < 0.0 || !(0.0..=limit_mm).contains(&depth_mm) {
            return Err(Refusal::Depth { depth_mm, limit_mm });
        }
        Ok(Cleared(body))
    }

    /// Clears a touch over `dot` from the pose last cleared over it.
    pub fn clear_touch<'a>(
        &self,
        body: &'a str,
        dot: &PlannedDot,
        gap: Gap,
    ) -> Result<Cleared<'a>, Refusal> {
        let Line::Touch(pose, travel_mm) = lines::read(body)? else {
            return Err(Refusal::Kind);
        };
        if !self.stands_over(dot, &pose) {
            return Err(Refusal::Other);
        }
        self.check_touch(travel_mm, gap)?;
        Ok(Cleared(body))
    }

    /// Clears a touch in plain G-code: towards the skin along the needle, from the pose last cleared over the
    /// dot, and back to it.
    pub fn clear_plain_touch<'a>(
        &self,
        down: &'a str,
        back: &'a str,
        dot: &PlannedDot,
        gap: Gap,
    ) -> Result<[Cleared<'a>; 2], Refusal> {
        let Line::Probe(way, _) = lines::read(down)? else {
            return Err(Refusal::Kind);
        };
        let rest = self.rest_over(dot.dot.0, back)?;
        let moved = std::array::from_fn(|k| way[k].map(|by| rest.0[k] + by));
        self.check_touch(self.plunge_mm(&rest, &moved)?, gap)?;
        Ok([Cleared(down), Cleared(back)])
    }

    fn check_touch(&self, travel_mm: f64, gap: Gap) -> Result<(), Refusal> {
        let depth_mm = travel_mm - gap.mm;
        let limit_mm = gap.touch_limit_mm(self.placement_sigma_mm);
        // Also where one of them is not a number.
        if depth_mm <= limit_mm { Ok(()) } else { Err(Refusal::Depth { depth_mm, limit_mm }) }
    }

    fn stands_over(&self, dot: &PlannedDot, pose: &Joints) -> bool {
        self.over.is_some_and(|(over, at)| over == dot.dot.0 && at.near(pose, 0.002, 2e-5))
    }

    /// Clears a move straight back along the needle from where the device says the tool is.
    pub fn clear_withdrawal<'a>(
        &mut self,
        body: &'a str,
        from: &Joints,
    ) -> Result<Cleared<'a>, Refusal> {
        let to = self.read_move(body)?;
        self.over = None;
        let (tip, needle) = forward::tool(from, self.tool_length_mm);
        let (end, end_needle) = forward::tool(&to, self.tool_length_mm);
        self.check_tilt(&end_needle, &needle)?;
        let by = end - tip;
        let sideways = (by - needle * by.dot(&needle)).length();
        let inward = by.dot(&needle).max(0.0);
        let off_mm = sideways.max(inward);
        if off_mm > PLACE_MM { Err(Refusal::Place { off_mm }) } else { Ok(Cleared(body)) }
    }

    /// Clears a strike in plain G-code: down along the needle from the pose last cleared over the
    /// dot, and back to it.
    pub fn clear_plain_strike<'a>(
        &self,
        down: &'a str,
        back: &'a str,
        gap_mm: f64,
        dot: u32,
    ) -> Result<[Cleared<'a>; 2], Refusal> {
        let Line::Plunge(bottom, _) = lines::read(down)? else {
            return Err(Refusal::Kind);
        };
        let rest = self.rest_over(dot, back)?;
        let travel_mm = self.plunge_mm(&rest, &bottom)?;
        let depth_mm = travel_mm - gap_mm;
        let limit_mm = self.beyond_max_mm();
        if !(0.0..=limit_mm).contains(&depth_mm) {
            return Err(Refusal::Depth { depth_mm, limit_mm });
        }
        Ok([Cleared(down), Cleared(back)])
    }

    /// The pose last cleared over the dot, to which `back` must lead.
    fn rest_over(&self, dot: u32, back: &str) -> Result<Joints, Refusal> {
        let rest = self.over.filter(|(over, _)| *over == dot).ok_or(Refusal::Other)?.1;
        let Line::Move(home) = lines::read(back)? else {
            return Err(Refusal::Kind);
        };
        let there = overlaid(&rest, &home).near(&rest, 0.002, 2e-5);
        if there { Ok(rest) } else { Err(Refusal::Other) }
    }

    /// How far along the needle a plunge leads, which must lead nowhere else, mm.
    fn plunge_mm(&self, rest: &Joints, bottom: &[Option<f64>; 6]) -> Result<f64, Refusal> {
        let (tip, needle) = forward::tool(rest, self.tool_length_mm);
        let (deep, _) = forward::tool(&overlaid(rest, bottom), self.tool_length_mm);
        let travel_mm = (deep - tip).dot(&needle);
        let off_mm = ((deep - tip) - needle * travel_mm).length();
        if off_mm > PLACE_MM { Err(Refusal::Place { off_mm }) } else { Ok(travel_mm) }
    }

    fn read_move(&self, body: &str) -> Result<Joints, Refusal> {
        let Line::Move(targets) = lines::read(body)? else {
            return Err(Refusal::Kind);
        };
        let joints = overlaid(&Joints::default(), &targets);
        crate::machine::within_travel(&joints, &self.limits).map_err(Refusal::Travel)?;
        Ok(joints)
    }

    fn near_via(
        &self,
        tip: Point<Scalp>,
        needle: &Direction<Scalp>,
        via: &Via,
        head: &HeadBelief,
    ) -> Result<(), Refusal> {
        self.check_tilt(needle, &via.needle)?;
        let off_mm = tip.distance(&(via.tip + via.needle * -head.offset_mm));
        if off_mm > PLACE_MM { Err(Refusal::Place { off_mm }) } else { Ok(()) }
    }

    fn above(
        &self,
        tip: Point<Scalp>,
        needle: &Direction<Scalp>,
        dot: &PlannedDot,
        height_mm: f64,
        head: &HeadBelief,
    ) -> Result<(), Refusal> {
        self.check_tilt(needle, &-dot.normal)?;
        let least = dot.hover_mm - HOVER_SLACK_MM;
        let wanted = dot.above(height_mm.max(least) + head.offset_mm);
        let off_mm = tip.distance(&wanted);
        if off_mm > PLACE_MM { Err(Refusal::Place { off_mm }) } else { Ok(()) }
    }

    fn check_tilt<F: crate::frame::Frame>(
        &self,
        needle: &Direction<F>,
        wanted: &Direction<F>,
    ) -> Result<(), Refusal> {
        let tilt_deg = needle.angle(wanted).to_degrees();
        if tilt_deg > self.tilt_deg { Err(Refusal::Tilt { tilt_deg }) } else { Ok(()) }
    }

    fn tool(&self, joints: &Joints, head: &HeadBelief) -> (Point<Scalp>, Direction<Scalp>) {
        let (tip, needle) = forward::tool(joints, self.tool_length_mm);
        let scalp_from_machine = head.machine_from_scalp.inverse();
        (scalp_from_machine.point(tip), scalp_from_machine.direction(needle))
    }
}

/// `base` with the axes named moved.
fn overlaid(base: &Joints, targets: &[Option<f64>; 6]) -> Joints {
    let mut joints = *base;
    for axis in AXES {
        if let Some(value) = targets[axis.index()] {
            joints.0[axis.index()] = value;
        }
    }
    joints
}
