//! What a run has struck: when, and as dots to look at.

use crate::frame::Point;
use crate::plan::DotId;
use crate::preview::Dots;
use crate::record::folder::RunFolder;
use crate::record::journal::{JournalError, What};
use crate::record::plan_file::ProvedPlan;
use crate::record::report::{Standing, Standings};
use crate::record::truth::Truth;
use crate::stream::Event;
use std::collections::BTreeMap;

/// Of each dot: in which session it was told done, from 1, and when on that session's clock, s.
pub type When = BTreeMap<DotId, (u32, f64)>;

/// When each dot was done, by the journals. A dot whose journal is torn or gone has no time.
pub fn when(folder: &RunFolder) -> Result<When, JournalError> {
    let mut all = When::new();
    for (session, path) in (1u32..).zip(folder.journals()) {
        let journal = match RunFolder::open_journal(&path) {
            Err(JournalError::Torn) => continue,
            opened => opened?,
        };
        for record in journal {
            let record = record?;
            if let What::Event(Event::Done { dot, .. }) = record.what {
                all.insert(dot, (session, record.at.seconds()));
            }
        }
    }
    Ok(all)
}

/// The dots that are done, as they heal: where the needle went in by the simulator's truth, else where they were planned.
pub fn struck(plan: &ProvedPlan, standings: &Standings, truth: Option<&Truth>) -> Dots {
    let strikes = truth.map_or(&[][..], |truth| &truth.strikes);
    let went_in: BTreeMap<u32, Point<_>> = strikes
        .iter()
        .filter_map(|s| Some((s.dot?, Point::new(s.scan_x_mm, s.scan_y_mm, s.scan_z_mm))))
        .collect();
    let planned = plan.program.dots().iter().zip(standings.iter());
    let done: Vec<_> = planned
        .filter(|(_, standing)| matches!(standing, Standing::Done(_)))
        .map(|(dot, _)| dot)
        .collect();
    let mut dots = Dots::of_plan(&plan.file.zones, done.iter().copied());
    for (dot, planned) in dots.dots.iter_mut().zip(&done) {
        dot.place = went_in.get(&planned.dot.0).copied().unwrap_or(dot.place);
    }
    dots
}
