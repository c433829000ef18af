//! How late something came, counted: a histogram that is as large after a day as after a second.

use crate::time::Duration;
use serde::{Serialize, Serializer};

/// Upper bounds of the bins, us; one more is without a bound.
const BOUNDS_US: [u64; 16] = [
    10, 20, 50, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
];

/// How late it came, how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Late {
    /// How often it came.
    pub times: u64,
    /// How often within each bound, and beyond all of them.
    #[serde(serialize_with = "with_bounds")]
    bins: [u64; BOUNDS_US.len() + 1],
    /// The latest, us.
    pub most_us: u64,
}

impl Late {
    pub(super) fn note(&mut self, by: Duration) {
        let us: u64 = by.as_nanos().div_ceil(1_000).try_into().unwrap_or(u64::MAX);
        self.times += 1;
        self.bins[BOUNDS_US.partition_point(|bound| *bound < us)] += 1;
        self.most_us = self.most_us.max(us);
    }

    /// The bound, us, that this part of all was within; `None`: it never came, or was later than all bounds.
    pub fn within_us(&self, part: f64) -> Option<u64> {
        let wanted = part * self.times as f64;
        let mut sum = 0;
        let found = self.bins.iter().zip(BOUNDS_US).find(|(count, _)| {
            sum += **count;
            sum > 0 && sum as f64 >= wanted
        });
        found.map(|(_, bound)| bound)
    }
}

#[derive(Serialize)]
struct Bin {
    /// `None`: later than all bounds.
    within_us: Option<u64>,
    times: u64,
}

/// Each bin with its upper bound.
fn with_bounds<S: Serializer>(bins: &[u64], to: S) -> Result<S::Ok, S::Error> {
    let bounds = BOUNDS_US.into_iter().map(Some).chain([None]);
    to.collect_seq(bounds.zip(bins).map(|(within_us, times)| Bin { within_us, times: *times }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ms;

    #[test]
    fn parts_of_all_are_within_the_bounds_that_they_are_within() {
        let mut late = Late::default();
        assert_eq!(late.within_us(0.5), None);
        (0..98).for_each(|_| late.note(Duration::from_micros(10)));
        late.note(Duration::from_nanos(10_001));
        late.note(ms(300));
        assert_eq!((late.times, late.most_us), (100, 300_000));
        assert_eq!(late.within_us(0.98), Some(10));
        assert_eq!(late.within_us(0.99), Some(20));
        assert_eq!(late.within_us(1.0), None);
    }
}
