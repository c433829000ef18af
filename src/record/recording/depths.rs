//! What really happened at each dot, where a simulator says so.

use crate::plan::DotId;
use crate::record::truth::{TrueStrike, Truth};
use std::collections::{BTreeMap, VecDeque};

/// Hands out the true strike that belongs to a dot the controller counts as done.
#[derive(Debug)]
pub(super) struct TrueDepths<'a> {
    of_dot: BTreeMap<u32, VecDeque<&'a TrueStrike>>,
    /// Plain dialects have no dot numbers: those strikes are in order.
    in_order: VecDeque<&'a TrueStrike>,
}

impl<'a> TrueDepths<'a> {
    pub fn new(truth: Option<&'a Truth>) -> Self {
        let mut depths = Self { of_dot: BTreeMap::new(), in_order: VecDeque::new() };
        for strike in truth.map_or(&[][..], |t| &t.strikes) {
            match strike.dot {
                Some(dot) => depths.of_dot.entry(dot).or_default().push_back(strike),
                None => depths.in_order.push_back(strike),
            }
        }
        depths
    }

    /// The strike of this dot, once.
    pub fn take(&mut self, dot: DotId) -> Option<&'a TrueStrike> {
        match self.of_dot.get_mut(&dot.0).and_then(VecDeque::pop_front) {
            Some(strike) => Some(strike),
            None => self.in_order.pop_front(),
        }
    }

    /// Strikes that no dot of the controller's accounts for.
    pub fn rest(self) -> Vec<&'a TrueStrike> {
        self.of_dot.into_values().flatten().chain(self.in_order).collect()
    }
}
