//! Sheets, and the place on them where the next thing goes.

use super::Paper;
use super::fonts::{Face, Fonts};
use super::picture::Picture;
use super::text::{Laid, Piece, Style, broken};
use super::tree::{Node, Role, Tree};
use crate::record::report::document::Line;
use crate::record::report::document::ink::{INK, Rgb};

/// Room left free at the rims of a sheet: left and right, above, below.
pub(super) const SIDE: f32 = 48.0;
pub(super) const ABOVE: f32 = 62.0;
pub(super) const BELOW: f32 = 58.0;

/// Ordinary text.
pub(super) const TEXT: Style = Style { size: 9.5, leading: 13.6, face: Face::Plain, rgb: INK };

/// Something on a sheet; y points down.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// Text with its base line; `None`: it was told before.
    Text { node: Option<Node>, x: f32, y: f32, piece: Piece },
    /// An area that says nothing.
    Area { x: f32, y: f32, width: f32, height: f32, rgb: Rgb },
    /// One of the pictures.
    Picture { node: Node, index: usize, x: f32, y: f32, width: f32 },
}

/// What stands on a sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// Behind the rest.
    pub backs: Vec<Item>,
    pub items: Vec<Item>,
}

/// A heading, for the outline.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub title: String,
    pub sheet: usize,
    pub y: f32,
}

/// Sheets as they fill.
pub(super) struct Flow<'a> {
    pub fonts: &'a Fonts,
    pub paper: Paper,
    pub tree: Tree,
    pub sheets: Vec<Sheet>,
    pub pictures: Vec<Picture>,
    pub marks: Vec<Mark>,
    /// Left rim and width of what is being filled.
    pub left: f32,
    pub width: f32,
    /// Where the next thing begins.
    pub y: f32,
}

impl<'a> Flow<'a> {
    /// One empty sheet.
    pub(super) fn new(fonts: &'a Fonts, paper: Paper) -> Self {
        Self {
            fonts,
            paper,
            tree: Tree::default(),
            sheets: vec![Sheet::default()],
            pictures: Vec::new(),
            marks: Vec::new(),
            left: SIDE,
            width: paper.points()[0] - 2.0 * SIDE,
            y: ABOVE,
        }
    }

    /// Below, nothing may stand.
    pub(super) fn bottom(&self) -> f32 {
        self.paper.points()[1] - BELOW
    }

    /// Room below on this sheet.
    pub(super) fn room(&self) -> f32 {
        self.bottom() - self.y
    }

    /// Room on an empty sheet.
    pub(super) fn most(&self) -> f32 {
        self.bottom() - ABOVE
    }

    /// A new sheet, if this has less room, and something on it.
    pub(super) fn need(&mut self, height: f32) {
        if self.room() < height && self.y > ABOVE {
            self.turn();
        }
    }

    /// A new sheet.
    pub(super) fn turn(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = ABOVE;
    }

    /// Free room, unless at the top of a sheet.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > ABOVE {
            self.y += height;
        }
    }

    /// Adds to the sheet being filled.
    pub(super) fn put(&mut self, item: Item) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.items.push(item);
        }
    }

    /// A line across.
    pub(super) fn rule(&mut self, thick: f32, rgb: Rgb) {
        let (x, y, width) = (self.left, self.y, self.width);
        self.put(Item::Area { x, y, width, height: thick, rgb });
    }

    /// Text over the whole width, line by line, from sheet to sheet. Two lines at least stay together.
    pub(super) fn text(&mut self, node: Node, line: &Line, style: Style) {
        let lines = broken(line, style, self.width, self.fonts);
        let count = lines.len();
        for (index, laid) in lines.into_iter().enumerate() {
            let together = match index {
                0 => count.min(2),
                _ if index + 2 == count => 2,
                _ => 1,
            };
            self.need(together as f32 * style.leading);
            self.line(Some(node), laid, style, self.left, self.y);
            self.y += style.leading;
        }
    }

    /// One line, its upper rim at `y`.
    pub(super) fn line(&mut self, node: Option<Node>, laid: Laid, style: Style, x: f32, y: f32) {
        let base = y + (style.leading - style.size) / 2.0 + 0.86 * style.size;
        for piece in laid.pieces {
            let x = x + piece.x;
            self.put(Item::Text { node, x, y: base, piece });
        }
    }

    /// Something new within another.
    pub(super) fn add(&mut self, within: Option<Node>, role: Role) -> Node {
        self.tree.add(within, role)
    }
}
