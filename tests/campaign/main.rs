//! The fault campaign as tests: seeds that keep every promise, sweeps over one job, two layers that each hold alone, and
//! the campaign's own eyes. Hazards: H1, H2, H5 to H8, H10, H12 to H18, H26, H27, H40, H44.
//!
//! `smp campaign --seeds 10000` is the whole of it (`docs/campaign.md`); here are as many as a commit can wait for.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod layers;
mod seeds;
mod sweeps;

#[path = "../support/place.rs"]
mod place;

use place::repository;
use smp::campaign::{CampaignError, Case, Stage, Verdict, Violation, play};
use smp::machine::Profile;
use smp::scalp::{Landmarks, MeshFormat, read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The shipped machines on a light head and others made of it.
fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let head = repository("tests/data/heads/colin27");
        let scan =
            read(&std::fs::read(head.join("mesh_5k.obj")).unwrap(), MeshFormat::Obj).unwrap();
        let marks = std::fs::read_to_string(head.join("landmarks.json")).unwrap();
        let marks = Landmarks::parse(&marks, "landmarks.json").unwrap();
        let machine = |name: &str| {
            let path = repository(&format!("configs/machines/{name}.toml"));
            Profile::parse(&std::fs::read_to_string(path).unwrap(), name).unwrap()
        };
        Stage::new(scan, marks, vec![machine("gantry6"), machine("gantry5")])
    })
}

/// Plays cases two at a time; what was broken, with the seed that shows it.
fn broken(
    cases: &[Case],
    play: impl Fn(&Case) -> Result<Verdict, CampaignError> + Sync,
) -> Vec<(Case, Vec<Violation>)> {
    let next = AtomicUsize::new(0);
    let work = || -> Vec<(Case, Vec<Violation>)> {
        let cases = std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed)));
        cases
            .map(|case| (case.clone(), play(case).unwrap().violations))
            .filter(|(_, violations)| !violations.is_empty())
            .collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

/// Where a head comes onto a needle by itself, place and depth have bounds in physics, not in software: those few are
/// counted, with their causes, in docs/campaign.md.
fn of_ours(bad: &[(Case, Vec<Violation>)]) -> Vec<&(Case, Vec<Violation>)> {
    let physics = |v: &Violation| matches!(v, Violation::Aside { .. } | Violation::TooDeep { .. });
    bad.iter().filter(|(_, all)| !all.iter().all(physics)).collect()
}

fn played(case: &Case) -> Result<Verdict, CampaignError> {
    play(case, stage(), false)
}
