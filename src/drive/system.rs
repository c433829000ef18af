//! The two calls into the system for which there is no safe function.

use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;
use tokio::io::unix::AsyncFd;

/// Lets the reactor watch over a port.
#[expect(
    unsafe_code,
    reason = "tokio leaves it to the caller that the descriptor stays what it is"
)]
pub fn watched(port: File) -> io::Result<AsyncFd<File>> {
    // SAFETY: a `File` owns its descriptor, says the same one always, and closes it when it is dropped, which
    // it is with the `AsyncFd`.
    Ok(unsafe { AsyncFd::register(port) }?)
}

/// Sets the low-latency flag of a serial driver; false where it has none, as a pseudo-terminal has not.
/// Without it an FTDI adapter keeps what it has received for 16 ms.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "no safe crate speaks TIOCSSERIAL without building C bindings")]
pub fn lower_latency(tty: BorrowedFd<'_>) -> bool {
    use rustix::ioctl::{Opcode, Setter, Updater, ioctl};
    const GET: Opcode = libc::TIOCGSERIAL as Opcode;
    const SET: Opcode = libc::TIOCSSERIAL as Opcode;
    /// `ASYNC_LOW_LATENCY` of `linux/serial.h`.
    const LOW_LATENCY: i32 = 1 << 13;
    /// `struct serial_struct` begins with `int type, line, port, irq, flags` and is 72 bytes long.
    type SerialStruct = [i32; 64];
    const FLAGS: usize = 4;
    // SAFETY: both calls read or write 72 bytes at an address where 256 are ours, and keep no pointer. The
    // getter's are all zero before.
    unsafe {
        let mut serial: SerialStruct = [0; 64];
        if ioctl(tty, Updater::<GET, SerialStruct>::new(&mut serial)).is_err() {
            return false;
        }
        serial[FLAGS] |= LOW_LATENCY;
        ioctl(tty, Setter::<SET, SerialStruct>::new(serial)).is_ok()
    }
}

/// Other systems have no such flag.
#[cfg(not(target_os = "linux"))]
pub fn lower_latency(_: BorrowedFd<'_>) -> bool {
    false
}
