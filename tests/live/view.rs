//! A run that is looked at while it runs: viewers see what the file will show, and the run does not know of them.

use crate::looker::Looker;
use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::process::{run, run_well, said, smp};
use crate::rows::Rows;
use crate::served::{Served, Wire};
use rerun::external::re_uri::ProxyUri;
use smp::record::folder::RunFolder;
use smp::record::ledger;
use smp::record::plan_file::ProvedPlan;
use smp::stream::Entry;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};
use tempfile::TempDir;

const DOTS: usize = 60;

/// A run under way in a folder of its own.
struct Running {
    plan: ProvedPlan,
    folder: TempDir,
    served: Served,
    child: Child,
    stderr: BufReader<ChildStderr>,
}

/// How a run ended.
struct Ended {
    plan: ProvedPlan,
    folder: TempDir,
    stderr: String,
}

impl Running {
    fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan_of(DOTS, LIGHT, gantry6_with(1000, 2000));
        std::fs::write(folder.path().join("a.plan"), plan.to_json().unwrap()).unwrap();
        let served = Served::start(Wire::Tcp, "still", LIGHT);
        let arguments = ["run", "a.plan", "--out", "out", "--port", &served.port];
        let mut command = smp(folder.path(), &[&arguments[..], more].concat());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { plan, folder, served, child, stderr }
    }

    /// Where it can be looked at.
    fn address(&mut self) -> String {
        let mut line = String::new();
        while self.stderr.read_line(&mut line).unwrap() > 0 {
            if let Some(address) = line.strip_prefix("view: smp view ") {
                return address.trim().to_owned();
            }
            line.clear();
        }
        panic!("it cannot be looked at");
    }

    fn ended(mut self) -> Ended {
        let mut stderr = String::new();
        self.stderr.read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {stderr}");
        self.served.stop();
        Ended { plan: self.plan, folder: self.folder, stderr }
    }
}

impl Ended {
    fn folder(&self) -> RunFolder {
        RunFolder::new(self.folder.path().join("out"))
    }

    /// Every dot once and in order, and a journal that replays. (A device that had to help itself, for want of a
    /// heartbeat, would have ended the run by a fault.)
    fn is_as_planned(&self) {
        let digest = self.plan.program.digest();
        let entries = ledger::read(&self.folder().ledger(), digest).unwrap();
        let struck: Vec<_> = entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Done { dot, .. } => Some(*dot),
                _ => None,
            })
            .collect();
        let planned: Vec<_> = self.plan.program.dots().iter().map(|dot| dot.dot).collect();
        assert_eq!(struck, planned);
        assert!(!self.stderr.contains("gap"), "{}", self.stderr);
        run_well(self.folder.path(), &["replay", "out"]);
    }
}

/// A viewer that keeps what it sees.
struct Viewer {
    looker: Looker,
    rows: Rows,
}

impl Viewer {
    fn connect(to: &str) -> Self {
        Self { looker: Looker::connect(to), rows: Rows::default() }
    }

    /// Looks until it has seen so many struck dots.
    fn look_until(&mut self, strikes: usize) {
        while self.rows.strikes() < strikes {
            let seen = self.rows.strikes();
            let message = self.looker.next();
            self.rows.take(message.unwrap_or_else(|| panic!("it ended after {seen} strikes")));
        }
    }

    /// Looks to the end.
    fn rows(mut self) -> Rows {
        self.looker.for_each(|message| self.rows.take(message));
        self.rows
    }
}

#[test]
fn viewers_see_what_the_file_shows_whenever_they_come_and_however_others_go() {
    let _alone = crate::alone();
    let mut running = Running::start(&["--view", "0"]);
    let address = running.address();
    let uri: ProxyUri = address.parse().unwrap();
    let port = uri.origin.port;

    let mut first = Viewer::connect(&address);
    let mut dies = Viewer::connect(&address);
    // They take what they are sent into their buffers, or say nothing at all.
    let hangs = Viewer::connect(&address);
    let mut silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    silent.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    dies.look_until(5);
    drop(dies);
    first.look_until(DOTS / 2);
    let late = Viewer::connect(&address);

    let (first, late) = (first.rows(), late.rows());
    drop((hangs, silent));
    let ended = running.ended();
    ended.is_as_planned();
    assert!(!ended.stderr.contains("left out"), "{}", ended.stderr);

    let file = Rows::of(&ended.folder().recording());
    assert_eq!(file.strikes(), DOTS);
    assert!(file.count() > 20 * DOTS, "{} rows", file.count());
    for seen in [&first, &late] {
        assert_eq!(seen.not_as_in(&file), Vec::<String>::new());
        assert_eq!(file.not_as_in(seen), Vec::<String>::new());
    }
}

#[test]
fn a_run_that_nobody_looks_at_is_none_the_worse_for_it() {
    let _alone = crate::alone();
    Running::start(&["--view", "127.0.0.1:0"]).ended().is_as_planned();
}

/// What `smp run` says to arguments before anything has moved.
fn refused(folder: &Path, more: &[&str], code: i32) -> String {
    let arguments = ["run", "a.plan", "--out", "out"];
    let output = run(folder, &[&arguments[..], more].concat());
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    assert!(!folder.join("out").exists(), "nothing is begun");
    said(&output)
}

#[test]
fn a_view_that_cannot_be_or_that_others_could_see_is_refused_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, port) = (folder.path(), "/dev/nowhere");
    let told = refused(folder, &["--port", port, "--view", "0.0.0.0:9876"], 2);
    assert!(told.contains("beyond this machine") && told.contains("--anybody-may-look"), "{told}");
    let told = refused(folder, &["--port", "sim", "--view", "9876"], 2);
    assert!(told.contains("smp view DIR"), "{told}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let told = refused(folder, &["--port", port, "--view", &at], 1);
    assert!(told.contains(&at), "{told}");
    // That others may look on is another's business: the plan, that is not there, is what is told.
    let told = refused(folder, &["--port", port, "--view", "0.0.0.0:0", "--anybody-may-look"], 2);
    assert!(told.contains("a.plan"), "{told}");
}
