//! Input that nobody should have given: each is refused with its file, its cause and what to do about it,
//! and nothing is written.

use crate::bench::gantry6;
use crate::place::repository;
use crate::plans::{LIGHT, plan_of};
use crate::process::{run, run_well, said};
use smp::record::plan_file::SCHEMA;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A folder with input files, to which nothing may be added.
struct Case {
    folder: TempDir,
}

/// Everything below a folder, with its bytes.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
            found.insert(path, Vec::new());
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

const GOOD_DESIGN: &str = r#"
schema = 1
name = "small"

[[zone]]
name = "vertex"
density_per_cm2 = 10
outline = [[0.49, -0.05], [0.49, 0.05], [0.51, 0.05], [0.51, -0.05]]
"#;

impl Case {
    /// A sound head (`head.obj`, `landmarks.json`) and a sound design (`good.toml`).
    fn new() -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        case.write("head.obj", std::fs::read(LIGHT.mesh()).unwrap());
        let marks = LIGHT.mesh().with_file_name("landmarks.json");
        case.write("landmarks.json", std::fs::read(marks).unwrap());
        case.write("good.toml", GOOD_DESIGN);
        case
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    /// The command is refused with this code; stderr has these words and advice; nothing is written.
    fn refuses(&self, arguments: &[&str], code: i32, words: &[&str]) {
        let before = contents(self.path());
        let output = run(self.path(), arguments);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        for word in words {
            assert!(text.contains(word), "{arguments:?}: no {word:?} in: {text}");
        }
        well_said(&output);
        assert!(contents(self.path()) == before, "{arguments:?} wrote something");
    }

    /// `smp plan` of a design on a mesh.
    fn refuses_plan(&self, design: &str, mesh: &str, code: i32, words: &[&str]) {
        let machine = ["--machine", "gantry6", "--out", "the.plan"];
        let mut arguments = vec!["plan", design, "--scalp", mesh];
        arguments.extend(machine);
        self.refuses(&arguments, code, words);
    }

    /// A design that is refused, by `plan` and by `design check` alike.
    fn refuses_design(&self, text: &str, words: &[&str]) {
        self.write("bad.toml", text);
        self.refuses_plan("bad.toml", "head.obj", 2, words);
        self.refuses(&["design", "check", "bad.toml"], 2, words);
    }

    /// A mesh that is refused, by `plan` and by `scalp check` alike.
    fn refuses_mesh(&self, name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) {
        self.write(name, bytes);
        let mut words = words.to_vec();
        words.push(name);
        self.refuses_plan("good.toml", name, 2, &words);
        self.refuses(&["scalp", "check", name, "--json"], 2, &words);
    }
}

/// One cause, then advice, all on stderr; no backtrace, no debug output.
fn well_said(output: &Output) {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(output.stdout.is_empty(), "stdout: {}", String::from_utf8_lossy(&output.stdout));
    assert!(text.starts_with("error: "), "{text}");
    assert!(text.contains("\n  try: "), "no advice in: {text}");
    assert!(!text.contains("panicked") && !text.contains("Error {"), "{text}");
}

#[test]
fn what_is_good_is_taken() {
    // The other tests change one thing each about this.
    let case = Case::new();
    let to = ["plan", "good.toml", "--scalp", "head.obj", "--machine", "gantry6"];
    run_well(case.path(), &[&to[..], &["--out", "the.plan"]].concat());
    run_well(case.path(), &["check", "the.plan"]);
}

/// Corners of the light head's triangles.
fn triangles() -> &'static Vec<[[f32; 3]; 3]> {
    static TRIANGLES: OnceLock<Vec<[[f32; 3]; 3]>> = OnceLock::new();
    TRIANGLES.get_or_init(|| {
        let text = std::fs::read_to_string(LIGHT.mesh()).unwrap();
        let rows = |kind: &'static str| {
            text.lines().filter_map(move |l| l.strip_prefix(kind)).map(str::split_ascii_whitespace)
        };
        let three = |row: Vec<f32>| <[f32; 3]>::try_from(row).unwrap();
        let vertices: Vec<[f32; 3]> =
            rows("v ").map(|r| three(r.map(|w| w.parse().unwrap()).collect())).collect();
        let number = |word: &str| word.split('/').next().unwrap().parse::<usize>().unwrap() - 1;
        rows("f ")
            .map(|r| r.map(|word| vertices[number(word)]).collect::<Vec<_>>())
            .map(|corners| corners.try_into().unwrap())
            .collect()
    })
}

/// The light head as a binary STL, each vertex mapped.
fn stl(map: impl Fn([f32; 3]) -> [f32; 3]) -> Vec<u8> {
    let mut bytes = vec![b' '; 80];
    bytes.extend((triangles().len() as u32).to_le_bytes());
    for corners in triangles() {
        bytes.extend([0; 12]);
        let values = corners.iter().flat_map(|corner| map(*corner));
        bytes.extend(values.flat_map(f32::to_le_bytes));
        bytes.extend([0; 2]);
    }
    bytes
}

#[test]
fn a_scan_in_another_unit_is_refused() {
    let case = Case::new();
    let inches = stl(|v| v.map(|c| c / 25.4));
    case.refuses_mesh("inches.stl", inches, &["inches", "mm"]);
    let metres = stl(|v| v.map(|c| c / 1000.0));
    case.refuses_mesh("metres.stl", metres, &["metres", "mm"]);
}

#[test]
fn a_mirrored_scan_is_refused() {
    let case = Case::new();
    let mirrored = stl(|[x, y, z]| [-x, y, z]);
    case.refuses_mesh("mirrored.stl", mirrored, &["mirror"]);
}

#[test]
fn a_scan_without_faces_is_refused() {
    let case = Case::new();
    case.refuses_mesh("points.obj", "v 0 0 0\nv 100 0 0\nv 0 100 0\n", &["no faces"]);
    let points = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n\
                  property float z\nend_header\n0 0 0\n100 0 0\n0 100 0\n";
    case.refuses_mesh("points.ply", points, &["face"]);
}

/// A PLY file of three vertices and one face.
fn ply(encoding: &str, body: &[u8]) -> Vec<u8> {
    let header = format!(
        "ply\nformat {encoding} 1.0\nelement vertex 3\nproperty float x\nproperty float y\n\
         property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
    );
    [header.as_bytes(), body].concat()
}

#[test]
fn a_damaged_scan_is_refused() {
    let case = Case::new();
    let mut short = stl(|v| v);
    short.truncate(short.len() / 2);
    case.refuses_mesh("short.stl", short, &["truncated"]);
    case.refuses_mesh("empty.stl", "", &["empty"]);
    case.refuses_mesh("nan.ply", ply("ascii", b"0 0 0\n100 nan 0\n0 100 0\n3 0 1 2\n"), &["nan"]);
    let mut body: Vec<u8> = [0.0, 0.0, 0.0, 100.0, f32::NAN, 0.0, 0.0, 100.0, 0.0]
        .into_iter()
        .flat_map(f32::to_le_bytes)
        .collect();
    body.push(3);
    body.extend([0u32, 1, 2].into_iter().flat_map(u32::to_le_bytes));
    let binary = ply("binary_little_endian", &body);
    case.refuses_mesh("bin.ply", binary, &["vertex 1 is not finite"]);
    case.refuses_mesh("head.txt", "solid", &[".stl, .obj or .ply"]);
}

#[test]
fn landmarks_off_the_scan_or_missing_are_refused() {
    let case = Case::new();
    let sound = std::fs::read_to_string(case.path().join("landmarks.json")).unwrap();
    let mut marks: serde_json::Value = serde_json::from_str(&sound).unwrap();
    shift(&mut marks["landmarks"]["nasion"], 1, 25.0);
    case.write("off.json", marks.to_string());
    let plan = |landmarks, code, words: &[&str]| {
        let on = ["plan", "good.toml", "--scalp", "head.obj", "--landmarks", landmarks];
        let to = ["--machine", "gantry6", "--out", "the.plan"];
        case.refuses(&[&on[..], &to[..]].concat(), code, words);
    };
    plan("off.json", 2, &["head.obj", "nasion", "mm", "try: pick the four landmarks"]);
    plan("nowhere.json", 2, &["nowhere.json"]);
    case.write("odd.json", sound.replace("\"lpa\"", "\"left ear\""));
    plan("odd.json", 2, &["odd.json", "lpa"]);
    case.write("broken.json", &sound[..sound.len() / 2]);
    plan("broken.json", 2, &["broken.json"]);
    case.write("binary.json", [0xff, 0xfe, 0x00]);
    plan("binary.json", 2, &["binary.json"]);
}

#[test]
fn a_design_with_a_wrong_number_is_refused_with_its_place() {
    let case = Case::new();
    let density = |value: &str| GOOD_DESIGN.replace("density_per_cm2 = 10", value);
    case.refuses_design(&density("density_per_cm2 = nan"), &["bad.toml:7:", "density_per_cm2"]);
    case.refuses_design(&density("density_per_cm2 = -3"), &["bad.toml:7:", "density_per_cm2"]);
    let corner = GOOD_DESIGN.replace("[0.51, 0.05]", "[inf, 0.05]");
    case.refuses_design(&corner, &["bad.toml:8:", "outline"]);
    let dense = density("density_per_cm2 = 10_000");
    case.refuses_design(&dense, &["bad.toml:7:", "density_per_cm2", "10000", "try: lower"]);
}

#[test]
fn a_design_with_an_unknown_key_or_broken_text_is_refused_with_its_place() {
    let case = Case::new();
    let key = GOOD_DESIGN.replace("density_per_cm2", "density_per_inch2");
    case.refuses_design(&key, &["bad.toml:7:1", "density_per_inch2", "docs/formats.md"]);
    let schema = GOOD_DESIGN.replace("schema = 1", "schema = 9");
    case.refuses_design(&schema, &["bad.toml:2:", "schema 9"]);
    case.refuses_design("schema = 1\nname = \"x\n", &["bad.toml:2:"]);
    case.refuses_design("", &["bad.toml"]);
}

fn with_pattern(file: &str) -> String {
    format!(
        "schema = 1\nname = \"drawn\"\n\n[pattern]\nfile = \"{file}\"\nanchor = {{ s = 0.5, t = 0.0 }}\n"
    )
}

#[test]
fn a_pattern_that_is_missing_or_broken_is_refused_with_its_place() {
    let case = Case::new();
    case.refuses_design(&with_pattern("nowhere.csv"), &["bad.toml:5:", "nowhere.csv"]);
    case.refuses_design(&with_pattern("../head.csv"), &["bad.toml:5:", "../head.csv"]);
    case.write("odd.csv", "x_mm,y_mm\n1.0,2.0\n1.0,two\n");
    case.refuses_design(&with_pattern("odd.csv"), &["odd.csv:3:", "two"]);
    case.write("nan.csv", "x_mm,y_mm\n1.0,NaN\n");
    case.refuses_design(&with_pattern("nan.csv"), &["nan.csv:2:", "y_mm"]);
    case.write("torn.svg", "<svg xmlns='http://www.w3.org/2000/svg'><circle cx='1'");
    case.refuses_design(&with_pattern("torn.svg"), &["torn.svg"]);
    case.write("none.csv", "x_mm,y_mm\n");
    case.refuses_design(&with_pattern("none.csv"), &["none.csv", "no dots"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_and_a_file_without_end_are_refused() {
    use std::os::unix::fs::symlink;
    let (case, elsewhere) = (Case::new(), tempfile::tempdir().unwrap());
    std::fs::write(elsewhere.path().join("real.csv"), "x_mm,y_mm\n0,0\n").unwrap();
    symlink(elsewhere.path().join("real.csv"), case.path().join("link.csv")).unwrap();
    case.write("link.toml", with_pattern("link.csv"));
    case.refuses(&["design", "check", "link.toml"], 2, &["link.csv", "leads out of"]);
    case.refuses(&["design", "check", "/dev/zero"], 2, &["/dev/zero", "more than"]);
    case.refuses(&["check", "/dev/zero"], 2, &["/dev/zero", "more than"]);
}

#[test]
fn dots_off_the_head_are_refused() {
    let case = Case::new();
    case.write("far.csv", "x_mm,y_mm\n0,0\n200,0\n0,200\n200,200\n");
    case.write("far.toml", with_pattern("far.csv"));
    let words = ["far.csv", "3 of 4 dots", "off the", "dot 1", "200.0 mm", "unit", "anchor"];
    case.refuses_plan("far.toml", "head.obj", 1, &words);
}

#[test]
fn files_that_are_not_there_are_refused_by_name() {
    let case = Case::new();
    case.refuses_plan("nowhere.toml", "head.obj", 2, &["nowhere.toml", "crown"]);
    case.refuses_plan("good.toml", "nowhere.stl", 2, &["nowhere.stl", "pydeface_mean"]);
    let machine = |name: &'static str, code, words: &[&str]| {
        let on = ["plan", "good.toml", "--scalp", "head.obj", "--out", "the.plan", "--machine"];
        case.refuses(&[&on[..], &[name]].concat(), code, words);
    };
    machine("gantry7", 2, &["gantry7", "gantry6"]);
    let profile = std::fs::read_to_string(repository("configs/machines/gantry6.toml")).unwrap();
    case.write("odd.toml", profile.replace("hover_mm = 2.0", "hover_mm = -2.0"));
    machine("odd.toml", 2, &["odd.toml", "hover_mm", "-2"]);
    case.write("key.toml", profile.replace("hover_mm", "hovering_mm"));
    machine("key.toml", 2, &["key.toml:", "hovering_mm"]);
    for command in ["check", "rehearse"] {
        case.refuses(&[command, "nowhere.plan"], 2, &["nowhere.plan"]);
    }
    case.refuses(&["replay", "nowhere"], 2, &["nowhere"]);
    case.refuses(&["report", "nowhere"], 2, &["nowhere"]);
    case.refuses(&["run", "--resume", "nowhere", "--port", "none"], 2, &["nowhere"]);
}

#[test]
fn a_map_that_cannot_be_made_is_refused() {
    let case = Case::new();
    let map = |anchor, radius, words: &[&str]| {
        let at = ["scalp", "map", "head.obj", "--anchor", anchor, "--radius", radius];
        case.refuses(&[&at[..], &["--out", "map.obj", "--json"]].concat(), 2, words);
    };
    for text in ["here", "0.5", "0.5,0,0", "0.5;0", ""] {
        map(text, "30", &["--anchor", text, "0.62,0"]);
    }
    map("1.2,0", "30", &["s = 1.2", "not on the scalp"]);
    map("-0.1,0", "30", &["s = -0.1", "not on the scalp"]);
    map("0.5,nan", "30", &["t = NaN", "not on the scalp"]);
    for radius in ["0", "-30", "nan", "1000"] {
        map("0.5,0", radius, &["radius", "at most 110 mm"]);
    }
}

/// Every command that takes a plan refuses this one.
fn refused_everywhere(case: &Case, name: &str, code: i32, words: &[&str]) {
    let mut words = words.to_vec();
    words.push(name);
    case.refuses(&["check", name], code, &words);
    case.refuses(&["rehearse", name, "--out", "run", "--json"], code, &words);
    case.refuses(&["run", name, "--port", "sim", "--out", "run"], code, &words);
    case.refuses(&["export", name, "--csv", "dots.csv", "--gcode", "run.nc"], code, &words);
}

#[test]
fn a_corrupt_plan_is_refused() {
    let case = Case::new();
    let sound = plan_of(20, LIGHT, gantry6()).file.to_json().unwrap();
    case.write("short.plan", &sound[..sound.len() / 2]);
    refused_everywhere(&case, "short.plan", 2, &["line 1", "try: make the plan anew"]);
    case.write("empty.plan", "");
    refused_everywhere(&case, "empty.plan", 2, &["try: make the plan anew"]);
    let sound = String::from_utf8(sound).unwrap();
    for schema in [SCHEMA - 1, SCHEMA + 1] {
        let now = format!("\"schema\":{SCHEMA}");
        case.write("other.plan", sound.replacen(&now, &format!("\"schema\":{schema}"), 1));
        refused_everywhere(&case, "other.plan", 2, &[&format!("schema {schema}")]);
    }
}

#[test]
fn a_plan_that_was_tampered_with_does_not_pass_the_verifier() {
    let case = Case::new();
    let sound = plan_of(20, LIGHT, gantry6()).file.to_json().unwrap();
    let tampered = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut plan: serde_json::Value = serde_json::from_slice(&sound).unwrap();
        change(&mut plan["draft"]["dots"][7]);
        case.write("bad.plan", plan.to_string());
        refused_everywhere(&case, "bad.plan", 1, &["does not hold", "try: make the plan anew"]);
    };
    tampered(&|dot| shift(&mut dot["position"], 2, 1.0));
    tampered(&|dot| dot["target_mm"] = 3.5.into());
    tampered(&|dot| dot["hover_mm"] = 0.1.into());
    tampered(&|dot| shift(&mut dot["needle"], 0, 0.4));
}

#[test]
fn a_plan_for_a_machine_that_is_none_is_refused() {
    let case = Case::new();
    let sound = plan_of(20, LIGHT, gantry6()).file.to_json().unwrap();
    let box_of = |low: [i32; 3], high: [i32; 3]| {
        let corners = [("low_mm", low), ("high_mm", high)].map(|(key, mm)| (key, mm.to_vec()));
        let [low, high] = corners.map(|(key, mm)| format!("\"{key}\":{mm:?}"));
        let text = format!("{{\"name\":\"a\",\"frame\":\"scalp\",{low},{high}}}");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    for (key, value, word) in [
        ("keep_out", vec![box_of([1, 0, 0], [0, 1, 1])].into(), "keep_out[0]"),
        ("keep_out", vec![box_of([500, 500, 500], [501, 501, 501]); 100].into(), "64 are the most"),
        ("tool_length_mm", (-40.0).into(), "tool_length_mm"),
    ] {
        let mut plan: serde_json::Value = serde_json::from_slice(&sound).unwrap();
        plan["machine"][key] = value;
        case.write("bad.plan", plan.to_string());
        refused_everywhere(&case, "bad.plan", 2, &[word, "try: make the plan anew"]);
    }
}

/// What is as safe as it was, and still not what was planned.
#[test]
fn a_plan_whose_seal_does_not_fit_is_refused() {
    let case = Case::new();
    let sound = plan_of(20, LIGHT, gantry6()).file.to_json().unwrap();
    let tampered = |code: i32, change: &dyn Fn(&mut serde_json::Value)| {
        let mut plan: serde_json::Value = serde_json::from_slice(&sound).unwrap();
        change(&mut plan);
        case.write("bad.plan", plan.to_string());
        refused_everywhere(
            &case,
            "bad.plan",
            code,
            &["its seal does not fit", "try: make the plan anew"],
        );
    };
    tampered(1, &|plan| plan["draft"]["dots"][7]["s"] = 0.4.into());
    tampered(1, &|plan| plan["draft"]["dots"][7]["layer"] = 3.into());
    tampered(1, &|plan| plan["scalp"] = "another".into());
    tampered(2, &|plan| plan["seal"] = serde_json::Value::Null);
}

fn shift(vector: &mut serde_json::Value, index: usize, by: f64) {
    let value = vector[index].as_f64().unwrap() + by;
    vector[index] = value.into();
}

#[test]
fn test_dots_that_nobody_would_look_at_are_refused() {
    let case = Case::new();
    case.write("sound.plan", plan_of(20, LIGHT, gantry6()).file.to_json().unwrap());
    let command = ["run", "sound.plan", "--port", "/dev/null", "--test-dots", "5", "--out", "run"];
    case.refuses(&command, 2, &["nobody is at the terminal", "try: "]);
}
