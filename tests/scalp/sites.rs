//! Designs laid on real heads: every dot is a site or rejected with its reason.

use crate::heads::{all, bundled, ellipsoid, small};
use proptest::prelude::*;
use smp::design::{Anchor, Design, Pattern, PatternDot, Zone};
use smp::frame::Direction;
use smp::plan::site::{DotId, Placement, RejectReason, min_spacing, place};
use smp::scalp::{ScalpSurface, St};
use std::path::PathBuf;

pub fn shipped(name: &str) -> Design {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs/designs").join(name);
    let file = format!("{name}.toml");
    let text = std::fs::read_to_string(folder.join(&file)).unwrap();
    Design::parse(&text, &file, &mut |name| std::fs::read(folder.join(name))).unwrap()
}

pub fn zone(corners: &[(f64, f64)], density_per_cm2: f64, seed: u64) -> Zone {
    let outline = corners.iter().map(|&(s, t)| Anchor { s, t }).collect();
    Zone { seed, ..Zone::area(format!("zone {seed}"), outline, density_per_cm2) }
}

pub fn pattern(dots: &[(f64, f64)], s: f64, t: f64) -> Pattern {
    let dot = |&(x_mm, y_mm): &(f64, f64)| PatternDot {
        x_mm,
        y_mm,
        diameter_mm: None,
        shade: None,
        layer: None,
    };
    Pattern {
        file: "p.csv".to_owned(),
        anchor: Anchor { s, t },
        rotation_deg: 0.0,
        layer: 4,
        target_mm: Some(1.6),
        dots: dots.iter().map(dot).collect(),
        ignored_shapes: 0,
    }
}

pub fn design(pattern: Option<Pattern>, zones: Vec<Zone>) -> Design {
    Design { name: "test".to_owned(), pattern, zones, ..Design::default() }
}

const TOP: [(f64, f64); 4] = [(0.4, -0.3), (0.4, 0.3), (0.7, 0.3), (0.7, -0.3)];

/// Every dot once, in order; no kept pair below the floor; every site on the skin.
pub fn check(design: &Design, placement: &Placement, surface: &ScalpSurface) {
    let mut dots: Vec<DotId> = placement.sites.iter().map(|s| s.dot).collect();
    dots.extend(placement.rejected.iter().map(|r| r.dot));
    dots.sort_unstable();
    assert!(dots.iter().enumerate().all(|(i, d)| d.0 as usize == i), "a dot is missing or twice");
    assert!(placement.sites.is_sorted_by_key(|s| s.dot));
    assert!(placement.rejected.is_sorted_by_key(|r| r.dot));
    if let Some(least) = min_spacing(&placement.sites) {
        assert!(least >= design.spacing_floor_mm, "{least}");
    }
    for site in &placement.sites {
        let foot = surface.closest(site.position);
        assert!(foot.distance.abs() < 1e-6);
        assert!((site.normal.length() - 1.0).abs() < 1e-9);
        assert!(usize::from(site.zone) < design.names().len());
        let st = surface.st_of(site.position).unwrap();
        assert!((st.s - site.st.s).hypot(st.t - site.st.t) < 1e-9);
    }
}

#[test]
fn the_crown_gives_8000_dots_that_a_tool_from_above_can_reach() {
    let (design, surface) = (shipped("crown"), bundled().surface());
    let placement = place(&design, &surface);
    check(&design, &placement, &surface);
    assert!(placement.sites.len() >= 8_000, "{}", placement.sites.len());
    assert!(placement.rejected.is_empty());
    let up = Direction::new(0.0, 0.0, 1.0);
    let tilt = placement.sites.iter().map(|s| s.normal.angle(&up).to_degrees()).fold(0.0, f64::max);
    assert!(tilt < 55.0, "{tilt} degrees");
}

#[test]
fn the_hairline_is_laid_whole_on_every_head() {
    let design = shipped("hairline");
    for head in all() {
        let surface = head.surface();
        let placement = place(&design, &surface);
        check(&design, &placement, &surface);
        assert_eq!(placement.sites.len(), 420, "{}", head.name);
        assert!(min_spacing(&placement.sites).unwrap() >= 1.0);
        let stretch = placement.stretch.unwrap();
        assert_eq!(stretch.flipped, 0);
        assert!(stretch.spacing_p1_percent > -10.0 && stretch.spacing_p99_percent < 6.0);
        let front = placement.sites.iter().all(|s| (0.12..0.32).contains(&s.st.s));
        assert!(front, "{}", head.name);
    }
}

#[test]
fn a_fill_is_blue_noise_of_the_asked_density() {
    for head in [bundled(), small("colin27"), ellipsoid(5)] {
        let surface = head.surface();
        for density in [12.0, 40.0] {
            let design = design(None, vec![zone(&TOP, density, 3)]);
            let placement = place(&design, &surface);
            check(&design, &placement, &surface);
            // Area by counting small squares of (s, t), each measured by its diagonals.
            let wanted = density / 100.0 * area_by_squares(&surface);
            let got = placement.sites.len() as f64;
            assert!((got / wanted - 1.0).abs() < 0.01, "{}: {got} of {wanted}", head.name);
            let hexagonal = (2.0 / (3.0_f64.sqrt() * density / 100.0)).sqrt();
            let ratio = min_spacing(&placement.sites).unwrap() / hexagonal;
            assert!(ratio > 0.66, "{}: {ratio}", head.name);
            for site in &placement.sites {
                let St { s, t } = site.st;
                assert!((0.4..=0.7).contains(&s) && (-0.3..=0.3).contains(&t));
            }
        }
    }
}

fn area_by_squares(surface: &ScalpSurface) -> f64 {
    let n = 120;
    let at = |i: i32, j: i32| {
        let part = |k: i32| f64::from(k) / f64::from(n);
        let st = St { s: 0.4 + 0.3 * part(i), t: -0.3 + 0.6 * part(j) };
        surface.point_at(st).unwrap()
    };
    let mut area = 0.0;
    for i in 0..n {
        for j in 0..n {
            let (a, b, c, d) = (at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1));
            area += (c - a).cross(&(d - b)).length() / 2.0;
        }
    }
    area
}

#[test]
fn a_fill_covers_its_zone_evenly() {
    let surface = bundled().surface();
    let placement = place(&design(None, vec![zone(&TOP, 40.0, 1)]), &surface);
    // Strips of equal length in s hold dots in proportion to their area.
    for k in 0..3 {
        let (low, high) = (0.4 + 0.1 * f64::from(k), 0.5 + 0.1 * f64::from(k));
        let strip = [(low, -0.3), (low, 0.3), (high, 0.3), (high, -0.3)];
        let own = place(&design(None, vec![zone(&strip, 40.0, 9)]), &surface).sites.len() as f64;
        let inside =
            placement.sites.iter().filter(|s| (low..high).contains(&s.st.s)).count() as f64;
        assert!((inside / own - 1.0).abs() < 0.03, "strip {k}: {inside} against {own}");
    }
}

#[test]
fn the_same_seed_gives_the_same_dots_and_another_seed_others() {
    let surface = small("anny_male").surface();
    let with = |seed| place(&design(None, vec![zone(&TOP, 30.0, seed)]), &surface);
    assert_eq!(with(5), with(5));
    assert_ne!(with(5).sites[0].position, with(6).sites[0].position);
    let all = design(Some(pattern(&[(0.0, 0.0), (3.0, 1.0)], 0.3, 0.1)), vec![zone(&TOP, 9.0, 1)]);
    let again = small("anny_male").surface();
    assert_eq!(place(&all, &surface), place(&all, &again));
}

#[test]
fn a_pattern_lies_with_its_top_to_the_forehead_and_its_right_to_the_right() {
    let dots = [(0.0, 0.0), (0.0, 10.0), (10.0, 0.0)];
    for head in all() {
        let surface = head.surface();
        let mut laid = pattern(&dots, 0.55, 0.0);
        let sites = place(&design(Some(laid.clone()), vec![]), &surface).sites;
        let (here, top, right) = (sites[0], sites[1], sites[2]);
        assert!((here.st.s - 0.55).abs() < 1e-6 && here.st.t.abs() < 1e-6);
        assert!(top.position.y() > here.position.y() + 8.0);
        assert!(right.position.x() > here.position.x() + 8.0);
        assert_eq!((here.layer, here.target_mm, here.zone), (4, Some(1.6), 0));
        assert_eq!(top.pattern_mm, Some([0.0, 10.0]));
        // Turned a quarter counter-clockwise, the top points to the client's left.
        laid.rotation_deg = 90.0;
        let turned = place(&design(Some(laid), vec![]), &surface).sites;
        assert!(turned[1].position.x() < here.position.x() - 8.0);
        assert!(turned[2].position.y() > here.position.y() + 8.0);
    }
}

#[test]
fn dots_off_the_head_and_on_the_face_are_listed() {
    let surface = bundled().surface();
    let far = [(0.0, 0.0), (250.0, 0.0), (0.0, 280.0)];
    let placement = place(&design(Some(pattern(&far, 0.5, 0.0)), vec![]), &surface);
    assert_eq!(placement.sites.len(), 1);
    let reasons: Vec<_> = placement.rejected.iter().map(|r| r.reason.name()).collect();
    assert_eq!(reasons, ["off_head", "off_head"]);
    assert_eq!(placement.rejected[0].pattern_mm, Some([250.0, 0.0]));
    let face = [(0.0, 0.0), (0.0, 25.0)];
    let placement = place(&design(Some(pattern(&face, 0.05, 0.0)), vec![]), &surface);
    assert_eq!(placement.rejected.len(), 1);
    assert_eq!(placement.rejected[0].reason, RejectReason::NotScalp);
    assert!(placement.rejected[0].position.is_some());
}

#[test]
fn of_two_dots_too_close_the_later_gives_way() {
    let surface = bundled().surface();
    let dots = [(0.0, 0.0), (0.3, 0.0), (0.6, 0.0), (0.6, 0.05)];
    let placement = place(&design(Some(pattern(&dots, 0.5, 0.0)), vec![]), &surface);
    let kept: Vec<u32> = placement.sites.iter().map(|s| s.dot.0).collect();
    assert_eq!(kept, [0, 2]);
    for (rejected, wanted, spacing) in
        [(&placement.rejected[0], 0, 0.3), (&placement.rejected[1], 2, 0.05)]
    {
        let RejectReason::TooClose { spacing_mm, floor_mm, other } = rejected.reason else {
            panic!("{rejected:?}");
        };
        assert_eq!(other, DotId(wanted));
        assert!((spacing_mm - spacing).abs() < 0.02 && (floor_mm - 0.5).abs() < 1e-12);
    }
}

/// A hexagonal layout of a spacing within a circle.
pub fn hexagons(radius: f64, spacing: f64) -> Vec<(f64, f64)> {
    let n = (2.0 * radius / spacing) as i32;
    let places = (-n..=n).flat_map(|j| (-n..=n).map(move |i| (f64::from(i), f64::from(j))));
    places
        .map(|(i, j)| (spacing * (i + j / 2.0), spacing * j * 0.75_f64.sqrt()))
        .filter(|(x, y)| x.hypot(*y) <= radius)
        .collect()
}

/// Nothing is denser than hexagons: where the map narrows them each dot has to go somewhere else.
#[test]
fn the_densest_pattern_keeps_its_spacing_and_every_dot_on_every_head() {
    for head in all() {
        let surface = head.surface();
        for (radius, spacing) in [(35.0, 1.2), (70.0, 1.6)] {
            let dots = hexagons(radius, spacing);
            let design = design(Some(pattern(&dots, 0.5, 0.0)), Vec::new());
            let placement = place(&design, &surface);
            check(&design, &placement, &surface);
            let place = format!("{}, {radius} mm", head.name);
            let left_out = dots.len() - placement.sites.len();
            assert!(
                left_out * 1_000 <= dots.len(),
                "{place}: {left_out} of {} left out",
                dots.len()
            );
            let least = min_spacing(&placement.sites).unwrap() / spacing;
            let gave_way = placement.gave_way.unwrap();
            println!(
                "{place}: {} of {} dots gave way by up to {:.2} mm; least spacing {:.1} % of drawn",
                gave_way.dots,
                dots.len(),
                gave_way.farthest_mm,
                100.0 * least
            );
            assert!(least >= 0.97, "{place}: {least}");
        }
    }
}

#[test]
fn where_there_is_room_no_dot_gives_way() {
    let surface = bundled().surface();
    let sparse: Vec<_> = hexagons(30.0, 1.5);
    let mut pair = sparse.clone();
    // The least drawn spacing is this pair's; all others have room to spare.
    pair.push((0.9, 0.0));
    let placement = place(&design(Some(pattern(&pair, 0.5, 0.0)), Vec::new()), &surface);
    let gave_way = placement.gave_way.unwrap();
    assert!(gave_way.drawn_mm < 0.91 && gave_way.dots <= 2, "{gave_way:?}");
    assert_eq!(placement.sites.len(), pair.len());
}

#[test]
fn of_two_zones_of_a_layer_that_overlap_the_later_rules() {
    let surface = small("colin27").surface();
    let right = [(0.4, 0.0), (0.4, 0.3), (0.7, 0.3), (0.7, 0.0)];
    let alone = place(&design(None, vec![zone(&right, 60.0, 1)]), &surface);
    let both = design(None, vec![zone(&TOP, 20.0, 1), zone(&right, 60.0, 1)]);
    let placement = place(&both, &surface);
    check(&both, &placement, &surface);
    assert!(placement.rejected.is_empty());
    let later = placement.sites.iter().filter(|s| s.zone == 1).count();
    assert!((later as f64 / alone.sites.len() as f64 - 1.0).abs() < 0.01, "{later}");
    assert!(placement.sites.iter().all(|s| (s.zone == 1) == (s.st.t >= 0.0)));
    // Blue noise over the seam: nothing nearer there than where the denser zone is alone.
    assert!(min_spacing(&placement.sites).unwrap() >= 0.75 * 1.388);
}

#[test]
fn dots_of_a_later_layer_fall_between_those_that_are_there() {
    let surface = small("colin27").surface();
    let second = Zone { layer: 1, name: "second".to_owned(), ..zone(&TOP, 30.0, 2) };
    let both = design(None, vec![second, zone(&TOP, 30.0, 1)]);
    let placement = place(&both, &surface);
    check(&both, &placement, &surface);
    assert!(placement.rejected.is_empty(), "{:?}", placement.rejected);
    let first = placement.sites.iter().filter(|s| s.layer == 0).count();
    let later = placement.sites.len() - first;
    assert!((first as f64 / later as f64 - 1.0).abs() < 0.01, "{first} and {later}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_dot_of_any_design_is_a_site_or_listed(
        dots in proptest::collection::vec((-120.0..120.0, -120.0..120.0), 1..150),
        (s, t) in (0.0..1.0, -1.0..1.0),
        (low, side) in (0.05..0.6, -0.8..0.5),
        (density, seed) in (1.0..150.0, any::<u64>()),
        floor in 0.5..3.0,
    ) {
        thread_local! { static HEAD: ScalpSurface = small("anny_male").surface(); }
        let square =
            [(low, side), (low, side + 0.2), (low + 0.1, side + 0.2), (low + 0.1, side)];
        let count = dots.len();
        let mut any = design(Some(pattern(&dots, s, t)), vec![zone(&square, density, seed)]);
        any.spacing_floor_mm = floor;
        HEAD.with(|surface| {
            let placement = place(&any, surface);
            check(&any, &placement, surface);
            prop_assert!(placement.sites.len() + placement.rejected.len() >= count);
            Ok(())
        })?;
    }
}
