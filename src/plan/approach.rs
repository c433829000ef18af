//! Ways between dots: hover heights raised until short hops clear the skin, and ways over bulges.
//!
//! A straight hop between two hovers dips below the hover shell by `d^2 / (8 R)` on a head of radius
//! `R`. For neighbours that is some µm: both hovers are raised by it. A longer hop goes up along the
//! normal, across, and down along the other normal, as high as the head between demands.

use super::draft::{Draft, PlannedDot, Times, Via};
use super::site::Site;
use super::tool::{Pose, ToolSweep};
use rayon::prelude::*;

/// A hover is raised by at most this; beyond it the hop gets a way of its own.
const RAISE_MAX_MM: f64 = 0.25;
/// Rounds in which hovers are raised until all hops between them clear.
const HOP_ROUNDS: usize = 4;
/// Rounds in which a standing hover is raised, and by how much in all, mm.
const STAND_ROUNDS: usize = 4;
const STAND_RAISE_MAX_MM: f64 = 1.0;
/// Hovers are raised by this more than is missing, mm.
const MARGIN_MM: f64 = 0.01;
/// Heights tried for a way over a bulge, mm, and those over the skin half way of a longer one.
const LIFTS_MM: [f64; 7] = [4.0, 6.0, 10.0, 16.0, 25.0, 40.0, 60.0];
const HALFWAY_MM: [f64; 3] = [10.0, 25.0, 60.0];

/// The draft for sites in strike order.
pub(super) fn draft(sites: Vec<Site>, sweep: &ToolSweep<'_>) -> Draft {
    let total = sites.len();
    let mut dots: Vec<PlannedDot> = sites
        .into_par_iter()
        .map(|site| {
            let mut dot = dot(site, sweep);
            stand_clear(&mut dot, sweep);
            dot
        })
        .collect();
    let straight = raise_hovers(&mut dots, sweep);
    let park = sweep.park();
    let ways: Vec<Vec<Via>> = (0..total)
        .into_par_iter()
        .map(|i| match i {
            0 => way_down(&dots[0], &park, sweep),
            _ if straight[i] => Vec::new(),
            _ => way_over(&dots[i - 1], &dots[i], &park, sweep),
        })
        .collect();
    for (dot, via) in dots.iter_mut().zip(ways) {
        dot.via = via;
    }
    let mut leave = dots.last().map_or(Vec::new(), |last| way_down(last, &park, sweep));
    leave.reverse();
    let mut draft = Draft { dots, leave, ..Draft::default() };
    measure(&mut draft, sweep);
    draft
}

fn dot(site: Site, sweep: &ToolSweep<'_>) -> PlannedDot {
    PlannedDot {
        dot: site.dot,
        position: site.position,
        normal: site.normal,
        needle: sweep.needle_for(&site.normal),
        s: site.st.s,
        t: site.st.t,
        zone: site.zone,
        layer: site.layer,
        pattern_mm: site.pattern_mm,
        target_mm: site.target_mm.unwrap_or(sweep.machine.depth.aim_mm),
        diameter_mm: site.diameter_mm,
        shade: site.shade,
        hover_mm: sweep.machine.clearance.hover_mm.max(sweep.kept_mm() + MARGIN_MM),
        via: Vec::new(),
    }
}

pub(super) fn hover(dot: &PlannedDot) -> Pose {
    lifted(dot, dot.hover_mm)
}

fn lifted(dot: &PlannedDot, height_mm: f64) -> Pose {
    Via { tip: dot.above(height_mm), needle: dot.needle }
}

/// Raises a hover until the tip at rest keeps its distance from the skin all around, which on a hollow or under a
/// normal that is not the nearest way out is less than its height.
fn stand_clear(dot: &mut PlannedDot, sweep: &ToolSweep<'_>) {
    let rules = &sweep.machine.clearance;
    for _ in 0..STAND_ROUNDS {
        let tip_mm = sweep.tip_mm(hover(dot).tip, dot.hover_mm + MARGIN_MM);
        let missing = sweep.kept_mm() - tip_mm;
        if missing <= 0.0 || dot.hover_mm >= rules.hover_mm + STAND_RAISE_MAX_MM {
            return;
        }
        dot.hover_mm += missing + MARGIN_MM;
    }
}

/// Raises hovers until the hops between them clear; which hop (to a dot from the one before) does then.
fn raise_hovers(dots: &mut [PlannedDot], sweep: &ToolSweep<'_>) -> Vec<bool> {
    let rules = &sweep.machine.clearance;
    let standing: Vec<f64> = dots.iter().map(|dot| dot.hover_mm).collect();
    let mut straight = vec![true; dots.len()];
    let mut look_at = straight.clone();
    for round in 0..=HOP_ROUNDS {
        let lacks: Vec<f64> = (0..dots.len())
            .into_par_iter()
            .map(|i| {
                if i == 0 || !look_at[i] || !straight[i] {
                    return 0.0;
                }
                let (from, to) = (hover(&dots[i - 1]), hover(&dots[i]));
                let swept = sweep.swept(&from, &to);
                let missing = sweep.kept_mm() - swept.tip_mm;
                let blocked = swept.body_mm < rules.body_mm || !sweep.keeps_out(&from, &to);
                if blocked { f64::INFINITY } else { missing }
            })
            .collect();
        look_at.fill(false);
        for (i, missing) in lacks.into_iter().enumerate().filter(|(_, missing)| *missing > 0.0) {
            let highest = dots[i - 1].hover_mm.max(dots[i].hover_mm);
            let raised = highest + missing + MARGIN_MM;
            let most = standing[i - 1].max(standing[i]) + RAISE_MAX_MM;
            if round == HOP_ROUNDS || raised > most {
                straight[i] = false;
                continue;
            }
            for k in [i - 1, i] {
                dots[k].hover_mm = dots[k].hover_mm.max(raised);
                look_at[k] = true;
            }
            look_at[(i + 1).min(dots.len() - 1)] = true;
        }
    }
    straight
}

/// From the park pose to the height of a first approach, over the dot's own way out where the straight way
/// is not clear.
fn way_down(dot: &PlannedDot, park: &Pose, sweep: &ToolSweep<'_>) -> Vec<Via> {
    let rules = &sweep.machine.clearance;
    let (low, high) = (lifted(dot, rules.approach_mm), lifted(dot, rules.park_mm));
    if sweep.clear_way(park, &low) { vec![*park, low] } else { vec![*park, high, low] }
}

/// The lowest way that is clear: up along one normal, across, down along the other; with a place over the skin half
/// way; or over the park pose, which every dot has a way to.
fn way_over(from: &PlannedDot, to: &PlannedDot, park: &Pose, sweep: &ToolSweep<'_>) -> Vec<Via> {
    let rules = &sweep.machine.clearance;
    let across = LIFTS_MM
        .iter()
        .map(|lift| vec![lifted(from, from.hover_mm + lift), lifted(to, to.hover_mm + lift)]);
    let over = HALFWAY_MM.iter().filter_map(|&height| {
        let half_way = sweep.half_way(from.position, to.position, height)?;
        Some(vec![lifted(from, height), half_way, lifted(to, height)])
    });
    let clear = |ways: &Vec<Via>| {
        let ends = [vec![hover(from)], ways.clone(), vec![hover(to)]];
        sweep.clear_ways(&ends.concat())
    };
    let last = || vec![lifted(from, rules.park_mm), *park, lifted(to, rules.park_mm)];
    across.chain(over).find(clear).unwrap_or_else(last)
}

/// From the first byte to the first move: reset, boot, questions and answers (`docs/device.md`), s.
const START_S: f64 = 1.85;

/// Fills in travel and time.
fn measure(draft: &mut Draft, sweep: &ToolSweep<'_>) {
    let mut travel_mm = 0.0;
    let mut times = Times { start_s: START_S, ..Times::default() };
    let mut at: Option<Pose> = None;
    let mut leg = |to: Pose| {
        if let Some(from) = at.replace(to) {
            travel_mm += (to.tip - from.tip).length();
            times.hops_s += sweep.seconds(&from, &to);
        }
    };
    for dot in &draft.dots {
        dot.via.iter().copied().for_each(&mut leg);
        leg(hover(dot));
    }
    draft.leave.iter().copied().for_each(&mut leg);
    for dot in &draft.dots {
        let cycle = sweep.cycle(dot.hover_mm, dot.target_mm);
        times.strokes_s += cycle.stroke_s;
        times.trims_s += cycle.trim_s;
        times.reports_s += cycle.report_s;
        times.overlap_s += cycle.overlap_s;
    }
    draft.travel_mm = travel_mm;
    draft.times = times;
    draft.estimated_s = times.total_s();
}
