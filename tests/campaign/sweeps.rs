//! One fault at every so-manieth instant of a job; `smp campaign --sweep` has them all.

use crate::{broken, of_ours, played};
use smp::campaign::{Case, Sweep};

/// Every so-manieth case of a sweep in a test: a number that shares no factor with the reports' five milliseconds.
const EACH: usize = 37;

fn swept(sweep: Sweep) {
    let job_s = played(&Sweep::undisturbed()).unwrap().seconds;
    let cases: Vec<Case> = sweep.cases(job_s).into_iter().step_by(EACH).collect();
    assert!(cases.len() > 40, "{} cases", cases.len());
    let bad = broken(&cases, played);
    let ours = of_ours(&bad);
    assert!(ours.is_empty(), "{ours:#?}");
    assert!(bad.len() <= 1, "{bad:#?}");
}

#[test]
fn the_device_may_be_reset_at_any_moment() {
    swept(Sweep::Reset);
}

#[test]
fn the_device_s_power_may_fail_at_any_moment() {
    swept(Sweep::Power);
}

#[test]
fn the_host_may_be_killed_at_any_moment() {
    swept(Sweep::Kill);
}
