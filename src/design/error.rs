//! What can be wrong with a design.

use super::dxf::DxfProblem;
use super::grey::ImageProblem;
use super::size::SizeCause;
use super::svg::SvgProblem;
use super::zone::DrawnProblem;
use std::fmt;

/// A place in a file that people write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A mistake in a design, with its place.
#[derive(Debug, thiserror::Error)]
pub enum DesignError {
    /// Not TOML, an unknown or missing key, or a value of the wrong type.
    #[error("{place}: {}", source.message())]
    Toml {
        /// Where.
        place: Place,
        /// What the reader says.
        source: Box<toml::de::Error>,
    },
    /// Another schema than 1.
    #[error("{place}: schema {found} is not known, this program reads schema {known}")]
    Schema {
        /// Where.
        place: Place,
        /// As written.
        found: i64,
        /// What is read.
        known: i64,
    },
    /// A number outside its range; NaN is outside of every range.
    #[error("{place}: {key} = {value}, must be {low} to {high}")]
    OutOfRange {
        /// Where.
        place: Place,
        /// The key.
        key: &'static str,
        /// As written.
        value: f64,
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// Dots would lie nearer than the floor.
    #[error(
        "{place}: density_per_cm2 = {value} puts dots nearer to each other than {floor_mm} mm; the \
         largest density for this floor is {most:.0}"
    )]
    TooDense {
        /// Where.
        place: Place,
        /// As written.
        value: f64,
        /// The design's floor, mm.
        floor_mm: f64,
        /// Largest density for the floor.
        most: f64,
    },
    /// An area without a density.
    #[error("{place}: this zone needs density_per_cm2: only kinds of zone have a usual one")]
    NoDensity {
        /// Where the zone begins.
        place: Place,
    },
    /// No shape, or several.
    #[error(
        "{place}: one of outline, drawn, round, line or (zones only) hairline must say where it lies"
    )]
    NotOneShape {
        /// Where the table begins.
        place: Place,
    },
    /// A curve through fewer than two or too many places.
    #[error("{place}: the curve passes {found} places, must pass {least} to {most}")]
    CurvePlaces {
        /// Where.
        place: Place,
        /// As written.
        found: usize,
        /// Least.
        least: usize,
        /// Most.
        most: usize,
    },
    /// More layers of zones than are filled one by one.
    #[error("{place}: this zone has the layer {layer}, and there are {limit} others before")]
    TooManyLayers {
        /// Where the zone begins.
        place: Place,
        /// As written.
        layer: u16,
        /// The limit.
        limit: usize,
    },
    /// More fades than a look has.
    #[error("{place}: more than {limit} fades of all zones")]
    TooManyFades {
        /// Where.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// More sessions than a treatment has.
    #[error("{place}: more than {limit} sessions")]
    TooManySessions {
        /// Where.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// A session that works on nothing there is.
    #[error("{place}: there is no zone or pattern \"{name}\"")]
    NoSuchZone {
        /// Where.
        place: Place,
        /// As written.
        name: String,
    },
    /// A text for people that is none.
    #[error("{place}: {key} has {bytes} bytes, limit {limit}")]
    LongText {
        /// Where.
        place: Place,
        /// The key.
        key: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// An outline of fewer than three or too many corners.
    #[error("{place}: the outline has {corners} corners, must have {least} to {most}")]
    Corners {
        /// Where.
        place: Place,
        /// As written.
        corners: usize,
        /// Least.
        least: usize,
        /// Most.
        most: usize,
    },
    /// An outline that crosses or touches itself.
    #[error("{place}: the outline crosses itself: edges {first} and {second} (from 1) meet")]
    Crossing {
        /// Where.
        place: Place,
        /// Edge from corner `first` to the next.
        first: usize,
        /// Edge from corner `second` to the next.
        second: usize,
    },
    /// An outline around nothing.
    #[error("{place}: the outline encloses no area")]
    NoArea {
        /// Where.
        place: Place,
    },
    /// A shape of a drawing that can be no outline.
    #[error("{place}: {problem}")]
    Drawn {
        /// Where the design names it.
        place: Place,
        /// What.
        problem: DrawnProblem,
    },
    /// Two zones of one name.
    #[error("{place}: there is another zone \"{name}\"")]
    SameName {
        /// Where.
        place: Place,
        /// The name.
        name: String,
    },
    /// Neither pattern nor zone.
    #[error("{file}: the design has neither a [pattern] nor a [[zone]]")]
    NothingToDo {
        /// The design.
        file: String,
    },
    /// More zones than are planned for.
    #[error("{place}: more than {limit} zones")]
    TooManyZones {
        /// Where.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// A pattern file outside the design's folder.
    #[error("{place}: \"{path}\" leaves the design's folder; name a file beside the design")]
    PathLeaves {
        /// Where.
        place: Place,
        /// As written.
        path: String,
    },
    /// A pattern of no known format.
    #[error("{place}: \"{path}\" is no .csv, .svg, .dxf or .png file")]
    UnknownPattern {
        /// Where.
        place: Place,
        /// As written.
        path: String,
    },
    /// A pattern file that cannot be read.
    #[error("{place}: cannot read \"{path}\": {source}")]
    Unreadable {
        /// Where the design names it.
        place: Place,
        /// As written.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// More bytes than a design or pattern may have.
    #[error("{file}: {bytes} bytes, limit {limit}")]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A line that no list of dots has.
    #[error("{place}: a line of more than {limit} bytes")]
    LongLine {
        /// Where.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// More dots than a pattern may have.
    #[error("{place}: more than {limit} dots")]
    TooManyDots {
        /// Where the first one too many is.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// No list and no image of hair, or both.
    #[error("{place}: one of follicles or mask must say where hair grows")]
    NotOneHair {
        /// Where the table begins.
        place: Place,
    },
    /// An image of hair that nobody says where to lay.
    #[error("{place}: a mask needs {key}")]
    MaskNeeds {
        /// Where the table begins.
        place: Place,
        /// The missing key.
        key: &'static str,
    },
    /// A file of hair with another ending.
    #[error("{place}: \"{path}\" is no {extension} file")]
    OtherFormat {
        /// Where.
        place: Place,
        /// As written.
        path: String,
        /// What is read.
        extension: &'static str,
    },
    /// An image of hair that is higher than any head.
    #[error("{place}: at this width \"{path}\" is {height_mm:.0} mm high, limit {limit_mm} mm")]
    TallMask {
        /// Where its width stands.
        place: Place,
        /// The image.
        path: String,
        /// Its height, mm.
        height_mm: f64,
        /// The limit, mm.
        limit_mm: f64,
    },
    /// More follicles than a head has.
    #[error("{place}: more than {limit} follicles")]
    TooManyFollicles {
        /// Where the first one too many is.
        place: Place,
        /// The limit.
        limit: usize,
    },
    /// A list without a row, an image without a dark pixel.
    #[error("{file}: no hair in it: no row, or no pixel as dark as the threshold")]
    NoHair {
        /// The file.
        file: String,
    },
    /// A pattern without dots.
    #[error("{file}: no dots")]
    NoDots {
        /// The file.
        file: String,
    },
    /// A file that is not UTF-8 text.
    #[error("{place}: not UTF-8 text")]
    NotText {
        /// Where.
        place: Place,
    },
    /// CSV that the reader cannot split into records.
    #[error("{place}: {source}")]
    Csv {
        /// Where.
        place: Place,
        /// What the reader says.
        source: csv::Error,
    },
    /// A header without a needed column, or with an unknown or a double one.
    #[error("{place}: column \"{column}\" {problem}; known are {known}")]
    Column {
        /// Where.
        place: Place,
        /// The column.
        column: String,
        /// Missing, unknown or double.
        problem: ColumnProblem,
        /// The columns that there may be.
        known: &'static str,
    },
    /// A field that is no number.
    #[error("{place}: {key}: \"{found}\" is not a number of the kind needed")]
    NotANumber {
        /// Where.
        place: Place,
        /// The column or attribute.
        key: &'static str,
        /// As written.
        found: String,
    },
    /// A key of `[pattern]` that says nothing of such a drawing.
    #[error("{place}: {key} is for {extension} files only")]
    KeyOfOther {
        /// Where.
        place: Place,
        /// The key.
        key: &'static str,
        /// Whose it is.
        extension: &'static str,
    },
    /// A drawing of another size than is believed.
    #[error(
        "{place}: the dots of \"{path}\" span {:.3} by {:.3} mm, not {} by {}: {cause}",
        found[0], found[1], believed[0], believed[1]
    )]
    Size {
        /// Where it is believed.
        place: Place,
        /// The drawing.
        path: String,
        /// Width and height of what the dots span, mm.
        found: [f64; 2],
        /// As written, mm.
        believed: [f64; 2],
        /// Likely why.
        cause: SizeCause,
    },
    /// DXF content that this reader does not take.
    #[error("{place}: {problem}")]
    Dxf {
        /// Where.
        place: Place,
        /// What.
        problem: DxfProblem,
    },
    /// An image that cannot be used.
    #[error("{file}: {problem}")]
    Image {
        /// The file.
        file: String,
        /// What, and where.
        problem: ImageProblem,
    },
    /// SVG that is no XML, or XML with a document type (entities are refused).
    #[error("{place}: {source}")]
    Xml {
        /// Where.
        place: Place,
        /// What the reader says.
        source: roxmltree::Error,
    },
    /// SVG content that this reader does not take.
    #[error("{place}: {problem}")]
    Svg {
        /// Where.
        place: Place,
        /// What.
        problem: SvgProblem,
    },
}

/// What is wrong with a CSV column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnProblem {
    /// Needed and absent.
    Missing,
    /// Of no known name.
    Unknown,
    /// There twice.
    Double,
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Unknown => "is unknown",
            Self::Double => "is there twice",
        })
    }
}
