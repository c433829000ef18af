//! What the device says, as lines with their times.
//!
//! Numbers are formatted here by hand: a session sends hundreds of thousands of reports.

use crate::contract::Nanos;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tx {
    bytes: Vec<u8>,
    /// Time and end of each line in `bytes`.
    lines: Vec<(Nanos, usize)>,
    /// Lines get a CRC.
    pub sealed: bool,
}

impl Tx {
    /// Appends a whole line.
    pub fn line(&mut self, t: Nanos, text: &str) {
        self.text(text);
        self.end(t);
    }

    pub fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn integer(&mut self, value: i64) {
        if value < 0 {
            self.bytes.push(b'-');
        }
        self.digits(value.unsigned_abs(), 1);
    }

    /// Eight upper-case hex digits.
    pub fn hex(&mut self, value: u32) {
        push_hex(&mut self.bytes, value);
    }

    /// Three decimals.
    pub fn fixed(&mut self, value: f64) {
        let thousandths = (value * 1e3).round() as i64;
        if thousandths < 0 {
            self.bytes.push(b'-');
        }
        let thousandths = thousandths.unsigned_abs();
        self.digits(thousandths / 1_000, 1);
        self.bytes.push(b'.');
        self.digits(thousandths % 1_000, 3);
    }

    /// Three decimals each, with commas.
    pub fn list(&mut self, values: &[f64]) {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.bytes.push(b',');
            }
            self.fixed(*value);
        }
    }

    /// Seals the line begun, if lines are sealed, and ends it.
    pub fn end(&mut self, t: Nanos) {
        if self.sealed {
            let start = self.lines.last().map_or(0, |(_, end)| *end);
            let crc = crc32fast::hash(&self.bytes[start..]);
            self.bytes.push(b'*');
            push_hex(&mut self.bytes, crc);
        }
        self.bytes.extend_from_slice(b"\r\n");
        self.lines.push((t, self.bytes.len()));
    }

    /// Hands over all complete lines, oldest first.
    pub fn drain(&mut self, mut sink: impl FnMut(Nanos, &[u8])) {
        let mut start = 0;
        for (t, end) in self.lines.drain(..) {
            sink(t, &self.bytes[start..end]);
            start = end;
        }
        self.bytes.clear();
    }

    fn digits(&mut self, mut value: u64, least: usize) {
        let mut text = [b'0'; 20];
        let mut at = text.len();
        while value > 0 || text.len() - at < least {
            at -= 1;
            text[at] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.bytes.extend_from_slice(&text[at..]);
    }
}

fn push_hex(bytes: &mut Vec<u8>, value: u32) {
    for shift in (0..8).rev() {
        let digit = (value >> (4 * shift) & 0xF) as u8;
        bytes.push(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 });
    }
}
