//! Outlines that a drawing has: what they enclose, and what is refused.

use crate::rendered::render;
use proptest::prelude::*;
use smp::design::{Design, DesignError, Drawn, Shape};
use std::fmt::Write;

/// Of a design whose zone is this shape of this drawing.
fn read(table: &str, svg: &str) -> Result<Drawn, DesignError> {
    let text = format!(
        "schema = 1\nname = \"d\"\n[[zone]]\nname = \"top\"\ndensity_per_cm2 = 40\ndrawn = {{ {table} }}\n"
    );
    let design = Design::parse(&text, "d.toml", &mut |_| Ok(svg.as_bytes().to_vec()))?;
    let Shape::Drawn(drawn) = design.zones[0].shape.clone() else { panic!("not drawn") };
    Ok(*drawn)
}

const CROWN: &str = "file = \"look.svg\", id = \"crown\", anchor = { s = 0.6, t = 0.1 }";

fn crown(svg: &str) -> Result<Drawn, DesignError> {
    read(CROWN, svg)
}

/// A sheet of 40 by 40 mm whose middle is (0, 0).
fn sheet(shapes: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='40mm' height='40mm' viewBox='-20 -20 40 40'>\n{shapes}\n</svg>"
    )
}

fn refusal(svg: &str) -> String {
    crown(&sheet(svg)).unwrap_err().to_string()
}

#[test]
fn a_ring_encloses_what_lies_between_its_circles() {
    let ring = "<path id='crown' transform='translate(2 -1)' fill-rule='evenodd' \
                d='M-10 0a10 10 0 0 1 20 0a10 10 0 0 1-20 0z M-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0z'/>";
    let drawn = crown(&sheet(ring)).unwrap();
    assert_eq!((drawn.file.as_str(), drawn.id.as_str()), ("look.svg", "crown"));
    assert_eq!(drawn.rings_mm.len(), 2);
    // An SVG's y points down.
    for (at, is_in) in
        [([2.0, 1.0], false), ([2.0, 9.0], true), ([9.0, 1.0], true), ([2.0, 12.0], false)]
    {
        assert_eq!(drawn.encloses(at), is_in, "{at:?}");
    }
    assert!(drawn.rotation_deg.abs() < 1e-12);
    let turned = read(&format!("{CROWN}, rotation_deg = -30"), &sheet(ring)).unwrap();
    assert!((turned.rotation_deg + 30.0).abs() < 1e-12);
}

#[test]
fn a_shape_that_is_no_outline_is_refused_with_place_and_remedy() {
    let at = "d.toml:6:35: ";
    for (svg, told) in [
        (
            "<circle id='mole' r='3'/><path id='scar' d='M0 0h1v1z'/>",
            "\"look.svg\" has no shape \"crown\", but mole, scar",
        ),
        ("<circle r='3'/>", "\"look.svg\" has no shape \"crown\", nor any other shape with an id"),
        (
            "<circle id='crown' r='3'/>\n<circle id='crown' r='4'/>",
            "two shapes of the drawing are called \"crown\", on lines 2 and 3",
        ),
        (
            "<path id='crown' d='M0 0h9v9'/>",
            "shape \"crown\" (line 2 of the drawing) has ends: close its path",
        ),
        (
            "<path id='crown' d='M0 0h9v9z m3 1h1v1'/>",
            "shape \"crown\" (line 2 of the drawing) has ends: close its path",
        ),
        ("<path id='crown' d='M0 0L4 4L2 2z'/>", "shape \"crown\" encloses no area"),
    ] {
        assert_eq!(refusal(svg), format!("{at}{told}"), "{svg}");
    }
    let other =
        read("file = \"look.png\", id = \"a\", anchor = { s = 0.6, t = 0.1 }", "").unwrap_err();
    assert_eq!(other.to_string(), "d.toml:6:18: \"look.png\" is no .svg file");
    let away =
        read("file = \"../look.svg\", id = \"a\", anchor = { s = 0.6, t = 0.1 }", "").unwrap_err();
    assert!(away.to_string().contains("leaves the design's folder"), "{away}");
    // What is wrong with the drawing itself has its place in the drawing.
    let wrong = refusal("<path id='crown' d='M0 0h9v9 oops'/>");
    assert!(wrong.starts_with("look.svg:2:1: cannot read the path data"), "{wrong}");
}

/// A shape of so many points and two more.
fn zigzag(turns: u32, width: f64) -> String {
    let mut path = String::from("<path id='crown' d='M0 0");
    for k in 0..turns {
        let x = if k % 2 == 0 { width } else { 0.0 };
        write!(path, "L{x} {}", f64::from(k) * 0.001).unwrap();
    }
    path + "L-9 9z'/>"
}

#[test]
fn a_rim_of_too_many_points_or_too_long_is_refused() {
    assert!(crown(&sheet(&zigzag(4_000, 1.0))).is_ok());
    let many = refusal(&zigzag(6_000, 0.1));
    assert!(many.ends_with("shape \"crown\" has 6002 points, limit 5000: simplify it"), "{many}");
    let long = refusal(&zigzag(4_000, 9.0));
    assert!(long.contains("mm long, limit 5000"), "{long}");
}

#[test]
fn each_drawing_is_read_once_and_all_together_are_bounded() {
    let zone = |k: usize, file: &str| {
        format!(
            "[[zone]]\nname = \"z{k}\"\ndensity_per_cm2 = 40\n\
                 drawn = {{ file = \"{file}\", id = \"crown\", anchor = {{ s = 0.6, t = 0.1 }} }}\n"
        )
    };
    let mut reads = 0;
    let same: String = (0..20).map(|k| zone(k, "a.svg")).collect();
    let text = format!("schema = 1\nname = \"d\"\n{same}");
    let svg = sheet("<circle id='crown' r='3'/>");
    let design = Design::parse(&text, "d.toml", &mut |_| {
        reads += 1;
        Ok(svg.as_bytes().to_vec())
    });
    assert_eq!((design.unwrap().zones.len(), reads), (20, 1));
    // Named over and over, one shape of 4,002 points is too much at the fifth.
    let fine = sheet(&zigzag(4_000, 1.0));
    let told = Design::parse(&text, "d.toml", &mut |_| Ok(fine.as_bytes().to_vec()));
    let told = told.unwrap_err().to_string();
    assert!(told.starts_with("d.toml:22:32: the shapes of zones"), "{told}");
    let large = sheet(&format!("<circle id='crown' r='3'/><!--{}-->", " ".repeat(9 << 20)));
    let text = format!("schema = 1\nname = \"d\"\n{}{}", zone(0, "a.svg"), zone(1, "b.svg"));
    let refused = Design::parse(&text, "d.toml", &mut |_| Ok(large.as_bytes().to_vec()));
    let told = refused.unwrap_err().to_string();
    assert!(told.starts_with("d.toml:10:18: the drawings that zones"), "{told}");
}

/// Path data of some subpaths with straight lines, curves and arcs.
fn path_data() -> impl Strategy<Value = String> {
    let number = || -18.0..18.0f64;
    let piece = prop_oneof![
        (number(), number()).prop_map(|(x, y)| format!("L{x} {y}")),
        (number(), number(), number(), number())
            .prop_map(|(a, b, x, y)| format!("Q{a} {b} {x} {y}")),
        (1.0..12.0f64, any::<bool>(), number(), number())
            .prop_map(|(r, sweep, x, y)| format!("A{r} {r} 0 0 {} {x} {y}", u8::from(sweep))),
    ];
    let subpath = ((number(), number()), prop::collection::vec(piece, 2..7));
    prop::collection::vec(subpath, 1..4).prop_map(|all| {
        all.into_iter().fold(String::new(), |data, ((x, y), pieces)| {
            format!("{data}M{x} {y}{}z", pieces.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, max_shrink_iters: 40, ..Default::default() })]

    #[test]
    fn a_shape_encloses_what_another_program_fills(
        data in path_data(),
        rule in prop::sample::select(vec!["nonzero", "evenodd"]),
    ) {
        let svg = sheet(&format!("<path id='crown' fill-rule='{rule}' d='{data}'/>"));
        let Ok(drawn) = crown(&svg) else { return Ok(()) };
        let paper = render(&svg);
        let mm = 40.0 / f64::from(paper.width());
        // Not each of a million pixels, but some in each row and column.
        for (k, pixel) in paper.pixels().iter().enumerate().step_by(101) {
            let (column, row) = (k as u32 % paper.width(), k as u32 / paper.width());
            let at = [(f64::from(column) + 0.5) * mm - 20.0, 20.0 - (f64::from(row) + 0.5) * mm];
            let is_in = drawn.encloses(at);
            let beside = [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0), (0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)];
            let mut beside = beside.map(|(x, y)| [at[0] + 2.0 * x * mm, at[1] + 2.0 * y * mm]).into_iter();
            // On a rim pixels are grey, and slivers can be finer than pixels.
            if beside.all(|at| drawn.encloses(at) == is_in) && matches!(pixel.green(), 0 | 255) {
                prop_assert_eq!(pixel.green() == 0, is_in, "{:?} of {}", at, data);
            }
        }
    }
}
