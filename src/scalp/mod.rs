//! The client's head: a triangle mesh with four landmarks.
//!
//! ```text
//! bytes --read--> RawMesh --ScalpSurface::build--> ScalpSurface (scalp frame, cleaned, oriented)
//!                              ^ Landmarks             |-- closest, cast, normal_at, curvature_at
//!                                                      |-- st_of, point_at   (scalp coordinates)
//!                                                      `-- Chart::under      (flat map of the skin under a pattern)
//! ```
//!
//! Everything here is pure: readers take bytes, and a mesh that makes no human head is refused with
//! its likely cause ([`ScalpError`]) rather than repaired by guessing.

mod cells;
mod chart;
mod check;
mod clean;
mod coordinates;
mod curvature;
mod error;
mod fit;
mod landmarks;
mod mesh;
mod normals;
mod ray;
mod read;
mod room;
mod surface;
mod walk;

pub use chart::{Chart, ChartError, FaceStretch, MOST_RADIUS_MM, Stretch};
pub use clean::{Cleaning, Finding, What};
pub use coordinates::{ScalpCoordinates, St};
pub use curvature::Curvature;
pub use error::{Landmark, LikelyUnit, Measured, ScalpError};
pub use landmarks::Landmarks;
pub use read::{MeshFormat, RawMesh, read};
pub use surface::{Foot, Hit, ScalpSurface};
