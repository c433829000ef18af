//! Random designs on random heads under random machines: what is proved touches nothing, by the simulator's own
//! geometry. `smp bench clearance --count 10000` is the whole of it; here are as many as a commit can wait for.

use crate::place::repository;
use crate::process::{run, run_well};

#[test]
fn thirty_random_plans_touch_nothing_by_the_simulators_own_geometry() {
    let arguments = ["bench", "clearance", "--count", "30", "--threads", "2", "--json"];
    let printed = run_well(&repository(""), &arguments);
    let figures: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let count = |key: &str| figures[key].as_u64().unwrap();
    assert_eq!(count("heads"), 3, "{printed}");
    assert!(count("plans") >= 15 && count("dots") >= 500, "{printed}");
    for wrong in ["lines_wrong", "seeds_wrong"] {
        assert_eq!(figures[wrong], serde_json::json!({}), "{printed}");
    }
    assert!(figures["least_tip_spare_mm"].as_f64().unwrap() >= -0.01, "{printed}");
    assert!(figures["least_body_spare_mm"].as_f64().unwrap() >= -0.01, "{printed}");
    assert!(figures["least_solid_spare_mm"].as_f64().unwrap() >= -0.01, "{printed}");
}

/// What `smp plan` says of the crown for a shipped machine with a part of its profile changed.
fn planned(machine: &str, from: &str, to: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("machine.toml");
    let profile = repository(&format!("configs/machines/{machine}.toml"));
    let profile = std::fs::read_to_string(profile).unwrap();
    assert!(profile.contains(from), "{from}");
    std::fs::write(&path, profile.replace(from, to)).unwrap();
    let head = repository("tests/data/heads/colin27/mesh_5k.obj");
    let (head, path) = (head.display().to_string(), path.display().to_string());
    let arguments = ["plan", "crown", "--scalp", &head, "--machine", &path, "--effort", "0"];
    let output = run(folder.path(), &arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[test]
fn a_machine_that_cannot_park_over_the_head_plans_nothing_and_the_proof_is_not_asked() {
    let refused = planned("gantry6", "travel_mm = [0.0, 400.0]", "travel_mm = [0.0, 280.0]");
    let refused = refused.unwrap_err();
    assert!(refused.contains("out_of_reach") && !refused.contains("bug"), "{refused}");
}

#[test]
fn a_body_that_would_come_down_on_the_skin_with_the_needle_strikes_nothing() {
    let thick = ("behind_tip_mm = 8.0, radius_mm = 5.0", "behind_tip_mm = 6.0, radius_mm = 5.5");
    planned("gantry6", thick.0, thick.1).unwrap();
    let refused = planned("gantry5", thick.0, thick.1).unwrap_err();
    assert!(refused.contains("tool_body"), "{refused}");
}
