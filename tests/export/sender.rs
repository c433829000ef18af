//! The exported program sent as any sender would: line by line to the simulated grblHAL, which knows nothing of plans.

use crate::arm::distance;
use crate::phantom::{Exported, MACHINES, exported};
use crate::place::repository;
use smp_sim::plant::{HeadMesh, PlantImpl};
use smp_sim::{Scenario, Truth, World};

/// A phantom that stays where it is, and a device without an extension.
const BENCH: &str = r#"
base = "still"
name = "bench"
about = "a phantom under a plain grblHAL"
[firmware]
dialect = "grblhal"
"#;
/// What the simulated gantry's drives and the skin's own relief leave, mm.
const ASIDE_MM: f64 = 0.05;
const DEEP_MM: f64 = 0.05;

/// A device with somebody who sends it lines, each when the one before is answered.
struct Sender {
    world: World<PlantImpl>,
    heard: Vec<u8>,
}

impl Sender {
    fn new(machine: &str) -> Self {
        let scenario = Scenario::parse("bench", BENCH, None).unwrap();
        let head = HeadMesh::load_dir(&repository("configs/scalps/pydeface_mean")).unwrap();
        let machine = scenario.true_machine_named(machine).unwrap();
        let world = World::of(&scenario, &head, &machine, 1);
        Self { world, heard: Vec::new() }
    }

    /// Sends a line; its answer.
    fn send(&mut self, line: &str) -> String {
        self.world.write(self.world.now(), format!("{line}\n").as_bytes());
        loop {
            self.world.read(&mut self.heard);
            while let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let said: Vec<u8> = self.heard.drain(..=end).collect();
                let said = String::from_utf8(said).unwrap();
                if ["ok", "error", "ALARM"].iter().any(|answer| said.starts_with(answer)) {
                    return said.trim_end().to_owned();
                }
            }
            let next = self.world.next_event().expect("no answer, and nothing that will happen");
            self.world.advance(next.max(self.world.now()));
        }
    }

    fn well(&mut self, line: &str) {
        let answer = self.send(line);
        assert_eq!(answer, "ok", "{line}");
    }

    /// The program from a homed machine to its end.
    fn run(mut self, gcode: &str) -> Truth {
        ["$X", "$H"].iter().for_each(|line| self.well(line));
        gcode.lines().for_each(|line| self.well(line));
        self.world.into_plant().truth()
    }
}

#[test]
fn a_simulated_grblhal_strikes_every_dot_once_from_the_exported_lines_alone() {
    for machine in MACHINES {
        let Exported { gcode, dots } = exported(machine);
        let Truth { strikes, collisions } = Sender::new(machine).run(gcode);
        assert_eq!((strikes.len(), collisions.len()), (dots.len(), 0), "{machine}");
        let (mut aside_mm, mut deep_mm) = (0.0_f64, 0.0_f64);
        for (strike, dot) in strikes.iter().zip(dots) {
            aside_mm = aside_mm.max(distance(strike.scan_point, dot.place));
            deep_mm = deep_mm.max((strike.penetration - dot.target_mm).abs());
        }
        println!("{machine}: at most {aside_mm:.4} mm aside, depth {deep_mm:.4} mm off");
        assert!(aside_mm < ASIDE_MM && deep_mm < DEEP_MM, "{machine}: {aside_mm}, {deep_mm}");
    }
}
