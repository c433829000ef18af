//! Stray bytes on the wire of a whole run with the real core: it ends well or stops for a reason, and never strikes a
//! dot twice.

use crate::bench::{Bench, Zone, design_of};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use smp::device::Mode;
use smp::drive::rehearsal::Tap;
use smp::stream::Outcome;
use std::collections::BTreeMap;

const RUNS: u64 = 200;
const SPOT: Zone = Zone { s: [0.52, 0.57], t: 0.04, density_per_cm2: 8.0 };

/// Inserts one byte in what the host says.
struct Stray {
    /// Bytes before it.
    left: usize,
    byte: Option<u8>,
}

impl Tap for Stray {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        if self.left < bytes.len()
            && let Some(byte) = self.byte.take()
        {
            out.insert(self.left, byte);
        }
        self.left = self.left.saturating_sub(bytes.len());
        out
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }
}

#[test]
fn a_run_with_a_stray_byte_finishes_or_stops_for_a_reason() {
    let bench = Bench::new("gantry6", &design_of(&[SPOT]));
    let dots = bench.program.dots().len();
    assert!((8..40).contains(&dots), "{dots} dots");
    let (mut rng, mut ends) = (Pcg32::seed_from_u64(11), BTreeMap::<String, u32>::new());
    for _ in 0..RUNS {
        // A dot takes some 130 bytes on the wire, bring-up some 250.
        let left = rng.random_range(0..250 + 130 * dots);
        let byte: u8 = rng.random();
        let ran = bench.run(&[], Mode::Follow, Some(Box::new(Stray { left, byte: Some(byte) })));
        let what = format!("{byte:#04x} behind {left} bytes: {:?} {:?}", ran.outcome, ran.fault);
        let figures = &ran.figures;
        assert_eq!((figures.double_strikes, figures.stray_strikes), (0, 0), "{what}");
        assert_eq!((figures.collisions, figures.over_ceiling), (0, 0), "{what}");
        let end = match (ran.outcome, ran.fault) {
            (Outcome::Finished, _) => {
                assert_eq!(figures.dots_struck, dots, "{what}");
                "finished".to_owned()
            }
            (_, Some(fault)) => format!("{fault:?}"),
            (outcome, None) => panic!("{outcome:?} without a reason: {what}"),
        };
        *ends.entry(end).or_default() += 1;
    }
    println!("{dots} dots: {ends:?}");
    assert!(ends["finished"] > RUNS as u32 / 4, "{ends:?}");
}
