//! The figures that the example dashboard asks for are told, and no figure is told twice.

use crate::talk::{picture, ready};
use smp::console::live::Told;
use smp::console::{Console, metrics};
use smp::stream::Stage;
use smp::time::{Instant, ms};
use std::collections::BTreeSet;

/// Figures of a console with a run, of which everything is known.
fn told() -> String {
    let mut console = Console::new(7, ready());
    let mut whole = picture(Stage::Running);
    whole.look = serde_json::from_value(serde_json::json!({
        "at_s": 12.5, "stage": "running", "dialect": null, "done": 1, "uncertain": 0, "strikes": 5, "strikes_most": 9000,
        "fit": null, "waits": [], "waits_since_s": null, "parted": false, "unwatched": false, "is_enabled": true,
        "e_stop": false, "tool": null, "trouble": null,
        "left": { "dots_per_s": 6.0, "likely_s": 60.0, "from_s": 50.0, "to_s": 70.0 },
    }))
    .unwrap();
    let depths = [1.4, 1.7, 1.9, 2.2];
    whole.struck = depths
        .into_iter()
        .map(|depth| {
            let row = serde_json::json!({ "at_s": 1.0, "dot": 1, "depth_mm": depth, "sigma_mm": 0.02, "force_n": 0.4 });
            serde_json::from_value(row).unwrap()
        })
        .collect();
    let sample =
        serde_json::json!({ "at_s": 12.0, "height_mm": 2.0, "force_n": 0.1, "head_mm_per_s": 1.0 });
    whole.samples = [serde_json::from_value(sample).unwrap()].into();
    console.told(Instant::START + ms(10), Told::Whole(Box::new(whole)));
    metrics::text(&console, Instant::START + ms(20))
}

#[test]
fn every_figure_of_the_example_dashboard_is_told() {
    let text = told();
    let dashboard = include_str!("../../docs/grafana.json");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asked: BTreeSet<&str> =
        dashboard.split(|c| !word(c)).filter(|w| w.starts_with("smp_")).collect();
    assert!(asked.len() > 8, "{asked:?}");
    for name in asked {
        let is_told = |line: &str| {
            line.starts_with(&format!("{name} ")) || line.starts_with(&format!("{name}{{"))
        };
        assert!(text.lines().any(is_told), "{name} is not told:\n{text}");
    }
}

#[test]
fn rows_are_told_once_and_depths_add_up() {
    let text = told();
    let rows: Vec<(&str, f64)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name, value.parse().unwrap()))
        .collect();
    let names: BTreeSet<&str> = rows.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), rows.len());
    let of = |name: &str| rows.iter().find(|(n, _)| *n == name).unwrap().1;
    assert!((of("smp_last_depth_mm_bucket{le=\"2\"}") - 3.0).abs() < 1e-9);
    assert!((of("smp_last_depth_mm_bucket{le=\"+Inf\"}") - 4.0).abs() < 1e-9);
    assert!((of("smp_last_depth_mm_sum") - 7.2).abs() < 1e-5);
    assert!((of("smp_dots{state=\"planned\"}") - 3.0).abs() < 1e-9);
    assert!((of("smp_run_stage{stage=\"running\"}") - 1.0).abs() < 1e-9);
}
