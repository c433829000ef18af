//! What is the matter with a run, by what it shows of itself and whether it is heard.

use super::alarm::Condition;
use super::live::Picture;

/// A strike that waits longer is an alarm.
const WAITS_S: f64 = 20.0;
/// From nine tenths of its strikes on a needle is worn.
const NEEDLE_WORN: (usize, usize) = (10, 9);

/// How the run is heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    /// There is a way to its process.
    pub linked: bool,
    /// It speaks.
    pub speaks: bool,
}

/// Each thing that is the matter, with what the run says of it.
pub(super) fn matters(run: &Picture, heard: Heard) -> Vec<(Condition, Option<String>)> {
    let look = &run.look;
    let waits_s = look.waits_since_s.map_or(0.0, |since_s| look.at_s - since_s);
    let (made, most) = (look.strikes, look.strikes_most.unwrap_or(usize::MAX));
    let is_worn = look.strikes_most.is_some() && NEEDLE_WORN.0 * made >= NEEDLE_WORN.1 * most;
    let goes_on = !run.is_over();
    let all = [
        (Condition::EStop, look.e_stop),
        (Condition::Parted, look.parted),
        (Condition::Unwatched, look.unwatched),
        (Condition::Uncertain, look.uncertain > 0),
        (Condition::Waits, waits_s > WAITS_S),
        (Condition::NeedleSpent, made >= most),
        (Condition::NeedleWorn, is_worn && made < most),
        (Condition::NotEnabled, look.is_enabled == Some(false) && !look.e_stop),
        (Condition::RunLost, goes_on && !heard.linked),
        (Condition::RunHangs, goes_on && heard.linked && !heard.speaks),
    ];
    let trouble = look.trouble.as_ref();
    let ended = trouble.map(|t| (Condition::Ended(t.cause), Some(t.fault.clone())));
    all.into_iter().filter(|(_, so)| *so).map(|(what, _)| (what, None)).chain(ended).collect()
}
