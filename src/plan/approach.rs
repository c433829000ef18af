//! Ways between dots: hover heights raised until short hops clear the skin, and ways over bulges.
//!
//! A straight hop between two hovers dips below the hover shell by `d^2 / (8 R)` on a head of radius
//! `R`. For neighbours that is some µm: both hovers are raised by it. A longer hop goes up along the
//! normal, across, and down along the other normal, as high as the head between demands.

use super::draft::{Draft, PlannedDot, Via};
use super::site::Site;
use super::tool::{Clearance, Pose, ToolSweep};

/// A hover is raised by at most this; beyond it the hop gets a way of its own.
const RAISE_MAX_MM: f64 = 0.25;

/// The proof allows the wire its rounding; half of that is left to it, mm.
const TOLERANCE_MM: f64 = 0.0025;
/// Rounds in which a standing hover is raised, and by how much in all, mm.
const STAND_ROUNDS: usize = 4;
const STAND_RAISE_MAX_MM: f64 = 1.0;

/// Kept beyond the least clearance: sweeps are sampled, and the wire rounds, mm.
const MARGIN_MM: f64 = 0.01;

/// Heights tried for a way over a bulge, mm.
const LIFTS_MM: [f64; 7] = [4.0, 6.0, 10.0, 16.0, 25.0, 40.0, 60.0];

/// The draft for sites in strike order.
pub(super) fn draft(
    sites: Vec<Site>,
    sweep: &ToolSweep<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Draft {
    let total = sites.len();
    let mut dots: Vec<PlannedDot> = sites.into_iter().map(|s| dot(s, sweep)).collect();
    dots.iter_mut().for_each(|dot| stand_clear(dot, sweep));
    let park = sweep.park();
    for i in 0..dots.len() {
        if i > 0 && !raise_hovers(&mut dots, i, sweep) {
            let via = way_over(&hover(&dots[i - 1]), &hover(&dots[i]), &park, sweep);
            dots[i].via = via;
        }
        if i == 0 {
            dots[0].via = way_down(&dots[0], &park, sweep);
        }
        progress(i + 1, total);
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
        hover_mm: sweep.machine.clearance.hover_mm,
        via: Vec::new(),
    }
}

fn hover(dot: &PlannedDot) -> Pose {
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
        let missing = rules.travel_mm - sweep.standing(&hover(dot)).tip_mm;
        if missing <= TOLERANCE_MM || dot.hover_mm >= rules.hover_mm + STAND_RAISE_MAX_MM {
            return;
        }
        dot.hover_mm += missing + MARGIN_MM;
    }
}

/// From the park pose to the height of a first approach, over the dot's own way out where the straight way
/// is not clear.
fn way_down(dot: &PlannedDot, park: &Pose, sweep: &ToolSweep<'_>) -> Vec<Via> {
    let rules = &sweep.machine.clearance;
    let (low, high) = (lifted(dot, rules.approach_mm), lifted(dot, rules.park_mm));
    if sweep.clear_way(park, &low) { vec![*park, low] } else { vec![*park, high, low] }
}

/// Raises both hovers of hop `i - 1 -> i` until it clears; false if that takes too much.
fn raise_hovers(dots: &mut [PlannedDot], i: usize, sweep: &ToolSweep<'_>) -> bool {
    let rules = &sweep.machine.clearance;
    // Both ends rise by what is missing; a second round settles curvature effects.
    for _ in 0..3 {
        let clear = sweep.swept(&hover(&dots[i - 1]), &hover(&dots[i]));
        let missing = rules.travel_mm + MARGIN_MM - clear.tip_mm;
        if missing <= 0.0 {
            return clear.body_mm >= rules.body_mm;
        }
        let ceiling = rules.hover_mm + RAISE_MAX_MM;
        let raised = dots[i - 1].hover_mm.max(dots[i].hover_mm) + missing * 1.05;
        if raised > ceiling {
            return false;
        }
        dots[i - 1].hover_mm = raised;
        dots[i].hover_mm = raised;
    }
    false
}

/// Up along one normal, across, down along the other; over the park pose if nothing lower is clear.
fn way_over(from: &Pose, to: &Pose, park: &Pose, sweep: &ToolSweep<'_>) -> Vec<Via> {
    let rules = &sweep.machine.clearance;
    let up = |pose: &Pose, by: f64| Via { tip: pose.tip + pose.needle * -by, ..*pose };
    for lift in LIFTS_MM {
        let (a, b) = (up(from, lift), up(to, lift));
        let clear = |c: Clearance| c.tip_mm >= rules.travel_mm && c.body_mm >= rules.body_mm;
        let reachable =
            [&a, &b].iter().all(|pose| sweep.machine.reach(&sweep.joints(pose)).is_ok());
        if reachable && clear(sweep.swept(&a, &b)) && clear(sweep.standing(&a)) {
            return vec![a, b];
        }
    }
    let high = rules.approach_mm;
    vec![up(from, high), *park, up(to, high)]
}

/// Fills in travel and time.
fn measure(draft: &mut Draft, sweep: &ToolSweep<'_>) {
    let mut travel_mm = 0.0;
    let mut seconds = 0.0;
    let mut at: Option<Pose> = None;
    let mut leg = |to: Pose| {
        if let Some(from) = at.replace(to) {
            travel_mm += (to.tip - from.tip).length();
            seconds += sweep.seconds(&from, &to);
        }
    };
    for dot in &draft.dots {
        dot.via.iter().copied().for_each(&mut leg);
        leg(hover(dot));
    }
    draft.leave.iter().copied().for_each(&mut leg);
    let strikes: f64 = draft.dots.iter().map(|dot| strike_s(dot, sweep)).sum();
    draft.travel_mm = travel_mm;
    draft.estimated_s = seconds + strikes;
}

/// Seconds of one strike with its retract, and of the waits between hop and strike.
fn strike_s(dot: &PlannedDot, sweep: &ToolSweep<'_>) -> f64 {
    let machine = sweep.machine;
    let rest = sweep.joints(&hover(dot));
    let depth = dot.hover_mm + dot.target_mm + machine.depth.dimple_mm;
    let bottom = machine.kinematics().stroked(&rest, depth);
    let mut limits = machine.limits();
    let up = crate::machine::timing::move_s(&rest, &bottom, &limits);
    for limit in &mut limits {
        limit.speed = limit.speed.min(machine.needle.speed_mm_per_s);
    }
    let down = crate::machine::timing::move_s(&rest, &bottom, &limits);
    let waits = f64::from(machine.link.report_ms) * 1e-3 * WAIT_REPORTS;
    down + up + f64::from(machine.needle.dwell_ms) * 1e-3 + waits
}

/// Reports between the end of a hop and the strike line's arrival: gate, measure, two ways of wire.
const WAIT_REPORTS: f64 = 4.0;
