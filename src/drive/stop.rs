//! The way by which a device is stopped.
//!
//! One byte, one `write(2)`, on a file descriptor of its own: no lock, no queue and no allocation is shared
//! with streaming. Whoever wants the device stopped calls [`StopLine::stop`] (the operator's key, a signal, a
//! thread that is dying) and needs neither the stream thread nor the core for it; the core is told afterwards.
//!
//! ```text
//!  core --Output::Stop--> stream thread --+
//!  key 's' ------------> main thread -----+--> StopLine: write(fd', [byte]) --> device
//!  SIGINT, SIGTERM ----> stop thread -----+
//!  panic --------------> its thread ------+
//! ```
//!
//! Which byte stops the device depends on what it is doing. The stream thread publishes it before anything
//! that changes it is sent.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::os::fd::OwnedFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// A full line is tried so often, and waited for so long each time.
const TRIES: u32 = 50;
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
/// No byte stops it: nothing is under way.
const NONE: u8 = 0;

/// The second file descriptor of a port, and the byte to write to it.
#[derive(Debug, Default)]
pub struct StopLine {
    port: OnceLock<OwnedFd>,
    byte: AtomicU8,
    asked: AtomicBool,
}

impl StopLine {
    /// From now on bytes go to this duplicate of the open port's file descriptor. The first one stays.
    pub fn connect(&self, port: OwnedFd) {
        let _ = self.port.set(port);
    }

    /// What stops the device from now on.
    pub fn publish(&self, byte: Option<u8>) {
        self.byte.store(byte.unwrap_or(NONE), Ordering::Release);
    }

    /// Stops the device, whatever it is doing; false if nothing stops it, or nothing can be written.
    pub fn stop(&self) -> bool {
        self.asked.store(true, Ordering::Release);
        match self.byte.load(Ordering::Acquire) {
            NONE => false,
            byte => self.write(byte),
        }
    }

    /// Whether somebody has asked for a stop: what the device says from now on is its answer to that.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    /// Writes one byte; false if the port does not take it.
    pub fn write(&self, byte: u8) -> bool {
        let Some(port) = self.port.get() else {
            return false;
        };
        for _ in 0..TRIES {
            match rustix::io::write(port, &[byte]) {
                Ok(count) => return count == 1,
                Err(Errno::AGAIN) => {
                    // Whatever it says, the next try tells.
                    let _ = poll(&mut [PollFd::new(port, PollFlags::OUT)], Some(&WAIT));
                }
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn line() -> (StopLine, std::io::PipeReader) {
        let (reader, writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let line = StopLine::default();
        line.connect(writer.into());
        (line, reader)
    }

    #[test]
    fn the_byte_published_last_is_written_and_none_where_nothing_stops() {
        let (line, mut reader) = line();
        assert!(!line.stop());
        line.publish(Some(b'!'));
        line.publish(Some(0x84));
        assert!(line.stop());
        line.publish(None);
        assert!(!line.stop());
        drop(line);
        let mut written = Vec::new();
        reader.read_to_end(&mut written).unwrap();
        assert_eq!(written, [0x84]);
    }

    #[test]
    fn a_full_line_is_waited_for_and_given_up_after_a_while() {
        let (line, mut reader) = line();
        let port = line.port.get().unwrap();
        while rustix::io::write(port, &[0; 4096]).is_ok() {}
        while rustix::io::write(port, &[0]).is_ok() {}
        assert!(!line.write(0x84), "nobody reads");
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| line.write(0x84));
            let mut all = vec![0; 1 << 16];
            reader.read_exact(&mut all).unwrap();
            assert!(writing.join().unwrap());
        });
    }

    #[test]
    fn a_port_that_is_gone_is_told_and_not_waited_for() {
        let (line, reader) = line();
        drop(reader);
        assert!(!line.write(0x84));
        assert!(!StopLine::default().write(0x84));
    }
}
