//! What `rehearse`, `run` and `demo` share: a folder, a core set up for it, and what comes of it.

use super::load;
use super::output::{self, Failure};
use super::recorder::Recorder;
use smp::device::Mode;
use smp::drive::rehearsal::{self, Device};
use smp::record::folder::RunFolder;
use smp::record::journal::Header;
use smp::record::ledger::{Ledger, LedgerError};
use smp::record::plan_file::ProvedPlan;
use smp::record::report::{History, Material, Paper, Printed, Report, RunFigures, files};
use smp::record::truth::{Truth, read_strikes};
use smp::stream::{Cause, Entry, Fault, Job, Outcome, Run, Settings};
use smp::time::Instant;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A run about to start: core and recorder for a folder.
pub struct Session {
    pub run: Run,
    pub recorder: Recorder,
}

/// A device on the command line.
#[derive(clap::Args, Debug)]
pub struct DeviceArgs {
    /// The device: sim, a serial port or pty, or tcp:HOST:PORT
    #[arg(long)]
    pub port: String,
    /// With --port sim: the world
    #[arg(long, default_value = "nominal")]
    pub scenario: String,
    /// With --port sim: the seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl DeviceArgs {
    /// Whether it is simulated in this process.
    pub fn is_simulated(&self) -> bool {
        self.port == "sim"
    }

    /// What makes a session's epoch differ from that of others on this device: the seed, or the wall clock.
    pub fn salt(&self) -> u32 {
        if self.is_simulated() { self.seed as u32 } else { clock_salt() }
    }
}

#[expect(clippy::disallowed_methods, reason = "the composition root; see DeviceArgs::salt()")]
fn clock_salt() -> u32 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |d| d.as_millis() as u32)
}

/// How a run in a folder is meant.
#[derive(Clone, Copy, Debug)]
pub struct Intention {
    pub mode: Mode,
    pub epoch: u32,
    /// A person resumes: a latched device may be unlocked.
    pub resume: bool,
    /// Ledger entries must be on the disk before they count.
    pub durable: bool,
    /// Dots of each zone that are struck first, and looked at.
    pub test_dots: u32,
    /// Nothing moves before somebody says that it shall.
    pub begins_paused: bool,
    /// The head tracker's zero in which the head lies as registered; `None`: it does so now.
    pub zero: Option<u32>,
}

/// Creates the folder of a new run and puts the plan into it.
pub fn create_folder(path: &Path, plan: &ProvedPlan) -> Result<RunFolder, Failure> {
    let folder = RunFolder::new(path);
    let occupied = folder.ledger().exists() || folder.plan().exists();
    if occupied {
        return Err(Failure::refused(format!("{} holds a run already", load::shown(path)))
            .advise("name another folder, or go on with that run: smp run --resume"));
    }
    let bytes = plan.to_json().map_err(Failure::refused)?;
    std::fs::create_dir_all(path)
        .and_then(|()| write_durably(&folder.plan(), &bytes))
        .map_err(|e| Failure::refused(format!("cannot write to {}: {e}", load::shown(path))))?;
    Ok(folder)
}

/// A ledger that outlives its plan cannot be gone on with.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // The file's name, and that of its folder.
    path.ancestors()
        .skip(1)
        .take(2)
        .filter(|folder| *folder != Path::new(""))
        .try_for_each(|folder| File::open(folder)?.sync_all())
}

/// The next free `runs/NAME-NNN`.
pub fn next_folder(name: &str) -> PathBuf {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    (1..)
        .map(|n| PathBuf::from(format!("runs/{name}-{n:03}")))
        .find(|path| !path.exists())
        .unwrap_or_default()
}

/// The ledger of a folder, with what is in it. While it is open nobody else goes on with the run.
pub struct Opened {
    ledger: Ledger,
    /// What was in it, and what that leaves to do.
    entries: Vec<Entry>,
    job: Job,
}

impl Opened {
    /// Made if there is none. `durable`: nothing is begun without space for it.
    pub fn of(folder: &RunFolder, plan: &ProvedPlan, durable: bool) -> Result<Self, Failure> {
        let (mut ledger, entries) =
            open_ledger(folder, plan).map_err(|e| refused_ledger(folder, &e))?;
        if durable {
            ledger.check_space(Instant::START).map_err(|e| refused_ledger(folder, &e))?;
        }
        let mut job = Job::new(plan.program.dots().iter().map(|d| d.dot));
        replay_entries(&mut job, &entries)?;
        Ok(Self { ledger, entries, job })
    }

    /// What was in it when it was opened.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The head tracker's zero that the last session was run in, if anything is known of it.
    pub fn zero(&self) -> Option<u32> {
        self.job.zero()
    }
}

/// Sets up core and recorder: a fresh run, or the next one of a folder whose ledger has entries.
pub fn begin(
    folder: &RunFolder,
    plan: &ProvedPlan,
    opened: Opened,
    intention: Intention,
) -> Result<Session, Failure> {
    let Opened { ledger, entries, job } = opened;
    let Intention { mode, epoch, resume, durable, test_dots, begins_paused, zero } = intention;
    let settings = Settings { mode, epoch, unlock: resume, zero, test_dots, begins_paused };
    let program = smp::record::hex(plan.program.digest());
    let header = Header { settings, program, ledger_before: entries.len() };
    let recorder = Recorder::new(folder, ledger, &header, durable)?;
    let (program, machine) = (plan.program.clone(), plan.machine.clone());
    let run = Run::new(program, machine, settings, job, Instant::START);
    Ok(Session { run, recorder })
}

fn open_ledger(folder: &RunFolder, plan: &ProvedPlan) -> Result<(Ledger, Vec<Entry>), LedgerError> {
    let (path, program) = (folder.ledger(), &plan.program);
    if path.exists() {
        return Ledger::open(&path, program.digest());
    }
    let ledger = Ledger::create(&path, program.digest(), program.dots().len())?;
    Ok((ledger, Vec::new()))
}

fn refused_ledger(folder: &RunFolder, error: &LedgerError) -> Failure {
    let failure = Failure::refused(format!("{}: {error}", load::shown(&folder.ledger())));
    let resume = format!("smp run --resume {} --port ...", load::shown(folder.path()));
    failure.advise(match error {
        LedgerError::NearlyFull { .. } => format!("free space on that disk, then {resume}"),
        LedgerError::Io(_) | LedgerError::Failed => format!("mend the disk, then {resume}"),
        LedgerError::InUse => {
            "wait until that run has ended, or stop it: smp run writes to a folder one at a time"
                .to_owned()
        }
        LedgerError::OtherProgram => "name the folder that the plan was run in".to_owned(),
        LedgerError::Damaged { .. } => {
            "nobody can say what was struck: look at the client before anything else".to_owned()
        }
    })
}

/// Puts an earlier ledger into a job.
pub fn replay_entries(job: &mut Job, entries: &[Entry]) -> Result<(), Failure> {
    for entry in entries {
        if !job.replay(entry) {
            return Err(Failure::refused(format!("the ledger names a dot not planned: {entry:?}")));
        }
    }
    Ok(())
}

/// Runs a session on a simulated device in virtual time, with a progress bar.
pub fn simulate(
    session: Session,
    device: &mut Device,
    what: &'static str,
    quiet: bool,
) -> Result<(Outcome, Option<Fault>), Failure> {
    let Session { mut run, mut recorder } = session;
    let bar = output::progress(what, quiet);
    let (mut steps, mut attendant) = (0u32, rehearsal::Attendant::default());
    let (outcome, _) = rehearsal::rehearse(&mut run, device, &mut recorder, &mut |run, _| {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(4096) {
            let snapshot = run.snapshot();
            bar.set_length(snapshot.total as u64);
            bar.set_position(snapshot.done as u64);
        }
        attendant.wants(run)
    });
    bar.finish_and_clear();
    if attendant.has_given_up() {
        output::remark(
            "stopped: needle and height sensor part again and again, however often the needle is looked after; it is \
             longer or shorter than the machine's profile says",
        );
    }
    recorder.finish()?;
    Ok((outcome, run.fault()))
}

/// Writes the simulator's truth into the folder.
pub fn write_truth(folder: &RunFolder, truth: &smp_sim::Truth) -> Result<(), Failure> {
    std::fs::write(folder.truth(), truth.strikes_csv())
        .and_then(|()| std::fs::write(folder.collisions(), truth.collisions_csv()))
        .map_err(|e| Failure::refused(format!("cannot write the truth log: {e}")))
}

/// The whole ledger of a folder.
pub fn entries(folder: &RunFolder, plan: &ProvedPlan) -> Result<Vec<Entry>, Failure> {
    smp::record::ledger::read(&folder.ledger(), plan.program.digest())
        .map_err(|e| refused_ledger(folder, &e))
}

/// The truth in a folder, if there is any.
pub fn read_truth(folder: &RunFolder) -> Result<Option<Truth>, Failure> {
    if !folder.truth().exists() {
        return Ok(None);
    }
    let bytes = load::file(&folder.truth(), "the truth log")?;
    let strikes = read_strikes(bytes.as_slice())
        .map_err(|e| Failure::input(format!("{}: {e}", load::shown(&folder.truth()))))?;
    let collisions = match std::fs::read_to_string(folder.collisions()) {
        Ok(text) => text.lines().count().saturating_sub(1),
        Err(_) => 0,
    };
    Ok(Some(Truth { strikes, collisions }))
}

/// Makes report and recording of a folder; the figures.
pub fn conclude(
    folder: &RunFolder,
    plan: &ProvedPlan,
    wall_s: Option<f64>,
    recording: bool,
    paper: Paper,
) -> Result<RunFigures, Failure> {
    let entries = entries(folder, plan)?;
    let history =
        History::of_folder(folder, &load::registrations(folder)?).map_err(Failure::refused)?;
    let truth = read_truth(folder)?;
    let material = Material::new(plan, &entries, &history, truth.as_ref(), wall_s);
    let figures = RunFigures::new(&material);
    if recording {
        super::report::record_run(folder, plan, truth.as_ref(), &folder.recording())?;
    }
    let listed = files(folder).map_err(Failure::refused)?;
    let report =
        Report::build(&material, &jiff::Timestamp::now().strftime("%F %R UTC").to_string(), listed)
            .of_client(super::client::treatment(folder.path())?)
            .with_desk(super::console::desk_of(folder));
    let Printed { json, html, pdf } = report.print(paper).map_err(Failure::refused)?;
    std::fs::write(folder.report_html(), html)
        .and_then(|()| std::fs::write(folder.report_pdf(), pdf))
        .and_then(|()| std::fs::write(folder.report_json(), json))
        .map_err(|e| Failure::refused(format!("cannot write the report: {e}")))?;
    Ok(figures)
}

/// A run that did not finish, as a failure with advice.
pub fn judge_outcome(
    outcome: Outcome,
    fault: Option<Fault>,
    folder: Option<&Path>,
) -> Result<(), Failure> {
    let failure = match (outcome, fault) {
        (Outcome::Finished, _) => return Ok(()),
        (_, Some(fault)) => {
            Failure::refused(format!("the run ended: {fault}")).caused_by(fault.cause())
        }
        (Outcome::Stopped, None) => {
            Failure::refused("the run was stopped").caused_by(Cause::OperatorStop)
        }
        (Outcome::Faulted, None) => Failure::refused("the run ended by a fault"),
    };
    Err(match folder {
        Some(path) => {
            failure.advise(format!("go on with: smp run --resume {} --port ...", load::shown(path)))
        }
        None => failure,
    })
}

/// A session epoch that no earlier run of this folder had.
pub fn epoch(folder: &RunFolder, salt: u32) -> u32 {
    // Never 0, and different for each run in the folder and for each start of the clock.
    let session = folder.next_session() as u32;
    salt.wrapping_mul(0x9E37_79B1).wrapping_add(session) | 1
}
