//! What a run's report says of the client it was made on.

use super::super::output::Failure;
use super::add::{cartridge_line, pigment_line};
use super::failed;
use smp::client::ClientRecord;
use smp::client::page::Began;
use smp::client::sitting::{Mark, Session, Sitting, sessions, strikes_of};
use smp::record::report::{Treatment, TreatmentSitting};
use std::path::Path;

/// Of the run in this folder; `None` for a run of no client. A record that cannot be read leaves the sittings out: the
/// report says so.
pub fn treatment(folder: &Path) -> Result<Option<Treatment>, Failure> {
    let Some(mark) = Mark::of(folder).map_err(|e| failed(&e))? else { return Ok(None) };
    let (client, session) = (mark.client.to_string(), mark.session);
    let sittings = of_record(folder, &mark).unwrap_or_default();
    Ok(Some(Treatment { client, session, sittings }))
}

fn of_record(folder: &Path, mark: &Mark) -> Option<Vec<TreatmentSitting>> {
    let dir = folder.canonicalize().ok()?.parent()?.parent()?.to_owned();
    let record = ClientRecord::open(&dir).ok().filter(|r| r.client().id == mark.client)?;
    let all = sessions(&record).ok()?;
    let session = all.iter().find(|session| session.number == mark.session)?;
    let row = |sitting: &Sitting| row(&record, &all, sitting);
    Some(session.sittings.iter().map(row).collect())
}

fn row(record: &ClientRecord, all: &[Session], sitting: &Sitting) -> TreatmentSitting {
    let Began { operator, pigment, cartridge, answered, .. } = &sitting.began;
    let cartridge = cartridge.as_str();
    TreatmentSitting {
        began: sitting.at.strftime("%F %R UTC").to_string(),
        operator: operator.to_string(),
        pigment: record.pigment(pigment.as_str()).map(pigment_line).unwrap_or_default(),
        cartridge: record
            .cartridge(cartridge)
            .map(|piece| cartridge_line(piece, strikes_of(all, cartridge)))
            .unwrap_or_default(),
        answered: answered
            .iter()
            .map(|a| format!("{} ({}): {}, says {}", a.refusal, a.found, a.reason, a.operator))
            .collect(),
    }
}
