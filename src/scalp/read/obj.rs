//! Wavefront OBJ through `tobj`.

use super::RawMesh;
use crate::frame::{Point, Scan};
use crate::scalp::ScalpError;

pub(super) fn read(bytes: &[u8]) -> Result<RawMesh, ScalpError> {
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
