//! The report as PDF: paper for people, tagged as PDF/UA-1 wants it, so that it can also be listened to. Fonts are
//! embedded; nothing of the machine it is made on gets in, so that the same report gives the same bytes.
//!
//! ```text
//! Document --blocks, table--> Flow: what stands where on which sheet, and what it is (tree)
//!          --picture--------> shapes of each figure
//! Flow     --draw-----------> pages, with running head, digest and number --krilla--> bytes
//! ```

mod blocks;
mod draw;
mod flow;
mod fonts;
mod picture;
mod table;
mod text;
mod tree;

use super::document::Document;
use flow::Flow;
use fonts::Fonts;
use thiserror::Error;

/// What the report is printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// Width and height, points of 1/72 inch.
    pub const fn points(self) -> [f32; 2] {
        match self {
            Self::A4 => [595.28, 841.89],
            Self::Letter => [612.0, 792.0],
        }
    }
}

/// Why there is no PDF.
#[derive(Debug, Error)]
pub enum PdfError {
    /// An embedded font does not read.
    #[error("font {0} does not read")]
    Font(usize),
    /// A picture does not read.
    #[error("a picture does not read: {0}")]
    Picture(#[from] roxmltree::Error),
    /// A path in a picture does not.
    #[error("a path in a picture does not read: {0}")]
    Path(#[from] kurbo::SvgParseError),
    /// The writer has refused.
    #[error("{0}")]
    Krilla(Box<krilla::error::KrillaError>),
}

/// Writes it.
pub(super) fn write(document: &Document, paper: Paper) -> Result<Vec<u8>, PdfError> {
    let fonts = Fonts::new()?;
    let mut flow = Flow::new(&fonts, paper);
    blocks::lay(&mut flow, document)?;
    draw::draw(flow, document)
}
