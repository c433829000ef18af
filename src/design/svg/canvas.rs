//! A drawing: its shapes, their places in mm, and what is refused wherever it stands.

use super::super::error::{DesignError, Place};
use super::super::place;
use super::limits;
use super::outline::FillRule;
use super::problem::SvgProblem;
use super::transform::{self, Matrix};
use roxmltree::{Attribute, Document, Node, ParsingOptions};

const SVG: &str = "http://www.w3.org/2000/svg";
const DEEPEST: usize = 32;
const MOST_NODES: u32 = 2 * limits::MOST_TAGS as u32;
/// CSS pixels: 96 per inch.
const MM_PER_PX: f64 = 25.4 / 96.0;
/// Longest part of a value that is told, characters.
const MOST_TOLD: usize = 60;
/// What a style may set that this reader takes from attributes alone.
const GEOMETRY: [&str; 14] = [
    "cx",
    "cy",
    "r",
    "x",
    "y",
    "width",
    "height",
    "rx",
    "ry",
    "d",
    "points",
    "zoom",
    "translate",
    "scale",
];

/// A shape of a drawing.
pub(super) struct Shape<'a, 'i> {
    pub node: Node<'a, 'i>,
    pub name: &'a str,
    /// To mm from where the shape stands, its own transform not included.
    pub outer: Matrix,
    pub seen: Seen,
}

/// What children inherit of their parents. It is handed down, for a parent's style may be long.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub hidden: bool,
    pub rule: FillRule,
}

impl Seen {
    /// The same for a child.
    fn by(mut self, node: Node<'_, '_>) -> Self {
        match property(node, "visibility") {
            Some("visible") => self.hidden = false,
            Some("hidden" | "collapse") => self.hidden = true,
            _ => {}
        }
        match property(node, "fill-rule") {
            Some("evenodd") => self.rule = FillRule::EvenOdd,
            Some("nonzero") => self.rule = FillRule::NonZero,
            _ => {}
        }
        self
    }
}

/// What is done with each shape.
pub(super) type Each<'f> = dyn FnMut(&Canvas<'_>, &Shape<'_, '_>) -> Result<(), DesignError> + 'f;

/// The text of a drawing, for places.
pub(super) struct Canvas<'a> {
    pub file: &'a str,
    text: &'a str,
}

/// Goes through the shapes of a drawing, in file order.
pub(super) fn shapes(text: &str, file: &str, each: &mut Each<'_>) -> Result<(), DesignError> {
    if let Err((offset, problem)) = limits::check(text) {
        return Err(DesignError::Svg { place: place::at(file, text, offset), problem });
    }
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..Default::default() };
    let document = Document::parse_with_options(text, options).map_err(|source| {
        let at = source.pos();
        let (line, column) = (at.row as usize, at.col as usize);
        DesignError::Xml { place: Place { file: file.to_owned(), line, column }, source }
    })?;
    let canvas = Canvas { file, text };
    let root = document.root_element();
    if name_of(root) != Some("svg") {
        return Err(canvas.wrong(root, SvgProblem::NotSvg));
    }
    canvas.no_rules(root)?;
    let scale = canvas.mm_from_user(root)?;
    let outer = scale.then_inner(canvas.transform_of(root)?);
    let seen = Seen { hidden: false, rule: FillRule::NonZero }.by(root);
    canvas.children(root, (outer, seen), 1, each)
}

/// The local name, if the element is SVG's own.
fn name_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let own = node.tag_name().namespace().is_none_or(|n| n == SVG);
    (node.is_element() && own).then(|| node.tag_name().name())
}

/// A presentation attribute, or the same by `style`, which has precedence.
fn property<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let style = declarations(node).filter(|(known, _)| *known == name).last();
    style.map(|(_, value)| value).or_else(|| node.attribute(name).map(str::trim))
}

/// What `style` sets.
fn declarations<'a>(node: Node<'a, '_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let style = node.attribute("style").unwrap_or_default();
    style.split(';').filter_map(|one| one.split_once(':')).map(|(k, v)| (k.trim(), v.trim()))
}

fn not_displayed(node: Node<'_, '_>) -> bool {
    property(node, "display").is_some_and(|value| value.starts_with("none"))
}

impl Canvas<'_> {
    fn children(
        &self,
        parent: Node<'_, '_>,
        (outer, seen): (Matrix, Seen),
        depth: usize,
        each: &mut Each<'_>,
    ) -> Result<(), DesignError> {
        for node in parent.children() {
            let Some(name) = name_of(node) else { continue };
            if depth > DEEPEST {
                return Err(self.wrong(node, SvgProblem::TooDeep { limit: DEEPEST }));
            }
            match name {
                "g" | "a" if not_displayed(node) => {
                    let seen = Seen { hidden: true, ..seen };
                    for node in node.descendants() {
                        let Some(name) = name_of(node).filter(|n| is_shape(n)) else { continue };
                        each(self, &Shape { node, name, outer, seen })?;
                    }
                }
                "g" | "a" => {
                    let inner = outer.then_inner(self.transform_of(node)?);
                    self.children(node, (inner, seen.by(node)), depth + 1, each)?;
                }
                "use" | "svg" | "switch" | "foreignObject" => {
                    let element = name.to_owned();
                    return Err(self.wrong(node, SvgProblem::Unsupported { element }));
                }
                _ if is_shape(name) => {
                    let mut seen = seen.by(node);
                    seen.hidden |= not_displayed(node);
                    each(self, &Shape { node, name, outer, seen })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Rules of a style sheet are not followed: refused where they could move or hide something.
    fn no_rules(&self, root: Node<'_, '_>) -> Result<(), DesignError> {
        let harmful = |text: &str| {
            ["transform", "display", "visibility"].iter().any(|word| text.contains(word))
        };
        let mut sheets = root.descendants().filter(|n| name_of(*n) == Some("style"));
        let found = sheets.find(|n| n.children().filter_map(|c| c.text()).any(harmful));
        found.map_or(Ok(()), |node| Err(self.wrong(node, SvgProblem::StyleSheet)))
    }

    /// Scale from the drawing's units to mm, by width, height and viewBox.
    fn mm_from_user(&self, root: Node<'_, '_>) -> Result<Matrix, DesignError> {
        let mm = |name: &str| Ok::<_, DesignError>(self.size(root, name)?.map(|px| px * MM_PER_PX));
        let (width, height) = (mm("width")?, mm("height")?);
        let Some(attribute) = root.attribute_node("viewBox") else {
            return match (width, height) {
                (None, None) => Err(self.wrong(root, SvgProblem::NoSize)),
                _ => Ok(Matrix::scale(MM_PER_PX, MM_PER_PX)),
            };
        };
        let numbers = transform::numbers(attribute.value());
        let size = match numbers.as_deref() {
            Some(&[_, _, w, h]) if w > 0.0 && h > 0.0 && (w + h).is_finite() => (w, h),
            _ => return Err(self.unreadable(attribute)),
        };
        let (x, y) = (width.map(|w| w / size.0), height.map(|h| h / size.1));
        let free = root.attribute("preserveAspectRatio").unwrap_or_default();
        let scale = match (x, y) {
            (None, None) => return Err(self.wrong(root, SvgProblem::NoSize)),
            (Some(x), Some(y)) if free.trim() == "none" => Matrix::scale(x, y),
            (Some(x), Some(y)) if free.contains("slice") => Matrix::scale(x.max(y), x.max(y)),
            (Some(x), Some(y)) => Matrix::scale(x.min(y), x.min(y)),
            (Some(one), None) | (None, Some(one)) => Matrix::scale(one, one),
        };
        if scale.mean_scale() > 0.0 { Ok(scale) } else { Err(self.wrong(root, SvgProblem::NoSize)) }
    }

    /// An element's own transform. One set by `style`, or about another origin, is refused.
    pub(super) fn transform_of(&self, node: Node<'_, '_>) -> Result<Matrix, DesignError> {
        let moves = |name: &str| name.contains("transform") || GEOMETRY.contains(&name);
        if declarations(node).any(|(name, _)| moves(name))
            && let Some(style) = node.attribute_node("style")
        {
            return Err(self.unreadable(style));
        }
        if let Some(origin) = node.attribute_node("transform-origin") {
            return Err(self.unreadable(origin));
        }
        let Some(attribute) = node.attribute_node("transform") else {
            return Ok(Matrix::IDENTITY);
        };
        Matrix::parse(attribute.value()).ok_or_else(|| self.unreadable(attribute))
    }

    /// A side of the drawing, px; `None` if absent, `auto` or in percent.
    fn size(&self, root: Node<'_, '_>, name: &str) -> Result<Option<f64>, DesignError> {
        let written = root.attribute(name).unwrap_or_default().trim();
        if written == "auto" || written.ends_with('%') {
            return Ok(None);
        }
        self.length(root, name)
    }

    /// A length in user units (px); `None` if absent.
    pub(super) fn length(
        &self,
        node: Node<'_, '_>,
        name: &str,
    ) -> Result<Option<f64>, DesignError> {
        let Some(attribute) = node.attribute_node(name) else {
            return Ok(None);
        };
        let written = attribute.value().trim();
        let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let px = match &written[digits.len()..] {
            "" | "px" => 1.0,
            "mm" => 96.0 / 25.4,
            "cm" => 960.0 / 25.4,
            "in" => 96.0,
            "pt" => 96.0 / 72.0,
            "pc" => 16.0,
            _ => return Err(self.unreadable(attribute)),
        };
        let never_negative = matches!(name, "width" | "height" | "r" | "rx" | "ry");
        match digits.trim().parse::<f64>() {
            Ok(value) if value.is_finite() && (value >= 0.0 || !never_negative) => {
                Ok(Some(value * px))
            }
            _ => Err(self.unreadable(attribute)),
        }
    }

    pub(super) fn place(&self, node: Node<'_, '_>) -> Place {
        place::at(self.file, self.text, node.range().start)
    }

    pub(super) fn wrong(&self, node: Node<'_, '_>, problem: SvgProblem) -> DesignError {
        DesignError::Svg { place: self.place(node), problem }
    }

    /// A value within its range.
    pub(super) fn ranged(
        &self,
        node: Node<'_, '_>,
        key: &'static str,
        value: f64,
        (low, high): (f64, f64),
    ) -> Result<f64, DesignError> {
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        Err(DesignError::OutOfRange { place: self.place(node), key, value, low, high })
    }

    pub(super) fn unreadable(&self, attribute: Attribute<'_, '_>) -> DesignError {
        let place = place::at(self.file, self.text, attribute.range().start);
        let name = attribute.name().to_owned();
        let mut value: String = attribute.value().chars().take(MOST_TOLD).collect();
        if value.len() < attribute.value().len() {
            value.push_str("...");
        }
        DesignError::Svg { place, problem: SvgProblem::Attribute { name, value } }
    }
}

fn is_shape(name: &str) -> bool {
    matches!(
        name,
        "circle" | "path" | "rect" | "ellipse" | "line" | "polyline" | "polygon" | "text" | "image"
    )
}
