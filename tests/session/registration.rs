//! A run on a scalp that was registered by touch: what the numbers support is run, what they do not is not.

use crate::place::repository;
use crate::plans::LIGHT;
use crate::process::{run, run_well, said};
use serde_json::Value;
use smp::frame::{Machine, Point, Scalp, Transform};
use smp::machine::Profile;
use smp::register::{Noise, Spot, survey};
use smp::scalp::{Landmark, Landmarks, ScalpSurface};
use std::fmt::Write;
use std::path::Path;
use tempfile::TempDir;

const DESIGN: &str = r#"
schema = 1
name = "small"

[[zone]]
name = "vertex"
density_per_cm2 = 10
outline = [[0.48, -0.06], [0.48, 0.06], [0.52, 0.06], [0.52, -0.06]]
"#;

/// A client whose head lies `true_pose`, a plan for it, and its scalp.
struct Client {
    folder: TempDir,
    surface: ScalpSurface,
    landmarks: Landmarks,
    true_pose: Transform<Machine, Scalp>,
}

impl Client {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let marks = LIGHT.mesh().with_file_name("landmarks.json");
        std::fs::copy(LIGHT.mesh(), folder.path().join("head.obj")).unwrap();
        std::fs::copy(&marks, folder.path().join("landmarks.json")).unwrap();
        std::fs::write(folder.path().join("small.toml"), DESIGN).unwrap();
        let plan = ["plan", "small.toml", "--scalp", "head.obj", "--machine", "gantry6"];
        run_well(folder.path(), &[&plan[..], &["--out", "small.plan"]].concat());
        let marks = std::fs::read_to_string(marks).unwrap();
        let text = std::fs::read_to_string(repository("configs/machines/gantry6.toml")).unwrap();
        Self {
            folder,
            surface: LIGHT.surface(),
            landmarks: Landmarks::parse(&marks, "landmarks.json").unwrap(),
            true_pose: Profile::parse(&text, "gantry6.toml").unwrap().placement(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of exact touches, each moved by `spoil`.
    fn touch(&self, spoil: impl Fn(Point<Machine>) -> Point<Machine>) {
        let at = |p: Point<Scalp>| {
            let p = spoil(self.true_pose.point(p));
            format!("[{:.4}, {:.4}, {:.4}]", p.x(), p.y(), p.z())
        };
        let high = |p: Point<Scalp>, _| p.z() > 20.0;
        let spots = survey::choose(&self.surface, &high, 46, &Noise::default());
        let list =
            |spots: &[Spot]| spots.iter().map(|spot| at(spot.at)).collect::<Vec<_>>().join(", ");
        let (surface, checks) = spots.split_at(40);
        let mut text = format!(
            "schema = 1\nsurface_mm = [{}]\nchecks_mm = [{}]\n[landmarks]\n",
            list(surface),
            list(checks)
        );
        let scalp_from_scan = self.surface.scalp_from_scan();
        for (landmark, p) in self.landmarks.each() {
            let name = match landmark {
                Landmark::Nasion => "nasion",
                Landmark::Inion => "inion",
                Landmark::Lpa => "lpa",
                Landmark::Rpa => "rpa",
            };
            writeln!(text, "{name} = {}", at(scalp_from_scan.point(p))).unwrap();
        }
        std::fs::write(self.path().join("touches.toml"), text).unwrap();
    }
}

const REGISTER: [&str; 6] =
    ["register", "touches.toml", "--plan", "small.plan", "--scalp", "head.obj"];

#[test]
fn a_registration_tells_the_error_at_the_dots_and_the_run_uses_it() {
    let client = Client::new();
    client.touch(|p| p);
    let printed = run_well(client.path(), &[&REGISTER[..], &["--json"]].concat());
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let worst = printed["target_error_worst"]["rms_mm"].as_f64().unwrap();
    assert!(worst > 0.1 && worst < 1.0, "{worst} mm: exact touches of a scan that is not exact");
    assert!(printed["residual_rms_mm"].as_f64().unwrap() < 0.01);
    let run_it = ["run", "small.plan", "--port", "sim", "--scenario", "quiet", "--out", "done"];
    let registered = ["--registration", "touches.toml", "--scalp", "head.obj", "--json"];
    let figures = run_well(client.path(), &[&run_it[..], &registered].concat());
    let figures: Value = serde_json::from_str(&figures).unwrap();
    assert_eq!(figures["state"], "finished");
    assert!(client.path().join("done/touches.toml").exists());
}

#[test]
fn a_run_is_not_begun_where_the_numbers_do_not_support_it() {
    let client = Client::new();
    type Spoil = fn(Point<Machine>) -> Point<Machine>;
    let spoilt: [(&str, Spoil); 3] = [
        ("mirrored", |p| Point::new(-p.x(), p.y(), p.z())),
        ("in inches", |p| Point::new(p.x() / 25.4, p.y() / 25.4, p.z() / 25.4)),
        ("all in one place", |p| Point::new(p.x() * 0.01, p.y() * 0.01, p.z())),
    ];
    for (what, spoil) in spoilt {
        client.touch(spoil);
        let arguments = ["run", "small.plan", "--port", "sim", "--out", "never"];
        let registered = ["--registration", "touches.toml", "--scalp", "head.obj"];
        let output = run(client.path(), &[&arguments[..], &registered].concat());
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        assert!(said(&output).contains("not registered"), "{what}: {}", said(&output));
        assert!(!client.path().join("never").exists(), "{what}: a folder was written");
    }
}

#[test]
fn a_head_that_lies_where_the_machine_cannot_reach_is_refused_though_well_registered() {
    let client = Client::new();
    client.touch(|p| Point::new(p.x() + 260.0, p.y(), p.z()));
    let output = run(client.path(), &REGISTER);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("lay it down anew"), "{}", said(&output));
}

#[test]
fn a_run_that_was_registered_goes_on_only_with_new_touches() {
    let client = Client::new();
    client.touch(|p| p);
    let run_it = ["run", "small.plan", "--port", "sim", "--scenario", "quiet", "--out", "done"];
    let registered = ["--registration", "touches.toml", "--scalp", "head.obj"];
    run_well(client.path(), &[&run_it[..], &registered].concat());
    let output = run(client.path(), &["run", "--resume", "done", "--port", "sim"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("may have moved since"), "{}", said(&output));
}
