//! The recording holds the whole run, laid out, in a file that reads back.

use crate::support::{MadeUp, made_up, records, small_plan};
use rerun::external::re_log_encoding::DecoderApp;
use rerun::external::re_log_types::{LogMsg, StoreKind};
use rerun::log::Chunk;
use smp::depth::Grounds;
use smp::device::StrokeReport;
use smp::frame::{Machine, Scalp, Transform};
use smp::plan::DotId;
use smp::preview::{DensityCell, Dots};
use smp::record::journal::{JournalError, Record, What};
use smp::record::recording::{RecordingFigures, preview, write};
use smp::record::truth::Truth;
use smp::record::why::Why;
use smp::stream::{Estimate, Event};
use std::collections::BTreeSet;
use std::path::Path;

type Pose = Transform<Machine, Scalp>;
type NoSession = (Pose, Vec<Result<Record, JournalError>>);

/// A session of a made-up run, in which the head lies where it was planned.
fn session(run: &MadeUp) -> (Pose, impl Iterator<Item = Result<Record, JournalError>>) {
    (run.plan.machine.placement(), records(&run.journal))
}

/// Everything logged, as data and as layout.
fn chunks(path: &Path) -> (Vec<Chunk>, Vec<Chunk>) {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let (mut data, mut layout) = (Vec::new(), Vec::new());
    for message in DecoderApp::decode_lazy(file) {
        if let LogMsg::ArrowMsg(store, message) = message.unwrap() {
            let chunk = Chunk::from_arrow_msg(&message).unwrap();
            let to = if store.kind() == StoreKind::Blueprint { &mut layout } else { &mut data };
            to.push(chunk);
        }
    }
    (data, layout)
}

/// Entities of the data and of the layout.
fn entities(path: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let names = |chunks: Vec<Chunk>| chunks.iter().map(|c| c.entity_path().to_string()).collect();
    let (data, layout) = chunks(path);
    (names(data), names(layout))
}

fn recorded(
    truth: Option<&Truth>,
) -> (RecordingFigures, BTreeSet<String>, BTreeSet<String>, usize) {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.rrd");
    let truth = truth.map(|_| &run.truth);
    let figures = write(&run.plan, [session(&run)], truth, &path).unwrap();
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
        "/plots/why/gap/predicted",
        "/plots/why/gap/measured",
        "/plots/why/travel/commanded",
        "/plots/why/dimple/true",
        "/plots/why/sigma/aim",
        "/why/dot",
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
    let figures = write(&plan, [] as [NoSession; 0], None, &path).unwrap();
    assert_eq!((figures.records, figures.dots), (0, 0));
    assert!(entities(&path).0.contains("/world/plan/path"));
}

#[test]
fn a_design_before_ink_is_recorded_with_each_dot_at_its_place_and_size() {
    let plan = small_plan("<&/ ä>");
    let dots = Dots::of_plan(&plan.file.zones, plan.program.dots());
    let cell = DensityCell {
        place: dots.dots[0].place,
        wanted_per_cm2: Some(20.0),
        achieved_per_cm2: 21.0,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("preview.rrd");
    preview(&plan.file.skin.head(), &dots, &[cell], "d", &path).unwrap();
    let (data, layout) = chunks(&path);
    let of = |part: &str| {
        let of = |chunk: &&Chunk| chunk.entity_path().to_string().contains(part);
        data.iter().filter(of).collect::<Vec<_>>()
    };
    assert!(!of("/world/head/scan").is_empty() && !layout.is_empty());
    assert!(!of("/world/density/achieved").is_empty() && !of("/world/density/wanted").is_empty());
    let places: Vec<[f32; 3]> = of("layer-0")
        .iter()
        .flat_map(|c| c.iter_slices::<[f32; 3]>("Points3D:positions".into()))
        .flatten()
        .copied()
        .collect();
    let radii: Vec<f32> = of("layer-0")
        .iter()
        .flat_map(|c| c.iter_slices::<f32>("Points3D:radii".into()))
        .flatten()
        .copied()
        .collect();
    assert_eq!((places.len(), radii.len()), (dots.dots.len(), dots.dots.len()));
    for (dot, place) in dots.dots.iter().zip(&places) {
        let off = (dot.place.vector().cast::<f32>() - nalgebra::Vector3::from(*place)).norm();
        // Half sunk: the middle is 0.05 mm above the skin.
        assert!((off - 0.05).abs() < 1e-3, "{off}");
    }
    assert!(radii.iter().all(|radius| (radius - 0.175).abs() < 1e-6));
}

#[test]
fn two_sessions_follow_each_other_on_one_time_line() {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.rrd");
    let both = [session(&run), session(&run)];
    let figures = write(&run.plan, both, Some(&run.truth), &path).unwrap();
    assert_eq!(figures.dots, 2 * (run.plan.program.dots().len() - 2));
}

/// The value of a series at a strike.
fn value_at(chunks: &[Chunk], entity: &str, strike: i64) -> f64 {
    let component = "Scalars:scalars".into();
    let mut found = chunks.iter().filter(|c| c.entity_path().to_string() == entity).flat_map(|c| {
        let times = c.iter_component_indices("strike".into(), component).map(|(t, _)| t.as_i64());
        times.zip(c.iter_slices::<f64>(component).map(|row| row[0])).collect::<Vec<_>>()
    });
    found.find(|(at, _)| *at == strike).unwrap_or_else(|| panic!("{entity} at {strike}")).1
}

/// The texts of a component, each with its place on a time line.
fn texts(
    chunks: &[Chunk],
    entity: &str,
    line: &'static str,
    component: &'static str,
) -> Vec<(i64, Vec<String>)> {
    let of = |c: &Chunk| {
        let times = c.iter_component_indices(line.into(), component.into());
        let rows = c.iter_slices::<String>(component.into());
        let rows = rows.map(|row| row.iter().map(|text| text.as_str().to_owned()).collect());
        times.map(|(t, _)| t.as_i64()).zip(rows).collect::<Vec<_>>()
    };
    chunks.iter().filter(|c| c.entity_path().to_string() == entity).flat_map(of).collect()
}

/// What the journal alone says of the n-th strike, from 1.
fn by_journal(journal: &[u8], strike: usize) -> (DotId, Grounds, StrokeReport, Estimate) {
    let events: Vec<Event> = records(journal)
        .filter_map(|record| match record.unwrap().what {
            What::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let done = events.iter().filter_map(|event| match event {
        Event::Done { dot, stroke, estimate } => Some((*dot, stroke.unwrap(), *estimate)),
        _ => None,
    });
    let (dot, stroke, estimate) = done.into_iter().nth(strike - 1).unwrap();
    let sent = events.iter().find_map(|event| match event {
        Event::StrikeSent { dot: other, grounds } if *other == dot => Some(*grounds),
        _ => None,
    });
    (dot, sent.unwrap(), stroke, estimate)
}

#[test]
fn a_dot_says_why_it_went_where_it_went_as_journal_and_truth_do() {
    let run = made_up("crown", None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("why.rrd");
    write(&run.plan, [session(&run)], Some(&run.truth), &path).unwrap();
    let (data, layout) = chunks(&path);

    let strike = 17;
    let (dot, grounds, stroke, estimate) = by_journal(&run.journal, strike);
    let truth = run.truth.strikes.iter().find(|s| s.dot == Some(dot.0)).unwrap();

    for (series, expected) in [
        ("/plots/why/gap/predicted", grounds.gap_mm),
        ("/plots/why/gap/measured", stroke.skin_mm.unwrap()),
        ("/plots/why/travel/commanded", grounds.travel_mm),
        ("/plots/why/travel/ended", stroke.travel_mm),
        ("/plots/why/dimple/expected", grounds.dimple_mm),
        ("/plots/why/dimple/seen", estimate.dimple_mm.into()),
        ("/plots/why/dimple/true", truth.dimple_mm),
        ("/plots/why/sigma/prediction", grounds.surface_sigma_mm),
        ("/plots/why/sigma/offset", grounds.offset_sigma_mm),
        ("/plots/why/sigma/dimple", grounds.dimple_sigma_mm),
        ("/plots/why/sigma/aim", grounds.sigma_mm),
        ("/plots/why/sigma/estimate", estimate.sigma_mm.into()),
        ("/plots/depth/estimate", estimate.penetration_mm.into()),
    ] {
        let value = value_at(&data, series, strike as i64);
        assert!((value - expected).abs() < 1e-12, "{series}: {value}, not {expected}");
    }

    let planned = run.plan.program.dots().iter().find(|d| d.dot == dot).unwrap();
    let off = nalgebra::Vector3::x() * 0.2;
    let along = off - planned.normal.vector() * off.dot(&planned.normal.vector());
    let why = Why {
        dot,
        strike,
        grounds: Some(&grounds),
        stroke: Some(&stroke),
        estimate: &estimate,
        truth: Some(truth),
        beside_mm: along.norm(),
    };
    // The page is found by strike and by dot.
    for (line, at) in [("strike", strike as i64), ("dot", i64::from(dot.0))] {
        let pages = texts(&data, "/why/dot", line, "TextDocument:text");
        let page = pages.iter().find(|(t, _)| *t == at).unwrap();
        assert_eq!(page.1, [why.document()], "{line}");
    }
    // The dot's own point says it too: as many labels as points, in the same order.
    let labels = texts(&data, "/world/done/b000", "strike", "Points3D:labels");
    let (_, labels) = labels.last().unwrap();
    assert_eq!(labels[strike - 1], why.line());
    assert_eq!(labels.len(), run.plan.program.dots().len() - 2);
    let origins = layout.iter().flat_map(|c| {
        let origins = c.iter_slices::<String>("ViewBlueprint:space_origin".into());
        origins.map(|row| row[0].as_str().to_owned()).collect::<Vec<_>>()
    });
    assert!(origins.into_iter().any(|origin| origin == "/why/dot"));
}
