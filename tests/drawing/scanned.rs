//! Dark blobs of a PNG as dots.

use crate::images::drawn;
use proptest::prelude::*;
use smp::design::drawing::{Drawing, Format, Reading};
use smp::design::{DesignError, PatternDot};

/// Discs on white paper, (x, y, radius, darkness) in pixels from the upper left corner; their rims are as smooth as by
/// `fine` times `fine` samples for each pixel.
fn discs(width: u32, height: u32, fine: u32, discs: &[(f64, f64, f64, f64)]) -> Vec<u8> {
    drawn(width, height, |x, y| {
        let mut dark = 0.0;
        for sub in 0..fine * fine {
            let at = |pixel: u32, k: u32| f64::from(pixel) + (f64::from(k) + 0.5) / f64::from(fine);
            let (u, v) = (at(x, sub % fine), at(y, sub / fine));
            let inside = discs.iter().find(|(a, b, r, _)| (u - a).hypot(v - b) < *r);
            dark += inside.map_or(0.0, |disc| disc.3) / f64::from(fine * fine);
        }
        dark
    })
}

fn read_with(png: Vec<u8>, reading: &Reading) -> Result<Drawing, DesignError> {
    Drawing::read(png, "p.png", Format::Png, reading)
}

/// One pixel is 0.1 mm.
fn read(width: u32, png: Vec<u8>) -> Result<Drawing, DesignError> {
    let width_mm = Some(f64::from(width) / 10.0);
    read_with(png, &Reading { width_mm, ..Reading::default() })
}

fn refused(width: u32, png: Vec<u8>) -> String {
    read(width, png).expect_err("was taken").to_string()
}

fn off(dot: &PatternDot, x: f64, y: f64) -> f64 {
    (dot.x_mm - x).hypot(dot.y_mm - y)
}

#[test]
fn the_middle_of_the_image_lies_on_the_anchor_and_y_points_to_the_forehead() {
    let png = discs(60, 40, 8, &[(30.0, 20.0, 3.0, 1.0), (40.0, 10.0, 2.0, 1.0)]);
    let mut dots = read(60, png).unwrap().dots;
    dots.sort_by(|a, b| a.x_mm.total_cmp(&b.x_mm));
    assert!(off(&dots[0], 0.0, 0.0) < 0.001, "{dots:?}");
    assert!(off(&dots[1], 1.0, 1.0) < 0.001, "{dots:?}");
    assert!((dots[0].diameter_mm.unwrap() - 0.6).abs() < 0.005);
    assert!((dots[1].diameter_mm.unwrap() - 0.4).abs() < 0.005);
    assert_eq!((dots[0].shade, dots[0].layer), (Some(1.0), None));
}

#[test]
fn a_grey_dot_has_its_shade_and_its_size() {
    let png = discs(60, 40, 8, &[(20.0, 20.0, 4.0, 0.6), (40.0, 20.0, 4.0, 0.8)]);
    let dots = read(60, png).unwrap().dots;
    for (dot, shade) in dots.iter().zip([0.6, 0.8]) {
        assert!((dot.shade.unwrap() - shade).abs() < 0.005, "{dot:?}");
        assert!((dot.diameter_mm.unwrap() - 0.8).abs() < 0.01, "{dot:?}");
    }
}

#[test]
fn an_image_higher_than_any_drawing_is_refused() {
    let png = || discs(20, 70, 4, &[(10.0, 10.0, 4.0, 1.0)]);
    let of_width = |width_mm| {
        let reading = Reading { width_mm: Some(width_mm), ..Reading::default() };
        read_with(png(), &reading)
    };
    // The dot is wider than any dot: that is told of one that is low enough.
    let told = |width_mm| of_width(width_mm).expect_err("was taken").to_string();
    assert!(told(172.0).contains("602 mm high"), "{}", told(172.0));
    assert!(!told(171.0).contains("mm high"), "{}", told(171.0));
}

#[test]
fn marks_paler_than_the_threshold_are_told_and_another_threshold_takes_them() {
    let png = || discs(60, 40, 4, &[(20.0, 20.0, 4.0, 1.0), (40.0, 20.0, 4.0, 0.4)]);
    let found = read(60, png()).unwrap();
    assert_eq!((found.dots.len(), found.ignored_shapes), (1, 1));
    let reading = Reading { width_mm: Some(6.0), threshold: Some(0.2), mirror: None, unit: None };
    let found = read_with(png(), &reading).unwrap();
    assert_eq!((found.dots.len(), found.ignored_shapes), (2, 0));
    assert!((found.dots[1].shade.unwrap() - 0.4).abs() < 0.005);
}

#[test]
fn what_is_no_row_of_dots_is_refused_with_its_pixel() {
    let one = (20.0, 20.0, 4.0, 1.0);
    let touching = discs(60, 40, 4, &[one, (26.5, 20.0, 4.0, 1.0)]);
    assert!(
        refused(60, touching).starts_with("p.png: pixel (18, 16): a dark shape that is not round")
    );
    let two = [(20.3, 15.0, 1.5, 1.0), (23.3, 15.0, 1.5, 1.0)];
    assert!(refused(60, discs(60, 40, 10, &two)).contains("not round"));
    let three = [(20.0, 15.0, 3.0, 1.0), (26.0, 15.0, 3.0, 1.0), (23.0, 20.1, 3.0, 1.0)];
    assert!(refused(60, discs(60, 40, 10, &three)).contains("not round"));
    let line = drawn(60, 40, |x, y| f64::from((10..40).contains(&x) && (20..22).contains(&y)));
    assert!(refused(60, line).starts_with("p.png: pixel (10, 20): a dark shape that is not round"));
    let speck = drawn(60, 40, |x, y| f64::from((10..12).contains(&x) && y == 7));
    assert!(
        refused(60, speck).starts_with("p.png: pixel (10, 7): a dot of 2 pixels, 4 are needed")
    );
    let at_rim = discs(60, 40, 4, &[one, (59.0, 9.0, 4.0, 1.0)]);
    assert!(refused(60, at_rim).starts_with("p.png: pixel (57, 5): something dark at the rim"));
    let night = drawn(60, 40, |x, y| 1.0 - f64::from(x == 5 && y == 5));
    assert!(refused(60, night).contains("dark ground"));
    let huge = discs(140, 140, 4, &[(70.0, 70.0, 60.0, 1.0)]);
    assert!(refused(140, huge).contains("diameter in mm = 12.00"));
    assert!(refused(60, drawn(60, 40, |_, _| 0.0)).contains("p.png: no dots"));
    let unknown = read_with(discs(60, 40, 1, &[one]), &Reading::default());
    assert!(unknown.expect_err("was taken").to_string().contains("say it (width_mm)"));
}

#[test]
fn noise_is_refused_before_it_takes_memory() {
    let checks = drawn(2_000, 2_500, |x, y| f64::from((x ^ y) & 1));
    let said = refused(2_000, checks);
    assert!(said.contains("more than 2000000 runs of dark pixels"), "{said}");
    // 252 by 252 dots of 2 by 2 pixels.
    let many =
        drawn(1_010, 1_010, |x, y| f64::from(x % 4 > 1 && y % 4 > 1 && x < 1_008 && y < 1_008));
    assert!(refused(1_010, many).contains("p.png: more than 50000 dots"));
}

#[test]
fn a_shape_of_any_kind_hangs_together() {
    // A ring, whose runs join below, and a slanted line of pixels that touch at corners.
    let ring = drawn(60, 60, |x, y| {
        let r = (f64::from(x) - 30.0).hypot(f64::from(y) - 30.0);
        f64::from((10.0..13.0).contains(&r))
    });
    assert!(refused(60, ring).contains("not round"));
    let slanted = drawn(60, 60, |x, y| f64::from(x == y && (10..30).contains(&x)));
    assert!(
        refused(60, slanted).starts_with("p.png: pixel (10, 10): a dark shape that is not round")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_smooth_dot_of_three_pixels_is_found_to_a_twentieth_of_a_pixel(
        x in 8.0..22.0, y in 8.0..22.0, r in 1.5..6.0,
    ) {
        let found = read(30, discs(30, 30, 10, &[(x, y, r, 1.0)])).unwrap();
        prop_assert_eq!(found.dots.len(), 1);
        let off = off(&found.dots[0], (x - 15.0) / 10.0, (15.0 - y) / 10.0);
        prop_assert!(off < 0.005, "{off} mm of 0.1 mm for a pixel");
        let diameter = found.dots[0].diameter_mm.unwrap();
        prop_assert!((diameter - r / 5.0).abs() < 0.02 * r / 5.0 + 0.002, "{diameter}, {r}");
    }

    #[test]
    fn every_dot_of_a_field_is_found_once(
        offsets in proptest::collection::vec((-1.5..1.5, -1.5..1.5), 30),
    ) {
        let at = |k: usize| (10.0 + 10.0 * (k % 6) as f64 + offsets[k].0, 10.0 + 10.0 * (k / 6) as f64 + offsets[k].1);
        let drawn: Vec<_> = (0..30).map(|k| (at(k).0, at(k).1, 2.5, 1.0)).collect();
        let found = read(70, discs(70, 60, 6, &drawn)).unwrap().dots;
        prop_assert_eq!(found.len(), 30);
        for (x, y, _, _) in drawn {
            let (x, y) = ((x - 35.0) / 10.0, (30.0 - y) / 10.0);
            prop_assert_eq!(found.iter().filter(|dot| off(dot, x, y) < 0.005).count(), 1);
        }
    }
}
