//! What all seeds came to.

use super::judge::Kind;
use super::{End, Outcome};
use crate::cli::output;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Things that are wrong are told in full up to so many seeds.
const TOLD: usize = 40;

/// Figures over all seeds.
#[derive(Serialize)]
pub struct Summary {
    seeds: usize,
    /// Real heads that the drawn ones were made of.
    heads: usize,
    wall_s: f64,
    /// Plans that were proved, and by whom they were judged to be wrong.
    plans: usize,
    dots: usize,
    moves: usize,
    samples: u64,
    /// Seeds of which no head or no machine was drawn.
    not_drawn: usize,
    /// Designs of which not one dot can be struck, by the reason most often given.
    no_dot: BTreeMap<&'static str, usize>,
    /// Dots left out of plans, by reason.
    left_out: BTreeMap<&'static str, usize>,
    /// Seeds whose plan the proof refuses: bugs of the planner.
    refused: Vec<u64>,
    /// Seeds that panicked.
    died: Vec<u64>,
    /// Lines found wrong, by kind, and the seeds they are of.
    lines_wrong: BTreeMap<Kind, usize>,
    seeds_wrong: BTreeMap<Kind, Vec<u64>>,
    /// Least distance of the tip, less what is kept, and that of the body, mm.
    least_tip_spare_mm: f64,
    least_body_spare_mm: f64,
    /// Least distance of the tool from solids, less what is kept, mm.
    least_solid_spare_mm: f64,
    /// Least distance of the body in strokes that the gantry makes, mm.
    least_body_in_stroke_mm: f64,
    /// Greatest distance of a needle's place from its dot, mm.
    most_off_dot_mm: f64,
    /// The first that are wrong, for people.
    told: Vec<String>,
}

impl Summary {
    pub fn of(outcomes: &[Outcome], heads: usize, wall: Duration) -> Self {
        let mut sum = Self {
            seeds: outcomes.len(),
            heads,
            wall_s: wall.as_secs_f64(),
            plans: 0,
            dots: 0,
            moves: 0,
            samples: 0,
            not_drawn: 0,
            no_dot: BTreeMap::new(),
            left_out: BTreeMap::new(),
            refused: Vec::new(),
            died: Vec::new(),
            lines_wrong: BTreeMap::new(),
            seeds_wrong: BTreeMap::new(),
            least_tip_spare_mm: f64::INFINITY,
            least_body_spare_mm: f64::INFINITY,
            least_solid_spare_mm: f64::INFINITY,
            least_body_in_stroke_mm: f64::INFINITY,
            most_off_dot_mm: 0.0,
            told: Vec::new(),
        };
        outcomes.iter().for_each(|outcome| sum.add(outcome));
        sum
    }

    /// Whether judge and proof agree, and every plan was proved.
    pub fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.died.is_empty() && self.lines_wrong.is_empty()
    }

    fn add(&mut self, outcome: &Outcome) {
        let seed = outcome.seed;
        match &outcome.end {
            End::NotDrawn => self.not_drawn += 1,
            End::NoDot(reasons) => {
                let most = reasons.iter().max_by_key(|(_, count)| **count);
                *self.no_dot.entry(most.map_or("nothing drawn", |(name, _)| name)).or_default() +=
                    1;
            }
            End::Refused(why) => {
                self.refused.push(seed);
                self.tell(outcome, why);
            }
            End::Died => {
                self.died.push(seed);
                self.tell(outcome, "panicked");
            }
            End::Planned { rejected, judged } => {
                for (reason, count) in rejected {
                    *self.left_out.entry(reason).or_default() += count;
                }
                self.plans += 1;
                self.dots += judged.strikes;
                self.moves += judged.moves;
                self.samples += judged.samples;
                self.least_tip_spare_mm = self.least_tip_spare_mm.min(judged.tip_spare);
                self.least_body_spare_mm = self.least_body_spare_mm.min(judged.body_spare);
                self.least_solid_spare_mm = self.least_solid_spare_mm.min(judged.solid_spare);
                let in_stroke = &mut self.least_body_in_stroke_mm;
                *in_stroke = in_stroke.min(judged.body_in_stroke);
                self.most_off_dot_mm = self.most_off_dot_mm.max(judged.off_dot);
                for found in &judged.found {
                    *self.lines_wrong.entry(found.kind).or_default() += 1;
                    let seeds = self.seeds_wrong.entry(found.kind).or_default();
                    if seeds.last() != Some(&seed) {
                        seeds.push(seed);
                    }
                }
                if let Some(first) = judged.found.first() {
                    self.tell(
                        outcome,
                        &format!("{} lines, the first: {first:?}", judged.found.len()),
                    );
                }
            }
        }
    }

    fn tell(&mut self, outcome: &Outcome, why: &str) {
        if self.told.len() < TOLD {
            self.told.push(format!("seed {}: {why} ({})", outcome.seed, outcome.what));
        }
    }

    pub fn print(&self) {
        let line = |text: String| output::line(&text);
        line(format!(
            "{} seeds over {} heads in {:.0} s: {} plans, {} dots, {} moves, {} poses looked at",
            self.seeds, self.heads, self.wall_s, self.plans, self.dots, self.moves, self.samples
        ));
        line(format!("not drawn: {}; no dot to strike: {:?}", self.not_drawn, self.no_dot));
        line(format!("left out: {:?}", self.left_out));
        line(format!("refused by the proof: {:?}; panicked: {:?}", self.refused, self.died));
        line(format!("lines found wrong: {:?}", self.lines_wrong));
        line(format!(
            "beyond what is kept: tip {:.4} mm, body {:.4} mm, solids {:.4} mm; body in a stroke {:.3} mm; off the dot {:.4} mm",
            self.least_tip_spare_mm,
            self.least_body_spare_mm,
            self.least_solid_spare_mm,
            self.least_body_in_stroke_mm,
            self.most_off_dot_mm
        ));
        self.seeds_wrong
            .iter()
            .for_each(|(kind, seeds)| line(format!("{kind:?}: seeds {seeds:?}")));
        self.told.iter().for_each(|text| line(text.clone()));
    }
}
