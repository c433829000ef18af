//! Two plots side by side, both axes logarithmic: seconds over dots, and over triangles.

use super::{Row, STAGES};
use std::fmt::Write;

/// One plot, in user units, and the room around it.
const SIDE: f64 = 300.0;
const ROOM: f64 = 55.0;
/// Seconds from the lower edge to the upper.
const SECONDS: [f64; 2] = [1e-3, 1e2];
/// Of the stages, and of all together.
const COLOURS: [&str; STAGES.len() + 1] =
    ["#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#222222"];

pub fn svg(by_dots: &[Row], by_triangles: &[Row]) -> String {
    let (width, height) = (2.0 * SIDE + 3.0 * ROOM + 60.0, SIDE + 2.0 * ROOM);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" \
         fill=\"#fff\"/>\n"
    );
    let triangles = by_dots.first().map_or(0, |row| row.triangles);
    let dots = by_triangles.first().map_or(0, |row| row.dots);
    let left = Plot::new(ROOM, format!("dots, on {triangles} triangles"), by_dots, |row| row.dots);
    left.draw(&mut out);
    let title = format!("triangles, about {dots} dots");
    let right = Plot::new(2.0 * ROOM + SIDE, title, by_triangles, |row| row.triangles);
    right.draw(&mut out);
    legend(2.0 * (ROOM + SIDE) + 10.0, &mut out);
    out + "</svg>\n"
}

struct Plot<'a> {
    left: f64,
    title: String,
    rows: &'a [Row],
    count: fn(&Row) -> usize,
    /// Powers of ten at the edges.
    range: [f64; 2],
}

impl<'a> Plot<'a> {
    fn new(left: f64, title: String, rows: &'a [Row], count: fn(&Row) -> usize) -> Self {
        let log = |row: &Row| (count(row).max(1) as f64).log10();
        let low = rows.iter().map(log).fold(f64::MAX, f64::min).floor();
        let high = rows.iter().map(log).fold(f64::MIN, f64::max).ceil();
        Self { left, title, rows, count, range: [low, high.max(low + 1.0)] }
    }

    fn x(&self, count: f64) -> f64 {
        let [low, high] = self.range;
        self.left + SIDE * (count.log10() - low) / (high - low)
    }

    fn draw(&self, out: &mut String) {
        let (left, right, bottom) = (self.left, self.left + SIDE, ROOM + SIDE);
        for power in self.range[0] as i32..=self.range[1] as i32 {
            let x = self.x(10f64.powi(power));
            rule(out, [x, ROOM, x, bottom]);
            text(out, x, bottom + 16.0, &format!("{:.0}", 10f64.powi(power)));
        }
        for power in -3..=2 {
            let y = y(10f64.powi(power));
            rule(out, [left, y, right, y]);
            text(out, left - 22.0, y + 4.0, &format!("{} s", 10f64.powi(power)));
        }
        text(out, left + SIDE / 2.0, bottom + 34.0, &self.title);
        for (stage, colour) in STAGES.iter().zip(COLOURS) {
            self.line(out, colour, 1.5, |row| row.stages_s.get(stage).copied().unwrap_or(0.0));
        }
        self.line(out, COLOURS[STAGES.len()], 2.5, Row::total_s);
    }

    fn line(&self, out: &mut String, colour: &str, width: f64, seconds: impl Fn(&Row) -> f64) {
        let point = |row: &Row| {
            format!("{:.1},{:.1}", self.x((self.count)(row).max(1) as f64), y(seconds(row)))
        };
        let points: Vec<String> = self.rows.iter().map(point).collect();
        let points = points.join(" ");
        let _ = writeln!(
            out,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        );
    }
}

fn y(seconds: f64) -> f64 {
    let [low, high] = SECONDS.map(f64::log10);
    let part = (seconds.max(SECONDS[0]).log10() - low) / (high - low);
    ROOM + SIDE * (1.0 - part.min(1.0))
}

fn legend(left: f64, out: &mut String) {
    for (k, (name, colour)) in STAGES.iter().chain(&["all"]).zip(COLOURS).enumerate() {
        let y = ROOM + 20.0 * k as f64;
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{y}\" width=\"14\" height=\"4\" fill=\"{colour}\"/><text x=\"{:.1}\" \
             y=\"{:.1}\">{name}</text>",
            left + 20.0,
            y + 6.0
        );
    }
}

fn rule(out: &mut String, [x1, y1, x2, y2]: [f64; 4]) {
    let _ = writeln!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#ddd\"/>"
    );
}

fn text(out: &mut String, x: f64, y: f64, words: &str) {
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{words}</text>");
}
