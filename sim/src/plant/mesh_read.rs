//! Readers for STL (both kinds) and a minimal OBJ: corners that coincide become one vertex.

use std::collections::BTreeMap;

use super::mesh::{LineFault, MeshError};

/// Vertices and triangles as the file has them, welded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Soup {
    pub vertices: Vec<[f64; 3]>,
    pub triangles: Vec<[u32; 3]>,
}

const HEADER: usize = 84;
const FACET: usize = 50;

/// Binary when the length is that of the count in bytes 80..84, whatever the first word says.
pub fn stl(bytes: &[u8]) -> Result<Soup, MeshError> {
    if let Some(triangles) = word(bytes, 80) {
        let needed = HEADER + triangles as usize * FACET;
        if needed <= bytes.len() && (needed == bytes.len() || !bytes.starts_with(b"solid")) {
            return Ok(stl_binary(bytes, triangles));
        }
        if !bytes.starts_with(b"solid") {
            return Err(MeshError::StlShort { found: bytes.len(), triangles, needed });
        }
    }
    stl_ascii(&String::from_utf8_lossy(bytes))
}

/// `v` and `f` lines; faces of more than three corners become fans.
pub fn obj(bytes: &[u8]) -> Result<Soup, MeshError> {
    let text = String::from_utf8_lossy(bytes);
    let mut soup = Soup::default();
    for (number, line) in text.lines().enumerate() {
        let fault = |what| MeshError::Line { line: number + 1, what };
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("v") => soup.vertices.push(three(words).ok_or(fault(LineFault::Number))?),
            Some("f") => {
                let corners: Option<Vec<u32>> =
                    words.map(|word| obj_index(word, soup.vertices.len())).collect();
                let corners = corners.ok_or(fault(LineFault::Vertex))?;
                if corners.len() < 3 {
                    return Err(fault(LineFault::Facet));
                }
                for pair in corners[1..].windows(2) {
                    soup.triangles.push([corners[0], pair[0], pair[1]]);
                }
            }
            _ => {}
        }
    }
    Ok(soup)
}

fn stl_binary(bytes: &[u8], triangles: u32) -> Soup {
    let mut welder = Welder::default();
    for facet in bytes[HEADER..].chunks_exact(FACET).take(triangles as usize) {
        let corner = |k: usize| {
            std::array::from_fn(|axis| {
                let bits = word(facet, 12 + 12 * k + 4 * axis).unwrap_or_default();
                f64::from(f32::from_bits(bits))
            })
        };
        welder.facet([corner(0), corner(1), corner(2)]);
    }
    welder.soup
}

fn stl_ascii(text: &str) -> Result<Soup, MeshError> {
    let mut welder = Welder::default();
    let mut corners: Vec<[f64; 3]> = Vec::with_capacity(3);
    for (number, line) in text.lines().enumerate() {
        let fault = |what| MeshError::Line { line: number + 1, what };
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("vertex") => corners.push(three(words).ok_or(fault(LineFault::Number))?),
            Some("endfacet") => {
                let [a, b, c] = corners[..] else {
                    return Err(fault(LineFault::Facet));
                };
                welder.facet([a, b, c]);
                corners.clear();
            }
            _ => {}
        }
    }
    Ok(welder.soup)
}

fn three<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<[f64; 3]> {
    let mut next = || words.next()?.parse::<f64>().ok().filter(|v| v.is_finite());
    Some([next()?, next()?, next()?])
}

/// `7`, `7/1` and `7/1/3`, counted from 1; negative from the end.
fn obj_index(word: &str, vertices: usize) -> Option<u32> {
    let index: i64 = word.split('/').next()?.parse().ok()?;
    let index = if index < 0 { index + vertices as i64 } else { index - 1 };
    u32::try_from(index).ok().filter(|&i| (i as usize) < vertices)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let slice = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([slice[0], slice[1], slice[2], slice[3]]))
}

/// Joins corners with exactly equal coordinates, in order of first appearance.
#[derive(Default)]
struct Welder {
    soup: Soup,
    index: BTreeMap<[u64; 3], u32>,
}

impl Welder {
    fn facet(&mut self, corners: [[f64; 3]; 3]) {
        let t = corners.map(|corner| {
            // Adding 0 turns -0 into 0.
            let key = corner.map(|c| (c + 0.0).to_bits());
            *self.index.entry(key).or_insert_with(|| {
                self.soup.vertices.push(corner);
                self.soup.vertices.len() as u32 - 1
            })
        });
        if t[0] != t[1] && t[1] != t[2] && t[2] != t[0] {
            self.soup.triangles.push(t);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCII: &str = "solid s\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n   vertex 1 0 \
                         0\n   vertex 0 1 0\n  endloop\n endfacet\n facet normal 0 0 1\n  outer \
                         loop\n   vertex 1 0 0\n   vertex 1 1 0\n   vertex 0 1 0\n  endloop\n \
                         endfacet\nendsolid s\n";

    #[test]
    fn ascii_and_binary_stl_and_obj_give_the_same_welded_square() {
        let ascii = stl(ASCII.as_bytes()).unwrap();
        assert_eq!((ascii.vertices.len(), ascii.triangles.len()), (4, 2));
        let mut binary = vec![0_u8; 80];
        binary.extend(2_u32.to_le_bytes());
        for t in &ascii.triangles {
            binary.extend([0; 12]);
            for v in t.map(|i| ascii.vertices[i as usize]) {
                binary.extend(v.iter().flat_map(|c| (*c as f32).to_le_bytes()));
            }
            binary.extend([0; 2]);
        }
        assert_eq!(stl(&binary).unwrap(), ascii);
        let text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1 2 3\nf 2/1 4//2 -2\n";
        assert_eq!(obj(text.as_bytes()).unwrap(), ascii);
    }

    #[test]
    fn truncated_and_broken_files_are_refused_with_the_place() {
        let mut binary = vec![0_u8; 80];
        binary.extend(1_u32.to_le_bytes());
        assert!(matches!(stl(&binary), Err(MeshError::StlShort { needed: 134, .. })));
        let broken = stl(ASCII.replace("1 1 0", "1 x 0").as_bytes()).unwrap_err();
        assert_eq!(broken.to_string(), "line 12: a number was expected");
        assert!(matches!(obj(b"v 0 0 0\nf 1 2 3\n"), Err(MeshError::Line { line: 2, .. })));
    }
}
