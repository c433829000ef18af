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
        Self::at(way, board, super::super::plan::clock())
    }

    fn at(way: Way, board: Board, now: std::time::Instant) -> Self {
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
                Asked::Do(Command::Resume | Command::NewNeedle) | Asked::LookedAfter if is_late => {
                }
                Asked::LookedAfter => self.want(Command::NewNeedle),
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

    fn turn_at(&mut self, now: std::time::Instant, snapshot: &Snapshot) -> Option<Command> {
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
        self.turn_at(super::super::plan::clock(), snapshot)
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

#[cfg(test)]
mod tests {
    use super::*;
    use smp::depth::Reasons;
    use smp::machine::Profile;
    use std::io::{BufRead, BufReader};

    fn snapshot(stage: Stage) -> Snapshot {
        Snapshot {
            at: Instant::START,
            stage,
            dialect: None,
            total: 1,
            done: 0,
            uncertain: 0,
            waiting: Reasons::default(),
            parted: false,
            fault: None,
            head_mm_per_s: None,
            sensed: None,
        }
    }

    /// A run, its socket, and when it began.
    fn run() -> (tempfile::TempDir, PathBuf, AtConsole, std::time::Instant) {
        let dir = tempfile::tempdir().unwrap();
        // Longer than an address of a socket may be.
        let deep = dir.path().join("d".repeat(120));
        std::fs::create_dir(&deep).unwrap();
        let path = deep.join("run.sock");
        let text = include_str!("../../../configs/machines/gantry6.toml");
        let machine = Profile::parse(text, "gantry6.toml").unwrap();
        let board = Board::new(None, &machine, [smp::plan::DotId(7)].into_iter(), &[]);
        let began = super::super::super::plan::clock();
        let at = AtConsole::at(Way::open(&path).unwrap(), board, began);
        (dir, path, at, began)
    }

    /// A console that comes to it.
    fn console(path: &Path) -> UnixStream {
        let folder = File::open(path.parent().unwrap()).unwrap();
        let near = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string());
        UnixStream::connect(near.join("run.sock")).unwrap()
    }

    fn say(console: &mut UnixStream, asked: Asked, age_ms: u64) {
        let said = Said { said_ms: monotonic_ms() - age_ms, asked };
        let mut line = serde_json::to_vec(&said).unwrap();
        line.push(b'\n');
        console.write_all(&line).unwrap();
    }

    #[test]
    fn of_all_that_is_wanted_at_once_the_quietest_is_done_and_nothing_waits_behind_it() {
        let (_dir, path, mut at, began) = run();
        let mut far = console(&path);
        for _ in 0..200 {
            say(&mut far, Asked::Do(Command::Pause), 0);
        }
        say(&mut far, Asked::Do(Command::Resume), 0);
        say(&mut far, Asked::Do(Command::Pause), 0);
        let mut heard = Vec::new();
        // As many turns as the socket needs to be read, and no more.
        for turn in 0..40 {
            heard.extend(at.turn_at(began + EVERY * turn, &snapshot(Stage::Paused)));
        }
        assert!(!heard.is_empty() && heard.iter().all(|c| *c == Command::Pause), "{heard:?}");
        say(&mut far, Asked::Do(Command::Pause), 0);
        say(&mut far, Asked::Do(Command::Stop), 0);
        say(&mut far, Asked::Do(Command::Resume), 0);
        assert_eq!(at.turn_at(began, &snapshot(Stage::Running)), Some(Command::Stop));
        assert_eq!(at.turn_at(began, &snapshot(Stage::Running)), None);
    }

    #[test]
    fn a_resume_that_was_said_long_ago_moves_nothing_and_a_stop_counts_however_old() {
        let (_dir, path, mut at, began) = run();
        let mut far = console(&path);
        say(&mut far, Asked::Do(Command::Resume), LATE_MS + 1_000);
        assert_eq!(at.turn_at(began, &snapshot(Stage::Paused)), None);
        say(&mut far, Asked::Do(Command::Resume), 0);
        assert_eq!(at.turn_at(began, &snapshot(Stage::Paused)), Some(Command::Resume));
        say(&mut far, Asked::Do(Command::Stop), LATE_MS + 1_000);
        assert_eq!(at.turn_at(began, &snapshot(Stage::Running)), Some(Command::Stop));
    }

    #[test]
    fn a_needle_that_was_looked_after_keeps_its_strikes_and_another_one_has_none_that_anybody_knows()
     {
        for (asked, then) in
            [(Asked::LookedAfter, (5, Some(100))), (Asked::Do(Command::NewNeedle), (0, None))]
        {
            let (_dir, path, mut at, began) = run();
            at.board.needle(5, 100);
            let mut far = console(&path);
            say(&mut far, asked, 0);
            let paused = snapshot(Stage::Paused);
            assert_eq!(at.turn_at(began, &paused), Some(Command::NewNeedle));
            at.turn_at(began + EVERY, &paused);
            let look = &at.board.picture().look;
            assert_eq!((look.strikes, look.strikes_most), then);
        }
    }

    #[test]
    fn it_pauses_once_when_nobody_looks_on_and_a_resume_counts_as_a_look() {
        let (_dir, path, mut at, began) = run();
        let (mut far, running) = (console(&path), snapshot(Stage::Running));
        let after = |seconds: f64| began + Duration::from_secs_f64(seconds);
        assert_eq!(at.turn_at(after(4.9), &running), None);
        assert_eq!(at.turn_at(after(5.1), &running), Some(Command::Pause));
        assert_eq!(at.turn_at(after(5.2), &running), None, "it has been told");
        say(&mut far, Asked::Do(Command::Resume), 0);
        assert_eq!(at.turn_at(after(60.0), &snapshot(Stage::Paused)), Some(Command::Resume));
        assert_eq!(at.turn_at(after(64.9), &running), None);
        say(&mut far, Asked::Looking, 0);
        assert_eq!(at.turn_at(after(65.1), &running), None);
        assert_eq!(at.turn_at(after(70.2), &running), Some(Command::Pause));
        assert_eq!(at.turn_at(after(99.0), &snapshot(Stage::Paused)), None, "it stands");
    }

    #[test]
    fn a_console_that_comes_anew_gets_the_whole_and_takes_the_place_of_the_one_before() {
        let (_dir, path, mut at, began) = run();
        let first = console(&path);
        at.turn_at(began + EVERY, &snapshot(Stage::Running));
        let mut lines = BufReader::new(first).lines();
        let whole: Told = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert!(matches!(whole, Told::Whole(_)));
        let second = console(&path);
        at.turn_at(began + EVERY * 2, &snapshot(Stage::Running));
        // The first is let go: what it still gets has an end.
        assert!(lines.map_while(Result::ok).count() < 5);
        let mut lines = BufReader::new(second).lines();
        let whole: Told = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let change: Told = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let (Told::Whole(mut whole), Told::Change(change)) = (whole, change) else {
            panic!("the whole, and then what has changed");
        };
        assert!(whole.apply(&change));
    }

    #[test]
    fn a_socket_that_somebody_left_is_replaced_and_one_that_is_heard_is_not() {
        let (_dir, path, at, _) = run();
        assert!(Way::open(&path).is_err(), "a run listens there");
        drop(at);
        assert!(!path.exists());
        let left = path.with_file_name("left.sock");
        let folder = File::open(path.parent().unwrap()).unwrap();
        let near = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string());
        // Killed, a run leaves its socket.
        drop(UnixListener::bind(near.join("left.sock")).unwrap());
        assert!(left.exists());
        Way::open(&left).unwrap();
    }
}
