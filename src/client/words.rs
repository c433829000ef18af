//! Bounded texts, hashes, and the contra-indications that are asked for.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// Why a word is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WordError {
    /// Nothing, or more than fits.
    #[error("{length} characters, must be 1 to {most}")]
    Length {
        /// As given.
        length: usize,
        /// Most.
        most: usize,
    },
    /// Line ends and other controls, or blanks around it.
    #[error("line ends, control characters and blanks around the text are not taken")]
    Control,
    /// An id is letters, digits, `.`, `_` and `-`, and begins with a letter or digit.
    #[error("an id has letters, digits, '.', '_' and '-', and begins with a letter or a digit")]
    Id,
    /// A hash is 64 lower-case hex digits.
    #[error("this is no SHA-256: 64 lower-case hex digits")]
    Sha256,
    /// Each contra-indication is answered with yes or no.
    #[error("no answer for {0}")]
    NoAnswer(Contraindication),
    /// No such contra-indication.
    #[error("there is no contra-indication of this name; known are {}", names())]
    NoContraindication,
}

fn names() -> String {
    Contraindication::ALL.map(Contraindication::name).join(", ")
}

/// A text that is stored as itself and checked when it is read.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = WordError;

            fn try_from(text: String) -> Result<Self, WordError> {
                let check: fn(&str) -> Result<(), WordError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl std::str::FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.0
            }
        }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

word!(
    /// A client's id: no name, nothing that says who it is.
    ClientId,
    |text| {
        bounded(text, 40)?;
        let first = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let known = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if first && text.chars().all(known) { Ok(()) } else { Err(WordError::Id) }
    }
);
word!(
    /// A brand, a shade, a lot, an operator: up to 80 characters.
    Label,
    |text| bounded(text, 80)
);
word!(
    /// A reason, or free text where that is allowed: up to 500 characters.
    Note,
    |text| bounded(text, 500)
);
word!(
    /// A SHA-256, hex.
    Sha256Hex,
    |text| {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digit) { Ok(()) } else { Err(WordError::Sha256) }
    }
);

impl Sha256Hex {
    /// Its bytes.
    pub fn bytes(&self) -> [u8; 32] {
        let digit = |at: usize| u8::from_str_radix(&self.0[2 * at..2 * at + 2], 16).unwrap_or(0);
        std::array::from_fn(digit)
    }

    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self(crate::record::hex(&sha2::Sha256::digest(bytes)))
    }
}

/// What others have written, as it fits: without controls, and cut.
macro_rules! lossy {
    ($name:ident, $most:expr) => {
        impl $name {
            /// Of any text: controls become blanks, what is too long is cut, nothing becomes `-`.
            pub fn lossy(text: &str) -> Self {
                let printed: String =
                    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let cut: String = printed.trim().chars().take($most).collect();
                let cut = cut.trim_end();
                Self(if cut.is_empty() { "-".to_owned() } else { cut.to_owned() })
            }
        }
    };
}

lossy!(Label, 80);
lossy!(Note, 500);

fn bounded(text: &str, most: usize) -> Result<(), WordError> {
    let length = text.chars().count();
    if length == 0 || length > most {
        return Err(WordError::Length { length, most });
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        return Err(WordError::Control);
    }
    Ok(())
}

/// What a client is asked before each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contraindication {
    /// An infection or open wound of the scalp.
    ActiveInfection,
    /// Alcohol in the last two days.
    Alcohol,
    /// Blood thinners in the last two days.
    BloodThinners,
    /// Isotretinoin, now or in the last months.
    Isotretinoin,
    /// A tendency to keloids.
    KeloidTendency,
    /// Pregnancy.
    Pregnancy,
    /// Psoriasis of the scalp.
    Psoriasis,
    /// A hair transplant in the last year.
    RecentTransplant,
    /// Seborrhoeic dermatitis.
    SeborrhoeicDermatitis,
}

impl Contraindication {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ActiveInfection,
        Self::Alcohol,
        Self::BloodThinners,
        Self::Isotretinoin,
        Self::KeloidTendency,
        Self::Pregnancy,
        Self::Psoriasis,
        Self::RecentTransplant,
        Self::SeborrhoeicDermatitis,
    ];

    /// As in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActiveInfection => "active_infection",
            Self::Alcohol => "alcohol",
            Self::BloodThinners => "blood_thinners",
            Self::Isotretinoin => "isotretinoin",
            Self::KeloidTendency => "keloid_tendency",
            Self::Pregnancy => "pregnancy",
            Self::Psoriasis => "psoriasis",
            Self::RecentTransplant => "recent_transplant",
            Self::SeborrhoeicDermatitis => "seborrhoeic_dermatitis",
        }
    }

    /// Whether a person may weigh it. What passes by waiting, and what nobody weighs at a machine, is never answered.
    pub const fn answerable(self) -> bool {
        match self {
            Self::ActiveInfection
            | Self::Alcohol
            | Self::Isotretinoin
            | Self::Pregnancy
            | Self::RecentTransplant => false,
            Self::BloodThinners
            | Self::KeloidTendency
            | Self::Psoriasis
            | Self::SeborrhoeicDermatitis => true,
        }
    }
}

impl fmt::Display for Contraindication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Contraindication {
    type Err = WordError;

    fn from_str(name: &str) -> Result<Self, WordError> {
        Self::ALL.into_iter().find(|c| c.name() == name).ok_or(WordError::NoContraindication)
    }
}

/// Yes or no to every contra-indication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Contraindication, bool>")]
pub struct HealthAnswers(BTreeMap<Contraindication, bool>);

impl HealthAnswers {
    /// Those answered with yes.
    pub fn yes(&self) -> impl Iterator<Item = Contraindication> + '_ {
        self.0.iter().filter(|(_, yes)| **yes).map(|(contraindication, _)| *contraindication)
    }
}

impl TryFrom<BTreeMap<Contraindication, bool>> for HealthAnswers {
    type Error = WordError;

    fn try_from(answers: BTreeMap<Contraindication, bool>) -> Result<Self, WordError> {
        match Contraindication::ALL.into_iter().find(|c| !answers.contains_key(c)) {
            Some(missing) => Err(WordError::NoAnswer(missing)),
            None => Ok(Self(answers)),
        }
    }
}
