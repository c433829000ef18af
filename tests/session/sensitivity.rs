//! `smp bench sensitivity`: one parameter, few dots.

use crate::process::{run, run_well, said};
use serde_json::Value;

#[test]
fn one_parameter_is_swept_and_its_table_printed() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["bench", "sensitivity", "--parameters", "contact_delay", "--seeds", "1"];
    let more = ["--dots", "8", "--svg", "chart.svg"];
    let page = run_well(folder.path(), &[&few[..], &more[..]].concat());
    assert!(page.contains("| 1 | contact, delay | M | 0.3 / 0.3 / 3 ms |"), "{page}");
    let figures = page.lines().filter(|line| line.starts_with("| contact, delay |")).count();
    assert_eq!(figures, 6, "three values on two machines: {page}");
    assert!(page.contains("| total scalp thickness | V/M | no key"), "{page}");
    let chart = std::fs::read_to_string(folder.path().join("chart.svg")).unwrap();
    let chart = roxmltree::Document::parse(&chart).unwrap();
    assert!(chart.descendants().any(|node| node.text() == Some("contact, delay")));
}

#[test]
fn as_json_it_has_every_value_with_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["bench", "sensitivity", "--parameters", "height_bias_patch_mm", "--seeds", "1"];
    let json = run_well(folder.path(), &[&few[..], &["--dots", "4", "--json"]].concat());
    let json: Value = serde_json::from_str(&json).unwrap();
    let points = json["parameters"][0]["points"].as_array().unwrap();
    let values: Vec<f64> = points.iter().map(|p| p["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [0.0, 0.1, 0.2]);
    assert!(points.iter().all(|p| p["with_stop"]["strikes"] == 4), "{points:?}");
}

#[test]
fn a_key_that_does_not_exist_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["bench", "sensitivity", "--parameters", "colour"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no parameter has such a key"), "{}", said(&output));
}
