//! Exactly once, as a model: ledger, link and device with everything that can go wrong between them, checked
//! exhaustively. What a host makes of an earlier run's ledger and the device's memory is the real code
//! (`stream::Job::settle`); the rest of the protocol stands here once more, as small as it can be told.

mod device;
mod host;
mod policy;
mod world;

use policy::Policy;
use stateright::{Checker, HasDiscoveries, Model};
use world::{Budget, Exact};

/// Few enough to be looked at in all orders, many enough for every trap known.
const BUDGET: Budget = Budget { crashes: 2, resets: 1, drops: 1, repeats: 1 };

fn checked(policy: Policy, survives: bool) -> impl Checker<Exact> {
    let model = Exact { policy, survives, budget: BUDGET };
    let checker =
        model.checker().threads(2).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    eprintln!("{policy:?}, counter survives: {survives}: {} states", checker.unique_state_count());
    checker
}

#[test]
fn no_dot_is_struck_twice_and_none_is_lost_whatever_crashes_resets_is_dropped_or_repeated() {
    checked(Policy::Ours, true).assert_properties();
}

#[test]
fn with_a_counter_that_forgets_a_reset_makes_dots_uncertain_and_none_is_struck_twice() {
    checked(Policy::Ours, false).assert_properties();
}

#[test]
fn each_policy_known_to_be_bad_is_found_out() {
    for policy in Policy::BAD {
        let checker = checked(policy, true);
        let broken: Vec<_> = checker
            .discoveries()
            .into_iter()
            .filter(|(name, _)| *name != world::FINISHED)
            .collect();
        assert!(!broken.is_empty(), "{policy:?} breaks nothing");
        for (name, path) in broken {
            eprintln!("{policy:?}: not \"{name}\" after {} steps", path.into_actions().len());
        }
    }
}
