//! Frames of a session: `N<seq>E<epoch> <body>*<crc>`.

use super::parse::number;

/// Why a frame is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Crc,
    Seq,
    Epoch,
    Syntax,
    Range,
    Interlock,
    Pose,
    Gap,
    Cage,
    Busy,
    Alarm,
    Hold,
}

impl Reason {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crc => "crc",
            Self::Seq => "seq",
            Self::Epoch => "epoch",
            Self::Syntax => "syntax",
            Self::Range => "range",
            Self::Interlock => "interlock",
            Self::Pose => "pose",
            Self::Gap => "gap",
            Self::Cage => "cage",
            Self::Busy => "busy",
            Self::Alarm => "alarm",
            Self::Hold => "hold",
        }
    }
}

/// A frame whose CRC is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub seq: u32,
    pub epoch: u32,
    pub body: &'a [u8],
    pub crc: u32,
}

/// What a frame asks for; lengths in mm, angles in degrees, speeds in mm/s, forces in N.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body {
    Move(Move),
    Strike(Strike),
    Touch(Touch),
    ReportEvery { ms: u32 },
    DeadMan { ms: u32 },
    Cage { depth: f64 },
    Reflex(Reflex),
    Resume,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// X Y Z A B.
    pub target: [Option<f64>; 5],
    /// mm/min; `None` = at the machine's limits.
    pub feed: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strike {
    pub dot: u32,
    /// X Y Z A B.
    pub pose: [f64; 5],
    pub height: f64,
    pub travel: f64,
    pub speed: f64,
    pub dwell_ms: u32,
    /// Where the needle is to meet the skin, by what the host knows of the needle.
    pub meets: Option<f64>,
    /// Where the stroke may be lengthened at the bottom.
    pub trim: Option<Trim>,
}

/// Looks for the skin with the needle, slowly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// X Y Z A B.
    pub pose: [f64; 5],
    pub travel: f64,
    pub speed: f64,
}

/// When the device draws back by itself, and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reflex {
    /// The surface closing in faster than this, mm/s.
    pub closing: f64,
    /// Needle force beyond this, N.
    pub force: f64,
    /// How far the tool is drawn back along the needle, mm.
    pub back: f64,
}

/// Words E and P of a strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trim {
    /// How far the tip shall stand beyond the surface as read at the bottom, mm.
    pub beyond: f64,
    /// Greatest extension for that, mm.
    pub reach: f64,
}

/// Checks the seal and reads the head.
pub fn open(line: &[u8]) -> Result<Frame<'_>, Reason> {
    let split = line.len().checked_sub(9).ok_or(Reason::Crc)?;
    let (text, seal) = line.split_at(split);
    let [b'*', seal @ ..] = seal else {
        return Err(Reason::Crc);
    };
    let crc = hex(seal, false).ok_or(Reason::Crc)?;
    if crc32fast::hash(text) != crc {
        return Err(Reason::Crc);
    }
    let rest = text.strip_prefix(b"N").ok_or(Reason::Syntax)?;
    let (seq, rest) = integer(rest).ok_or(Reason::Syntax)?;
    let seq = u32::try_from(seq).map_err(|_| Reason::Syntax)?;
    let rest = rest.strip_prefix(b"E").ok_or(Reason::Syntax)?;
    let (epoch, rest) = rest.split_at_checked(8).ok_or(Reason::Syntax)?;
    let epoch = hex(epoch, true).ok_or(Reason::Syntax)?;
    let body = rest.strip_prefix(b" ").ok_or(Reason::Syntax)?;
    Ok(Frame { seq, epoch, body, crc })
}

/// Reads a body. Whether its figures are allowed is decided later, except for their syntax.
pub fn body(text: &[u8]) -> Result<Body, Reason> {
    match text {
        b"U" => Ok(Body::Resume),
        [b'G', ..] => movement(text),
        [b'D', rest @ ..] => strike(rest),
        [b'P', rest @ ..] => touch(rest),
        [b'R', rest @ ..] => Ok(Body::ReportEvery { ms: alone(rest)? }),
        [b'K', rest @ ..] => Ok(Body::DeadMan { ms: alone(rest)? }),
        [b'Z', rest @ ..] => Ok(Body::Cage { depth: f64::from(alone(rest)?) * 1e-3 }),
        [b'L', rest @ ..] => {
            let (closing, rest) = unsigned(rest)?;
            let (force, rest) = unsigned(rest.strip_prefix(b",").ok_or(Reason::Syntax)?)?;
            let back = alone(rest.strip_prefix(b",").ok_or(Reason::Syntax)?)?;
            let milli = |value: u32| f64::from(value) * 1e-3;
            let (force, back) = (milli(force), milli(back));
            Ok(Body::Reflex(Reflex { closing: f64::from(closing), force, back }))
        }
        _ => Err(Reason::Syntax),
    }
}

/// Eight hex digits; those of a seal are capitals.
pub fn hex(text: &[u8], either_case: bool) -> Option<u32> {
    if text.len() != 8 {
        return None;
    }
    text.iter().try_fold(0_u32, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            b'a'..=b'f' if either_case => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u32::from(digit))
    })
}

fn movement(text: &[u8]) -> Result<Body, Reason> {
    let (rapid, mut rest) = match text {
        [b'G', b'5', b'3', b'G', b'0', rest @ ..] => (true, rest),
        [b'G', b'5', b'3', b'G', b'1', rest @ ..] => (false, rest),
        _ => return Err(Reason::Syntax),
    };
    let mut target = [None; 5];
    let mut feed = None;
    while let [letter, tail @ ..] = rest {
        let slot = match letter {
            b'X' => &mut target[0],
            b'Y' => &mut target[1],
            b'Z' => &mut target[2],
            b'A' => &mut target[3],
            b'B' => &mut target[4],
            b'F' => &mut feed,
            _ => return Err(Reason::Syntax),
        };
        let (value, tail) = number(tail).ok_or(Reason::Syntax)?;
        if slot.replace(value).is_some() {
            return Err(Reason::Syntax);
        }
        rest = tail;
    }
    let named = target.iter().any(Option::is_some);
    let fed = feed.is_some_and(|feed| feed > 0.0);
    if !named || rapid == feed.is_some() || rapid == fed {
        return Err(Reason::Syntax);
    }
    Ok(Body::Move(Move { target, feed }))
}

fn strike(text: &[u8]) -> Result<Body, Reason> {
    let mut rest = text;
    let (dot, tail) = unsigned(rest)?;
    rest = tail;
    let values;
    (values, rest) = words(rest, b"XYZABHTVW")?;
    let mut meets = None;
    if let Some(tail) = rest.strip_prefix(b" F") {
        let (value, tail) = unsigned(tail)?;
        (meets, rest) = (Some(f64::from(value) * 1e-3), tail);
    }
    let trim = if rest.is_empty() { None } else { Some(trim(rest)?) };
    let [x, y, z, a, b, height, travel, speed, dwell] = values;
    let milli = |value: i64| value as f64 * 1e-3;
    Ok(Body::Strike(Strike {
        dot,
        pose: [x, y, z, a, b].map(milli),
        height: milli(height),
        travel: milli(travel),
        speed: speed as f64,
        dwell_ms: u32::try_from(dwell).unwrap_or(u32::MAX),
        meets,
        trim,
    }))
}

/// ` E<µm> P<µm>` and nothing after it.
fn trim(text: &[u8]) -> Result<Trim, Reason> {
    let rest = text.strip_prefix(b" E").ok_or(Reason::Syntax)?;
    let (beyond, rest) = unsigned(rest)?;
    let reach = alone(rest.strip_prefix(b" P").ok_or(Reason::Syntax)?)?;
    Ok(Trim { beyond: f64::from(beyond) * 1e-3, reach: f64::from(reach) * 1e-3 })
}

fn touch(text: &[u8]) -> Result<Body, Reason> {
    let ([x, y, z, a, b, travel, speed], rest) = words(text, b"XYZABTV")?;
    if !rest.is_empty() {
        return Err(Reason::Syntax);
    }
    let milli = |value: i64| value as f64 * 1e-3;
    let pose = [x, y, z, a, b].map(milli);
    Ok(Body::Touch(Touch { pose, travel: milli(travel), speed: speed as f64 }))
}

/// ` <letter><integer>` for each letter, in this order.
fn words<'a, const N: usize>(
    mut text: &'a [u8],
    letters: &[u8; N],
) -> Result<([i64; N], &'a [u8]), Reason> {
    let mut values = [0; N];
    for (value, letter) in values.iter_mut().zip(letters) {
        let tail = text.strip_prefix(b" ").ok_or(Reason::Syntax)?;
        let tail = tail.strip_prefix(&[*letter]).ok_or(Reason::Syntax)?;
        (*value, text) = integer(tail).ok_or(Reason::Syntax)?;
    }
    Ok((values, text))
}

/// An unsigned integer and nothing after it.
fn alone(text: &[u8]) -> Result<u32, Reason> {
    match unsigned(text)? {
        (value, []) => Ok(value),
        _ => Err(Reason::Syntax),
    }
}

fn unsigned(text: &[u8]) -> Result<(u32, &[u8]), Reason> {
    let (value, rest) = integer(text).ok_or(Reason::Syntax)?;
    Ok((u32::try_from(value).map_err(|_| Reason::Syntax)?, rest))
}

/// A decimal integer of at most ten digits at the beginning of `text`.
fn integer(text: &[u8]) -> Option<(i64, &[u8])> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=10).contains(&count) {
        return None;
    }
    let (digits, rest) = digits.split_at(count);
    let value = digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some((if negative { -value } else { value }, rest))
}
