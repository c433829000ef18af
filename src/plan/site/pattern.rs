//! Drawn patterns, laid around their anchor by a flat map of the skin.

use super::give_way::{GaveWay, give_way};
use super::{DotId, Outcome, Proposal, RejectReason, Site};
use crate::design::{Pattern, PatternDot};
use crate::scalp::{Chart, ChartError, ScalpSurface, St, Stretch};
use nalgebra::{Rotation2, Vector2};

/// A place for every dot, `shade` for those that name none; the map's stretch and how dots gave way, `None` if there is no map at all.
pub(super) fn lay(
    pattern: &Pattern,
    floor_mm: f64,
    shade: Option<f64>,
    surface: &ScalpSurface,
) -> (Vec<Proposal>, Option<(Stretch, GaveWay)>) {
    let mut papers = papers(pattern);
    let chart = chart_of(pattern, &papers, surface).ok();
    let gave_way = chart.as_ref().map(|chart| give_way(chart, &mut papers, floor_mm));
    let proposal = |(dot, paper): (&PatternDot, Vector2<f64>)| {
        let outcome = site(pattern, dot, surface, chart.as_ref(), paper)
            .map(|site| Site { shade: site.shade.or(shade), ..site });
        Proposal { pattern_mm: Some([dot.x_mm, dot.y_mm]), outcome }
    };
    let proposals = pattern.dots.iter().zip(papers).map(proposal).collect();
    (proposals, chart.as_ref().map(Chart::stretch).zip(gave_way))
}

/// The flat map that a pattern is laid by.
///
/// # Errors
/// See [`ChartError`].
pub fn chart(pattern: &Pattern, surface: &ScalpSurface) -> Result<Chart, ChartError> {
    chart_of(pattern, &papers(pattern), surface)
}

fn chart_of(
    pattern: &Pattern,
    papers: &[Vector2<f64>],
    surface: &ScalpSurface,
) -> Result<Chart, ChartError> {
    let anchor = St { s: pattern.anchor.s, t: pattern.anchor.t };
    Chart::under(surface, anchor, papers)
}

/// Where each dot lies on paper.
fn papers(pattern: &Pattern) -> Vec<Vector2<f64>> {
    let turn = Rotation2::new(pattern.rotation_deg.to_radians());
    pattern.dots.iter().map(|dot| turn * Vector2::new(dot.x_mm, dot.y_mm)).collect()
}

fn site(
    pattern: &Pattern,
    dot: &PatternDot,
    surface: &ScalpSurface,
    chart: Option<&Chart>,
    paper: Vector2<f64>,
) -> Outcome {
    let Some(foot) = chart.and_then(|c| c.point(paper.x, paper.y)) else {
        return Err((RejectReason::OffHead, None));
    };
    let Some(st) = surface.st_of(foot.point) else {
        return Err((RejectReason::NotScalp, Some(foot.point)));
    };
    Ok(Site {
        dot: DotId(0),
        position: foot.point,
        normal: surface.normal_at(&foot),
        st,
        zone: 0,
        layer: dot.layer.unwrap_or(pattern.layer),
        pattern_mm: Some([dot.x_mm, dot.y_mm]),
        target_mm: pattern.target_mm,
        diameter_mm: dot.diameter_mm,
        shade: dot.shade,
    })
}
