//! A plant without physics, and a host that speaks lines.

use smp_sim::{
    contract::{Axes, Commanded, HeadReading, MS, Nanos, Plant, StrokeReading},
    firmware::{AxisLimits, Dialect, Firmware, FirmwareConfig},
    wire::WireParams,
    world::World,
};

/// A flat, hard surface under the needle; what is commanded happens at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FakePlant {
    /// Distance from the tip's rest to the surface, mm; `None` = no reading.
    pub gap: Option<f64>,
    /// The surface comes at the tool from this instant on, mm/s.
    pub startle: Option<(Nanos, f64)>,
    /// The needle is longer than the height sensor knows, mm, and its force tells of skin; `None` = that is not told.
    pub longer: Option<f64>,
    felt: Option<f64>,
    /// Force on the needle whatever it does, N.
    pub pressing: f64,
    /// N per mm below the surface.
    pub stiffness: f64,
    /// Contact when Z is at or below this.
    pub probe_z: Option<f64>,
    /// Measured minus commanded.
    pub slip: Axes,
    pub head: Option<HeadReading>,
    pub marked: Vec<Nanos>,
    pub strokes: Vec<StrokeSeen>,
    /// Position and time at the last look, and everything seen of the motion.
    pub position: Axes,
    pub at: Nanos,
    /// Greatest distance between commanded positions 0.1 ms apart, per axis.
    pub jump: Axes,
    /// If asked for: commanded place and speed, every 0.1 ms.
    pub trace: Option<Vec<(Nanos, Axes, Axes)>>,
    /// X Y Z A B moved while the tip was less than 0.5 mm above the surface.
    pub interlock_broken: bool,
    rest: Axes,
    stroking: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StrokeSeen {
    pub dot: Option<u32>,
    pub begun: Nanos,
    pub ended: Option<Nanos>,
    /// Greatest distance from rest.
    pub travel: f64,
    /// When it was greatest.
    pub deepest: Nanos,
}

impl FakePlant {
    pub fn with_gap(gap: f64) -> Self {
        Self { gap: Some(gap), stiffness: 0.3, ..Self::default() }
    }

    fn surface(&self, t: Nanos) -> Option<f64> {
        let moved =
            self.startle.map_or(0.0, |(from, speed)| t.saturating_sub(from) as f64 * 1e-9 * speed);
        self.gap.map(|gap| gap - moved)
    }

    pub fn surface_at(&self, t: Nanos) -> Option<f64> {
        self.surface(t)
    }

    fn trace(&mut self, to: Nanos, commanded: &dyn Commanded) {
        const STEP: Nanos = MS / 10;
        let Some(trace) = &mut self.trace else { return };
        let mut t = trace.last().map_or(self.at.next_multiple_of(STEP), |(t, ..)| t + STEP);
        while t <= to {
            trace.push((t, commanded.at(t), commanded.speed_at(t)));
            t += STEP;
        }
    }

    fn travel(&self) -> f64 {
        distance(&self.position, &self.rest)
    }
}

impl Plant for FakePlant {
    fn advance(&mut self, to: Nanos, commanded: &dyn Commanded) {
        assert!(to >= self.at, "time runs backwards");
        self.trace(to, commanded);
        let step = MS / 10;
        let mut t = self.at;
        loop {
            let next = (t + step).min(to);
            let position = commanded.at(next);
            for axis in 0..6 {
                let moved = (position[axis] - self.position[axis]).abs();
                if self.at > 0 || t > 0 {
                    self.jump[axis] = self.jump[axis].max(moved);
                    // The command is looked at every 0.1 ms, in which the needle moves 0.05 mm.
                    let near = self.gap.map_or(0.05, |gap| gap - 0.45);
                    let out = position[5] > near && self.position[5] > near;
                    self.interlock_broken |= axis < 5 && moved > 1e-9 && out;
                }
            }
            self.position = position;
            if self.stroking {
                let travel = self.travel();
                let touches = |longer: f64| self.surface(next).is_some_and(|s| travel + longer > s);
                if self.felt.is_none() && self.longer.is_some_and(touches) {
                    self.felt = Some(travel);
                }
                if let Some(stroke) = self.strokes.last_mut()
                    && travel > stroke.travel
                {
                    stroke.travel = travel;
                    stroke.deepest = next;
                }
            }
            if next >= to {
                break;
            }
            t = next;
        }
        self.at = to;
    }

    fn positions(&mut self, t: Nanos) -> Axes {
        assert_eq!(t, self.at, "the plant was not brought to the time it is asked for");
        std::array::from_fn(|axis| self.position[axis] + self.slip[axis])
    }

    fn height(&mut self, t: Nanos) -> Option<f64> {
        assert_eq!(t, self.at);
        self.surface(t)
    }

    fn force(&mut self, t: Nanos) -> f64 {
        let Some(surface) = self.surface(t).filter(|_| self.stroking) else {
            return self.pressing;
        };
        self.pressing + (self.travel() - surface).max(0.0) * self.stiffness
    }

    fn contact(&mut self, t: Nanos) -> bool {
        let probed = self.probe_z.is_some_and(|z| self.position[2] <= z);
        probed || self.force(t) > 0.0
    }

    fn mark_head(&mut self, t: Nanos) {
        self.marked.push(t);
    }

    fn head(&mut self, _: Nanos) -> Option<HeadReading> {
        self.head
    }

    fn felt(&mut self, _: Nanos) -> Option<f64> {
        self.felt
    }

    fn stroke_begins(&mut self, t: Nanos, dot: Option<u32>, rest: Axes) {
        assert!(!self.stroking, "a stroke in a stroke");
        self.felt = None;
        self.stroking = true;
        self.rest = rest;
        self.strokes.push(StrokeSeen { dot, begun: t, deepest: t, ..StrokeSeen::default() });
    }

    fn stroke_ends(&mut self, t: Nanos) -> StrokeReading {
        self.stroking = false;
        let Some(stroke) = self.strokes.last_mut() else {
            return StrokeReading::default();
        };
        stroke.ended = Some(t);
        let depth = stroke.travel - self.gap.unwrap_or(f64::INFINITY);
        StrokeReading {
            contact_travel: self.gap.filter(|_| depth > 0.0),
            felt_travel: self.gap.filter(|_| depth > 0.0),
            bottom_height: self.gap.filter(|_| depth > 0.0).map(|gap| gap + 0.1),
            peak_force: depth.max(0.0) * self.stiffness,
        }
    }
}

pub fn distance(a: &Axes, b: &Axes) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The reference gantry.
pub fn gantry() -> [AxisLimits; 6] {
    [
        AxisLimits::linear([0.0, 400.0]),
        AxisLimits::linear([0.0, 400.0]),
        AxisLimits::linear([0.0, 300.0]),
        AxisLimits::rotary([-60.0, 60.0]),
        AxisLimits::rotary([-60.0, 60.0]),
        AxisLimits::strike([0.0, 10.0]),
    ]
}

/// The machine of the recorded conversations: slow, unhomed, without limits.
pub fn recorded() -> [AxisLimits; 6] {
    [AxisLimits {
        max_rate: 500.0 / 60.0,
        max_accel: 10.0,
        max_jerk: f64::INFINITY,
        travel: [-200.0, 0.0],
    }; 6]
}

pub fn recorded_config(dialect: Dialect) -> FirmwareConfig {
    let mut config = FirmwareConfig::new(dialect, recorded(), false);
    config.homing = false;
    config.homed = false;
    config.soft_limits = false;
    config.start = [0.0; 6];
    config
}

/// An extended device on the reference gantry, standing over the client.
pub fn smp_config(stroke_axis: bool) -> FirmwareConfig {
    let mut config = FirmwareConfig::new(Dialect::GrblHalSmp, gantry(), stroke_axis);
    config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
    config
}

/// A host at the end of a wire, in virtual time.
#[derive(Clone)]
pub struct Host {
    pub world: World<FakePlant>,
    pub now: Nanos,
    buffer: Vec<u8>,
    pub seq: u32,
    pub epoch: u32,
}

impl Host {
    pub fn new(config: FirmwareConfig, plant: FakePlant) -> Self {
        Self::over(config, plant, WireParams::default())
    }

    pub fn over(config: FirmwareConfig, mut plant: FakePlant, wire: WireParams) -> Self {
        plant.position = config.start;
        let world = World::new(Firmware::new(config, 7), plant, wire, 11);
        Self { world, now: 0, buffer: Vec::new(), seq: 0, epoch: 0 }
    }

    /// A device in an open session.
    pub fn in_session(config: FirmwareConfig, plant: FakePlant) -> Self {
        let mut host = Self::new(config, plant);
        host.pass(20 * MS);
        host.lines();
        host.open(0x1234_ABCD);
        host
    }

    pub fn open(&mut self, epoch: u32) {
        self.say(&format!("$SMP={epoch:08X}\n"));
        let lines = self.after(5 * MS);
        assert!(lines[0].starts_with("[SMPS:"), "{lines:?}");
        assert_eq!(lines[1], "ok");
        self.epoch = epoch;
        self.seq = 0;
    }

    pub fn say(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.world.write(self.now, bytes);
    }

    /// The frame of a body with the next number.
    pub fn seal(&self, seq: u32, body: &str) -> String {
        let text = format!("N{seq}E{:08X} {body}", self.epoch);
        let crc = crc32fast::hash(text.as_bytes());
        format!("{text}*{crc:08X}\n")
    }

    /// Sends a body and returns the device's verdict, seal taken off.
    pub fn frame(&mut self, body: &str) -> String {
        let seq = self.seq + 1;
        let frame = self.seal(seq, body);
        self.say(&frame);
        let lines = self.after(MS);
        let verdict = lines.iter().find(|l| l.starts_with("ok ") || l.starts_with("nak "));
        let verdict = verdict.unwrap_or_else(|| panic!("no verdict on {body}: {lines:?}")).clone();
        if verdict == format!("ok N{seq}") {
            self.seq = seq;
        }
        verdict
    }

    /// Lets time pass, event by event.
    pub fn pass(&mut self, time: Nanos) {
        let until = self.now + time;
        while let Some(t) = self.world.next_event() {
            if t > until {
                break;
            }
            self.world.advance(t);
            self.world.read(&mut self.buffer);
        }
        self.world.advance(until);
        self.world.read(&mut self.buffer);
        self.now = until;
    }

    /// Lets time pass and returns the lines that came, seals checked and taken off.
    pub fn after(&mut self, time: Nanos) -> Vec<String> {
        self.pass(time);
        self.lines()
    }

    /// Everything that has come, as it came.
    pub fn raw(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// The lines that have come whole.
    pub fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            let line = String::from_utf8(line).unwrap();
            lines.push(unseal(line.trim_end_matches(['\r', '\n'])));
        }
        lines
    }

    /// A report, asked for and fetched.
    pub fn report(&mut self) -> String {
        self.lines();
        self.say("?");
        let lines = self.after(MS);
        let report = lines.iter().find(|line| line.starts_with('<'));
        report.unwrap_or_else(|| panic!("no report in {lines:?}")).clone()
    }

    pub fn state(&mut self) -> String {
        let report = self.report();
        report[1..report.find('|').unwrap()].to_owned()
    }

    /// Waits until the device says it is idle.
    pub fn idle(&mut self) {
        for _ in 0..2_000 {
            if self.state() == "Idle" {
                return;
            }
            self.pass(2 * MS);
        }
        panic!("never idle: {}", self.report());
    }

    pub fn plant(&mut self) -> &mut FakePlant {
        self.world.plant()
    }
}

/// Checks and removes `*<crc>`, if there is one.
fn unseal(line: &str) -> String {
    let hex = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match line.rsplit_once('*').filter(|(_, crc)| hex(crc)) {
        None => line.to_owned(),
        Some((text, crc)) => {
            assert_eq!(crc, format!("{:08X}", crc32fast::hash(text.as_bytes())), "{line}");
            text.to_owned()
        }
    }
}

/// One field of a report.
pub fn field<'a>(report: &'a str, name: &str) -> Option<&'a str> {
    let inner = report.trim_start_matches('<').trim_end_matches('>');
    inner.split('|').find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))
}
