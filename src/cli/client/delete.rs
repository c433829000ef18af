//! `smp client delete`: a client's folder with all that is in it.

use super::super::output::{self, Failure};
use super::super::{Done, load};
use super::{failed, now};
use smp::client::sitting::day;
use smp::client::words::{ClientId, Note};
use smp::client::{ClientError, ClientRecord, bundle};
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The client's folder
    dir: PathBuf,
    /// The client's id: that it is this one
    #[arg(long)]
    id: ClientId,
    /// Delete it before the law's retention is over, for this reason
    #[arg(long, value_name = "REASON")]
    even_so: Option<Note>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let dir = &args.dir;
    let until = match ClientRecord::open(dir) {
        Ok(record) => bundle::keep_until(&record).map(|until| until.to_string()),
        Err(error) if error.is_change() => Some(format!("a day that cannot be told ({error})")),
        Err(error @ (ClientError::NoRecord(_) | ClientError::Io { .. })) => {
            return Err(failed(&error));
        }
        Err(error) => Some(format!("a day that cannot be told ({error})")),
    };
    let kept = until
        .filter(|until| until.parse().map_or(true, |until: jiff::civil::Date| day(now()) <= until));
    if let (Some(until), None) = (&kept, &args.even_so) {
        return Err(Failure::refused(format!("the record is to be kept until {until}"))
            .advise("smp client export DIR OUT.tar gives the client a copy of all of it")
            .advise("delete it all the same: --even-so REASON"));
    }
    bundle::delete(dir, &args.id).map_err(|e| failed(&e))?;
    let early = match (&kept, &args.even_so) {
        (Some(until), Some(reason)) => format!(", to be kept until {until}, because: {reason}"),
        _ => String::new(),
    };
    output::line(&format!(
        "deleted on {}: all of client {} in {}{early}",
        day(now()),
        args.id,
        load::shown(dir)
    ));
    output::line("scans, plans, signed documents, exports and backups elsewhere are not deleted");
    Ok(())
}
