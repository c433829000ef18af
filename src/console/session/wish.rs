//! What an operator wants of each step. Names come from pages and go into command lines and paths: their types let nothing
//! through that would mean something else there.

use super::Step;
use serde::{Deserialize, Serialize};

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wish {
    /// Whom it is for.
    Client(Client),
    /// The scan.
    Scalp(Scalp),
    /// The look, and where it lies.
    Design(Design),
    /// A plan.
    Plan(Plan),
    /// A device.
    Machine(Machine),
    /// How the head lies.
    Registration(Registration),
    /// Something was looked after before the run, or not.
    Confirm {
        /// What.
        item: String,
        /// It was.
        yes: bool,
    },
    /// Another session.
    Anew,
    /// Another session: one that goes on with a run that has not finished.
    GoOn(GoOn),
}

impl Wish {
    /// The step that it is about.
    pub fn step(&self) -> Option<Step> {
        Some(match self {
            Self::Client(_) => Step::Client,
            Self::Scalp(_) => Step::Scalp,
            Self::Design(_) => Step::Design,
            Self::Plan(_) => Step::Plan,
            Self::Machine(_) => Step::Machine,
            Self::Registration(_) => Step::Registration,
            Self::Confirm { .. } | Self::Anew | Self::GoOn(_) => return None,
        })
    }
}

/// Whom it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Client {
    /// A phantom: nobody is under the needle.
    Phantom,
    /// A client, by their record below `clients/`.
    Record {
        /// The record's folder.
        name: Name,
        /// Who is at the machine.
        operator: Name,
        /// The pigment, by its name in the record.
        pigment: Name,
        /// The cartridge, by its name in the record.
        cartridge: Name,
        /// Why it is done although this speaks against it: refusal, reason.
        answers: Vec<(Name, Text)>,
    },
}

/// A scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scalp {
    /// Its name.
    pub name: Name,
    /// It stands below `scalps/`; else it is bundled.
    pub own: bool,
}

impl Scalp {
    /// As a command takes it.
    pub fn path(&self) -> String {
        if self.own { format!("scalps/{}", self.name.0) } else { self.name.0.clone() }
    }
}

/// A look, and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Its name.
    pub name: Name,
    /// It stands below `designs/`; else it is bundled.
    pub own: bool,
    /// What of it lies elsewhere than its file says.
    pub placed: Vec<Placed>,
}

impl Design {
    /// Where its file is, below the folder that it stands in.
    pub fn file(&self) -> String {
        format!("{0}/{0}.toml", self.name.0)
    }
}

/// A part of a design, laid elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// Which: name of a zone or keep-out, or `pattern`.
    pub part: Name,
    /// Where, in scalp coordinates.
    pub at: [f64; 2],
    /// How it is turned, degrees.
    pub rotation_deg: f64,
}

/// How to plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The machine, by the name of its profile.
    pub machine: Name,
    /// The session of the look's course, from 1, if it has one.
    pub session: Option<u32>,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Where it is: a serial port, or `tcp:HOST:PORT`.
    pub port: Port,
    /// It may be in a session of a run that was killed: that is ended, and its needle comes to rest.
    #[serde(default)]
    pub end_session: bool,
}

/// A run to go on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoOn {
    /// Its folder.
    pub run: RunPath,
    /// Who is at the machine: of a client's run.
    pub operator: Option<Name>,
    /// Its scan: where the head is touched anew.
    pub scalp: Option<Scalp>,
}

/// How the head lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Registration {
    /// As the machine's profile says: a phantom that is fixed there.
    Fixed,
    /// Of a run that goes on: as it lay, followed by the head tracker since.
    Kept,
    /// By what was touched: the text of a file of touches.
    Touches {
        /// See `docs/formats.md`.
        text: Text,
    },
    /// The machine touches the head itself, from landmarks that a hand has touched.
    Survey {
        /// The text of a file of touches with landmarks alone.
        landmarks: Text,
    },
}

/// A name: one component of a path, and no option.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(pub String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let fits = (1..=120).contains(&name.len());
        let plain = name.chars().all(|c| !c.is_control() && c != '/' && c != '\\');
        if fits && plain && !name.starts_with(['-', '.', ' ']) {
            Ok(Self(name))
        } else {
            Err("no name")
        }
    }
}

/// Folder of a run: `runs/NAME`, or `clients/NAME/sessions/NUMBER`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RunPath(pub String);

impl RunPath {
    /// Whose run it is; `None`: nobody's.
    pub fn client(&self) -> Option<&str> {
        self.0.strip_prefix("clients/")?.split('/').next()
    }
}

impl TryFrom<String> for RunPath {
    type Error = &'static str;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        let parts: Vec<&str> = path.split('/').collect();
        let names = match parts[..] {
            ["runs", name] => vec![name],
            ["clients", name, "sessions", number] => vec![name, number],
            _ => return Err("no run"),
        };
        for name in names {
            Name::try_from(name.to_owned())?;
        }
        Ok(Self(path))
    }
}

/// Where a device is: a path or an address, and no option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Port(pub String);

impl TryFrom<String> for Port {
    type Error = &'static str;

    fn try_from(port: String) -> Result<Self, Self::Error> {
        let fits = (1..=400).contains(&port.len()) && !port.chars().any(char::is_control);
        // `sim` would run in virtual time, with nobody looking.
        if fits && !port.starts_with('-') && port != "sim" {
            Ok(Self(port))
        } else {
            Err("no port")
        }
    }
}

/// Text that goes into a file or behind an equals sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(pub String);

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() <= 12 << 10 { Ok(Self(text)) } else { Err("too long") }
    }
}
