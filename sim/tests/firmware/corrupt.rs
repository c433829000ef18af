//! What can happen to lines on a wire, enumerated and at random. Shared with the controller's own tests, which do
//! the same to the device's lines.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// Longest run of bytes that is lost or doubled.
const RUN: usize = 16;

/// Hands every enumerated corruption of a line to `seen`: single bytes replaced and inserted, two flipped bits, two
/// bytes swapped, runs lost and doubled, the line cut short. The line has its end.
pub fn alone(line: &[u8], seen: &mut dyn FnMut(&[u8])) {
    single_bytes(line, seen);
    two_bits(line, seen);
    runs(line, seen);
    let mut bad = line.to_vec();
    for a in 0..line.len() {
        for b in a + 1..line.len() {
            if line[a] != line[b] {
                bad.swap(a, b);
                seen(&bad);
                bad.swap(a, b);
            }
        }
    }
}

fn single_bytes(line: &[u8], seen: &mut dyn FnMut(&[u8])) {
    let mut bad = line.to_vec();
    for at in 0..line.len() {
        for by in 1..=255 {
            bad[at] = line[at] ^ by;
            seen(&bad);
        }
        bad[at] = line[at];
    }
    for at in 0..=line.len() {
        bad.insert(at, 0);
        for byte in 0..=255 {
            bad[at] = byte;
            seen(&bad);
        }
        bad.remove(at);
    }
}

fn two_bits(line: &[u8], seen: &mut dyn FnMut(&[u8])) {
    let mut bad = line.to_vec();
    let bits = 8 * line.len();
    for first in 0..bits {
        bad[first / 8] ^= 1 << (first % 8);
        for second in first + 1..bits {
            bad[second / 8] ^= 1 << (second % 8);
            seen(&bad);
            bad[second / 8] ^= 1 << (second % 8);
        }
        bad[first / 8] ^= 1 << (first % 8);
    }
}

fn runs(line: &[u8], seen: &mut dyn FnMut(&[u8])) {
    for at in 0..line.len() {
        seen(&line[..at]);
        for run in 1..=RUN.min(line.len() - at) {
            let (before, after) = (&line[..at + run], &line[at + run..]);
            seen(&[&line[..at], after].concat());
            seen(&[before, &line[at..at + run], after].concat());
        }
    }
}

/// Hands every enumerated mixture of two lines to `seen`: merged, the first cut short before the second, and the
/// head of one with the tail of the other, as long as either or a byte more or less.
pub fn mixed(first: &[u8], second: &[u8], seen: &mut dyn FnMut(&[u8])) {
    let least = first.len().min(second.len());
    for cut in 0..first.len() {
        seen(&[&first[..cut], second].concat());
        for other in cut.saturating_sub(2)..=(cut + 2).min(second.len()) {
            seen(&[&first[..cut], &second[other..]].concat());
        }
        if cut <= least {
            let from_end = second.len() - (first.len() - cut).min(second.len());
            seen(&[&first[..cut], &second[from_end..]].concat());
        }
    }
    for tail in 1..second.len() {
        seen(&[first, &second[tail..]].concat());
    }
}

/// Two to six faults of any kind at once, drawn from a seed.
pub struct Storm(Pcg32);

impl Storm {
    pub fn new(seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed))
    }

    /// A line with faults, `other` being what else was on the wire.
    pub fn strike(&mut self, line: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bad = line.to_vec();
        for _ in 0..self.0.random_range(2..=6) {
            if bad.is_empty() {
                break;
            }
            self.fault(&mut bad, other);
        }
        bad
    }

    fn fault(&mut self, bad: &mut Vec<u8>, other: &[u8]) {
        let rng = &mut self.0;
        let (a, b) = (rng.random_range(0..bad.len()), rng.random_range(0..bad.len()));
        let run = rng.random_range(1..=RUN).min(bad.len() - a);
        match rng.random_range(0..8) {
            0 => bad[a] = rng.random(),
            1 => bad[a] ^= 1 << rng.random_range(0..8),
            2 => bad.insert(a, rng.random()),
            3 => bad.swap(a, b),
            4 => drop(bad.drain(a..a + run)),
            5 => bad.truncate(a),
            6 => {
                let doubled = bad[a..a + run].to_vec();
                bad.splice(a..a, doubled);
            }
            _ => {
                let from = rng.random_range(0..other.len());
                bad.splice(a.., other[from..].iter().copied());
            }
        }
    }
}
