//! How long neighbours rest in a finished draft.

use super::approach::hover;
use super::draft::{Draft, PlannedDot};
use super::grid::Grid;
use super::tool::{Pose, ToolSweep};
use crate::design::Rest;
use crate::machine::Profile;
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;

/// The least time from the stroke of one dot to that of a neighbour, over all of a draft's ways and hovers, nothing
/// being waited for; `None` if no two dots are neighbours.
pub fn least_rest_s(
    draft: &Draft,
    rest: Rest,
    surface: &ScalpSurface,
    machine: &Profile,
) -> Option<f64> {
    let strokes = strokes(&draft.dots, &ToolSweep::new(surface, machine));
    let places: Vec<Vector3<f64>> = draft.dots.iter().map(|dot| dot.position.vector()).collect();
    let grid = Grid::of(&places, rest.within_mm);
    let mut least_s: Option<f64> = None;
    for (i, &place) in places.iter().enumerate() {
        grid.for_each_near(place, rest.within_mm, |j, _| {
            let earlier = j as usize;
            if earlier < i {
                let rest_s = strokes[i].begins_s - strokes[earlier].ends_s;
                least_s = Some(least_s.map_or(rest_s, |least_s| least_s.min(rest_s)));
            }
        });
    }
    least_s
}

struct Stroke {
    begins_s: f64,
    /// The hop behind it begins: the needle is clear of the skin.
    ends_s: f64,
}

/// Of each dot, counted from the park pose.
fn strokes(dots: &[PlannedDot], sweep: &ToolSweep<'_>) -> Vec<Stroke> {
    let mut now_s = 0.0;
    let mut at: Option<Pose> = None;
    let stroke = |dot: &PlannedDot| {
        for to in dot.via.iter().copied().chain([hover(dot)]) {
            now_s += at.replace(to).map_or(0.0, |from| sweep.seconds(&from, &to));
        }
        let begins_s = now_s;
        now_s += sweep.cycle(dot.hover_mm, dot.target_mm).least_s();
        Stroke { begins_s, ends_s: now_s }
    };
    dots.iter().map(stroke).collect()
}
