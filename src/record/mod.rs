//! What stays of a run: ledger, journal, recording, report, exports.
//!
//! | file in the run's folder | written by | for |
//! |---|---|---|
//! | `program.plan` | [`plan_file`] | the plan, the skin and the machine it was made for |
//! | `ledger.smp` | [`ledger`] | which dots are done: survives any crash |
//! | `touches-NNN.toml`, `registration-NNN.toml` | [`registered`] | how the head lay in session NNN |
//! | `journal-NNN.smpj` | [`journal`] | every input and output: `smp replay` |
//! | `truth.csv` | the simulator | what really happened ([`truth`] reads it) |
//! | `report.html`, `report.pdf`, `report.json` | [`report`] | the client's file |
//! | `recording.rrd` | [`recording`] | the engineer's view; [`why`] has its words on each dot |

pub mod chained;
pub mod course;
pub mod disk;
pub mod export;
pub mod folder;
pub mod journal;
pub mod judge;
pub mod late;
pub mod ledger;
pub mod plan_file;
pub mod proving;
#[cfg(feature = "rerun")]
pub mod recording;
pub mod registered;
pub mod replay;
pub mod report;
mod seal;
pub mod tap;
pub mod truth;
pub mod why;

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
