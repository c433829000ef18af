//! Mesh bytes -> [`RawMesh`], by well-kept readers behind our own limits.

mod obj;
mod ply;
mod stl;

use super::ScalpError;
use crate::frame::{Point, Scan};

/// Largest mesh file, bytes. A binary STL of a million triangles has 50 MB.
const MAX_BYTES: u64 = 64 << 20;
/// Most triangles, and most vertices before welding is three times this.
const MAX_TRIANGLES: u64 = 1_000_000;

/// How a mesh is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeshFormat {
    /// Stereolithography, binary or ASCII.
    Stl,
    /// Wavefront OBJ; polygons are cut into triangles, materials ignored.
    Obj,
    /// Stanford PLY, ASCII or binary of either byte order.
    Ply,
}

impl MeshFormat {
    /// By the extension of a path or file name, in any case.
    ///
    /// # Errors
    /// [`ScalpError::UnknownFormat`] for anything but `.stl`, `.obj` and `.ply`.
    pub fn of(name: &str) -> Result<Self, ScalpError> {
        let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
        match extension.as_deref() {
            Some("stl") => Ok(Self::Stl),
            Some("obj") => Ok(Self::Obj),
            Some("ply") => Ok(Self::Ply),
            _ => Err(ScalpError::UnknownFormat { name: name.to_owned() }),
        }
    }
}

/// Triangles as a file has them: unwelded, unoriented, in the scanner's frame and unit.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMesh {
    /// Finite places.
    pub vertices: Vec<Point<Scan>>,
    /// Indices into `vertices`, each in range.
    pub triangles: Vec<[u32; 3]>,
}

/// Reads a mesh; every vertex is finite, every index in range, and there is at least one face.
///
/// # Errors
/// Damaged, truncated, empty, faceless or non-finite input, each with its values.
pub fn read(bytes: &[u8], format: MeshFormat) -> Result<RawMesh, ScalpError> {
    let size = bytes.len() as u64;
    if size == 0 {
        return Err(ScalpError::EmptyFile);
    }
    if size > MAX_BYTES {
        return Err(ScalpError::FileTooLarge { bytes: size, limit: MAX_BYTES });
    }
    let mesh = match format {
        MeshFormat::Stl => stl::read(bytes)?,
        MeshFormat::Obj => obj::read(bytes)?,
        MeshFormat::Ply => ply::read(bytes)?,
    };
    validate(mesh)
}

/// Refuses a declared count that the bytes cannot hold, before anything is allocated for it.
fn check_declared(
    what: &'static str,
    declared: u64,
    bytes_each: u64,
    bytes: u64,
) -> Result<(), ScalpError> {
    let needed = declared.saturating_mul(bytes_each);
    if needed > bytes {
        return Err(ScalpError::Truncated { what, declared, needed, bytes });
    }
    Ok(())
}

/// Refuses more than the planner takes; wherever a count is known, before anything is allocated for it.
fn at_most(what: &'static str, count: u64, limit: u64) -> Result<(), ScalpError> {
    if count > limit { Err(ScalpError::TooMany { what, count, limit }) } else { Ok(()) }
}

fn validate(mesh: RawMesh) -> Result<RawMesh, ScalpError> {
    let vertices = mesh.vertices.len() as u64;
    let triangles = mesh.triangles.len() as u64;
    if triangles == 0 {
        return Err(ScalpError::NoFaces { vertices });
    }
    at_most("triangles", triangles, MAX_TRIANGLES)?;
    at_most("vertices", vertices, 3 * MAX_TRIANGLES)?;
    if let Some(i) = mesh.vertices.iter().position(|p| !p.is_finite()) {
        let p = mesh.vertices[i];
        return Err(ScalpError::NotFinite { vertex: i as u64, x: p.x(), y: p.y(), z: p.z() });
    }
    for (face, corners) in mesh.triangles.iter().enumerate() {
        if let Some(&index) = corners.iter().find(|&&i| u64::from(i) >= vertices) {
            let (face, index) = (face as u64, u64::from(index));
            return Err(ScalpError::BadIndex { face, index, vertices });
        }
    }
    Ok(mesh)
}
