//! What `[pattern]` says of its drawing.

use crate::images::drawn;
use smp::design::{Design, DesignError, Pattern};

fn read(file: &str, keys: &str, content: &[u8]) -> Result<Pattern, DesignError> {
    let text = format!(
        "schema = 1\nname = \"p\"\n[pattern]\nfile = \"{file}\"\nanchor = {{ s = 0.5, t = 0.0 }}\n{keys}\n"
    );
    let design = Design::parse(&text, "d.toml", &mut |_| Ok(content.to_vec()))?;
    Ok(design.pattern.unwrap())
}

fn refused(file: &str, keys: &str, content: &[u8]) -> String {
    read(file, keys, content).expect_err("was taken").to_string()
}

const CSV: &[u8] = b"x_mm,y_mm\n-20,1\n30,2\n0,31\n";
const DXF: &[u8] = b"0\nSECTION\n2\nENTITIES\n0\nPOINT\n10\n2\n20\n3\n0\nENDSEC\n0\nEOF\n";

#[test]
fn each_format_has_its_keys_and_no_others() {
    let dxf = read("a.DXF", "unit = \"cm\"", DXF).unwrap();
    assert_eq!(
        (dxf.dots[0].x_mm.to_string(), dxf.dots[0].y_mm.to_string()),
        ("20".into(), "30".into())
    );
    let png = drawn(40, 20, |x, y| f64::from((10..14).contains(&x) && (10..14).contains(&y)));
    let dot = read("a.png", "width_mm = 80\nthreshold = 0.3", &png).unwrap().dots[0];
    assert!((dot.x_mm + 16.0).abs() < 1e-9 && (dot.y_mm + 4.0).abs() < 1e-9, "{dot:?}");
    let cases = [
        ("a.csv", "unit = \"mm\"", "d.toml:6:8: unit is for .dxf files only"),
        ("a.svg", "width_mm = 90", "d.toml:6:12: width_mm is for .png files only"),
        ("a.dxf", "unit = \"mm\"\nthreshold = 0.5", "d.toml:7:13: threshold is for .png"),
        ("a.dxf", "unit = \"ell\"", "d.toml:6:8: unknown variant `ell`, expected one of `mm`"),
        ("a.png", "width_mm = 0.5", "d.toml:6:12: width_mm = 0.5, must be 1 to 600"),
        ("a.png", "width_mm = nan", "d.toml:6:12: width_mm = NaN"),
        ("a.png", "width_mm = 9\nthreshold = 1", "d.toml:7:13: threshold = 1, must be 0.05"),
        ("a.png", "", "a.png: how wide the image is in truth is not known: say it (width_mm)"),
        ("a.dxf", "", "a.dxf:1:1: the drawing has no unit ($INSUNITS)"),
        ("a.csv", "mirror = \"z\"", "d.toml:6:10: unknown variant `z`"),
        ("a.jpg", "", "d.toml:4:8: \"a.jpg\" is no .csv, .svg, .dxf or .png file"),
        ("a", "", "d.toml:4:8: \"a\" is no .csv, .svg, .dxf or .png file"),
    ];
    for (file, keys, wanted) in cases {
        let said = refused(file, keys, if file.ends_with("dxf") { DXF } else { &png });
        assert!(said.starts_with(wanted), "{said}\nshould begin with: {wanted}");
    }
}

#[test]
fn a_drawing_is_turned_over_where_that_is_asked_for() {
    let at = |keys: &str| {
        let dots = read("a.csv", keys, CSV).unwrap().dots;
        dots.iter().map(|d| (d.x_mm as i32, d.y_mm as i32)).collect::<Vec<_>>()
    };
    assert_eq!(at(""), [(-20, 1), (30, 2), (0, 31)]);
    assert_eq!(at("mirror = \"x\""), [(20, 1), (-30, 2), (0, 31)]);
    assert_eq!(at("mirror = \"y\""), [(-20, -1), (30, -2), (0, -31)]);
}

#[test]
fn a_drawing_of_another_size_than_believed_is_refused_with_the_likely_cause() {
    // The dots span 50 by 30 mm.
    for taken in ["[50, 30]", "[50.9, 29.5]", "[49.1, 30.0]"] {
        assert!(read("a.csv", &format!("size_mm = {taken}"), CSV).is_ok(), "{taken}");
    }
    let cases = [
        ("[51.1, 30]", "scale the drawing, or correct size_mm"),
        ("[50, 29.4]", "scale the drawing"),
        ("[30, 50]", "width and height seem to be exchanged"),
        ("[1.9685, 1.1811]", "inches and mm"),
        ("[5, 3]", "cm and mm"),
        ("[500, 300]", "cm and mm"),
        ("[0.05, 0.03]", "metres and mm"),
        ("[66.67, 40]", "drawn at 72 dpi and read at 96, or the reverse"),
        ("[37.5, 22.5]", "drawn at 72 dpi and read at 96, or the reverse"),
        ("[46.875, 28.125]", "drawn at 90 dpi"),
        ("[188.976, 113.386]", "pixels (1/96 inch) and mm"),
        ("[141.732, 85.04]", "points (1/72 inch) and mm"),
        ("[0, 30]", "scale the drawing"),
    ];
    for (size, cause) in cases {
        let said = refused("a.csv", &format!("size_mm = {size}"), CSV);
        let place = "d.toml:6:11: the dots of \"a.csv\" span 50.000 by 30.000 mm, not ";
        assert!(said.starts_with(place) && said.contains(cause), "{said}\nshould have: {cause}");
    }
    let column = b"x_mm,y_mm\n5,0\n5,12\n";
    assert!(read("a.csv", "size_mm = [0, 12]", column).is_ok());
    assert!(refused("a.csv", "size_mm = [0, 120]", column).contains("cm and mm"));
    assert!(refused("a.csv", "size_mm = [nan, 3]", CSV).starts_with("d.toml:6:12: size_mm = NaN"));
    assert!(refused("a.csv", "size_mm = [-1, 3]", CSV).starts_with("d.toml:6:12: size_mm = -1"));
    assert!(refused("a.csv", "size_mm = [3]", CSV).starts_with("d.toml:6:11: invalid length 1"));
}
