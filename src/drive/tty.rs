//! Serial ports and pseudo-terminals: opened for one program alone, and left as they should be found.
//!
//! * Exclusive: an advisory lock on every kind, and `TIOCEXCL` on real ports. The system takes both back when
//!   the program ends, however it ends. A pseudo-terminal would keep `TIOCEXCL` beyond a killed program for as
//!   long as its other side lives, so it has the lock only.
//! * No line is toggled: `HUPCL` is cleared before anything is sent, so that closing, by a kill too, leaves DTR
//!   as it is: many boards take its edge for a reset. DTR and RTS are never touched. (The system itself raises
//!   DTR at the first opening after power-up; that edge nobody can help, and the bring-up expects a reset.)
//! * Nothing is ever flushed: `tcdrain` blocks for as long as the other end likes.

use super::port::PortError;
use super::system;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::termios::{
    ControlModes, OptionalActions, Termios, ioctl_tiocexcl, isatty, tcgetattr, tcsetattr,
};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// An open port.
#[derive(Debug)]
pub struct Tty {
    port: AsyncFd<File>,
    /// Whether the driver was told not to keep what it has received.
    pub low_latency: bool,
}

impl Tty {
    /// Opens a port for this program alone.
    pub fn open(path: &str, baud: u32) -> Result<Self, PortError> {
        let fail = |source: io::Error| PortError::Serial { path: path.to_owned(), source };
        let in_use = || PortError::InUse { path: path.to_owned() };
        let flags = OFlags::NOCTTY | OFlags::NONBLOCK;
        let opened = File::options()
            .read(true)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path);
        let port = match opened {
            Ok(port) => port,
            Err(e) if e.raw_os_error() == Some(Errno::BUSY.raw_os_error()) => return Err(in_use()),
            Err(e) => return Err(fail(e)),
        };
        if !isatty(&port) {
            return Err(PortError::NoTty { path: path.to_owned() });
        }
        match flock(&port, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(in_use()),
            Err(e) => return Err(fail(e.into())),
        }
        let system = |e: Errno| fail(e.into());
        if !is_pseudo(path) {
            ioctl_tiocexcl(&port).map_err(system)?;
        }
        let mut termios = tcgetattr(&port).map_err(system)?;
        raw(&mut termios);
        termios.set_speed(baud).map_err(system)?;
        tcsetattr(&port, OptionalActions::Now, &termios).map_err(system)?;
        let low_latency = system::lower_latency(port.as_fd());
        Ok(Self { port: system::watched(port).map_err(fail)?, low_latency })
    }

    /// A file descriptor of its own for the same open port.
    pub fn duplicate(&self) -> io::Result<OwnedFd> {
        self.port.get_ref().as_fd().try_clone_to_owned()
    }
}

/// Eight bits, no parity, no flow control, nothing interpreted, modem lines left alone.
fn raw(termios: &mut Termios) {
    termios.make_raw();
    let modes = &mut termios.control_modes;
    modes.remove(
        ControlModes::HUPCL | ControlModes::CRTSCTS | ControlModes::CSTOPB | ControlModes::PARENB,
    );
    modes.insert(ControlModes::CREAD | ControlModes::CLOCAL);
}

fn is_pseudo(path: &str) -> bool {
    std::fs::canonicalize(path).is_ok_and(|real| real.starts_with("/dev/pts"))
}

impl AsyncRead for Tty {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.port.poll_read_ready(cx))?;
            let unfilled = buffer.initialize_unfilled();
            match ready.try_io(|port| port.get_ref().read(unfilled)) {
                Ok(Ok(count)) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(e)) => return Poll::Ready(Err(e)),
                Err(_would_block) => {}
            }
        }
    }
}

impl AsyncWrite for Tty {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.port.poll_write_ready(cx))?;
            match ready.try_io(|port| port.get_ref().write(bytes)) {
                Ok(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
                Ok(written) => return Poll::Ready(written),
                Err(_would_block) => {}
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
