//! Wavefront OBJ through `tobj`.

use super::{MAX_TRIANGLES, RawMesh, at_most};
use crate::frame::{Point, Scan};
use crate::scalp::ScalpError;

pub(super) fn read(bytes: &[u8]) -> Result<RawMesh, ScalpError> {
    check_counts(bytes)?;
    let options = tobj::LoadOptions { triangulate: true, ..Default::default() };
    let no_materials = |_: &std::path::Path| Ok((Vec::new(), Default::default()));
    let (models, _) = tobj::load_obj_buf(&mut std::io::Cursor::new(bytes), &options, no_materials)
        .map_err(|source| ScalpError::Obj { source })?;
    let mut mesh = RawMesh { vertices: Vec::new(), triangles: Vec::new() };
    for model in models {
        let first = mesh.vertices.len() as u32;
        mesh.vertices.extend(
            model
                .mesh
                .positions
                .chunks_exact(3)
                .map(|p| Point::<Scan>::new(f64::from(p[0]), f64::from(p[1]), f64::from(p[2]))),
        );
        mesh.triangles.extend(
            model.mesh.indices.chunks_exact(3).map(|t| [first + t[0], first + t[1], first + t[2]]),
        );
    }
    if mesh.vertices.is_empty() {
        let vertices = bytes.split(|&b| b == b'\n').filter(|l| l.starts_with(b"v ")).count() as u64;
        return Err(ScalpError::NoFaces { vertices });
    }
    Ok(mesh)
}

/// Counts before the reader allocates: it keeps ten times the bytes of a face, and a model for each group.
fn check_counts(bytes: &[u8]) -> Result<(), ScalpError> {
    const GROUPS: u64 = 10_000;
    let (mut vertices, mut corners, mut groups) = (0, 0, 0);
    for line in bytes.split(|&b| b == b'\n') {
        let line = line.trim_ascii_start();
        match line.first() {
            Some(b'v') => vertices += 1,
            Some(b'f' | b'l' | b'p') => corners += words(line),
            Some(b'o' | b'g' | b'u') => groups += 1,
            _ => {}
        }
    }
    at_most("vertices", vertices, 3 * MAX_TRIANGLES)?;
    at_most("corners of faces", corners, 4 * MAX_TRIANGLES)?;
    at_most("groups", groups, GROUPS)
}

fn words(line: &[u8]) -> u64 {
    let blank = |b: &u8| b.is_ascii_whitespace();
    let starts = line.windows(2).filter(|pair| blank(&pair[0]) && !blank(&pair[1]));
    starts.count() as u64
}
