//! Bytes that act at once, wherever in a line they stand.

use super::dialect::Dialect;

/// What the receive interrupt makes of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Part of a line.
    Data(u8),
    /// Acts at once and is no part of any line.
    Command(RealTime),
    /// Taken out without effect.
    Dropped,
}

/// A real-time command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealTime {
    Reset,
    /// grblHAL: stop on the path, drop the queue, no alarm.
    Stop,
    Status,
    FullStatus,
    ParserState,
    Hold,
    Resume,
    Door,
    /// Extension: stop and retract.
    Retract,
    JogCancel,
    Override(Override),
    /// Extension: nothing but a sign of life.
    Heartbeat,
}

/// A change of an override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// To 100 %.
    FeedReset,
    /// By so many percent.
    Feed(i16),
    /// To so many percent.
    Rapid(i16),
    /// To 100 %.
    SpindleReset,
    /// By so many percent.
    Spindle(i16),
    FloodToggle,
    MistToggle,
}

/// Sorts one byte. Every byte of 0x80 and more is a command or nothing.
pub fn classify(dialect: Dialect, byte: u8) -> Received {
    use Received::{Command, Data, Dropped};
    let hal = dialect.is_hal();
    match byte {
        b'?' => Command(RealTime::Status),
        b'!' => Command(RealTime::Hold),
        b'~' => Command(RealTime::Resume),
        0x18 => Command(RealTime::Reset),
        0x84 if dialect == Dialect::GrblHalSmp => Command(RealTime::Retract),
        0x84 => Command(RealTime::Door),
        0x85 => Command(RealTime::JogCancel),
        0x90..=0x9E | 0xA0 | 0xA1 => overriding(byte).map_or(Dropped, |o| Command(o.into())),
        0x00 => Dropped,
        _ if dialect == Dialect::Grbl => {
            if byte < 0x80 {
                Data(byte)
            } else {
                Dropped
            }
        }
        0x05 | 0x80 if hal => Command(RealTime::Status),
        0x19 if hal => Command(RealTime::Stop),
        0x81 if hal => Command(RealTime::Resume),
        0x82 if hal => Command(RealTime::Hold),
        0x83 if hal => Command(RealTime::ParserState),
        0x87 if hal => Command(RealTime::FullStatus),
        0x8D if dialect == Dialect::GrblHalSmp => Command(RealTime::Heartbeat),
        0x7F..=0xFF => Dropped,
        _ => Data(byte),
    }
}

impl From<Override> for RealTime {
    fn from(value: Override) -> Self {
        Self::Override(value)
    }
}

fn overriding(byte: u8) -> Option<Override> {
    Some(match byte {
        0x90 => Override::FeedReset,
        0x91 => Override::Feed(10),
        0x92 => Override::Feed(-10),
        0x93 => Override::Feed(1),
        0x94 => Override::Feed(-1),
        0x95 => Override::Rapid(100),
        0x96 => Override::Rapid(50),
        0x97 => Override::Rapid(25),
        0x99 => Override::SpindleReset,
        0x9A => Override::Spindle(10),
        0x9B => Override::Spindle(-10),
        0x9C => Override::Spindle(1),
        0x9D => Override::Spindle(-1),
        0xA0 => Override::FloodToggle,
        0xA1 => Override::MistToggle,
        _ => return None,
    })
}
