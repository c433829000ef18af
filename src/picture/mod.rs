//! Pictures of a head and of what is on it, as SVG in true scale: five orthographic views, softly shaded, with dots as
//! they heal or a map of how dense they lie; and PNG of the same. Nothing here decides anything.
//!
//! ```text
//! Head --raster--> shade and depth on a grid --contour--> smooth outlines of even shade --+
//! Dots --front: what lies before them?--> ellipses as foreshortened as the skin ----------+--> SVG --png--> PNG
//! DensityCell --> a field on the same grid --contour--> even bands of colour -------------+
//! ```
//!
//! Letters are drawn as strokes ([`glyph`]): a picture looks the same wherever it is opened, and needs no fonts.

mod contour;
mod density;
mod dots;
mod front;
mod glyph;
mod page;
mod paint;
mod png;
mod raster;
mod stretch;
mod view;

pub use density::{density, density_rgb};
pub use dots::dots;
pub use front::Front;
pub use paint::{Canvas, Shaded, Tones};
pub use png::{DOTS_PER_MM, PngError, png};
pub use stretch::stretch;
pub use view::{VIEWS, View};
