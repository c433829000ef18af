//! A cable between a served device and a pseudo-terminal, which can be pulled out and plugged in again: the
//! device lives on meanwhile, as a real one does behind its USB plug.

use crate::pty::pty;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// How often a cable looks whether it is still plugged in.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };

/// A cable that is plugged in. Dropped, it is pulled out at both ends.
pub struct Plug {
    pulled: Arc<AtomicBool>,
    cable: Option<JoinHandle<()>>,
}

impl Plug {
    /// From the device at `127.0.0.1:port` to a pseudo-terminal behind this link.
    pub fn into(port: &str, link: &Path) -> Self {
        let device = TcpStream::connect(port.trim_start_matches("tcp:")).unwrap();
        device.set_nodelay(true).unwrap();
        let (master, path) = pty();
        rustix::io::ioctl_fionbio(&master, true).unwrap();
        // Somebody has to hold the other side, or its first user would find a terminal that hung up before.
        let held = File::options().read(true).write(true).open(&path).unwrap();
        if link.is_symlink() {
            std::fs::remove_file(link).unwrap();
        }
        std::os::unix::fs::symlink(path, link).unwrap();
        let pulled = Arc::new(AtomicBool::new(false));
        let looked_at = pulled.clone();
        let cable = std::thread::Builder::new();
        let cable = cable.spawn(move || {
            carry(&device, &File::from(master), &looked_at);
            drop(held);
        });
        Self { pulled, cable: Some(cable.unwrap()) }
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        self.pulled.store(true, Ordering::Relaxed);
        let _ = self.cable.take().map(JoinHandle::join);
    }
}

fn carry(mut device: &TcpStream, mut host: &File, pulled: &AtomicBool) {
    let mut bytes = [0; 4096];
    while !pulled.load(Ordering::Relaxed) {
        let mut ends = [PollFd::new(device, PollFlags::IN), PollFd::new(host, PollFlags::IN)];
        if poll(&mut ends, Some(&LOOK)).is_err() {
            return;
        }
        let [from_device, from_host] =
            [0, 1].map(|end| ends[end].revents().contains(PollFlags::IN));
        if from_device {
            match device.read(&mut bytes) {
                Ok(0) | Err(_) => return,
                // Nobody may be reading there: a cable keeps nothing.
                Ok(count) => drop(host.write(&bytes[..count])),
            }
        }
        if from_host {
            // The device may have gone.
            let count = host.read(&mut bytes).unwrap_or(0);
            let _ = device.write_all(&bytes[..count]);
        }
    }
}
