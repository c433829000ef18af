//! Samples by weight, heaviest first, while they only get lighter.
//!
//! Samples lie in buckets by the weight they had when somebody last looked, which is as heavy as they can be. Only those
//! of the heaviest bucket are put in order; one that has become lighter goes down to its own bucket when it is met there.
//! A heap of all samples would move each of them each time that it gets lighter.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Bits of a weight that do not count for its bucket: 256 buckets from each weight to its double.
const FINE_BITS: u32 = 15;

/// Samples that are left.
pub(super) struct Queue {
    /// Numbers of samples, by weight as it was.
    buckets: Vec<Vec<u32>>,
    /// The bucket whose samples are in order; nothing lies above it.
    top: usize,
    ordered: BinaryHeap<Weighed>,
}

/// A sample with its weight as it was.
struct Weighed {
    weight: f32,
    sample: u32,
}

impl Queue {
    pub(super) fn of(weights: &[f32]) -> Self {
        let top = weights.iter().map(|&weight| bucket(weight)).max().map_or(0, |most| most + 1);
        let mut buckets = vec![Vec::new(); top + 1];
        for (sample, &weight) in (0u32..).zip(weights) {
            buckets[bucket(weight)].push(sample);
        }
        Self { buckets, top, ordered: BinaryHeap::new() }
    }

    /// Takes out the heaviest sample as they weigh now; of equals, the later one.
    pub(super) fn pop(&mut self, weights: &[f32]) -> Option<u32> {
        loop {
            while let Some(mut first) = self.ordered.peek_mut() {
                let now = weights[first.sample as usize];
                if now.total_cmp(&first.weight).is_eq() {
                    return Some(PeekMut::pop(first).sample);
                }
                if bucket(now) == self.top {
                    first.weight = now;
                } else {
                    self.buckets[bucket(now)].push(PeekMut::pop(first).sample);
                }
            }
            self.top = self.top.checked_sub(1)?;
            for sample in std::mem::take(&mut self.buckets[self.top]) {
                let weight = weights[sample as usize];
                if bucket(weight) == self.top {
                    self.ordered.push(Weighed { weight, sample });
                } else {
                    self.buckets[bucket(weight)].push(sample);
                }
            }
        }
    }
}

/// Rises with the weight; rounding may leave one a little below nothing.
fn bucket(weight: f32) -> usize {
    (weight.max(0.0).to_bits() >> FINE_BITS) as usize
}

impl Ord for Weighed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then(self.sample.cmp(&other.sample))
    }
}

impl PartialOrd for Weighed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Weighed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Weighed {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_heaviest_comes_first_whatever_got_lighter_meanwhile(
            mut weights in prop::collection::vec(0.0..4.0f32, 0..60),
            lighter in prop::collection::vec((any::<prop::sample::Index>(), 0.0..2.0f32), 60),
        ) {
            let mut queue = Queue::of(&weights);
            let mut left: Vec<u32> = (0..weights.len() as u32).collect();
            for (which, by) in lighter {
                let heaviest = left.iter().copied().max_by(|&a, &b| {
                    weights[a as usize].total_cmp(&weights[b as usize]).then(a.cmp(&b))
                });
                prop_assert_eq!(queue.pop(&weights), heaviest);
                left.retain(|&sample| Some(sample) != heaviest);
                if !weights.is_empty() {
                    let sample = which.index(weights.len());
                    weights[sample] -= by;
                }
            }
        }
    }
}
