//! Whole plans on scans as they come out of a scanner: full-head zones of 35,000 dots and a pattern of 140 mm.

use crate::heads::{Head, bundled, shared, small};
use crate::raw::{HOLES, NOISE_MM, finer, spoil};
use crate::sites::{design, hexagons, pattern, zone};
use smp::design::Design;
use smp::machine::Profile;
use smp::plan::site::Sitting;
use smp::plan::{Effort, PlannedDot, Rejected};
use smp::record::proving::{Desk, Task};
use smp::scalp::ScalpSurface;
use std::path::PathBuf;

/// A plan of all dots but those that only the proof refuses.
fn proved(design: &Design, surface: &ScalpSurface) -> (Vec<PlannedDot>, Vec<Rejected>, usize) {
    let profile = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs/machines/gantry6.toml");
    let machine = Profile::parse(&std::fs::read_to_string(profile).unwrap(), "gantry6").unwrap();
    let mut desk = Desk::on(surface);
    let placement = desk.place(design, &Sitting::default());
    let all = placement.sites.len() + placement.rejected.len();
    let task = Task {
        design,
        scalp: "raw",
        machine: &machine,
        effort: Effort { kicks_per_dot: 0.0 },
        elsewhere: &[],
        course: None,
    };
    let plan = task.proved(&mut desk, placement, &mut |_| {}).unwrap();
    (plan.program.dots().to_vec(), plan.file.rejected.clone(), all)
}

/// Plans a design on a spoilt head and compares it with the head that it was made from.
fn check(what: &str, design: &Design, raw: &ScalpSurface, clean: &ScalpSurface) -> usize {
    let (dots, rejected, all) = proved(design, raw);
    assert_eq!(dots.len() + rejected.len(), all, "{what}: a dot is forgotten");
    let mut square = 0.0;
    for dot in &dots {
        let off = raw.closest(dot.position).distance.abs();
        assert!(off < 0.05, "{what}: dot {} lies {off} mm off the skin", dot.dot.0);
        let truth = clean.normal_at(&clean.closest(dot.position));
        square += (-dot.needle).angle(&truth).to_degrees().powi(2);
    }
    let rms_deg = (square / dots.len() as f64).sqrt();
    println!(
        "{what}: {} of {} dots planned and proved, needles {rms_deg:.2} deg RMS off the true normal",
        dots.len(),
        all
    );
    assert!(rms_deg < 3.0, "{what}: {rms_deg}");
    dots.len()
}

fn full_head() -> Design {
    let corners = [(0.12, -0.6), (0.12, 0.6), (0.85, 0.6), (0.85, -0.6)];
    design(None, vec![zone(&corners, 85.0, 1)])
}

fn crown_pattern() -> Design {
    design(Some(pattern(&hexagons(70.0, 1.4), 0.5, 0.0)), Vec::new())
}

fn both_designs(head: &Head, seed: u64) {
    let clean = head.surface();
    let raw = spoil(head, NOISE_MM, &HOLES, seed).head.surface();
    let name = head.name.rsplit("heads/").next().unwrap();
    let dots = check(&format!("{name}, full head"), &full_head(), &raw, &clean);
    assert!(dots > 25_000, "{name}: {dots}");
    let dots = check(&format!("{name}, 140 mm"), &crown_pattern(), &raw, &clean);
    assert!(dots > 8_500, "{name}: {dots}");
}

#[test]
fn whole_heads_of_dots_are_planned_on_raw_scans_and_every_dot_is_accounted_for() {
    let mut heads = vec![small("colin27"), small("anny_male")];
    heads.extend(shared());
    heads.iter().zip(11..).for_each(|(head, seed)| both_designs(head, seed));
}

#[test]
fn a_whole_head_of_dots_is_planned_on_half_a_million_noisy_triangles() {
    both_designs(&finer(&bundled(), 4), 5);
}
