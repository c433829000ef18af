//! Every dot that was not struck: left out at planning, deferred, uncertain.

use super::text::{Text, count, counted};
use crate::record::report::facts::{DotRow, LeftOut, Report};
use std::collections::BTreeMap;

/// Lists up to this long are open when the page is.
const OPEN_ROWS: usize = 30;

/// The lists; each names every dot.
pub(super) fn write(out: &mut String, report: &Report) {
    let none =
        report.left_out.is_empty() && report.deferred.is_empty() && report.uncertain.is_empty();
    out.push_str(
        "<section aria-labelledby=\"dots\">\n<h2 id=\"dots\">Dots that were not struck</h2>\n",
    );
    if none {
        out.push_str("<p>There is none: every dot of the design was planned and struck.</p>\n");
    }
    places(
        out,
        "Uncertain",
        "The needle may have gone in; nothing can tell. They are not struck again.",
        &report.uncertain,
    );
    places(
        out,
        "Deferred",
        "In the plan, not struck; a later session can strike them.",
        &report.deferred,
    );
    left_out(out, &report.left_out);
    out.push_str("</section>\n");
}

fn open(rows: usize) -> &'static str {
    if rows <= OPEN_ROWS { " open=\"open\"" } else { "" }
}

/// Long lists stand in two columns: thousands of short rows would be mostly white paper.
fn columns(rows: usize) -> &'static str {
    if rows <= OPEN_ROWS { "" } else { " class=\"columns\"" }
}

fn places(out: &mut String, name: &str, what: &str, rows: &[DotRow]) {
    if rows.is_empty() {
        return;
    }
    put!(
        out,
        "<details{}><summary>{name}: {}</summary>\n<p>{what}</p>\n<div{}><table>\n\
         <caption>{name} dots, in the order of the program</caption>\n<thead><tr>\
         <th scope=\"col\">Dot</th><th scope=\"col\">Turn</th><th scope=\"col\">Zone</th>\
         <th scope=\"col\" class=\"n\">s</th><th scope=\"col\" class=\"n\">t</th>\
         <th scope=\"col\" class=\"n\">x, y, z, mm</th></tr></thead>\n<tbody>\n",
        open(rows.len()),
        counted(rows.len(), "dot", "dots"),
        columns(rows.len())
    );
    for row in rows {
        let [x, y, z] = row.position_mm;
        put!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{:.3}</td>\
             <td class=\"n\">{:.3}</td><td class=\"n\">{x:.1},\u{a0}{y:.1},\u{a0}{z:.1}</td></tr>\n",
            row.dot,
            row.turn,
            Text(&row.zone),
            row.s,
            row.t
        );
    }
    out.push_str("</tbody>\n</table></div>\n</details>\n");
}

fn left_out(out: &mut String, rows: &[LeftOut]) {
    if rows.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *reasons.entry(row.reason).or_default() += 1;
    }
    let reasons: Vec<String> =
        reasons.into_iter().map(|(reason, n)| format!("{reason} {}", count(n))).collect();
    put!(
        out,
        "<details{}><summary>Left out at planning: {} ({})</summary>\n<p>In the design, not in the \
         plan.</p>\n<div{}><table>\n<caption>Dots left out, by their number in the design</caption>\n<thead>\
         <tr><th scope=\"col\">Dot</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
        open(rows.len()),
        counted(rows.len(), "dot", "dots"),
        Text(&reasons.join(", ")),
        columns(rows.len())
    );
    for row in rows {
        put!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", row.dot, Text(&row.words));
    }
    out.push_str("</tbody>\n</table></div>\n</details>\n");
}
