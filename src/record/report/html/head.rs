//! Where: every dot on the head, from five sides.

use super::text::{count, counted};
use crate::picture::VIEWS;
use crate::record::report::drawing::Kind;
use crate::record::report::facts::Report;
use crate::record::report::map::{Drawn, draw};
use crate::record::report::scale::Class;

/// The map with its legend.
pub(super) fn write(out: &mut String, report: &Report) {
    let drawing = &report.drawing;
    let head = drawing.plan.skin.head();
    let draw = |(id, view)| draw(&head, &drawing.marks, view, id);
    let mut drawn: Vec<Drawn> = VIEWS.into_iter().enumerate().filter_map(draw).collect();
    // The side that shows most of the work gets most of the room.
    let main = drawn.iter().enumerate().rev().max_by_key(|(_, d)| d.seen).map_or(0, |(k, _)| k);
    out.push_str("<section class=\"map\" aria-labelledby=\"map\">\n<h2 id=\"map\">Where</h2>\n");
    if drawn.is_empty() {
        out.push_str("<p>The plan holds no skin to draw.</p>\n</section>\n");
        return;
    }
    drawn[..=main].rotate_right(1);
    let source = if report.figures.source.is_some() {
        "Dots struck stand where the needle went in by the simulator’s truth."
    } else {
        "Dots stand where they were planned; their depth is the controller’s estimate."
    };
    put!(
        out,
        "<p>{source} L and R are the client’s own left and right.</p>\n<div class=\"views\">\n"
    );
    for (index, d) in drawn.iter().enumerate() {
        put!(
            out,
            "<figure{}>{}<figcaption><b>{}</b>, {}: {}</figcaption></figure>\n",
            if index == 0 { " class=\"main\"" } else { "" },
            d.svg,
            d.view.name,
            d.view.caption,
            counted(d.seen, "dot", "dots")
        );
    }
    out.push_str("</div>\n");
    legend(out, report);
    out.push_str("</section>\n");
}

fn legend(out: &mut String, report: &Report) {
    out.push_str("<ul class=\"legend\" aria-label=\"Signs on the map\">\n");
    let order = Class::ALL.map(Kind::Struck).into_iter().chain([Kind::Deferred, Kind::Uncertain]);
    for kind in order {
        let n = report.drawing.marks.iter().filter(|m| m.kind == kind).count();
        put!(
            out,
            "<li><svg viewBox=\"-18 -18 36 36\" aria-hidden=\"true\"><path class=\"{}\" d=\"M0 0{}\"/>\
             </svg>{}: {}</li>\n",
            kind.class(),
            kind.sign(),
            kind.name(&report.facts.depth),
            count(n)
        );
    }
    out.push_str("</ul>\n");
}
