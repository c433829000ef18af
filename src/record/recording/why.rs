//! Why each dot went where it went, on a rerun stream: a page per strike, and its figures as series.

use super::RecordingError;
use super::scene::rgb;
use super::series::{DOT, Series, Times};
use super::sink::Sink;
use crate::record::why::Why;
use crate::time::Instant;
use rerun::components::MediaType;
use rerun::{SeriesLines, SeriesPoints, TextDocument, TimeColumn};

/// Where the pages are.
pub(super) const PAGES: &str = "/why/dot";
/// Pages sent at once: as many as the viewer likes to keep in one piece.
const BATCH: usize = 256;

/// How a series is drawn.
#[derive(Clone, Copy)]
enum Drawn {
    Line,
    Points,
}

/// One figure of each strike.
struct Figure {
    path: &'static str,
    name: &'static str,
    color: [u8; 3],
    drawn: Drawn,
    /// Its value, mm; NaN where there is none.
    of: fn(&Why<'_>) -> f64,
}

const BLUE: [u8; 3] = [0x5B, 0xA3, 0xE0];
const AMBER: [u8; 3] = [0xE0, 0x9A, 0x3C];
const GREY: [u8; 3] = [0xB8, 0xB8, 0xB8];
const ROSE: [u8; 3] = [0xE0, 0x5C, 0xA0];
const GREEN: [u8; 3] = [0x5C, 0xC0, 0x6B];

const FIGURES: [Figure; 12] = [
    Figure {
        path: "/plots/why/gap/predicted",
        name: "predicted",
        color: BLUE,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.gap_mm),
    },
    Figure {
        path: "/plots/why/gap/measured",
        name: "measured just before contact",
        color: AMBER,
        drawn: Drawn::Points,
        of: |why| why.stroke.and_then(|s| s.skin_mm).unwrap_or(f64::NAN),
    },
    Figure {
        path: "/plots/why/travel/commanded",
        name: "commanded",
        color: BLUE,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.travel_mm),
    },
    Figure {
        path: "/plots/why/travel/ended",
        name: "in the end",
        color: AMBER,
        drawn: Drawn::Points,
        of: |why| why.stroke.map_or(f64::NAN, |s| s.travel_mm),
    },
    Figure {
        path: "/plots/why/dimple/expected",
        name: "expected",
        color: BLUE,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.dimple_mm),
    },
    Figure {
        path: "/plots/why/dimple/seen",
        name: "believed",
        color: GREY,
        drawn: Drawn::Points,
        of: |why| why.estimate.dimple_mm.into(),
    },
    Figure {
        path: "/plots/why/dimple/true",
        name: "true",
        color: AMBER,
        drawn: Drawn::Points,
        of: |why| why.truth.map_or(f64::NAN, |t| t.dimple_mm),
    },
    Figure {
        path: "/plots/why/sigma/prediction",
        name: "skin predicted",
        color: BLUE,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.surface_sigma_mm),
    },
    Figure {
        path: "/plots/why/sigma/offset",
        name: "needle offset",
        color: GREEN,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.offset_sigma_mm),
    },
    Figure {
        path: "/plots/why/sigma/dimple",
        name: "dimple expected",
        color: AMBER,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.dimple_sigma_mm),
    },
    Figure {
        path: "/plots/why/sigma/aim",
        name: "penetration, before",
        color: GREY,
        drawn: Drawn::Line,
        of: |why| why.grounds.map_or(f64::NAN, |g| g.sigma_mm),
    },
    Figure {
        path: "/plots/why/sigma/estimate",
        name: "penetration, after",
        color: ROSE,
        drawn: Drawn::Points,
        of: |why| why.estimate.sigma_mm.into(),
    },
];

/// Says how pages and figures are drawn.
pub(super) fn styles(to: &Sink) -> Result<(), RecordingError> {
    for figure in &FIGURES {
        let (color, name) = ([rgb(figure.color)], [figure.name]);
        match figure.drawn {
            Drawn::Line => {
                let line = SeriesLines::new().with_colors(color).with_names(name);
                to.log_static(figure.path, &line.with_widths([1.0]))?;
            }
            Drawn::Points => {
                let points = SeriesPoints::new().with_colors(color).with_names(name);
                to.log_static(figure.path, &points.with_marker_sizes([1.2]))?;
            }
        }
    }
    let kind = TextDocument::update_fields().with_media_type(MediaType::markdown());
    Ok(to.log_static(PAGES, &kind)?)
}

/// Pages and figures, gathered.
pub(super) struct Reasons {
    figures: [Series<1>; FIGURES.len()],
    times: Times,
    dots: Vec<i64>,
    pages: Vec<String>,
}

impl Reasons {
    /// Without a strike.
    pub fn new() -> Self {
        Self {
            figures: FIGURES.each_ref().map(|figure| Series::new(figure.path)),
            times: Times::default(),
            dots: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// Adds a strike.
    pub fn push(&mut self, to: &Sink, at: Instant, why: &Why<'_>) -> Result<(), RecordingError> {
        for (series, figure) in self.figures.iter_mut().zip(&FIGURES) {
            let value = (figure.of)(why);
            if value.is_finite() {
                series.push(to, at, why.strike, [value])?;
            }
        }
        self.times.push(at, why.strike);
        self.dots.push(i64::from(why.dot.0));
        self.pages.push(why.document());
        if self.pages.len() >= BATCH { self.send_pages(to) } else { Ok(()) }
    }

    /// Sends what was gathered.
    pub fn send(&mut self, to: &Sink) -> Result<(), RecordingError> {
        for series in &mut self.figures {
            series.send(to)?;
        }
        self.send_pages(to)
    }

    fn send_pages(&mut self, to: &Sink) -> Result<(), RecordingError> {
        if self.pages.is_empty() {
            return Ok(());
        }
        let pages = TextDocument::update_fields()
            .with_many_text(self.pages.drain(..))
            .columns_of_unit_batches()?;
        // A time line of dot numbers: put on a number, the viewer shows that dot's page.
        let [time, strike] = self.times.take();
        let dot = TimeColumn::new_sequence(DOT, self.dots.drain(..));
        Ok(to.send_columns(PAGES, [time, strike, dot], pages)?)
    }
}
