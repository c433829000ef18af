//! The report: HTML and PDF for people, JSON for machines.
//!
//! ```text
//! journals --History::of_folder--> what happened, second by second
//! ledger   --Standings-----------> which dots are done, open, uncertain
//! truth    --judge---------------> what really happened (simulator only)
//!     all of it = Material --RunFigures::new--> the figures of `--json`
//!                          --Report::build----> report.json
//!     report.json with its digest --document--> blocks with all words --html--> report.html
//!                                                                     --pdf---> report.pdf
//! ```

mod alarms;
mod document;
mod drawing;
mod facts;
mod figures;
mod files;
mod histogram;
mod history;
mod html;
mod material;
mod pdf;
pub mod scale;
mod standing;
pub mod words;

pub use alarms::{Alarm, Alarms, Step};
pub use facts::{
    AtTheDesk, DepthRow, DeskRow, DotRow, Facts, LeftOut, PrintError, Printed, Report, Treatment,
    TreatmentSitting,
};
pub use figures::{EstimateFigures, RunFigures, State};
pub use files::{FileRow, files, sha256_of};
pub use histogram::Histogram;
pub use history::{Counts, History, Note, Session};
pub use material::Material;
pub use pdf::{Paper, PdfError};
pub use standing::{Standing, Standings};
