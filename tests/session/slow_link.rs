//! A link that is too slow is named, and nothing is struck over it on old readings.

use crate::bench::{Bench, Zone, design_of};
use smp::device::Mode;
use smp::stream::Fault;

const SPOT: Zone = Zone { s: [0.53, 0.59], t: 0.03, density_per_cm2: 20.0 };

#[test]
fn a_link_too_slow_for_fresh_readings_is_told_as_such() {
    let bench = Bench::new("gantry6", &design_of(&[SPOT]));
    let wire = "baud = 0                 # bit/s; 0 = no limit\nlatency_ms = ";
    let ran = bench.run(&[(&format!("{wire}0.0"), &format!("{wire}12.0"))], Mode::Follow, None);
    let Some(Fault::LinkSlow { age_ms }) = ran.fault else { panic!("{:?}", ran.fault) };
    assert!((20.0..60.0).contains(&age_ms), "{age_ms}");
    assert_eq!(ran.figures.strikes, 0);
}
