//! Dots as tables and on the head, read back by readers that are not smp's: each dot of the design once, with what became
//! of it, and where the plan has it.

use crate::place::repository;
use crate::process::{run, run_well, said};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Some 90 dots, one of them twice as large, on the bundled head: a plan, and a run of it.
fn folder() -> &'static Path {
    static ONCE: OnceLock<TempDir> = OnceLock::new();
    let folder = ONCE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let zone = |name: &str, at: f64, more: &str| {
            format!(
                "[[zone]]\nname = \"{name}\"\ndensity_per_cm2 = 12\n{more}\nround = {{ s = {at}, t = 0.0, radius_mm = 11 }}\n"
            )
        };
        let text = format!(
            "schema = 1\nname = \"two\"\n{}{}",
            zone("a, \\\"b\\\"", 0.45, ""),
            zone("large", 0.6, "diameter_mm = 0.8\nshade = 0.3\nlayer = 1")
        );
        fs::write(folder.path().join("two.toml"), text).unwrap();
        let plan = ["plan", "two.toml", "--scalp", "pydeface_mean", "--machine", "gantry6"];
        run_well(folder.path(), &[&plan[..], &["--out", "the.plan"]].concat());
        run_well(folder.path(), &["rehearse", "the.plan", "--scenario", "quiet", "--out", "done"]);
        let all = [
            "--csv", "p.csv", "--parquet", "p.parquet", "--glb", "p.glb", "--svg", "p.svg",
        ];
        run_well(folder.path(), &[&["export", "the.plan"][..], &all].concat());
        let all = [
            "--achieved-csv", "r.csv", "--parquet", "r.parquet", "--glb", "r.glb", "--svg", "r.svg",
        ];
        run_well(folder.path(), &[&["export", "done"][..], &all].concat());
        folder
    });
    folder.path()
}

fn rows(name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder().join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Rows of a Parquet file, unknown values left out.
fn parquet_rows(name: &str) -> Vec<BTreeMap<String, Field>> {
    let reader = SerializedFileReader::new(fs::File::open(folder().join(name)).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    let known = |row: parquet::record::Row| {
        let columns = row.into_columns().into_iter();
        columns.filter(|(_, field)| *field != Field::Null).collect()
    };
    rows.map(known).collect()
}

fn number(row: &BTreeMap<String, Field>, name: &str) -> f64 {
    match row[name] {
        Field::Double(value) => value,
        Field::UInt(value) => f64::from(value),
        ref other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_plans_parquet_has_each_dot_where_its_csv_has_it_and_says_nothing_of_a_run() {
    let (csv, table) = (rows("p.csv"), parquet_rows("p.parquet"));
    assert!(csv.len() > 60 && csv.len() == table.len(), "{}", csv.len());
    for (row, other) in csv.iter().zip(&table) {
        for name in ["dot", "layer", "x_mm", "y_mm", "z_mm", "nx", "ny", "nz", "s", "t"] {
            let printed: f64 = row[name].parse().unwrap();
            assert!((printed - number(other, name)).abs() <= 0.5e-4, "{name}: {row:?} {other:?}");
        }
        assert_eq!(other["zone"], Field::Str(row["zone"].clone()));
        assert_eq!(other["state"], Field::Str("planned".to_owned()));
        assert!(!other.contains_key("penetration_mm") && !other.contains_key("reason"));
        assert_eq!(other.contains_key("diameter_mm"), row["zone"] == "large");
    }
    assert!(csv.iter().any(|row| row["zone"] == "a, \"b\""));
}

#[test]
fn a_runs_table_says_of_each_dot_that_it_is_done_how_deep_and_when() {
    let (csv, table) = (rows("r.csv"), parquet_rows("r.parquet"));
    assert_eq!(csv.len(), rows("p.csv").len());
    let mut before = 0.0;
    for (row, other) in csv.iter().zip(&table) {
        // Both are one table: whatever is in one is in the other, and what is not known in neither.
        for (name, text) in row {
            match other.get(name) {
                None => assert_eq!(text, "", "{name}"),
                Some(Field::Str(value)) => assert_eq!(text, value, "{name}"),
                Some(_) => {
                    let same = text.parse::<f64>().unwrap().total_cmp(&number(other, name));
                    assert!(same.is_eq(), "{name}: {text}");
                }
            }
        }
        assert_eq!(row["state"], "done");
        let (depth_mm, at_s) = (number(other, "penetration_mm"), number(other, "at_s"));
        assert!((1.2..2.1).contains(&depth_mm) && at_s > before, "{row:?}");
        before = at_s;
        assert_eq!(other["session"], Field::UInt(1));
    }
}

#[test]
fn a_table_carries_what_it_is_of_and_the_types_that_its_page_promises() {
    let reader =
        SerializedFileReader::new(fs::File::open(folder().join("r.parquet")).unwrap()).unwrap();
    let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let named = |key: &str| about.iter().find(|one| one.key == key).unwrap().value.clone();
    assert_eq!(named("smp.design").as_deref(), Some("two"));
    assert_eq!(named("smp.machine").as_deref(), Some("gantry6"));
    assert_eq!(named("smp.program").unwrap().len(), 64);
    let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap();
    assert_eq!(row.get_uint(0).unwrap().to_string(), rows("r.csv")[0]["dot"]);
    let page = fs::read_to_string(repository("docs/formats.md")).unwrap();
    for (name, _) in row.get_column_iter() {
        assert!(page.contains(&format!("`{name}`")), "docs/formats.md does not tell of {name}");
    }
}

/// A disc: its middle and its diameter, mm.
type Disc = ([f64; 3], f64);

/// In the scalp frame, the discs of a GLB, by their mesh's name; and how many triangles
/// its head has.
fn discs(name: &str) -> (BTreeMap<String, Vec<Disc>>, usize) {
    let bytes = fs::read(folder().join(name)).unwrap();
    let glb = gltf::Gltf::from_slice(&bytes).unwrap();
    let blob = glb.blob.as_deref().unwrap();
    let (mut all, mut head) = (BTreeMap::new(), 0);
    for node in glb.default_scene().unwrap().nodes() {
        let mesh = node.mesh().unwrap();
        let primitive = mesh.primitives().next().unwrap();
        let reader = primitive.reader(|_| Some(blob));
        // To the client's left, up, to the nose; metres.
        let scalp = |[left, up, nose]: [f32; 3]| [-left, nose, up].map(|v| f64::from(v) * 1e3);
        let corners: Vec<[f64; 3]> = reader.read_positions().unwrap().map(scalp).collect();
        if node.name() == Some("head") {
            head = reader.read_indices().unwrap().into_u32().count() / 3;
            continue;
        }
        let disc = |corners: &[[f64; 3]]| {
            let mean = [0, 1, 2].map(|k| corners.iter().map(|c| c[k]).sum::<f64>() / 8.0);
            let across = (0..3).map(|k| (corners[0][k] - corners[4][k]).powi(2)).sum::<f64>();
            (mean, across.sqrt())
        };
        all.insert(node.name().unwrap().to_owned(), corners.chunks(8).map(disc).collect());
    }
    (all, head)
}

#[test]
fn a_glb_has_the_head_and_each_dot_at_its_place_and_size() {
    let (discs, triangles) = discs("p.glb");
    assert!(triangles > 1000, "{triangles}");
    let names: Vec<&String> = discs.keys().collect();
    assert_eq!(names, ["a, \"b\", layer 0", "large, layer 1"]);
    let csv = rows("p.csv");
    assert_eq!(discs.values().map(Vec::len).sum::<usize>(), csv.len());
    for row in &csv {
        let place = ["x_mm", "y_mm", "z_mm"].map(|name| row[name].parse::<f64>().unwrap());
        let of = &discs[&format!("{}, layer {}", row["zone"], row["layer"])];
        let off =
            |middle: [f64; 3]| (0..3).map(|k| (middle[k] - place[k]).powi(2)).sum::<f64>().sqrt();
        let (middle, across) = of.iter().min_by(|a, b| off(a.0).total_cmp(&off(b.0))).unwrap();
        // Discs float 0.06 mm over the skin.
        assert!((off(*middle) - 0.06).abs() < 0.001, "{row:?} {middle:?}");
        let wanted = if row["zone"] == "large" { 0.8 } else { 0.35 };
        assert!((across - wanted).abs() < 0.001, "{across}");
    }
}

#[test]
fn what_was_struck_is_drawn_where_the_needle_went_in() {
    let (planned, _) = discs("p.glb");
    let (struck, _) = discs("r.glb");
    let (planned, struck) = (planned.values().flatten(), struck.values().flatten());
    let off = planned.zip(struck).map(|((planned, _), (struck, _))| {
        (0..3).map(|k| (planned[k] - struck[k]).powi(2)).sum::<f64>().sqrt()
    });
    // The report says how far off strikes are, by its own way.
    let report = fs::read(folder().join("done/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let worst = report["placement_mm"]["max"].as_f64().unwrap();
    let drawn = off.fold(0.0, f64::max);
    assert!(worst > 0.1 && (drawn - worst).abs() < 0.01, "{drawn} and {worst}");
    for name in ["p.svg", "r.svg"] {
        let text = fs::read_to_string(folder().join(name)).unwrap();
        let page = roxmltree::Document::parse(&text).unwrap();
        let top = page.descendants().filter(|node| node.attribute("data-view") == Some("Top"));
        let paths = top.flat_map(|group| group.children());
        let dots: usize = paths.map(|p| p.attribute("d").unwrap().matches('z').count()).sum();
        assert_eq!(dots, rows("p.csv").len(), "{name}: all lie on top of the head");
    }
}

#[test]
fn an_export_that_would_take_the_place_of_its_plan_or_of_another_is_refused_and_leaves_them() {
    let folder = tempfile::tempdir().unwrap();
    let plan = fs::read(self::folder().join("the.plan")).unwrap();
    fs::write(folder.path().join("the.plan"), &plan).unwrap();
    for (arguments, words) in [
        (&["--glb", "the.plan"][..], "named twice"),
        (&["--glb", "x", "--parquet", "x"], "named twice"),
        (&["--achieved-csv", "x"], "nothing is done yet"),
        (&[], "required"),
    ] {
        let output = run(folder.path(), &[&["export", "the.plan"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    // A disk that takes nothing, and a place that is no file: what was there stays, nothing half lies beside it.
    fs::create_dir_all(folder.path().join("taken/full")).unwrap();
    let output = run(folder.path(), &["export", "the.plan", "--parquet", "taken"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(fs::read(folder.path().join("the.plan")).unwrap(), plan);
}
