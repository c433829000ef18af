//! `smp design convert`, as people call it.

use crate::images::drawn;
use crate::process::{run, run_well, said};
use std::path::Path;

const CSV: &str = "x_mm,y_mm,diameter_mm\n-1,2,0.4\n3,4.5,0.5\n";
const DXF: &str = "0\nSECTION\n2\nENTITIES\n0\nPOINT\n10\n2\n20\n3\n0\nENDSEC\n0\nEOF\n";

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn every_format_becomes_a_list_or_a_drawing() {
    let png = drawn(40, 40, |x, y| f64::from((10..14).contains(&x) && (10..14).contains(&y)));
    let made = folder(&[("a.csv", CSV.as_bytes()), ("a.dxf", DXF.as_bytes()), ("a.png", &png)]);
    let folder = made.path();
    let printed = run_well(folder, &["design", "convert", "a.csv", "b.svg"]);
    assert_eq!(printed, "b.svg: 2 dots that span 4.000 by 2.500 mm\n");
    run_well(folder, &["design", "convert", "b.svg", "c.csv"]);
    assert_eq!(text(folder, "c.csv"), CSV);
    run_well(folder, &["design", "convert", "a.csv", "d.csv", "--mirror", "x"]);
    assert_eq!(text(folder, "d.csv"), CSV.replace("-1,", "1,").replace("\n3,", "\n-3,"));
    run_well(folder, &["design", "convert", "a.dxf", "e.csv", "--unit", "cm"]);
    assert_eq!(text(folder, "e.csv"), "x_mm,y_mm\n20,30\n");
    let png = ["design", "convert", "a.png", "f.csv", "--width-mm", "20", "--threshold", "0.4"];
    run_well(folder, &png);
    assert_eq!(text(folder, "f.csv"), "x_mm,y_mm,diameter_mm,shade\n-4,4,2.257,1\n");
    let json = run_well(folder, &["design", "convert", "a.csv", "g.svg", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["dots"].as_u64(), json["ignored_shapes"].as_u64()), (Some(2), Some(0)));
    assert_eq!((json["written"].as_str(), json["span_mm"][1].as_f64()), (Some("g.svg"), Some(2.5)));
}

#[test]
fn slips_are_refused_and_write_nothing() {
    let made = folder(&[
        ("a.csv", CSV.as_bytes()),
        ("a.dxf", DXF.as_bytes()),
        ("bad.csv", b"x_mm,y_mm\n1,two\n"),
    ]);
    let folder = made.path();
    std::os::unix::fs::symlink("a.csv", folder.join("link.csv")).unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["a.csv", "a.csv"], "cannot write to a.csv: it is the drawing"),
        (&["a.csv", "./link.csv"], "cannot write to ./link.csv: it is the drawing"),
        (&["a.csv", "o.dxf"], "cannot write o.dxf: .svg and .csv are written"),
        (&["a.txt", "o.svg"], "a.txt is no .csv, .svg, .dxf or .png file"),
        (&["gone.csv", "o.svg"], "cannot read a drawing from gone.csv"),
        (&["a.csv", "o.svg", "--unit", "mm"], "--unit is for .dxf files only"),
        (&["a.dxf", "o.svg"], "a.dxf:1:1: the drawing has no unit"),
        (&["a.dxf", "o.svg", "--width-mm", "nan"], "must be 1 to 600"),
        (&["bad.csv", "o.svg"], "bad.csv:2:3: y_mm: \"two\" is not a number"),
    ];
    for (arguments, wanted) in cases {
        let output = run(folder, &[&["design", "convert"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(wanted), "{}\nshould have: {wanted}", said(&output));
        assert!(!folder.join("o.svg").exists() && !folder.join("o.dxf").exists());
    }
    assert_eq!(text(folder, "a.csv"), CSV);
}
