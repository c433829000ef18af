//! A case that breaks a promise, made as small as it can be: the fewest of its faults that still break it.

use super::case::Case;
use super::course::{CampaignError, Verdict, play};
use super::stage::Stage;

/// Leaves out fault after fault, as long as something is still broken; the verdict on what is left.
pub fn shrink(case: &Case, stage: &Stage) -> Result<Verdict, CampaignError> {
    let mut smallest = play(case, stage, true)?;
    let mut index = 0;
    while index < smallest.case.faults.len() {
        let mut smaller = smallest.case.clone();
        smaller.faults.remove(index);
        let verdict = play(&smaller, stage, true)?;
        if verdict.violations.is_empty() {
            index += 1;
        } else {
            smallest = verdict;
            // What was needed beside it may not be needed without it.
            index = 0;
        }
    }
    Ok(smallest)
}
