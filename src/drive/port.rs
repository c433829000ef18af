//! Serial ports, ptys and TCP as one kind of thing.

use super::tty::Tty;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::str::FromStr;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

/// Where a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortName {
    /// A serial port or a pty.
    Path(String),
    /// `HOST:PORT`.
    Tcp(String),
}

impl FromStr for PortName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix("tcp:") {
            Some(address) => Self::Tcp(address.to_owned()),
            None => Self::Path(text.to_owned()),
        })
    }
}

impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

/// Why a port could not be opened.
#[derive(Debug, Error)]
pub enum PortError {
    /// Somebody else has it.
    #[error("{path} is in use by another program")]
    InUse {
        /// Which.
        path: String,
    },
    /// A file, a pipe: nothing that a device could be behind.
    #[error("{path} is no serial port")]
    NoTty {
        /// Which.
        path: String,
    },
    /// A serial port or pty.
    #[error("{path}: {source}")]
    Serial {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A TCP address.
    #[error("tcp:{address}: {source}")]
    Tcp {
        /// Which.
        address: String,
        /// Why.
        source: io::Error,
    },
}

/// Both directions of an open port.
pub trait Port: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Port for T {}

/// An open port.
pub struct Opened {
    /// Both directions.
    pub port: Box<dyn Port>,
    /// A second file descriptor, for the byte that stops the device.
    pub second: OwnedFd,
    /// Whether the driver keeps nothing back that it has received; TCP has no such driver.
    pub low_latency: Option<bool>,
}

/// Opens a port, for this program alone.
pub async fn open(name: &PortName, baud: u32) -> Result<Opened, PortError> {
    match name {
        PortName::Path(path) => {
            let port = Tty::open(path, baud)?;
            let fail = |source| PortError::Serial { path: path.clone(), source };
            let (second, low_latency) = (port.duplicate().map_err(fail)?, Some(port.low_latency));
            Ok(Opened { port: Box::new(port), second, low_latency })
        }
        PortName::Tcp(address) => {
            let fail = |source| PortError::Tcp { address: address.clone(), source };
            let stream = tokio::net::TcpStream::connect(address).await.map_err(fail)?;
            // A status report must not wait for the next one.
            stream.set_nodelay(true).map_err(fail)?;
            let second = stream.as_fd().try_clone_to_owned().map_err(fail)?;
            Ok(Opened { port: Box::new(stream), second, low_latency: None })
        }
    }
}
