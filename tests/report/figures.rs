//! The figures of a run have the keys that programs read, and never pass belief off as truth.

use crate::support::{depth_mm, made_up, records};
use serde_json::Value;
use smp::record::report::{Histogram, History, Material, Report, RunFigures};

fn json(with_truth: bool) -> (Value, Value) {
    let run = made_up("crown", None);
    let mut history = History::default();
    history.session(None, records(&run.journal)).unwrap();
    let truth = with_truth.then_some(&run.truth);
    let material = Material::new(&run.plan, &run.entries, &history, truth, Some(2.0));
    let figures = serde_json::to_value(RunFigures::new(&material)).unwrap();
    let report = Report::build(&material, "now", Vec::new());
    (figures, serde_json::to_value(report).unwrap())
}

#[test]
fn the_json_has_every_key_of_the_design_also_in_the_report() {
    let (figures, report) = json(true);
    let keys = [
        "dots_planned",
        "dots_struck",
        "dots_skipped",
        "dots_uncertain",
        "double_strikes",
        "in_band_fraction",
        "penetration_mm",
        "over_ceiling",
        "lateral_error_mm",
        "tilt_deg",
        "lateral_drag_mm",
        "collisions",
        "machine_s",
        "dots_per_s",
        "wall_s",
        "state",
        "faults",
        "estimate",
    ];
    for key in keys {
        assert!(!figures[key].is_null(), "{key}");
        assert_eq!(figures[key], report[key], "{key}");
    }
    for (outer, inner) in [
        ("penetration_mm", &["mean", "sigma", "min", "max", "p01", "p99"][..]),
        ("lateral_error_mm", &["rms", "p99"]),
        ("tilt_deg", &["rms", "max"]),
        ("lateral_drag_mm", &["p99", "max"]),
    ] {
        for key in inner {
            assert!(figures[outer][key].is_number(), "{outer}.{key}");
        }
    }
    assert_eq!(figures["source"], "simulator truth");
}

#[test]
fn without_truth_its_figures_are_null_and_the_estimate_stands_alone() {
    let (figures, _) = json(false);
    for key in ["source", "in_band_fraction", "penetration_mm", "collisions", "double_strikes"] {
        assert!(figures[key].is_null(), "{key}");
    }
    assert!(figures["estimate"]["penetration_mm"]["mean"].is_number());
    assert_eq!(figures["dots_struck"], figures["estimate"]["dots_struck"]);
}

#[test]
fn truth_and_estimate_are_not_mixed() {
    let (figures, _) = json(true);
    let mean = |v: &Value| v["penetration_mm"]["mean"].as_f64().unwrap();
    // The made-up controller believes every dot to be 0.02 mm deeper than it is.
    assert!((mean(&figures["estimate"]) - mean(&figures) - 0.02).abs() < 1e-3);
    let planned = figures["dots_planned"].as_u64().unwrap();
    assert_eq!(figures["dots_struck"].as_u64().unwrap(), planned - 2);
}

#[test]
fn the_histogram_holds_every_strike_once() {
    let run = made_up("crown", None);
    let depths: Vec<f64> = (0..100).map(depth_mm).chain([0.3, 3.9]).collect();
    let histogram = Histogram::new(&run.plan.machine.depth, &depths, &[]);
    assert_eq!(histogram.truth.iter().sum::<u32>(), 102);
    assert_eq!(histogram.estimate.iter().sum::<u32>(), 0);
    assert_eq!((histogram.truth.first(), histogram.truth.last()), (Some(&1), Some(&1)));
}
