//! Bugs that a stranger might write, planted one at a time: each must be caught by what guards this project anyway.
//!
//! All of them go into one copy of the sources, chosen at run time, so that the copy is built once; the sources
//! themselves stay clean. A check is black box: the program is run, and what it does is judged by simulator truth.
//!
//! ```text
//!  sources --copy, plant all--> tree --build once--> smp --no bug--> every check passes
//!                                                     \---- bug n --> its check gives the sign that is named
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "how long it takes is shown, and nothing depends on it"
)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bugs;
mod checks;
mod tree;

use bugs::BUGS;
use checks::Bench;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

/// Bugs tried at a time.
const WORKERS: usize = 2;

/// Does the work for each job, some at a time.
fn each<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let (next, done) = (Mutex::new(0..jobs.len()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(index) = next.lock().unwrap().next() else { return };
                    let result = work(&jobs[index]);
                    done.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[test]
fn every_planted_bug_is_caught_and_without_one_every_check_passes() {
    let began = Instant::now();
    let bench = Bench::new(tree::build());
    println!("built and planned in {:.0} s", began.elapsed().as_secs_f64());

    let mut checks: Vec<_> = BUGS.iter().map(|bug| bug.check).collect();
    checks.sort();
    checks.dedup();
    let clean = each(&checks, |check| bench.signs(*check, None));
    for (check, signs) in checks.iter().zip(&clean) {
        println!("no bug, {}: {signs:?}", check.name());
    }
    println!("controls after {:.0} s", began.elapsed().as_secs_f64());

    let numbered: Vec<_> = (1..).zip(BUGS).collect();
    let found = each(&numbered, |(id, bug)| bench.signs(bug.check, Some(*id)));
    let mut missed = Vec::new();
    for ((id, bug), signs) in numbered.iter().zip(&found) {
        println!("{id} {}: {signs:?}", bug.about);
        if !signs.iter().any(|sign| sign == bug.sign) {
            missed.push(format!("{id} {}: expected {:?}, {signs:?}", bug.about, bug.sign));
        }
    }
    println!("all after {:.0} s", began.elapsed().as_secs_f64());
    assert!(clean.iter().all(Vec::is_empty), "without a bug: {clean:#?}");
    assert!(missed.is_empty(), "{} of {}: {missed:#?}", BUGS.len() - missed.len(), BUGS.len());
}

#[test]
fn there_are_at_least_25_bugs_and_each_still_fits_the_sources() {
    assert!(BUGS.len() >= 25);
    for place in BUGS.iter().flat_map(|bug| bug.places) {
        let text = std::fs::read_to_string(tree::root().join("src").join(place.file)).unwrap();
        place.find(&text);
    }
}

#[test]
fn the_page_about_them_lists_what_is_tried() {
    let table = bugs::as_markdown();
    let page = std::fs::read_to_string(Path::new(tree::root()).join("docs/planted.md")).unwrap();
    assert!(page.contains(&table), "docs/planted.md should have this table:\n{table}");
}
