//! What the report is made of. Both writers, HTML and PDF, know these and no words of their own.

/// The whole report, in the order of reading.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Document {
    /// Title, also of the file.
    pub title: String,
    /// When it was made, and what its times mean.
    pub made: Line,
    /// What ties paper to file: stands on every page.
    pub seal: String,
    /// Before the first heading.
    pub opening: Vec<Block>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// A heading and what stands below it.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Section {
    /// Its name within the page; unique.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// What stands below.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug)]
pub(in crate::record::report) enum Block {
    /// A paragraph.
    Paragraph(Line),
    /// A list of points.
    Bullets(Vec<Line>),
    /// Names with their values.
    Facts(Vec<Fact>),
    /// What must be read first.
    Notice(Line),
    /// How the run went, at a glance.
    Verdict(Verdict),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// Pictures that belong together; the first ones, `large` of them, get most of the room.
    Figures { large: usize, figures: Vec<Figure> },
    /// What the signs on the pictures mean.
    Legend { about: &'static str, signs: Vec<Sign> },
    /// A list that may be long: closed on a screen unless `open`, always open on paper.
    Fold { summary: String, open: bool, blocks: Vec<Block> },
    /// Where people sign.
    Signatures(Vec<Signature>),
}

/// A line of text, of any length.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::record::report) struct Line(pub Vec<Run>);

/// Text of one tone.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::record::report) struct Run {
    /// May hold anything, also what was meant to do harm.
    pub text: String,
    /// How it stands out.
    pub tone: Tone,
}

/// How text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record::report) enum Tone {
    Plain,
    Strong,
    /// Hashes and names of files.
    Code,
    /// As wanted.
    Good,
    /// Not as wanted.
    Bad,
    /// A new line; its text is empty.
    Break,
}

/// A name with its value.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Fact {
    pub name: &'static str,
    pub value: Line,
    /// Takes the whole width.
    pub wide: bool,
}

/// How the run went.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Verdict {
    pub mood: Mood,
    /// In a few words, with a sign.
    pub state: String,
    pub lines: Vec<Line>,
}

/// Colour of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record::report) enum Mood {
    Good,
    Warn,
    Bad,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub(in crate::record::report) struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Short rows, so many that they stand in columns beside each other.
    pub many: bool,
    /// The first column names its row.
    pub named: bool,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(in crate::record::report) struct Column {
    pub head: &'static str,
    pub fit: Fit,
}

/// How a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record::report) enum Fit {
    /// On as many lines as it takes.
    Text,
    /// On one line, where there is room.
    Short,
    /// On one line, to the right.
    Number,
}

/// A row.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Row {
    pub weight: Weight,
    pub cells: Vec<Line>,
}

/// How a row stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record::report) enum Weight {
    Plain,
    /// Not as wanted.
    Off,
    Warning,
    Alarm,
}

/// A picture.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Figure {
    /// An SVG element that uses `path`, `rect`, `text`, `g` and `clipPath` alone, and classes of [`super::ink`].
    pub svg: String,
    pub caption: Line,
}

/// A sign with its meaning.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Sign {
    /// As in [`Figure::svg`].
    pub svg: String,
    pub meaning: String,
}

/// Where somebody signs.
#[derive(Clone, Debug)]
pub(in crate::record::report) struct Signature {
    /// As whom.
    pub role: &'static str,
    /// Who, as far as the folder knows.
    pub name: String,
}

impl Line {
    /// Appends text as it is.
    #[must_use]
    pub fn then(self, text: impl Into<String>) -> Self {
        self.with(Tone::Plain, text)
    }

    /// Appends text that stands out.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push(Run { text: text.into(), tone });
        self
    }

    /// Text that stands out.
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().with(tone, text)
    }

    /// A digest, on two lines: few columns hold 64 digits on one.
    pub fn digest(hex: &str) -> Self {
        let half = hex.char_indices().nth(hex.len() / 2).map_or(hex.len(), |(at, _)| at);
        let (first, second) = hex.split_at(half);
        Self::toned(Tone::Code, first).with(Tone::Break, "").with(Tone::Code, second)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::default().then(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::default().then(text)
    }
}

impl Row {
    /// A row like any other.
    pub fn plain(cells: Vec<Line>) -> Self {
        Self { weight: Weight::Plain, cells }
    }
}

/// Columns of a table.
pub(super) fn columns<const N: usize>(heads: [(&'static str, Fit); N]) -> Vec<Column> {
    heads.into_iter().map(|(head, fit)| Column { head, fit }).collect()
}
