//! Zones and keep-outs with outlines from a drawing, on real heads.

use crate::heads::{all, bundled, small};
use crate::sites::{check, zone};
use nalgebra::{Rotation2, Vector2};
use proptest::prelude::*;
use smp::design::{Anchor, Design, Shape};
use smp::plan::site::{Placement, place};
use smp::scalp::{Chart, ScalpSurface, St};
use std::f64::consts::PI;

const SHAPES: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='100mm' height='100mm' viewBox='-50 -50 100 100'>
  <path id='ring' fill-rule='evenodd' d='M-25 0a25 25 0 0 1 50 0a25 25 0 0 1-50 0z M-8 0a8 8 0 0 1 16 0a8 8 0 0 1-16 0z'/>
  <path id='corner' d='M-20 -30 H-5 V5 H30 V20 H-20 Z'/>
  <path id='two' d='M-30 0a20 20 0 0 1 40 0a20 20 0 0 1-40 0z M-10 0a20 20 0 0 1 40 0a20 20 0 0 1-40 0z'/>
  <circle id='mole' cx='10' cy='-12' r='4'/>
</svg>";

fn read(text: &str) -> Design {
    let text = format!("schema = 1\nname = \"d\"\n{text}");
    Design::parse(&text, "d.toml", &mut |_| Ok(SHAPES.as_bytes().to_vec())).unwrap()
}

fn drawn(id: &str, (s, t): (f64, f64), rest: &str) -> String {
    format!(
        "drawn = {{ file = \"d.svg\", id = \"{id}\", anchor = {{ s = {s}, t = {t} }} {rest} }}\n"
    )
}

fn filled(id: &str, at: (f64, f64), density: f64, rest: &str) -> Design {
    let drawn = drawn(id, at, rest);
    read(&format!("[[zone]]\nname = \"z\"\ndensity_per_cm2 = {density}\n{drawn}"))
}

fn laid(design: &Design, surface: &ScalpSurface) -> Placement {
    let placement = place(design, surface);
    check(design, &placement, surface);
    placement
}

#[test]
fn a_drawn_ring_is_filled_between_its_circles_and_nowhere_else() {
    for head in all() {
        let surface = head.surface();
        let design = filled("ring", (0.55, 0.1), 60.0, "");
        let sites = laid(&design, &surface).sites;
        let middle = surface.point_at(St { s: 0.55, t: 0.1 }).unwrap();
        for site in &sites {
            // Straight through a head that is nowhere flatter there than a ball of 50 mm, and by a map that is nearly true.
            let far_mm = site.position.distance(&middle);
            assert!((7.6..25.4).contains(&far_mm), "{}: {far_mm}", head.name);
        }
        let wanted = 0.6 * PI * (25.0 * 25.0 - 8.0 * 8.0);
        let part = sites.len() as f64 / wanted;
        println!("{}: {} dots in a ring, {part:.3} of wanted", head.name, sites.len());
        assert!((0.93..1.07).contains(&part), "{}: {part}", head.name);
    }
}

/// How far from the corner a place of the drawing lies, mm; 0 within it.
fn beside_corner(x: f64, y: f64) -> f64 {
    let beside = |v: f64, low: f64, high: f64| (low - v).max(v - high).max(0.0);
    let box_of = |right, top| beside(x, -20.0, right).hypot(beside(y, -20.0, top));
    f64::min(box_of(-5.0, 30.0), box_of(30.0, -5.0))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 20, ..Default::default() })]

    #[test]
    fn a_drawn_outline_lies_at_its_anchor_turned_as_it_says(
        at in (0.35..0.7, -0.4..0.4),
        rotation in -180.0..180.0f64,
    ) {
        thread_local! { static HEAD: ScalpSurface = small("anny_male").surface(); }
        HEAD.with(|surface| {
            let design = filled("corner", at, 40.0, &format!(", rotation_deg = {rotation}"));
            let sites = laid(&design, surface).sites;
            // Its area is 12.75 cm2.
            prop_assert!((470..550).contains(&sites.len()), "{} dots", sites.len());
            // A map of the same skin, under marks that the program did not choose.
            let turn = Rotation2::new(rotation.to_radians());
            let grid = (0..30).flat_map(|i| (0..30).map(move |k| (2.0 * f64::from(i) - 25.0, 2.0 * f64::from(k) - 25.0)));
            let marks: Vec<_> = grid.filter(|&(x, y)| beside_corner(x, y) < 0.5).map(|(x, y)| turn * Vector2::new(x, y)).collect();
            let chart = Chart::under(surface, St { s: at.0, t: at.1 }, &marks).unwrap();
            // Neither map is true; what they are off by grows with the way from the anchor.
            let off = chart.stretch().spacing_p99_percent.max(-chart.stretch().spacing_p1_percent) / 100.0;
            prop_assert!(off < 0.08, "{off}");
            for site in sites {
                let flat = chart.flat(&surface.closest(site.position)).unwrap();
                let back = turn.inverse() * Vector2::from(flat);
                let far = beside_corner(back.x, back.y);
                prop_assert!(far < 0.2 + off * back.norm(), "{at:?}, {rotation}: {far} at {back}, {off}");
            }
            Ok(())
        })?;
    }
}

#[test]
fn rings_that_overlap_are_one_area_with_one_rim() {
    let surface = bundled().surface();
    let mut design = filled("two", (0.55, 0.0), 60.0, "");
    design.zones[0].edge.ramp_mm = 10.0;
    let sites = laid(&design, &surface).sites;
    let middle = surface.point_at(St { s: 0.55, t: 0.0 }).unwrap();
    // The rim is nowhere nearer than 17 mm to the middle, though both circles pass it at 10 mm.
    let dots = sites.iter().filter(|site| site.position.distance(&middle) < 7.0).count() as f64;
    let part = dots / (0.6 * PI * 49.0);
    println!("where two rings overlap: {part:.3} of the density");
    assert!((0.9..1.1).contains(&part), "{part}");
}

#[test]
fn a_drawn_mole_is_kept_out_with_its_margin() {
    let surface = bundled().surface();
    let at = (0.5, 0.1);
    let mole = drawn("mole", at, "");
    let design = read(&format!(
        "[[zone]]\nname = \"z\"\ndensity_per_cm2 = 90\nround = {{ s = 0.5, t = 0.1, radius_mm = 30 }}\n\
         [[keep_out]]\nname = \"mole\"\nmargin_mm = 1.5\n{mole}"
    ));
    let sites = laid(&design, &surface).sites;
    let chart = Chart::around(&surface, St { s: at.0, t: at.1 }, 30.0).unwrap();
    let mole = chart.point(10.0, 12.0).unwrap().point;
    let nearest = sites.iter().map(|site| site.position.distance(&mole)).fold(f64::MAX, f64::min);
    println!("nearest dot to the middle of a mole of 4 mm with 1.5 mm around it: {nearest:.2} mm");
    assert!((5.3..7.0).contains(&nearest), "{nearest}");
}

#[test]
fn a_keep_out_of_which_nobody_knows_where_it_lies_keeps_out_all_dots() {
    let surface = bundled().surface();
    for shape in ["round = { s = 0.5, t = 0.1, radius_mm = 3 }\n", &drawn("mole", (0.5, 0.1), "")] {
        let mut design = read(&format!(
            "[[zone]]\nname = \"z\"\ndensity_per_cm2 = 40\nround = {{ s = 0.5, t = 0.1, radius_mm = 20 }}\n\
             [[keep_out]]\nname = \"mole\"\n{shape}"
        ));
        assert!(!place(&design, &surface).sites.is_empty());
        // No place of any scalp, which no file can say.
        let nowhere = Anchor { s: 2.0, t: 0.0 };
        match &mut design.keep_outs[0].shape {
            Shape::Round { middle, .. } => *middle = nowhere,
            Shape::Drawn(drawn) => drawn.anchor = nowhere,
            _ => unreachable!(),
        }
        assert!(place(&design, &surface).sites.is_empty());
    }
}

#[test]
fn a_drawn_zone_that_cannot_be_laid_has_no_dots() {
    let surface = bundled().surface();
    let mut design = filled("ring", (0.5, 0.1), 60.0, "");
    let Shape::Drawn(drawn) = &mut design.zones[0].shape else { unreachable!() };
    drawn.anchor = Anchor { s: 2.0, t: 0.0 };
    design.zones.push(zone(&[(0.4, -0.1), (0.4, 0.1), (0.5, 0.0)], 40.0, 3));
    let placement = place(&design, &surface);
    assert!(placement.sites.iter().all(|site| site.zone == 1) && !placement.sites.is_empty());
}
