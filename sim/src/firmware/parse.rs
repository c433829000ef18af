//! A line of G-code as words, with the errors that grammar alone finds.

/// Error numbers of Grbl, and those that grblHAL adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Error {
    ExpectedLetter = 1,
    BadNumber = 2,
    BadStatement = 3,
    Negative = 4,
    HomingDisabled = 5,
    NotIdle = 8,
    Locked = 9,
    SoftLimitNeedsHoming = 10,
    Overflow = 11,
    DoorOpen = 13,
    JogTravel = 15,
    BadJog = 16,
    Unsupported = 20,
    ModalGroup = 21,
    NoFeed = 22,
    NotInteger = 23,
    TwoAxisCommands = 24,
    RepeatedWord = 25,
    NoAxisWords = 26,
    LineNumber = 27,
    MissingValue = 28,
    CoordinateSystem = 29,
    MachineMode = 30,
    StrayAxis = 31,
    InvalidTarget = 33,
    NoOffsets = 35,
    UnusedWords = 36,
    ToolOffsetAxis = 37,
    SettingDisabled = 53,
    EStop = 79,
}

impl Error {
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// A command word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Times ten, so that G38.2 is 382.
    G(u16),
    M(u16),
}

/// The words of a line but for G and M, every letter at most once.
#[derive(Clone, Debug, Default)]
pub struct Words {
    values: [Option<f64>; 26],
}

impl Words {
    pub fn get(&self, letter: u8) -> Option<f64> {
        self.values[usize::from(letter - b'A')]
    }

    pub fn take(&mut self, letter: u8) -> Option<f64> {
        self.values[usize::from(letter - b'A')].take()
    }

    /// Whether any letter is still there.
    pub fn any_left(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }
}

/// Splits a line, already without blanks and comments and in capitals, into words.
///
/// `letters` are those that the dialect knows apart from G and M. Those two go to `codes` one by
/// one, because the first error from the left is the one that is answered.
pub fn words(
    line: &[u8],
    letters: &[u8],
    mut codes: impl FnMut(Code) -> Result<(), Error>,
) -> Result<Words, Error> {
    let mut words = Words::default();
    let mut rest = line;
    while let [letter, tail @ ..] = rest {
        if !letter.is_ascii_uppercase() {
            return Err(Error::ExpectedLetter);
        }
        let (value, tail) = number(tail).ok_or(Error::BadNumber)?;
        rest = tail;
        match letter {
            b'G' => codes(Code::G(code(value)?))?,
            b'M' => {
                let code = code(value)?;
                if !code.is_multiple_of(10) {
                    return Err(Error::NotInteger);
                }
                codes(Code::M(code / 10))?;
            }
            _ => word(&mut words, *letter, value, letters)?,
        }
    }
    Ok(words)
}

/// A signed decimal number at the beginning of `text`, and what follows it.
pub fn number(text: &[u8]) -> Option<(f64, &[u8])> {
    const DIGITS_MAX: usize = 18;
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mut mantissa, mut scale, mut count, mut point) = (0_u64, 1.0_f64, 0_usize, false);
    let mut length = 0;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                count += 1;
                // What no double can hold any more is cut off behind the point.
                if mantissa < 10_u64.pow(DIGITS_MAX as u32 - 1) {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    scale *= if point { 10.0 } else { 1.0 };
                } else if !point {
                    return None;
                }
            }
            b'.' if !point => point = true,
            _ => break,
        }
        length += 1;
    }
    if count == 0 {
        return None;
    }
    let value = mantissa as f64 / scale;
    Some((if negative { -value } else { value }, &digits[length..]))
}

fn code(value: f64) -> Result<u16, Error> {
    let tenths = (value * 10.0).round();
    if (tenths - value * 10.0).abs() > 1e-6 {
        return Err(Error::NotInteger);
    }
    if !(0.0..=2_550.0).contains(&tenths) {
        return Err(Error::Unsupported);
    }
    Ok(tenths as u16)
}

fn word(words: &mut Words, letter: u8, value: f64, letters: &[u8]) -> Result<(), Error> {
    if !letters.contains(&letter) {
        return Err(Error::Unsupported);
    }
    let slot = &mut words.values[usize::from(letter - b'A')];
    if slot.is_some() {
        return Err(Error::RepeatedWord);
    }
    if value < 0.0 && matches!(letter, b'F' | b'N' | b'P' | b'S' | b'T') {
        return Err(Error::Negative);
    }
    if letter == b'N' && value > 10_000_000.0 {
        return Err(Error::LineNumber);
    }
    *slot = Some(value);
    Ok(())
}
