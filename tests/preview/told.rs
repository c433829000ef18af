//! Each warning occurs for its cause, and not otherwise; counts and densities are those of the skin.

use crate::heads::LIGHT;
use crate::place::repository;
use crate::{design, zone};
use smp::plan::site;
use smp::preview::{self, Dots, Head, Treatment, Warning};
use smp::scalp::{ScalpSurface, Stretch};
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

/// A design, its list of dots, and the kinds of warnings that it must give.
type Case = (&'static str, String, String, &'static [&'static str]);

fn expect(cases: &[Case]) {
    let surface = LIGHT.surface();
    for (what, text, list, expected) in cases {
        assert_eq!(kinds(text, list, &surface), *expected, "{what}");
    }
}

#[test]
fn each_planted_fault_is_warned_of_by_its_name_and_nothing_else_is() {
    let (small, nape) =
        (grid([-30.0, 30.0], [-20.0, 20.0], 1.5), grid([-15.0, 15.0], [-4.0, 44.0], 2.0));
    let zones_of = |density, more| zones(&zone(density, more));
    let pattern_with = |more: &str| format!("{more}\n{}", pattern(0.5));
    let barred = "[[keep_out]]\nname = \"mole\"\nround = { s = 0.5, t = 0.0, radius_mm = 4 }\n";
    let hair = "[hair]\nfollicles = \"hair.csv\"\n";
    expect(&[
        (
            "another head's hair",
            format!("{}\n{hair}", zones_of(45.0, "")),
            "x_mm,y_mm,z_mm\n290,0,0\n".to_owned(),
            &["hair_off_skin"],
        ),
        ("too dense", zones_of(110.0, ""), String::new(), &["too_dense"]),
        ("like peas", zones_of(10.0, "diameter_mm = 1.5"), String::new(), &["diameter"]),
        ("finer than a needle", zones_of(10.0, "diameter_mm = 0.05"), String::new(), &["diameter"]),
        ("inches", pattern(0.5), scaled(&small, 1.0 / 25.4), &["drawn_spacing", "below_floor"]),
        // So large that it comes down to the forehead, where its row shows.
        ("pixels", pattern(0.5), scaled(&small, 3.78), &["stretch", "front_row_too_even"]),
        (
            "larger than a head",
            pattern(0.5),
            scaled(&small, 7.0),
            &["span", "stretch", "gave_way", "off_head", "not_scalp"],
        ),
        // Where forehead and nose meet no map is without stretch.
        ("on the face", pattern(0.09), nape.clone(), &["turned", "stretch", "not_scalp"]),
        ("the same turned over", pattern(0.09), flipped(&nape), &[]),
        ("a mole", pattern(0.5) + barred, small.clone(), &["kept_out"]),
        ("a cap", pattern_with("density_cap_per_cm2 = 30"), small, &["over_cap"]),
    ]);
}

fn hairline(s: f64, more: &str) -> String {
    let (back, temple) = (s + 0.03, s + 0.06);
    zones(&format!(
        "[[zone]]\nname = \"front\"\nkind = \"hairline\"\n{more}\nhairline = {{ through = \
         [[{temple}, -0.4], [{back}, -0.25], [{s}, 0.0], [{back}, 0.25], [{temple}, 0.4]], depth_mm = 18 }}\n"
    ))
}

#[test]
fn a_hairline_that_is_low_or_even_and_a_scar_that_is_untested_are_warned_of() {
    let none = String::new;
    let even = "edge = { irregular_mm = 0.5, light_mm = 4, ramp_mm = 12 }";
    let scar = |more: &str| zones(&zone(30.0, &format!("kind = \"scar\"\n{more}")));
    let ruled = ruled([-30.0, 30.0], [-12.0, 12.0], 1.5);
    expect(&[
        ("a sound hairline", hairline(0.22, ""), none(), &[]),
        ("a low one", hairline(0.14, ""), none(), &["hairline_too_low"]),
        ("an even one", hairline(0.22, even), none(), &["hairline_too_even"]),
        ("drawn with a ruler", pattern(0.25), ruled.clone(), &["front_row_too_even"]),
        ("the same on the crown", pattern(0.6), ruled, &[]),
        ("a scar", scar(""), none(), &["scar_untested"]),
        ("a scar that was tried", scar("tested = true"), none(), &[]),
    ]);
}

#[test]
fn a_zone_without_a_dot_is_told() {
    let surface = LIGHT.surface();
    let zone = |name: &str, radius_mm: f64| {
        format!(
            "[[zone]]\nname = \"{name}\"\ndensity_per_cm2 = 40\n\
             round = {{ s = 0.5, t = 0.0, radius_mm = {radius_mm} }}\n"
        )
    };
    let covered = zones(&(zone("under", 8.0) + &zone("over", 12.0)));
    assert_eq!(kinds(&covered, "", &surface), ["no_dots"]);
    let seen = zones(&(zone("under", 12.0) + &zone("over", 8.0)));
    assert_eq!(kinds(&seen, "", &surface), [""; 0]);
}

/// A grid of dots without any unevenness.
fn ruled(x: [f64; 2], y: [f64; 2], pitch: f64) -> String {
    let mut list = "x_mm,y_mm\n".to_owned();
    let steps = |[low, high]: [f64; 2]| ((high - low) / pitch).round() as i32;
    for j in 0..=steps(y) {
        for i in 0..=steps(x) {
            let (px, py) = (x[0] + pitch * f64::from(i), y[0] + pitch * f64::from(j));
            writeln!(list, "{px:.4},{py:.4}").unwrap();
        }
    }
    list
}

#[test]
fn every_bundled_design_is_warned_of_for_its_scars_alone() {
    let surface = LIGHT.surface();
    for entry in std::fs::read_dir(repository("configs/designs")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let list = std::fs::read_to_string(folder.join("hairline.svg")).unwrap_or_default();
        let scars: &[&str] = if text.contains("\"scar\"") { &["scar_untested"] } else { &[] };
        assert_eq!(kinds(&text, &list, &surface), scars, "{name}");
    }
}

#[test]
fn a_map_that_lies_on_its_back_is_told_and_one_within_what_is_seen_is_not() {
    let sound =
        Stretch { spacing_p1_percent: -7.9, spacing_p99_percent: 7.9, ..Stretch::default() };
    assert_eq!(preview::of_stretch(sound), []);
    let folded = Stretch { flipped: 2, ..sound };
    assert_eq!(preview::of_stretch(folded), [Warning::Folded { triangles: 2 }]);
}

#[test]
fn a_treatments_sessions_are_its_whole_look_and_keep_the_floor_between_them() {
    let surface = LIGHT.surface();
    let sessions =
        "[[session]]\ndensity_part = 0.5\nshade = 0.4\n[[session]]\ndensity_part = 1.0\n";
    let design =
        design(&(pattern(0.5) + &zone(20.0, "") + sessions), "x_mm,y_mm\n0,0\n3,0\n3.1,0\n");
    let treatment = Treatment::lay(&design, |sitting| site::place_in(&design, sitting, &surface));
    let [first, second] = &treatment.sessions[..] else { panic!("two sessions") };
    let (whole, filled) = (&treatment.whole, 20.0 * 450.4);
    assert_eq!(whole.sites.len(), first.sites.len() + second.sites.len());
    let parts = [first.sites.len() as f64 / filled, whole.sites.len() as f64 / filled];
    assert!((parts[0] - 0.5).abs() < 0.03 && (parts[1] - 1.0).abs() < 0.03, "{parts:?}");
    assert!(first.sites.iter().all(|site| site.shade == Some(0.4)));
    assert!(site::min_spacing(&whole.sites).unwrap() >= 0.5);
    // The drawing is proposed in both sessions: what is there is no loss, and what has no place is one loss.
    assert!(second.rejected.len() > whole.rejected.len());
    assert_eq!(whole.rejected.len(), first.rejected.len());
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
        let cells = preview::counted(&head, &dots.dots);
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
