//! What is written comes back within 1 um: SVG -> dots -> SVG and CSV, through transforms, units and view boxes.

use proptest::prelude::*;
use smp::design::PatternDot;
use smp::design::drawing::{Drawing, Format, Reading};
use smp::design::write::{to_csv, to_svg};

/// A um, and what doubles lose.
const UM: f64 = 0.001 + 1e-9;

fn read(text: &str, format: Format) -> Vec<PatternDot> {
    Drawing::read(text.as_bytes().to_vec(), "f", format, &Reading::default()).unwrap().dots
}

fn same(found: &[PatternDot], wanted: &[PatternDot]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), wanted.len());
    for (f, w) in found.iter().zip(wanted) {
        prop_assert!((f.x_mm - w.x_mm).abs() < UM && (f.y_mm - w.y_mm).abs() < UM, "{f:?} {w:?}");
        prop_assert_eq!(f.diameter_mm.is_some(), w.diameter_mm.is_some());
        let off = f.diameter_mm.zip(w.diameter_mm).map_or(0.0, |(a, b)| (a - b).abs());
        prop_assert!(off < UM, "{f:?} {w:?}");
        prop_assert_eq!(f.shade.is_some(), w.shade.is_some());
        prop_assert!(f.shade.zip(w.shade).is_none_or(|(a, b)| (a - b).abs() < 1e-4));
        prop_assert_eq!(f.layer, w.layer);
    }
    Ok(())
}

fn dot() -> impl Strategy<Value = PatternDot> {
    let place = (-299.0..299.0, -299.0..299.0);
    let rest = (
        proptest::option::of(0.0101..9.9),
        proptest::option::of(0.0..1.0),
        proptest::option::of(any::<u16>()),
    );
    (place, rest).prop_map(|((x_mm, y_mm), (diameter_mm, shade, layer))| PatternDot {
        x_mm,
        y_mm,
        diameter_mm,
        shade,
        layer,
    })
}

/// Around the drawing's own units: as an editor may have written them.
#[derive(Clone, Debug)]
struct Page {
    unit: (&'static str, f64),
    /// mm for each unit of the view box, and where the box begins.
    mm: f64,
    from: (f64, f64),
    turn: f64,
    moved: (f64, f64),
    inner: f64,
}

fn page() -> impl Strategy<Value = Page> {
    let inch = 25.4;
    let units = [
        ("mm", 1.0),
        ("cm", 10.0),
        ("in", inch),
        ("pt", inch / 72.0),
        ("pc", inch / 6.0),
        ("px", inch / 96.0),
        ("", inch / 96.0),
    ];
    (
        proptest::sample::select(units.to_vec()),
        0.01..100.0,
        (-1e3..1e3, -1e3..1e3),
        -180.0..180.0,
        (-500.0..500.0, -500.0..500.0),
        0.02..50.0,
    )
        .prop_map(|(unit, mm, from, turn, moved, inner)| Page {
            unit,
            mm,
            from,
            turn,
            moved,
            inner,
        })
}

impl Page {
    /// An SVG whose dots, by hand, are these.
    fn svg(&self, dots: &[PatternDot]) -> String {
        let Self { unit: (name, unit_mm), mm, from, turn, moved, inner } = self;
        // 700 mm by 700 mm.
        let (side, view) = (700.0 / unit_mm, 700.0 / mm);
        let (sin, cos) = turn.to_radians().sin_cos();
        let circles: String = dots
            .iter()
            .map(|dot| {
                // From mm into the view box, then backwards through the groups.
                let (x, y) = (dot.x_mm / mm - moved.0, -dot.y_mm / mm - moved.1);
                let (x, y) = ((cos * x + sin * y) / inner, (cos * y - sin * x) / inner);
                let r = dot.diameter_mm.map_or(0.0, |d| d / 2.0 / mm / inner);
                let shade = dot.shade.map_or(String::new(), |s| format!(" data-shade='{s}'"));
                let layer = dot.layer.map_or(String::new(), |l| format!(" data-layer='{l}'"));
                format!(
                    "<circle transform='translate(1 -2)' cx='{}' cy='{}' r='{r}'{shade}{layer}/>",
                    x - 1.0,
                    y + 2.0
                )
            })
            .collect();
        format!(
            "<svg width='{side}{name}' height='{side}{name}' viewBox='{} {} {view} {view}'>\
             <g transform='translate({},{})'><g><g transform='rotate({turn}) scale({inner})'>{circles}</g></g></g></svg>",
            from.0, from.1, moved.0, moved.1
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn dots_of_any_svg_come_back_from_svg_and_csv_within_a_um(
        dots in proptest::collection::vec(dot(), 1..30), page in page(),
    ) {
        let read_first = read(&page.svg(&dots), Format::Svg);
        same(&read_first, &dots)?;
        let svg = to_svg(&read_first);
        same(&read(&svg, Format::Svg), &read_first)?;
        let csv = to_csv(&read_first);
        same(&read(&csv, Format::Csv), &read_first)?;
        // From a list to a drawing and back; and nothing more is lost however often.
        let from_list = read(&csv, Format::Csv);
        let again = read(&to_svg(&from_list), Format::Svg);
        same(&again, &from_list)?;
        same(&again, &dots)?;
        prop_assert_eq!(to_csv(&again), csv);
        prop_assert_eq!(to_svg(&read(&svg, Format::Svg)), svg);
    }
}

#[test]
fn a_written_drawing_has_true_millimetres_and_no_idle_digits() {
    let dots = [
        PatternDot {
            x_mm: 1.0,
            y_mm: -2.5,
            diameter_mm: Some(0.35),
            shade: Some(0.6),
            layer: Some(2),
        },
        PatternDot {
            x_mm: -0.0001,
            y_mm: 100.0 / 3.0,
            diameter_mm: None,
            shade: None,
            layer: None,
        },
    ];
    assert_eq!(
        to_svg(&dots),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"7mm\" height=\"41mm\" viewBox=\"-3 -36 7 41\">\n\
         <circle cx=\"1\" cy=\"2.5\" r=\"0.175\" fill=\"#666666\" data-shade=\"0.6\" data-layer=\"2\"/>\n\
         <circle cx=\"0\" cy=\"-33.333\" r=\"0.2\" fill=\"#000000\" data-diameter=\"none\"/>\n</svg>\n"
    );
    assert_eq!(
        to_csv(&dots),
        "x_mm,y_mm,diameter_mm,shade,layer\n1,-2.5,0.35,0.6,2\n0,33.333,,,\n"
    );
    let bare = [PatternDot { diameter_mm: None, shade: None, layer: None, ..dots[0] }];
    assert_eq!(to_csv(&bare), "x_mm,y_mm\n1,-2.5\n");
}

#[test]
fn dots_at_the_ends_of_every_range_come_back() {
    let least = PatternDot {
        x_mm: -300.0,
        y_mm: 300.0,
        diameter_mm: Some(0.01),
        shade: Some(0.0),
        layer: Some(0),
    };
    let most = PatternDot {
        x_mm: 300.0,
        y_mm: -300.0,
        diameter_mm: Some(10.0),
        shade: Some(1.0),
        layer: Some(u16::MAX),
    };
    for dots in [vec![least], vec![most], vec![least, most]] {
        same(&read(&to_svg(&dots), Format::Svg), &dots).unwrap();
        same(&read(&to_csv(&dots), Format::Csv), &dots).unwrap();
    }
}
