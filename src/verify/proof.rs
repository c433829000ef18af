//! The proof: from emitted lines back to dots.

use super::forward;
use super::lines::{self, Line, StrikeLine};
use super::skin::Skin;
use super::violation::{Violation, ViolationKind};
use crate::device::nominal_steps;
use crate::frame::{Direction, Point, Scalp, Transform};
use crate::machine::{AXES, Joints, Profile};
use crate::plan::{Draft, PlannedDot};
use sha2::{Digest, Sha256};

/// A planned dot lies on the skin within this, mm.
const ON_SKIN_MM: f64 = 0.05;
/// The needle meets the skin at the dot within this, mm.
const PLACE_MM: f64 = 0.05;
/// Rounding of the wire (three decimals, degrees) in distances, mm.
const WIRE_MM: f64 = 0.005;
/// Sweeps are sampled at least this densely, mm of tip travel.
const SAMPLE_MM: f64 = 0.4;
/// Ways out are sampled this far apart, mm.
const COARSE_MM: f64 = 6.0;
/// Distances beyond this are not looked for, mm.
const FAR_MM: f64 = 12.0;
/// The normal is taken over this footprint, mm.
const FOOTPRINT_MM: f64 = 5.0;

/// A draft that has been proved. Made by [`prove`] alone.
#[derive(Clone, Debug)]
pub struct Program {
    draft: Draft,
    digest: [u8; 32],
    figures: ProofFigures,
}

/// What the proof measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProofFigures {
    /// Lines read.
    pub lines: usize,
    /// Least distance of the tip from the skin while moving, mm.
    pub min_clearance_mm: f64,
    /// Greatest angle between needle and normal, degrees.
    pub max_tilt_deg: f64,
}

impl Program {
    /// Dots in strike order.
    pub fn dots(&self) -> &[PlannedDot] {
        &self.draft.dots
    }

    /// The draft that was proved.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// SHA-256 over all lines as they were planned: two programs with one digest send the same to a head
    /// that lies the same. Wherever a head was registered, its program is the same one.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What the proof measured.
    pub fn figures(&self) -> &ProofFigures {
        &self.figures
    }
}

/// Proves a draft against skin and machine, or lists all that is wrong with it.
pub fn prove(draft: Draft, skin: &Skin, machine: &Profile) -> Result<Program, Vec<Violation>> {
    let mut body = String::with_capacity(128);
    let mut walk = Walk::new(&draft, skin, machine);
    for step in nominal_steps(&draft, machine) {
        body.clear();
        step.encode(machine, &mut body);
        walk.line(&body);
    }
    let (figures, violations) = walk.finish();
    if violations.is_empty() {
        let digest = digest(&draft, &machine.as_planned());
        Ok(Program { draft, digest, figures })
    } else {
        Err(violations)
    }
}

fn digest(draft: &Draft, as_planned: &Profile) -> [u8; 32] {
    let mut body = String::with_capacity(128);
    let mut hasher = Sha256::new();
    for step in nominal_steps(draft, as_planned) {
        body.clear();
        step.encode(as_planned, &mut body);
        hasher.update(body.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().into()
}

/// Reads lines one after another and follows the tool.
struct Walk<'a> {
    draft: &'a Draft,
    skin: &'a Skin,
    machine: &'a Profile,
    scalp_from_machine: Transform<Scalp, crate::frame::Machine>,
    at: Option<Joints>,
    struck: usize,
    figures: ProofFigures,
    violations: Vec<Violation>,
}

impl<'a> Walk<'a> {
    fn new(draft: &'a Draft, skin: &'a Skin, machine: &'a Profile) -> Self {
        let figures = ProofFigures { min_clearance_mm: FAR_MM, ..ProofFigures::default() };
        Self {
            draft,
            skin,
            machine,
            scalp_from_machine: machine.placement().inverse(),
            at: None,
            struck: 0,
            figures,
            violations: Vec::new(),
        }
    }

    fn line(&mut self, body: &str) {
        self.figures.lines += 1;
        match lines::read(body) {
            Err(unreadable) => self.found(ViolationKind::Unreadable(unreadable)),
            Ok(Line::Move(targets)) => self.travel(&targets),
            Ok(Line::Strike(strike)) => self.strike(&strike),
            Ok(Line::Plunge(..) | Line::Probe(..) | Line::Touch(..)) => {
                self.found(ViolationKind::Unreadable(lines::Unreadable::Kind))
            }
        }
    }

    fn travel(&mut self, targets: &[Option<f64>; 6]) {
        let mut to = self.at.unwrap_or_default();
        for axis in AXES {
            if let Some(value) = targets[axis.index()] {
                to.0[axis.index()] = value;
            }
        }
        if let Err(unreachable) = self.machine.reach(&to) {
            self.found(ViolationKind::Travel(unreachable));
        }
        if let Some(from) = self.at.replace(to) {
            self.sweep(&from, &to);
        }
    }

    fn sweep(&mut self, from: &Joints, to: &Joints) {
        let ends = (self.tip(from).0 - self.tip(to).0).length();
        let steps = (ends / SAMPLE_MM).ceil().max(1.0) as usize;
        let (mut tip_mm, mut body_mm) = (FAR_MM, FAR_MM);
        for step in 0..=steps {
            let (tip, needle) = self.tip(&from.lerp(to, step as f64 / steps as f64));
            tip_mm = tip_mm.min(self.distance(tip, FAR_MM));
            for sphere in &self.machine.clearance.body {
                let reach = sphere.radius_mm + self.machine.clearance.body_mm;
                let centre = tip + needle * -sphere.behind_tip_mm;
                body_mm = body_mm.min(self.distance(centre, reach) - sphere.radius_mm);
            }
        }
        self.figures.min_clearance_mm = self.figures.min_clearance_mm.min(tip_mm);
        let rules = &self.machine.clearance;
        let limit_mm = rules.travel_mm;
        if tip_mm < limit_mm - WIRE_MM {
            self.found(ViolationKind::TipClearance { tip_mm, limit_mm });
        }
        let limit_mm = rules.body_mm;
        if body_mm < limit_mm - WIRE_MM {
            self.found(ViolationKind::BodyClearance { body_mm, limit_mm });
        }
    }

    fn strike(&mut self, strike: &StrikeLine) {
        let draft = self.draft;
        let dot = strike.dot;
        let due = draft.dots.get(self.struck);
        self.struck += 1;
        let Some(planned) = due.filter(|p| p.dot.0 == dot) else {
            let expected = due.map(|p| p.dot.0);
            return self.found(ViolationKind::Order { dot, expected });
        };
        let rounding_rad = 2e-5;
        if !self.at.is_some_and(|at| at.near(&strike.pose, WIRE_MM, rounding_rad)) {
            self.found(ViolationKind::Pose { dot });
        }
        let (tip, needle) = self.tip(&strike.pose);
        self.way_out(planned, &strike.pose);
        self.place(planned, tip + needle * strike.gap_mm);
        self.tilt(planned, &needle);
        self.depth(planned, strike);
    }

    /// A pause, a fault or a resume may lead from any dot over the park pose: straight up, then across.
    fn way_out(&mut self, planned: &PlannedDot, hover: &Joints) {
        let Some(park) = self.draft.leave.last() else { return };
        let head = self.machine.placement();
        let pose = |tip: Point<Scalp>, needle: Direction<Scalp>| {
            let (tip, needle) = (head.point(tip), head.direction(needle));
            self.machine.kinematics().joints(&crate::machine::ToolPose { tip, needle })
        };
        let above = pose(planned.above(self.machine.clearance.park_mm), planned.needle);
        let park = pose(park.tip, park.needle);
        let clear = self.coarsely_clear(hover, &above) && self.coarsely_clear(&above, &park);
        if !clear || self.machine.reach(&above).is_err() {
            self.found(ViolationKind::NoWayOut { dot: planned.dot.0 });
        }
    }

    /// Whether a long move keeps clear, by samples so far apart that a margin stands for what lies
    /// between them.
    fn coarsely_clear(&self, from: &Joints, to: &Joints) -> bool {
        let rules = &self.machine.clearance;
        let ends = (self.tip(from).0 - self.tip(to).0).length();
        let steps = (ends / COARSE_MM).ceil().max(1.0) as usize;
        (1..=steps).all(|step| {
            let (tip, needle) = self.tip(&from.lerp(to, step as f64 / steps as f64));
            let margin = rules.travel_mm + COARSE_MM / 2.0;
            self.distance(tip, margin) >= margin
                && rules.body.iter().all(|sphere| {
                    let needed = sphere.radius_mm + rules.body_mm;
                    self.distance(tip + needle * -sphere.behind_tip_mm, needed) >= needed
                })
        })
    }

    fn place(&mut self, planned: &PlannedDot, meets: Point<Scalp>) {
        let dot = planned.dot.0;
        let off_mm = meets.distance(&planned.position);
        if off_mm > PLACE_MM {
            self.found(ViolationKind::Place { dot, off_mm, limit_mm: PLACE_MM });
        }
        let off_mm = self.distance(planned.position, FAR_MM).abs();
        if off_mm > ON_SKIN_MM {
            self.found(ViolationKind::OffSkin { dot, off_mm, limit_mm: ON_SKIN_MM });
        }
    }

    fn tilt(&mut self, planned: &PlannedDot, needle: &Direction<Scalp>) {
        let limit_deg = self.machine.clearance.tilt_deg;
        let normal = self.skin.normal_around(planned.position, FOOTPRINT_MM);
        let tilt_deg = normal.map_or(180.0, |n| (-n).angle(needle).to_degrees());
        self.figures.max_tilt_deg = self.figures.max_tilt_deg.max(tilt_deg);
        if tilt_deg > limit_deg {
            self.found(ViolationKind::Tilt { dot: planned.dot.0, tilt_deg, limit_deg });
        }
    }

    fn depth(&mut self, planned: &PlannedDot, strike: &StrikeLine) {
        let rule = &self.machine.depth;
        let depth_mm = strike.travel_mm - strike.gap_mm;
        let planned_mm = planned.target_mm + rule.dimple_mm;
        let limit_mm = (rule.ceiling_mm + rule.dimple_mm).min(self.machine.needle.cage_mm);
        if (depth_mm - planned_mm).abs() > WIRE_MM || depth_mm > limit_mm {
            let dot = planned.dot.0;
            self.found(ViolationKind::Depth { dot, depth_mm, planned_mm, limit_mm });
        }
    }

    fn finish(mut self) -> (ProofFigures, Vec<Violation>) {
        let missing = self.draft.dots.len().saturating_sub(self.struck);
        if missing > 0 {
            self.found(ViolationKind::Missing { missing });
        }
        (self.figures, self.violations)
    }

    fn found(&mut self, kind: ViolationKind) {
        self.violations.push(Violation { line: self.figures.lines, kind });
    }

    fn tip(&self, joints: &Joints) -> (Point<Scalp>, Direction<Scalp>) {
        let (tip, needle) = forward::tool(joints, self.machine.kinematics().tool_length_mm);
        (self.scalp_from_machine.point(tip), self.scalp_from_machine.direction(needle))
    }

    /// Distance from the skin, `reach_mm` at most.
    fn distance(&self, p: Point<Scalp>, reach_mm: f64) -> f64 {
        self.skin.nearest(p, reach_mm).map_or(reach_mm, |n| n.distance)
    }
}
