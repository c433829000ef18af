//! Seeds, and what the campaign promises of itself.

use crate::{broken, of_ours, played, stage};
use smp::campaign::{Case, Fault, Kind, Plain, play, shrink};

/// Seeds of a commit. The facts ask for 1,000; in a development build that is some minutes, so these are the first, and
/// `smp campaign` has the others.
const SEEDS: u64 = 150;

#[test]
fn no_dot_twice_none_lost_none_uncalled_for_and_every_job_ends() {
    let cases: Vec<Case> = (1..=SEEDS).map(|seed| Case::draw(seed, stage().machines())).collect();
    let bad = broken(&cases, played);
    let ours = of_ours(&bad);
    assert!(ours.is_empty(), "{ours:#?}");
    // Measured: 3 of 150 on this coarse head.
    assert!(bad.len() <= cases.len() / 30, "{bad:#?}");
}

#[test]
fn one_seed_is_one_run_byte_for_byte() {
    for seed in [3, 11, 42] {
        let case = Case::draw(seed, stage().machines());
        let once = play(&case, stage(), false).unwrap();
        let again = play(&case, stage(), true).unwrap();
        assert_eq!(once.fingerprint, again.fingerprint, "seed {seed}");
        assert!(!again.story.is_empty());
        let other = play(&Case::draw(seed + 1, stage().machines()), stage(), false).unwrap();
        assert_ne!(once.fingerprint, other.fingerprint);
    }
}

/// A ledger that lost records it had acknowledged looks to the oracle as what it is, and what does not matter for that is
/// left out of the case.
#[test]
fn a_failing_case_is_made_as_small_as_it_can_be() {
    let plain = |kind, after_strikes| Fault {
        kind: Kind::Plain(kind),
        after_strikes,
        phase_ms: 10.0,
        seed: 7,
    };
    let mut case = Case::draw(5, stage().machines());
    (case.machine, case.world, case.counter_survives) = (0, "still", true);
    // Without the stop, a needle longer than said in a head that comes at the tool is too deep.
    case.depth_stop = false;
    case.faults = vec![
        plain(Plain::OperatorPause, 2),
        plain(Plain::HeadStartle, 4),
        plain(Plain::WireDelays, 6),
        plain(Plain::HostStall, 8),
    ];
    let seeds = 0..200u64;
    let found = seeds
        .map(|seed| {
            let mut case = case.clone();
            case.faults[1].seed = seed;
            case
        })
        .find(|case| !played(case).unwrap().violations.is_empty());
    let found = found.expect("a startle that no software bounds");
    let small = shrink(&found, stage()).unwrap();
    assert!(!small.violations.is_empty());
    assert_eq!(small.case.faults.len(), 1, "{:?}", small.case.faults);
    assert_eq!(small.case.faults[0].kind, Kind::Plain(Plain::HeadStartle));
}
