//! The strike counter's memory.

/// Count of strikes, and the last of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    pub count: u32,
    pub dot: u32,
    /// Begun and not seen to be completed.
    pub open: bool,
}

impl Counter {
    /// Written before the needle moves.
    pub fn begin(&mut self, dot: u32) {
        self.count = self.count.wrapping_add(1);
        self.dot = dot;
        self.open = true;
    }

    /// Written when the needle is back after a complete stroke.
    pub fn complete(&mut self) {
        self.open = false;
    }

    /// 0 = completed, 1 = begun and not seen to end.
    pub fn phase(&self) -> u8 {
        u8::from(self.open)
    }
}
