//! The picture: a tornado chart. One line for each parameter in the order of what it takes; to the right, on
//! a logarithmic scale, the share of dots out of band at its low, nominal and high value, with and without
//! the depth stop.

use super::page::number;
use super::swept::{PROMISED_SHARE, Point, Stop, Swept};
use std::fmt::Write;

/// Sizes, pixels.
const LABELS: f64 = 430.0;
const PANEL: f64 = 300.0;
const GAP: f64 = 40.0;
const TOP: f64 = 92.0;
const ROW: f64 = 22.0;
const BOTTOM: f64 = 16.0;
const WIDTH: f64 = LABELS + 2.0 * (PANEL + GAP);
/// Ends of the scale, shares. What is less is drawn at the left end, as none.
const LEAST: f64 = 1e-4;
const MOST: f64 = 1.0;
/// Marks of the scale.
const TICKS: [(f64, &str); 5] =
    [(1e-4, "none"), (1e-3, "0.1"), (1e-2, "1"), (1e-1, "10"), (1.0, "100")];

const STYLE: &str = "
text{font:12px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1c2126}
.back{fill:#fff}.soft{fill:#4f5a64}.title{font-size:15px;font-weight:600}
.grid{stroke:#cfd6dc}.promise{stroke:#9e0b22;stroke-dasharray:4 3}.promised{fill:#9e0b22}
.low{stroke:#0b7f8c;fill:#0b7f8c}.high{stroke:#b4600a;fill:#b4600a}
.bar{stroke-width:5}.nominal{stroke:#1c2126;stroke-width:2}.deep{fill:#9e0b22}.gone{stroke:#9e0b22;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e4e8ec}.back{fill:#14181c}.soft{fill:#a5b0ba}
.grid{stroke:#39424b}.promise{stroke:#ff8a94}.promised,.deep{fill:#ff8a94}.gone{stroke:#ff8a94}
.low{stroke:#4cc3cf;fill:#4cc3cf}.high{stroke:#f0a04b;fill:#f0a04b}.nominal{stroke:#e4e8ec}}
";

/// Writing to a String cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{ let _ = writeln!($out, $($text)*); }};
}

/// The picture of parameters in their order.
pub fn svg(swept: &[Swept]) -> String {
    let bottom = TOP + ROW * swept.len() as f64;
    let height = bottom + BOTTOM;
    let mut out = String::new();
    put!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Share of dots out of band over the range of each parameter\">"
    );
    put!(out, "<style>{STYLE}</style><rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\"/>");
    legend(&mut out);
    for (panel, stop) in Stop::BOTH.into_iter().enumerate() {
        axis(&mut out, left(panel), bottom, stop);
    }
    for (index, one) in swept.iter().enumerate() {
        let middle = TOP + ROW * (index as f64 + 0.5);
        label(&mut out, one, middle);
        for (panel, stop) in Stop::BOTH.into_iter().enumerate() {
            line(&mut out, one, stop, left(panel), middle);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn left(panel: usize) -> f64 {
    LABELS + panel as f64 * (PANEL + GAP)
}

/// Where a share is drawn in a panel that begins at `left`.
fn at(left: f64, share: f64) -> f64 {
    let part = (share.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln();
    left + PANEL * part
}

fn legend(out: &mut String) {
    put!(out, "<text class=\"title\" x=\"12\" y=\"24\">Dots out of 1.50 to 2.00 mm, %</text>");
    put!(
        out,
        "<text class=\"soft\" x=\"12\" y=\"42\">one parameter at a time over its range</text>"
    );
    put!(
        out,
        "<path class=\"low bar\" d=\"M12 57h18\"/><text x=\"36\" y=\"61\">nominal to low</text>\
         <path class=\"high bar\" d=\"M132 57h18\"/><text x=\"156\" y=\"61\">nominal to high</text>\
         <path class=\"nominal\" d=\"M262 51v12\"/><text x=\"270\" y=\"61\">nominal</text>"
    );
    put!(
        out,
        "<path class=\"deep\" d=\"M14 73h10l-5 9z\"/><text x=\"30\" y=\"82\">some beyond 2.00 mm</text>\
         <path class=\"gone\" d=\"M177 73l8 8m0-8l-8 8\"/>\
         <text x=\"191\" y=\"82\">dots left out or runs that faulted</text>"
    );
}

/// A panel's name, scale and lines.
fn axis(out: &mut String, left: f64, bottom: f64, stop: Stop) {
    let name = match stop {
        Stop::With => "with the depth stop",
        Stop::Without => "without it",
    };
    put!(out, "<text class=\"title\" x=\"{left}\" y=\"24\">{name}</text>");
    for (share, text) in TICKS {
        let x = at(left, share);
        put!(out, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom:.1}\"/>");
        put!(
            out,
            "<text class=\"soft\" x=\"{x:.1}\" y=\"82\" text-anchor=\"middle\">{text}</text>"
        );
    }
    let x = at(left, 1.0 - PROMISED_SHARE);
    put!(out, "<path class=\"promise\" d=\"M{x:.1} {TOP}V{bottom:.1}\"/>");
    put!(
        out,
        "<text class=\"promised\" x=\"{x:.1}\" y=\"61\" text-anchor=\"middle\">promise</text>"
    );
}

fn label(out: &mut String, one: &Swept, middle: f64) {
    let p = &one.parameter;
    let range = format!("{} to {} {}", number(p.low), number(p.high), p.unit);
    let (y, right) = (middle + 4.0, LABELS - 16.0);
    put!(out, "<text x=\"12\" y=\"{y:.1}\">{}</text>", plain(p.name));
    put!(
        out,
        "<text class=\"soft\" x=\"{right:.1}\" y=\"{y:.1}\" text-anchor=\"end\">{}</text>",
        plain(range.trim_end())
    );
}

/// A parameter's bars and marks in a panel.
fn line(out: &mut String, one: &Swept, stop: Stop, left: f64, middle: f64) {
    let nominal = one.nominal();
    let (low, high) = (one.points.get(..=nominal), one.points.get(nominal..));
    for (class, points, y) in [("low", low, middle - 3.5), ("high", high, middle + 3.5)] {
        let points = points.unwrap_or(&[]);
        let shares: Vec<f64> = points.iter().filter_map(|p| p.out_of_band(stop)).collect();
        if points.len() < 2 || shares.is_empty() {
            continue;
        }
        let from = at(left, shares.iter().copied().fold(MOST, f64::min));
        let to = at(left, shares.iter().copied().fold(LEAST, f64::max));
        put!(out, "<path class=\"{class} bar\" d=\"M{from:.1} {y:.1}H{to:.1}\"/>");
        let end = if class == "low" { points.first() } else { points.last() };
        if let Some(share) = end.and_then(|p| p.out_of_band(stop)) {
            let x = at(left, share);
            put!(out, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>");
        }
    }
    if let Some(share) = one.points.get(nominal).and_then(|p| p.out_of_band(stop)) {
        let (x, y) = (at(left, share), middle - 8.0);
        put!(out, "<path class=\"nominal\" d=\"M{x:.1} {y:.1}v16\"/>");
    }
    marks(out, one, stop, left + PANEL, middle);
}

/// Beside the panel: whether any value had dots too deep, or dots that never came.
fn marks(out: &mut String, one: &Swept, stop: Stop, right: f64, middle: f64) {
    let any = |test: &dyn Fn(&Point) -> bool| one.points.iter().any(test);
    if any(&|p| p.score(stop).over_2_00 > 0) {
        put!(out, "<path class=\"deep\" d=\"M{:.1} {:.1}h10l-5 9z\"/>", right + 7.0, middle - 4.5);
    }
    let gone = |p: &Point| {
        let score = p.score(stop);
        !score.faults.is_empty() || score.placed_fraction < 0.999
    };
    if any(&gone) {
        let (x, y) = (right + 22.0, middle - 4.0);
        put!(out, "<path class=\"gone\" d=\"M{x:.1} {y:.1}l8 8m0-8l-8 8\"/>");
    }
}

/// Text made safe for markup.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
