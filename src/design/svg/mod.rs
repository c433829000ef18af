//! SVG drawings: circles as dots, and shapes as outlines.
//!
//! The drawing's own origin (user coordinate 0, 0) lies on the anchor. Width, height and viewBox give
//! the scale in mm; SVG's y points down, a pattern's to the forehead, so y is flipped. Document types
//! and entities are refused by the XML reader.

mod canvas;
mod dots;
mod limits;
mod outline;
mod pen;
mod problem;
mod transform;

pub(super) use dots::parse;
pub use outline::{FillRule, Outline, Ring, outlines};
pub use problem::SvgProblem;
