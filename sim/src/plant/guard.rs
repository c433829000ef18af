//! The nose ring and the tool's body against the head, outside strikes.

use super::head::{Head, Sight};
use super::machine::TrueMachine;
use super::moment::Moment;
use super::raycast::Ray;
use super::vec3::Vec3;
use crate::contract::Nanos;
use crate::truth::{Collision, Part};

/// Watches points of the tool.
#[derive(Clone, Debug)]
pub struct Guard {
    points: Vec<Point>,
    due: Nanos,
    /// Collisions that go on: ring, body.
    open: [Option<Collision>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Point {
    part: Part,
    /// In the wrist's frame from the tip at rest, mm.
    offset: Vec3,
    sight: Sight,
}

/// Points on the ring and on each circle of the body.
const RING_POINTS: u32 = 6;
const BODY_POINTS: u32 = 4;
/// How far behind a point its ray begins, mm.
const BACK: f64 = 30.0;
/// How far ahead a surface matters, mm.
const AHEAD: f64 = 100.0;
/// Least and greatest time between two looks, s.
const LOOKS: [f64; 2] = [0.005, 0.05];
/// Share of the clearance along the needle that is sure on a slope.
const SURE: f64 = 0.5;

impl Guard {
    pub fn new(machine: &TrueMachine) -> Self {
        let mut points = Vec::new();
        if machine.nose_piece {
            circle(&mut points, Part::Ring, RING_POINTS, machine.ring.behind, machine.ring.radius);
        }
        for c in &machine.body {
            circle(&mut points, Part::Body, BODY_POINTS, c.behind, c.radius);
        }
        Self { points, due: 0, open: [None; 2] }
    }

    pub fn due(&self) -> Nanos {
        self.due
    }

    /// Looks, and returns collisions that have ended. `striking`: the ring rides on the skin now.
    pub fn look(
        &mut self,
        moment: &Moment,
        head: &Head,
        striking: bool,
        bounds: &Bounds,
    ) -> [Option<Collision>; 2] {
        let mut deepest: [Option<(f64, Vec3)>; 2] = [None; 2];
        let mut clear = AHEAD;
        for point in &mut self.points {
            if striking && point.part == Part::Ring {
                continue;
            }
            let place = moment.rest_tip + moment.wrist.apply(point.offset);
            let direction = moment.direction;
            let ray = Ray { origin: place - direction * BACK, direction };
            let hit = head.cast(&moment.pose, &ray, BACK + AHEAD, &mut point.sight);
            let Some(hit) = hit else { continue };
            let clearance = hit.hit.distance - BACK;
            clear = clear.min(clearance);
            let slot = &mut deepest[usize::from(point.part == Part::Body)];
            if clearance < 0.0 && slot.is_none_or(|(depth, _)| -clearance > depth) {
                *slot = Some((-clearance, head.surface().scan_point(&hit.hit)));
            }
        }
        let wait = bounds.time_to_cover(SURE * clear).clamp(LOOKS[0], LOOKS[1]);
        self.due = moment.t + (wait * 1e9) as Nanos;
        let t = moment.t;
        std::array::from_fn(|i| {
            let part = if i == 0 { Part::Ring } else { Part::Body };
            follow(&mut self.open[i], part, t, deepest[i])
        })
    }

    /// Collisions that have not ended.
    pub fn open(&self) -> impl Iterator<Item = Collision> {
        self.open.iter().flatten().copied()
    }
}

/// How fast things can come together.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Speed now, tool and head together, mm/s.
    pub speed: f64,
    /// Acceleration that may set in, mm/s2.
    pub acceleration: f64,
}

impl Bounds {
    /// Least time to come `distance` mm closer, s.
    pub fn time_to_cover(&self, distance: f64) -> f64 {
        let (v, a) = (self.speed, self.acceleration.max(1.0));
        ((v * v + 2.0 * a * distance.max(0.0)).sqrt() - v) / a
    }
}

/// Opens, deepens or closes a collision.
fn follow(
    open: &mut Option<Collision>,
    part: Part,
    t: Nanos,
    found: Option<(f64, Vec3)>,
) -> Option<Collision> {
    let Some((depth, point)) = found else {
        return open.take();
    };
    let collision = open.get_or_insert(Collision {
        part,
        t_start: t,
        t_end: t,
        scan_point: point.array(),
        depth,
    });
    collision.t_end = t;
    if depth > collision.depth {
        collision.depth = depth;
        collision.scan_point = point.array();
    }
    None
}

fn circle(points: &mut Vec<Point>, part: Part, count: u32, behind: f64, radius: f64) {
    for k in 0..count {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / f64::from(count)).sin_cos();
        // The needle points along -Z of the wrist.
        let offset = Vec3::new(radius * cos, radius * sin, behind);
        points.push(Point { part, offset, sight: Sight::default() });
    }
}
