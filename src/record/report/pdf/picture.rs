//! Pictures: the few elements of SVG that the report's own pictures are made of, as shapes.

use super::PdfError;
use crate::record::report::document::ink::{self, Rgb, Stroke};
use kurbo::{BezPath, Rect, Shape as _};
use roxmltree::{Document, Node};

/// A picture.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// What it shows, for who does not see it.
    pub about: String,
    /// Left, top, width and height of what is shown, in its own units.
    pub view: [f32; 4],
    pub shapes: Vec<Shape>,
}

/// A piece of it.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Path {
        path: BezPath,
        fill: Option<Rgb>,
        stroke: Option<Stroke>,
    },
    /// A word or two, anchored at its beginning (0) to its end (1).
    Text {
        x: f32,
        y: f32,
        size: f32,
        anchor: f32,
        rgb: Rgb,
        text: String,
    },
    /// What follows is cut off there, until [`Shape::Whole`].
    Cut(BezPath),
    Whole,
}

impl Picture {
    /// Reads it.
    pub(super) fn read(svg: &str) -> Result<Self, PdfError> {
        let document = Document::parse(svg)?;
        let root = document.root_element();
        let mut view = [0.0, 0.0, 1.0, 1.0];
        let numbers = root.attribute("viewBox").unwrap_or_default().split(' ');
        for (place, number) in view.iter_mut().zip(numbers) {
            *place = number.parse().unwrap_or(*place);
        }
        let mut shapes = Vec::new();
        for node in root.children() {
            shape(node, root, &mut shapes)?;
        }
        let about = root.attribute("aria-label").unwrap_or_default().to_owned();
        Ok(Self { about, view, shapes })
    }

    /// Its height where it is that wide.
    pub(super) fn height(&self, width: f32) -> f32 {
        width * self.view[3] / self.view[2]
    }
}

fn shape(node: Node<'_, '_>, root: Node<'_, '_>, shapes: &mut Vec<Shape>) -> Result<(), PdfError> {
    match node.tag_name().name() {
        "path" => shapes.push(drawn(node, path(node)?)),
        "rect" => shapes.push(drawn(node, rect(node))),
        "text" => shapes.push(text(node)),
        "g" => {
            let id = node.attribute("clip-path").and_then(|url| url.strip_prefix("url(#"));
            let id = id.and_then(|id| id.strip_suffix(')'));
            let clip = id.and_then(|id| root.descendants().find(|n| n.attribute("id") == Some(id)));
            let clip = clip.and_then(|clip| clip.first_element_child()).map(path).transpose()?;
            let cut = clip.is_some();
            shapes.extend(clip.map(Shape::Cut));
            for inner in node.children() {
                shape(inner, root, shapes)?;
            }
            if cut {
                shapes.push(Shape::Whole);
            }
        }
        _ => {}
    }
    Ok(())
}

fn number(node: Node<'_, '_>, name: &str) -> f32 {
    node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

fn path(node: Node<'_, '_>) -> Result<BezPath, PdfError> {
    Ok(BezPath::from_svg(node.attribute("d").unwrap_or_default())?)
}

fn rect(node: Node<'_, '_>) -> BezPath {
    let [x, y, width, height] =
        ["x", "y", "width", "height"].map(|name| f64::from(number(node, name)));
    Rect::new(x, y, x + width, y + height).to_path(0.1)
}

/// By its class, or by the colour that it names itself.
fn drawn(node: Node<'_, '_>, path: BezPath) -> Shape {
    match node.attribute("class").and_then(ink::of) {
        Some(ink) => Shape::Path { path, fill: ink.fill, stroke: ink.stroke },
        None => {
            let fill = node.attribute("fill").and_then(rgb).or(Some([0; 3]));
            Shape::Path { path, fill, stroke: None }
        }
    }
}

/// A colour of six hex digits.
fn rgb(text: &str) -> Option<Rgb> {
    let digits = u32::from_str_radix(text.strip_prefix('#').filter(|d| d.len() == 6)?, 16).ok()?;
    let [_, rgb @ ..] = digits.to_be_bytes();
    Some(rgb)
}

fn text(node: Node<'_, '_>) -> Shape {
    Shape::Text {
        x: number(node, "x"),
        y: number(node, "y"),
        size: number(node, "font-size"),
        anchor: match node.attribute("text-anchor") {
            Some("middle") => 0.5,
            Some("end") => 1.0,
            _ => 0.0,
        },
        rgb: ink::of_text(node.attribute("class").unwrap_or_default()),
        text: node.text().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_read_with_its_classes_clips_and_words() {
        let svg = "<svg viewBox=\"-2 0 40 20\" aria-label=\"two dots\"><clipPath id=\"a\"><path d=\"M0 0h9v9z\"/>\
                   </clipPath><g clip-path=\"url(#a)\"><path fill=\"#0a0b0c\" d=\"M0 0h9v9z\"/></g>\
                   <path class=\"d-low\" d=\"M1 1h0m2 2h0\"/><rect class=\"band\" x=\"1\" y=\"1\" width=\"0\" height=\"3\"/>\
                   <text class=\"soft\" font-size=\"13\" x=\"3\" y=\"4\" text-anchor=\"end\">a &lt; b</text></svg>";
        let picture = Picture::read(svg).unwrap();
        assert_eq!((picture.view, picture.about.as_str()), ([-2.0, 0.0, 40.0, 20.0], "two dots"));
        let [
            Shape::Cut(_),
            Shape::Path { fill: Some([10, 11, 12]), .. },
            Shape::Whole,
            dots,
            _,
            Shape::Text { text, anchor, .. },
        ] = picture.shapes.as_slice()
        else {
            panic!("{:?}", picture.shapes);
        };
        assert!(matches!(dots, Shape::Path { fill: None, stroke: Some(s), .. } if s.round));
        assert_eq!((text.as_str(), *anchor), ("a < b", 1.0));
    }

    #[test]
    fn every_class_that_a_picture_may_use_is_in_the_style_sheet_too() {
        let css = ink::css();
        for ink in ink::INKS {
            assert!(css.contains(&format!(".{} {{", ink.class)));
        }
    }
}
