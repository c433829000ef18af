//! The wire: a byte pipe in each direction with a rate, a delay, jitter and faults.
//!
//! What is pushed in one go travels as one burst: its bytes leave one after the other at the baud
//! rate and are all delayed alike, as on a serial adapter. Bursts never overtake each other.

mod orders;

use std::collections::VecDeque;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use serde::Deserialize;

use self::orders::Orders;
pub use self::orders::{Direction, WireFault};
use crate::contract::Nanos;

/// The `[wire]` table of a scenario. All zeros is a perfect wire.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct WireParams {
    /// Bits per second, ten to a byte; 0 = no limit.
    pub baud: u32,
    pub latency_ms: f64,
    /// Greatest additional delay of a burst, drawn evenly.
    pub jitter_ms: f64,
    /// Probability that a byte is lost.
    pub loss: f64,
    /// Probability that one bit of a byte is flipped.
    pub flip: f64,
}

/// One direction.
#[derive(Clone, Debug)]
pub struct Pipe {
    params: WireParams,
    byte_time: Nanos,
    rng: Pcg32,
    bytes: VecDeque<u8>,
    bursts: VecDeque<Burst>,
    /// When the last byte pushed has left.
    sent: Nanos,
    /// When the last byte pushed arrives.
    last_arrival: Nanos,
    until_loss: u64,
    until_flip: u64,
    orders: Orders,
}

/// Bytes that travel together.
#[derive(Clone, Copy, Debug)]
struct Burst {
    /// When its first byte is there.
    first: Nanos,
    step: Nanos,
    left: u32,
}

impl Burst {
    fn last(&self) -> Nanos {
        self.first + self.step * Nanos::from(self.left.saturating_sub(1))
    }
}

impl Pipe {
    pub fn new(params: WireParams, seed: u64) -> Self {
        let byte_time = match params.baud {
            0 => 0,
            baud => 10_000_000_000 / Nanos::from(baud),
        };
        let mut pipe = Self {
            params,
            byte_time,
            rng: Pcg32::seed_from_u64(seed),
            bytes: VecDeque::with_capacity(1024),
            bursts: VecDeque::with_capacity(16),
            sent: 0,
            last_arrival: 0,
            until_loss: 0,
            until_flip: 0,
            orders: Orders::default(),
        };
        pipe.until_loss = pipe.gap(params.loss);
        pipe.until_flip = pipe.gap(params.flip);
        pipe
    }

    /// Orders a fault for what is sent next.
    pub fn order(&mut self, fault: WireFault) {
        self.orders.add(fault);
    }

    /// Forgets what was ordered; what is held back for a swap is lost.
    pub fn mend(&mut self) {
        self.orders = Orders::default();
    }

    /// Sends bytes at `t`.
    pub fn push(&mut self, t: Nanos, bytes: &[u8]) {
        if !self.orders.due() {
            return self.send(t, bytes, 0);
        }
        let (bursts, late) = self.orders.carry_out(bytes);
        for burst in bursts {
            self.send(t, &burst, late);
        }
    }

    fn send(&mut self, t: Nanos, bytes: &[u8], late: Nanos) {
        let before = self.bytes.len();
        self.spoil(bytes);
        let count = (self.bytes.len() - before) as u32;
        let start = self.sent.max(t);
        self.sent = start + self.byte_time * bytes.len() as Nanos;
        if count == 0 {
            return;
        }
        let first = (start + self.byte_time + self.delay() + late).max(self.last_arrival);
        let burst = Burst { first, step: self.byte_time, left: count };
        self.last_arrival = burst.last();
        self.bursts.push_back(burst);
    }

    /// When everything pushed so far has left the sender.
    pub fn sent(&self) -> Nanos {
        self.sent
    }

    /// What one byte takes.
    pub fn byte_time(&self) -> Nanos {
        self.byte_time
    }

    /// When the next byte arrives.
    pub fn next_byte(&self) -> Option<Nanos> {
        self.bursts.front().map(|burst| burst.first)
    }

    /// When the next burst is there completely.
    pub fn next_burst(&self) -> Option<Nanos> {
        self.bursts.front().map(Burst::last)
    }

    /// The next byte, if it has arrived by `now`, and when it did.
    pub fn pop(&mut self, now: Nanos) -> Option<(Nanos, u8)> {
        let burst = self.bursts.front_mut().filter(|burst| burst.first <= now)?;
        let at = burst.first;
        burst.first += burst.step;
        burst.left -= 1;
        if burst.left == 0 {
            self.bursts.pop_front();
        }
        self.bytes.pop_front().map(|byte| (at, byte))
    }

    /// Everything that has arrived by `now`.
    pub fn read(&mut self, now: Nanos, out: &mut Vec<u8>) {
        while let Some(burst) = self.bursts.front_mut().filter(|burst| burst.first <= now) {
            let whole = burst.last() <= now;
            let count = if whole {
                burst.left
            } else {
                ((now - burst.first) / burst.step.max(1)) as u32 + 1
            };
            burst.first += burst.step * Nanos::from(count);
            burst.left -= count;
            if burst.left == 0 {
                self.bursts.pop_front();
            }
            out.extend(self.bytes.drain(..count as usize));
        }
    }

    /// The link is cut: everything under way is lost.
    pub fn cut(&mut self) {
        self.bytes.clear();
        self.bursts.clear();
        self.orders = Orders::default();
    }

    /// Appends the bytes with the wire's faults done to them.
    fn spoil(&mut self, bytes: &[u8]) {
        if self.params.loss <= 0.0 && self.params.flip <= 0.0 {
            self.bytes.extend(bytes);
            return;
        }
        for byte in bytes {
            let mut byte = *byte;
            self.until_flip -= 1;
            if self.until_flip == 0 {
                self.until_flip = self.gap(self.params.flip);
                byte ^= 1 << self.rng.random_range(0..8);
            }
            self.until_loss -= 1;
            if self.until_loss == 0 {
                self.until_loss = self.gap(self.params.loss);
            } else {
                self.bytes.push_back(byte);
            }
        }
    }

    /// Bytes up to and including the next one that meets its fate, each with `probability`.
    fn gap(&mut self, probability: f64) -> u64 {
        if probability <= 0.0 {
            return u64::MAX;
        }
        if probability >= 1.0 {
            return 1;
        }
        let draw: f64 = self.rng.random_range(f64::MIN_POSITIVE..1.0);
        (draw.ln() / (1.0 - probability).ln()).ceil().max(1.0) as u64
    }

    fn delay(&mut self) -> Nanos {
        let jitter = self.params.jitter_ms;
        let extra = if jitter > 0.0 { self.rng.random_range(0.0..jitter) } else { 0.0 };
        ((self.params.latency_ms + extra).max(0.0) * 1e6) as Nanos
    }
}
