//! The judge: lines against a head, by the simulator's kinematics, limits and mesh, and by nothing of the controller's.

use super::line::{Line, read};
use super::solids::Solids;
use serde::Serialize;
use smp_sim::Axes;
use smp_sim::plant::{Caster, HeadMesh, Ray, TrueMachine, Vec3};
use std::collections::BTreeMap;

/// Samples of a move are never farther apart than this where the tool is near what it must keep, mm of the way of the
/// point that goes farthest.
pub const SAMPLE_MM: f64 = 0.1;
/// A tip that comes nearer than this, more than half a sample, is taken to touch: from one sample to the next it cannot
/// have gone through the skin unseen.
const TOUCHES_MM: f64 = 0.6 * SAMPLE_MM;
/// What is kept may be less by this, mm: the wire's digits.
const ROUNDING_MM: f64 = 0.01;
/// A strike's pose is the one before, in its own digits.
const POSE: f64 = 0.0021;
/// The needle meets the skin this near to the dot, mm.
const PLACE_MM: f64 = 0.1;
/// How far beyond what must be kept distances are told apart, mm.
const LOOK_MM: f64 = 10.0;
/// How far a needle looks for skin, mm.
const AHEAD_MM: f64 = 60.0;

/// What can be wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Unreadable,
    TipTouches,
    BodyTouches,
    TipNear,
    BodyNear,
    BodyTouchesInStroke,
    SolidTouches,
    SolidNear,
    Travel,
    StrikeElsewhere,
    StrikeOffDot,
    Missing,
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Found {
    pub kind: Kind,
    /// From 1.
    pub line: usize,
    /// Distance or excess, mm or degrees.
    pub by: f64,
}

/// What is kept, mm.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub travel: f64,
    pub body: f64,
    /// From what is not the head.
    pub solid: f64,
}

/// What a program came to.
#[derive(Clone, Debug)]
pub struct Judged {
    pub moves: usize,
    pub strikes: usize,
    /// Poses that were looked at.
    pub samples: u64,
    /// Least distances less what is kept, mm.
    pub tip_spare: f64,
    pub body_spare: f64,
    pub solid_spare: f64,
    /// Least distance of the body in a stroke that the gantry makes, mm.
    pub body_in_stroke: f64,
    /// Greatest distance of a needle's place from its dot, mm.
    pub off_dot: f64,
    pub found: Vec<Found>,
}

/// A machine over a head.
pub struct Judge<'a> {
    pub truth: &'a TrueMachine,
    /// Distance behind the tip at rest, and radius.
    pub body: &'a [[f64; 2]],
    pub solids: &'a Solids,
    pub rules: Rules,
    mesh: Caster,
}

/// Lines, one after another.
struct Walk<'a> {
    judge: &'a Judge<'a>,
    at: Option<Axes>,
    line: usize,
    judged: Judged,
}

/// Least distances on a way, less what is needed, mm: of the tip and of the body.
struct Swept {
    tip: f64,
    body: f64,
    samples: u64,
}

/// A point of the tool that must stay away.
struct Watched {
    behind: f64,
    needed: f64,
    way: f64,
    free_until: f64,
}

impl<'a> Judge<'a> {
    pub fn new(
        truth: &'a TrueMachine,
        body: &'a [[f64; 2]],
        solids: &'a Solids,
        rules: Rules,
        head: &HeadMesh,
    ) -> Self {
        let vertices: Vec<Vec3> = head.vertices.iter().map(|&v| v.into()).collect();
        Self { truth, body, solids, rules, mesh: Caster::new(&vertices, &head.triangles) }
    }

    /// Judges a program whose dots are meant to be at these places of the head.
    pub fn lines(&self, lines: &[String], dots: &BTreeMap<u32, [f64; 3]>) -> Judged {
        let far = f64::INFINITY;
        let judged = Judged {
            moves: 0,
            strikes: 0,
            samples: 0,
            tip_spare: far,
            body_spare: far,
            solid_spare: far,
            body_in_stroke: far,
            off_dot: 0.0,
            found: Vec::new(),
        };
        let mut walk = Walk { judge: self, at: None, line: 0, judged };
        let mut due = dots.clone();
        for body in lines {
            walk.line += 1;
            match read(body) {
                None => walk.found(Kind::Unreadable, 0.0),
                Some(Line::Move(targets)) => walk.travel(&targets),
                Some(Line::Strike { dot, pose, travel, .. }) => {
                    walk.strike(due.remove(&dot), &pose, travel);
                }
            }
        }
        if !due.is_empty() {
            walk.found(Kind::Missing, due.len() as f64);
        }
        walk.judged
    }

    /// Tip and needle direction in the head's frame.
    fn tool(&self, axes: &Axes) -> (Vec3, Vec3) {
        let tool = self.truth.tool(axes);
        let lies = &self.truth.machine_from_scalp;
        (lies.inverse_point(tool.tip), lies.rotation.apply_inverse(tool.direction))
    }

    /// By how much an axis leaves its travel; 0 if none does.
    fn beyond(&self, axes: &Axes) -> f64 {
        let beyond = |(value, limits): (&f64, &smp_sim::firmware::AxisLimits)| {
            (limits.travel[0] - value).max(value - limits.travel[1])
        };
        axes.iter().zip(&self.truth.limits).map(beyond).fold(0.0, f64::max)
    }

    fn sweep(&self, from: &Axes, to: &Axes, needed: Rules) -> Swept {
        let by: Axes = std::array::from_fn(|i| to[i] - from[i]);
        let slide = Vec3::new(by[0], by[1], by[2]).norm() + by[5].abs();
        let turn = by[3].abs().to_radians() + by[4].abs().to_radians();
        let watch = |behind: f64, needed: f64| {
            let way = slide + (self.truth.tool_length - behind).abs() * turn;
            Watched { behind, needed, way, free_until: 0.0 }
        };
        let mut watched = vec![watch(0.0, needed.travel)];
        watched
            .extend(self.body.iter().map(|[behind, radius]| watch(*behind, radius + needed.body)));
        let farthest = watched.iter().fold(1e-9, |way: f64, w| way.max(w.way));
        let mut swept = Swept { tip: f64::INFINITY, body: f64::INFINITY, samples: 0 };
        let mut part = 0.0;
        loop {
            swept.samples += 1;
            let (tip, direction) = self.tool(&std::array::from_fn(|i| from[i] + by[i] * part));
            for (index, point) in watched.iter_mut().enumerate() {
                if part < point.free_until && part < 1.0 {
                    continue;
                }
                let reach = point.needed + LOOK_MM;
                let place = tip - direction * point.behind;
                let distance = self.mesh.nearest(place, reach).map_or(reach, |n| n.distance);
                let spare = distance - point.needed;
                let least = if index == 0 { &mut swept.tip } else { &mut swept.body };
                *least = least.min(spare);
                point.free_until = part + spare.max(0.0) / point.way.max(1e-9);
            }
            if part >= 1.0 {
                return swept;
            }
            let free = watched.iter().fold(1.0, |free: f64, w| free.min(w.free_until));
            part = free.max(part + SAMPLE_MM / farthest).min(1.0);
        }
    }
}

impl Walk<'_> {
    fn found(&mut self, kind: Kind, by: f64) {
        self.judged.found.push(Found { kind, line: self.line, by });
    }

    fn travel(&mut self, targets: &[Option<f64>; 6]) {
        self.judged.moves += 1;
        let last = self.at.unwrap_or_default();
        let to: Axes = std::array::from_fn(|i| targets[i].unwrap_or(last[i]));
        self.within(&to);
        // How the tool got to the first pose is no matter of the plan.
        let Some(from) = self.at.replace(to) else { return };
        let rules = self.judge.rules;
        let swept = self.judge.sweep(&from, &to, rules);
        self.judged.samples += swept.samples;
        self.judged.tip_spare = self.judged.tip_spare.min(swept.tip);
        self.judged.body_spare = self.judged.body_spare.min(swept.body);
        let (tip, body) = (swept.tip + rules.travel, swept.body + rules.body);
        if tip < TOUCHES_MM {
            self.found(Kind::TipTouches, tip);
        } else if swept.tip < -ROUNDING_MM {
            self.found(Kind::TipNear, tip);
        }
        if body < 0.0 {
            self.found(Kind::BodyTouches, body);
        } else if swept.body < -ROUNDING_MM {
            self.found(Kind::BodyNear, body);
        }
        self.beside(self.judge.beside(&from, &to, true));
    }

    fn beside(&mut self, spare: f64) {
        self.judged.solid_spare = self.judged.solid_spare.min(spare);
        let distance = spare + self.judge.rules.solid;
        if distance < 0.0 {
            self.found(Kind::SolidTouches, distance);
        } else if spare < -ROUNDING_MM {
            self.found(Kind::SolidNear, distance);
        }
    }

    fn within(&mut self, axes: &Axes) {
        let beyond = self.judge.beyond(axes);
        // The wire's last digit.
        if beyond > 0.001 {
            self.found(Kind::Travel, beyond);
        }
    }

    fn strike(&mut self, dot: Option<[f64; 3]>, pose: &Axes, travel: f64) {
        self.judged.strikes += 1;
        let judge = self.judge;
        let off =
            |at: Axes| at.iter().zip(pose).fold(0.0, |off: f64, (a, b)| off.max((a - b).abs()));
        let off = self.at.map_or(f64::INFINITY, off);
        if off > POSE {
            self.found(Kind::StrikeElsewhere, off);
        }
        let (tip, direction) = judge.tool(pose);
        let hit = judge.mesh.cast(&Ray { origin: tip, direction }, AHEAD_MM);
        let meets = hit.map(|hit| tip + direction * hit.distance);
        let off = dot.zip(meets).map_or(f64::INFINITY, |(dot, meets)| (meets - dot.into()).norm());
        self.judged.off_dot = self.judged.off_dot.max(off);
        if off > PLACE_MM {
            self.found(Kind::StrikeOffDot, off);
        }
        let mut bottom = *pose;
        if judge.truth.strike_axis {
            bottom[5] = travel;
        } else {
            let along = judge.truth.tool(pose).direction * travel;
            bottom =
                [pose[0] + along.x, pose[1] + along.y, pose[2] + along.z, pose[3], pose[4], 0.0];
            let swept =
                judge.sweep(pose, &bottom, Rules { travel: -LOOK_MM, body: 0.0, ..judge.rules });
            self.judged.body_in_stroke = self.judged.body_in_stroke.min(swept.body);
            if swept.body < 0.0 {
                self.found(Kind::BodyTouchesInStroke, swept.body);
            }
        }
        self.within(&bottom);
        self.beside(judge.beside(pose, &bottom, !judge.truth.strike_axis));
    }
}
