//! Where zones meet: no bare seam where an edge begins over another zone, bare skin in front of a hairline, and no dot
//! where none may be.

use crate::heads::{bundled, small};
use crate::judge::Judge;
use crate::sites::{design, shipped, zone};
use crate::skin_curve::SkinCurve;
use nalgebra::Vector3;
use proptest::prelude::*;
use smp::design::{Anchor, Design, Edge, KeepOut, Shape, Zone};
use smp::frame::{Point, Scalp};
use smp::plan::site::{RejectReason, Site, place};
use smp::scalp::{ScalpSurface, St};

const TOP: [(f64, f64); 4] = [(0.38, -0.35), (0.38, 0.35), (0.72, 0.35), (0.72, -0.35)];
const MIDDLE: Anchor = Anchor { s: 0.55, t: 0.0 };
const RADIUS_MM: f64 = 30.0;
const EDGE: Edge = Edge { irregular_mm: 4.0, light_mm: 0.0, ramp_mm: 16.0 };
/// A disc without a dot is bare from this radius on, in spacings of a hexagonal layout; in that, none is wider than 0.58.
const BARE: f64 = 1.2;

fn hexagonal_mm(per_cm2: f64) -> f64 {
    (2.0 / (3.0_f64.sqrt() * per_cm2 / 100.0)).sqrt()
}

fn round(per_cm2: f64, seed: u64) -> Zone {
    let shape = Shape::Round { middle: MIDDLE, radius_mm: RADIUS_MM };
    Zone { shape, edge: EDGE, ..zone(&TOP, per_cm2, seed) }
}

/// Places close together, from outside the rim of [`round`] to behind its ramp.
fn seam(surface: &ScalpSurface) -> Vec<Point<Scalp>> {
    const N: i32 = 130;
    let middle = surface.point_at(St { s: MIDDLE.s, t: MIDDLE.t }).unwrap();
    let at = |(i, j): (i32, i32)| {
        let part = |k: i32| f64::from(k) / f64::from(N) - 0.5;
        surface.point_at(St { s: MIDDLE.s + 0.24 * part(i), t: MIDDLE.t + 0.5 * part(j) })
    };
    let all = (0..N).flat_map(|i| (0..N).map(move |j| (i, j))).filter_map(at);
    let behind_mm = EDGE.irregular_mm + EDGE.ramp_mm + 2.0;
    all.filter(|p| (RADIUS_MM - behind_mm..RADIUS_MM + 3.0).contains(&p.distance(&middle)))
        .collect()
}

/// The widest disc without a dot around any of some places, mm.
fn widest_mm(places: &[Point<Scalp>], dots: &[Point<Scalp>]) -> f64 {
    let nearest = |place: &Point<Scalp>| {
        dots.iter().map(|dot| (*dot - *place).length()).fold(f64::INFINITY, f64::min)
    };
    places.iter().map(nearest).fold(0.0, f64::max)
}

fn dots(design: &Design, surface: &ScalpSurface) -> Vec<Point<Scalp>> {
    place(design, surface).sites.iter().map(|site| site.position).collect()
}

#[test]
fn an_edge_over_another_zone_leaves_no_bare_seam() {
    for head in [bundled(), small("colin27")] {
        let surface = head.surface();
        let seam = seam(&surface);
        assert!(seam.len() > 2_000, "{}", seam.len());
        for (under, over, seed) in [(55.0, 60.0, 1), (35.0, 60.0, 2), (60.0, 35.0, 3)] {
            let both = design(None, vec![zone(&TOP, under, seed), round(over, seed)]);
            let widest = widest_mm(&seam, &dots(&both, &surface)) / hexagonal_mm(over.min(under));
            println!("{}: {over} over {under}: {widest:.2} spacings", head.name);
            assert!(widest < BARE, "{}: {over} over {under}: {widest}", head.name);
        }
    }
}

#[test]
fn a_bare_seam_is_found_out() {
    let surface = small("colin27").surface();
    let seam = seam(&surface);
    let (under, over) = (zone(&TOP, 55.0, 1), round(55.0, 1));
    let middle = surface.point_at(St { s: MIDDLE.s, t: MIDDLE.t }).unwrap();
    // As if the edge began over bare skin.
    let mut apart = dots(&design(None, vec![under.clone()]), &surface);
    apart.retain(|dot| dot.distance(&middle) > RADIUS_MM);
    apart.extend(dots(&design(None, vec![over.clone()]), &surface));
    assert!(widest_mm(&seam, &apart) > BARE * hexagonal_mm(55.0));
    // A gap of three spacings.
    let mut gap = dots(&design(None, vec![under, over]), &surface);
    gap.retain(|dot| (dot.distance(&middle) - RADIUS_MM).abs() > 1.5 * hexagonal_mm(55.0));
    assert!(widest_mm(&seam, &gap) > BARE * hexagonal_mm(55.0));
}

#[test]
fn in_front_of_a_hairline_all_is_bare_even_over_another_zone() {
    let hairline = shipped("norwood-5").zones.pop().unwrap();
    let Shape::Hairline { through, depth_mm } = hairline.shape.clone() else { panic!("a line") };
    let forehead = zone(&[(0.12, -0.3), (0.12, 0.3), (0.4, 0.3), (0.4, -0.3)], 40.0, 4);
    for head in [bundled(), small("colin27")] {
        let surface = head.surface();
        let curve = SkinCurve::smooth(&surface, &through);
        let in_front = |zones: Vec<Zone>| {
            let is_in_front = |dot: &&Point<Scalp>| {
                let near = curve.near(**dot);
                let is_beside = near.along_mm > 0.0 && near.along_mm < curve.length_mm();
                is_beside && near.right_mm < 0.0 && near.distance_mm < depth_mm - 0.02
            };
            dots(&design(None, zones), &surface).iter().filter(is_in_front).count()
        };
        assert!(in_front(vec![forehead.clone()]) > 100, "{}", head.name);
        assert_eq!(in_front(vec![forehead.clone(), hairline.clone()]), 0, "{}", head.name);
        // The first of two zones does not rule over the later.
        assert!(in_front(vec![hairline.clone(), forehead.clone()]) > 100, "{}", head.name);
    }
}

/// A star of corners around a place.
fn star(s: f64, t: f64, reaches: &[f64]) -> Vec<Anchor> {
    let corner = |(k, reach): (usize, &f64)| {
        let angle = std::f64::consts::TAU * k as f64 / reaches.len() as f64;
        Anchor { s: s + reach * angle.cos(), t: t + 2.0 * reach * angle.sin() }
    };
    reaches.iter().enumerate().map(corner).collect()
}

/// Places within a zone of [`any`]: an outline, a round and a line.
fn keep_outs(s: f64, t: f64, reaches: &[f64], margin_mm: f64) -> Vec<KeepOut> {
    let small: Vec<f64> = reaches.iter().map(|reach| reach / 4.0).collect();
    let shapes = [
        Shape::Outline(star(s + 0.03, t, &small)),
        Shape::Round { middle: Anchor { s: s - 0.03, t: t + 0.05 }, radius_mm: 4.0 },
        Shape::Line {
            through: vec![
                Anchor { s: s - 0.05, t: t - 0.1 },
                Anchor { s, t: t - 0.05 },
                Anchor { s: s + 0.05, t: t - 0.1 },
            ],
            width_mm: 2.0,
        },
    ];
    let keep_out = |shape| KeepOut { name: "scar".to_owned(), shape, margin_mm };
    shapes.map(keep_out).to_vec()
}

/// Most dots in the disc of a cm2 around any of them.
fn densest(sites: &[Site]) -> usize {
    let square = 100.0 / std::f64::consts::PI;
    let places: Vec<Vector3<f64>> = sites.iter().map(|site| site.position.vector()).collect();
    let within =
        |a: &Vector3<f64>| places.iter().filter(|b| (*b - a).norm_squared() <= square).count();
    places.iter().map(within).max().unwrap_or(0)
}

/// Dots that lie where none may: off their zone, in a keep-out or nearer to it than its margin.
fn misplaced(design: &Design, sites: &[Site], surface: &ScalpSurface) -> (usize, usize) {
    const FINE_MM: f64 = 0.02;
    let judge = |shape: &Shape| Judge::of(surface, shape);
    let zones: Vec<Judge> = design.zones.iter().map(|zone| judge(&zone.shape)).collect();
    let barred: Vec<(Judge, f64)> =
        design.keep_outs.iter().map(|out| (judge(&out.shape), out.margin_mm)).collect();
    let off = sites
        .iter()
        .filter(|site| zones[usize::from(site.zone)].out_mm(surface, site.position) > FINE_MM);
    let kept_out = sites.iter().filter(|site| {
        let off_mm = |judge: &Judge| judge.off_mm(surface, site.position);
        barred.iter().any(|(judge, margin)| off_mm(judge) <= (margin - FINE_MM).max(0.0))
    });
    (off.count(), kept_out.count())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_zone_keeps_to_its_outline_to_its_keep_outs_and_to_the_cap(
        (s, t) in (0.4..0.65, -0.3..0.3),
        reaches in proptest::collection::vec(0.06..0.11, 3..9),
        (density, seed) in (5.0..90.0, any::<u64>()),
        (irregular_mm, ramp_mm) in (0.0..4.0, 0.0..12.0),
        margin_mm in 0.1..3.0,
        cap in 10.0..100.0_f64,
    ) {
        thread_local! { static HEAD: ScalpSurface = small("anny_male").surface(); }
        let edge = Edge { irregular_mm, light_mm: 0.0, ramp_mm };
        let shape = Shape::Outline(star(s, t, &reaches));
        let zone = Zone { shape, edge, ..zone(&TOP, density, seed) };
        let mut any = design(None, vec![zone]);
        any.density_cap_per_cm2 = cap.floor();
        HEAD.with(|surface| {
            // Planted: without keep-outs there are dots in them.
            let free = place(&any, surface);
            any.keep_outs = keep_outs(s, t, &reaches, margin_mm);
            prop_assert!(density < 20.0 || misplaced(&any, &free.sites, surface).1 > 0);
            let placement = place(&any, surface);
            prop_assert_eq!(misplaced(&any, &placement.sites, surface), (0, 0));
            prop_assert!(densest(&placement.sites) as f64 <= any.density_cap_per_cm2);
            let reasons = placement.rejected.iter().map(|rejected| rejected.reason);
            let is_cap = |reason| matches!(reason, RejectReason::TooDense { .. });
            prop_assert!(reasons.into_iter().all(is_cap));
            Ok(())
        })?;
    }
}
