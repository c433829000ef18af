//! What the device says, as values.

use super::capability::Capabilities;
use super::report::{Phase, ProbeReport, Report, StrokeReport, TouchReport};
use serde::{Deserialize, Serialize};

/// One line from the device.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lives for one call, and a box would allocate with each of 200 reports a second"
)]
pub enum Reply<'a> {
    /// The firmware greets: it was reset.
    Banner {
        /// Whether it is a grblHAL.
        hal: bool,
    },
    /// A plain line was taken.
    Ok,
    /// A frame was taken, or is known already.
    FrameOk {
        /// Its number.
        seq: u32,
    },
    /// A frame was not executed.
    Nak {
        /// Its number (the expected one, if the frame could not be read).
        seq: u32,
        /// Why.
        reason: NakReason,
    },
    /// A plain line was refused.
    Error(u32),
    /// The device latched an alarm.
    Alarm(u32),
    /// A status report.
    Report(Report),
    /// A status report that names work positions: it is of no use to us.
    WorkPosition,
    /// A strike ended.
    Stroke(StrokeReport),
    /// A touch ended.
    Touch(TouchReport),
    /// A plain device's probing move ended.
    Probe(ProbeReport),
    /// The extension is there.
    Extension {
        /// Protocol version.
        version: u32,
        /// Its promises.
        capabilities: Capabilities,
    },
    /// Who the machine is, and its boot id.
    Identity {
        /// Machine id.
        machine: &'a str,
        /// Changes at every reset of the processor.
        boot: u32,
    },
    /// A session was opened.
    Session(Session),
    /// `[FIRMWARE:grblHAL]`.
    Firmware(&'a str),
    /// `[OPT:…]`: number of axes, where the firmware says it.
    Options {
        /// Receive buffer, bytes.
        rx: u32,
    },
    /// Something we do not act on.
    Other(&'a str),
}

/// The device's memory when a session is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Echo of the epoch.
    pub epoch: u32,
    /// Boot id.
    pub boot: u32,
    /// Strikes so far.
    pub count: u32,
    /// The last dot struck.
    pub dot: u32,
    /// Whether that strike was seen to end.
    pub phase: Phase,
    /// Epoch of the session that has made the head tracker's zero.
    pub zero: u32,
}

/// Why a frame was not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NakReason {
    /// Corrupted.
    Crc,
    /// Out of sequence.
    Seq,
    /// Of another session.
    Epoch,
    /// Not understood.
    Syntax,
    /// Outside its range.
    Range,
    /// The needle is out.
    Interlock,
    /// Not at the pose the strike was meant for.
    Pose,
    /// The surface is not where the host believes.
    Gap,
    /// Deeper than the cage.
    Cage,
    /// The queue is full.
    Busy,
    /// Latched.
    Alarm,
    /// On hold.
    Hold,
    /// A word this host does not know.
    Unknown,
}

/// Reads one line (opened, if it was sealed).
pub fn parse(line: &str) -> Reply<'_> {
    if line == "ok" {
        return Reply::Ok;
    }
    parse_known(line).unwrap_or(Reply::Other(line))
}

fn parse_known(line: &str) -> Option<Reply<'_>> {
    if let Some(report) = line.strip_prefix('<') {
        if report.contains("|WPos:") {
            return Some(Reply::WorkPosition);
        }
        return Report::parse(report.strip_suffix('>')?).map(Reply::Report);
    }
    if let Some(rest) = line.strip_prefix("ok N") {
        let seq = rest.split(' ').next()?.parse().ok()?;
        return Some(Reply::FrameOk { seq });
    }
    if let Some(rest) = line.strip_prefix("nak N") {
        let (seq, reason) = rest.split_once(' ')?;
        return Some(Reply::Nak { seq: seq.parse().ok()?, reason: nak_reason(reason) });
    }
    if let Some(code) = line.strip_prefix("error:") {
        return Some(Reply::Error(code.parse().ok()?));
    }
    if let Some(code) = line.strip_prefix("ALARM:") {
        return Some(Reply::Alarm(code.parse().ok()?));
    }
    if line.starts_with("Grbl ") || line.starts_with("GrblHAL ") {
        return Some(Reply::Banner { hal: line.starts_with("GrblHAL") });
    }
    parse_bracket(line.strip_prefix('[')?.strip_suffix(']')?)
}

fn parse_bracket(inner: &str) -> Option<Reply<'_>> {
    let (key, value) = inner.split_once(':')?;
    match key {
        "D" => StrokeReport::parse(value).map(Reply::Stroke),
        "T" => TouchReport::parse(value).map(Reply::Touch),
        "PRB" => ProbeReport::parse(value).map(Reply::Probe),
        "SMP" => {
            let (version, list) = value.split_once(',').unwrap_or((value, ""));
            let version = version.parse().ok()?;
            Some(Reply::Extension { version, capabilities: Capabilities::parse(list) })
        }
        "SMPID" => {
            let (machine, boot) = value.split_once(',')?;
            Some(Reply::Identity { machine, boot: hex(boot)? })
        }
        "SMPS" => session(value).map(Reply::Session),
        "FIRMWARE" => Some(Reply::Firmware(value)),
        "OPT" => Some(Reply::Options { rx: value.split(',').nth(2)?.parse().ok()? }),
        _ => None,
    }
}

fn session(value: &str) -> Option<Session> {
    let mut parts = value.split(',');
    let epoch = hex(parts.next()?)?;
    Some(Session {
        epoch,
        boot: hex(parts.next()?)?,
        count: parts.next()?.parse().ok()?,
        dot: parts.next()?.parse().ok()?,
        phase: Phase::parse(parts.next()?)?,
        zero: parts.next().map_or(Some(epoch), hex)?,
    })
}

fn hex(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 16).ok()
}

fn nak_reason(word: &str) -> NakReason {
    match word {
        "crc" => NakReason::Crc,
        "seq" => NakReason::Seq,
        "epoch" => NakReason::Epoch,
        "syntax" => NakReason::Syntax,
        "range" => NakReason::Range,
        "interlock" => NakReason::Interlock,
        "pose" => NakReason::Pose,
        "gap" => NakReason::Gap,
        "cage" => NakReason::Cage,
        "busy" => NakReason::Busy,
        "alarm" => NakReason::Alarm,
        "hold" => NakReason::Hold,
        _ => NakReason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Joints;
    use proptest::prelude::*;

    #[test]
    fn replies_of_both_kinds_are_told_apart() {
        assert_eq!(parse("ok"), Reply::Ok);
        assert_eq!(parse("ok N12 dup"), Reply::FrameOk { seq: 12 });
        assert_eq!(parse("nak N3 gap"), Reply::Nak { seq: 3, reason: NakReason::Gap });
        assert_eq!(parse("GrblHAL 1.1f ['$' or '$HELP' for help]"), Reply::Banner { hal: true });
        assert_eq!(parse("[OPT:VNML+,100,1024,5,0]"), Reply::Options { rx: 1024 });
        let probed = ProbeReport { joints: Joints([1.0, 2.0, -3.5, 0.0, 0.0, 4.25]), hit: true };
        assert_eq!(parse("[PRB:1.000,2.000,-3.500,0.000,0.000,4.250:1]"), Reply::Probe(probed));
        assert_eq!(parse("[PRB:1.000,2.000,-3.500]"), Reply::Other("[PRB:1.000,2.000,-3.500]"));
        assert_eq!(parse("[MSG:Stop]"), Reply::Other("[MSG:Stop]"));
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line in ".{0,200}") {
            let _ = parse(&line);
        }

        #[test]
        fn no_damaged_report_makes_the_parser_panic(at in 0usize..90, to in any::<char>()) {
            let mut line: Vec<char> = "<Strike|MPos:1.000,2.000,3.000,4.000,5.000,6.000|TS:99|SQ:4\
                |SN:1,2,0|SH:2.013|SF:0.1|SC:1|SP:0.1,0,0,0,0,0,14000|D:2,0,1,2,3,1,4,5,6,7>".chars().collect();
            let at = at % line.len();
            line[at] = to;
            let _ = parse(&line.into_iter().collect::<String>());
        }
    }
}
