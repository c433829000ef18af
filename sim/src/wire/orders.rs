//! Faults of the wire by order: for campaigns that put one fault at one place.

use crate::contract::Nanos;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    ToDevice,
    ToHost,
}

/// What happens to the next thing that is sent. A burst is what is sent in one go: a line, or a byte
/// that acts at once. Orders add up, and each is carried out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireFault {
    /// The next so many bytes are lost.
    Drop(u32),
    /// This bit, 0 to 7, of the next byte is flipped.
    Flip(u8),
    /// This byte comes before the next one.
    Insert(u8),
    /// The next burst comes twice.
    Duplicate,
    /// The next burst, and with it all that follow, is late by so much.
    Delay(Nanos),
    /// The next two bursts come in reverse order: the first waits until the second is sent.
    Swap,
}

/// Orders not carried out yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    drop: u32,
    flip: u8,
    insert: Vec<u8>,
    duplicate: bool,
    delay: Nanos,
    swap: bool,
    /// The first of two bursts to be swapped.
    held: Option<Vec<u8>>,
    due: bool,
}

impl Orders {
    pub fn add(&mut self, fault: WireFault) {
        self.due = true;
        match fault {
            WireFault::Drop(count) => self.drop += count,
            WireFault::Flip(bit) => self.flip ^= 1 << (bit & 7),
            WireFault::Insert(byte) => self.insert.push(byte),
            WireFault::Duplicate => self.duplicate = true,
            WireFault::Delay(by) => self.delay += by,
            WireFault::Swap => self.swap = true,
        }
    }

    /// Whether the next burst has to pass through [`Orders::carry_out`].
    pub fn due(&self) -> bool {
        self.due
    }

    /// What becomes of a burst, in the order in which it is sent, and how late it is.
    pub fn carry_out(&mut self, bytes: &[u8]) -> (Vec<Vec<u8>>, Nanos) {
        let burst = self.damage(bytes);
        if std::mem::take(&mut self.swap) {
            self.held = Some(burst);
            return (Vec::new(), 0);
        }
        let mut bursts = vec![burst];
        if std::mem::take(&mut self.duplicate) {
            bursts.push(bursts[0].clone());
        }
        bursts.extend(self.held.take());
        self.due = self.drop > 0;
        (bursts, std::mem::take(&mut self.delay))
    }

    fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut burst = std::mem::take(&mut self.insert);
        for byte in bytes {
            if self.drop > 0 {
                self.drop -= 1;
            } else {
                burst.push(byte ^ std::mem::take(&mut self.flip));
            }
        }
        burst
    }
}
