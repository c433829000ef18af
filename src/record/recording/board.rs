//! Shows sights on a rerun stream. Dots go down in batches: one entity per dot would bring the viewer
//! to its knees, and one entity for all would repeat every dot with each new one.

use super::RecordingError;
use super::depths::TrueDepths;
use super::follow::{Sample, Sight};
use super::scene::{DOT_MM, depth_path, rgb, xyz};
use super::series::{Series, Times};
use crate::machine::DepthRule;
use crate::plan::PlannedDot;
use crate::record::plan_file::ProvedPlan;
use crate::record::report::scale::Class;
use crate::record::report::words::Level;
use crate::record::truth::Truth;
use crate::stream::Estimate;
use crate::time::Instant;
use rerun::{
    Color, Points3D, Quaternion, RecordingStream, StateChange, TextLog, TextLogLevel, TimeColumn,
    Transform3D,
};

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
    tool_times: Times,
    tips: Vec<[f32; 3]>,
    turns: Vec<Quaternion>,
    open: Batch,
    uncertain: Batch,
    done: usize,
    samples: usize,
    last: Instant,
}

/// Points of one entity.
#[derive(Debug, Default)]
struct Batch {
    number: usize,
    places: Vec<[f32; 3]>,
    colors: Vec<Color>,
    /// Points at the last sending.
    sent: usize,
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
            tool_times: Times::default(),
            tips: Vec::new(),
            turns: Vec::new(),
            open: Batch::default(),
            uncertain: Batch::default(),
            done: 0,
            samples: 0,
            last: Instant::START,
        })
    }

    /// Shows one sight.
    pub fn show(&mut self, sight: &Sight) -> Result<(), RecordingError> {
        match sight {
            Sight::Sample(sample) => self.sample(sample),
            Sight::Struck { at, index, estimate } => self.struck(*at, *index, estimate),
            Sight::Uncertain { at, index } => {
                let place = self.dots[*index].position.vector();
                self.uncertain.push(xyz(place), rgb(UNCERTAIN));
                let path = "/world/done/uncertain";
                self.last = *at;
                self.uncertain.send(&self.to, path, now(*at, self.done), DOT_MM * 2.0)
            }
            Sight::Note { at, level, text } => {
                let level = match level {
                    Level::Info => TextLogLevel::INFO,
                    Level::Warning => TextLogLevel::WARN,
                    Level::Alarm => TextLogLevel::ERROR,
                };
                let columns = TextLog::new(text.as_str()).with_level(level).columns_of_unit_batches()?;
                Ok(self.to.send_columns("/run/events", now(*at, self.done), columns)?)
            }
            Sight::State { at, state } => {
                self.last = *at;
                let columns = StateChange::single(state.name()).columns_of_unit_batches()?;
                Ok(self.to.send_columns("/run/state", now(*at, self.done), columns)?)
            }
        }
    }

    /// Sends what is still gathered; dots and samples shown.
    pub fn finish(mut self) -> Result<(usize, usize), RecordingError> {
        self.send_open()?;
        for (_, series) in &mut self.by_class {
            series.send(&self.to)?;
        }
        self.estimate.send(&self.to)?;
        self.height.send(&self.to)?;
        self.force.send(&self.to)?;
        self.head.send(&self.to)?;
        self.send_tool()?;
        self.limits()?;
        let mut unclaimed = Batch::default();
        for strike in self.truth.rest() {
            let place = [strike.scan_x_mm as f32, strike.scan_y_mm as f32, strike.scan_z_mm as f32];
            unclaimed.push(place, rgb(UNCLAIMED));
        }
        unclaimed.send(&self.to, "/world/done/unclaimed", now(self.last, self.done), DOT_MM * 2.0)?;
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

    fn struck(
        &mut self,
        at: Instant,
        index: usize,
        estimate: &Estimate,
    ) -> Result<(), RecordingError> {
        let dot = &self.dots[index];
        let truth = self.truth.take(dot.dot);
        let guessed = f64::from(estimate.penetration_mm);
        // With a simulator a dot without a true strike is grey: nothing went in there.
        let depth = match truth {
            Some(strike) => strike.penetration_mm,
            None if self.has_truth => f64::NAN,
            None => guessed,
        };
        let place = truth.map_or(xyz(dot.position.vector()), |s| {
            [s.scan_x_mm as f32, s.scan_y_mm as f32, s.scan_z_mm as f32]
        });
        let class = Class::of(depth, &self.rule);
        self.done += 1;
        self.last = at;
        self.open.push(place, rgb(class.rgb()));
        if self.open.places.len().is_multiple_of(REFRESH) {
            self.send_open()?;
        }
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

    /// Shows the open batch as it is now, and begins another once it is full.
    fn send_open(&mut self) -> Result<(), RecordingError> {
        let path = format!("/world/done/b{:03}", self.open.number);
        self.open.send(&self.to, &path, now(self.last, self.done), DOT_MM)?;
        if self.open.places.len() >= BATCH {
            self.open = Batch { number: self.open.number + 1, ..Batch::default() };
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

impl Batch {
    fn push(&mut self, place: [f32; 3], color: Color) {
        self.places.push(place);
        self.colors.push(color);
    }

    /// Shows all points so far, if there are new ones.
    fn send(
        &mut self,
        to: &RecordingStream,
        path: &str,
        times: [TimeColumn; 2],
        radius: f32,
    ) -> Result<(), RecordingError> {
        let count = self.places.len();
        if count == self.sent {
            return Ok(());
        }
        let points = Points3D::new(self.places.iter().copied())
            .with_colors(self.colors.iter().copied())
            .columns([count])?;
        to.send_columns(path, times.clone(), points)?;
        if self.sent == 0 {
            to.log_static(path, &Points3D::update_fields().with_radii([radius]))?;
        }
        self.sent = count;
        Ok(())
    }
}

/// One moment on both time lines.
fn now(at: Instant, dots: usize) -> [TimeColumn; 2] {
    let mut times = Times::default();
    times.push(at, dots);
    times.take()
}
