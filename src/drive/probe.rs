//! Asking a device what it is. No frame, no motion: plain queries only. A device that is in a session answers none of them;
//! a reset ends the session, and brings the needle to rest: only where somebody says that no other host leads it.

use super::port::{self, Opened, Port, PortError, PortName};
use crate::device::{
    Capabilities, Capability, Dialect, LineSplitter, MachineState, RESET, Reply, STATUS, open,
    parse,
};
use serde::Serialize;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long the device may take for all of it.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a device said.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    /// Its language.
    pub dialect: Dialect,
    /// Its identity, as far as it says.
    pub firmware: String,
    /// Its state.
    pub state: MachineState,
    /// Every promise we know of, and whether it is given.
    pub capabilities: Vec<(Capability, bool)>,
    /// Whether the port's driver hands on at once what it has received; `None` over TCP.
    pub low_latency: Option<bool>,
    /// Whether a run goes before other programs of this machine: [`super::first`].
    pub goes_first: bool,
    /// Whether a treatment could run on it.
    pub treatment: bool,
}

/// Why a device could not be probed.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The port could not be opened.
    #[error("{0}")]
    Port(#[from] PortError),
    /// The system said no.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// Nothing that we understand came back.
    #[error("no answer that any known firmware gives")]
    NoAnswer,
    /// It speaks as in a session.
    #[error("the device is in a session that a host leads, or has left")]
    InSession,
}

/// Asks `?` and `$I`; before that it ends a session that the device may be in, if it is to.
pub fn probe(name: &PortName, baud: u32, ends_session: bool) -> Result<Probed, ProbeError> {
    let reactor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    reactor.block_on(async {
        let Opened { mut port, low_latency, .. } = port::open(name, baud).await?;
        let mut heard = Heard::default();
        if ends_session {
            port.write_all(&[RESET]).await?;
            listen(port.as_mut(), &mut heard, |heard| heard.greeted).await;
        }
        port.write_all(&[STATUS]).await?;
        port.write_all(b"$I\n").await?;
        listen(port.as_mut(), &mut heard, Heard::complete).await;
        let in_session = heard.in_session;
        let silent = if in_session { ProbeError::InSession } else { ProbeError::NoAnswer };
        heard.probed(low_latency).ok_or(silent)
    })
}

/// Hears until enough was said, or for as long as the device may take.
async fn listen(port: &mut dyn Port, heard: &mut Heard, enough: impl Fn(&Heard) -> bool) {
    let listen = async {
        let mut buffer = [0u8; 512];
        while !enough(heard) {
            match port.read(&mut buffer).await {
                Ok(count @ 1..) => heard.bytes(&buffer[..count]),
                Ok(0) | Err(_) => break,
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, listen).await;
}

#[derive(Default)]
struct Heard {
    splitter: LineSplitter,
    line: String,
    state: Option<MachineState>,
    extension: Option<Capabilities>,
    hal: bool,
    firmware: String,
    ok: bool,
    greeted: bool,
    /// The last line was sealed, as they are in a session and nowhere else.
    in_session: bool,
}

impl Heard {
    fn bytes(&mut self, mut bytes: &[u8]) {
        while self.splitter.next_line(&mut bytes, &mut self.line) {
            self.in_session = open(&self.line).is_ok();
            match parse(&self.line) {
                Reply::Banner { .. } => self.greeted = true,
                Reply::Report(report) => self.state = Some(report.state),
                Reply::Extension { capabilities, .. } => self.extension = Some(capabilities),
                Reply::Firmware(name) => self.hal = name == "grblHAL",
                Reply::Ok => self.ok = true,
                Reply::Other(text) if text.starts_with("[VER:") => self.firmware = text.to_owned(),
                _ => {}
            }
        }
    }

    fn complete(&self) -> bool {
        self.ok && self.state.is_some()
    }

    fn probed(&self, low_latency: Option<bool>) -> Option<Probed> {
        let dialect = match (self.extension, self.hal) {
            (Some(_), _) => Dialect::GrblHalSmp,
            (None, true) => Dialect::GrblHal,
            (None, false) => Dialect::Grbl,
        };
        let given = self.extension.unwrap_or_default();
        self.ok.then(|| Probed {
            dialect,
            firmware: self.firmware.clone(),
            state: self.state.unwrap_or(MachineState::Other),
            capabilities: Capability::ALL.map(|c| (c, given.has(c))).to_vec(),
            low_latency,
            goes_first: super::first::is_allowed(),
            treatment: self.extension.is_some_and(|c| c.missing_for_treatment().is_none()),
        })
    }
}
