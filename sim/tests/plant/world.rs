//! The plant under the real firmware: a host that hovers by the height sensor and strikes.

use crate::support::{bundled_head, hover_over, on_top};
use smp_sim::contract::{MS, Nanos, Plant};
use smp_sim::plant::{PlantImpl, TrueMachine};
use smp_sim::truth::Truth;
use smp_sim::{Scenario, World};

/// A crude host: no pipelining, no retries, no depth loop.
struct Host {
    world: World<PlantImpl>,
    now: Nanos,
    seq: u32,
    buffer: Vec<u8>,
}

impl Host {
    fn open(scenario: &Scenario, machine: &TrueMachine, seed: u64) -> Self {
        let world = World::of(scenario, &bundled_head(), machine, seed);
        let mut host = Self { world, now: 0, seq: 0, buffer: Vec::new() };
        host.pass(50 * MS);
        host.world.write(host.now, b"$SMP=0000BEEF\n");
        host.pass(50 * MS);
        host.buffer.clear();
        host
    }

    fn pass(&mut self, time: Nanos) {
        let until = self.now + time;
        while let Some(t) = self.world.next_event().filter(|t| *t <= until) {
            self.world.advance(t);
            self.world.read(&mut self.buffer);
        }
        self.world.advance(until);
        self.world.read(&mut self.buffer);
        self.now = until;
    }

    /// Sends a body and waits until the device is idle again; returns what it said meanwhile, or
    /// `None` when it saw another gap to the skin than the host.
    fn frame(&mut self, body: &str) -> Option<String> {
        self.seq += 1;
        let text = format!("N{}E0000BEEF {body}", self.seq);
        let line = format!("{text}*{:08X}\n", crc32fast::hash(text.as_bytes()));
        self.buffer.clear();
        self.world.write(self.now, line.as_bytes());
        let mut said = String::new();
        for _ in 0..2000 {
            self.pass(10 * MS);
            let mark = self.buffer.len();
            self.world.write(self.now, b"?");
            self.pass(10 * MS);
            said = String::from_utf8_lossy(&self.buffer).into_owned();
            if said.contains("nak")
                || String::from_utf8_lossy(&self.buffer[mark..]).contains("<Idle")
            {
                break;
            }
        }
        if said.contains("gap*") {
            // Refused, and the number not used up.
            self.seq -= 1;
            return None;
        }
        assert!(said.contains(&format!("ok N{}*", self.seq)), "{body}: {said}");
        Some(said)
    }

    fn go(&mut self, axes: [f64; 6]) {
        let [x, y, z, a, b, _] = axes;
        self.frame(&format!("G53G0X{x:.3}Y{y:.3}Z{z:.3}A{a:.3}B{b:.3}"));
        self.pass(10 * MS);
    }

    fn height(&mut self) -> f64 {
        loop {
            let now = self.now;
            if let Some(height) = self.world.plant().height(now) {
                return height;
            }
            self.pass(MS);
        }
    }
}

/// Strikes a row of dots at 1.4 mm, each 1.82 mm below what the height sensor says.
fn session(scenario: &Scenario, machine: &TrueMachine, dots: u32, seed: u64) -> (Truth, f64) {
    let mut host = Host::open(scenario, machine, seed);
    for dot in 0..dots {
        let (p, n) = on_top(f64::from(dot % 10) * 1.4 - 7.0, f64::from(dot / 10) * 1.4 + 15.0);
        host.go(hover_over(machine, p, n, 6.0));
        let axes = hover_over(machine, p, n, 8.0 - host.height());
        host.go(axes);
        let [x, y, z, a, b, _] = axes.map(|v| (v * 1000.0).round() as i64);
        let said = loop {
            let height = host.height();
            let (h, t) = ((height * 1e3).round() as i64, ((height + 1.82) * 1e3).round() as i64);
            let body = format!("D{dot} X{x} Y{y} Z{z} A{a} B{b} H{h} T{t} V300 W10");
            if let Some(said) = host.frame(&body) {
                break said;
            }
        };
        assert!(said.contains(&format!("[D:{dot},0,")), "{said}");
    }
    host.pass(100 * MS);
    let seconds = host.now as f64 * 1e-9;
    (host.world.plant().truth(), seconds)
}

#[test]
fn strikes_commanded_by_frames_are_in_the_truth_once_and_by_number() {
    let scenario = Scenario::named("still").unwrap();
    for name in ["gantry6", "gantry5"] {
        let machine = scenario.true_machine_named(name).unwrap();
        let (truth, _) = session(&scenario, &machine, 20, 1);
        let dots: Vec<_> = truth.strikes.iter().map(|s| s.dot).collect();
        assert_eq!(dots, (0..20).map(Some).collect::<Vec<_>>(), "{name}");
        assert!(truth.collisions.is_empty(), "{name}: {:?}", truth.collisions);
        for s in &truth.strikes {
            let along = s.tip_travel / s.tilt.to_radians().cos();
            assert!((along - 1.82).abs() < 0.005, "{name}: {along}");
        }
    }
}

#[test]
fn nominal_strikes_scatter_but_stay_near_the_target() {
    let scenario = Scenario::named("nominal").unwrap();
    let mut quiet = scenario.clone();
    // The host above cannot send again what the wire loses.
    quiet.wire.loss = 0.0;
    let machine = quiet.true_machine().unwrap();
    let (truth, _) = session(&quiet, &machine, 100, 3);
    assert_eq!(truth.strikes.len(), 100);
    let depths: Vec<f64> = truth.strikes.iter().map(|s| s.penetration).collect();
    let mean = depths.iter().sum::<f64>() / 100.0;
    let sigma = (depths.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 99.0).sqrt();
    println!("crude host, nominal: penetration {mean:.3} mm, sigma {sigma:.3} mm");
    assert!((1.4..2.0).contains(&mean) && (0.03..0.25).contains(&sigma), "{mean} {sigma}");
    assert!(truth.strikes.iter().all(|s| s.tilt < 8.0 && s.lateral_drag < 0.5));
}
