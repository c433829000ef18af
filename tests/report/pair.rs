//! Two runs in one recording.

use crate::support::{MadeUp, made_up, records, seeded_plan, small_plan};
use rerun::external::re_log_encoding::DecoderApp;
use rerun::external::re_log_types::{LogMsg, StoreKind};
use rerun::log::Chunk;
use smp::plan::DotId;
use smp::record::journal::{JournalError, Record, What};
use smp::record::recording::{Apart, Side, pair, same_dots};
use smp::stream::{Entry, Event};
use smp::time::ms;
use std::collections::BTreeMap;
use std::path::Path;

/// Values of all series, by entity and strike, and texts by entity.
struct Seen {
    values: BTreeMap<String, BTreeMap<i64, f64>>,
    texts: BTreeMap<String, Vec<String>>,
    views: Vec<String>,
}

fn seen(path: &Path) -> Seen {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut seen = Seen { values: BTreeMap::new(), texts: BTreeMap::new(), views: Vec::new() };
    for message in DecoderApp::decode_lazy(file) {
        let LogMsg::ArrowMsg(store, message) = message.unwrap() else { continue };
        let chunk = Chunk::from_arrow_msg(&message).unwrap();
        let entity = chunk.entity_path().to_string();
        if store.kind() == StoreKind::Blueprint {
            let names = chunk.iter_slices::<String>("ViewBlueprint:display_name".into());
            seen.views.extend(names.map(|name| name[0].as_str().to_owned()));
            continue;
        }
        let scalars = "Scalars:scalars".into();
        let times = chunk.iter_component_indices("strike".into(), scalars);
        let rows = times.map(|(t, _)| t.as_i64()).zip(chunk.iter_slices::<f64>(scalars));
        for (at, value) in rows {
            seen.values.entry(entity.clone()).or_default().insert(at, value[0]);
        }
        for component in ["TextDocument:text", "TextLog:text", "Points3D:labels"] {
            for row in chunk.iter_slices::<String>(component.into()) {
                let texts = row.iter().map(|text| text.as_str().to_owned());
                seen.texts.entry(entity.clone()).or_default().extend(texts);
            }
        }
    }
    seen
}

type JournalItem = Result<Record, JournalError>;
type Told<'a> = Side<'a, Box<dyn Iterator<Item = JournalItem> + 'a>>;

/// A run, told with each record changed or left out.
fn side<'a>(
    name: &'a str,
    run: &'a MadeUp,
    truth: bool,
    change: impl FnMut(Record) -> Option<Record> + 'a,
) -> Told<'a> {
    let told = records(&run.journal).map(Result::unwrap).filter_map(change).map(Ok);
    let journals: Vec<(_, Box<dyn Iterator<Item = JournalItem>>)> =
        vec![(run.plan.machine.placement(), Box::new(told))];
    Side { name, plan: &run.plan, journals, truth: truth.then_some(&run.truth) }
}

/// The dots that were struck, with what the controller believes of each, mm.
fn struck(run: &MadeUp) -> Vec<(DotId, f64)> {
    let done = |entry: &Entry| match entry {
        Entry::Done { dot, estimate, .. } => Some((*dot, f64::from(estimate.penetration_mm))),
        _ => None,
    };
    run.entries.iter().filter_map(done).collect()
}

#[test]
fn each_dot_of_one_run_stands_at_the_other_runs_strike_of_the_same_dot() {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pair.rrd");
    let (struck, late) = (struck(&run), 10);
    let from = struck[late].0;
    let mut waits = 0;
    let slower = |record: Record| {
        // From the eleventh strike on, 3 s later.
        if record.what == What::Event(Event::Hop { dot: from }) {
            waits = 3_000;
        }
        Some(Record { at: record.at + ms(waits), ..record })
    };
    // The one by a simulator's truth, the other by the controller's belief.
    let sides = (side("rehearsal", &run, true, Some), side("run", &run, false, slower));
    pair(sides.0, sides.1, &path).unwrap();
    let seen = seen(&path);

    let [first, second, less, lag] = ["depth/first", "depth/second", "difference", "lag"]
        .map(|plot| &seen.values[&format!("/compare/{plot}")]);
    for series in [first, second, less, lag] {
        assert_eq!(series.len(), struck.len());
    }
    for (index, (dot, believed)) in struck.iter().enumerate() {
        let truth = run.truth.strikes.iter().find(|s| s.dot == Some(dot.0)).unwrap();
        let (strike, mm) = (index as i64 + 1, truth.penetration_mm);
        assert!((first[&strike] - mm).abs() < 1e-9, "strike {strike}");
        assert!((second[&strike] - believed).abs() < 1e-9, "strike {strike}");
        assert!((less[&strike] - (believed - mm)).abs() < 1e-9, "strike {strike}");
        let behind = if index < late { 0.0 } else { 3.0 };
        assert!((lag[&strike] - behind).abs() < 1e-9, "strike {strike}: {}", lag[&strike]);
    }
    for name in ["rehearsal", "run"] {
        assert!(seen.values.contains_key(&format!("/{name}/plots/force")));
        assert!(seen.texts.contains_key(&format!("/{name}/why/dot")));
        assert!(seen.views.iter().any(|view| view == name), "{:?}", seen.views);
    }
    let parted = &seen.texts["/compare/parted"];
    assert_eq!(parted.len(), 1, "{parted:?}");
    assert!(parted[0].starts_with(&format!("dot {}: 3.", from.0)), "{parted:?}");
    let page = &seen.texts["/compare/about"][0];
    assert!(page.contains("# run against rehearsal"), "{page}");
    assert!(page.contains("They strike in the same order"), "{page}");
}

#[test]
fn dots_that_one_alone_has_struck_and_where_they_part_are_named() {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pair.rrd");
    let struck = struck(&run);
    let [left_out, next] = [struck[6].0, struck[7].0];
    let without = |record: Record| match record.what {
        What::Event(Event::Done { dot, .. }) if dot == left_out => None,
        _ => Some(record),
    };
    let sides = (side("whole", &run, false, Some), side("cut", &run, false, without));
    pair(sides.0, sides.1, &path).unwrap();
    let seen = seen(&path);
    let page = &seen.texts["/compare/about"][0];
    let alone = format!("Struck by whole alone: 1 ({})", left_out.0);
    assert!(page.contains(&alone) && !page.contains("Struck by cut alone"), "{page}");
    let part = format!("They part at strike 7: whole dot {}, cut dot {}.", left_out.0, next.0);
    assert!(page.contains(&part), "{page}");
    assert!(seen.texts["/compare/parted"][0].contains("another order"));
    // Each dot of the second run says what both made of it.
    let labels: Vec<&String> = seen
        .texts
        .iter()
        .filter(|(e, _)| e.starts_with("/compare/dots"))
        .flat_map(|(_, t)| t)
        .collect();
    assert_eq!(labels.len(), struck.len() - 1);
    assert!(labels[6].starts_with(&format!("dot {}: whole ", next.0)), "{}", labels[6]);
}

#[test]
fn plans_with_other_dots_are_not_compared() {
    let plan = small_plan("crown");
    assert_eq!(same_dots(&plan, &plan), Ok(()));
    let other = same_dots(&plan, &seeded_plan("crown", 4));
    assert!(matches!(other, Err(Apart::Elsewhere { .. })), "{other:?}");
}
