//! STL, both kinds, through `stl_io`.
//!
//! The kind is told by the byte count, not by the word `solid`, which many binary files carry too.

use super::{MAX_TRIANGLES, RawMesh, at_most, check_declared};
use crate::frame::{Point, Scan};
use crate::scalp::ScalpError;
use std::io::{Cursor, Error, ErrorKind};

/// Header and count.
const BINARY_HEAD: usize = 84;
const BINARY_TRIANGLE: u64 = 50;

pub(super) fn read(bytes: &[u8]) -> Result<RawMesh, ScalpError> {
    match binary_count(bytes) {
        Some(declared) if !looks_like_text(bytes) || fits(bytes, declared) => {
            let room = (bytes.len() - BINARY_HEAD) as u64;
            check_declared("triangles", declared, BINARY_TRIANGLE, room)?;
            at_most("triangles", declared, MAX_TRIANGLES)?;
            let mut plain = bytes.to_vec();
            plain[..80].fill(0);
            collect(plain)
        }
        _ => collect(one_solid(bytes)?),
    }
}

fn binary_count(bytes: &[u8]) -> Option<u64> {
    let count: [u8; 4] = bytes.get(80..BINARY_HEAD)?.try_into().ok()?;
    Some(u64::from(u32::from_le_bytes(count)))
}

fn fits(bytes: &[u8], declared: u64) -> bool {
    declared > 0 && BINARY_HEAD as u64 + BINARY_TRIANGLE * declared == bytes.len() as u64
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let head = &bytes[..bytes.len().min(512)];
    start.starts_with(b"solid")
        && std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true)
}

/// The reader stops at the first `endsolid`; files with several solids are joined into one.
fn one_solid(bytes: &[u8]) -> Result<Vec<u8>, ScalpError> {
    let damaged = |kind: ErrorKind, text: &str, triangle: u64| ScalpError::Stl {
        triangle,
        source: Error::new(kind, text.to_owned()),
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| damaged(ErrorKind::InvalidData, "neither binary STL nor text", 0))?;
    if !text.trim_start().starts_with("solid") {
        return Err(damaged(ErrorKind::InvalidData, "neither binary STL nor ASCII STL", 0));
    }
    let mut joined = String::with_capacity(text.len() + 32);
    joined.push_str("solid scalp\n");
    let (mut open, mut triangles) = (false, 0);
    for line in text.lines() {
        let word = line.trim_start();
        if word.starts_with("endsolid") {
            open = false;
        } else if word.starts_with("solid") {
            open = true;
        } else {
            triangles += u64::from(word.starts_with("endfacet"));
            joined.push_str(line);
            joined.push('\n');
        }
    }
    if open {
        return Err(damaged(ErrorKind::UnexpectedEof, "the last solid has no endsolid", triangles));
    }
    joined.push_str("endsolid scalp\n");
    Ok(joined.into_bytes())
}

fn collect(bytes: Vec<u8>) -> Result<RawMesh, ScalpError> {
    let mut cursor = Cursor::new(bytes);
    let reader = stl_io::create_stl_reader(&mut cursor)
        .map_err(|source| ScalpError::Stl { triangle: 0, source })?;
    let mut mesh = RawMesh { vertices: Vec::new(), triangles: Vec::new() };
    for triangle in reader {
        let read = mesh.triangles.len() as u64;
        let triangle = triangle.map_err(|source| ScalpError::Stl { triangle: read, source })?;
        let first = mesh.vertices.len() as u32;
        for v in triangle.vertices {
            let [x, y, z]: [f32; 3] = v.into();
            mesh.vertices.push(Point::<Scan>::new(f64::from(x), f64::from(y), f64::from(z)));
        }
        mesh.triangles.push([first, first + 1, first + 2]);
    }
    Ok(mesh)
}
