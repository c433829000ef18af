//! A plant with a scripted machine, for tests and benches.

use smp_sim::Scenario;
use smp_sim::contract::{Axes, Commanded, MS, Nanos, Plant, StrokeReading};
use smp_sim::plant::{HeadMesh, PlantImpl, TrueMachine, Vec3};

/// Straight moves with trapezoidal speed, one after the other.
#[derive(Clone, Debug)]
pub struct Script {
    start: Axes,
    moves: Vec<Move>,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    t: f64,
    duration: f64,
    from: Axes,
    to: Axes,
    length: f64,
    speed: f64,
    acceleration: f64,
}

impl Script {
    pub fn at_rest(start: Axes) -> Self {
        Self { start, moves: Vec::new() }
    }

    /// Where the script ends.
    pub fn end(&self) -> Axes {
        self.moves.last().map_or(self.start, |m| m.to)
    }

    pub fn end_time(&self) -> Nanos {
        self.moves.last().map_or(0, |m| ((m.t + m.duration) * 1e9) as Nanos)
    }

    /// Adds a move that begins at `t` or when the one before ends; returns when it ends.
    pub fn go(&mut self, t: Nanos, to: Axes, speed: f64, acceleration: f64) -> Nanos {
        let t = t.max(self.end_time());
        let from = self.end();
        let length = (0..6).map(|i| (to[i] - from[i]).powi(2)).sum::<f64>().sqrt();
        let peak = speed.min((length * acceleration).sqrt());
        let duration = if length > 0.0 { length / peak + peak / acceleration } else { 0.0 };
        let t = t as f64 * 1e-9;
        self.moves.push(Move { t, duration, from, to, length, speed: peak, acceleration });
        self.end_time()
    }
}

impl Commanded for Script {
    fn at(&self, t: Nanos) -> Axes {
        let t = t as f64 * 1e-9;
        let begun = self.moves.partition_point(|m| m.t <= t);
        let Some(m) = begun.checked_sub(1).map(|i| &self.moves[i]) else {
            return self.start;
        };
        if m.length <= 0.0 {
            return m.to;
        }
        let s = m.path(t - m.t) / m.length;
        std::array::from_fn(|i| m.from[i] + s * (m.to[i] - m.from[i]))
    }

    fn speed_at(&self, t: Nanos) -> Axes {
        let (a, b) = (self.at(t.saturating_sub(50_000)), self.at(t + 50_000));
        std::array::from_fn(|i| (b[i] - a[i]) / 1e-4)
    }

    fn still_from(&self, t: Nanos) -> Nanos {
        self.end_time().max(t)
    }
}

impl Move {
    fn path(&self, t: f64) -> f64 {
        let ramp = self.speed / self.acceleration;
        if t >= self.duration {
            self.length
        } else if t < ramp {
            0.5 * self.acceleration * t * t
        } else if t > self.duration - ramp {
            self.length - 0.5 * self.acceleration * (self.duration - t).powi(2)
        } else {
            self.speed * (t - 0.5 * ramp)
        }
    }
}

/// A place on top of the bundled head, roughly, and its normal: scalp frame, mm.
pub fn on_top(x: f64, y: f64) -> ([f64; 3], [f64; 3]) {
    let behind = y + 8.0;
    let n = Vec3::new(x / 75.0, behind / 85.0, 1.0).unit();
    let top = 135.0 - x * x / 150.0 - behind * behind / 170.0;
    ([x, y, top], n.array())
}

/// The bundled head.
pub fn bundled_head() -> HeadMesh {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/scalps/pydeface_mean");
    HeadMesh::load_dir(folder.as_ref()).unwrap()
}

/// Axes that put the tip at rest `hover` mm outside the scalp-frame point, needle along the inward
/// normal `-n`, for a head that lies where it should.
pub fn hover_over(machine: &TrueMachine, p: [f64; 3], n: [f64; 3], hover: f64) -> Axes {
    let pose = machine.machine_from_scalp;
    let d = -pose.rotation.apply(Vec3::from(n).unit());
    let b = (-d.x).asin();
    let a = d.y.atan2(-d.z);
    let pivot = pose.point(p.into()) - d * (machine.tool_length + hover);
    [pivot.x, pivot.y, pivot.z, a.to_degrees(), b.to_degrees(), 0.0]
}

/// One stroke as the firmware makes it.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub dot: Option<u32>,
    pub travel: f64,
    pub speed: f64,
    pub dwell_ms: u64,
}

/// A plant with its script, and a clock.
pub struct Bench {
    pub plant: PlantImpl,
    pub script: Script,
    pub machine: TrueMachine,
    pub now: Nanos,
    /// The longest time that the plant is advanced by in one go.
    pub chunk: Nanos,
}

impl Bench {
    pub fn new(scenario: &Scenario, machine: &TrueMachine, head: &HeadMesh, seed: u64) -> Self {
        let start = [0.0, 0.0, 380.0, 0.0, 0.0, 0.0];
        Self {
            plant: scenario.plant(head, machine, seed),
            script: Script::at_rest(start),
            machine: machine.clone(),
            now: 0,
            chunk: 5 * MS,
        }
    }

    pub fn run_until(&mut self, t: Nanos) {
        while self.now < t {
            self.now = (self.now + self.chunk).min(t);
            self.plant.advance(self.now, &self.script);
        }
    }

    /// Moves at the machine's pace and waits until it stands.
    pub fn go(&mut self, to: Axes) {
        let end = self.script.go(self.now, to, 300.0, 3000.0);
        self.run_until(end + 20 * MS);
    }

    /// Goes to 2 mm above the skin over a scalp-frame point, by the height sensor, wherever the
    /// head really is.
    pub fn hover(&mut self, p: [f64; 3], n: [f64; 3]) {
        let mut hover = 6.0;
        self.go(hover_over(&self.machine, p, n, hover));
        let seen = loop {
            self.run_until(self.now + 2 * MS);
            if let Some(height) = self.plant.height(self.now) {
                break height;
            }
        };
        hover += 2.0 - seen;
        self.go(hover_over(&self.machine, p, n, hover));
    }

    /// The stroke from where the machine stands.
    pub fn strike(&mut self, stroke: &Stroke) -> StrokeReading {
        let rest = self.script.end();
        self.plant.stroke_begins(self.now, stroke.dot, rest);
        let mut deep = rest;
        let acceleration = if self.machine.strike_axis {
            deep[5] += stroke.travel;
            50_000.0
        } else {
            let d = self.machine.tool(&rest).direction;
            for (x, step) in deep.iter_mut().zip(d.array()) {
                *x += stroke.travel * step;
            }
            3000.0
        };
        let down = self.script.go(self.now, deep, stroke.speed, acceleration);
        let up = self.script.go(down + stroke.dwell_ms * MS, rest, 500.0, acceleration);
        self.run_until(up + 12 * MS);
        self.plant.stroke_ends(self.now)
    }
}
