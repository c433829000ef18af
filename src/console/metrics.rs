//! Figures for those who watch several machines at once: Prometheus' text format, version 0.0.4.

use super::alarm::Priority;
use super::core::Console;
use super::live::{Look, Mark, Picture};
use crate::stream::{Outcome, Stage};
use crate::time::Instant;
use std::fmt::Write;

/// Upper bounds of the classes that depths are counted in, mm.
const DEPTHS_MM: [f32; 9] = [1.25, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.25];
const STAGES: [&str; 6] = ["connecting", "running", "paused", "finished", "stopped", "faulted"];
const MARKS: [&str; 9] = [
    "planned",
    "done",
    "shallow",
    "deep",
    "deferred",
    "skipped",
    "uncertain",
    "striking",
    "unmeasured",
];

/// All figures, now.
pub fn text(console: &Console, now: Instant) -> String {
    let mut out = Text(String::with_capacity(4096));
    out.about("smp_console_info", "gauge", "The version of the program.");
    out.row(&format!("smp_console_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1.0);
    out.one("smp_console_seconds", "counter", "How long the console has lived.", now.seconds());
    let (pages, looks) = console.pages(now);
    out.one("smp_pages", "gauge", "Pages that are open.", pages as f64);
    out.one("smp_looked_on", "gauge", "Somebody looks on.", f64::from(u8::from(looks)));
    alarms(&mut out, console);
    let run = console.run();
    let speaks = run.is_some_and(|(_, speaks)| speaks);
    out.one("smp_run_speaks", "gauge", "A run is under way.", f64::from(u8::from(speaks)));
    if let Some((picture, _)) = run {
        of_run(&mut out, picture);
    }
    out.0
}

fn alarms(out: &mut Text, console: &Console) {
    out.about("smp_alarms", "gauge", "Alarms that nobody has acknowledged.");
    let priorities =
        [(Priority::High, "high"), (Priority::Medium, "medium"), (Priority::Low, "low")];
    for (priority, name) in priorities {
        let all = console.alarms().all().iter();
        let open = all.filter(|a| a.priority == priority && a.acknowledged.is_none()).count();
        out.row(&format!("smp_alarms{{priority=\"{name}\"}}"), open as f64);
    }
}

fn of_run(out: &mut Text, picture: &Picture) {
    let look = &picture.look;
    out.about("smp_run_stage", "gauge", "Where the run stands: 1 there, 0 elsewhere.");
    for name in STAGES {
        let is_there = f64::from(u8::from(stage(look.stage) == name));
        out.row(&format!("smp_run_stage{{stage=\"{name}\"}}"), is_there);
    }
    out.about("smp_dots", "gauge", "Dots of the run by what has become of them.");
    for (mark, name) in Mark::ALL.into_iter().zip(MARKS) {
        let count = picture.marks.iter().filter(|m| **m == mark).count();
        out.row(&format!("smp_dots{{state=\"{name}\"}}"), count as f64);
    }
    depths(out, picture);
    sensors(out, look, picture);
}

/// The depths of the last strikes, as the controller believes.
fn depths(out: &mut Text, picture: &Picture) {
    let name = "smp_last_depth_mm";
    // No `histogram`: of those nothing is ever taken away.
    out.about(
        name,
        "untyped",
        "Penetration of the last 500 strikes by the controller's estimate, mm.",
    );
    let known: Vec<f32> =
        picture.struck.iter().map(|s| s.depth_mm).filter(|d| d.is_finite()).collect();
    for bound in DEPTHS_MM {
        let count = known.iter().filter(|depth| **depth <= bound).count();
        out.row(&format!("{name}_bucket{{le=\"{bound}\"}}"), count as f64);
    }
    out.row(&format!("{name}_bucket{{le=\"+Inf\"}}"), known.len() as f64);
    out.row(&format!("{name}_sum"), known.iter().map(|d| f64::from(*d)).sum());
    out.row(&format!("{name}_count"), known.len() as f64);
}

fn sensors(out: &mut Text, look: &Look, picture: &Picture) {
    let mut maybe = |name, about, value: Option<f64>| {
        if let Some(value) = value {
            out.one(name, "gauge", about, value);
        }
    };
    let sample = picture.samples.back();
    maybe("smp_run_seconds", "Seconds since the run began.", Some(look.at_s));
    maybe("smp_needle_strikes", "Strikes of the needle.", Some(look.strikes as f64));
    maybe(
        "smp_needle_strikes_most",
        "Strikes that it may make.",
        look.strikes_most.map(|m| m as f64),
    );
    maybe("smp_dots_per_second", "Rate of late.", look.left.map(|left| left.dots_per_s));
    maybe("smp_seconds_left", "Time left, most likely.", look.left.map(|left| left.likely_s));
    maybe("smp_height_mm", "From the tip at rest to the skin.", sample.and_then(|s| s.height_mm));
    maybe("smp_force_newtons", "Needle force.", sample.and_then(|s| s.force_n));
    maybe("smp_head_mm_per_second", "Speed of the head.", sample.and_then(|s| s.head_mm_per_s));
    let enabled = look.is_enabled.map(|enabled| f64::from(u8::from(enabled)));
    maybe("smp_enabled", "Neither door nor emergency stop forbids motion.", enabled);
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Connecting => "connecting",
        Stage::Running => "running",
        Stage::Paused => "paused",
        Stage::Over(Outcome::Finished) => "finished",
        Stage::Over(Outcome::Stopped) => "stopped",
        Stage::Over(Outcome::Faulted) => "faulted",
    }
}

/// Writes to a `String`, which cannot fail.
struct Text(String);

impl Text {
    fn about(&mut self, name: &str, kind: &str, about: &str) {
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn row(&mut self, name: &str, value: f64) {
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, about: &str, value: f64) {
        self.about(name, kind, about);
        self.row(name, value);
    }
}
