//! Sheets as pages of the file.

use super::PdfError;
use super::flow::{Flow, Item, Mark, SIDE, Sheet};
use super::fonts::{Face, Fonts};
use super::picture::{Picture, Shape};
use super::text::{Laid, Piece, Style, broken, widths};
use super::tree::{Node, Tree};
use crate::record::report::document::ink::{self, Rgb, SOFT};
use crate::record::report::document::{Document, Line, Tone, shown};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{SerializeSettings, color};
use kurbo::{BezPath, PathEl};

/// Base lines of the running head and foot, from the rims.
const HEAD: f32 = 38.0;
const FOOT: f32 = 32.0;
/// Length of a dot in a picture's units: not seen.
const DOT: f32 = 0.01;
const RUNNING: Style = Style { size: 7.4, leading: 10.0, face: Face::Plain, rgb: SOFT };
const SEAL: Style = Style { size: 7.0, leading: 9.0, face: Face::Plain, rgb: SOFT };

/// The file.
pub(super) fn draw(flow: Flow<'_>, document: &Document) -> Result<Vec<u8>, PdfError> {
    let Flow { fonts, paper, tree, sheets, pictures, marks, .. } = flow;
    let [width, height] = paper.points();
    let title: String = document.title.chars().map(shown).collect();
    let mut file = krilla::Document::new_with(settings());
    let mut painter = Painter { fonts, pictures: &pictures, tree, open: None };
    let count = sheets.len();
    for (index, sheet) in sheets.iter().enumerate() {
        let Some(settings) = PageSettings::from_wh(width, height) else { continue };
        let mut page = file.start_page_with(settings);
        let mut surface = page.surface();
        painter.sheet(&mut surface, sheet);
        let running = Running { title: &title, seal: &document.seal, number: index + 1, count };
        painter.running(&mut surface, &running, [width, height]);
        surface.finish();
        page.finish();
    }
    file.set_outline(outline(&marks));
    let metadata = Metadata::new()
        .title(title)
        .description(document.seal.clone())
        .creator("smp".to_owned())
        .language("en".to_owned());
    file.set_metadata(metadata);
    file.set_tag_tree(painter.tree.finish().with_lang(Some("en".to_owned())));
    file.finish().map_err(|error| PdfError::Krilla(Box::new(error)))
}

fn settings() -> SerializeSettings {
    let configuration =
        ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    SerializeSettings { configuration: configuration.unwrap_or_default(), ..Default::default() }
}

fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    for Mark { title, sheet, y } in marks {
        let title = title.chars().map(shown).collect();
        let to = XyzDestination::new(*sheet, Point::from_xy(SIDE, y - 8.0));
        outline.push_child(OutlineNode::new(title, to));
    }
    outline
}

/// What stands on every page.
struct Running<'a> {
    title: &'a str,
    seal: &'a str,
    number: usize,
    count: usize,
}

struct Painter<'a> {
    fonts: &'a Fonts,
    pictures: &'a [Picture],
    tree: Tree,
    /// What the marked content that is open belongs to; `Some(None)`: to nothing.
    open: Option<Option<Node>>,
}

impl Painter<'_> {
    fn sheet(&mut self, surface: &mut Surface<'_>, sheet: &Sheet) {
        for item in sheet.backs.iter().chain(&sheet.items) {
            match item {
                Item::Text { node, x, y, piece } => {
                    self.belongs(surface, *node);
                    text(surface, self.fonts, piece, [*x, *y]);
                }
                Item::Area { x, y, width, height, rgb } => {
                    self.belongs(surface, None);
                    area(surface, [*x, *y, *width, *height], *rgb);
                }
                Item::Picture { node, index, x, y, width } => {
                    self.belongs(surface, Some(*node));
                    picture(surface, self.fonts, &self.pictures[*index], [*x, *y], *width);
                }
            }
        }
        self.close(surface);
    }

    /// What is drawn next belongs to this; neighbours of one thing are one piece.
    fn belongs(&mut self, surface: &mut Surface<'_>, to: Option<Node>) {
        if self.open == Some(to) {
            return;
        }
        self.close(surface);
        match to {
            Some(node) => {
                let leaf = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.tree.leaf(node, leaf);
            }
            None => artifact(surface, ArtifactType::Layout),
        }
        self.open = Some(to);
    }

    fn close(&mut self, surface: &mut Surface<'_>) {
        if self.open.take().is_some() {
            surface.end_tagged();
        }
    }

    /// Head and foot of a page.
    fn running(&self, surface: &mut Surface<'_>, running: &Running<'_>, [width, height]: [f32; 2]) {
        let room = width - 2.0 * SIDE;
        artifact(surface, ArtifactType::Header);
        let title = first(&running.title.into(), RUNNING, room, self.fonts);
        self.line(surface, &title, [SIDE, HEAD]);
        area(surface, [SIDE, HEAD + 5.0, room, 0.5], SOFT);
        surface.end_tagged();
        artifact(surface, ArtifactType::Footer);
        let y = height - FOOT;
        area(surface, [SIDE, y - 11.0, room, 0.5], SOFT);
        let number = Line::from(format!("Page {} of {}", running.number, running.count));
        let wide = widths(&number, RUNNING, self.fonts)[0];
        let number = first(&number, RUNNING, wide, self.fonts);
        self.line(surface, &number, [width - SIDE - wide, y]);
        let seal = Line::toned(Tone::Code, running.seal);
        let seal = first(&seal, SEAL, room - wide - 12.0, self.fonts);
        self.line(surface, &seal, [SIDE, y]);
        surface.end_tagged();
    }

    fn line(&self, surface: &mut Surface<'_>, laid: &Laid, [x, y]: [f32; 2]) {
        for piece in &laid.pieces {
            text(surface, self.fonts, piece, [x + piece.x, y]);
        }
    }
}

fn artifact(surface: &mut Surface<'_>, kind: ArtifactType) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
}

/// What of a text stands on one line.
fn first(line: &Line, style: Style, room: f32, fonts: &Fonts) -> Laid {
    broken(line, style, room, fonts).into_iter().next().unwrap_or_default()
}

fn fill(rgb: Rgb) -> Fill {
    let [r, g, b] = rgb;
    Fill {
        paint: color::rgb::Color::new(r, g, b).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn text(surface: &mut Surface<'_>, fonts: &Fonts, piece: &Piece, [x, y]: [f32; 2]) {
    let glyphs: Vec<KrillaGlyph> = piece
        .text
        .char_indices()
        .map(|(at, c)| {
            let (_, glyph) = fonts.glyph(c, piece.face);
            let range = at..at + c.len_utf8();
            let id = GlyphId::new(glyph.id.into());
            KrillaGlyph::new(id, glyph.advance, 0.0, 0.0, 0.0, range, None)
        })
        .collect();
    surface.set_stroke(None);
    surface.set_fill(Some(fill(piece.rgb)));
    let font = fonts.font(piece.face);
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &piece.text, piece.size, false);
}

fn area(surface: &mut Surface<'_>, [x, y, width, height]: [f32; 4], rgb: Rgb) {
    let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(fill(rgb)));
        surface.draw_path(&path);
    }
}

fn picture(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    picture: &Picture,
    [x, y]: [f32; 2],
    width: f32,
) {
    let [left, top, wide, _] = picture.view;
    let scale = width / wide;
    surface.push_transform(&Transform::from_translate(x, y));
    surface.push_transform(&Transform::from_scale(scale, scale));
    surface.push_transform(&Transform::from_translate(-left, -top));
    let mut cuts = 0;
    for shape in &picture.shapes {
        match shape {
            Shape::Path { path, fill: area, stroke } => {
                surface.set_fill(area.map(fill));
                surface.set_stroke(stroke.map(|line| self::stroke(&line)));
                if let Some(path) = drawable(path) {
                    surface.draw_path(&path);
                }
            }
            Shape::Text { x, y, size, anchor, rgb, text } => {
                let style = Style { size: *size, leading: *size, face: Face::Plain, rgb: *rgb };
                let line = Line::from(text.as_str());
                let wide = widths(&line, style, fonts)[0];
                for piece in first(&line, style, wide, fonts).pieces {
                    self::text(surface, fonts, &piece, [x + piece.x - wide * anchor, *y]);
                }
            }
            Shape::Cut(path) => {
                if let Some(path) = drawable(path) {
                    surface.push_clip_path(&path, &FillRule::NonZero);
                    cuts += 1;
                }
            }
            Shape::Whole if cuts > 0 => {
                surface.pop();
                cuts -= 1;
            }
            Shape::Whole => {}
        }
    }
    for _ in 0..3 {
        surface.pop();
    }
}

/// `None` for one of less than two points.
fn drawable(path: &BezPath) -> Option<Path> {
    let mut to = PathBuilder::new();
    let mut last = kurbo::Point::ZERO;
    for element in path {
        let at = |p: kurbo::Point| (p.x as f32, p.y as f32);
        match element {
            PathEl::MoveTo(p) => to.move_to(at(p).0, at(p).1),
            // A dot is a line to where it begins. One alone has no extent, and would be left out.
            PathEl::LineTo(p) if p == last => to.line_to(at(p).0 + DOT, at(p).1),
            PathEl::LineTo(p) => to.line_to(at(p).0, at(p).1),
            PathEl::QuadTo(a, p) => to.quad_to(at(a).0, at(a).1, at(p).0, at(p).1),
            PathEl::CurveTo(a, b, p) => {
                to.cubic_to(at(a).0, at(a).1, at(b).0, at(b).1, at(p).0, at(p).1);
            }
            PathEl::ClosePath => to.close(),
        }
        last = element.end_point().unwrap_or(last);
    }
    to.finish()
}

fn stroke(line: &ink::Stroke) -> Stroke {
    let [r, g, b] = line.rgb;
    Stroke {
        paint: color::rgb::Color::new(r, g, b).into(),
        width: line.width,
        line_cap: if line.round { LineCap::Round } else { LineCap::Butt },
        dash: line.dash.map(|dash| StrokeDash { array: dash.to_vec(), offset: 0.0 }),
        ..Stroke::default()
    }
}
