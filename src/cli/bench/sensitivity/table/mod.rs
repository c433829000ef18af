//! The facts' table "Recommended simulation parameters", row by row: what of it is swept, and what is not.
//!
//! A row with several keys is several parameters. Beside the rows marked M or S stand those marked V or D
//! that have a key, and, marked "-", three figures of the simulator that have no row but bear on depth.

mod motion;
mod sensing;
mod skin;
mod unswept;

use super::parameter::Parameter;
pub use unswept::{UNSWEPT, Unswept};

/// All parameters, in the order of the facts' table.
pub fn parameters() -> impl Iterator<Item = &'static Parameter> {
    [skin::SKIN, motion::MOTION, sensing::SENSING].into_iter().flatten()
}
