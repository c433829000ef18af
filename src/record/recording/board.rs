//! Shows sights on a rerun stream. Dots go down in batches: one entity per dot would bring the viewer
//! to its knees, and one entity for all would repeat every dot with each new one.

use super::RecordingError;
use super::batch::{Batch, Lines};
use super::depths::TrueDepths;
use super::follow::{Sample, Sight, Struck};
use super::scene::{DOT_LIFT_MM, DOT_MM, depth_path, lifted, rgb, xyz};
use super::series::{Series, Times};
use super::why::Reasons;
use crate::machine::DepthRule;
use crate::plan::PlannedDot;
use crate::record::judge::tangential;
use crate::record::plan_file::ProvedPlan;
use crate::record::report::scale::Class;
use crate::record::report::words::Level;
use crate::record::truth::{TrueStrike, Truth};
use crate::record::why::Why;
use crate::time::Instant;
use nalgebra::Vector3;
use rerun::{Color, Quaternion, RecordingStream, StateChange, TimeColumn, Transform3D};

/// Dots of one entity.
const BATCH: usize = 500;
/// The open batch is shown anew after so many dots.
const REFRESH: usize = 10;
const UNCERTAIN: [u8; 3] = [0xD0, 0x1C, 0xB8];
const UNCLAIMED: [u8; 3] = [0x10, 0x10, 0x10];

/// The board.
pub(super) struct Board<'a> {
    to: RecordingStream,
    dots: &'a [PlannedDot],
    rule: DepthRule,
    truth: TrueDepths<'a>,
    has_truth: bool,
    by_class: Vec<(Class, Series<1>)>,
    estimate: Series<1>,
    height: Series<1>,
    force: Series<1>,
    head: Series<3>,
    reasons: Reasons,
    tool_times: Times,
    tips: Vec<[f32; 3]>,
    turns: Vec<Quaternion>,
    /// Struck dots that do not fill an entity yet, and the entity's number.
    open: (Batch, usize),
    uncertain: Batch,
    events: Lines,
    details: Lines,
    done: usize,
    samples: usize,
    last: Instant,
}

impl<'a> Board<'a> {
    pub fn new(
        to: RecordingStream,
        plan: &'a ProvedPlan,
        truth: Option<&'a Truth>,
    ) -> Result<Self, RecordingError> {
        Ok(Self {
            to,
            dots: plan.program.dots(),
            rule: plan.machine.depth,
            truth: TrueDepths::new(truth),
            has_truth: truth.is_some(),
            by_class: Class::ALL.map(|c| (c, Series::new(depth_path(c)))).into(),
            estimate: Series::new("/plots/depth/estimate"),
            height: Series::new("/plots/height"),
            force: Series::new("/plots/force"),
            head: Series::new("/plots/head"),
            reasons: Reasons::new(),
            tool_times: Times::default(),
            tips: Vec::new(),
            turns: Vec::new(),
            open: (Batch::new(batch_path(0), DOT_MM), 0),
            uncertain: Batch::new("/world/done/uncertain", DOT_MM * 2.0),
            events: Lines::new("/run/events"),
            details: Lines::new("/run/details"),
            done: 0,
            samples: 0,
            last: Instant::START,
        })
    }

    /// Shows one sight.
    pub fn show(&mut self, sight: &Sight) -> Result<(), RecordingError> {
        match sight {
            Sight::Sample(sample) => self.sample(sample),
            Sight::Struck(struck) => self.struck(struck),
            Sight::Uncertain { at, index } => {
                let dot = &self.dots[*index];
                let place = lifted(dot, dot.position.vector(), DOT_LIFT_MM);
                self.last = *at;
                self.uncertain.push(place, rgb(UNCERTAIN));
                self.uncertain.show(*at, self.done);
                self.uncertain.send(&self.to)
            }
            Sight::Note { at, level, text } => {
                let lines = match level {
                    Level::Detail => &mut self.details,
                    _ => &mut self.events,
                };
                lines.push(&self.to, *at, self.done, *level, text)
            }
            Sight::State { at, state } => {
                self.last = *at;
                let columns = StateChange::single(state.name()).columns_of_unit_batches()?;
                Ok(self.to.send_columns("/run/state", now(*at, self.done), columns)?)
            }
        }
    }

    /// Sends what is gathered: a live view calls it some times a second.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        self.open.0.show(self.last, self.done);
        self.open.0.send(&self.to)?;
        for (_, series) in &mut self.by_class {
            series.send(&self.to)?;
        }
        self.estimate.send(&self.to)?;
        self.height.send(&self.to)?;
        self.force.send(&self.to)?;
        self.head.send(&self.to)?;
        self.reasons.send(&self.to)?;
        self.events.send(&self.to)?;
        self.details.send(&self.to)?;
        self.send_tool()
    }

    /// Sends the rest; dots and samples shown.
    pub fn finish(mut self) -> Result<(usize, usize), RecordingError> {
        self.flush()?;
        self.limits()?;
        let mut unclaimed = Batch::new("/world/done/unclaimed", DOT_MM * 2.0);
        for strike in self.truth.rest() {
            unclaimed.push(xyz(struck_place(strike)), rgb(UNCLAIMED));
        }
        unclaimed.show(self.last, self.done);
        unclaimed.send(&self.to)?;
        Ok((self.done, self.samples))
    }

    fn sample(&mut self, sample: &Sample) -> Result<(), RecordingError> {
        let (at, done) = (sample.at, self.done);
        self.samples += 1;
        self.last = at;
        if let Some(height) = sample.height_mm {
            self.height.push(&self.to, at, done, [height])?;
        }
        if let Some(force) = sample.force_n {
            self.force.push(&self.to, at, done, [force])?;
        }
        if let Some(head) = sample.head {
            self.head.push(&self.to, at, done, head.translation)?;
        }
        self.tool_times.push(at, done);
        self.tips.push(xyz(sample.tip.vector()));
        let q = sample.tool.coords;
        self.turns.push(Quaternion::from_xyzw([q.x as f32, q.y as f32, q.z as f32, q.w as f32]));
        if self.tool_times.is_full() { self.send_tool() } else { Ok(()) }
    }

    fn struck(&mut self, struck: &Struck) -> Result<(), RecordingError> {
        let (at, dot) = (struck.at, &self.dots[struck.index]);
        let truth = self.truth.take(dot.dot);
        let guessed = f64::from(struck.estimate.penetration_mm);
        // With a simulator a dot without a true strike is grey: nothing went in there.
        let depth = match truth {
            Some(strike) => strike.penetration_mm,
            None if self.has_truth => f64::NAN,
            None => guessed,
        };
        let class = Class::of(depth, &self.rule);
        self.done += 1;
        self.last = at;
        let why = Why {
            dot: dot.dot,
            strike: self.done,
            grounds: struck.grounds.as_ref(),
            stroke: struck.stroke.as_ref(),
            estimate: &struck.estimate,
            truth,
            beside_mm: truth.map_or(f64::NAN, |strike| tangential(&struck_place(strike), dot)),
        };
        self.reasons.push(&self.to, at, &why)?;
        let place = truth.map_or(dot.position.vector(), struck_place);
        self.add(lifted(dot, place, DOT_LIFT_MM), rgb(class.rgb()), why.line())?;
        if guessed.is_finite() && self.has_truth {
            self.estimate.push(&self.to, at, self.done, [guessed])?;
        }
        if depth.is_finite()
            && let Some((_, series)) = self.by_class.iter_mut().find(|(c, _)| *c == class)
        {
            series.push(&self.to, at, self.done, [depth])?;
        }
        Ok(())
    }

    /// Adds a struck dot to the open batch, and begins another once it is full.
    fn add(&mut self, place: [f32; 3], color: Color, label: String) -> Result<(), RecordingError> {
        let (batch, number) = &mut self.open;
        batch.push(place, color);
        batch.label(label);
        if batch.len().is_multiple_of(REFRESH) {
            batch.show(self.last, self.done);
        }
        if batch.len() >= BATCH {
            batch.send(&self.to)?;
            *number += 1;
            *batch = Batch::new(batch_path(*number), DOT_MM);
        }
        Ok(())
    }

    fn send_tool(&mut self) -> Result<(), RecordingError> {
        if self.tips.is_empty() {
            return Ok(());
        }
        let columns = Transform3D::update_fields()
            .with_many_translation(self.tips.drain(..))
            .with_many_quaternion(self.turns.drain(..))
            .columns_of_unit_batches()?;
        self.to.send_columns("/world/tool", self.tool_times.take(), columns)?;
        Ok(())
    }

    /// Band and ceiling as lines from the first to the last moment.
    fn limits(&self) -> Result<(), RecordingError> {
        let mut lines: Series<2> = Series::new("/plots/depth/limits");
        let row = [self.rule.band_mm[0], self.rule.ceiling_mm];
        lines.push(&self.to, Instant::START, 0, row)?;
        lines.push(&self.to, self.last, self.done, row)?;
        lines.send(&self.to)
    }
}

fn batch_path(number: usize) -> String {
    format!("/world/done/b{number:03}")
}

/// Where the needle really went in.
fn struck_place(strike: &TrueStrike) -> Vector3<f64> {
    Vector3::new(strike.scan_x_mm, strike.scan_y_mm, strike.scan_z_mm)
}

/// One moment on both time lines.
fn now(at: Instant, dots: usize) -> [TimeColumn; 2] {
    let mut times = Times::default();
    times.push(at, dots);
    times.take()
}
