//! What the client shall look like: drawn dot patterns and zones to fill.
//!
//! [`Design::parse`] reads `design.toml` (schema 1) and, through a closure, the pattern file it
//! names. Everything a person can write wrongly is refused with file, line and column.

mod beside;
mod csv;
mod dots_of_image;
pub mod drawing;
mod dxf;
mod error;
pub mod grey;
mod hair;
mod pattern;
mod place;
mod rows;
mod session;
mod size;
pub mod svg;
mod toml;
pub mod write;
mod zone;

pub use dxf::DxfProblem;
pub use error::{DesignError, Place};
pub use grey::ImageProblem;
pub use hair::{Growth, Hair, Mask};
pub use session::Session;
pub use size::SizeCause;
pub use zone::{
    Drawn, DrawnProblem, Edge, Fade, KeepOut, Kind, Shape, Whorl, Zone, densest_per_cm2,
};

/// Least spacing between two dots that skin heals well, mm; a design may only ask for more.
pub const LEAST_SPACING_MM: f64 = 0.5;
/// Most dots within a cm2 of skin, of all sessions: about as many as there are hairs at most on an average scalp
/// (214 to 230 in the densest group that was counted).
pub const CAP_PER_CM2: f64 = 240.0;
/// Most dots of a pattern file.
pub const MOST_PATTERN_DOTS: usize = 50_000;
/// Largest drawing, bytes: 50,000 circles take some 10 MB.
const MOST_SVG_BYTES: usize = 16 << 20;
/// Largest list of dots, bytes: 50,000 of them take 5 MB with every column.
const MOST_CSV_BYTES: usize = 8 << 20;
/// Largest design, bytes: its reader holds a hundred times as much.
pub const MOST_TOML_BYTES: usize = 1 << 20;
/// Pattern coordinates, mm: no head is wider.
const COORDINATE_MM: (f64, f64) = (-300.0, 300.0);
/// Rests between neighbours, s, and how far apart neighbours lie at most, mm.
const REST_S: (f64, f64) = (0.1, 3600.0);
const REST_WITHIN_MM: (f64, f64) = (0.1, 20.0);
/// Dot diameters, mm.
const DIAMETER_MM: (f64, f64) = (0.01, 10.0);

/// A whole design, as validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// For people.
    pub name: String,
    /// No two dots of the design may lie nearer, mm.
    pub spacing_floor_mm: f64,
    /// No cm2 of skin may hold more dots, those of earlier sessions included.
    pub density_cap_per_cm2: f64,
    /// A drawn pattern, laid around its anchor.
    pub pattern: Option<Pattern>,
    /// Areas to fill, in file order.
    pub zones: Vec<Zone>,
    /// Skin that no dot comes to.
    pub keep_outs: Vec<KeepOut>,
    /// Hair that dots keep away from; `None`: nothing is said of any.
    pub hair: Option<Hair>,
    /// The treatment; empty: all of it in one session.
    pub sessions: Vec<Session>,
    /// How long skin rests between neighbours; `None`: not at all.
    pub rest: Option<Rest>,
}

/// After a dot was struck, no dot near it is struck for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rest {
    /// For so long, s.
    pub seconds: f64,
    /// Dots as near as this are neighbours, mm.
    pub within_mm: f64,
}

/// A drawn dot pattern on flat paper, mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The file, as the design names it.
    pub file: String,
    /// Where the paper's (0, 0) lies on the scalp: (s, t).
    pub anchor: Anchor,
    /// Turn of the pattern on the skin, counter-clockwise seen from outside, degrees. 0: the
    /// pattern's +y points to the forehead.
    pub rotation_deg: f64,
    /// Layer of dots that name none.
    pub layer: u16,
    /// Wanted penetration, mm; `None`: the profile's.
    pub target_mm: Option<f64>,
    /// The dots, in file order.
    pub dots: Vec<PatternDot>,
    /// Shapes of an SVG that are no circles and make no dots.
    pub ignored_shapes: u32,
}

/// A place in scalp coordinates, as a design writes it: `s` in 0..=1, `t` in -1..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// 0 nasion, 1 inion.
    pub s: f64,
    /// -1 left ear, 1 right ear.
    pub t: f64,
}

/// One dot of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatternDot {
    /// To the client's right, mm.
    pub x_mm: f64,
    /// To the forehead, mm.
    pub y_mm: f64,
    /// Wanted diameter, mm.
    pub diameter_mm: Option<f64>,
    /// Darkness: 0 (none) to 1 (undiluted).
    pub shade: Option<f64>,
    /// Layer, if the dot names one.
    pub layer: Option<u16>,
}

impl Design {
    /// Reads a design. `read` gets the names of pattern files as the design writes them (relative,
    /// never outside its folder) and returns their bytes; `file_name` is for messages.
    ///
    /// # Errors
    /// The first mistake found, with file, line and column.
    pub fn parse(
        text: &str,
        file_name: &str,
        read: &mut dyn FnMut(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<Self, DesignError> {
        toml::parse(text, file_name, read)
    }

    /// The pattern's and the zones' names, in the order in which sites count them.
    pub fn names(&self) -> Vec<&str> {
        names(self.pattern.as_ref(), &self.zones)
    }
}

/// Nothing to do yet: a start for designs that are made by a program.
impl Default for Design {
    fn default() -> Self {
        Self {
            name: String::new(),
            spacing_floor_mm: LEAST_SPACING_MM,
            density_cap_per_cm2: CAP_PER_CM2,
            pattern: None,
            zones: Vec::new(),
            keep_outs: Vec::new(),
            hair: None,
            sessions: Vec::new(),
            rest: None,
        }
    }
}

fn names<'a>(pattern: Option<&'a Pattern>, zones: &'a [Zone]) -> Vec<&'a str> {
    let pattern = pattern.iter().map(|p| p.file.as_str());
    pattern.chain(zones.iter().map(|z| z.name.as_str())).collect()
}
