//! The run core against a port, in real time.
//!
//! Three threads: `stream` owns port and core on a reactor of its own; `record` owns ledger and journal, syncs once for
//! all entries that have come together, and acknowledges them; `stop` waits for signals and stops the device past both of them. Between
//! them are bounded channels; a full one never delays motion: a note that does not fit is counted, an entry
//! that does not fit ends the run.
//!
//! A thread that hangs or dies is noticed by another: `record` and the caller by the core
//! ([`crate::stream::Part`]), `stream` by the caller ([`Driven::stuck`]), all of them by the device's dead-man.

use super::Witness;
use super::first::{go_first, stop_first};
use super::lane::{Incoming, Lane};
use super::notes::{Notes, Pulse, notes, record};
use super::port::{self, PortError, PortName};
use super::stop::StopLine;
use crate::stream::{Command, Event, Fault, Outcome, Part, Run, Snapshot};
use crate::time::Instant;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

/// Answers of the record thread on their way back.
const ANSWERS: usize = 1 << 16;
/// Commands on their way to the stream thread; signs of life.
const COMMANDS: usize = 16;
/// Events on their way to whoever shows them.
const EVENTS: usize = 4096;
/// A stream thread that does nothing for so long hangs: it is told every tenth of a second that others live.
const STUCK: Duration = Duration::from_secs(2);
/// Whoever looks less often than this was asleep meanwhile.
const LOOK_MAX: Duration = Duration::from_millis(200);
/// What is left to be written down at the end takes at most this long, or never ends.
const RECORDED: Duration = Duration::from_secs(5);

/// Why a run could not be driven.
#[derive(Debug, Error)]
pub enum DriveError {
    /// The port could not be opened.
    #[error("{0}")]
    Port(#[from] PortError),
    /// The system gave no thread or reactor.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The stream thread died.
    #[error("the stream thread died; the device was told to retract")]
    Died,
    /// The stream thread hangs.
    #[error("the stream thread stands still; the device was told to retract")]
    Stuck,
}

/// A run under way.
#[derive(Debug)]
pub struct Driven {
    commands: mpsc::Sender<Command>,
    snapshot: watch::Receiver<Snapshot>,
    events: Receiver<(Instant, Event)>,
    line: Arc<StopLine>,
    front: Pulse,
    turns: Arc<AtomicU64>,
    watch: Watch,
    stream: JoinHandle<Result<Ended, DriveError>>,
    recorded: Receiver<Infallible>,
    signals: Handle,
}

/// How a driven run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// The latched fault.
    pub fault: Option<Fault>,
    /// Seconds it took.
    pub seconds: f64,
    /// Notes that did not fit into the channel: the journal has a gap if this is not 0.
    pub notes_lost: u64,
    /// Whether everything else was written down: not if the record thread hangs.
    pub recorded: bool,
}

/// Starts all threads.
pub fn start(
    run: Run,
    name: PortName,
    baud: u32,
    witness: Box<dyn Witness + Send>,
) -> Result<Driven, DriveError> {
    let (notes, noted) = notes();
    let (acknowledge, acknowledged) = mpsc::channel(ANSWERS);
    let (commands, commanded) = mpsc::channel(COMMANDS);
    let (alive_out, alive) = mpsc::channel(COMMANDS);
    let (event_out, events) = bounded(EVENTS);
    let (shown, snapshot) = watch::channel(run.snapshot());
    let (recording, recorded) = bounded(1);
    let (line, turns) = (Arc::new(StopLine::default()), Arc::new(AtomicU64::new(0)));
    let signals = stop_at_signals(line.clone(), commands.clone())?;
    let pulse = Pulse::new(Part::Record, alive_out.clone());
    thread("record", move || {
        record(&noted, &acknowledge, pulse, witness);
        // Dropped, it says that everything is written down; so it does if the thread dies.
        drop::<Sender<Infallible>>(recording);
    })?;
    let open = Open { run, name, baud, line: line.clone(), turns: turns.clone() };
    let incoming = Incoming { commands: commanded, acknowledged, alive };
    let stream = thread("stream", move || open.stream(incoming, notes, event_out, shown))?;
    let front = Pulse::new(Part::Front, alive_out);
    let watch = Watch::default();
    Ok(Driven { commands, snapshot, events, line, front, turns, watch, stream, recorded, signals })
}

impl Driven {
    /// Asks for something; false if the run is over or its queue is full. The device is stopped before
    /// anybody is asked.
    pub fn command(&self, command: Command) -> bool {
        if command == Command::Stop {
            self.line.stop();
        }
        self.commands.try_send(command).is_ok()
    }

    /// The way to stop the device that needs none of the run's threads.
    pub fn stop_line(&self) -> Arc<StopLine> {
        self.line.clone()
    }

    /// Due ten times a second from whoever shows the run and hears the operator: without it the run ends.
    pub fn alive(&mut self) {
        self.front.beat();
    }

    /// Whether the stream thread hangs. Then the device has been stopped, and there is nothing to wait for.
    pub fn stuck(&mut self) -> bool {
        // Before the first turn the port is still being opened.
        let turns = self.turns.load(Ordering::Relaxed);
        let turning = turns == 0 || self.stream.is_finished();
        let stuck = !turning && self.watch.still(turns) > STUCK;
        if stuck {
            self.line.stop();
        }
        stuck
    }

    /// The newest view of the run.
    pub fn snapshot(&self) -> Snapshot {
        *self.snapshot.borrow()
    }

    /// Events, as they come. The channel closes with the run.
    pub fn events(&self) -> &Receiver<(Instant, Event)> {
        &self.events
    }

    /// Waits for the end.
    pub fn join(self) -> Result<Ended, DriveError> {
        let ended = self.stream.join();
        self.signals.close();
        let ended = ended.map_err(|_| DriveError::Died)??;
        let left = self.recorded.recv_timeout(RECORDED);
        Ok(Ended { recorded: left != Err(RecvTimeoutError::Timeout), ..ended })
    }
}

/// Watches something that should turn.
#[derive(Debug, Default)]
struct Watch {
    /// Turns and time at the last look.
    last: Option<(u64, std::time::Instant)>,
    still: Duration,
}

impl Watch {
    /// How long it has stood still, as far as it was watched: who was asleep has seen nothing.
    #[expect(clippy::disallowed_methods, reason = "clocks live in drive")]
    fn still(&mut self, turns: u64) -> Duration {
        let now = std::time::Instant::now();
        self.still = match self.last {
            Some((before, last)) if before == turns => self.still + (now - last).min(LOOK_MAX),
            _ => Duration::ZERO,
        };
        self.last = Some((turns, now));
        self.still
    }
}

/// What the stream thread begins with.
struct Open {
    run: Run,
    name: PortName,
    baud: u32,
    line: Arc<StopLine>,
    turns: Arc<AtomicU64>,
}

impl Open {
    #[expect(clippy::disallowed_methods, reason = "clocks live in drive")]
    fn stream(
        self,
        incoming: Incoming,
        notes: Notes,
        event_out: Sender<(Instant, Event)>,
        shown: watch::Sender<Snapshot>,
    ) -> Result<Ended, DriveError> {
        let Self { run, name, baud, line: stop, turns } = self;
        let reactor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        reactor.block_on(async {
            let opened = port::open(&name, baud).await?;
            stop.connect(opened.second);
            let (port, clock) = (opened.port, std::time::Instant::now());
            let (notes_lost, stopped) = (0, false);
            // Not before: what opens a port may start threads, which would go first too.
            go_first();
            let lane = Lane {
                run,
                port,
                stop,
                clock,
                notes,
                event_out,
                shown,
                turns,
                persisted: false,
                notes_lost,
                stopped,
            };
            Ok(lane.drive(incoming).await)
        })
    }
}

/// The stop thread. A second signal ends the program as if nobody had been listening: it hangs, or somebody
/// means it.
fn stop_at_signals(
    line: Arc<StopLine>,
    commands: mpsc::Sender<Command>,
) -> Result<Handle, DriveError> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let handle = signals.handle();
    thread("stop", move || {
        stop_first();
        for (number, signal) in signals.forever().enumerate() {
            line.stop();
            // The core may be beyond hearing it.
            let _ = commands.try_send(Command::Stop);
            if number > 0 {
                let _ = emulate_default_handler(signal);
            }
        }
    })?;
    Ok(handle)
}

fn thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, DriveError> {
    Ok(std::thread::Builder::new().name(name.to_owned()).spawn(work)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Stage;
    use rustix::process::{Signal, getpid, kill_process};
    use std::io::Read;

    /// A run whose stream thread stands still until `held` is dropped, and the far end of its port.
    fn standing_still() -> (Driven, std::io::PipeReader, Sender<Infallible>) {
        let (reader, writer) = std::io::pipe().unwrap();
        let line = Arc::new(StopLine::default());
        line.connect(writer.into());
        line.publish(Some(0x84));
        let (commands, commanded) = mpsc::channel(COMMANDS);
        let (alive_out, alive) = mpsc::channel(COMMANDS);
        let (held, until) = bounded::<Infallible>(0);
        let signals = stop_at_signals(line.clone(), commands.clone()).unwrap();
        let stream = thread("stream", move || {
            let _ = (until.recv(), commanded, alive);
            Err(DriveError::Died)
        });
        let snapshot = Snapshot {
            at: Instant::START,
            stage: Stage::Running,
            dialect: None,
            total: 1,
            done: 0,
            uncertain: 0,
            waiting: crate::depth::Reasons::default(),
            parted: false,
            fault: None,
            head_mm_per_s: None,
            sensed: None,
        };
        let driven = Driven {
            commands,
            snapshot: watch::channel(snapshot).1,
            events: bounded(1).1,
            line,
            front: Pulse::new(Part::Front, alive_out),
            turns: Arc::new(AtomicU64::new(1)),
            watch: Watch::default(),
            stream: stream.unwrap(),
            recorded: bounded(1).1,
            signals,
        };
        (driven, reader, held)
    }

    fn next(reader: &mut std::io::PipeReader) -> u8 {
        let mut byte = [0];
        reader.read_exact(&mut byte).unwrap();
        byte[0]
    }

    #[test]
    fn a_stream_thread_that_stands_still_is_noticed_and_the_device_stopped_without_it() {
        let (mut driven, mut reader, held) = standing_still();
        // The operator's key, then a signal, then nobody: each writes by itself.
        assert!(driven.command(Command::Stop));
        assert_eq!(next(&mut reader), 0x84);
        kill_process(getpid(), Signal::TERM).unwrap();
        assert_eq!(next(&mut reader), 0x84);
        while !driven.stuck() {
            std::thread::yield_now();
        }
        assert_eq!(next(&mut reader), 0x84);
        drop(held);
        assert!(matches!(driven.join(), Err(DriveError::Died)));
    }
}
