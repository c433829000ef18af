//! `[hair]` of a design: what is read, and what is refused with file, line, column.

use crate::images::drawn;
use proptest::prelude::*;
use smp::design::{Anchor, Design, DesignError, Growth, Hair, Mask};
use std::fmt::Write;

/// A design with a zone and this table; every file that it names holds these bytes.
fn read(table: &str, file: &[u8]) -> Result<Hair, DesignError> {
    let text = format!(
        "schema = 1\nname = \"h\"\n[hair]\n{table}\n\n[[zone]]\nname = \"top\"\ndensity_per_cm2 = 40\n\
         round = {{ s = 0.5, t = 0.0, radius_mm = 20 }}\n"
    );
    Ok(Design::parse(&text, "d.toml", &mut |_| Ok(file.to_vec()))?.hair.unwrap())
}

fn list(rows: &str) -> Result<Hair, DesignError> {
    read("follicles = \"hair.csv\"", rows.as_bytes())
}

const MASK: &str = "mask = \"hair.png\"\nanchor = { s = 0.5, t = 0.1 }\nwidth_mm = 40.0";

fn image(width: u32, height: u32) -> Vec<u8> {
    drawn(width, height, |x, y| f64::from(x == 3 && y == 1))
}

fn mask(table: &str, file: &[u8]) -> Mask {
    let Growth::Mask(mask) = read(table, file).unwrap().growth else { panic!("no mask") };
    mask
}

#[test]
fn lists_are_in_scalp_coordinates_or_in_mm_as_their_header_says() {
    let hair = list("# counted by hand\nt, s\n0.1,0.5\n-1,0\n").unwrap();
    assert!((hair.clearance_mm - 0.3).abs() < 1e-12);
    assert_eq!(hair.file, "hair.csv");
    let at = vec![Anchor { s: 0.5, t: 0.1 }, Anchor { s: 0.0, t: -1.0 }];
    assert_eq!(hair.growth, Growth::AtCoordinates(at));
    let hair = list("x_mm,y_mm,z_mm\n1,-2,140.5\n").unwrap();
    assert_eq!(hair.growth, Growth::AtPlaces(vec![[1.0, -2.0, 140.5]]));
    let wide = read("follicles = \"a.csv\"\nclearance_mm = 2.0", b"s,t\n0,0\n").unwrap();
    assert!((wide.clearance_mm - 2.0).abs() < 1e-12);
}

#[test]
fn what_is_wrong_in_a_list_is_named_with_its_line() {
    let known = "known are s,t or x_mm,y_mm,z_mm";
    for (rows, wanted) in [
        ("s,t\n0.5,nan\n", "hair.csv:2:5: t = NaN, must be -1 to 1"),
        ("s,t\n0.5,0\n1e300,0\n", "hair.csv:3:1: s = 1"),
        ("s,t\n-0.01,0\n", "hair.csv:2:1: s = -0.01, must be 0 to 1"),
        ("x_mm,y_mm,z_mm\n0,0,inf\n", "hair.csv:2:5: z_mm = inf, must be -300 to 300"),
        ("x_mm,y_mm,z_mm\n0,-301,0\n", "hair.csv:2:3: y_mm = -301"),
        ("s,t\n0.5,\n", "hair.csv:2:5: t: \"\" is not a number"),
        ("s,t\n0.5,left\n", "hair.csv:2:5: t: \"left\" is not a number"),
        ("s,t\n0.5\n", "hair.csv:2:1: "),
        ("lat,lon\n0,0\n", "hair.csv:1:1: column \"lat\" is unknown"),
        ("s,t,x_mm\n0,0,0\n", "hair.csv:1:5: column \"x_mm\" is unknown"),
        ("s,s\n0,0\n", "hair.csv:1:3: column \"s\" is there twice"),
        ("x_mm,y_mm\n0,0\n", "hair.csv:1:1: column \"z_mm\" is missing"),
        ("0.5,0.1\n", "hair.csv:1:1: column \"0.5\" is unknown"),
        ("", "column \"x_mm\" is missing"),
        ("s,t\n", "hair.csv: no hair in it"),
    ] {
        let told = list(rows).expect_err(rows).to_string();
        assert!(told.contains(wanted), "{told}\nshould have: {wanted}\n{rows}");
        assert!(!told.contains("column \"") || told.contains(known), "{told}");
    }
    let told = read("follicles = \"hair.csv\"", b"s,t\n0.5,0\n\xff").unwrap_err().to_string();
    assert!(told.contains("hair.csv:3:1: not UTF-8 text"), "{told}");
}

#[test]
fn a_list_of_more_follicles_than_any_head_has_is_refused() {
    let mut rows = "s,t\n".to_owned();
    for k in 0..150_000 {
        writeln!(rows, "0.5,{}", f64::from(k) * 1e-6).unwrap();
    }
    assert!(list(&rows).is_ok());
    let told = list(&(rows + "0.5,0.5\n")).unwrap_err().to_string();
    assert_eq!(told, "hair.csv:150002:1: more than 150000 follicles");
    let told = list(&"#\n".repeat(5 << 20)).unwrap_err().to_string();
    assert!(told.contains("hair.csv: 10485760 bytes, limit 8388608"), "{told}");
}

#[test]
fn what_is_wrong_in_the_table_is_named_with_its_line() {
    let png = image(40, 20);
    let but = |old: &str, new: &str| MASK.replacen(old, new, 1);
    for (table, wanted) in [
        (String::new(), "d.toml:3:1: one of follicles or mask must say"),
        (format!("{MASK}\nfollicles = \"a.csv\""), "d.toml:3:1: one of follicles or mask must say"),
        (
            "follicles = \"../a.csv\"".to_owned(),
            "d.toml:4:13: \"../a.csv\" leaves the design's folder",
        ),
        ("follicles = \"/a.csv\"".to_owned(), "d.toml:4:13: \"/a.csv\" leaves the design's folder"),
        (but("hair.png", "C:\\\\a.png"), "leaves the design's folder"),
        ("follicles = \"a.png\"".to_owned(), "d.toml:4:13: \"a.png\" is no .csv file"),
        (but("hair.png", "a.csv"), "d.toml:4:8: \"a.csv\" is no .png file"),
        (
            "follicles = \"a.csv\"\nwidth_mm = 3".to_owned(),
            "d.toml:5:12: width_mm is for .png files only",
        ),
        ("follicles = \"a.csv\"\nthreshold = 0.3".to_owned(), "threshold is for .png files only"),
        (but("width_mm = 40.0", ""), "d.toml:3:1: a mask needs width_mm"),
        (but("anchor = { s = 0.5, t = 0.1 }", ""), "d.toml:3:1: a mask needs anchor"),
        (but("s = 0.5", "s = nan"), "d.toml:5:16: anchor.s = NaN"),
        (but("40.0", "0"), "d.toml:6:12: width_mm = 0, must be 1 to 600"),
        (format!("{MASK}\nrotation_deg = 361"), "d.toml:7:16: rotation_deg = 361"),
        (format!("{MASK}\nthreshold = nan"), "d.toml:7:13: threshold = NaN, must be 0.05 to 0.95"),
        (
            format!("{MASK}\nclearance_mm = 2.01"),
            "d.toml:7:16: clearance_mm = 2.01, must be 0 to 2",
        ),
        (format!("{MASK}\nclearance_mm = -0.1"), "d.toml:7:16: clearance_mm = -0.1"),
        (format!("{MASK}\nclearance_mm = nan"), "d.toml:7:16: clearance_mm = NaN"),
        (format!("{MASK}\nmirror = \"x\""), "d.toml:7:1: unknown field `mirror`"),
    ] {
        let told = read(&table, &png).expect_err(&table).to_string();
        assert!(told.contains(wanted), "{told}\nshould have: {wanted}\n{table}");
    }
}

#[test]
fn images_that_are_no_mask_are_refused() {
    let told = |file: &[u8]| read(MASK, file).unwrap_err().to_string();
    assert!(told(b"\x89PNG no more").contains("hair.png: byte"));
    assert!(told(&drawn(8, 8, |_, _| 0.3)).contains("hair.png: no hair in it"));
    let tall = told(&image(4, 80));
    assert!(
        tall.contains("d.toml:6:12: at this width \"hair.png\" is 800 mm high, limit 600 mm"),
        "{tall}"
    );
    let dither = drawn(2_100, 2_100, |x, y| f64::from((x + y) % 2));
    assert!(told(&dither).contains("more than 2000000 runs of dark pixels"));
}

#[test]
fn a_mask_knows_where_it_is_dark_with_x_to_the_right_and_y_up() {
    // 1 mm a pixel; the dark one is the fourth of the second row.
    let mask = mask(MASK, &image(40, 20));
    let (x, y) = (-16.5, 8.5);
    assert!(mask.is_near([x, y], 0.0) && mask.is_near([x + 0.49, y - 0.49], 0.0));
    assert!(!mask.is_near([x + 0.51, y], 0.0) && !mask.is_near([-x, y], 0.0));
    assert!(!mask.is_near([x, -y], 0.0));
    assert!(mask.is_near([x + 1.4, y], 1.0) && !mask.is_near([x + 1.6, y], 1.0));
    // At a corner the reach is round.
    assert!(mask.is_near([x + 1.2, y + 1.2], 1.0) && !mask.is_near([x + 1.3, y + 1.3], 1.0));
    for far in [[1e9, y], [x, -1e9], [f64::NAN, y], [x, f64::NAN]] {
        assert!(!mask.is_near(far, 2.0), "{far:?}");
    }
    let cover = mask.cover_mm();
    assert_eq!(cover.len(), 1);
    assert!((cover[0][0] - x).hypot(cover[0][1] - y) < 1.5);
    let pale = drawn(10, 10, |x, _| f64::from(x) / 10.0);
    assert!(self::mask(&format!("{MASK}\nthreshold = 0.75"), &pale).is_near([17.0, 0.0], 0.0));
    assert!(!self::mask(&format!("{MASK}\nthreshold = 0.75"), &pale).is_near([6.0, 0.0], 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_mask_is_near_exactly_where_a_dark_pixel_is(
        dark in prop::collection::vec(prop::bool::weighted(0.1), 12 * 9),
        (x, y) in (-30.0..30.0, -25.0..25.0),
        reach_mm in 0.0..6.0f64,
    ) {
        prop_assume!(dark.iter().any(|dark| *dark));
        let png = drawn(12, 9, |x, y| f64::from(dark[(y * 12 + x) as usize]));
        let mask = mask(MASK, &png);
        let side = 40.0 / 12.0;
        let (u, v): (f64, f64) = (20.0 + x, side * 4.5 - y);
        let far = (0..dark.len()).filter(|k| dark[*k]).map(|k| {
            let (left, top): (f64, f64) = (side * (k % 12) as f64, side * (k / 12) as f64);
            let dx = (left - u).max(u - left - side).max(0.0);
            let dy = (top - v).max(v - top - side).max(0.0);
            dx.hypot(dy)
        });
        let far: f64 = far.fold(f64::MAX, f64::min);
        prop_assume!((far - reach_mm).abs() > 1e-9);
        prop_assert_eq!(mask.is_near([x, y], reach_mm), far < reach_mm);
    }
}
