//! The stream thread: everything between the port and the core.

use super::Unwritable;
use super::notes::{Acknowledged, Note, Notes};
use super::port::Port;
use super::realtime::Ended;
use super::stop::StopLine;
use crate::stream::{Command, Event, Input, Outcome, Output, Part, Run, Snapshot};
use crate::time::Instant;
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};

/// The other end must take what is written within this time.
const WRITE_MAX: Duration = Duration::from_millis(500);

/// The port is held open for so long until the device says that it has stopped: one that is closed may lose
/// what is still on its way.
const STOPPED_WITHIN: Duration = Duration::from_millis(500);

/// What comes in beside the device's bytes.
pub(super) struct Incoming {
    pub commands: mpsc::Receiver<Command>,
    pub acknowledged: mpsc::Receiver<Acknowledged>,
    pub alive: mpsc::Receiver<Part>,
}

/// Everything the stream thread owns.
pub(super) struct Lane {
    pub run: Run,
    pub port: Box<dyn Port>,
    pub stop: Arc<StopLine>,
    pub clock: std::time::Instant,
    pub notes: Notes,
    pub event_out: Sender<(Instant, Event)>,
    pub shown: watch::Sender<Snapshot>,
    /// Counts the turns of the loop: whoever watches sees whether it still does.
    pub turns: Arc<AtomicU64>,
    /// The core has wanted something persisted since the last sync.
    pub persisted: bool,
    pub notes_lost: u64,
    /// Whether the device was told to stop at the end.
    pub stopped: bool,
}

/// A thread that panics takes the needle out first: nothing of the core is trusted any more.
struct Dying(Arc<StopLine>);

impl Drop for Dying {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

impl Lane {
    /// Runs to the end.
    pub async fn drive(mut self, mut incoming: Incoming) -> Ended {
        let _dying = Dying(self.stop.clone());
        let mut buffer = vec![0u8; 4096];
        loop {
            self.turns.fetch_add(1, Ordering::Relaxed);
            let wake = match self.drain().await {
                Ok(wake) => wake,
                Err(outcome) => {
                    if self.stopped {
                        let heard = self.hear_alarm(&mut buffer);
                        // A plain device says nothing, and its hold is as good.
                        let _ = tokio::time::timeout(STOPPED_WITHIN, heard).await;
                    }
                    let (fault, notes_lost) = (self.run.fault(), self.notes_lost);
                    let seconds = self.now().seconds();
                    return Ended { outcome, fault, seconds, notes_lost, recorded: true };
                }
            };
            let deadline = self.clock + Duration::from_nanos(wake.0.min(1 << 62));
            tokio::select! {
                biased;
                Some(command) = incoming.commands.recv() => self.feed(Input::Command(command)),
                answer = incoming.acknowledged.recv() => self.feed(match answer {
                    Some(Ok(ticket)) => Input::Durable(ticket),
                    // `None`: the record thread has died.
                    Some(Err(Unwritable)) | None => Input::LedgerFailed,
                }),
                Some(part) = incoming.alive.recv() => self.feed(Input::Alive(part)),
                read = self.port.read(&mut buffer) => match read {
                    // An unplugged port reads nothing for ever.
                    Ok(0) | Err(_) => self.feed(Input::LinkLost),
                    // The answer to a stop may be quicker than word of who asked for it.
                    Ok(_) if self.stop.asked() => self.feed(Input::Command(Command::Stop)),
                    Ok(count) => self.feed(Input::Bytes(&buffer[..count])),
                },
                () = tokio::time::sleep_until(deadline.into()) => self.feed(Input::Tick),
            }
        }
    }

    /// Until the device says that it has latched an alarm, or is gone.
    async fn hear_alarm(&mut self, buffer: &mut [u8]) {
        while let Ok(count @ 1..) = self.port.read(buffer).await {
            if memchr::memmem::find(&buffer[..count], b"ALARM").is_some() {
                return;
            }
        }
    }

    /// Does everything the core wants; when it wants to be woken, or how it ended.
    async fn drain(&mut self) -> Result<Instant, Outcome> {
        loop {
            let now = self.now();
            let note = match self.run.poll() {
                Output::Stop(byte) => {
                    // A port that does not take it is as good as gone; the run is over as it is.
                    self.stop.write(byte);
                    self.stopped = true;
                    Note::Stop(now, byte)
                }
                Output::Transmit(bytes) => {
                    let bytes = bytes.to_vec();
                    let written =
                        tokio::time::timeout(WRITE_MAX, self.port.write_all(&bytes)).await;
                    self.note(Note::Sent(now, bytes));
                    if !matches!(written, Ok(Ok(()))) {
                        self.feed(Input::LinkLost);
                    }
                    continue;
                }
                Output::Persist(ticket, entry) => {
                    self.persisted = true;
                    Note::Persist(now, ticket, entry)
                }
                Output::Event(event) => {
                    // Whoever shows events may fall behind; the journal has them all.
                    let _ = self.event_out.try_send((now, event));
                    Note::Event(now, event)
                }
                Output::WakeAt(_) if std::mem::take(&mut self.persisted) => Note::Sync,
                Output::WakeAt(wake) => {
                    self.shown.send_replace(self.run.snapshot());
                    return Ok(wake);
                }
                Output::Over(outcome) => {
                    self.note(Note::Over(now, outcome));
                    self.note(Note::Sync);
                    self.shown.send_replace(self.run.snapshot());
                    return Err(outcome);
                }
            };
            self.note(note);
        }
    }

    /// Hands the core an input. What stops the device from now on is known before anything is sent.
    fn feed(&mut self, input: Input<'_>) {
        let now = self.now();
        self.note(match input {
            Input::Bytes(bytes) => Note::Received(now, bytes.to_vec()),
            Input::Command(command) => Note::Command(now, command),
            Input::Durable(ticket) => Note::Durable(now, ticket),
            Input::LedgerFailed => Note::LedgerFailed(now),
            Input::LinkLost => Note::Lost(now),
            Input::Alive(part) => Note::Alive(now, part),
            Input::Tick => Note::Tick(now),
        });
        self.run.handle(now, input);
        self.stop.publish(self.run.stops_by());
    }

    fn note(&mut self, note: Note) {
        if let Err(unfit) = self.notes.take(note) {
            self.notes_lost += unfit.notes;
            if unfit.ledger {
                self.run.handle(self.now(), Input::LedgerFailed);
            }
        }
    }

    fn now(&self) -> Instant {
        Instant(self.clock.elapsed().as_nanos() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_thread_that_dies_writes_the_stop_byte_and_one_that_ends_does_not() {
        for dies in [true, false] {
            let (mut reader, writer) = std::io::pipe().unwrap();
            let stop = Arc::new(StopLine::default());
            stop.connect(writer.into());
            stop.publish(Some(0x84));
            let dying = Dying(stop);
            let thread = std::thread::Builder::new().spawn(move || {
                let _dying = dying;
                assert!(!dies, "as a bug in the core would");
            });
            assert_eq!(thread.unwrap().join().is_err(), dies);
            let mut written = Vec::new();
            reader.read_to_end(&mut written).unwrap();
            assert_eq!(written, if dies { vec![0x84] } else { Vec::new() });
        }
    }
}
