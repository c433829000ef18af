//! One run in which a sensor breaks.

use crate::cli::bench::runs::Ran;
use smp::record::truth::TrueStrike;
use smp::stream::Event;

/// The run did not stop.
pub const FINISHED: &str = "goes on to the end";

/// What became of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// How it ended, in words.
    pub end: String,
    /// Strikes after the onset.
    pub strikes: usize,
    /// Penetration of the second strike after the onset and of all later ones, mm.
    pub later_mm: Vec<f64>,
}

impl Trial {
    /// Strikes that the device's reflex broke off are left out: the needle out too early is what it is for, and
    /// the loop knows of each. The fault set in `phase_s` after the needle's entry for strike number `after_strikes`.
    pub fn of(ran: &Ran, after_strikes: u32, phase_s: f64) -> Self {
        let cut = |dot: u32| {
            let is_cut =
                |event: &Event| matches!(event, Event::CutShort { dot: d, .. } if d.0 == dot);
            ran.events.iter().any(is_cut)
        };
        let strikes: Vec<&TrueStrike> =
            ran.truth.strikes.iter().filter(|s| s.dot.is_some_and(|dot| !cut(dot))).collect();
        let entry_s = |strike: &TrueStrike| strike.t_entry_ns as f64 * 1e-9;
        let before = strikes.get(after_strikes as usize - 1);
        let onset_s = before.map_or(f64::INFINITY, |strike| entry_s(strike) + phase_s);
        let after: Vec<f64> = strikes
            .iter()
            .filter(|strike| entry_s(strike) > onset_s)
            .map(|strike| strike.penetration_mm)
            .collect();
        let later_mm = after.iter().skip(1).copied().collect();
        Self { end: end_of(ran), strikes: after.len(), later_mm }
    }
}

/// How a run ended, in words.
pub fn end_of(ran: &Ran) -> String {
    let parted = ran.events.iter().any(|event| matches!(event, Event::Parted { .. }));
    match ran.fault {
        // Figures differ from run to run.
        Some(fault) => fault.to_string().replace(|c: char| c.is_ascii_digit(), ""),
        None if parted => "pauses: needle and height sensor have parted".to_owned(),
        None => FINISHED.to_owned(),
    }
}
