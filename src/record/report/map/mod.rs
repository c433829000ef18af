//! The map: the head from five sides with every dot on it, as SVG.
//!
//! ```text
//! SkinMesh --raster--> shade and depth on a grid --contour--> smooth outlines of even shade
//! marks    --visible in a view?--> one path per class of dots
//! ```

mod contour;
mod draw;
mod raster;
mod view;

pub(super) use draw::{Drawn, draw};
pub(in crate::record) use raster::vertex_normals;
pub(super) use view::VIEWS;
