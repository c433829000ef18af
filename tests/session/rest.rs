//! A design that asks for a rest between neighbours: by the truth, none is struck before it is over.

use crate::bench::{Bench, Zone, design_of};
use smp::design::Rest;
use smp::device::Mode;
use smp::plan::PlannedDot;
use smp::stream::Outcome;
use std::collections::BTreeMap;

const CROWN: Zone = Zone { s: [0.45, 0.6], t: 0.2, density_per_cm2: 20.0 };
const REST: Rest = Rest { seconds: 10.0, within_mm: 2.5 };

/// The least rest of neighbours, from one's end to the other's beginning, and how many pairs there are.
fn least_rest(dots: &[PlannedDot], strokes_ns: &BTreeMap<u32, [u64; 2]>) -> (f64, usize) {
    let (mut least_s, mut pairs) = (f64::INFINITY, 0);
    for (i, a) in dots.iter().enumerate() {
        let near = |b: &&PlannedDot| a.position.distance(&b.position) <= REST.within_mm;
        for b in dots[..i].iter().filter(near) {
            let [a, b] = [a, b].map(|dot| strokes_ns[&dot.dot.0]);
            let rest_ns = a[0].max(b[0]) - a[1].min(b[1]);
            least_s = least_s.min(rest_ns as f64 * 1e-9);
            pairs += 1;
        }
    }
    (least_s, pairs)
}

/// The least rest by the plan and by the truth, and how many dots were struck.
fn rehearsed(design: &str) -> (f64, f64, usize) {
    let bench = Bench::new("gantry6", design);
    let ran = bench.run(&[], Mode::Follow, None);
    assert_eq!((ran.outcome, ran.fault), (Outcome::Finished, None));
    // Touches that look for the skin are of no dot.
    let of_dots = ran.strikes.iter().filter_map(|s| Some((s.dot?, [s.t_entry_ns, s.t_exit_ns])));
    let struck: BTreeMap<u32, [u64; 2]> = of_dots.collect();
    let planned_s = bench.planned_rest_s(REST).unwrap();
    let (true_s, pairs) = least_rest(bench.program.dots(), &struck);
    println!("{} dots, {pairs} pairs rest {planned_s:.2} s, {true_s:.2} s", struck.len());
    (planned_s, true_s, struck.len())
}

#[test]
fn no_dot_is_struck_before_its_neighbours_have_rested() {
    let plain = design_of(&[CROWN]);
    let (_, true_s, all) = rehearsed(&plain);
    assert!(all > 200 && true_s < 1.0, "{all} dots rest {true_s} s, unasked");
    let Rest { seconds, within_mm } = REST;
    let asked = format!("{plain}[rest]\nseconds = {seconds:?}\nwithin_mm = {within_mm:?}\n");
    let (planned_s, true_s, struck) = rehearsed(&asked);
    assert_eq!(struck, all);
    assert!(seconds <= planned_s && planned_s <= true_s, "{planned_s} s, {true_s} s");
}
