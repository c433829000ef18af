//! The view thread.

use super::super::output::{self, Failure};
use super::super::{Done, report};
use super::ViewArgs;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use smp::frame::{Machine, Scalp, Transform};
use smp::record::folder::RunFolder;
use smp::record::journal::JournalError;
use smp::record::plan_file::ProvedPlan;
use smp::record::recording::{Live, RecordingError, Served};
use smp::record::tap::{Tap, Tapped, tap};
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The view looks for what has come so often.
const LOOK: Duration = Duration::from_millis(100);
/// The server is there after so many short looks, or never.
const TRIES: u32 = 200;
const TRY: Duration = Duration::from_millis(10);
/// A view that is not there by then does not come: the run has not begun, and can wait for it.
const SERVED: Duration = Duration::from_secs(5);
/// Once the run is over, viewers have this long to get the rest of it.
const LEAVE: Duration = Duration::from_secs(5);
/// All other threads come first.
const NICE: i32 = 10;

/// A view of a run under way.
pub struct View {
    /// Whether it was shown to the end, or why not.
    over: Receiver<Result<(), String>>,
    left_out: Arc<AtomicU64>,
    /// Held until the end: with it the server goes.
    stay: Sender<Infallible>,
}

/// An address as it will be served: the library does not say that it is taken, and port 0 is any that is free.
pub fn free(wanted: SocketAddr) -> Result<SocketAddr, Failure> {
    TcpListener::bind(wanted).and_then(|free| free.local_addr()).map_err(|e| {
        Failure::refused(format!("cannot serve a view at {wanted}: {e}"))
            .advise("another port: a viewer that was started by itself listens at 9876")
    })
}

impl View {
    /// Serves the run that is about to begin in this folder, if anybody wants to look on.
    pub fn begin(
        args: &ViewArgs,
        folder: &RunFolder,
        plan: &ProvedPlan,
    ) -> Result<Option<(Self, Tap)>, Failure> {
        let Some(at) = args.view.map(free).transpose()? else { return Ok(None) };
        let heads = report::heads(folder, plan)?;
        let sessions = folder.journals().into_iter().zip(heads).collect();
        let (tap, tapped) = tap();
        let ((told, over), (stay, leave), (up, ready)) = (bounded(1), bounded(0), bounded(1));
        let (left_out, plan) = (tapped.left_out(), plan.clone());
        let work = move || {
            let shown = Showing { at, plan: &plan, sessions, leave: &leave }.show(up, &tapped);
            let (over, served) = match shown {
                Ok(served) => (Ok(()), Some(served)),
                Err(error) => (Err(error.to_string()), None),
            };
            let _ = told.send(over);
            let _ = leave.recv();
            drop::<Option<Served>>(served);
        };
        let spawned = std::thread::Builder::new().name("view".to_owned()).spawn(work);
        spawned.map_err(Failure::refused)?;
        let view = Self { over, left_out, stay };
        view.is_up(&ready)?;
        output::remark(&format!("view: smp view rerun+http://{}/proxy", reached(at)));
        Ok(Some((view, tap)))
    }

    fn is_up(&self, ready: &Receiver<()>) -> Done {
        let why = match ready.recv_timeout(SERVED) {
            Ok(()) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => Err("it does not answer".to_owned()),
            Err(RecvTimeoutError::Disconnected) => {
                self.over.recv().unwrap_or(Err("it has died".to_owned()))
            }
        };
        let why = why.err().unwrap_or_default();
        Err(Failure::refused(format!("the view cannot be served: {why}"))
            .advise("leave --view out: the recording is in the folder after the run"))
    }

    /// The run is over. What a viewer has not got by now it finds in the file.
    pub fn end(self) {
        let over = self.over.recv_timeout(LEAVE);
        let left_out = self.left_out.load(Ordering::Relaxed);
        let told = match over {
            Ok(Ok(())) if left_out == 0 => None,
            Ok(Ok(())) => Some("the view had not room for all records".to_owned()),
            Ok(Err(why)) => Some(format!("the view ended: {why}")),
            Err(RecvTimeoutError::Timeout) => Some("the view hangs".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Some("the view has died".to_owned()),
        };
        if let Some(told) = told {
            let rest = "the recording in the folder has all of them";
            output::remark(&format!("warning: {told}; {left_out} records left out: {rest}"));
        }
        drop(self.stay);
    }
}

/// Where a viewer on this machine finds it.
fn reached(at: SocketAddr) -> SocketAddr {
    match at {
        SocketAddr::V4(any) if any.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, at.port()).into(),
        SocketAddr::V6(any) if any.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, at.port()).into(),
        _ => at,
    }
}

/// What the view thread shows.
struct Showing<'a> {
    at: SocketAddr,
    plan: &'a ProvedPlan,
    /// All sessions with how the head lay; the last of them begins now.
    sessions: Vec<(PathBuf, Transform<Machine, Scalp>)>,
    /// Says that nobody waits for the view any more.
    leave: &'a Receiver<Infallible>,
}

impl Showing<'_> {
    /// Shows the run to its end, and says when viewers may come.
    fn show(mut self, up: Sender<()>, tapped: &Tapped) -> Result<Served, RecordingError> {
        // A thread that cannot be put behind the others is no reason to show nothing.
        let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
        let mut live = Live::serve(self.at, self.plan)?;
        self.is_served()?;
        // Nobody listens any more if it took too long.
        let _ = up.send(());
        drop(up);
        let now = self.sessions.pop().map(|(_, head)| head);
        for (path, head) in &self.sessions {
            match RunFolder::open_journal(path) {
                Err(JournalError::Torn) => {}
                opened => live.session(*head, opened?)?,
            }
        }
        live.begin_session(now.unwrap_or_else(|| self.plan.machine.placement()));
        let (mut taken, mut more) = (Ok(()), true);
        while more && self.waits(LOOK) {
            more = tapped.take(|passed| {
                if taken.is_ok() {
                    taken = live.take(passed);
                }
            });
            std::mem::replace(&mut taken, Ok(()))?;
            live.look()?;
        }
        live.finish()
    }

    /// Whether the server answers: it says nothing by itself.
    fn is_served(&self) -> io::Result<()> {
        let mut answer = TcpStream::connect(reached(self.at));
        for _ in 0..TRIES {
            if answer.is_ok() || !self.waits(TRY) {
                break;
            }
            answer = TcpStream::connect(reached(self.at));
        }
        answer.map(|_| ())
    }

    /// Waits so long; false once nobody waits for the view any more.
    fn waits(&self, so_long: Duration) -> bool {
        self.leave.recv_timeout(so_long) == Err(RecvTimeoutError::Timeout)
    }
}
