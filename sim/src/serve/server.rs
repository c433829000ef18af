//! The loop: world, client, signals.

use std::{io::Write, os::fd::AsFd, path::Path, time::Duration};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, ppoll},
    sys::{
        signal::{SigSet, Signal},
        signalfd::{SfdFlags, SignalFd},
        time::TimeSpec,
    },
};

use super::{Options, ServeError, clock::Clock, link::Link};
use crate::{contract::Nanos, firmware::Trip, plant::PlantImpl, world::World};

pub(super) struct Server {
    world: World<PlantImpl>,
    link: Link,
    signals: SignalFd,
    options: Options,
    /// On its way to the client.
    unsent: Vec<u8>,
    received: Vec<u8>,
}

/// More than this a client that does not read loses, as from a full transmit buffer.
const UNSENT_MAX: usize = 64 * 1024;
/// How often a pty without a client is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Longest sleep.
const SLEEP_MAX: Duration = Duration::from_secs(1);

impl Server {
    pub fn open(mut world: World<PlantImpl>, options: &Options) -> Result<Self, ServeError> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGTERM);
        mask.add(Signal::SIGINT);
        let wait = |error: Errno| ServeError::Wait(error.into());
        mask.thread_block().map_err(wait)?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let signals = SignalFd::with_flags(&mask, flags).map_err(wait)?;
        let link = Link::open(&options.port)
            .map_err(|source| ServeError::Port { port: options.port.clone(), source })?;
        // Powered up, with nobody on the line yet.
        world.disconnect(0);
        Ok(Self {
            world,
            link,
            signals,
            options: options.clone(),
            unsent: Vec::new(),
            received: Vec::new(),
        })
    }

    pub fn run(mut self) -> Result<(), ServeError> {
        let name = self.link.name().map_err(ServeError::Link)?;
        let mut stdout = std::io::stdout().lock();
        // Whoever waits for the line has gone if it cannot be written.
        let _ = writeln!(stdout, "ready {name}").and_then(|()| stdout.flush());
        drop(stdout);
        let clock = Clock::start(self.options.speed);
        loop {
            self.live(clock.now())?;
            let next = self.world.next_event().map_or(SLEEP_MAX, |t| clock.until(t));
            if self.sleep(next.min(SLEEP_MAX))? {
                self.write_truth(clock.now())?;
                return Ok(());
            }
        }
    }

    /// Brings the world to the present and moves bytes both ways.
    fn live(&mut self, now: Nanos) -> Result<(), ServeError> {
        self.world.advance(now);
        self.received.clear();
        let stays = self.link.read(&mut self.received);
        if !self.received.is_empty() {
            self.world.write(now, &self.received);
        }
        if !stays {
            self.world.disconnect(now);
            self.write_truth(now)?;
        }
        // Only now: the one who knocks may be the one who has just left.
        if self.link.accept().map_err(ServeError::Link)? {
            self.unsent.clear();
            self.world.reconnect(now);
        }
        self.world.read(&mut self.unsent);
        self.unsent.truncate(UNSENT_MAX);
        let sent = self.link.write(&self.unsent);
        self.unsent.drain(..sent);
        let listens = self.unsent.is_empty();
        if listens != self.world.listening() {
            self.world.set_listening(now, listens);
        }
        Ok(())
    }

    /// Waits for bytes, a client, a signal or the time; true when it was a signal to end.
    fn sleep(&self, longest: Duration) -> Result<bool, ServeError> {
        let mut fds = vec![PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
        fds.extend(self.link.interests(!self.unsent.is_empty()));
        let longest = if self.link.needs_looking() { longest.min(LOOK_EVERY) } else { longest };
        match ppoll(&mut fds, Some(TimeSpec::from(longest)), None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(ServeError::Wait(error.into())),
        }
        Ok(fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLIN)))
    }

    fn write_truth(&mut self, now: Nanos) -> Result<(), ServeError> {
        self.world.advance(now);
        if let Some(path) = &self.options.guards {
            write(path, &guards_csv(self.world.firmware().trips()))?;
        }
        let truth = self.world.plant().truth();
        let Some(path) = &self.options.truth else {
            return Ok(());
        };
        write(path, &truth.strikes_csv())?;
        write(&path.with_extension("collisions.csv"), &truth.collisions_csv())
    }
}

/// When each guard acted, ms of device time; `clear` is empty while the needle is out.
fn guards_csv(trips: &[Trip]) -> String {
    let ms = |t: Nanos| format!("{:.3}", t as f64 * 1e-6);
    let row = |trip: &Trip| {
        let clear = trip.clear.map(ms).unwrap_or_default();
        let Trip { alarm, last_byte, began, stroke, .. } = *trip;
        format!("{alarm},{},{},{},{clear}\n", u8::from(stroke), ms(last_byte), ms(began))
    };
    let rows: String = trips.iter().map(row).collect();
    format!("alarm,stroke,last_byte_ms,began_ms,clear_ms\n{rows}")
}

fn write(path: &Path, text: &str) -> Result<(), ServeError> {
    std::fs::write(path, text).map_err(|source| ServeError::Truth { path: path.to_owned(), source })
}
