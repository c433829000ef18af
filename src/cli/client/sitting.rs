//! A run of a client: what speaks against it before, and what the record is told of it.

use super::super::Done;
use super::super::load;
use super::super::output::{self, Failure};
use super::super::session::Opened;
use super::remedy::unsettled;
use super::{check, failed, now};
use smp::client::answers::{Answer, Unsettled, settle};
use smp::client::claim::Claim;
use smp::client::page::{Answered, Began, Ended, Ending, FileHash, Statement};
use smp::client::rules::{Asked, PlanAsked, SessionAsked, refusals};
use smp::client::sitting::{self, Mark, Session, day, is_untouched, next_session};
use smp::client::words::{Label, Note, Sha256Hex};
use smp::client::{ClientError, ClientRecord, Refusal, bundle};
use smp::device::LineSplitter;
use smp::record::folder::RunFolder;
use smp::record::journal::What;
use smp::record::plan_file::ProvedPlan;
use smp::stream::{Fault, Outcome};
use std::path::{Path, PathBuf};

/// How often the end of a run is written anew when somebody else has just added a page.
const END_TRIES: usize = 100;

/// A run of a client, on the command line.
#[derive(clap::Args, Debug)]
pub struct ClientArgs {
    /// The client's folder: what speaks against a run is looked at, and the run is recorded
    #[arg(long, value_name = "DIR", requires = "operator")]
    client: Option<PathBuf>,
    /// With --client: who is at the machine
    #[arg(long, value_name = "NAME", requires = "client")]
    operator: Option<Label>,
    /// With --client: the pigment, by its name in the record; a run that goes on has the one it had
    #[arg(long, value_name = "NAME", requires = "client")]
    pigment: Option<Label>,
    /// With --client: the cartridge, by its name in the record; a run that goes on has the one it had
    #[arg(long, value_name = "NAME", requires = "client")]
    cartridge: Option<Label>,
    /// With --client: the session that the plan is for
    #[arg(long, value_name = "NUMBER", requires = "client", conflicts_with = "resume")]
    session: Option<u32>,
    /// With --client: the device's serial number
    #[arg(long, value_name = "TEXT", requires = "client")]
    device_serial: Option<Label>,
    /// With --client: why it is done although this speaks against it; as often as need be
    #[arg(long, value_name = "REFUSAL=REASON", requires = "client")]
    answer: Vec<Answer>,
}

/// A needle: strikes that it has made, and may make in all.
#[derive(Clone, Copy, Debug)]
pub struct Needle {
    pub made: u32,
    pub most: u32,
}

/// A run of a client, about to begin or to go on.
pub struct Visit {
    /// No other run of this client comes in between, from the first look to the last page.
    _claim: Claim,
    record: ClientRecord,
    sessions: Vec<Session>,
    /// Which session is asked for.
    asked: SessionAsked,
    number: u32,
    operator: Label,
    pigment: Label,
    cartridge: Label,
    device_serial: Option<Label>,
    answers: Vec<Answer>,
    answered: Vec<Answered>,
}

impl Visit {
    /// Of the arguments; `None` for a run of no client. `resume`: the folder that is gone on in; `out`: that of a new
    /// run, if it was named.
    pub fn of(
        args: &ClientArgs,
        resume: Option<&Path>,
        out: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        let mark = match resume {
            Some(folder) => Mark::of(folder).map_err(|e| failed(&e))?,
            None => None,
        };
        let (Some(dir), Some(operator)) = (&args.client, &args.operator) else {
            return beside_the_record(mark.as_ref(), resume.or(out)).map(|()| None);
        };
        let claim = claim(dir)?;
        let (record, sessions) = read(dir)?;
        let Some(claim) = claim else {
            let running = sessions.iter().find(|session| session.running);
            let session = running.map_or_else(|| next_session(&sessions), |s| s.number);
            let refusal = Refusal::SessionRunning { session };
            return Err(unsettled(record.client().id.as_str(), &Unsettled::Open(vec![refusal])));
        };
        let asked = match resume {
            Some(folder) => SessionAsked::GoOn(own(&record, folder, mark)?),
            None => SessionAsked::New(args.session),
        };
        let (number, before) = match asked {
            SessionAsked::GoOn(number) => {
                let before = sessions.iter().find(|s| s.number == number);
                (number, before.and_then(|s| s.sittings.last()))
            }
            SessionAsked::New(_) => (next_session(&sessions), None),
        };
        let before = before.map(|sitting| &sitting.began);
        let named = |given: &Option<Label>, had: Option<&Label>, what: &str| {
            given.clone().or_else(|| had.cloned()).ok_or_else(|| {
                Failure::input(format!("which {what}?")).advise(format!(
                    "name it: --{what} NAME; smp client {what} list DIR lists them"
                ))
            })
        };
        let pigment = named(&args.pigment, before.map(|b| &b.pigment), "pigment")?;
        let cartridge = named(&args.cartridge, before.map(|b| &b.cartridge), "cartridge")?;
        let (operator, device_serial) = (operator.clone(), args.device_serial.clone());
        let (answers, answered) = (args.answer.clone(), Vec::new());
        Ok(Some(Self {
            _claim: claim,
            record,
            sessions,
            asked,
            number,
            operator,
            pigment,
            cartridge,
            device_serial,
            answers,
            answered,
        }))
    }

    /// Refuses what nobody has answered.
    pub fn check(&mut self, plan: &ProvedPlan) -> Done {
        let skin_sha256 = &hash(&plan.file.skin.sha256())?;
        let dots = plan.program.dots().len() as u32;
        let asked = Asked {
            today: day(now()),
            plan: Some(PlanAsked::new(skin_sha256, dots, plan.file.course.as_ref())),
            pigment: Some(self.pigment.as_str()),
            cartridge: Some(self.cartridge.as_str()),
            session: self.asked,
        };
        let found = refusals(&self.record, &self.sessions, &asked);
        let id = self.record.client().id.as_str();
        let settled = settle(found, &self.answers).map_err(|e| unsettled(id, &e))?;
        let at = now();
        self.answered = settled
            .into_iter()
            .map(|(refusal, reason)| Answered {
                refusal: Label::lossy(&refusal.key()),
                found: Note::lossy(&refusal.to_string()),
                reason,
                operator: self.operator.clone(),
                at,
            })
            .collect();
        for answered in &self.answered {
            output::remark(&format!(
                "answered: {} ({}): {}",
                answered.refusal, answered.found, answered.reason
            ));
        }
        Ok(())
    }

    /// How worn the needle is that the run begins with.
    pub fn needle(&self) -> Option<Needle> {
        let cartridge = self.record.cartridge(self.cartridge.as_str())?;
        let made = sitting::strikes_of(&self.sessions, self.cartridge.as_str());
        Some(Needle { made, most: cartridge.most_strikes })
    }

    /// Where a new session's run goes. What a run has left there that never began gives way.
    pub fn folder(&self) -> Result<PathBuf, Failure> {
        let path = self.record.run_folder(self.number);
        // `sessions` has refused what is no folder, and one that was struck in and that no page tells of.
        if path.exists() && is_untouched(&RunFolder::new(&path)).map_err(|e| failed(&e))? {
            output::remark(&format!(
                "{}: of a run that never began; begun anew",
                load::shown(&path)
            ));
            std::fs::remove_dir_all(&path).map_err(Failure::refused)?;
        }
        Ok(path)
    }

    /// Says in a new run's folder whose it is.
    pub fn mark(&self, folder: &RunFolder) -> Done {
        let mark = Mark::new(self.record.client().id.clone(), self.number);
        mark.write(folder.path()).map_err(|e| failed(&e))
    }

    /// Writes down that the run begins. The last thing before anything moves.
    pub fn begin(
        &mut self,
        plan: &ProvedPlan,
        folder: &RunFolder,
        opened: &Opened,
        port: &str,
    ) -> Done {
        let Some((_, consent)) = self.record.consent() else {
            return Err(failed(&ClientError::Stale));
        };
        let machine = serde_json::to_vec(&plan.file.machine).map_err(Failure::refused)?;
        let plan_sha256 = smp::record::report::sha256_of(&folder.plan());
        let began = Began {
            session: self.number,
            operator: self.operator.clone(),
            pigment: self.pigment.clone(),
            cartridge: self.cartridge.clone(),
            port: Label::lossy(port),
            device_serial: self.device_serial.clone(),
            program_version: Label::lossy(env!("CARGO_PKG_VERSION")),
            design: Label::lossy(&plan.file.design),
            plan_sha256: hash(&plan_sha256.map_err(Failure::refused)?)?,
            program_sha256: hash(&smp::record::hex(plan.program.digest()))?,
            machine_sha256: Sha256Hex::of(&machine),
            skin_sha256: hash(&plan.file.skin.sha256())?,
            consent_sha256: consent.clone(),
            dots: plan.program.dots().len() as u32,
            ledger_before: opened.entries().len() as u32,
            answered: self.answered.clone(),
        };
        // `append` refuses if anything was stated since the refusals were looked at.
        self.record.append(now(), Statement::Began(Box::new(began))).map_err(|e| failed(&e))
    }

    /// Writes down how the run has ended; `None`: it did not come to be.
    pub fn end(self, folder: &RunFolder, how: Option<(Outcome, Option<Fault>)>) -> Done {
        // Whoever adds a page at this moment has done so the next time.
        let tries = (0..END_TRIES).map(|_| self.ended(folder, how));
        let mut lasting = tries.skip_while(|told| matches!(told, Err(ClientError::Stale)));
        lasting.next().unwrap_or(Err(ClientError::Stale)).map_err(|e| {
            failed(&e).note("the record does not tell how this run has ended; its ledger does")
        })
    }

    fn ended(
        &self,
        folder: &RunFolder,
        how: Option<(Outcome, Option<Fault>)>,
    ) -> Result<(), ClientError> {
        // Read anew: pages may have come meanwhile.
        let mut record = ClientRecord::open(self.record.folder())?;
        let sessions = sitting::sessions(&record)?;
        let session = sessions.iter().find(|session| session.number == self.number);
        let missing = || ClientError::Missing(folder.path().to_owned());
        let session = session.ok_or_else(missing)?;
        let io = |source| ClientError::Io { path: folder.path().to_owned(), source };
        let files = sitting::files(folder).map_err(io)?;
        let files = files.iter().filter_map(|row| {
            Some(FileHash { name: Label::lossy(&row.name), sha256: row.sha256.parse().ok()? })
        });
        let (outcome, fault) = match how {
            Some((Outcome::Finished, fault)) => (Ending::Finished, fault),
            Some((Outcome::Stopped, fault)) => (Ending::Stopped, fault),
            Some((Outcome::Faulted, fault)) => (Ending::Faulted, fault),
            None => (Ending::Failed, None),
        };
        let ended = Ended {
            session: self.number,
            outcome,
            fault: fault.map(|fault| Note::lossy(&fault.to_string())),
            firmware: firmware(folder),
            dots_done: session.done,
            dots_open: session.open,
            dots_uncertain: session.uncertain,
            strikes: session.sittings.last().map_or(0, |sitting| sitting.strikes),
            files: files.collect(),
        };
        record.append(now(), Statement::Ended(Box::new(ended)))
    }
}

/// A client's run is begun and gone on with by its record alone.
fn beside_the_record(mark: Option<&Mark>, folder: Option<&Path>) -> Done {
    let what = match (mark, folder) {
        (Some(mark), _) => format!("this is session {} of client {}", mark.session, mark.client),
        (None, Some(folder)) if lies_in_a_record(folder) => {
            format!("{} lies in a client's folder", load::shown(folder))
        }
        (None, _) => return Ok(()),
    };
    Err(Failure::input(what)
        .advise("name the record, and who is at the machine: --client DIR --operator NAME"))
}

/// Of a folder that need not be there yet.
fn lies_in_a_record(folder: &Path) -> bool {
    let Ok(folder) = std::path::absolute(folder) else { return false };
    let there = folder.ancestors().find_map(|above| above.canonicalize().ok());
    let none = |above: &Path| {
        matches!(bundle::whose(above), Err(ClientError::NoRecord(_) | ClientError::Io { .. }))
    };
    there.is_some_and(|there| there.ancestors().any(|above| !none(above)))
}

/// `None` while another run of this client goes on.
fn claim(dir: &Path) -> Result<Option<Claim>, Failure> {
    // A folder that holds no record is not touched.
    bundle::whose(dir).map_err(|e| failed(&e))?;
    match Claim::of(dir) {
        Err(ClientError::Link(path)) => Err(changed(dir, Refusal::RecordChanged(path))),
        claim => claim.map_err(|e| failed(&e)),
    }
}

/// The record with its sessions, if it is as it was written.
fn read(dir: &Path) -> Result<(ClientRecord, Vec<Session>), Failure> {
    check::read(dir)?.map_err(|refusal| changed(dir, refusal))
}

fn changed(dir: &Path, refusal: Refusal) -> Failure {
    let id = bundle::whose(dir).map_or("-".to_owned(), |client| client.id.to_string());
    unsettled(&id, &Unsettled::Open(vec![refusal]))
}

/// Number of the session in this folder, if it is one of this client, where the record has it.
fn own(record: &ClientRecord, folder: &Path, mark: Option<Mark>) -> Result<u32, Failure> {
    let id = &record.client().id;
    let Some(mark) = mark else {
        return Err(Failure::refused(format!(
            "the run in {} is of no client",
            load::shown(folder)
        ))
        .advise("go on without --client, or name a run in the client's folder"));
    };
    if mark.client != *id {
        let refusal = Refusal::OtherClient { found: mark.client, id: id.clone() };
        return Err(unsettled(id.as_str(), &Unsettled::Open(vec![refusal])));
    }
    let due = record.run_folder(mark.session);
    let same = due.canonicalize().ok().zip(folder.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    if !same {
        return Err(Failure::refused(format!(
            "session {} of client {id} is in {}",
            mark.session,
            load::shown(&due)
        ))
        .advise("go on in that folder: the record knows no other"));
    }
    Ok(mark.session)
}

/// What the device said of itself in the newest run, if it did.
fn firmware(folder: &RunFolder) -> Option<Label> {
    let journal = RunFolder::open_journal(folder.journals().last()?).ok()?;
    let (mut splitter, mut line) = (LineSplitter::default(), String::new());
    for record in journal.map_while(Result::ok) {
        let What::Received(bytes) = record.what else { continue };
        let mut bytes = bytes.as_slice();
        while splitter.next_line(&mut bytes, &mut line) {
            if line.starts_with("[VER:") {
                return Some(Label::lossy(&line));
            }
        }
    }
    None
}

fn hash(hex: &str) -> Result<Sha256Hex, Failure> {
    hex.parse().map_err(Failure::refused)
}
