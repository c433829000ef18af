//! What a planning is at, for the person who waits, and how long each stage took.

use super::output;
use super::plan::clock;
use indicatif::ProgressBar;
use serde::{Serialize, Serializer};
use std::time::{Duration, Instant};

/// Stages of a work, one after another.
pub struct Stages {
    bar: ProgressBar,
    began: Instant,
    open: Option<(&'static str, Instant)>,
    took: Vec<(&'static str, Duration)>,
}

impl Stages {
    /// Shows them on a terminal, unless asked to be quiet.
    pub fn new(quiet: bool) -> Self {
        Self { bar: output::spinner(quiet), began: clock(), open: None, took: Vec::new() }
    }

    /// The stage before is over, this one begins.
    pub fn begins(&mut self, stage: &'static str) {
        self.end();
        self.bar.set_message(stage);
        self.open = Some((stage, clock()));
    }

    /// Seconds since the work began.
    pub fn wall_s(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Seconds by stage so far.
    pub fn seconds(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.took.iter().map(|&(name, took)| (name, (took.as_secs_f64() * 1e3).round() * 1e-3))
    }

    /// Nothing comes after.
    pub fn end(&mut self) {
        let Some((stage, since)) = self.open.take() else { return };
        let took = since.elapsed();
        // A stage that is gone through again (a plan without some dots) counts on.
        match self.took.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, sum)) => *sum += took,
            None => self.took.push((stage, took)),
        }
        self.bar.set_message("");
    }
}

/// Seconds by stage.
impl Serialize for Stages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.seconds())
    }
}
