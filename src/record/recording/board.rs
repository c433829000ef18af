//! Shows sights on a rerun stream.

use super::RecordingError;
use super::batch::{Batch, Batches, Lines};
use super::depths::TrueDepths;
use super::follow::{Sample, Sight, Struck};
use super::scene::{DOT_LIFT_MM, DOT_MM, depth_path, lifted, rgb, xyz};
use super::series::{Series, Times};
use super::sink::Sink;
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
use rerun::{Quaternion, StateChange, TimeColumn, Transform3D};

/// Band and ceiling are drawn on after so many samples: 4 s.
const LIMITS: usize = 100;
const UNCERTAIN: [u8; 3] = [0xD0, 0x1C, 0xB8];
const UNCLAIMED: [u8; 3] = [0x10, 0x10, 0x10];

/// The board.
pub(super) struct Board<'a> {
    to: Sink,
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
    done: Batches,
    uncertain: Batch,
    events: Lines,
    details: Lines,
    limits: Series<2>,
    struck: Vec<Strike>,
    samples: usize,
    last: Instant,
}

/// A strike as it was shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strike {
    /// Its dot's turn in the program, from 0.
    pub index: usize,
    /// When.
    pub at: Instant,
    /// How deep: what a simulator knows, else what the controller believes, mm; NaN where nobody knows.
    pub depth_mm: f64,
}

/// What a board has shown in the end.
pub(super) struct Shown {
    /// All strikes, in order.
    pub strikes: Vec<Strike>,
    /// Samples of the machine's reports.
    pub samples: usize,
}

impl<'a> Board<'a> {
    pub fn new(
        to: Sink,
        plan: &'a ProvedPlan,
        truth: Option<&'a Truth>,
    ) -> Result<Self, RecordingError> {
        let mut board = Self {
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
            done: Batches::new("/world/done", DOT_MM),
            uncertain: Batch::new("/world/done/uncertain", DOT_MM * 2.0),
            events: Lines::new("/run/events"),
            details: Lines::new("/run/details"),
            limits: Series::new("/plots/depth/limits"),
            struck: Vec::new(),
            samples: 0,
            last: Instant::START,
        };
        board.limits()?;
        Ok(board)
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
                self.uncertain.show(*at, self.struck.len());
                self.uncertain.send(&self.to)
            }
            Sight::Note { at, level, text } => {
                let lines = match level {
                    Level::Detail => &mut self.details,
                    _ => &mut self.events,
                };
                lines.push(&self.to, *at, self.struck.len(), *level, text)
            }
            Sight::State { at, state } => {
                self.last = *at;
                let columns = StateChange::single(state.name()).columns_of_unit_batches()?;
                Ok(self.to.send_columns("/run/state", now(*at, self.struck.len()), columns)?)
            }
        }
    }

    /// Sends what is gathered of the tool and of events: a live view calls it some times a second.
    pub fn flush_motion(&mut self) -> Result<(), RecordingError> {
        self.events.send(&self.to)?;
        self.details.send(&self.to)?;
        self.send_tool()
    }

    /// Sends all that is gathered: each piece costs the viewer, so a live view does it once a second.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        self.done.send(&self.to)?;
        for (_, series) in &mut self.by_class {
            series.send(&self.to)?;
        }
        self.estimate.send(&self.to)?;
        self.limits.send(&self.to)?;
        self.height.send(&self.to)?;
        self.force.send(&self.to)?;
        self.head.send(&self.to)?;
        self.reasons.send(&self.to)?;
        self.flush_motion()
    }

    /// Sends the rest.
    pub fn finish(mut self) -> Result<Shown, RecordingError> {
        self.limits()?;
        self.done.close(&self.to, (self.last, self.struck.len()))?;
        self.flush()?;
        let mut unclaimed = Batch::new("/world/done/unclaimed", DOT_MM * 2.0);
        for strike in self.truth.rest() {
            unclaimed.push(xyz(struck_place(strike)), rgb(UNCLAIMED));
        }
        unclaimed.show(self.last, self.struck.len());
        unclaimed.send(&self.to)?;
        Ok(Shown { strikes: self.struck, samples: self.samples })
    }

    fn sample(&mut self, sample: &Sample) -> Result<(), RecordingError> {
        let (at, done) = (sample.at, self.struck.len());
        self.samples += 1;
        self.last = at;
        if self.samples.is_multiple_of(LIMITS) {
            self.limits()?;
        }
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
        self.struck.push(Strike { index: struck.index, at, depth_mm: depth });
        self.last = at;
        let why = Why {
            dot: dot.dot,
            strike: self.struck.len(),
            grounds: struck.grounds.as_ref(),
            stroke: struck.stroke.as_ref(),
            estimate: &struck.estimate,
            truth,
            beside_mm: truth.map_or(f64::NAN, |strike| tangential(&struck_place(strike), dot)),
        };
        self.reasons.push(&self.to, at, &why)?;
        let place = truth.map_or(dot.position.vector(), struck_place);
        let (place, color) = (lifted(dot, place, DOT_LIFT_MM), rgb(class.rgb()));
        self.done.push(&self.to, (at, self.struck.len()), place, color, why.line())?;
        if guessed.is_finite() && self.has_truth {
            self.estimate.push(&self.to, at, self.struck.len(), [guessed])?;
        }
        if depth.is_finite()
            && let Some((_, series)) = self.by_class.iter_mut().find(|(c, _)| *c == class)
        {
            series.push(&self.to, at, self.struck.len(), [depth])?;
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

    /// Band and ceiling as lines, up to this moment.
    fn limits(&mut self) -> Result<(), RecordingError> {
        let row = [self.rule.band_mm[0], self.rule.ceiling_mm];
        self.limits.push(&self.to, self.last, self.struck.len(), row)
    }
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
