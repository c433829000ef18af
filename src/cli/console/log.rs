//! What happens at the console is written down: in the console's own log, and what concerns a run in that run's folder too,
//! where its report finds it.

use super::place::Place;
use crate::cli::output;
use serde::Serialize;
use smp::console::Deed;
use smp::record::chained::Chain;
use std::path::{Path, PathBuf};

/// The logs that are being written.
pub struct Log {
    own: Option<Chain>,
    /// Of the run's folder.
    run: Option<(PathBuf, Option<Chain>)>,
}

#[derive(Serialize)]
struct Line<'a> {
    at: jiff::Timestamp,
    what: &'a Deed,
}

impl Log {
    /// Goes on with the console's own.
    pub fn open(place: &Place) -> Self {
        Self { own: chain(&place.of("console/log.jsonl")), run: None }
    }

    /// Writes something down. A log that cannot be written stops nothing: it is said at the terminal.
    pub fn write(&mut self, deed: &Deed, folder: Option<&str>) {
        let line = Line { at: jiff::Timestamp::now(), what: deed };
        append(&mut self.own, &line);
        let Some(folder) = folder else { return };
        let path = Path::new(folder).join("desk.jsonl");
        if self.run.as_ref().is_none_or(|(known, _)| *known != path) {
            let chain = chain(&path);
            self.run = Some((path, chain));
        }
        if let Some((_, chain)) = &mut self.run {
            append(chain, &line);
        }
    }
}

/// A log that was changed stays as it is, and another is begun beside it.
fn chain(path: &Path) -> Option<Chain> {
    let broken = match Chain::open(path) {
        Ok(chain) => return Some(chain),
        Err(e) => e,
    };
    output::remark(&format!("warning: {}: {broken}", path.display()));
    let aside = path.with_extension(format!("{}.jsonl", jiff::Timestamp::now().as_second()));
    std::fs::rename(path, aside).ok()?;
    Chain::open(path).ok()
}

fn append(chain: &mut Option<Chain>, line: &Line<'_>) {
    let failed = chain.as_mut().and_then(|chain| chain.append(line).err());
    if let Some(e) = failed {
        output::remark(&format!("warning: the console's log cannot be written: {e}"));
        *chain = None;
    }
}
