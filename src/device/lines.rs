//! Bytes to lines, with a bound, and lines to fields.

/// Longest line kept; longer ones are dropped whole.
const MAX_LINE: usize = 512;

/// Gathers received bytes into lines.
///
/// A line longer than any the protocol has is dropped to its end: half a line is never handed out.
#[derive(Debug)]
pub struct LineSplitter {
    begun: String,
    overlong: bool,
}

impl Default for LineSplitter {
    fn default() -> Self {
        Self { begun: String::with_capacity(MAX_LINE), overlong: false }
    }
}

impl LineSplitter {
    /// Takes bytes from the front of `bytes` up to the end of the next line that is not empty, copies that
    /// line to `line` and returns true; false when all bytes are taken and no line has ended. Bytes
    /// outside 7-bit ASCII are kept as `?`, so that a checksum over them fails.
    pub fn next_line(&mut self, bytes: &mut &[u8], line: &mut String) -> bool {
        while !bytes.is_empty() {
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.keep(std::mem::take(bytes));
                return false;
            };
            self.keep(&bytes[..end]);
            *bytes = &bytes[end + 1..];
            let whole = !self.overlong && !self.begun.is_empty();
            if whole {
                line.clear();
                line.push_str(&self.begun);
            }
            self.clear();
            if whole {
                return true;
            }
        }
        false
    }

    /// Forgets a line begun.
    pub fn clear(&mut self) {
        self.begun.clear();
        self.overlong = false;
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.begun.len() + bytes.len() > MAX_LINE {
            self.overlong = true;
        } else {
            let ascii = |&byte: &u8| if byte.is_ascii() { char::from(byte) } else { '?' };
            match std::str::from_utf8(bytes) {
                Ok(text) if text.is_ascii() => self.begun.push_str(text),
                _ => self.begun.extend(bytes.iter().map(ascii)),
            }
        }
    }
}

/// The parts of `text` between separators: of short fields, where looking at each byte is faster than the
/// search for a character.
pub(super) fn fields(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.bytes().position(|byte| byte == separator) else {
            rest = None;
            return Some(text);
        };
        rest = Some(&text[end + 1..]);
        Some(&text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut splitter, mut line, mut found) =
            (LineSplitter::default(), String::new(), Vec::new());
        for piece in pieces {
            let mut bytes = *piece;
            while splitter.next_line(&mut bytes, &mut line) {
                found.push(line.clone());
            }
        }
        found
    }

    #[test]
    fn an_overlong_line_is_dropped_to_its_end_and_the_next_one_read() {
        let long = [b'x'; 300];
        assert_eq!(lines(&[&long, &long, b"y\r\n\nok\n"]), ["ok"]);
    }

    #[test]
    fn a_byte_that_is_no_character_of_ours_cannot_vanish() {
        assert_eq!(lines(&[b"o\xC3\xA4k\n"]), ["o??k"]);
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_the_bytes_arrive(
            text in "[a-c\r\n]{0,60}",
            cut in 0usize..60,
        ) {
            let bytes = text.as_bytes();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let whole: Vec<&str> = text.split(['\r', '\n']).filter(|l| !l.is_empty()).collect();
            let ended = if text.ends_with(['\r', '\n']) || whole.is_empty() { whole.len() } else { whole.len() - 1 };
            prop_assert_eq!(lines(&[first, second]), &whole[..ended]);
        }

        #[test]
        fn fields_are_what_a_split_gives(text in "[a-c,]{0,30}") {
            prop_assert!(fields(&text, b',').eq(text.split(',')));
        }
    }
}
