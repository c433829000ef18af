//! A reader of PDF that shares nothing with the writer: texts with their places, page by page.

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};
use std::collections::BTreeMap;

/// Text that is drawn at once.
#[derive(Clone, Debug)]
pub struct Shown {
    pub text: String,
    /// Where it begins and ends, from the left of the page.
    pub x: [f32; 2],
    /// Its base line, from the foot of the page.
    pub y: f32,
    /// Furniture of the page, not of the document.
    pub artifact: bool,
}

/// A font: what its codes mean, and how wide they are.
struct Font<'a> {
    encoding: Encoding<'a>,
    widths: BTreeMap<u16, f32>,
}

/// What changes with `q` and `Q`: a matrix.
type Matrix = [f32; 6];
const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn then(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// Every page's texts, in the order in which they are drawn.
pub fn pages(pdf: &Document) -> Vec<Vec<Shown>> {
    pdf.get_pages().values().map(|page| page_of(pdf, *page)).collect()
}

fn page_of(pdf: &Document, page: ObjectId) -> Vec<Shown> {
    let fonts: BTreeMap<Vec<u8>, Font<'_>> = pdf
        .get_page_fonts(page)
        .unwrap()
        .into_iter()
        .map(|(name, font)| (name, font_of(pdf, font)))
        .collect();
    let content = Content::decode(&pdf.get_page_content(page)).unwrap();
    let mut out = Vec::new();
    let (mut matrix, mut stack) = (UNIT, Vec::new());
    let (mut text, mut font, mut size) = (UNIT, None, 0.0);
    let mut marks = Vec::new();
    for operation in &content.operations {
        let numbers = || operation.operands.iter().map(|o| o.as_float().unwrap());
        let six = || -> Matrix { numbers().collect::<Vec<_>>().try_into().unwrap() };
        match operation.operator.as_str() {
            "q" => stack.push(matrix),
            "Q" => matrix = stack.pop().unwrap(),
            "cm" => matrix = then(six(), matrix),
            "BT" => text = UNIT,
            "Tm" => text = six(),
            "Td" => {
                let [x, y]: [f32; 2] = numbers().collect::<Vec<_>>().try_into().unwrap();
                text = then([1.0, 0.0, 0.0, 1.0, x, y], text);
            }
            "Tf" => {
                font = fonts.get(operation.operands[0].as_name().unwrap());
                size = operation.operands[1].as_float().unwrap();
            }
            "BMC" | "BDC" => marks.push(operation.operands[0].as_name().unwrap() == b"Artifact"),
            "EMC" => {
                marks.pop().unwrap();
            }
            "Tj" | "TJ" => {
                let (shown, wide) = drawn(font.unwrap(), &operation.operands[0]);
                let begin = then(text, matrix);
                let end = then([1.0, 0.0, 0.0, 1.0, wide * size, 0.0], begin);
                let artifact = marks.iter().any(|a| *a);
                out.push(Shown { text: shown, x: [begin[4], end[4]], y: begin[5], artifact });
            }
            _ => {}
        }
    }
    assert!(stack.is_empty() && marks.is_empty());
    out
}

/// Text and its width, in units of the size.
fn drawn(font: &Font<'_>, what: &Object) -> (String, f32) {
    let (mut text, mut wide) = (String::new(), 0.0);
    let mut one = |object: &Object| match object {
        Object::String(bytes, _) => {
            text += &Document::decode_text(&font.encoding, bytes).unwrap();
            for code in bytes.chunks_exact(2) {
                let code = u16::from_be_bytes([code[0], code[1]]);
                wide += font.widths.get(&code).copied().unwrap_or(0.0) / 1000.0;
            }
        }
        other => wide -= other.as_float().unwrap() / 1000.0,
    };
    match what {
        Object::Array(parts) => parts.iter().for_each(one),
        single => one(single),
    }
    (text, wide)
}

fn font_of<'a>(pdf: &'a Document, font: &'a Dictionary) -> Font<'a> {
    let inner = pdf.dereference(font.get(b"DescendantFonts").unwrap()).unwrap().1;
    let inner = pdf.dereference(&inner.as_array().unwrap()[0]).unwrap().1.as_dict().unwrap();
    let mut widths = BTreeMap::new();
    let listed = pdf.dereference(inner.get(b"W").unwrap()).unwrap().1.as_array().unwrap();
    let mut rest = listed.iter();
    while let Some(first) = rest.next() {
        let first = first.as_i64().unwrap() as u16;
        match rest.next().unwrap() {
            Object::Array(each) => {
                for (code, width) in (first..).zip(each) {
                    widths.insert(code, width.as_float().unwrap());
                }
            }
            last => {
                let width = rest.next().unwrap().as_float().unwrap();
                for code in first..=last.as_i64().unwrap() as u16 {
                    widths.insert(code, width);
                }
            }
        }
    }
    Font { encoding: font.get_font_encoding(pdf).unwrap(), widths }
}
