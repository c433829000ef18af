//! The scan of the head: vertices and triangles in the scalp frame, from files or from memory.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::mesh_read::{self, Soup};
use super::vec3::{Mat3, Pose, Vec3};

/// A head in the scalp frame: origin midway between the preauricular points, +X to the client's
/// right, +Y to the nose, +Z up, mm. Triangles turn counter-clockwise seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadMesh {
    pub vertices: Vec<[f64; 3]>,
    pub triangles: Vec<[u32; 3]>,
}

#[derive(Debug, thiserror::Error)]
pub enum MeshError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: the simulator reads .stl and .obj, not {extension:?}")]
    Format { path: PathBuf, extension: String },
    #[error("STL ends after {found} bytes, {triangles} triangles need {needed}")]
    StlShort { found: usize, triangles: u32, needed: usize },
    #[error("line {line}: {what}")]
    Line { line: usize, what: LineFault },
    #[error("the mesh has no triangles")]
    Empty,
    #[error("triangle {triangle} names vertex {vertex} of {vertices}")]
    Index { triangle: usize, vertex: u32, vertices: usize },
    #[error("{path}: {source}")]
    Landmarks { path: PathBuf, source: serde_json::Error },
    #[error("{path}: landmarks must be in mm, not in {units:?}")]
    Units { path: PathBuf, units: String },
}

/// What is wrong with a line of an ASCII mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("a number was expected")]
    Number,
    #[error("a facet needs three vertices")]
    Facet,
    #[error("a vertex index is 0 or out of range")]
    Vertex,
}

#[derive(Deserialize)]
struct LandmarksFile {
    units: String,
    landmarks: Landmarks,
}

/// The points that make the scalp frame; the file may hold more.
#[derive(Deserialize)]
struct Landmarks {
    nasion: [f64; 3],
    lpa: [f64; 3],
    rpa: [f64; 3],
}

impl HeadMesh {
    /// `head` is a folder that holds `mesh.stl` (or `mesh.obj`) and `landmarks.json`.
    pub fn load_dir(head: &Path) -> Result<Self, MeshError> {
        let stl = head.join("mesh.stl");
        let mesh = if stl.is_file() { stl } else { head.join("mesh.obj") };
        Self::load(&mesh, &head.join("landmarks.json"))
    }

    /// A mesh file in any rigid frame, brought to the scalp frame by its landmarks.
    pub fn load(mesh: &Path, landmarks: &Path) -> Result<Self, MeshError> {
        let bytes = read(mesh)?;
        let extension =
            mesh.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        let soup = match extension.as_str() {
            "stl" => mesh_read::stl(&bytes)?,
            "obj" => mesh_read::obj(&bytes)?,
            _ => {
                return Err(MeshError::Format { path: mesh.to_owned(), extension });
            }
        };
        let scalp_from_file = scalp_frame(landmarks)?;
        Self::from_soup(soup, &scalp_from_file)
    }

    /// Checks indices; drops nothing.
    pub fn check(&self) -> Result<(), MeshError> {
        if self.triangles.is_empty() {
            return Err(MeshError::Empty);
        }
        let vertices = self.vertices.len();
        for (triangle, corners) in self.triangles.iter().enumerate() {
            for &vertex in corners {
                if vertex as usize >= vertices {
                    return Err(MeshError::Index { triangle, vertex, vertices });
                }
            }
        }
        Ok(())
    }

    /// Volume enclosed, mm3; negative for a mesh turned inside out.
    pub fn volume(&self) -> f64 {
        let sixfold: f64 = self
            .triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.map(|i| Vec3::from(self.vertices[i as usize]));
                a.dot(b.cross(c))
            })
            .sum();
        sixfold / 6.0
    }

    fn from_soup(soup: Soup, scalp_from_file: &Pose) -> Result<Self, MeshError> {
        let vertices =
            soup.vertices.into_iter().map(|v| scalp_from_file.point(v.into()).array()).collect();
        let mut mesh = Self { vertices, triangles: soup.triangles };
        mesh.check()?;
        if mesh.volume() < 0.0 {
            for t in &mut mesh.triangles {
                t.swap(1, 2);
            }
        }
        Ok(mesh)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, MeshError> {
    std::fs::read(path).map_err(|source| MeshError::Read { path: path.to_owned(), source })
}

/// Origin midway between the preauricular points, +X to the right one, +Y to the nasion.
fn scalp_frame(path: &Path) -> Result<Pose, MeshError> {
    let file: LandmarksFile = serde_json::from_slice(&read(path)?)
        .map_err(|source| MeshError::Landmarks { path: path.to_owned(), source })?;
    if file.units != "mm" {
        return Err(MeshError::Units { path: path.to_owned(), units: file.units });
    }
    let Landmarks { nasion, lpa, rpa } = file.landmarks;
    let (lpa, rpa) = (Vec3::from(lpa), Vec3::from(rpa));
    let origin = (lpa + rpa) * 0.5;
    let x = (rpa - lpa).unit();
    let y = (Vec3::from(nasion) - origin).across(x).unit();
    let rotation = Mat3([x, y, x.cross(y)]);
    Ok(Pose { rotation, translation: -rotation.apply(origin) })
}
