//! Hair that grows already: no dot comes near it, and everywhere else all is as it was.

use crate::heads::{bundled, small};
use crate::images::drawn;
use crate::sites::{check, design, hexagons, pattern, zone};
use nalgebra::{Rotation2, Vector2};
use proptest::prelude::*;
use smp::design::{Anchor, Design, Growth, Hair};
use smp::frame::{Point, Scalp};
use smp::plan::Site;
use smp::plan::site::{Placement, RejectReason, place};
use smp::scalp::{Chart, ScalpSurface, St};

const TOP: [(f64, f64); 4] = [(0.4, -0.3), (0.4, 0.3), (0.7, 0.3), (0.7, -0.3)];

fn follicles(clearance_mm: f64, growth: Growth) -> Option<Hair> {
    Some(Hair { file: "hair.csv".to_owned(), clearance_mm, growth })
}

/// Where a list's follicles lie on the skin, by the surface's own words.
fn on_skin(growth: &Growth, surface: &ScalpSurface) -> Vec<Point<Scalp>> {
    match growth {
        Growth::AtCoordinates(all) => {
            all.iter().filter_map(|a| surface.point_at(St { s: a.s, t: a.t })).collect()
        }
        Growth::AtPlaces(all) => {
            all.iter().map(|&[x, y, z]| surface.closest(Point::new(x, y, z)).point).collect()
        }
        Growth::Mask(_) => unreachable!("no list"),
    }
}

/// Of each place, whether it lies nearer than this to a follicle: one by one.
fn is_near(place: Point<Scalp>, follicles: &[Point<Scalp>], clearance_mm: f64) -> bool {
    follicles.iter().any(|follicle| follicle.distance(&place) < clearance_mm)
}

fn of_hair(placement: &Placement) -> usize {
    let hair = placement.rejected.iter().filter(|r| r.reason.name() == "hair");
    hair.count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_dot_of_any_design_lies_nearer_to_a_follicle_than_the_clearance(
        dots in prop::collection::vec((-40.0..40.0, -40.0..40.0), 1..150),
        (s, t) in (0.2..0.8, -0.5..0.5),
        (density, seed) in (5.0..100.0, any::<u64>()),
        hairs in prop::collection::vec((0.0..1.0, 0.0..1.0, -2.0..2.0f64), 1..400),
        clearance_mm in 0.0..2.0,
        in_mm in any::<bool>(),
    ) {
        thread_local! { static HEAD: ScalpSurface = small("anny_male").surface(); }
        let square = [(s - 0.1, t - 0.1), (s - 0.1, t + 0.1), (s + 0.1, t + 0.1), (s + 0.1, t - 0.1)];
        HEAD.with(|surface| {
            let at = |&(a, b, _): &(f64, f64, f64)| {
                Anchor { s: s + 0.3 * (a - 0.5), t: t + 0.3 * (b - 0.5) }
            };
            // Measured a little above or below the skin.
            let measured = |hair: &(f64, f64, f64)| {
                let Anchor { s, t } = at(hair);
                let foot = surface.closest(surface.point_at(St { s, t })?);
                let off = surface.normal_at(&foot).vector() * hair.2;
                Some((foot.point.vector() + off).into())
            };
            let growth = if in_mm {
                Growth::AtPlaces(hairs.iter().filter_map(measured).collect())
            } else {
                Growth::AtCoordinates(hairs.iter().map(at).collect())
            };
            let there = on_skin(&growth, surface);
            let mut any = design(Some(pattern(&dots, s, t)), vec![zone(&square, density, seed)]);
            any.hair = follicles(clearance_mm, growth);
            let placement = place(&any, surface);
            check(&any, &placement, surface);
            for site in &placement.sites {
                prop_assert!(!is_near(site.position, &there, clearance_mm));
            }
            for rejected in &placement.rejected {
                if let RejectReason::Hair { clearance_mm: told } = rejected.reason {
                    prop_assert!(rejected.pattern_mm.is_some(), "a fill proposes no such dot");
                    prop_assert!((told - clearance_mm).abs() < 1e-12);
                    prop_assert!(is_near(rejected.position.unwrap(), &there, clearance_mm));
                }
            }
            Ok(())
        })?;
    }
}

/// Follicles of the client's left half, as dense as given.
fn left_half(per_mm: f64) -> Vec<Anchor> {
    let steps = |from: f64, to: f64, mm: f64| {
        let count = ((to - from) * mm * per_mm) as i32;
        (0..count).map(move |k| from + (to - from) * (f64::from(k) + 0.5) / f64::from(count))
    };
    // From nasion to inion there are some 330 mm, from ear to ear as many.
    let row = |s: f64| steps(-0.3, 0.0, 165.0).map(move |t| Anchor { s, t });
    steps(0.4, 0.7, 330.0).flat_map(row).collect()
}

#[test]
fn away_from_follicles_density_is_as_before_and_between_them_that_of_the_skin_that_is_left() {
    let surface = small("colin27").surface();
    let bare = design(None, vec![zone(&TOP, 40.0, 3)]);
    let mut hairy = bare.clone();
    let hairs = left_half(0.8);
    hairy.hair = follicles(0.3, Growth::AtCoordinates(hairs.clone()));
    let there = on_skin(&hairy.hair.as_ref().unwrap().growth, &surface);
    let (without, with) = (place(&bare, &surface), place(&hairy, &surface));
    check(&hairy, &with, &surface);
    assert!(with.rejected.is_empty());
    let near = |placement: &Placement| {
        placement.sites.iter().filter(|site| is_near(site.position, &there, 0.3)).count()
    };
    assert_eq!(near(&with), 0);
    assert!(near(&without) > 100, "the follicles lie where dots would");
    let of = |placement: &Placement, left: bool| {
        placement.sites.iter().filter(|site| (site.st.t < 0.0) == left).count() as f64
    };
    let [right, left] = [false, true].map(|side| of(&with, side) / of(&without, side));
    // Which part of the left half is left free, by looking.
    let looks = (0..200).flat_map(|i| (0..200).map(move |j| (f64::from(i), f64::from(j))));
    let look = |(i, j): (f64, f64)| St { s: 0.4 + 0.3 * i / 200.0, t: -0.3 * (j + 0.5) / 200.0 };
    let looks: Vec<_> = looks.filter_map(|at| surface.point_at(look(at))).collect();
    let free = looks.iter().filter(|look| !is_near(**look, &there, 0.3)).count();
    let free = free as f64 / looks.len() as f64;
    println!("{} follicles: {right:.3} on the other side, {left:.3} of {free:.3}", hairs.len());
    assert!((right - 1.0).abs() < 0.01, "{right}");
    assert!((0.7..0.95).contains(&free), "{free}");
    assert!((left / free - 1.0).abs() < 0.03, "{left} of {free}");
}

#[test]
fn drawn_dots_in_hair_are_listed_as_such_and_take_no_part_in_what_is_filled() {
    let surface = bundled().surface();
    let dots = [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0)];
    let mut drawn = design(Some(pattern(&dots, 0.5, 0.0)), Vec::new());
    let second = place(&drawn, &surface).sites[1];
    let at = |site: &Site| Growth::AtPlaces(vec![site.position.vector().into()]);
    drawn.hair = follicles(0.3, at(&second));
    let placement = place(&drawn, &surface);
    check(&drawn, &placement, &surface);
    let left: Vec<u32> = placement.sites.iter().map(|site| site.dot.0).collect();
    assert_eq!((left, of_hair(&placement)), (vec![0, 2], 1));
    assert_eq!(placement.rejected[0].pattern_mm, Some([0.0, 2.0]));
    // A dense drawing of which hair leaves nothing: the zone over it is filled as if it was not there.
    let mut covered = design(Some(pattern(&hexagons(12.0, 1.2), 0.5, 0.0)), Vec::new());
    let all = place(&covered, &surface).sites;
    let everywhere = all.iter().map(|site| site.position.vector().into()).collect();
    covered.hair = follicles(0.05, Growth::AtPlaces(everywhere));
    let mut filled = design(None, vec![zone(&TOP, 40.0, 1)]);
    filled.hair = covered.hair.clone();
    covered.zones = filled.zones.clone();
    let (covered, filled) = (place(&covered, &surface), place(&filled, &surface));
    assert_eq!(of_hair(&covered), all.len());
    let places = |placement: &Placement| -> Vec<_> {
        placement.sites.iter().map(|site| site.position).collect()
    };
    assert_eq!(places(&covered), places(&filled));
}

#[test]
fn hair_that_is_not_on_this_head_is_told() {
    let surface = bundled().surface();
    let mut any = design(None, vec![zone(&TOP, 20.0, 1)]);
    let dots = place(&any, &surface).sites;
    let on = dots[0].position.vector();
    // The second 20 mm above the skin.
    let above: [f64; 3] = (on + dots[0].normal.vector() * 20.0).into();
    any.hair = follicles(0.3, Growth::AtPlaces(vec![on.into(), above, [290.0, 290.0, -290.0]]));
    let found = place(&any, &surface).hair.unwrap();
    assert_eq!((found.follicles, found.off_skin, found.is_unmapped), (3, 2, false));
}

/// An image of 60 by 40 pixels of 1 mm that no turn and no mirror brings onto itself: an L at the upper left, and a block at
/// the right.
fn is_dark(x: f64, y: f64) -> bool {
    let l = (4.0..14.0).contains(&x) && (4.0..36.0).contains(&y);
    let foot = (4.0..30.0).contains(&x) && (28.0..36.0).contains(&y);
    let block = (44.0..56.0).contains(&x) && (4.0..12.0).contains(&y);
    l || foot || block
}

fn masked(rotation_deg: f64) -> Design {
    let text = format!(
        "schema = 1\nname = \"m\"\n[hair]\nmask = \"hair.png\"\nanchor = {{ s = 0.55, t = 0.05 }}\n\
         width_mm = 60.0\nrotation_deg = {rotation_deg}\n[[zone]]\nname = \"top\"\ndensity_per_cm2 = 60\n\
         round = {{ s = 0.55, t = 0.05, radius_mm = 45 }}\n"
    );
    let dark = |x: u32, y: u32| f64::from(is_dark(f64::from(x) + 0.5, f64::from(y) + 0.5));
    Design::parse(&text, "m.toml", &mut |_| Ok(drawn(60, 40, dark))).unwrap()
}

/// How many dots lie deeper than this in the dark, the image being laid by a map of its own.
fn in_the_dark(
    sites: &[Site],
    surface: &ScalpSurface,
    onto_image: impl Fn(Vector2<f64>) -> (f64, f64),
    by_mm: f64,
) -> usize {
    let chart = Chart::around(surface, St { s: 0.55, t: 0.05 }, 60.0).unwrap();
    let around = [(0.0, 0.0), (by_mm, 0.0), (-by_mm, 0.0), (0.0, by_mm), (0.0, -by_mm)];
    let deep = |site: &&Site| {
        let flat = chart.flat(&surface.closest(site.position)).unwrap();
        let (x, y) = onto_image(flat.into());
        around.iter().all(|(dx, dy)| is_dark(x + dx, y + dy))
    };
    sites.iter().filter(deep).count()
}

#[test]
fn a_mask_lies_as_a_pattern_does_neither_mirrored_nor_turned_the_other_way() {
    for head in [bundled(), small("colin27")] {
        let surface = head.surface();
        for deg in [0.0, 30.0, -90.0] {
            let sites = place(&masked(deg), &surface).sites;
            let on_image = |p: Vector2<f64>, deg: f64| {
                let p = Rotation2::new(-f64::to_radians(deg)) * p;
                (30.0 + p.x, 20.0 - p.y)
            };
            let dark = |by| in_the_dark(&sites, &surface, |p| on_image(p, deg), by);
            assert_eq!(dark(0.5), 0, "{}, {deg} degrees", head.name);
            // Laid in any wrong way, there would be dots in the dark.
            let mirrored = |p| (60.0 - on_image(p, deg).0, on_image(p, deg).1);
            let flipped = |p| (on_image(p, deg).0, 40.0 - on_image(p, deg).1);
            let half_turn = |p| (60.0 - on_image(p, deg).0, 40.0 - on_image(p, deg).1);
            assert!(in_the_dark(&sites, &surface, mirrored, 0.5) > 50);
            assert!(in_the_dark(&sites, &surface, flipped, 0.5) > 50);
            assert!(in_the_dark(&sites, &surface, half_turn, 0.5) > 50);
            if deg != 0.0 {
                assert!(in_the_dark(&sites, &surface, |p| on_image(p, -deg), 0.5) > 50);
            }
            // What is not dark is filled: 60 per cm2 of the round less the mask and 0.3 mm around it.
            let mut bare = masked(deg);
            bare.hair = None;
            let dark_mm2: f64 = 10.0 * 32.0 + 16.0 * 8.0 + 12.0 * 8.0;
            let rim_mm = 2.0 * (26.0 + 32.0) + 2.0 * (12.0 + 8.0);
            let barred = 0.6 * (dark_mm2 + 0.3 * rim_mm);
            let left = place(&bare, &surface).sites.len() as f64 - barred;
            let got = sites.len() as f64;
            assert!((got / left - 1.0).abs() < 0.02, "{}: {got} of {left}", head.name);
        }
    }
}

#[test]
fn a_mask_that_cannot_be_laid_leaves_no_place_for_a_dot() {
    let surface = bundled().surface();
    let mut nowhere = masked(0.0);
    // No place of any scalp, which no file can say.
    let Some(Hair { growth: Growth::Mask(mask), .. }) = &mut nowhere.hair else { unreachable!() };
    mask.anchor = Anchor { s: 2.0, t: 0.0 };
    nowhere.pattern = Some(pattern(&[(0.0, 0.0)], 0.5, 0.0));
    let placement = place(&nowhere, &surface);
    assert!(placement.sites.is_empty() && placement.hair.unwrap().is_unmapped);
    assert_eq!(of_hair(&placement), 1);
}
