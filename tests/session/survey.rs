//! The machine touches the head itself, from landmarks that a hand has found.

use crate::bench::gantry6;
use crate::client::Client;
use crate::plans::{LIGHT, plan_of};
use crate::process::{run, run_well, said};
use serde_json::Value;
use smp::frame::{Machine, Point, Scalp};
use smp::machine::Profile;

const SURVEY: [&str; 8] =
    ["survey", "marks.toml", "--scalp", "head.obj", "--port", "sim", "--out", "touches.toml"];
const REGISTER: [&str; 7] =
    ["register", "touches.toml", "--plan", "the.plan", "--scalp", "head.obj", "--json"];

/// Landmarks found within some 2 mm, never twice the same way.
fn by_hand(p: Point<Machine>) -> Point<Machine> {
    let off = |v: f64| 2.0 * (7.0 * v).sin();
    Point::new(p.x() + off(p.y()), p.y() + off(p.z()), p.z() + off(p.x()))
}

/// Where a place on the scalp is in the machine, by what `smp register` prints.
fn placed(found: &Value, at: [f64; 3]) -> [f64; 3] {
    let list = |key: &str| -> Vec<f64> {
        found[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let (q, t) = (list("rotation_ijkw"), list("translation_mm"));
    let turn = nalgebra::UnitQuaternion::from_quaternion(nalgebra::Quaternion::new(
        q[3], q[0], q[1], q[2],
    ));
    let p = turn * nalgebra::Vector3::from(at) + nalgebra::Vector3::new(t[0], t[1], t[2]);
    p.into()
}

fn off_mm(found: &Value, machine: &Profile, at: [f64; 3]) -> f64 {
    let [x, y, z] = placed(found, at);
    let truth = machine.placement().point(Point::<Scalp>::new(at[0], at[1], at[2]));
    Point::new(x, y, z).distance(&truth)
}

#[test]
fn a_head_is_found_by_the_machine_from_landmarks_that_are_millimetres_off() {
    let plan = plan_of(25, LIGHT, gantry6());
    let client = Client::new(&plan);
    client.mark(by_hand);
    run_well(client.path(), &[&SURVEY[..], &["--scenario", "still"]].concat());
    let found: Value = serde_json::from_str(&run_well(client.path(), &REGISTER)).unwrap();
    // Nothing moves and the scan is exact: what is left is the hand's landmarks, which still have a say.
    for dot in plan.program.dots() {
        let at = [dot.position.x(), dot.position.y(), dot.position.z()];
        let off = off_mm(&found, &plan.machine, at);
        assert!(off < 0.5, "{off:.3} mm at {at:?}: {found}");
    }
    assert_eq!(found["touches_rejected"], 0);
}

#[test]
fn a_living_head_is_registered_and_run_by_what_the_machine_has_touched() {
    let plan = plan_of(25, LIGHT, gantry6());
    let client = Client::new(&plan);
    client.mark(by_hand);
    run_well(client.path(), &[&SURVEY[..], &["--scenario", "quiet", "--seed", "3"]].concat());
    let found: Value = serde_json::from_str(&run_well(client.path(), &REGISTER)).unwrap();
    let worst = found["target_error_worst"]["rms_mm"].as_f64().unwrap();
    assert!(worst < 1.0, "{found}");
    let command = [
        "run",
        "the.plan",
        "--port",
        "sim",
        "--scenario",
        "quiet",
        "--seed",
        "3",
        "--out",
        "done",
        "--registration",
        "touches.toml",
        "--scalp",
        "head.obj",
        "--json",
    ];
    let figures: Value = serde_json::from_str(&run_well(client.path(), &command)).unwrap();
    assert_eq!(figures["state"], "finished");
    let placement = figures["placement_mm"]["rms"].as_f64().unwrap();
    // The simulated head starts anew with the run, where it lay when the survey began.
    assert!(placement < 3.0 * worst, "predicted {worst:.2} mm, true {placement:.2} mm");
}

#[test]
fn landmarks_of_another_head_are_refused_before_anything_moves() {
    let client = Client::new(&plan_of(25, LIGHT, gantry6()));
    client.mark(|p| Point::new(1.3 * p.x(), 1.3 * p.y(), 1.3 * p.z()));
    let output = run(client.path(), &SURVEY);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("touch the landmarks again"), "{}", said(&output));
    assert!(!client.path().join("touches.toml").exists());
}

#[test]
fn touches_that_are_there_already_are_not_written_over() {
    let client = Client::new(&plan_of(25, LIGHT, gantry6()));
    let before = client.touch(|p| p);
    let output = run(client.path(), &SURVEY);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("touches.toml is there already"), "{}", said(&output));
    assert_eq!(std::fs::read_to_string(client.path().join("touches.toml")).unwrap(), before);
}
