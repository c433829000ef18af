//! Dots and lines of text, gathered: each sending costs the viewer about as much as five hundred dots.

use super::RecordingError;
use super::series::Times;
use super::sink::Sink;
use crate::record::report::words::Level;
use crate::time::Instant;
use rerun::components::PointShading;
use rerun::{Color, Points3D, TextLog, TextLogLevel};

/// Dots of one entity.
const BATCH: usize = 500;
/// The open batch is shown anew after so many dots.
const REFRESH: usize = 10;

/// Dots as they are struck, in entities of some hundred: one entity per dot would bring the viewer to its knees, and
/// one for all would repeat every dot with each new one.
#[derive(Debug)]
pub(super) struct Batches {
    below: &'static str,
    radius_mm: f32,
    open: Batch,
    number: usize,
}

impl Batches {
    /// Without dots.
    pub fn new(below: &'static str, radius_mm: f32) -> Self {
        Self { below, radius_mm, open: Batch::new(format!("{below}/b000"), radius_mm), number: 0 }
    }

    /// Adds the dot of a strike, and begins another entity once one is full.
    pub fn push(
        &mut self,
        to: &Sink,
        (at, strikes): (Instant, usize),
        place: [f32; 3],
        color: Color,
        label: String,
    ) -> Result<(), RecordingError> {
        self.open.push(place, color);
        self.open.labels.push(label);
        if self.open.len().is_multiple_of(REFRESH) {
            self.open.show(at, strikes);
        }
        if self.open.len() >= BATCH {
            self.open.close(to)?;
            self.number += 1;
            let path = format!("{}/b{:03}", self.below, self.number);
            self.open = Batch::new(path, self.radius_mm);
        }
        Ok(())
    }

    /// Sends what was shown.
    pub fn send(&mut self, to: &Sink) -> Result<(), RecordingError> {
        self.open.send(to)
    }

    /// Shows and sends the rest.
    pub fn close(
        &mut self,
        to: &Sink,
        (at, strikes): (Instant, usize),
    ) -> Result<(), RecordingError> {
        self.open.show(at, strikes);
        self.open.close(to)
    }
}

/// Points of one entity, shown anew as they become more.
#[derive(Debug)]
pub(super) struct Batch {
    path: String,
    radius_mm: f32,
    places: Vec<[f32; 3]>,
    colors: Vec<Color>,
    /// What is to be read of each point where it is hovered or chosen: of all of them, or of none.
    labels: Vec<String>,
    /// What was shown when and is not yet sent: each row repeats the points before it.
    times: Times,
    lengths: Vec<usize>,
    row_places: Vec<[f32; 3]>,
    row_colors: Vec<Color>,
    /// Points of the last row.
    shown: usize,
    styled: bool,
}

impl Batch {
    /// Without points.
    pub fn new(path: impl Into<String>, radius_mm: f32) -> Self {
        Self {
            path: path.into(),
            radius_mm,
            places: Vec::new(),
            colors: Vec::new(),
            labels: Vec::new(),
            times: Times::default(),
            lengths: Vec::new(),
            row_places: Vec::new(),
            row_colors: Vec::new(),
            shown: 0,
            styled: false,
        }
    }

    /// Adds a point; it is not yet shown.
    pub fn push(&mut self, place: [f32; 3], color: Color) {
        self.places.push(place);
        self.colors.push(color);
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    /// From this moment on all points so far are to be seen.
    pub fn show(&mut self, at: Instant, dots: usize) {
        if self.len() > self.shown {
            self.times.push(at, dots);
            self.lengths.push(self.len());
            self.row_places.extend_from_slice(&self.places);
            self.row_colors.extend_from_slice(&self.colors);
            self.shown = self.len();
        }
    }

    /// Sends what was shown.
    pub fn send(&mut self, to: &Sink) -> Result<(), RecordingError> {
        if self.lengths.is_empty() {
            return Ok(());
        }
        let path = self.path.as_str();
        if !self.styled {
            let style = Points3D::update_fields()
                .with_radii([self.radius_mm])
                .with_point_shading(PointShading::Flat);
            to.log_static(path, &style)?;
            self.styled = true;
        }
        let points = Points3D::new(self.row_places.drain(..))
            .with_colors(self.row_colors.drain(..))
            .columns(std::mem::take(&mut self.lengths))?;
        to.send_columns(path, self.times.take(), points)?;
        Ok(())
    }

    /// Sends the rest, and what is to be read of each point. That does not change with time: with each row it would be
    /// most of the file, and a live view's server keeps all of it that is ever sent.
    fn close(&mut self, to: &Sink) -> Result<(), RecordingError> {
        self.send(to)?;
        if self.labels.is_empty() {
            return Ok(());
        }
        // The viewer's tooltip has room for three things that differ from point to point; these are the third, beside
        // place and colour, so all that is said of a dot stands in one line.
        let labels = Points3D::update_fields()
            .with_labels(self.labels.iter().map(String::as_str))
            .with_show_labels(false);
        Ok(to.log_static(self.path.as_str(), &labels)?)
    }
}

/// Lines of a log.
#[derive(Debug)]
pub(super) struct Lines {
    path: &'static str,
    times: Times,
    texts: Vec<String>,
    levels: Vec<TextLogLevel>,
}

impl Lines {
    /// Without lines.
    pub fn new(path: &'static str) -> Self {
        Self { path, times: Times::default(), texts: Vec::new(), levels: Vec::new() }
    }

    /// Adds a line, and sends all of them once there are many.
    pub fn push(
        &mut self,
        to: &Sink,
        at: Instant,
        dots: usize,
        level: Level,
        text: &str,
    ) -> Result<(), RecordingError> {
        self.times.push(at, dots);
        self.texts.push(text.to_owned());
        self.levels.push(match level {
            Level::Detail => TextLogLevel::DEBUG.into(),
            Level::Info => TextLogLevel::INFO.into(),
            Level::Warning => TextLogLevel::WARN.into(),
            Level::Alarm => TextLogLevel::ERROR.into(),
        });
        if self.times.is_full() { self.send(to) } else { Ok(()) }
    }

    /// Sends what was gathered.
    pub fn send(&mut self, to: &Sink) -> Result<(), RecordingError> {
        if self.texts.is_empty() {
            return Ok(());
        }
        let columns = TextLog::update_fields()
            .with_many_text(self.texts.drain(..))
            .with_many_level(self.levels.drain(..))
            .columns_of_unit_batches()?;
        to.send_columns(self.path, self.times.take(), columns)?;
        Ok(())
    }
}
