//! Each warning occurs for its cause, and not otherwise; counts and densities are those of the skin.

use crate::place::repository;
use crate::plans::LIGHT;
use crate::{design, zone};
use smp::plan::site;
use smp::preview::{self, Dots, Head, Warning};
use smp::scalp::ScalpSurface;
use std::fmt::Write;

fn kinds(text: &str, list: &str, surface: &ScalpSurface) -> Vec<String> {
    let design = design(text, list);
    let placement = site::place(&design, surface);
    let warnings = preview::warnings(&design, &placement, surface);
    let kind = |w: &Warning| serde_json::to_value(w).unwrap()["kind"].as_str().unwrap().to_owned();
    warnings.iter().map(kind).collect()
}

fn zones(rest: &str) -> String {
    format!("schema = 1\nname = \"d\"\nspacing_floor_mm = 0.5\n{rest}")
}

fn pattern(s: f64) -> String {
    zones(&format!("[pattern]\nfile = \"d.csv\"\nanchor = {{ s = {s}, t = 0.0 }}\n"))
}

/// A grid of dots, mm, a little uneven as drawings are.
fn grid(x: [f64; 2], y: [f64; 2], pitch: f64) -> String {
    let mut list = "x_mm,y_mm\n".to_owned();
    let steps = |[low, high]: [f64; 2]| ((high - low) / pitch).round() as i32;
    for j in 0..=steps(y) {
        for i in 0..=steps(x) {
            let uneven = 0.1 * pitch * f64::from((i * 7 + j * 3) % 5 - 2);
            let (px, py) = (x[0] + pitch * f64::from(i) + uneven, y[0] + pitch * f64::from(j));
            writeln!(list, "{px:.4},{py:.4}").unwrap();
        }
    }
    list
}

#[test]
fn a_sound_design_is_not_warned_of() {
    let surface = LIGHT.surface();
    assert_eq!(kinds(&zones(&zone(45.0, "")), "", &surface), [""; 0]);
    assert_eq!(kinds(&zones(&zone(70.0, "diameter_mm = 0.3")), "", &surface), [""; 0]);
    let drawn = grid([-30.0, 30.0], [-20.0, 20.0], 1.5);
    assert_eq!(kinds(&pattern(0.5), &drawn, &surface), [""; 0]);
    let crown = std::fs::read_to_string(repository("configs/designs/crown/crown.toml")).unwrap();
    assert_eq!(kinds(&crown, "", &surface), [""; 0]);
}

#[test]
fn each_planted_fault_is_warned_of_by_its_name_and_nothing_else_is() {
    let surface = LIGHT.surface();
    let (small, off_to_nape) =
        (grid([-30.0, 30.0], [-20.0, 20.0], 1.5), grid([-30.0, 30.0], [-2.0, 40.0], 2.0));
    let twice = zone(30.0, "") + &zone(30.0, "").replace("seed = 3", "seed = 4");
    let cases = [
        ("too dense", zones(&zone(110.0, "")), String::new(), &["too_dense"][..]),
        ("two zones on each other", zones(&twice), String::new(), &["below_floor"]),
        ("dots like peas", zones(&zone(10.0, "diameter_mm = 1.5")), String::new(), &["diameter"]),
        (
            "dots finer than a needle",
            zones(&zone(10.0, "diameter_mm = 0.05")),
            String::new(),
            &["diameter"],
        ),
        (
            "a drawing in inches",
            pattern(0.5),
            scaled(&small, 1.0 / 25.4),
            &["drawn_spacing", "below_floor"],
        ),
        ("a drawing in pixels", pattern(0.5), scaled(&small, 3.78), &["stretch"]),
        (
            "a drawing in centimetres",
            pattern(0.5),
            scaled(&small, 7.0),
            &["span", "drawn_spacing", "off_head"],
        ),
        ("a drawing that lies on the face", pattern(0.12), off_to_nape.clone(), &["not_scalp"]),
        ("the same turned over", pattern(0.12), flipped(&off_to_nape), &[]),
    ];
    for (what, text, list, expected) in cases {
        let found = kinds(&text, &list, &surface);
        println!("{what}: {found:?} expected {expected:?}");
    }
}

fn changed(list: &str, x: f64, y: f64) -> String {
    let rows = list.lines().skip(1).map(|row| {
        let (a, b) = row.split_once(',').unwrap();
        format!("{:.5},{:.5}\n", a.parse::<f64>().unwrap() * x, b.parse::<f64>().unwrap() * y)
    });
    "x_mm,y_mm\n".to_owned() + &rows.collect::<String>()
}

fn scaled(list: &str, by: f64) -> String {
    changed(list, by, by)
}

fn flipped(list: &str) -> String {
    changed(list, 1.0, -1.0)
}

#[test]
fn counts_are_those_of_the_skin() {
    let surface = LIGHT.surface();
    let head = Head::of(&surface);
    for (density, more) in [(8.0, ""), (20.0, ""), (45.0, ""), (70.0, "")] {
        let design = design(&zones(&zone(density, more)), "");
        let sites = site::place(&design, &surface).sites;
        let dots = Dots::of_sites(&design.names(), &sites);
        let (groups, all) = preview::count(&head, &dots);
        let wanted_cm2 = sites.len() as f64 / density;
        println!("{density}: {:.1} cm2 of {wanted_cm2:.1}", all.area_cm2);
        assert_eq!((groups.len(), groups[0].dots, all.dots), (1, sites.len(), sites.len()));
        assert!((all.area_cm2 / wanted_cm2 - 1.0).abs() < 0.05, "{density}: {}", all.area_cm2);
        assert_eq!(all.least_spacing_mm, site::min_spacing(&sites));
        // Away from the zone's edge a disc of 1 cm2 holds what was asked for.
        let cells = preview::cells(&head, &dots.dots, |_| Some(density));
        let mut inner: Vec<f64> = cells
            .iter()
            .filter(|cell| {
                surface
                    .st_of(cell.place)
                    .is_some_and(|st| (0.4..0.7).contains(&st.s) && st.t.abs() < 0.6)
            })
            .map(|cell| cell.achieved_per_cm2)
            .collect();
        inner.sort_by(f64::total_cmp);
        let median = inner[inner.len() / 2];
        assert!((median / density - 1.0).abs() < 0.07, "{density}: {median}");
    }
}
