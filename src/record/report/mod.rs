//! The report: HTML for people, JSON for machines.
//!
//! ```text
//! journals --History::of_folder--> what happened, second by second
//! ledger   --Standings-----------> which dots are done, open, uncertain
//! truth    --judge---------------> what really happened (simulator only)
//!     all of it = Material --RunFigures::new--> the figures of `--json`
//!                          --Report::build----> report.json --to_html--> report.html
//! ```

mod drawing;
mod facts;
mod figures;
mod files;
mod histogram;
mod history;
mod html;
mod map;
mod material;
pub mod scale;
mod standing;
pub mod words;

pub use facts::{DotRow, Facts, LeftOut, Report, Treatment, TreatmentSitting};
pub use figures::{EstimateFigures, RunFigures, State};
pub use files::{FileRow, files, sha256_of};
pub use histogram::Histogram;
pub use history::{Counts, History, Note, Session};
pub use material::Material;
pub use standing::{Standing, Standings};
