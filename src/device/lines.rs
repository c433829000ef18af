//! Bytes to lines, with a bound.

/// Longest line kept; longer ones are dropped whole.
const MAX_LINE: usize = 512;

/// Gathers received bytes into lines.
///
/// A line longer than any the protocol has is dropped to its end: half a line is never handed out.
#[derive(Debug)]
pub struct LineSplitter {
    buffer: Vec<u8>,
    overlong: bool,
}

impl Default for LineSplitter {
    fn default() -> Self {
        Self { buffer: Vec::with_capacity(MAX_LINE), overlong: false }
    }
}

impl LineSplitter {
    /// Takes one byte; when it ends a line that is not empty, copies the line to `line` and returns
    /// true. Bytes outside 7-bit ASCII are kept as `?`, so that a checksum over them fails.
    pub fn push(&mut self, byte: u8, line: &mut String) -> bool {
        match byte {
            b'\n' | b'\r' => {
                let whole = !self.overlong && !self.buffer.is_empty();
                if whole {
                    line.clear();
                    line.extend(self.buffer.iter().map(|&b| char::from(b)));
                }
                self.clear();
                whole
            }
            _ if self.buffer.len() == MAX_LINE => {
                self.overlong = true;
                false
            }
            _ => {
                self.buffer.push(if byte.is_ascii() { byte } else { b'?' });
                false
            }
        }
    }

    /// Forgets a line begun.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.overlong = false;
    }
}
