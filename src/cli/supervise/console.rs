//! A console supervises, through a socket.
//!
//! One console at a time: one that comes takes the place of the one before, which may hang. Nothing here waits: what cannot be
//! written is kept, and a console that does not read is dropped and gets the whole again when it comes anew.
//!
//! ```text
//!   running --nobody has looked on for 5 s--> Pause, once --the operator resumes--> running
//! ```
//!
//! Nothing that is only shown on a page alarms anybody when nobody looks at a page.

use super::super::output::{Failure, monotonic_ms};
use super::{Fitting, Supervisor};
use smp::console::live::{Asked, Board, Said, Told};
use smp::frame::Point;
use smp::stream::{Command, Event, Snapshot, Stage};
use smp::time::Instant;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// From one change to the next: twenty in a second.
const EVERY: Duration = Duration::from_millis(50);
/// After so long without anybody who looks on, the run pauses. A page that is loaded anew takes a second or two.
const UNWATCHED: Duration = Duration::from_secs(5);
/// A wish is on its way no longer, if it is still to count.
const LATE_MS: u64 = 2_000;
/// A console that leaves more unread hangs.
const UNREAD_MAX: usize = 4 << 20;
/// A line that it says is shorter.
const LINE_MAX: usize = 256;
/// How long the last of it may take on its way.
const LAST: Duration = Duration::from_millis(200);

/// The socket that a console comes to.
pub struct Way {
    listener: UnixListener,
    path: PathBuf,
}

impl Way {
    /// Makes it. A socket that somebody left behind is replaced; one that somebody listens to is not.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |e: std::io::Error| {
            Failure::refused(format!("cannot make the socket {}: {e}", path.display()))
                .advise("name a path in a folder that is there and yours, and where no run listens")
        };
        let (folder, name) = (path.parent(), path.file_name());
        let folder = folder.filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = File::open(folder).map_err(failed)?;
        // By way of the open folder: an address of a socket may only have 107 bytes, a path may have more.
        let near = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string());
        let near = near.join(name.ok_or_else(|| failed(ErrorKind::InvalidInput.into()))?);
        if UnixStream::connect(&near).is_err_and(|e| e.kind() == ErrorKind::ConnectionRefused) {
            std::fs::remove_file(path).map_err(failed)?;
        }
        let listener = UnixListener::bind(&near).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self { listener, path: path.to_owned() })
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Shows a run to a console.
pub struct AtConsole {
    way: Way,
    board: Board,
    console: Option<Connection>,
    /// What the operator wants and the core has not heard yet: one thing.
    wanted: Option<Command>,
    shown: std::time::Instant,
    looked_on: std::time::Instant,
    unwatched: bool,
    /// Of a survey.
    fitting: Option<Fitting>,
}

impl AtConsole {
    /// Of a run that is about to begin.
    pub fn new(way: Way, board: Board) -> Self {
        let now = super::super::plan::clock();
        Self {
            way,
            board,
            console: None,
            wanted: None,
            shown: now,
            looked_on: now,
            unwatched: false,
            fitting: None,
        }
    }

    /// Of a survey: shows how well the head is registered by now.
    pub fn fitting(self, fitting: Fitting) -> Self {
        Self { fitting: Some(fitting), ..self }
    }

    fn hear_console(&mut self, now: std::time::Instant) {
        if let Ok((socket, _)) = self.way.listener.accept() {
            self.console = Connection::new(socket);
            self.tell(&Told::Whole(Box::new(self.board.picture().clone())));
        }
        let Some(console) = &mut self.console else { return };
        let heard_ms = monotonic_ms();
        for Said { said_ms, asked } in console.read() {
            let is_late = heard_ms.saturating_sub(said_ms) > LATE_MS;
            match asked {
                Asked::Looking => self.looked_on = now,
                // What was wanted long ago sets nothing in motion.
                Asked::Do(Command::Resume | Command::NewNeedle) if is_late => {}
                Asked::Do(command) => self.wants(command, now),
            }
        }
    }

    fn wants(&mut self, command: Command, now: std::time::Instant) {
        match command {
            // Who says so looks on.
            Command::Resume => (self.unwatched, self.looked_on) = (false, now),
            Command::NewNeedle => self.board.new_needle(),
            Command::Pause | Command::Stop => {}
        }
        self.want(command);
    }

    /// Of what is wanted at the same time the quieter thing is done.
    fn want(&mut self, command: Command) {
        let loud = |command| match command {
            Command::Stop => 0,
            Command::Pause => 1,
            Command::NewNeedle => 2,
            Command::Resume => 3,
        };
        let quieter = self.wanted.is_none_or(|waiting| loud(command) <= loud(waiting));
        if quieter {
            self.wanted = Some(command);
        }
    }

    fn tell(&mut self, told: &Told) {
        let kept = self.console.as_mut().is_some_and(|console| console.write(told));
        if !kept {
            self.console = None;
        }
    }
}

impl Supervisor for AtConsole {
    fn event(&mut self, at: Instant, event: &Event) {
        if let (Event::Surveyed { at_mm: [x, y, z], .. }, Some(fitting)) = (event, &self.fitting) {
            fitting.touch(Point::new(*x, *y, *z));
        }
        self.board.hear(at, event);
    }

    fn turn(&mut self, snapshot: &Snapshot) -> Option<Command> {
        let now = super::super::plan::clock();
        self.hear_console(now);
        let is_due = now - self.looked_on > UNWATCHED && snapshot.stage == Stage::Running;
        if is_due && !self.unwatched {
            self.unwatched = true;
            self.want(Command::Pause);
        }
        if now - self.shown >= EVERY {
            self.shown = now;
            if let Some(fit) = self.fitting.as_ref().and_then(Fitting::newest) {
                self.board.fitted(fit);
            }
            self.board.look(snapshot, self.unwatched);
            let change = self.board.take();
            self.tell(&Told::Change(Box::new(change)));
        }
        self.wanted.take()
    }

    fn end(&mut self, last: &Snapshot) {
        self.board.look(last, self.unwatched);
        let change = self.board.take();
        self.tell(&Told::Change(Box::new(change)));
        if let Some(console) = &mut self.console {
            console.finish();
        }
    }
}

/// A console that has come.
struct Connection {
    socket: UnixStream,
    heard: Vec<u8>,
    unread: Vec<u8>,
    is_gone: bool,
}

impl Connection {
    fn new(socket: UnixStream) -> Option<Self> {
        socket.set_nonblocking(true).ok()?;
        Some(Self { socket, heard: Vec::new(), unread: Vec::new(), is_gone: false })
    }

    /// All that it has said since the last time. What is no sentence is passed over, and a line without an end is the end.
    fn read(&mut self) -> Vec<Said> {
        let mut buffer = [0; 1024];
        let mut said = Vec::new();
        // No more than its turn: the run's own turns come first.
        if let Ok(count) = self.socket.read(&mut buffer) {
            self.is_gone = count == 0;
            self.heard.extend_from_slice(&buffer[..count]);
        }
        while let Some(end) = self.heard.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            said.extend(serde_json::from_slice::<Said>(&line).ok());
        }
        self.is_gone |= self.heard.len() > LINE_MAX;
        said
    }

    /// Sends what fits, and keeps the rest; `false`: it is gone, or hangs.
    fn write(&mut self, told: &Told) -> bool {
        if serde_json::to_writer(&mut self.unread, told).is_err() {
            return false;
        }
        self.unread.push(b'\n');
        self.flush() && !self.is_gone && self.unread.len() <= UNREAD_MAX
    }

    fn flush(&mut self) -> bool {
        while !self.unread.is_empty() {
            match self.socket.write(&self.unread) {
                Ok(count @ 1..) => drop(self.unread.drain(..count)),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => return true,
                Ok(0) | Err(_) => return false,
            }
        }
        true
    }

    /// The run is over: the last of it may take its time, but not long.
    fn finish(&mut self) {
        let ready = self.socket.set_nonblocking(false);
        if ready.and_then(|()| self.socket.set_write_timeout(Some(LAST))).is_ok() {
            let _ = self.socket.write_all(&self.unread);
        }
    }
}
