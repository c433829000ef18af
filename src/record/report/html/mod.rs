//! The report as one HTML page: nothing is loaded from elsewhere, no script runs, and it is also
//! well-formed XML, so that any tool can read it.

/// Writes to a `String`, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($text)*);
    }};
}

mod chart;
mod depth;
mod dots;
mod events;
mod figures;
mod files;
mod head;
mod summary;
mod text;
mod treatment;

use super::facts::Report;
use text::Text;

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut out = String::with_capacity(1 << 20);
    let title = format!("Session report: {} on {}", report.facts.design, report.facts.scalp);
    put!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        Text(&title)
    );
    summary::write(&mut out, report);
    treatment::write(&mut out, report);
    head::write(&mut out, report);
    depth::write(&mut out, report);
    dots::write(&mut out, report);
    events::write(&mut out, report);
    files::write(&mut out, report);
    out.push_str("</body>\n</html>\n");
    out
}
