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
            let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) else {
                self.keep(std::mem::take(bytes));
                return false;
            };
            self.keep(&bytes[..end]);
            *bytes = &bytes[end + 1..];
            let whole = !self.overlong && !self.begun.is_empty();
            if whole {
                std::mem::swap(line, &mut self.begun);
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

/// A decimal number as devices write it: sign, digits, point, digits. The same value as the standard library's
/// parser gives, which is slower: where digits and decimals are few, one division of exact numbers rounds once
/// (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990). Anything else goes to that parser.
pub(super) fn decimal(text: &str) -> Option<f64> {
    const DIGITS_MAX: u32 = 15;
    const TENS: [f64; 9] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    let (mut mantissa, mut count, mut decimals) = (0u64, 0u32, None::<usize>);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                count += 1;
                decimals = decimals.map(|d| d + 1);
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => count = u32::MAX - DIGITS_MAX,
        }
        if count > DIGITS_MAX {
            break;
        }
    }
    let tens = TENS.get(decimals.unwrap_or(0)).filter(|_| (1..=DIGITS_MAX).contains(&count));
    let Some(tens) = tens else {
        return text.parse().ok().filter(|value: &f64| value.is_finite());
    };
    let value = mantissa as f64 / tens;
    Some(if negative { -value } else { value })
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
        fn a_decimal_is_what_the_standard_parser_reads(text in "-?[0-9]{0,9}[.]?[0-9]{0,9}|[-+0-9.eEinfa]{0,8}") {
            let standard = text.parse::<f64>().ok().filter(|value| value.is_finite());
            prop_assert_eq!(decimal(&text).map(f64::to_bits), standard.map(f64::to_bits));
        }

        #[test]
        fn fields_are_what_a_split_gives(text in "[a-c,]{0,30}") {
            prop_assert!(fields(&text, b',').eq(text.split(',')));
        }
    }
}
