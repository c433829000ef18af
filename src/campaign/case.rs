//! A case: a job on a head under a machine in a world, and what befalls it. All of it is drawn from one number.

use super::kind::{Kind, Plain};
use super::sensors::SENSOR_FAULTS;
use super::stage::{DOTS, HEADS, PLACES};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use serde::Serialize;
use std::fmt::Write;

/// Worlds, the common ones more often.
const WORLDS: [&str; 6] = ["nominal", "nominal", "quiet", "still", "fidgets", "restless"];
/// Faults of a case, at most.
const FAULTS_MAX: usize = 8;
/// A fault that waits for no strike comes within this time after the start, ms.
const EARLY_MS: f64 = 2_000.0;
/// A fault that waits for one comes within this time after the needle has gone in: more than a dot takes.
const PHASE_MS: f64 = 200.0;

/// One fault: what, when, and how it turns out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// After so many strikes of the whole job.
    pub after_strikes: u32,
    /// And this much later, ms.
    pub phase_ms: f64,
    /// How bad it is, and everything else about it.
    pub seed: u64,
}

impl Fault {
    /// Draws what is left to chance about it.
    pub fn random(&self) -> Pcg64 {
        Pcg64::seed_from_u64(self.seed)
    }
}

/// Everything about one case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// Where it was drawn from; also the seed of its world.
    pub seed: u64,
    /// Which head, which place on it, which machine.
    pub head: usize,
    /// See above.
    pub place: usize,
    /// See above.
    pub machine: usize,
    /// The scenario that its world is made of.
    pub world: &'static str,
    /// Whether the device's strike counter survives a power cut.
    pub counter_survives: bool,
    /// Whether opening the port resets the device, as boards with an auto-reset circuit do.
    pub reset_on_open: bool,
    /// The wire's delay, ms.
    pub latency_ms: f64,
    /// Whether the machine has its depth stop.
    pub depth_stop: bool,
    /// Whether the device keeps its cage, which it says in any case.
    pub cage: bool,
    /// What befalls it.
    pub faults: Vec<Fault>,
}

impl Case {
    /// Draws the case of a seed.
    pub fn draw(seed: u64, machines: usize) -> Self {
        let mut random = Pcg64::seed_from_u64(seed);
        let count = random.random_range(1..=FAULTS_MAX);
        // Most jobs on the six-axis machine, which is the quicker one.
        let machine =
            if random.random_range(0..4) == 0 { random.random_range(0..machines) } else { 0 };
        Self {
            seed,
            head: random.random_range(0..HEADS),
            place: random.random_range(0..PLACES),
            machine,
            world: WORLDS[random.random_range(0..WORLDS.len())],
            counter_survives: random.random_range(0..3) > 0,
            reset_on_open: random.random_range(0..8) == 0,
            latency_ms: random.random_range(0.2..5.0),
            depth_stop: true,
            cage: true,
            faults: (0..count).map(|_| fault(Kind::draw(&mut random), &mut random)).collect(),
        }
    }

    /// Its world as the text of a scenario file.
    pub fn scenario(&self, machine: &str) -> String {
        let Self { world, counter_survives, reset_on_open, latency_ms, depth_stop, .. } = self;
        let counter = if *counter_survives { "NV" } else { "RAM" };
        // The place of a strike is judged dot by dot: the head lies where the job was planned for.
        let mut text = format!(
            "base = {world:?}\nname = \"campaign\"\nabout = \"seed {}\"\n\
             [head]\nregistration_rms_mm = 0.0\nregistration_rms_deg = 0.0\n\
             [wire]\nlatency_ms = {latency_ms}\n\
             [firmware]\ncounter = {counter:?}\nreset_on_open = {reset_on_open}\n\
             [machine]\nname = {machine:?}\ndepth_stop = {depth_stop}\n",
            self.seed
        );
        if !self.cage {
            text = text.replace("[machine]", "unkept = [\"CAGE\"]\n[machine]");
        }
        for fault in &self.faults {
            text += &fault.scenario();
        }
        text
    }
}

impl Fault {
    /// What the world has to know of it beforehand.
    fn scenario(&self) -> String {
        let mut text = String::new();
        let mut random = self.random();
        let after = self.after_strikes.max(1);
        // Writing to a String cannot fail.
        let _ = match self.kind {
            Kind::Sensor(index) => {
                let turn = random.random_range(0..2);
                write!(text, "{}", SENSOR_FAULTS[index].scenario(after, self.phase_ms, turn))
            }
            Kind::Plain(Plain::HeadStartle) => startle(&mut text, after, &mut random),
            Kind::Plain(Plain::HeadFidget) => fidget(&mut text, after, &mut random),
            Kind::Plain(Plain::HeadTurn) => turn(&mut text, after, &mut random),
            Kind::Plain(Plain::NeedleSwap | Plain::NeedleSwapUntold) => {
                swap(&mut text, after, &mut random)
            }
            Kind::Plain(_) => Ok(()),
        };
        text
    }
}

/// "Startle/flinch": 15 mm (5 to 30) in 150 ms (80 to 300) (facts, section D).
fn startle(text: &mut String, after: u32, random: &mut impl Rng) -> std::fmt::Result {
    let (size, ms) = (random.random_range(5.0..30.0), random.random_range(80.0..300.0));
    let delay_ms = random.random_range(0.0..40.0);
    let direction = if random.random_bool(0.5) { "any" } else { "at_tool" };
    writeln!(
        text,
        "[[motion.event]]\nname = \"startle\"\nkind = \"startle\"\ndirection = {direction:?}\n\
         every_strikes = {after}\ndelay_low_ms = {delay_ms}\ndelay_high_ms = {}\n\
         size_low_mm = {size}\nsize_high_mm = {size}\n\
         duration_low_ms = {ms}\nduration_high_ms = {ms}\nreturn_ratio = 1.0\nreturn_after_s = 0.5",
        delay_ms + 1.0
    )
}

/// "Fidget/swallow events": 1 to 6 mm, 10 to 86 mm/s.
fn fidget(text: &mut String, after: u32, random: &mut impl Rng) -> std::fmt::Result {
    let (size, peak) = (random.random_range(1.0..6.0), random.random_range(10.0..86.0));
    writeln!(
        text,
        "[[motion.event]]\nname = \"fidget\"\nkind = \"fidget\"\nevery_strikes = {after}\n\
         delay_low_ms = 0.0\ndelay_high_ms = 150.0\nsize_low_mm = {size}\nsize_high_mm = {size}\n\
         peak_low_mm_per_s = {peak}\npeak_high_mm_per_s = {peak}\nreturn_ratio = 0.5\n\
         return_after_s = 1.0"
    )
}

/// A head that turns by some degrees and stays there: as far as drift goes within minutes (section D).
fn turn(text: &mut String, after: u32, random: &mut impl Rng) -> std::fmt::Result {
    let (degrees, peak) = (random.random_range(0.3..2.0), random.random_range(5.0..30.0));
    writeln!(
        text,
        "[[motion.event]]\nname = \"turn\"\nkind = \"turn\"\nevery_strikes = {after}\n\
         delay_low_ms = 0.0\ndelay_high_ms = 150.0\nturn_low_deg = {degrees}\nturn_high_deg = {degrees}\n\
         peak_low_deg_per_s = {peak}\npeak_high_deg_per_s = {peak}\nreturn_ratio = 0.0\n\
         return_after_s = 1.0"
    )
}

/// "Needle-length/wobble error after cartridge swap": 0.05 mm, one sigma (0.02 to 0.25).
fn swap(text: &mut String, after: u32, random: &mut impl Rng) -> std::fmt::Result {
    let longer = random.random_range(-0.25..0.25);
    let wobble = random.random_range(0.02..0.1);
    writeln!(
        text,
        "[[needle.swap]]\nafter_strikes = {after}\nlength_error_mm = {longer}\nwobble_mm = {wobble}"
    )
}

fn fault(kind: Kind, random: &mut impl Rng) -> Fault {
    let after_strikes = random.random_range(0..DOTS as u32);
    let phase_ms = random.random_range(0.0..if after_strikes == 0 { EARLY_MS } else { PHASE_MS });
    Fault { kind, after_strikes, phase_ms, seed: random.random() }
}
