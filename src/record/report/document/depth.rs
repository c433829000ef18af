//! How deep: the histogram, and the depth through the run.

use super::block::{Block, Figure, Line, Section, Tone};
use super::chart::{
    Across, BOTTOM, LEFT, RIGHT, Scale, TOP, WIDTH, backdrop, front, tick_step, ticks_x, ticks_y,
};
use super::text::count;
use crate::machine::DepthRule;
use crate::record::report::facts::Report;
use crate::record::report::histogram::Histogram;

/// Slices of the run in the second chart.
const SLICES: usize = 160;

/// Both charts.
pub(super) fn section(report: &Report) -> Section {
    let blocks = if report.depths.highest() > 0 {
        let charts = [Some(histogram(report)), through_the_run(report)];
        charts.into_iter().flatten().map(Block::Figure).collect()
    } else {
        vec![Block::Paragraph("No depth is known of any strike.".into())]
    };
    Section { id: "depth", title: "How deep".to_owned(), blocks }
}

fn histogram(report: &Report) -> Figure {
    let (depths, rule) = (&report.depths, &report.facts.depth);
    let height = 300.0;
    let x = Scale { low: depths.from_mm, high: depths.to_mm(), from: LEFT, to: WIDTH - RIGHT };
    let y = Scale {
        low: 0.0,
        high: f64::from(depths.highest()) * 1.08,
        from: height - BOTTOM,
        to: TOP,
    };
    let truth = report.figures.source.is_some();
    let (bars, line) =
        if truth { (&depths.truth, Some(&depths.estimate)) } else { (&depths.estimate, None) };
    let mut svg = String::new();
    put!(
        svg,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Histogram of the \
         penetration of {} strikes\">",
        count(bars.iter().map(|n| *n as usize).sum())
    );
    backdrop(&mut svg, rule, &x, &y, Across::X);
    ticks_y(&mut svg, &y, &x, tick_step(y.high), 0);
    for (bin, n) in bars.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (from, to) = bin_range(depths, bin);
        let (left, top) = (x.at(from), y.at(f64::from(*n)));
        put!(
            svg,
            "<rect class=\"{}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            bar_class(f64::midpoint(from, to), rule),
            left + 0.5,
            x.at(to) - left - 1.0,
            y.from - top
        );
    }
    if let Some(line) = line.filter(|l| l.iter().any(|n| *n > 0)) {
        outline(&mut svg, depths, line, &x, &y);
    }
    front(&mut svg, rule, &x, &y, Across::X);
    ticks_x(&mut svg, &x, &y, 0.1, "penetration, mm");
    svg.push_str("</svg>");
    Figure { svg, caption: histogram_caption(depths.bin_mm, truth) }
}

fn histogram_caption(bin_mm: f64, truth: bool) -> Line {
    let caption = Line::from(format!("Strikes by penetration, in steps of {bin_mm} mm. "))
        .with(Tone::Strong, "Bars:");
    let caption = if truth {
        caption
            .then(" simulator truth. ")
            .with(Tone::Strong, "Black line:")
            .then(" the controller’s estimate.")
    } else {
        caption.then(" the controller’s estimate; there is no truth to compare it with.")
    };
    caption.then(
        " Green: the wanted band. Dashed red: the ceiling. The outermost bars also hold all that lies \
         beyond.",
    )
}

fn bin_range(depths: &Histogram, bin: usize) -> (f64, f64) {
    let from = depths.from_mm + bin as f64 * depths.bin_mm;
    (from, from + depths.bin_mm)
}

fn bar_class(middle_mm: f64, rule: &DepthRule) -> &'static str {
    match middle_mm {
        m if m < rule.band_mm[0] => "b-shallow",
        m if m > rule.band_mm[1].min(rule.ceiling_mm) => "b-deep",
        _ => "b-band",
    }
}

/// The estimate as a stepped line over the bars.
fn outline(out: &mut String, depths: &Histogram, counts: &[u32], x: &Scale, y: &Scale) {
    put!(out, "<path class=\"guess\" d=\"M{:.1} {:.1}", x.from, y.from);
    for (bin, n) in counts.iter().enumerate() {
        put!(out, "V{:.1}H{:.1}", y.at(f64::from(*n)), x.at(bin_range(depths, bin).1));
    }
    put!(out, "V{:.1}\"/>", y.from);
}

/// `None` where there are too few strikes to draw a course.
fn through_the_run(report: &Report) -> Option<Figure> {
    let (drawing, rule) = (&report.drawing, &report.facts.depth);
    let truth = report.figures.source.is_some();
    let values = if truth { &drawing.truth_mm } else { &drawing.estimate_mm };
    let slices = slices(values);
    if slices.len() < 8 {
        return None;
    }
    let height = 240.0;
    let low = slices.iter().map(|s| s[0]).fold(rule.band_mm[0] - 0.1, f64::min).max(0.0);
    let high =
        slices.iter().map(|s| s[4]).fold(rule.ceiling_mm.max(rule.band_mm[1]) + 0.1, f64::max);
    let x = Scale { low: 0.0, high: values.len() as f64, from: LEFT, to: WIDTH - RIGHT };
    let y = Scale { low, high, from: height - BOTTOM, to: TOP };
    let mut svg = String::new();
    put!(
        svg,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Penetration in the \
         order of the strikes\">"
    );
    backdrop(&mut svg, rule, &x, &y, Across::Y);
    ticks_y(&mut svg, &y, &x, mm_step(high - low), 1);
    let at = |k: usize| x.at((k as f64 + 0.5) * values.len() as f64 / slices.len() as f64);
    for (class, low, high) in [("far", 0, 4), ("near", 1, 3)] {
        put!(svg, "<path class=\"{class}\" d=\"");
        for (k, slice) in slices.iter().enumerate() {
            put!(svg, "{}{:.1} {:.1}", if k == 0 { 'M' } else { 'L' }, at(k), y.at(slice[high]));
        }
        for (k, slice) in slices.iter().enumerate().rev() {
            put!(svg, "L{:.1} {:.1}", at(k), y.at(slice[low]));
        }
        svg.push_str("z\"/>");
    }
    svg.push_str("<path class=\"median\" d=\"");
    for (k, slice) in slices.iter().enumerate() {
        put!(svg, "{}{:.1} {:.1}", if k == 0 { 'M' } else { 'L' }, at(k), y.at(slice[2]));
    }
    svg.push_str("\"/>");
    front(&mut svg, rule, &x, &y, Across::Y);
    ticks_x(&mut svg, &x, &y, tick_step(x.high), "strikes, in the order they were made");
    svg.push_str("</svg>");
    let source = if truth { "simulator truth" } else { "the controller’s estimate" };
    let caption =
        Line::from(format!("Penetration through the run ({source}), in {} slices. ", slices.len()))
            .with(Tone::Strong, "Line:")
            .then(" median. ")
            .with(Tone::Strong, "Dark:")
            .then(" the middle half of the strikes. ")
            .with(Tone::Strong, "Pale:")
            .then(" shallowest to deepest.");
    Some(Figure { svg, caption })
}

/// A step of tenths that leaves room for the numbers.
fn mm_step(range: f64) -> f64 {
    match range {
        r if r > 2.0 => 0.5,
        r if r > 1.0 => 0.2,
        _ => 0.1,
    }
}

/// Least, quartiles and greatest of each slice of the run.
fn slices(values: &[f64]) -> Vec<[f64; 5]> {
    let length = values.len().div_ceil(SLICES).max(4);
    let five = |slice: &[f64]| {
        let mut sorted = slice.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = (sorted.len() - 1) as f64;
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|part: f64| sorted[(part * last).round() as usize])
    };
    values.chunks(length).map(five).collect()
}
