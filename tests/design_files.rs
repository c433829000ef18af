//! Design and pattern files: what is read, and what is refused with file, line and column.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use smp::design::{Design, DesignError, Pattern, Rest, densest_per_cm2};
use std::io;
use std::path::PathBuf;

const ZONE: &str = "schema = 1\nname = \"test\"\n\n[[zone]]\nname = \"vertex\"\n\
    outline = [[0.50, -0.25], [0.50, 0.25], [0.75, 0.25], [0.75, -0.25]]\ndensity_per_cm2 = 40\n";

fn parse(text: &str) -> Result<Design, DesignError> {
    Design::parse(text, "d.toml", &mut |name| {
        Err(io::Error::new(io::ErrorKind::NotFound, format!("no {name}")))
    })
}

fn with_pattern(file: &str, content: &[u8]) -> Result<Pattern, DesignError> {
    let text = format!(
        "schema = 1\nname = \"p\"\n[pattern]\nfile = \"{file}\"\nanchor = {{ s = 0.5, t = 0.0 }}\n"
    );
    let design = Design::parse(&text, "d.toml", &mut |name| {
        assert_eq!(name, file);
        Ok(content.to_vec())
    })?;
    Ok(design.pattern.unwrap())
}

fn svg(body: &str) -> Result<Pattern, DesignError> {
    let whole = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100mm\" height=\"80mm\" \
         viewBox=\"-50 -40 100 80\">\n{body}\n</svg>"
    );
    with_pattern("p.svg", whole.as_bytes())
}

fn refused<T>(result: Result<T, DesignError>) -> String {
    match result {
        Ok(_) => panic!("was taken"),
        Err(error) => error.to_string(),
    }
}

fn shipped(name: &str) -> Design {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs/designs").join(name);
    let file = format!("{name}.toml");
    let text = std::fs::read_to_string(folder.join(&file)).unwrap();
    Design::parse(&text, &file, &mut |name| std::fs::read(folder.join(name))).unwrap()
}

#[test]
fn the_bundled_designs_are_read() {
    let crown = shipped("crown");
    assert!(crown.pattern.is_none());
    assert_eq!((crown.zones.len(), crown.zones[0].name.as_str()), (1, "vertex"));
    let hairline = shipped("hairline").pattern.unwrap();
    assert_eq!((hairline.dots.len(), hairline.ignored_shapes), (420, 1));
    for (i, a) in hairline.dots.iter().enumerate() {
        for b in &hairline.dots[..i] {
            assert!((a.x_mm - b.x_mm).hypot(a.y_mm - b.y_mm) > 1.15);
        }
    }
}

#[test]
fn keys_left_out_have_their_defaults() {
    let design = parse(ZONE).unwrap();
    let zone = &design.zones[0];
    assert_eq!((zone.seed, zone.layer, zone.target_mm), (1, 0, None));
    assert!((design.spacing_floor_mm - 0.5).abs() < 1e-12);
    assert!((zone.density_per_cm2 - 40.0).abs() < 1e-12);
    assert_eq!(design.names(), ["vertex"]);
    assert_eq!(design.rest, None);
    let full = format!("{ZONE}seed = 7\nlayer = 2\ntarget_mm = 1.6\nshade = 0.5\n");
    let zone = parse(&full).unwrap().zones.remove(0);
    assert_eq!((zone.seed, zone.layer), (7, 2));
    assert_eq!((zone.target_mm, zone.shade), (Some(1.6), Some(0.5)));
}

fn each_is_refused(cases: &[(String, &str)]) {
    for (text, wanted) in cases {
        let message = refused(parse(text));
        assert!(message.contains(wanted), "{message}\nshould have: {wanted}\n{text}");
    }
}

/// The good design with one thing changed.
fn but(old: &str, new: &str) -> String {
    assert!(ZONE.contains(old));
    ZONE.replacen(old, new, 1)
}

#[test]
fn unknown_keys_and_wrong_types_are_named_with_line_and_column() {
    each_is_refused(&[
        (but("density_per_cm2", "density"), "d.toml:7:1: unknown field `density`"),
        (but("name = \"test\"\n", ""), "d.toml:1:1: missing field `name`"),
        (but("schema = 1", ""), "missing field `schema`"),
        (but("schema = 1", "schema = 2"), "d.toml:1:10: schema 2 is not known"),
        (but("= 40", "= \"40\""), "d.toml:7:19: invalid type: string"),
        (but("0.75, 0.25", "0.75"), "d.toml:6:41: invalid length 1"),
        (but("[[zone]]", "[[zone"), "d.toml:4:"),
        (format!("{ZONE}{}", &ZONE[26..]), "d.toml:9:8: there is another zone \"vertex\""),
        ("schema = 1\nname = \"x\"\n".to_owned(), "d.toml: the design has neither"),
    ]);
}

#[test]
fn numbers_out_of_range_are_named_with_line_and_column() {
    each_is_refused(&[
        (but("= 40", "= nan"), "d.toml:7:19: density_per_cm2 = NaN"),
        (but("= 40", "= 0"), "d.toml:7:19: density_per_cm2 = 0"),
        (but("= 40", "= -3"), "d.toml:7:19: density_per_cm2 = -3"),
        (but("= 40", "= inf"), "the largest density for this floor is 195"),
        (but("= 40", "= 10_000"), "the largest density for this floor is 195"),
        (but("[0.75, 0.25]", "[0.75, nan]"), "d.toml:6:48: outline t = NaN"),
        (but("[0.75, 0.25]", "[1.75, 0.25]"), "d.toml:6:42: outline s = 1.75"),
        (format!("spacing_floor_mm = 0.4\n{ZONE}"), "d.toml:1:20: spacing_floor_mm = 0.4"),
        (format!("{ZONE}target_mm = 2.5\n"), "d.toml:8:13: target_mm = 2.5"),
    ]);
}

#[test]
fn a_rest_between_neighbours_is_read_and_its_mistakes_named_with_line_and_column() {
    let with = |keys: &str| format!("{ZONE}[rest]\n{keys}\n");
    let rest = parse(&with("seconds = 30\nwithin_mm = 2.5")).unwrap().rest;
    assert_eq!(rest, Some(Rest { seconds: 30.0, within_mm: 2.5 }));
    each_is_refused(&[
        (with("seconds = 0\nwithin_mm = 2"), "d.toml:9:11: rest.seconds = 0, must be 0.1 to 3600"),
        (with("seconds = -1\nwithin_mm = 2"), "d.toml:9:11: rest.seconds = -1"),
        (with("seconds = nan\nwithin_mm = 2"), "d.toml:9:11: rest.seconds = NaN"),
        (with("seconds = 3601\nwithin_mm = 2"), "d.toml:9:11: rest.seconds = 3601"),
        (with("seconds = 9\nwithin_mm = 0"), "d.toml:10:13: rest.within_mm = 0, must be 0.1 to 20"),
        (with("seconds = 9\nwithin_mm = 20.5"), "d.toml:10:13: rest.within_mm = 20.5"),
        (with("seconds = 9"), "d.toml:8:1: missing field `within_mm`"),
        (with("within_mm = 2"), "d.toml:8:1: missing field `seconds`"),
        (with("seconds = \"9\"\nwithin_mm = 2"), "d.toml:9:11: invalid type: string"),
        (with("seconds = 9\nwithin_mm = 2\nat = 1"), "d.toml:11:1: unknown field `at`"),
    ]);
}

#[test]
fn outlines_that_enclose_nothing_are_named_with_line_and_column() {
    each_is_refused(&[
        (but(", [0.75, 0.25], [0.75, -0.25]]", "]"), "d.toml:6:11: the outline has 2"),
        (
            but("[0.75, 0.25], [0.75, -0.25]", "[0.75, -0.25], [0.75, 0.25]"),
            "d.toml:6:11: the outline crosses itself: edges 2 and 4",
        ),
        (
            but("[0.50, 0.25], [0.75, 0.25]", "[0.6, -0.25], [0.7, -0.25]"),
            "d.toml:6:11: the outline encloses no area",
        ),
    ]);
}

#[test]
fn a_wider_floor_allows_less_density() {
    let most = densest_per_cm2(1.2);
    assert!((30.0..40.0).contains(&most));
    let message = refused(parse(&format!("spacing_floor_mm = 1.2\n{ZONE}")));
    assert!(message.contains("nearer to each other than 1.2 mm"), "{message}");
}

#[test]
fn pattern_files_that_cannot_be_read_are_named() {
    let text = |file: &str| {
        format!(
            "schema = 1\nname = \"p\"\n[pattern]\nfile = \"{file}\"\nanchor = {{ s = 0, t = 0 }}\n"
        )
    };
    let message = refused(parse(&text("gone.csv")));
    assert!(message.contains("d.toml:4:8: cannot read \"gone.csv\": no gone.csv"), "{message}");
    for outside in ["../up.csv", "/etc/x.csv", "a/../../b.csv", "c:/x.csv", ""] {
        let message = refused(parse(&text(outside)));
        assert!(message.contains("leaves the design's folder"), "{message}");
    }
    assert!(refused(parse(&text("dots.dxf"))).contains("cannot read \"dots.dxf\""));
    let anchor = text("a.csv").replace("t = 0", "t = 2");
    assert!(refused(parse(&anchor)).contains("d.toml:5:23: anchor.t = 2"));
}

#[test]
fn csv_patterns_are_read() {
    let dots = with_pattern(
        "p.csv",
        "\u{feff}y_mm, x_mm ,layer,shade,diameter_mm\r\n# a comment\n1.5,-2,3,0.5,0.35\n0,1e1,,,\n"
            .as_bytes(),
    )
    .unwrap()
    .dots;
    assert_eq!(dots.len(), 2);
    assert_eq!((dots[0].x_mm.to_string(), dots[0].y_mm.to_string()), ("-2".into(), "1.5".into()));
    assert_eq!((dots[0].diameter_mm, dots[0].shade), (Some(0.35), Some(0.5)));
    assert_eq!((dots[0].layer, dots[1].layer), (Some(3), None));
}

#[test]
fn mistakes_in_a_csv_are_named_with_line_and_column() {
    let cases = [
        ("x_mm,y_mm\n1,2\n1,nan\n", "p.csv:3:3: y_mm = NaN"),
        ("x_mm,y_mm\n1,2\n  ,3\n", "p.csv:3:3: x_mm: \"\" is not a number"),
        ("x_mm,y_mm\n1,two\n", "p.csv:2:3: y_mm: \"two\" is not a number"),
        ("x_mm,y_mm\n1,inf\n", "p.csv:2:3: y_mm = inf"),
        ("x_mm,y_mm\n1,2,3\n", "p.csv:2:1: "),
        ("x_mm,z_mm\n1,2\n", "p.csv:1:6: column \"z_mm\" is unknown"),
        ("x_mm\n1\n", "p.csv:1:1: column \"y_mm\" is missing"),
        ("x_mm,y_mm,x_mm\n1,2,3\n", "p.csv:1:11: column \"x_mm\" is there twice"),
        ("x_mm,y_mm,layer\n1,2,0.5\n", "p.csv:2:5: layer: \"0.5\" is not a number"),
        ("x_mm,y_mm,shade\n1,2,7\n", "p.csv:2:5: shade = 7, must be 0 to 1"),
        ("x_mm,y_mm\n", "p.csv: no dots"),
        ("", "p.csv:1:1: column \"x_mm\" is missing"),
    ];
    for (text, wanted) in cases {
        let message = refused(with_pattern("p.csv", text.as_bytes()));
        assert!(message.contains(wanted), "{message}\nshould have: {wanted}");
    }
    let message = refused(with_pattern("p.csv", b"x_mm,y_mm\n1,\xff\n"));
    assert!(message.contains("p.csv:2:3: not UTF-8"), "{message}");
    let many = format!("x_mm,y_mm\n{}", "1,2\n".repeat(50_001));
    let message = refused(with_pattern("p.csv", many.as_bytes()));
    assert!(message.contains("p.csv:50002:1: more than 50000 dots"), "{message}");
}

fn near(pattern: &Pattern, wanted: &[(f64, f64)]) {
    assert_eq!(pattern.dots.len(), wanted.len());
    for (dot, (x, y)) in pattern.dots.iter().zip(wanted) {
        assert!((dot.x_mm - x).hypot(dot.y_mm - y) < 1e-9, "{dot:?}, wanted ({x}, {y})");
    }
}

#[test]
fn svg_circles_are_dots_in_mm_with_y_to_the_forehead() {
    let pattern = svg("<circle cx='3' cy='-4' r='0.2'/><g><circle cx='1' cy='2'/></g>\
        <path d='M 0 0'/><defs><circle r='9'/></defs>\
        <g style='display: none'><circle cx='9'/></g>\
        <circle cy='1' r='.1' data-shade='0.4' data-layer='2'/>")
    .unwrap();
    near(&pattern, &[(3.0, 4.0), (1.0, -2.0), (0.0, -1.0)]);
    let diameters: Vec<_> =
        pattern.dots.iter().map(|d| d.diameter_mm.map(|v| (v * 1e6).round())).collect();
    assert_eq!(diameters, [Some(400_000.0), None, Some(200_000.0)]);
    assert_eq!((pattern.dots[2].shade, pattern.dots[2].layer), (Some(0.4), Some(2)));
    assert_eq!(pattern.ignored_shapes, 2);
}

#[test]
fn svg_transforms_nest() {
    let pattern = svg("<g transform='translate(10,5)'><g transform='rotate(90)'>\
        <circle cx='2' cy='0' r='1' transform='scale(3)'/></g></g>\
        <circle cx='1' cy='1' transform='matrix(0 2 -1 0 4 0.5)'/>\
        <circle cx='1' cy='0' transform='rotate(180 2 1) skewX(45)'/>")
    .unwrap();
    near(&pattern, &[(10.0, -11.0), (3.0, -2.5), (3.0, -2.0)]);
    assert!((pattern.dots[0].diameter_mm.unwrap() - 6.0).abs() < 1e-9);
}

#[test]
fn svg_sizes_and_units_give_the_scale() {
    let scale = |attributes: &str, circle: &str| {
        let text = format!("<svg {attributes}><circle {circle}/></svg>");
        with_pattern("p.svg", text.as_bytes()).unwrap().dots[0].x_mm
    };
    let cases = [
        ("width='10cm' height='10cm' viewBox='0 0 200 200'", "cx='20'", 10.0),
        ("width='4in' viewBox='0 0 200 100'", "cx='20'", 10.16),
        ("width='96' height='96' viewBox='0 0 10 10'", "cx='2'", 5.08),
        ("width='96' height='96'", "cx='96'", 25.4),
        ("width='200' height='200'", "cx='12mm'", 12.0),
        ("width='100mm' height='50mm' viewBox='0 0 10 10'", "cx='1'", 5.0),
        (
            "width='100mm' height='50mm' viewBox='0 0 10 10' preserveAspectRatio='none'",
            "cx='1'",
            10.0,
        ),
        ("width='72pt' height='6pc' viewBox='0 0 2 2'", "cx='1'", 12.7),
    ];
    for (attributes, circle, wanted) in cases {
        let got = scale(attributes, circle);
        assert!((got - wanted).abs() < 1e-9, "{attributes}: {got}, wanted {wanted}");
    }
}

#[test]
fn mistakes_in_an_svg_are_named_with_line_and_column() {
    let deep = format!("{}<circle/>{}", "<g>".repeat(32), "</g>".repeat(32));
    let cases: [(&str, &str); 9] = [
        ("<circle cx='nan'/>", "p.svg:2:9: cannot read cx=\"nan\""),
        ("<circle cx='1e999'/>", "p.svg:2:9: cannot read cx"),
        ("<circle cx='5%'/>", "p.svg:2:9: cannot read cx=\"5%\""),
        ("\n  <circle cx='900'/>", "p.svg:3:3: x in mm = 900"),
        ("<circle r='-1'/>", "p.svg:2:9: cannot read r=\"-1\""),
        ("<g transform='spin(3)'><circle/></g>", "p.svg:2:4: cannot read transform=\"spin(3)\""),
        ("<use href='#a'/>", "p.svg:2:1: <use> is not supported"),
        ("<g><circle></g>", "p.svg:2:12: "),
        (&deep, "elements nested deeper than 32"),
    ];
    for (body, wanted) in cases {
        let message = refused(svg(body));
        assert!(message.contains(wanted), "{message}\nshould have: {wanted}");
    }
    assert!(refused(svg("<rect/>")).contains("p.svg: no dots"));
    assert!(
        refused(with_pattern("p.svg", b"<svg viewBox='0 0 9 9'><circle/></svg>"))
            .contains("p.svg:1:1: the <svg> has no width and height")
    );
    assert!(refused(with_pattern("p.svg", b"<html><circle/></html>")).contains("is not <svg>"));
    assert!(refused(with_pattern("p.svg", b"")).starts_with("p.svg:1:1: "));
}

#[test]
fn entity_bombs_are_refused() {
    let bomb = b"<!DOCTYPE svg [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>\
        <svg width='9mm' height='9mm'>&b;<circle/></svg>";
    let message = refused(with_pattern("p.svg", bomb));
    assert!(message.starts_with("p.svg:1:"), "{message}");
    let nested = format!("<svg width='9mm'>{}", "<g>".repeat(200_000));
    assert!(with_pattern("p.svg", nested.as_bytes()).is_err());
    let dots = format!("<svg width='9mm' height='9mm'>{}</svg>", "<circle/>".repeat(50_001));
    assert!(refused(with_pattern("p.svg", dots.as_bytes())).contains("more than 50000 dots"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn dots_come_back_from_csv_and_svg_as_written(
        dots in proptest::collection::vec((-90.0..90.0, -90.0..90.0), 1..40),
        turn in -180.0..180.0, scale in 0.1..10.0,
    ) {
        let csv: String = dots.iter().map(|(x, y)| format!("{x},{y}\n")).collect();
        let read = with_pattern("p.csv", format!("x_mm,y_mm\n{csv}").as_bytes()).unwrap();
        near(&read, &dots);
        let (sin, cos) = f64::to_radians(turn).sin_cos();
        let circles: String = dots
            .iter()
            .map(|&(x, y)| {
                let (u, v) = (x / scale, -y / scale);
                format!("<circle cx='{}' cy='{}'/>", cos * u + sin * v, cos * v - sin * u)
            })
            .collect();
        let body = format!("<g transform='scale({scale}),rotate({turn})'>{circles}</g>");
        near(&svg(&body).unwrap(), &dots);
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in ".{0,200}", part in 0usize..200, word in 0usize..6) {
        let word = ["nan", "[[", "= 1e400", "\u{0}", "<", "\""][word];
        let mut design = ZONE.to_owned();
        design.insert_str(part.min(design.len()), word);
        let _ = parse(&design);
        let _ = parse(&text);
        let _ = svg(&text);
        let _ = svg(&format!("<circle transform=\"{}\"/>", text.replace(['"', '<', '&'], "")));
        let _ = with_pattern("p.csv", format!("x_mm,y_mm\n{text}").as_bytes());
    }
}
