//! Shapes of an SVG as outlines in mm.

use proptest::prelude::*;
use smp::design::DesignError;
use smp::design::svg::{FillRule, Outline, Ring, outlines};

/// A drawing of 200 mm by 160 mm whose unit is 0.5 mm, with its origin in the middle.
fn drawing(body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200mm\" height=\"16cm\" \
         viewBox=\"-200 -160 400 320\">\n{body}\n</svg>"
    )
}

fn read(body: &str) -> Vec<Outline> {
    outlines(&drawing(body), "o.svg").unwrap()
}

fn one(body: &str) -> Ring {
    let mut found = read(body);
    assert_eq!((found.len(), found[0].rings.len()), (1, 1), "{body}: {found:?}");
    found.remove(0).rings.remove(0)
}

fn path(data: &str) -> Ring {
    one(&format!("<path d='{data}'/>"))
}

fn refused(body: &str) -> String {
    outlines(&drawing(body), "o.svg").expect_err(body).to_string()
}

fn passes(ring: &Ring, closed: bool, wanted: &[(f64, f64)]) {
    assert_eq!((ring.closed, ring.points_mm.len()), (closed, wanted.len()), "{ring:?}");
    for ([x, y], (u, v)) in ring.points_mm.iter().zip(wanted) {
        assert!((x - u).hypot(y - v) < 1e-9, "{ring:?}, wanted {wanted:?}");
    }
}

/// Enclosed area, mm2, positive if it is gone around counter-clockwise as seen on paper.
fn area(ring: &Ring) -> f64 {
    let points = &ring.points_mm;
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(a, b)| (a[0] * b[1] - a[1] * b[0]) / 2.0).sum()
}

#[test]
fn straight_shapes_are_their_corners_in_mm_with_y_to_the_forehead() {
    let square = [(0.0, 0.0), (5.0, 0.0), (5.0, -10.0), (0.0, -10.0)];
    passes(&path("M0 0H10V20H0Z"), true, &square);
    passes(&path("m0,0 10,0 0,20 -10,0z"), true, &square);
    passes(&path("M0 0L10 0 10 20 0 20 0 0"), true, &square);
    passes(&path("M0 0l10 0v20h-10"), false, &square);
    passes(&one("<rect width='10' height='20'/>"), true, &square);
    passes(&one("<polygon points='0,0 10,0 10,20 0,20'/>"), true, &square);
    passes(&one("<polyline points='0 0 10 0 10 20 0 20'/>"), false, &square);
    passes(&one("<line x1='1' y1='2' x2='3' y2='-4'/>"), false, &[(0.5, -1.0), (1.5, 2.0)]);
    let moved =
        "<g transform='translate(4 0)'><rect transform='scale(2)' width='5' height='10'/></g>";
    let moved = one(moved);
    passes(&moved, true, &square.map(|(x, y)| (x + 2.0, y)));
    assert!(area(&moved) < 0.0, "turned over");
}

#[test]
fn an_outline_has_its_id_its_place_its_rings_and_its_rule() {
    let found = read(
        "<g style='fill-rule: evenodd'><path id='ring' d='M0 0h9v9z m3 1h1v1z'/>\
         <path fill-rule='nonzero' d='M0 0h9v9z'/></g>\n <circle id='c' r='4'/>\
         <path d='M1 1'/><path/><rect width='0' height='3'/><text>a</text><image/>",
    );
    let ids: Vec<_> = found.iter().map(|o| o.id.as_deref()).collect();
    assert_eq!(ids, [Some("ring"), None, Some("c")]);
    assert_eq!(found[0].rings.len(), 2);
    let rules = found.iter().map(|o| o.rule).collect::<Vec<_>>();
    assert_eq!(rules, [FillRule::EvenOdd, FillRule::NonZero, FillRule::NonZero]);
    assert_eq!(found[2].place.to_string(), "o.svg:3:2");
    passes(&found[0].rings[1], true, &[(1.5, -0.5), (2.0, -0.5), (2.0, -1.0)]);
}

#[test]
fn what_is_not_seen_is_no_outline() {
    let shape = "<path d='M0 0h9v9z'/>";
    for hidden in [
        format!("<g display='none'><g>{shape}</g></g>"),
        format!("<g style='visibility:hidden'>{shape}</g>"),
        format!("<defs>{shape}</defs><clipPath>{shape}</clipPath><symbol>{shape}</symbol>"),
        shape.replace("<path", "<path style='display : none'"),
    ] {
        assert_eq!(read(&hidden), [], "{hidden}");
    }
    let again = shape.replace("<path", "<path visibility='visible'");
    assert_eq!(read(&format!("<g visibility='hidden'>{again}</g>")).len(), 1);
}

#[test]
fn circles_and_arcs_stay_within_two_hundredths_of_a_mm() {
    for r in [0.1, 1.0, 30.0, 150.0] {
        let whole = one(&format!("<circle cx='10' cy='6' r='{r}'/>"));
        let halves = path(&format!(
            "M{} 6a{r} {r} 0 0 1 {} 0A{r} {r} 0 1 1 {} 6z",
            10.0 - r,
            2.0 * r,
            10.0 - r
        ));
        let mm = r / 2.0;
        for ring in [whole, halves] {
            assert!(ring.closed);
            let n = ring.points_mm.len();
            for k in 0..n {
                let (a, b) = (ring.points_mm[k], ring.points_mm[(k + 1) % n]);
                let from_middle = |x: f64, y: f64| (x - 5.0).hypot(y + 3.0);
                // The middle of half a circle comes from a root of nearly zero.
                assert!((from_middle(a[0], a[1]) - mm).abs() < 1e-5);
                let chord = from_middle((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0);
                assert!(mm - chord < 0.02 + 1e-5, "{r}: {}", mm - chord);
            }
        }
    }
    // Its flags may run together; radii too small for the chord grow.
    let half = path("M0 0a1 1 0 0110 0z");
    assert!((area(&half).abs() - std::f64::consts::PI * 2.5 * 2.5 / 2.0).abs() < 0.1);
}

#[test]
fn ellipses_and_rounded_corners_have_their_area() {
    use std::f64::consts::PI;
    let near = |ring: &Ring, wanted: f64| {
        let found = area(ring).abs();
        assert!((found - wanted).abs() < 0.003 * wanted, "{found}, wanted {wanted}");
    };
    near(&one("<ellipse cx='3' cy='4' rx='80' ry='20'/>"), PI * 40.0 * 10.0);
    near(&one("<ellipse ry='20'/>"), PI * 100.0);
    near(&one("<rect width='60' height='80' rx='10'/>"), 30.0 * 40.0 - (4.0 - PI) * 25.0);
    near(&one("<rect width='60' height='80' rx='900' ry='auto'/>"), PI * 15.0 * 20.0);
    near(&one("<g transform='rotate(30) skewX(20)'><circle r='20'/></g>"), PI * 100.0);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let cases = [
        ("<path d='M0 0 L1'/>", "o.svg:2:1: cannot read the path data from its character 7 on"),
        ("<path d='L1 1'/>", "o.svg:2:1: cannot read the path data from its character 1 on"),
        ("<path d='M0 0 Lx'/>", "o.svg:2:1: cannot read the path data from its character"),
        ("<path d='M0 0 L900 0'/>", "o.svg:2:1: x in mm = 450, must be -300 to 300"),
        ("<path d='M0 0 L1e999 0'/>", "o.svg:2:1: "),
        ("<path d='M0 0 C1e9 0 1 1 2 2'/>", "o.svg:2:1: control point in mm = 500000000"),
        ("<path d='M0 0 A1e12 1e12 0 0 0 1 1'/>", "o.svg:2:1: radius of an arc in mm"),
        ("<path d='M0 0 A1e-9 1e300 0 0 0 1 1'/>", "o.svg:2:1: radius of an arc in mm"),
        ("<circle r='1e30'/>", "o.svg:2:1: x in mm"),
        ("<circle r='-1'/>", "o.svg:2:9: cannot read r=\"-1\""),
        ("<rect width='5%' height='1'/>", "o.svg:2:7: cannot read width=\"5%\""),
        ("<polygon points='1 2 3'/>", "o.svg:2:10: cannot read points=\"1 2 3\""),
        ("<g><use href='#a'/></g>", "o.svg:2:4: <use> is not supported"),
        ("<style>path { transform: none }</style>", "o.svg:2:1: the style sheet sets"),
        ("<rect style='x: 3px'/>", "o.svg:2:7: cannot read style=\"x: 3px\""),
        ("<rect transform-origin='3 3'/>", "o.svg:2:7: cannot read transform-origin"),
    ];
    for (body, wanted) in cases {
        let said = refused(body);
        assert!(said.starts_with(wanted), "{said}\nshould begin with: {wanted}");
    }
    let long = refused(&format!("<polygon points='{}'/>", "1 ".repeat(999)));
    assert!(long.len() < 120, "{long}");
}

#[test]
fn points_are_counted() {
    let zigzag = |n: usize| format!("<path d='M0 0{}'/>", "h1h-1".repeat(n / 2));
    assert_eq!(one(&zigzag(99_998)).points_mm.len(), 99_998);
    let said = refused(&zigzag(100_002));
    assert!(said.contains("o.svg:2:1: more than 100000 points of outlines"), "{said}");
    let said = refused(&format!("<path d='M0 0{}'/>", "a1e6 1e6 0 1 0 1 1".repeat(2_000)));
    assert!(said.starts_with("o.svg:2:1: "), "{said}");
}

/// The curve as SVG defines it, at `t`.
fn bezier(points: &[(f64, f64)], t: f64) -> (f64, f64) {
    if let [one] = points {
        return *one;
    }
    let mix = |w: &[(f64, f64)]| {
        let ((a, b), (c, d)) = (w[0], w[1]);
        (a + (c - a) * t, b + (d - b) * t)
    };
    bezier(&points.windows(2).map(mix).collect::<Vec<_>>(), t)
}

/// How far a place is from a ring's straight pieces, mm.
fn distance(ring: &Ring, (x, y): (f64, f64)) -> f64 {
    let piece = |w: &[[f64; 2]]| {
        let (a, b) = (w[0], w[1]);
        let (u, v) = (b[0] - a[0], b[1] - a[1]);
        let along = ((x - a[0]) * u + (y - a[1]) * v) / (u * u + v * v);
        let t = along.clamp(0.0, 1.0);
        (a[0] + t * u - x).hypot(a[1] + t * v - y)
    };
    ring.points_mm.windows(2).map(piece).fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_curve_is_flattened_to_within_two_hundredths_of_a_mm(
        points in proptest::collection::vec((-200.0..200.0, -200.0..200.0), 3..5),
        scale in 0.05..1.0,
    ) {
        let letter = if points.len() == 4 { 'C' } else { 'Q' };
        let rest: String = points[1..].iter().map(|(x, y)| format!("{x} {y} ")).collect();
        let (x, y) = points[0];
        let ring = one(&format!("<path transform='scale({scale})' d='M{x} {y}{letter}{rest}'/>"));
        for k in 0..=50 {
            let (x, y) = bezier(&points, f64::from(k) / 50.0);
            let off = distance(&ring, (x * scale / 2.0, -y * scale / 2.0));
            prop_assert!(off < 0.02 + 1e-9, "{off} mm");
        }
    }

    #[test]
    fn smooth_and_relative_curves_are_the_same_as_written_out(
        v in proptest::collection::vec(-90.0..90.0, 12),
    ) {
        let p = |k: usize| (v[2 * k], v[2 * k + 1]);
        let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(p);
        let at = |(x, y): (f64, f64)| format!("{x} {y} ");
        let by = |(x, y): (f64, f64), (u, v): (f64, f64)| format!("{} {} ", x - u, y - v);
        let turned = |(x, y): (f64, f64), (u, v): (f64, f64)| (2.0 * u - x, 2.0 * v - y);
        let long = format!("M{}C{}{}{}C{}{}{}", at(a), at(b), at(c), at(d), at(turned(c, d)), at(e), at(f));
        let short = format!("M{}c{}{}{}s{}{}", at(a), by(b, a), by(c, a), by(d, a), by(e, d), by(f, d));
        near(&path(&short), &path(&long))?;
        let long = format!("M{}Q{}{}Q{}{}", at(a), at(b), at(c), at(turned(b, c)), at(d));
        let short = format!("M{}q{}{}t{}", at(a), by(b, a), by(c, a), by(d, c));
        near(&path(&short), &path(&long))?;
    }

    #[test]
    fn no_path_data_makes_the_reader_panic(data in "[MmLlHhVvCcSsQqTtAaZz0-9eE.,+ -]{0,80}", free in ".{0,80}") {
        for data in [data, free] {
            let clean = data.replace(['<', '&', '\''], "");
            if let Ok(found) = outlines(&drawing(&format!("<path d='M0 0{clean}'/>")), "o.svg") {
                let rings = found.iter().flat_map(|o| &o.rings);
                for ring in rings {
                    prop_assert!(ring.points_mm.len() > 1 && ring.points_mm.as_flattened().iter().all(|v| v.is_finite()));
                }
            }
        }
    }
}

fn near(a: &Ring, b: &Ring) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.points_mm.len(), b.points_mm.len());
    for (a, b) in a.points_mm.iter().zip(&b.points_mm) {
        prop_assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6);
    }
    Ok(())
}

#[test]
fn a_drawing_too_large_is_refused_before_it_is_read() {
    let huge = drawing(&" ".repeat(17 << 20));
    assert!(matches!(outlines(&huge, "o.svg"), Err(DesignError::TooLarge { .. })));
}
