//! The proof: from emitted lines back to dots.

use super::forward;
use super::lines::{self, Line, StrikeLine};
use super::skin::Skin;
use super::solids::Beside;
use super::sweep::{FAR_MM, Sweep, Swept};
use super::violation::{Violation, ViolationKind};
use crate::device::{Step, nominal_steps};
use crate::frame::{Direction, Point, Scalp};
use crate::machine::{AXES, Axis, Joints, Profile};
use crate::plan::{Draft, PlannedDot, Via};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// A planned dot lies on the skin within this, mm.
const ON_SKIN_MM: f64 = 0.05;
/// The needle meets the skin at the dot within this, mm.
const PLACE_MM: f64 = 0.05;
/// No tip hovers higher than this over its dot, mm.
const MOST_GAP_MM: f64 = 100.0;
/// Nearer than this the needle has touched the skin, mm.
const TOUCHED_MM: f64 = 1e-3;
/// Rounding of the wire (three decimals, degrees) in distances, mm.
const WIRE_MM: f64 = 0.005;
/// The normal is taken over this footprint, mm.
const FOOTPRINT_MM: f64 = 5.0;
/// A move leads where the draft has it within this, mm and rad.
const POSE_MM: f64 = 0.01;
const POSE_RAD: f64 = 1e-3;
/// Strikes that are looked at in one go; the parts are proved in parallel.
const PART: usize = 256;

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
    let lines = emitted(&draft, machine);
    let (figures, violations) = examine(&lines, &draft, skin, machine);
    if violations.is_empty() {
        let as_planned = machine.as_planned();
        let same = as_planned == *machine;
        let digest = if same { digest(&lines) } else { digest(&emitted(&draft, &as_planned)) };
        Ok(Program { draft, digest, figures })
    } else {
        Err(violations)
    }
}

/// The lines that would be sent if nothing moved.
pub fn emitted(draft: &Draft, machine: &Profile) -> Vec<String> {
    let encode = |step: Step| {
        let mut body = String::with_capacity(96);
        step.encode(machine, &mut body);
        body
    };
    nominal_steps(draft, machine).into_iter().map(encode).collect()
}

fn digest(lines: &[String]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for body in lines {
        hasher.update(body.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().into()
}

/// Follows the tool through lines that are said to be the draft's; what was measured, and all that is wrong.
pub fn examine(
    lines: &[String],
    draft: &Draft,
    skin: &Skin,
    machine: &Profile,
) -> (ProofFigures, Vec<Violation>) {
    let sweep = Sweep::new(skin, machine);
    let walked: Vec<Walk<'_>> = parts(lines)
        .into_par_iter()
        .map(|part| {
            let mut walk = Walk::at(part.first, part.strikes_before, draft, &sweep);
            walk.stand(&lines[..part.first]);
            lines[part.first..part.end].iter().for_each(|body| walk.line(body));
            if part.end == lines.len() {
                walk.end();
            }
            walk
        })
        .collect();
    let mut figures = ProofFigures { min_clearance_mm: FAR_MM, ..ProofFigures::default() };
    figures.lines = lines.len();
    let mut violations = Vec::new();
    for walk in walked {
        figures.min_clearance_mm = figures.min_clearance_mm.min(walk.figures.min_clearance_mm);
        figures.max_tilt_deg = figures.max_tilt_deg.max(walk.figures.max_tilt_deg);
        violations.extend(walk.violations);
    }
    (figures, violations)
}

/// Some of the lines, beginning behind a strike.
struct Part {
    first: usize,
    end: usize,
    strikes_before: usize,
}

fn parts(lines: &[String]) -> Vec<Part> {
    let mut parts = vec![Part { first: 0, end: lines.len(), strikes_before: 0 }];
    let strikes = lines.iter().enumerate().filter(|(_, body)| body.starts_with('D'));
    for (struck, (line, _)) in strikes.enumerate().filter(|(struck, _)| (struck + 1) % PART == 0) {
        if let Some(last) = parts.last_mut() {
            last.end = line + 1;
        }
        parts.push(Part { first: line + 1, end: lines.len(), strikes_before: struck + 1 });
    }
    parts
}

/// Reads lines one after another and follows the tool.
struct Walk<'a> {
    draft: &'a Draft,
    sweep: &'a Sweep<'a>,
    at: Option<Joints>,
    struck: usize,
    /// Moves since the last strike.
    moves: usize,
    figures: ProofFigures,
    violations: Vec<Violation>,
}

impl<'a> Walk<'a> {
    fn at(line: usize, struck: usize, draft: &'a Draft, sweep: &'a Sweep<'a>) -> Self {
        let figures = ProofFigures { lines: line, min_clearance_mm: FAR_MM, max_tilt_deg: 0.0 };
        Self { draft, sweep, at: None, struck, moves: 0, figures, violations: Vec::new() }
    }

    /// Where the lines before leave the tool.
    fn stand(&mut self, before: &[String]) {
        let moves = before.iter().rev().filter_map(|body| match lines::read(body) {
            Ok(Line::Move(targets)) => Some(targets),
            _ => None,
        });
        let mut known = [None; 6];
        for targets in moves {
            for (known, target) in known.iter_mut().zip(targets) {
                *known = known.or(target);
            }
            let sought = self.sweep.machine.axes().filter(|axis| *axis != Axis::C);
            if sought.into_iter().all(|axis| known[axis.index()].is_some()) {
                break;
            }
        }
        if known.iter().any(Option::is_some) {
            self.at = Some(Joints(known.map(Option::unwrap_or_default)));
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
        if let Err(unreachable) = self.sweep.machine.reach(&to) {
            self.found(ViolationKind::Travel(unreachable));
        }
        if !self.due_pose().is_some_and(|due| self.stands_at(&due, &to)) {
            let dot = self.draft.dots.get(self.struck).map(|dot| dot.dot.0);
            self.found(ViolationKind::Stray { dot });
        }
        self.moves += 1;
        if let Some(from) = self.at.replace(to) {
            let swept = self.sweep.least(&from, &to);
            self.figures.min_clearance_mm = self.figures.min_clearance_mm.min(swept.tip_mm);
            let dot = self.bound_for();
            self.clear(dot, &swept);
            self.keep_out(dot, self.sweep.beside(&from, &to));
        }
    }

    /// Where the draft has the next move lead.
    fn due_pose(&self) -> Option<Via> {
        let Some(dot) = self.draft.dots.get(self.struck) else {
            return self.draft.leave.get(self.moves).copied();
        };
        let over = Via { tip: dot.above(dot.hover_mm), needle: dot.needle };
        let last = (self.moves == dot.via.len()).then_some(over);
        dot.via.get(self.moves).copied().or(last)
    }

    fn stands_at(&self, due: &Via, joints: &Joints) -> bool {
        let (tip, needle) = self.sweep.tool(joints);
        tip.distance(&due.tip) <= POSE_MM && needle.angle(&due.needle) <= POSE_RAD
    }

    /// The dot that a move leads to, or the last one.
    fn bound_for(&self) -> u32 {
        let dots = &self.draft.dots;
        dots.get(self.struck).or(dots.last()).map_or(0, |dot| dot.dot.0)
    }

    fn clear(&mut self, dot: u32, swept: &Swept) {
        let rules = &self.sweep.machine.clearance;
        let (tip_mm, limit_mm) = (swept.tip_mm, rules.travel_mm);
        if tip_mm < limit_mm - WIRE_MM {
            self.found(ViolationKind::TipClearance { dot, tip_mm, limit_mm });
        }
        let (body_mm, limit_mm) = (swept.body_mm, rules.body_mm);
        if body_mm < limit_mm - WIRE_MM {
            self.found(ViolationKind::BodyClearance { dot, body_mm, limit_mm });
        }
    }

    fn keep_out(&mut self, dot: u32, beside: Option<Beside<'_>>) {
        let limit_mm = self.sweep.machine.clearance.keep_out_mm;
        if let Some((solid, distance_mm)) = beside.filter(|(_, mm)| *mm < limit_mm - WIRE_MM) {
            let solid = solid.name.clone();
            self.found(ViolationKind::KeepOut { dot, solid, distance_mm, limit_mm });
        }
    }

    fn strike(&mut self, strike: &StrikeLine) {
        let draft = self.draft;
        let dot = strike.dot;
        let due = draft.dots.get(self.struck);
        self.struck += 1;
        let moves = std::mem::take(&mut self.moves);
        let Some(planned) = due.filter(|p| p.dot.0 == dot) else {
            let expected = due.map(|p| p.dot.0);
            return self.found(ViolationKind::Order { dot, expected });
        };
        if moves != planned.via.len() + 1 {
            self.found(ViolationKind::Stray { dot: Some(dot) });
        }
        let rounding_rad = 2e-5;
        if !self.at.is_some_and(|at| at.near(&strike.pose, WIRE_MM, rounding_rad)) {
            self.found(ViolationKind::Pose { dot });
        }
        let (tip, needle) = self.sweep.tool(&strike.pose);
        self.way_out(planned, &strike.pose);
        self.place(planned, tip + needle * strike.gap_mm);
        self.first_touch(planned, tip, needle, strike.gap_mm);
        self.tilt(planned, &needle);
        self.depth(planned, strike);
        self.body_in_stroke(planned, strike);
        let beside = self.sweep.beside_stroke(&strike.pose, self.deepest_mm(strike));
        self.keep_out(dot, beside);
    }

    /// How far a stroke may lead from its pose: to where the device's cage ends it, or beyond.
    fn deepest_mm(&self, strike: &StrikeLine) -> f64 {
        strike.travel_mm.max(strike.gap_mm + self.sweep.machine.needle.cage_mm)
    }

    /// Without a strike axis the gantry makes the stroke, and the body comes down with it: it must not touch the skin
    /// even where the device's cage ends the stroke.
    fn body_in_stroke(&mut self, planned: &PlannedDot, strike: &StrikeLine) {
        let kinematics = self.sweep.machine.kinematics();
        if kinematics.strike_axis {
            return;
        }
        let travel_mm = self.deepest_mm(strike);
        let (_, needle) = forward::tool(&strike.pose, kinematics.tool_length_mm);
        let mut bottom = strike.pose;
        for (axis, along) in [Axis::X, Axis::Y, Axis::Z].into_iter().zip(needle.vector().iter()) {
            bottom.0[axis.index()] += along * travel_mm;
        }
        let body_mm = self.sweep.least(&strike.pose, &bottom).body_mm;
        if body_mm < -WIRE_MM {
            let (dot, limit_mm) = (planned.dot.0, 0.0);
            self.found(ViolationKind::BodyClearance { dot, body_mm, limit_mm });
        }
    }

    /// A pause, a fault or a resume may lead from any dot over the park pose: straight up, then across.
    fn way_out(&mut self, planned: &PlannedDot, hover: &Joints) {
        let Some(park) = self.draft.leave.last() else { return };
        let machine = self.sweep.machine;
        let head = self.sweep.machine_from_scalp;
        let pose = |tip: Point<Scalp>, needle: Direction<Scalp>| {
            let (tip, needle) = (head.point(tip), head.direction(needle));
            machine.kinematics().joints(&crate::machine::ToolPose { tip, needle })
        };
        let above = pose(planned.above(machine.clearance.park_mm), planned.needle);
        let park = pose(park.tip, park.needle);
        let clear = |from: &Joints, to: &Joints| {
            let swept = self.sweep.least(from, to);
            swept.tip_mm >= machine.clearance.travel_mm - WIRE_MM
                && swept.body_mm >= machine.clearance.body_mm - WIRE_MM
        };
        let out = clear(hover, &above) && clear(&above, &park);
        if !out || machine.reach(&above).is_err() {
            self.found(ViolationKind::NoWayOut { dot: planned.dot.0 });
        }
        for (from, to) in [(hover, &above), (&above, &park)] {
            self.keep_out(planned.dot.0, self.sweep.beside(from, to));
        }
    }

    fn place(&mut self, planned: &PlannedDot, meets: Point<Scalp>) {
        let dot = planned.dot.0;
        let off_mm = meets.distance(&planned.position);
        if off_mm > PLACE_MM {
            self.found(ViolationKind::Place { dot, off_mm, limit_mm: PLACE_MM });
        }
        let off_mm = self.sweep.distance(planned.position, FAR_MM).abs();
        if off_mm > ON_SKIN_MM {
            self.found(ViolationKind::OffSkin { dot, off_mm, limit_mm: ON_SKIN_MM });
        }
    }

    /// Nothing of the skin lies over the dot on the needle's way: as far as the skin is away, so far the needle goes free,
    /// and again from there.
    fn first_touch(
        &mut self,
        planned: &PlannedDot,
        tip: Point<Scalp>,
        needle: Direction<Scalp>,
        gap_mm: f64,
    ) {
        // A gap of more than that is wrong in itself, and told.
        let due_mm = (gap_mm - PLACE_MM).min(MOST_GAP_MM);
        let mut free_mm = 0.0;
        while free_mm < due_mm {
            let distance_mm = self.sweep.distance(tip + needle * free_mm, FAR_MM);
            if distance_mm < TOUCHED_MM {
                let (dot, off_mm, limit_mm) = (planned.dot.0, gap_mm - free_mm, PLACE_MM);
                return self.found(ViolationKind::Place { dot, off_mm, limit_mm });
            }
            free_mm += distance_mm;
        }
    }

    fn tilt(&mut self, planned: &PlannedDot, needle: &Direction<Scalp>) {
        let limit_deg = self.sweep.machine.clearance.tilt_deg;
        let normal = self.sweep.skin.normal_around(planned.position, FOOTPRINT_MM);
        let tilt_deg = normal.map_or(180.0, |n| (-n).angle(needle).to_degrees());
        self.figures.max_tilt_deg = self.figures.max_tilt_deg.max(tilt_deg);
        if tilt_deg > limit_deg {
            self.found(ViolationKind::Tilt { dot: planned.dot.0, tilt_deg, limit_deg });
        }
    }

    fn depth(&mut self, planned: &PlannedDot, strike: &StrikeLine) {
        let machine = self.sweep.machine;
        let rule = &machine.depth;
        let depth_mm = strike.travel_mm - strike.gap_mm;
        let planned_mm = planned.target_mm + rule.dimple_mm;
        let limit_mm = (rule.ceiling_mm + rule.dimple_mm).min(machine.needle.cage_mm);
        if (depth_mm - planned_mm).abs() > WIRE_MM || depth_mm > limit_mm {
            let dot = planned.dot.0;
            self.found(ViolationKind::Depth { dot, depth_mm, planned_mm, limit_mm });
        }
    }

    /// Nothing comes after.
    fn end(&mut self) {
        let missing = self.draft.dots.len().saturating_sub(self.struck);
        if missing > 0 {
            self.found(ViolationKind::Missing { missing });
        } else if self.moves != self.draft.leave.len() {
            self.found(ViolationKind::Stray { dot: None });
        }
    }

    fn found(&mut self, kind: ViolationKind) {
        self.violations.push(Violation { line: self.figures.lines, kind });
    }
}
