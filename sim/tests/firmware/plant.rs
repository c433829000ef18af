//! The firmware on the real plant: the needle finds the skin of a whole world.

use std::path::Path;

use smp_sim::{
    Scenario, World,
    contract::{MS, Nanos},
    plant::{HeadMesh, PlantImpl},
};

struct Bench {
    world: World<PlantImpl>,
    now: Nanos,
    seq: u32,
    bytes: Vec<u8>,
}

impl Bench {
    fn new(machine: &str) -> Self {
        let scenario = Scenario::named("still").unwrap();
        let head = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/scalps/pydeface_mean");
        let head = HeadMesh::load_dir(Path::new(head)).unwrap();
        let machine = scenario.true_machine_named(machine).unwrap();
        let world = World::of(&scenario, &head, &machine, 3);
        let mut bench = Self { world, now: 0, seq: 0, bytes: Vec::new() };
        bench.after(50);
        bench.world.write(bench.now, b"$SMP=00000001\n");
        assert!(bench.after(30).contains("[SMPS:00000001,"));
        bench
    }

    fn after(&mut self, ms: u64) -> String {
        let until = self.now + ms * MS;
        self.bytes.clear();
        while let Some(t) = self.world.next_event().filter(|t| *t <= until) {
            self.world.advance(t);
            self.world.read(&mut self.bytes);
        }
        self.world.advance(until);
        self.now = until;
        self.world.read(&mut self.bytes);
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn frame(&mut self, body: &str) -> String {
        let text = format!("N{}E00000001 {body}", self.seq + 1);
        let crc = crc32fast::hash(text.as_bytes());
        self.world.write(self.now, format!("{text}*{crc:08X}\n").as_bytes());
        let answer = self.after(20);
        self.seq += u32::from(answer.contains(&format!("ok N{}", self.seq + 1)));
        answer
    }

    /// A field of a fresh report, once the device is idle.
    fn idle(&mut self, name: &str) -> String {
        for _ in 0..2_000 {
            self.world.write(self.now, b"?");
            let heard = self.after(10);
            let report = heard.lines().rev().find(|line| line.starts_with("<Idle"));
            if let Some(report) = report {
                let field = report.split('|').find_map(|part| part.strip_prefix(name));
                return field.unwrap_or_default().to_owned();
            }
        }
        panic!("never idle");
    }
}

#[test]
fn a_dot_is_struck_on_either_machine() {
    for machine in ["gantry6", "gantry5"] {
        let mut bench = Bench::new(machine);
        assert!(bench.frame("G53G0X0.000Y0.000").contains("ok N1"));
        bench.idle("SH:");
        // Down over the crown until the height sensor sees the skin 2 mm away.
        let mut z = 399.0;
        let mut height = f64::NAN;
        for _ in 0..400 {
            height = bench.idle("SH:").parse().unwrap_or(f64::NAN);
            if height < 3.0 {
                break;
            }
            z -= if height < 6.0 { height - 2.0 } else { 1.0 };
            assert!(bench.frame(&format!("G53G0Z{z:.3}")).contains("ok N"));
        }
        assert!((1.5..3.0).contains(&height), "{machine}: {height}");
        let [height, z] = [height, z].map(|mm| (mm * 1e3).round());
        let travel = height + 1_900.0;
        let strike = format!("D41 X0 Y0 Z{z} A0 B0 H{height} T{travel} V300 W10");
        let heard = bench.frame(&strike) + &bench.after(300);
        assert!(heard.contains("[D:41,0,"), "{machine}: {heard}");
        let now = bench.now;
        assert_eq!(bench.world.now(), now);
        let truth = bench.world.plant().truth();
        assert_eq!(truth.strikes.len(), 1, "{machine}");
        assert_eq!(truth.strikes[0].dot, Some(41));
        assert!((1.0..2.2).contains(&truth.strikes[0].tip_travel), "{:?}", truth.strikes[0]);
    }
}
