//! The port: a pseudo-terminal or a TCP listener, with at most one client.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::fd::{AsFd, BorrowedFd},
    path::{Path, PathBuf},
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    pty::openpty,
    sys::termios::{FlushArg, SetArg, cfmakeraw, tcflush, tcgetattr, tcsetattr},
    unistd::ttyname,
};

use super::Port;

#[derive(Debug)]
pub(super) enum Link {
    Pty { master: File, name: PathBuf, connected: bool },
    Tcp { listener: TcpListener, client: Option<TcpStream> },
}

impl Link {
    pub fn open(port: &Port) -> io::Result<Self> {
        match port {
            Port::Pty(name) => open_pty(name),
            Port::Tcp(number) => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *number))?;
                listener.set_nonblocking(true)?;
                Ok(Self::Tcp { listener, client: None })
            }
        }
    }

    /// What a client has to be told: the path, or the port's number.
    pub fn name(&self) -> io::Result<String> {
        Ok(match self {
            Self::Pty { name, .. } => name.display().to_string(),
            Self::Tcp { listener, .. } => listener.local_addr()?.port().to_string(),
        })
    }

    /// Looks whether a client has come. A second one is turned away.
    pub fn accept(&mut self) -> io::Result<bool> {
        match self {
            Self::Pty { master, connected, .. } => {
                if *connected || hung_up(master.as_fd())? {
                    return Ok(false);
                }
                make_raw(master.as_fd())?;
                *connected = true;
                Ok(true)
            }
            Self::Tcp { listener, client } => match listener.accept() {
                Ok((stream, _)) if client.is_none() => {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    *client = Some(stream);
                    Ok(true)
                }
                Ok(_) => Ok(false),
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
                Err(error) => Err(error),
            },
        }
    }

    /// What to wait for. A pty without a client has nothing to wait for: it has to be looked at.
    pub fn interests(&self, unsent: bool) -> Vec<PollFd<'_>> {
        let mut flags = PollFlags::POLLIN;
        flags.set(PollFlags::POLLOUT, unsent);
        match self {
            Self::Pty { connected: false, .. } => Vec::new(),
            Self::Pty { master, .. } => vec![PollFd::new(master.as_fd(), flags)],
            Self::Tcp { listener, client } => {
                let mut fds = vec![PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
                fds.extend(client.iter().map(|client| PollFd::new(client.as_fd(), flags)));
                fds
            }
        }
    }

    /// Whether coming and going has to be looked for instead of waited for.
    pub fn needs_looking(&self) -> bool {
        matches!(self, Self::Pty { connected: false, .. })
    }

    /// Appends what the client has sent. False when it has gone.
    pub fn read(&mut self, into: &mut Vec<u8>) -> bool {
        let mut chunk = [0_u8; 4096];
        loop {
            let read = match self {
                Self::Pty { connected: false, .. } | Self::Tcp { client: None, .. } => return true,
                Self::Pty { master, .. } => master.read(&mut chunk),
                Self::Tcp { client: Some(client), .. } => client.read(&mut chunk),
            };
            match read {
                Ok(0) => break,
                Ok(count) => into.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A pty says EIO when its client has closed it.
                Err(_) => break,
            }
        }
        self.hang_up();
        false
    }

    /// Sends what the client takes; returns how much.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let written = match self {
            Self::Pty { connected: false, .. } | Self::Tcp { client: None, .. } => Ok(bytes.len()),
            Self::Pty { master, .. } => master.write(bytes),
            Self::Tcp { client: Some(client), .. } => client.write(bytes),
        };
        // A client that has gone is noticed when reading.
        written.unwrap_or(0)
    }

    fn hang_up(&mut self) {
        match self {
            Self::Pty { connected, .. } => *connected = false,
            Self::Tcp { client, .. } => *client = None,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Self::Pty { name, .. } = self {
            // It may be gone already; nobody is left to tell.
            let _ = std::fs::remove_file(name);
        }
    }
}

fn open_pty(name: &Path) -> io::Result<Link> {
    let pair = openpty(None, None)?;
    let slave = ttyname(&pair.slave)?;
    let flags = OFlag::from_bits_truncate(fcntl(&pair.master, FcntlArg::F_GETFL)?);
    fcntl(&pair.master, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    // With our own end of the slave closed, the master says when a client comes and goes.
    drop(pair.slave);
    if name.is_symlink() {
        std::fs::remove_file(name)?;
    }
    std::os::unix::fs::symlink(slave, name)?;
    Ok(Link::Pty { master: File::from(pair.master), name: name.to_owned(), connected: false })
}

/// A fresh client finds a raw line, whatever the terminal was set to before.
fn make_raw(master: BorrowedFd) -> io::Result<()> {
    let mut termios = tcgetattr(master)?;
    cfmakeraw(&mut termios);
    tcsetattr(master, SetArg::TCSANOW, &termios)?;
    tcflush(master, FlushArg::TCOFLUSH)?;
    Ok(())
}

fn hung_up(master: BorrowedFd) -> io::Result<bool> {
    let mut fds = [PollFd::new(master, PollFlags::empty())];
    poll(&mut fds, PollTimeout::ZERO)?;
    Ok(fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLHUP)))
}
