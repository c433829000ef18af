//! The way to the process of a run: its socket, and as a last means a signal.

use crate::cli::output::monotonic_ms;
use rustix::process::{Pid, Signal, kill_process};
use smp::console::live::{Asked, Said, Told};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What may wait to be told to a run.
const WAITING: usize = 64;
/// A line that a run says is shorter: a picture of a million dots.
const LINE_MAX: u64 = 16 << 20;

/// What comes from a run.
pub enum FromRun {
    /// It says something.
    Told(Box<Told>),
    /// It is not there any more.
    Gone,
}

/// The way to a run. Dropped, it is closed.
pub struct Link {
    asks: mpsc::Sender<Said>,
    task: JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Link {
    /// Tells it something. One that does not take what it is told is told by a signal, if it is to stop.
    pub fn ask(&self, asked: Asked) {
        let _ = self.asks.try_send(Said { said_ms: monotonic_ms(), asked });
    }
}

/// Looks for a run under way.
pub fn find(live: &Path, told: &mpsc::Sender<FromRun>) -> Option<Link> {
    let mut sockets: Vec<PathBuf> = std::fs::read_dir(live)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "sock"))
        .collect();
    // The newest first: their names rise.
    sockets.sort();
    let stream = sockets.iter().rev().find_map(|path| near(path))?;
    let (asks, asked) = mpsc::channel(WAITING);
    let task = tokio::spawn(talk(stream, told.clone(), asked));
    Some(Link { asks, task })
}

/// Connects, by way of the open folder: an address may only have 107 bytes, a path may have more. One that nobody listens
/// to was left behind by a run that was killed.
fn near(path: &Path) -> Option<UnixStream> {
    use std::os::fd::AsRawFd;
    let folder = std::fs::File::open(path.parent()?).ok()?;
    let address = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string());
    match std::os::unix::net::UnixStream::connect(address.join(path.file_name()?)) {
        Ok(stream) => {
            stream.set_nonblocking(true).ok()?;
            UnixStream::from_std(stream).ok()
        }
        Err(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
            let _ = std::fs::remove_file(path);
            None
        }
        Err(_) => None,
    }
}

async fn talk(stream: UnixStream, told: mpsc::Sender<FromRun>, mut said: mpsc::Receiver<Said>) {
    let (reader, mut writer) = stream.into_split();
    let writes = async {
        while let Some(said) = said.recv().await {
            let Ok(mut line) = serde_json::to_vec(&said) else { continue };
            line.push(b'\n');
            if writer.write_all(&line).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = writes => {}
        () = listen(BufReader::new(reader), &told) => {}
    }
    let _ = told.send(FromRun::Gone).await;
}

async fn listen(
    mut reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    told: &mpsc::Sender<FromRun>,
) {
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(LINE_MAX).read_until(b'\n', &mut line).await {
            Ok(1..) if line.ends_with(b"\n") => {}
            _ => return,
        }
        let Ok(said) = serde_json::from_slice(&line) else { return };
        if told.send(FromRun::Told(Box::new(said))).await.is_err() {
            return;
        }
    }
}

/// Tells a process to stop.
pub fn signal(process: u32) {
    let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return };
    let _ = kill_process(process, Signal::TERM);
}
