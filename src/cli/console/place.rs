//! The folder that the console works on, and how things are written there.

use crate::cli::output::Failure;
use serde_json::Value;
use smp::console::session::{Name, Session};
use smp::machine::Profile;
use smp::record::folder::RunFolder;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No machine profile is larger.
const PROFILE_MAX: u64 = 64 << 10;

/// Where the console has its own things, and all that it works on: `clients`, `scalps`, `designs`, `runs`.
#[derive(Clone, Debug)]
pub struct Place {
    dir: PathBuf,
    /// Held as long as the console lives: of two in one folder both would take themselves for in control.
    _alone: Arc<File>,
}

impl Place {
    /// The folder; what the console needs in it is made.
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        let failed = |e: std::io::Error| {
            Failure::refused(format!("cannot write to {}: {e}", dir.display()))
                .advise("name a folder that is yours")
        };
        let own = dir.join("console");
        for made in ["live", "session"] {
            std::fs::create_dir_all(own.join(made)).map_err(failed)?;
        }
        let alone = File::create(own.join("lock")).map_err(failed)?;
        if alone.try_lock().is_err() {
            return Err(Failure::refused(format!("another console works on {}", dir.display()))
                .advise("use that one, or end it first"));
        }
        let dir = dir.canonicalize().map_err(failed)?;
        Ok(Self { dir, _alone: Arc::new(alone) })
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Something in it.
    pub fn of(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Sockets of runs under way.
    pub fn live(&self) -> PathBuf {
        self.of("console/live")
    }

    /// The session as it was when the console ended. One that cannot be read is begun anew: all that it names is still there.
    pub fn session(&self) -> Session {
        let text = std::fs::read(self.of("console/session.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps the session.
    pub fn keep(&self, session: &str) {
        // What cannot be kept is only missed after a crash.
        let _ = write(&self.of("console/session.json"), session.as_bytes());
    }

    /// Runs that have not finished: by their reports, or because they have none.
    pub fn unfinished(&self) -> Vec<String> {
        let runs = self.names("runs").into_iter().map(|name| format!("runs/{name}"));
        let sessions = self.names("clients").into_iter().flat_map(|client| {
            let sessions = format!("clients/{client}/sessions");
            self.names(&sessions).into_iter().map(move |number| format!("{sessions}/{number}"))
        });
        let is_open = |path: &String| {
            let folder = RunFolder::new(self.of(path));
            let report = std::fs::read(folder.report_json()).unwrap_or_default();
            let report: Value = serde_json::from_slice(&report).unwrap_or_default();
            folder.ledger().exists() && report["state"] != "finished"
        };
        runs.chain(sessions).filter(is_open).collect()
    }

    /// Machine profiles in it that a page can name.
    pub fn machines(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        // A pipe of that name would be waited for.
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let names = files.filter_map(|entry| entry.file_name().into_string().ok());
        let is_profile = |name: &String| {
            let mut text = String::new();
            let file = File::open(self.of(name)).map(|file| file.take(PROFILE_MAX));
            let read = file.and_then(|mut file| file.read_to_string(&mut text));
            read.is_ok() && Profile::parse(&text, name).is_ok()
        };
        let can_be_named =
            |name: &String| name.ends_with(".toml") && Name::try_from(name.clone()).is_ok();
        let mut profiles: Vec<String> = names.filter(can_be_named).filter(is_profile).collect();
        profiles.sort();
        profiles
    }

    /// Names of folders in one of its folders, in order.
    pub fn names(&self, kind: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.of(kind)).into_iter().flatten().flatten();
        let folders = entries.filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> =
            folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Writes a file whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|e| e.error)
}
