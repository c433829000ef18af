//! The recording holds the whole run, laid out, in a file that reads back.

use crate::support::{made_up, records, small_plan};
use rerun::external::re_log_encoding::DecoderApp;
use rerun::external::re_log_types::{LogMsg, StoreKind};
use smp::record::journal::Record;
use smp::record::recording::{RecordingFigures, write};
use smp::record::truth::Truth;
use std::collections::BTreeSet;
use std::path::Path;

type NoJournal = Vec<Result<Record, smp::record::journal::JournalError>>;

/// Entities of the data and of the layout.
fn entities(path: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let (mut data, mut layout) = (BTreeSet::new(), BTreeSet::new());
    for message in DecoderApp::decode_lazy(file) {
        if let LogMsg::ArrowMsg(store, message) = message.unwrap() {
            let chunk = rerun::log::Chunk::from_arrow_msg(&message).unwrap();
            let entity = chunk.entity_path().to_string();
            let set = if store.kind() == StoreKind::Blueprint { &mut layout } else { &mut data };
            set.insert(entity);
        }
    }
    (data, layout)
}

fn recorded(
    truth: Option<&Truth>,
) -> (RecordingFigures, BTreeSet<String>, BTreeSet<String>, usize) {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.rrd");
    let truth = truth.map(|_| &run.truth);
    let figures = write(&run.plan, [records(&run.journal)], truth, &path).unwrap();
    assert_eq!(figures.bytes, std::fs::metadata(&path).unwrap().len());
    let (data, layout) = entities(&path);
    (figures, data, layout, run.plan.program.dots().len())
}

#[test]
fn a_run_shows_head_plan_tool_dots_plots_and_events() {
    let (figures, data, layout, planned) = recorded(Some(&Truth::default()));
    for entity in [
        "/world/head/scan",
        "/world/plan/dots",
        "/world/plan/path",
        "/world/tool",
        "/world/tool/needle",
        "/world/done/b000",
        "/world/done/uncertain",
        "/plots/depth/estimate",
        "/plots/depth/struck/1_shallow",
        "/plots/depth/struck/5_deep",
        "/plots/depth/limits",
        "/plots/force",
        "/plots/height",
        "/plots/head",
        "/run/events",
        "/run/state",
        "/about",
    ] {
        assert!(data.contains(entity), "{entity} is not in {data:?}");
    }
    assert_eq!(figures.dots, planned - 2);
    assert!(figures.samples > 50 && figures.records > 20 * planned);
    assert!(layout.iter().any(|e| e.ends_with("EyeControls3D")), "{layout:?}");
    assert!(layout.contains("/viewport"));
}

#[test]
fn without_truth_the_estimate_colours_the_dots() {
    let (figures, data, _, planned) = recorded(None);
    assert_eq!(figures.dots, planned - 2);
    assert!(data.contains("/plots/depth/struck/2_band_low"));
    assert!(!data.contains("/world/done/unclaimed"));
}

#[test]
fn a_plan_alone_can_be_looked_at() {
    let plan = small_plan("crown");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.rrd");
    let figures = write(&plan, [] as [NoJournal; 0], None, &path).unwrap();
    assert_eq!((figures.records, figures.dots), (0, 0));
    assert!(entities(&path).0.contains("/world/plan/path"));
}

#[test]
fn two_sessions_follow_each_other_on_one_time_line() {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.rrd");
    let both = [records(&run.journal), records(&run.journal)];
    let figures = write(&run.plan, both, Some(&run.truth), &path).unwrap();
    assert_eq!(figures.dots, 2 * (run.plan.program.dots().len() - 2));
}
