//! Whoever is at the terminal gets another address with each Enter: a browser that was closed has lost its way in.

use super::server::Served;
use crate::cli::output;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use smp::console::Role;
use std::io::stdin;
use std::sync::Arc;

/// A console in the background looks so often whether it still is.
const BACKGROUND: Timespec = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };

/// Listens to the terminal, on a thread of its own.
pub fn print_at_enter(served: Arc<Served>) -> std::io::Result<()> {
    std::thread::Builder::new().name("address".to_owned()).spawn(move || {
        while is_entered().unwrap_or(false) {
            if let Ok(link) = served.doors.link(Role::Operator) {
                output::line(&format!("console: {link}"));
            }
        }
    })?;
    Ok(())
}

/// Waits for a line; `false`: none will come.
fn is_entered() -> std::io::Result<bool> {
    loop {
        match poll(&mut [PollFd::new(&stdin(), PollFlags::IN)], None) {
            Err(Errno::INTR) => continue,
            polled => polled?,
        };
        if is_ours() {
            return Ok(stdin().read_line(&mut String::new())? > 0);
        }
        // Who reads from a terminal in the background is stopped by the system, and the run would pause.
        poll(&mut [], Some(&BACKGROUND))?;
    }
}

/// What is typed is meant for this process: it is in the foreground, or its input is no terminal.
fn is_ours() -> bool {
    tcgetpgrp(stdin()).map_or(true, |group| group == getpgrp())
}
