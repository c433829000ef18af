//! Serial ports, ptys and TCP as one kind of thing.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_serial::SerialPortBuilderExt;

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
    /// A serial port or pty.
    #[error("{path}: {source}")]
    Serial {
        /// Which.
        path: String,
        /// Why.
        source: tokio_serial::Error,
    },
    /// A TCP address.
    #[error("tcp:{address}: {source}")]
    Tcp {
        /// Which.
        address: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Both directions of an open port.
pub trait Port: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Port for T {}

/// Opens a port, exclusively where the system can.
pub async fn open(name: &PortName, baud: u32) -> Result<Box<dyn Port>, PortError> {
    match name {
        PortName::Path(path) => {
            let fail = |source| PortError::Serial { path: path.clone(), source };
            let mut port = tokio_serial::new(path, baud).open_native_async().map_err(fail)?;
            // A pseudo-terminal outlives its user: one that was killed would leave it locked.
            if std::fs::canonicalize(path).is_ok_and(|real| real.starts_with("/dev/pts")) {
                port.set_exclusive(false).map_err(fail)?;
            }
            Ok(Box::new(port))
        }
        PortName::Tcp(address) => {
            let fail = |source| PortError::Tcp { address: address.clone(), source };
            let stream = tokio::net::TcpStream::connect(address).await.map_err(fail)?;
            // A status report must not wait for the next one.
            stream.set_nodelay(true).map_err(fail)?;
            Ok(Box::new(stream))
        }
    }
}
