//! `smp client export`: all of a client's files in one archive.

use super::super::output::{self, Failure};
use super::super::{Done, load};
use super::show::Shown;
use super::{failed, now};
use jiff::Timestamp;
use serde::Serialize;
use smp::client::ClientRecord;
use smp::client::bundle::{self, ClientFile};
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The client's folder
    dir: PathBuf,
    /// The archive (tar); it must not be there yet
    out: PathBuf,
    /// Print the summary
    #[arg(long)]
    json: bool,
}

/// `summary.json` in the archive.
#[derive(Serialize)]
struct Summary {
    schema: u32,
    made: Timestamp,
    /// What is wrong with the record, if anything is: it is exported all the same.
    changed: Option<String>,
    record: Option<Shown>,
    files: Vec<ClientFile>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let dir = &args.dir;
    bundle::whose(dir).map_err(|e| failed(&e))?;
    if lies_in(&args.out, dir) {
        return Err(Failure::input("the archive would lie in the client's folder itself")
            .advise("name a file elsewhere"));
    }
    if args.out.exists() {
        return Err(Failure::refused(format!("{} is there already", load::shown(&args.out)))
            .advise("name a file that is not there yet"));
    }
    let (record, changed) = match ClientRecord::open(dir).and_then(|r| Shown::of(&r)) {
        Ok(shown) => (Some(shown), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let files = bundle::files(dir).map_err(|e| failed(&e))?;
    let summary = Summary { schema: 1, made: now(), changed, record, files };
    let text = serde_json::to_vec_pretty(&summary).map_err(Failure::refused)?;
    bundle::archive(dir, &summary.files, &text, &args.out).map_err(|e| failed(&e))?;
    if args.json {
        return output::json(&summary);
    }
    let bytes: u64 = summary.files.iter().map(|file| file.size).sum();
    output::line(&format!(
        "written: {}: {} files, {bytes} bytes, and summary.json with their hashes",
        load::shown(&args.out),
        summary.files.len()
    ));
    if let Some(changed) = &summary.changed {
        output::remark(&format!("warning: the record is not as it was written: {changed}"));
    }
    Ok(())
}

fn lies_in(out: &Path, dir: &Path) -> bool {
    // A name alone has an empty parent: it is here.
    let beside = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let both = beside.canonicalize().ok().zip(dir.canonicalize().ok());
    both.is_some_and(|(beside, dir)| beside.starts_with(dir))
}
