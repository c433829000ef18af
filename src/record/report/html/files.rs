//! The files of the run, and what this report does not say.

use super::text::{Text, count};
use crate::record::report::facts::Report;

/// Files, safety statement, signatures.
pub(super) fn write(out: &mut String, report: &Report) {
    out.push_str("<section aria-labelledby=\"files\">\n<h2 id=\"files\">Files of this run</h2>\n");
    if report.files.is_empty() {
        out.push_str("<p>None is named.</p>\n");
    } else {
        out.push_str(
            "<table>\n<caption>A file that was changed has another digest</caption>\n<thead><tr>\
             <th scope=\"col\">File</th><th scope=\"col\">What it is</th>\
             <th scope=\"col\" class=\"n\">Bytes</th><th scope=\"col\">SHA-256</th></tr></thead>\n\
             <tbody>\n",
        );
        for file in &report.files {
            let (first, second) = file.sha256.split_at(file.sha256.len() / 2);
            put!(
                out,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td class=\"n\">{}</td>\
                 <td><code>{}<br/>{}</code></td></tr>\n",
                Text(&file.name),
                Text(file.what),
                count(usize::try_from(file.size).unwrap_or(usize::MAX)),
                Text(first),
                Text(second)
            );
        }
        out.push_str("</tbody>\n</table>\n");
    }
    out.push_str("</section>\n");
    statement(out, report);
}

fn statement(out: &mut String, report: &Report) {
    out.push_str(
        "<footer>\n<h2 id=\"safety\">What this report does not say</h2>\n\
         <p>The controller’s estimates come from its own height, force and contact sensors: an error of \
         a sensor is in them. ",
    );
    if report.figures.source.is_some() {
        out.push_str(
            "The simulator’s truth holds for the simulated skin, needle and machine alone. Its figures \
             are no proof that a real machine is safe or exact on a person, and this program is no \
             medical device. ",
        );
    } else {
        out.push_str(
            "There is no independent measurement of depth in this report, and this program is no medical \
             device. ",
        );
    }
    out.push_str(
        "Whether a person may be treated is decided by people, with the machine in front of them.</p>\n\
         <div class=\"sign\"><div>Operator</div><div>Supervisor</div><div>Date</div></div>\n</footer>\n",
    );
}
