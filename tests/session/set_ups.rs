//! What cannot be reached as the head lies is planned for a client who has turned, and nothing is forgotten.

use crate::bench::gantry6;
use crate::plans::LIGHT;
use smp::design::Design;
use smp::plan::{Effort, Reason, divide, elsewhere, site};
use smp::record::proving::{Desk, Task};
use std::collections::BTreeMap;

/// All of the hair-bearing head, down to the ears.
const DESIGN: &str = r#"
schema = 1
name = "head"
[[zone]]
name = "all"
density_per_cm2 = 4
outline = [[0.12, -0.7], [0.12, 0.7], [0.9, 0.7], [0.9, -0.7]]
"#;

#[test]
fn every_dot_is_struck_in_one_set_up_or_told_with_its_reason() {
    let surface = LIGHT.surface();
    let design = Design::parse(DESIGN, "head.toml", &mut |_| unreachable!()).unwrap();
    let placement = site::place(&design, &surface);
    let all = placement.sites.len();
    let set_ups = divide(placement.sites.clone(), &surface, &gantry6(), 4);
    assert!(set_ups.len() > 1, "all {all} dots are reached as the head lies");
    assert_eq!(set_ups.iter().map(|set_up| set_up.sites.len()).sum::<usize>(), all);
    let mut struck: BTreeMap<u32, usize> = BTreeMap::new();
    for (number, set_up) in (1..).zip(&set_ups) {
        let task = Task {
            design: &design,
            scalp: "head",
            machine: &set_up.machine,
            effort: Effort { kicks_per_dot: 0.0 },
            elsewhere: &elsewhere(&set_ups, number),
            course: None,
        };
        let mut placement = placement.clone();
        placement.sites.clone_from(&set_up.sites);
        let plan = task.proved(&mut Desk::on(&surface), placement, &mut |_| {}).unwrap();
        let (dots, rejected) = (plan.program.dots(), &plan.file.rejected);
        println!("set-up {number}: {:?}, {} dots", set_up.machine.turned_deg(), dots.len());
        assert_eq!(dots.len() + rejected.len(), all, "set-up {number}");
        dots.iter().for_each(|dot| *struck.entry(dot.dot.0).or_default() += 1);
        let told = rejected.iter().filter(|r| !matches!(r.reason, Reason::SetUp { .. }));
        told.for_each(|r| *struck.entry(r.dot.0).or_default() += 1);
    }
    assert_eq!(struck.len(), all);
    assert!(struck.values().all(|&times| times == 1), "a dot of two set-ups");
}
