//! Sealing and opening of framed lines: sequence number, epoch, CRC-32.

use std::io::Write;
use thiserror::Error;

/// Longest frame, newline included.
pub const MAX_FRAME: usize = 128;

/// `N<seq>E<epoch> <body>*<crc>\n`, appended to `out`.
pub fn seal(seq: u32, epoch: u32, body: &str, out: &mut Vec<u8>) {
    let start = out.len();
    // Writing to a Vec cannot fail.
    let _ = write!(out, "N{seq}E{epoch:08X} {body}");
    let crc = crc32fast::hash(&out[start..]);
    let _ = writeln!(out, "*{crc:08X}");
}

/// Why a received line is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadFrame {
    /// No `*` with eight hex digits at the end.
    #[error("the line carries no checksum")]
    NoChecksum,
    /// The checksum does not fit the text.
    #[error("checksum {found:08X} does not fit the text, which gives {computed:08X}")]
    Mismatch {
        /// As received.
        found: u32,
        /// As computed.
        computed: u32,
    },
}

/// The text of a sealed line (without line end).
pub fn open(line: &str) -> Result<&str, BadFrame> {
    let (text, crc) = line.rsplit_once('*').ok_or(BadFrame::NoChecksum)?;
    if crc.len() != 8 {
        return Err(BadFrame::NoChecksum);
    }
    let found = u32::from_str_radix(crc, 16).map_err(|_| BadFrame::NoChecksum)?;
    let computed = crc32fast::hash(text.as_bytes());
    if found == computed { Ok(text) } else { Err(BadFrame::Mismatch { found, computed }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealed() -> Vec<u8> {
        let mut out = Vec::new();
        seal(17, 0xABCD_0123, "D7 X1000 Y-20 Z300 A0 B0 H2000 T3800 V300 W10", &mut out);
        out
    }

    #[test]
    fn a_frame_opens_to_what_was_sealed() {
        let bytes = sealed();
        let line = std::str::from_utf8(&bytes).unwrap().trim_end();
        assert!(open(line).unwrap().starts_with("N17EABCD0123 D7 "));
        assert!(bytes.len() <= MAX_FRAME);
    }

    proptest! {
        #[test]
        fn no_single_changed_byte_opens(at in 0usize..60, to in 0x20u8..0x7f) {
            let mut bytes = sealed();
            bytes.pop();
            prop_assume!(at < bytes.len() && bytes[at] != to);
            bytes[at] = to;
            let line = String::from_utf8(bytes).unwrap();
            prop_assert!(open(&line).is_err());
        }
    }
}
