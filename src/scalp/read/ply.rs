//! Stanford PLY through `ply-rs-bw`.

use super::{MAX_TRIANGLES, RawMesh, at_most, check_declared};
use crate::frame::{Point, Scan};
use crate::scalp::ScalpError;
use ply_rs_bw::parser::{Parser, Reader};
use ply_rs_bw::ply::{
    ElementDef, Encoding, Header, Property, PropertyAccess, PropertyAccessResult, PropertyType,
    ScalarType,
};

pub(super) fn read(bytes: &[u8]) -> Result<RawMesh, ScalpError> {
    let wrap = |source| ScalpError::Ply { source };
    check_lines(bytes)?;
    let parser = Parser::<Element>::new();
    let mut reader = Reader::new(bytes);
    let header = parser.read_header(&mut reader).map_err(wrap)?;
    check_counts(&header, reader.get_ref().len() as u64)?;
    let mut mesh = RawMesh { vertices: Vec::new(), triangles: Vec::new() };
    for (name, definition) in &header.elements {
        let elements =
            parser.read_payload_for_element(&mut reader, definition, &header).map_err(wrap)?;
        match name.as_str() {
            "vertex" => {
                mesh.vertices =
                    elements.iter().map(|e| Point::<Scan>::new(e.x, e.y, e.z)).collect();
            }
            "face" => add_faces(&mut mesh, &elements)?,
            _ => {}
        }
    }
    Ok(mesh)
}

/// The reader takes a line apart word by word, each in a string of its own: none of a text may be without end.
fn check_lines(bytes: &[u8]) -> Result<(), ScalpError> {
    const LONGEST: u64 = 64 << 10;
    let head = &bytes[..bytes.len().min(256)];
    let text = memchr::memmem::find(head, b"format ascii").is_some();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    // The header is text in any encoding.
    let longest = if text { lines.map(<[u8]>::len).max() } else { lines.next().map(<[u8]>::len) };
    at_most("characters in one line", longest.unwrap_or(0) as u64, LONGEST)
}

fn check_counts(header: &Header, bytes: u64) -> Result<(), ScalpError> {
    let vertex = header.elements.get("vertex").ok_or(ScalpError::PlyLacks { what: "vertices" })?;
    for axis in ["x", "y", "z"] {
        if !vertex.properties.contains_key(axis) {
            return Err(ScalpError::PlyLacks { what: "vertex coordinates x, y and z" });
        }
    }
    match header.elements.get("face") {
        None => {
            return Err(ScalpError::NoFaces { vertices: vertex.count as u64 });
        }
        Some(face) if face.count > 0 => {
            if !face.properties.keys().any(|k| is_corner_list(k)) {
                return Err(ScalpError::PlyLacks { what: "vertex_indices in its faces" });
            }
        }
        Some(_) => {}
    }
    for (name, element) in &header.elements {
        let what = match name.as_str() {
            "vertex" => "vertices",
            "face" => "faces",
            _ => "elements",
        };
        at_most(what, element.count as u64, MAX_TRIANGLES)?;
        check_declared(what, element.count as u64, least_bytes(element, header.encoding), bytes)?;
    }
    Ok(())
}

/// Fewest bytes one element can take; at least 1, so that no count is free.
fn least_bytes(element: &ElementDef, encoding: Encoding) -> u64 {
    let least: u64 = match encoding {
        // A digit and a separator each.
        Encoding::Ascii => 2 * element.properties.len() as u64,
        Encoding::BinaryBigEndian | Encoding::BinaryLittleEndian => element
            .properties
            .values()
            .map(|p| match &p.data_type {
                PropertyType::Scalar(scalar) | PropertyType::List(scalar, _) => size(scalar),
            })
            .sum(),
    };
    // The last line of a text file may lack its line end.
    least.saturating_sub(u64::from(encoding == Encoding::Ascii)).max(1)
}

fn size(scalar: &ScalarType) -> u64 {
    match scalar {
        ScalarType::Char | ScalarType::UChar => 1,
        ScalarType::Short | ScalarType::UShort => 2,
        ScalarType::Int | ScalarType::UInt | ScalarType::Float => 4,
        ScalarType::Double => 8,
    }
}

/// Cuts polygons into fans.
fn add_faces(mesh: &mut RawMesh, elements: &[Element]) -> Result<(), ScalpError> {
    for (face, element) in elements.iter().enumerate() {
        let corners = &element.corners;
        if let Some(&bad) = corners.iter().find(|&&i| u32::try_from(i).is_err()) {
            let (face, index) = (face as u64, bad as u64);
            return Err(ScalpError::BadIndex { face, index, vertices: mesh.vertices.len() as u64 });
        }
        for k in 2..corners.len() {
            mesh.triangles.push([corners[0] as u32, corners[k - 1] as u32, corners[k] as u32]);
        }
    }
    Ok(())
}

fn is_corner_list(name: &str) -> bool {
    matches!(name, "vertex_indices" | "vertex_index")
}

/// A vertex or a face, whichever properties arrive.
struct Element {
    x: f64,
    y: f64,
    z: f64,
    corners: Vec<i64>,
}

impl PropertyAccess for Element {
    fn new() -> Self {
        Self { x: 0.0, y: 0.0, z: 0.0, corners: Vec::new() }
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        let slot = match name {
            "x" => &mut self.x,
            "y" => &mut self.y,
            "z" => &mut self.z,
            _ if is_corner_list(name) => {
                return match corner_list(property) {
                    Some(list) => {
                        self.corners = list;
                        PropertyAccessResult::Set
                    }
                    None => PropertyAccessResult::UnsupportedType,
                };
            }
            _ => return PropertyAccessResult::Ignored,
        };
        match scalar(&property) {
            Some(value) => {
                *slot = value;
                PropertyAccessResult::Set
            }
            None => PropertyAccessResult::UnsupportedType,
        }
    }
}

fn scalar(property: &Property) -> Option<f64> {
    Some(match *property {
        Property::Char(v) => f64::from(v),
        Property::UChar(v) => f64::from(v),
        Property::Short(v) => f64::from(v),
        Property::UShort(v) => f64::from(v),
        Property::Int(v) => f64::from(v),
        Property::UInt(v) => f64::from(v),
        Property::Float(v) => f64::from(v),
        Property::Double(v) => v,
        _ => return None,
    })
}

fn corner_list(property: Property) -> Option<Vec<i64>> {
    Some(match property {
        Property::ListChar(v) => v.into_iter().map(i64::from).collect(),
        Property::ListUChar(v) => v.into_iter().map(i64::from).collect(),
        Property::ListShort(v) => v.into_iter().map(i64::from).collect(),
        Property::ListUShort(v) => v.into_iter().map(i64::from).collect(),
        Property::ListInt(v) => v.into_iter().map(i64::from).collect(),
        Property::ListUInt(v) => v.into_iter().map(i64::from).collect(),
        _ => return None,
    })
}
