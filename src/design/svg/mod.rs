//! SVG drawings: every visible `<circle>` is a dot.
//!
//! The drawing's own origin (user coordinate 0, 0) lies on the anchor. Width, height and viewBox give
//! the scale in mm; SVG's y points down, a pattern's to the forehead, so y is flipped. Document types
//! and entities are refused by the XML reader.

mod limits;
mod transform;

use super::error::{DesignError, Place, SvgProblem};
use super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot, place};
use roxmltree::{Attribute, Document, Node, ParsingOptions};
use transform::Matrix;

const SVG: &str = "http://www.w3.org/2000/svg";
const DEEPEST: usize = 32;
const MOST_NODES: u32 = 2 * limits::MOST_TAGS as u32;
/// CSS pixels: 96 per inch.
const MM_PER_PX: f64 = 25.4 / 96.0;

/// The dots, and the number of shapes that make none.
pub(super) fn parse(text: &str, file: &str) -> Result<(Vec<PatternDot>, u32), DesignError> {
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
    let mut drawing = Drawing { file, text, dots: Vec::new(), ignored: 0 };
    let root = document.root_element();
    if name_of(root) != Some("svg") {
        return Err(drawing.wrong(root, SvgProblem::NotSvg));
    }
    let scale = drawing.mm_from_user(root)?;
    let outer = scale.then_inner(drawing.transform_of(root)?);
    drawing.children(root, outer, 1)?;
    Ok((drawing.dots, drawing.ignored))
}

/// The local name, if the element is SVG's own.
fn name_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let own = node.tag_name().namespace().is_none_or(|n| n == SVG);
    (node.is_element() && own).then(|| node.tag_name().name())
}

struct Drawing<'a> {
    file: &'a str,
    text: &'a str,
    dots: Vec<PatternDot>,
    ignored: u32,
}

impl Drawing<'_> {
    fn children(
        &mut self,
        parent: Node<'_, '_>,
        mm_from_user: Matrix,
        depth: usize,
    ) -> Result<(), DesignError> {
        for node in parent.children() {
            let Some(name) = name_of(node) else { continue };
            if depth > DEEPEST {
                return Err(self.wrong(node, SvgProblem::TooDeep { limit: DEEPEST }));
            }
            match name {
                "g" | "a" | "circle" if hidden(node) => {
                    let within = |n: &Node<'_, '_>| name_of(*n) == Some("circle");
                    self.ignored += node.descendants().filter(within).count() as u32;
                }
                "g" | "a" => {
                    let inner = mm_from_user.then_inner(self.transform_of(node)?);
                    self.children(node, inner, depth + 1)?;
                }
                "circle" => self.circle(node, mm_from_user)?,
                "use" | "svg" | "switch" | "foreignObject" => {
                    let element = name.to_owned();
                    return Err(self.wrong(node, SvgProblem::Unsupported { element }));
                }
                "path" | "rect" | "ellipse" | "line" | "polyline" | "polygon" | "text"
                | "image" => self.ignored += 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn circle(&mut self, node: Node<'_, '_>, outer: Matrix) -> Result<(), DesignError> {
        let place = || place::at(self.file, self.text, node.range().start);
        if self.dots.len() == MOST_PATTERN_DOTS {
            return Err(DesignError::TooManyDots { place: place(), limit: MOST_PATTERN_DOTS });
        }
        let user_mm = outer.then_inner(self.transform_of(node)?);
        let length = |name| Ok::<f64, DesignError>(self.length(node, name)?.unwrap_or(0.0));
        let [x, down] = user_mm.apply([length("cx")?, length("cy")?]);
        let radius = length("r")? * user_mm.mean_scale();
        let ranged = |key: &'static str, value: f64, (low, high): (f64, f64)| {
            if (low..=high).contains(&value) {
                return Ok(value);
            }
            Err(DesignError::OutOfRange { place: place(), key, value, low, high })
        };
        let number = |name| self.number(node, name);
        let dot = PatternDot {
            x_mm: ranged("x in mm", x, COORDINATE_MM)?,
            y_mm: ranged("y in mm", -down, COORDINATE_MM)?,
            diameter_mm: match radius {
                0.0 => None,
                r => Some(ranged("diameter in mm", 2.0 * r, DIAMETER_MM)?),
            },
            shade: number("data-shade")?
                .map(|v| ranged("data-shade", v, (0.0, 1.0)))
                .transpose()?,
            layer: number("data-layer")?
                .map(|v| ranged("data-layer", v.trunc(), (0.0, f64::from(u16::MAX))))
                .transpose()?
                .map(|v| v as u16),
        };
        self.dots.push(dot);
        Ok(())
    }

    /// Scale from the drawing's units to mm, by width, height and viewBox.
    fn mm_from_user(&self, root: Node<'_, '_>) -> Result<Matrix, DesignError> {
        let mm =
            |name: &str| Ok::<_, DesignError>(self.length(root, name)?.map(|px| px * MM_PER_PX));
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

    fn transform_of(&self, node: Node<'_, '_>) -> Result<Matrix, DesignError> {
        if let Some(style) =
            node.attribute_node("style").filter(|a| a.value().contains("transform"))
        {
            return Err(self.unreadable(style));
        }
        let Some(attribute) = node.attribute_node("transform") else {
            return Ok(Matrix::IDENTITY);
        };
        Matrix::parse(attribute.value()).ok_or_else(|| self.unreadable(attribute))
    }

    /// A length in user units (px); `None` if absent, `auto` or in percent.
    fn length(&self, node: Node<'_, '_>, name: &str) -> Result<Option<f64>, DesignError> {
        let Some(attribute) = node.attribute_node(name) else {
            return Ok(None);
        };
        let written = attribute.value().trim();
        let sized = matches!(name, "width" | "height");
        if sized && (written == "auto" || written.ends_with('%')) {
            return Ok(None);
        }
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
        match digits.trim().parse::<f64>() {
            Ok(value) if value.is_finite() && (value >= 0.0 || !(sized || name == "r")) => {
                Ok(Some(value * px))
            }
            _ => Err(self.unreadable(attribute)),
        }
    }

    fn number(&self, node: Node<'_, '_>, name: &str) -> Result<Option<f64>, DesignError> {
        let Some(attribute) = node.attribute_node(name) else {
            return Ok(None);
        };
        match attribute.value().trim().parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(self.unreadable(attribute)),
        }
    }

    fn wrong(&self, node: Node<'_, '_>, problem: SvgProblem) -> DesignError {
        DesignError::Svg { place: place::at(self.file, self.text, node.range().start), problem }
    }

    fn unreadable(&self, attribute: Attribute<'_, '_>) -> DesignError {
        let place = place::at(self.file, self.text, attribute.range().start);
        let (name, value) = (attribute.name().to_owned(), attribute.value().to_owned());
        DesignError::Svg { place, problem: SvgProblem::Attribute { name, value } }
    }
}

fn hidden(node: Node<'_, '_>) -> bool {
    let style = node.attribute("style").unwrap_or_default().replace(' ', "");
    node.attribute("display") == Some("none") || style.contains("display:none")
}
