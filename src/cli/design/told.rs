//! What is told of a design on a head: preview.json, and the same in words.

use super::words;
use crate::cli::{Done, output};
use serde::Serialize;
use smp::design::Design;
use smp::preview::{Count, Treatment, Warning};
use std::collections::BTreeMap;

/// What preview.json holds.
#[derive(Serialize)]
pub struct Printed {
    pub schema: u32,
    pub design: String,
    pub scalp: String,
    /// Dots of the design, and those that have a place on the head.
    pub dots_in: usize,
    pub dots_placed: usize,
    /// Dots without a place, by reason.
    pub rejected: BTreeMap<&'static str, usize>,
    /// Of all dots.
    pub all: Count,
    /// Of each zone and layer.
    pub groups: Vec<Count>,
    /// The densest cell, dots per cm2.
    pub densest_per_cm2: f64,
    /// Dots seen in each view.
    pub seen: BTreeMap<&'static str, usize>,
    /// One for a design without sessions.
    pub sessions: Vec<Session>,
    pub machine: Option<Machine>,
    pub warnings: Vec<Told>,
}

/// What a session adds.
#[derive(Serialize)]
pub struct Session {
    /// From 1.
    pub session: usize,
    /// Dots that have a place.
    pub dots: usize,
    /// Part of the density that is there when it ends.
    pub density_part: f64,
    pub shade: Option<f64>,
    pub pigment: Option<String>,
    pub needle: Option<String>,
    /// What a machine makes of it; `None` without one.
    pub planned: Option<Planned>,
}

/// Dots that a machine strikes, how long that takes, and the others by reason, those without a place included.
#[derive(Serialize)]
pub struct Planned {
    pub dots: usize,
    pub estimated_s: f64,
    pub rejected: BTreeMap<&'static str, usize>,
}

/// What a machine makes of all sessions.
#[derive(Serialize)]
pub struct Machine {
    pub name: String,
    pub dots_planned: usize,
    pub estimated_s: f64,
}

/// A warning with its words.
#[derive(Serialize)]
pub struct Told {
    #[serde(flatten)]
    warning: Warning,
    words: String,
}

impl Told {
    pub fn new(warning: Warning) -> Self {
        Self { words: words::warning(&warning), warning }
    }

    pub fn words(&self) -> &str {
        &self.words
    }
}

impl Session {
    /// All of a treatment; `planned` has what a machine makes of each, if there is one.
    pub fn all(design: &Design, treatment: &Treatment, planned: Option<Vec<Planned>>) -> Vec<Self> {
        let mut planned = planned.into_iter().flatten();
        let one = |(index, placement): (usize, &smp::plan::Placement)| {
            let session = design.sessions.get(index);
            Self {
                session: index + 1,
                dots: placement.sites.len(),
                density_part: session.map_or(1.0, |session| session.density_part),
                shade: session.and_then(|session| session.shade),
                pigment: session.and_then(|session| session.pigment.clone()),
                needle: session.and_then(|session| session.needle.clone()),
                planned: planned.next(),
            }
        };
        treatment.sessions.iter().enumerate().map(one).collect()
    }

    fn line(&self) -> String {
        let kit: Vec<&str> = self.pigment.iter().chain(&self.needle).map(String::as_str).collect();
        let kit = if kit.is_empty() { String::new() } else { format!(" ({})", kit.join(", ")) };
        let time = self.planned.as_ref().map_or(String::new(), |planned| {
            format!(", {} planned, about {}", planned.dots, minutes(planned.estimated_s))
        });
        format!("  session {}{kit}: {} dots{time}", self.session, self.dots)
    }
}

impl Printed {
    /// In words, on stdout.
    pub fn print(&self) -> Done {
        output::line(&format!(
            "{} on {}: {} of {} dots have a place",
            self.design, self.scalp, self.dots_placed, self.dots_in
        ));
        for count in &self.groups {
            let layer = count.layer.unwrap_or_default();
            output::line(&format!("  {}, layer {layer}: {}", count.name, figures(count)));
        }
        output::line(&format!("  together: {}", figures(&self.all)));
        output::line(&format!("  densest: {:.0} dots on 1 cm2", self.densest_per_cm2));
        if self.sessions.len() > 1 {
            for session in &self.sessions {
                output::line(&session.line());
            }
        }
        if let Some(machine) = &self.machine {
            output::line(&format!(
                "  {}: {} dots, about {} of machine time",
                machine.name,
                machine.dots_planned,
                minutes(machine.estimated_s)
            ));
        }
        for told in &self.warnings {
            output::line(&format!("warning: {}", told.words()));
        }
        Ok(())
    }
}

fn minutes(seconds: f64) -> String {
    format!("{:.0} min", seconds / 60.0)
}

fn figures(count: &Count) -> String {
    let mean = count.mean_per_cm2.map_or(String::new(), |mean| format!(", {mean:.1} per cm2"));
    let spacing =
        count.least_spacing_mm.map_or(String::new(), |mm| format!(", {mm:.2} mm apart at least"));
    format!("{} dots on {:.1} cm2{mean}{spacing}", count.dots, count.area_cm2)
}
