//! ASCII DXF: points and circles as dots.

use proptest::prelude::*;
use smp::design::drawing::{Drawing, Format, Reading, Unit};
use smp::design::{DesignError, PatternDot};

fn read_as(text: &[u8], unit: Option<Unit>) -> Result<Drawing, DesignError> {
    let reading = Reading { unit, ..Reading::default() };
    Drawing::read(text.to_vec(), "d.dxf", Format::Dxf, &reading)
}

/// A drawing in mm of these entities, each group a word: `8=layer`.
fn drawing(entities: &str) -> String {
    with_header("9=$ACADVER 1=AC1032 9=$INSUNITS 70=4", entities)
}

fn with_header(header: &str, entities: &str) -> String {
    groups(&format!(
        "999=comment 0=SECTION 2=HEADER {header} 0=ENDSEC \
         0=SECTION 2=TABLES 0=TABLE 2=LAYER 70=2 0=LAYER 2=seen 70=0 62=7 0=LAYER 2=off 70=0 62=-7 \
         0=LAYER 2=frozen 70=1 62=7 0=ENDTAB 0=ENDSEC \
         0=SECTION 2=BLOCKS 0=BLOCK 0=POINT 10=9 20=9 0=ENDBLK 0=ENDSEC \
         0=SECTION 2=ENTITIES {entities} 0=ENDSEC 0=EOF"
    ))
}

fn groups(words: &str) -> String {
    let pairs = words.split_whitespace().map(|word| word.split_once('=').unwrap());
    pairs.map(|(code, value)| format!("{code:>3}\r\n{value}\r\n")).collect()
}

fn dots(entities: &str) -> Vec<PatternDot> {
    read_as(drawing(entities).as_bytes(), None).unwrap().dots
}

fn refused(text: &str) -> String {
    read_as(text.as_bytes(), None).expect_err("was taken").to_string()
}

#[test]
fn points_and_circles_are_dots_with_y_to_the_forehead() {
    let found = dots(
        "0=POINT 5=1F 100=AcDbEntity 8=seen 100=AcDbPoint 10=1.5 20=-2.25 30=7 \
         0=CIRCLE 8=seen 10=3 20=4 40=0.2 210=0 220=0 230=1",
    );
    let at: Vec<_> = found.iter().map(|d| (d.x_mm.to_string(), d.y_mm.to_string())).collect();
    assert_eq!(at, [("1.5".into(), "-2.25".into()), ("3".into(), "4".into())]);
    let rest: Vec<_> = found.iter().map(|d| (d.diameter_mm, d.shade, d.layer)).collect();
    assert_eq!(rest, [(None, None, None), (Some(0.4), None, None)]);
}

#[test]
fn a_mirrored_circle_lies_on_the_back_of_the_paper_and_a_point_does_not() {
    let found = dots("0=CIRCLE 10=3 20=4 40=0.2 230=-1 0=POINT 10=3 20=4 230=-1");
    assert_eq!((found[0].x_mm.to_string(), found[1].x_mm.to_string()), ("-3".into(), "3".into()));
    let tilted = drawing("0=CIRCLE 10=3 20=4 40=0.2 220=0.7 230=0.7");
    assert!(refused(&tilted).contains("does not lie in the plane of the paper"));
}

#[test]
fn what_makes_no_dot_is_counted() {
    let read = read_as(
        drawing(
            "0=LINE 10=1 20=1 0=POINT 10=1 20=2 0=POINT 67=1 10=1 20=1 0=POINT 60=1 10=1 20=1 \
             0=POINT 8=off 10=1 20=1 0=CIRCLE 8=frozen 10=1 20=1 40=0.2 \
             0=POLYLINE 66=1 0=VERTEX 10=1 20=1 0=VERTEX 10=2 20=1 0=SEQEND \
             0=INSERT 2=tuft 10=1 20=1 0=TEXT 10=1 20=1 40=3 1=POINT",
        )
        .as_bytes(),
        None,
    )
    .unwrap();
    assert_eq!((read.dots.len(), read.ignored_shapes), (1, 8));
}

#[test]
fn its_unit_is_honoured() {
    let of = |code: i32, said| {
        let header = format!("9=$INSUNITS 70={code}");
        let text = with_header(&header, "0=CIRCLE 10=0.01 20=-0.02 40=0.005");
        read_as(text.as_bytes(), said).map(|d| (d.dots[0].x_mm, d.dots[0].diameter_mm.unwrap()))
    };
    for (code, mm) in
        [(1, 25.4), (2, 304.8), (4, 1.0), (5, 10.0), (6, 1000.0), (10, 914.4), (14, 100.0)]
    {
        let (x, diameter) = of(code, None).unwrap();
        assert!((x - 0.01 * mm).abs() < 1e-9 && (diameter - 0.01 * mm).abs() < 1e-9, "{code}");
    }
    assert_eq!(of(4, Some(Unit::Mm)).unwrap(), of(0, Some(Unit::Mm)).unwrap());
    assert!((of(0, Some(Unit::In)).unwrap().0 - 0.254).abs() < 1e-9);
    assert!((of(0, Some(Unit::Cm)).unwrap().0 - 0.1).abs() < 1e-9);
    let said = |code, unit| of(code, unit).expect_err("was taken").to_string();
    assert!(said(0, None).starts_with("d.dxf:10:1: the drawing has no unit"));
    assert_eq!(
        said(1, Some(Unit::Mm)),
        "d.dxf:10:1: the drawing's unit is 25.4 mm ($INSUNITS), not unit = \"mm\""
    );
    assert_eq!(said(20, None), "d.dxf:10:1: $INSUNITS is 20, a unit that is not known");
    let none = groups("0=SECTION 2=ENTITIES 0=POINT 10=1 20=1 0=ENDSEC 0=EOF");
    assert!(refused(&none).starts_with("d.dxf:1:1: the drawing has no unit"));
}

#[test]
fn mistakes_are_named_with_their_line() {
    let at = |entities: &str, line: usize| {
        let text = drawing(entities);
        let said = refused(&text);
        let first = text.lines().position(|l| l == "ENTITIES").unwrap() + 1;
        let prefix = format!("d.dxf:{}:1: ", first + line);
        assert!(said.starts_with(&prefix), "{said}, wanted {prefix}");
        said[prefix.len()..].to_owned()
    };
    assert!(at("0=POINT 10=two 20=1", 4).starts_with("x (group 10): \"two\" is not a number"));
    assert!(at("0=POINT 10=1 20=1 0=CIRCLE 40=x", 10).starts_with("radius (group 40): \"x\""));
    assert!(at("0=POINT 10=nan 20=1", 2).starts_with("x in mm = NaN"));
    assert!(at("0=POINT 10=1 20=1e999", 2).starts_with("y in mm = inf"));
    assert!(at("0=POINT 10=1 20=301", 2).starts_with("y in mm = 301, must be -300 to 300"));
    assert!(at("0=CIRCLE 10=1 20=1", 2).starts_with("diameter in mm = 0"));
    assert!(at("0=CIRCLE 10=1 20=1 40=-1", 2).starts_with("diameter in mm = -2"));
    assert!(at("0=POINT 10=1", 2).starts_with("a dot without x (group 10) or y"));
    assert!(at("0=POINT x=1", 3).starts_with("a group code must stand here"));
    assert!(at("0=POINT 10=1 20=1 67=maybe", 8).starts_with("group 67: \"maybe\""));
    let many = "0=POINT 10=1 20=1 ".repeat(50_001);
    assert!(at(&many, 6 * 50_000 + 2).starts_with("more than 50000 dots"));
}

#[test]
fn what_is_no_whole_dxf_is_refused() {
    let whole = drawing("0=POINT 10=1 20=1");
    for cut in 0..whole.len() - 4 {
        let said = refused(&whole[..cut]);
        assert!(said.starts_with("d.dxf:"), "{said}");
    }
    assert!(refused(&whole[..whole.len() - 12]).contains("the file ends before its EOF"));
    assert_eq!(
        refused("AutoCAD Binary DXF\r\n\x1a\0"),
        "d.dxf:1:1: a binary DXF: save it as ASCII DXF"
    );
    assert!(refused("<svg/>\n<svg/>\n").starts_with("d.dxf:1:1: a group code must stand here"));
    assert!(refused(&drawing("0=LINE 10=1 20=1")).contains("d.dxf: no dots"));
    // Points outside of the section of entities are none.
    let blocks = groups("0=SECTION 2=BLOCKS 0=POINT 10=1 20=1 0=ENDSEC 0=EOF");
    assert!(read_as(blocks.as_bytes(), Some(Unit::Mm)).is_err());
}

#[test]
fn text_in_an_old_code_page_is_no_hindrance() {
    let mut bytes = drawing("0=TEXT 1=X 0=POINT 10=1 20=1").into_bytes();
    let at = bytes.iter().position(|b| *b == b'X').unwrap();
    bytes[at] = 0xE4;
    assert_eq!(read_as(&bytes, None).unwrap().dots.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn dots_come_back_from_a_dxf_as_written(
        wanted in proptest::collection::vec((-11.0..11.0, -11.0..11.0, 0.001..0.19), 1..40),
    ) {
        let entities: String =
            wanted.iter().map(|(x, y, r)| format!("0=CIRCLE 10={x} 20={y} 40={r} ")).collect();
        let text = with_header("9=$INSUNITS 70=1", &entities);
        let found = read_as(text.as_bytes(), None).unwrap().dots;
        prop_assert_eq!(found.len(), wanted.len());
        for (dot, (x, y, r)) in found.iter().zip(&wanted) {
            let (off_x, off_y): (f64, f64) = (dot.x_mm - x * 25.4, dot.y_mm - y * 25.4);
            prop_assert!(off_x.hypot(off_y) < 1e-9);
            let off: f64 = dot.diameter_mm.unwrap() - r * 50.8;
            prop_assert!(off.abs() < 1e-9);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        lines in proptest::collection::vec("0|2|10|20|40|70|9|EOF|SECTION|ENTITIES|POINT|1e9|-", 0..60),
    ) {
        let _ = read_as(&bytes, None);
        let _ = read_as(lines.join("\n").as_bytes(), Some(Unit::Mm));
        let inside = drawing("0=POINT 10=1 20=1").replace("POINT", &lines.join("\n"));
        let _ = read_as(inside.as_bytes(), None);
    }
}
