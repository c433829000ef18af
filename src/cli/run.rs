//! `smp run`: a plan on a device, or on with an earlier run.

use super::client::{ClientArgs, Needle, Visit};
use super::live::{View, ViewArgs};
use super::output::{self, Failure};
use super::register::{self, TouchedHead};
use super::rehearse::{self, DepthArgs, World};
use super::session::{self, DeviceArgs, Intention, Opened, Session};
use super::supervise::{AtConsole, Nobody, Screen, Supervisor, Way, supervise};
use super::{Done, load, plan};
use smp::console::live::Board;
use smp::device::Mode;
use smp::drive::first;
use smp::drive::port::PortName;
use smp::drive::realtime::{self, DriveError};
use smp::drive::rehearsal::Device;
use smp::record::folder::RunFolder;
use smp::record::plan_file::ProvedPlan;
use smp::record::report::{Paper, words};
use smp::stream::{Cause, Fault, Outcome};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The plan; not needed with --resume
    #[arg(required_unless_present = "resume")]
    plan: Option<PathBuf>,
    /// Go on with the run in this folder
    #[arg(long, conflicts_with = "plan")]
    resume: Option<PathBuf>,
    /// What was touched on the client: the scalp is registered by it. Without, it lies where the machine's profile
    /// has it: for a phantom that is fixed there
    #[arg(long, value_name = "TOUCHES", requires = "scalp")]
    registration: Option<PathBuf>,
    /// With --registration: the scalp that the plan was made for
    #[arg(long)]
    scalp: Option<String>,
    /// The head lies as registered now: a phantom that is fixed there. Without, a run that goes on follows the head by
    /// the tracker from where it was, and is refused where the tracker has lost its zero
    #[arg(long, requires = "resume", conflicts_with = "registration")]
    lies_as_registered: bool,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgs,
    /// Folder of the run (default: the next free runs/NAME-NNN)
    #[arg(long, conflicts_with_all = ["resume", "client"])]
    out: Option<PathBuf>,
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    depth: DepthArgs,
    #[command(flatten)]
    view: ViewArgs,
    /// Strike so many dots of each zone first, and wait until somebody has looked at them
    #[arg(long, default_value_t = 0, value_name = "DOTS")]
    test_dots: u32,
    /// Print one JSON object at the end
    #[arg(long)]
    json: bool,
    /// Supervised by a console, through this socket, which is made: nothing moves before the console says so, and the
    /// run pauses when nobody looks on
    #[arg(long, value_name = "SOCKET")]
    console: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    somebody_looks(args)?;
    args.view.check(args.device.is_simulated())?;
    let way = args.console.as_deref().map(Way::open).transpose()?;
    let mut visit = Visit::of(&args.client, args.resume.as_deref(), args.out.as_deref())?;
    let (plan, head, folder) = plan_and_folder(args, visit.as_mut())?;
    // From here on the folder is this run's alone.
    let opened = Opened::of(&folder, &plan, !args.device.is_simulated())?;
    let zero = zero(args, head.as_ref(), &opened)?;
    let intention = intention(args, &folder, zero);
    if let Some(head) = &head {
        head.registered.keep(&head.touches, &folder).map_err(|e| {
            Failure::refused(format!("cannot keep the registration in the folder: {e}"))
                .advise("free the disk, or name another folder; nothing was moved")
        })?;
    }
    if let Some(visit) = &mut visit {
        visit.begin(&plan, &folder, &opened, &args.device.port)?;
    }
    let needle = visit.as_ref().and_then(Visit::needle);
    let by = (!args.device.is_simulated())
        .then(|| supervisor(args, &plan, &folder, &opened, way, needle));
    let began = plan::clock();
    let ended = on_device(args, &plan, &folder, opened, intention, by);
    let recorded = match visit {
        Some(visit) => visit.end(&folder, ended.as_ref().ok().copied()),
        None => Ok(()),
    };
    let wall_s = began.elapsed().as_secs_f64();
    let told =
        ended.and_then(|(outcome, fault)| tell(args, &folder, &plan, outcome, fault, wall_s));
    // What ended the run comes first, and that the record does not tell of it is told all the same.
    match (told, recorded) {
        (Err(failure), Err(untold)) => Err(failure.note(untold.to_string())),
        (told, recorded) => told.and(recorded),
    }
}

/// Report and summary of a run that has ended.
fn tell(
    args: &Args,
    folder: &RunFolder,
    plan: &ProvedPlan,
    outcome: Outcome,
    fault: Option<Fault>,
    wall_s: f64,
) -> Done {
    // On a disk that fails the recording would wait for ever: `smp report` makes it later.
    let recording = cfg!(feature = "rerun") && fault != Some(Fault::Ledger);
    let concluded = session::conclude(folder, plan, Some(wall_s), recording, Paper::A4);
    let figures = match concluded {
        Ok(figures) => figures,
        Err(untold) if outcome == Outcome::Finished => return Err(untold),
        // What ended the run is what has to be told; a full disk holds no report of it either.
        Err(_) => {
            output::remark("the report could not be made: smp report makes it later");
            return session::judge_outcome(outcome, fault, Some(folder.path()));
        }
    };
    if args.json {
        output::json(&figures)?;
    } else {
        for line in super::supervise::summary(&figures) {
            output::line(&line);
        }
        output::line(&format!("report: {}", load::shown(&folder.report_html())));
    }
    session::judge_outcome(outcome, fault, Some(folder.path()))
}

/// Runs it, simulated or on a port.
fn on_device(
    args: &Args,
    plan: &ProvedPlan,
    folder: &RunFolder,
    opened: Opened,
    intention: Intention,
    by: Option<Box<dyn Supervisor>>,
) -> Result<(Outcome, Option<Fault>), Failure> {
    if let Some(by) = by {
        return on_port(args, plan, folder, session::begin(folder, plan, opened, intention)?, by);
    }
    let mut device = simulated(args, plan)?;
    let session = session::begin(folder, plan, opened, intention)?;
    let ended = session::simulate(session, &mut device, "running", args.json)?;
    session::write_truth(folder, &device.into_truth())?;
    Ok(ended)
}

/// Who supervises: a console, the operator at this terminal, or nobody.
fn supervisor(
    args: &Args,
    plan: &ProvedPlan,
    folder: &RunFolder,
    opened: &Opened,
    way: Option<Way>,
    needle: Option<Needle>,
) -> Box<dyn Supervisor> {
    let Some(way) = way else {
        return if args.json { Box::new(Nobody) } else { Box::new(Screen::new()) };
    };
    let whole = std::path::absolute(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
    let order = plan.program.dots().iter().map(|dot| dot.dot);
    let name = whole.display().to_string();
    let mut board = Board::new(Some(name), &plan.machine, order, opened.entries());
    if let Some(Needle { made, most }) = needle {
        board.needle(made as usize, most as usize);
    }
    Box::new(AtConsole::new(way, board))
}

/// What is run, and in which folder: a new one, or one to go on in. A client's run is refused here if anything speaks
/// against it that nobody has answered.
fn plan_and_folder(
    args: &Args,
    visit: Option<&mut Visit>,
) -> Result<(ProvedPlan, Option<TouchedHead>, RunFolder), Failure> {
    match (&args.plan, &args.resume) {
        (_, Some(dir)) => {
            let folder = RunFolder::new(dir);
            may_go_on(&folder, args)?;
            let (plan, head) = match args.registration {
                Some(_) => where_the_head_lies(&folder.plan(), args)?,
                None => as_it_lay(&folder)?,
            };
            if let Some(visit) = visit {
                visit.check(&plan)?;
            }
            Ok((plan, head, folder))
        }
        (Some(path), None) => {
            let (plan, head) = where_the_head_lies(path, args)?;
            let Some(visit) = visit else {
                rehearse_first(&plan, args)?;
                let dir = args.out.clone();
                let dir = dir.unwrap_or_else(|| session::next_folder(&plan.file.design));
                let folder = session::create_folder(&dir, &plan)?;
                return Ok((plan, head, folder));
            };
            visit.check(&plan)?;
            rehearse_first(&plan, args)?;
            let folder = session::create_folder(&visit.folder()?, &plan)?;
            visit.mark(&folder)?;
            Ok((plan, head, folder))
        }
        (None, None) => Err(Failure::input("name a plan, or a folder to resume")),
    }
}

/// Whether another session may begin in this folder.
fn may_go_on(folder: &RunFolder, args: &Args) -> Done {
    // The report at the end needs them all: not then is the time to find one damaged.
    load::registrations(folder)?;
    if args.device.is_simulated() {
        return Err(Failure::input("a simulated device forgets its strikes when the program ends")
            .advise("serve one with smp-sim serve and resume on its port"));
    }
    Ok(())
}

/// The plan, proved for where the client's scalp really lies, if that was found out.
fn where_the_head_lies(
    path: &Path,
    args: &Args,
) -> Result<(ProvedPlan, Option<TouchedHead>), Failure> {
    let (Some(touches), Some(name)) = (&args.registration, &args.scalp) else {
        return Ok((load::plan(path)?, None));
    };
    let file = load::plan_file(path)?;
    let scan = load::Scan { name, landmarks: args.landmarks.as_deref() };
    let head = register::for_plan(touches, &file, &scan)?;
    let plan = load::prove(file, path, Some(&head.registered))?;
    output::remark(&format!("registered: {}", words::registered(&head.registered)));
    Ok((plan, Some(head)))
}

/// The plan of a run that goes on, proved for where the head lay in its newest session.
fn as_it_lay(folder: &RunFolder) -> Result<(ProvedPlan, Option<TouchedHead>), Failure> {
    let registered = load::registrations(folder)?;
    let head = register::of_run(folder, &registered)?;
    if head.is_none() && folder.was_registered() {
        return Err(touch_again());
    }
    Ok((load::plan_of_run(folder, &registered)?, head))
}

/// The zero of the head tracker from which the head has been followed since it was registered.
fn zero(args: &Args, head: Option<&TouchedHead>, opened: &Opened) -> Result<Option<u32>, Failure> {
    let goes_on = args.resume.is_some() && args.registration.is_none();
    let zero = if goes_on { opened.zero() } else { head.and_then(|head| head.zero) };
    match (zero, head) {
        _ if args.lies_as_registered || args.device.is_simulated() => Ok(None),
        (None, Some(_)) if goes_on => Err(touch_again()),
        (zero, _) => Ok(zero),
    }
}

fn touch_again() -> Failure {
    Failure::refused("the head was registered, and may have moved since")
        .advise("touch it again: --registration TOUCHES --scalp SCALP")
}

/// Test dots are for a person's eyes: none without one.
fn somebody_looks(args: &Args) -> Done {
    let simulated = args.device.is_simulated();
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if args.console.is_some() && simulated {
        return Err(Failure::input(
            "a run in virtual time is over before anybody has looked at it",
        )
        .advise("leave --console out, or serve a device with smp-sim serve and run on its port"));
    }
    let nobody = args.console.is_none() && (args.json || !terminal);
    if args.test_dots > 0 && !simulated && nobody {
        return Err(Failure::input("test dots are to be looked at, and nobody is at the terminal")
            .advise("run at a terminal and without --json, or leave --test-dots out"));
    }
    Ok(())
}

/// A program that does not rehearse cleanly is not run.
fn rehearse_first(plan: &ProvedPlan, args: &Args) -> Done {
    let scratch = tempfile::tempdir().map_err(Failure::refused)?;
    // Nothing moves in this world: what goes wrong here is the program's own fault.
    let world = World { scenario: "still", seed: 1, mode: Mode::Follow, as_registered: true };
    let path = scratch.path().join("rehearsal");
    let done = rehearse::rehearse(plan, &world, &path, false, args.json)?;
    let f = &done.figures;
    let clean = done.outcome == Outcome::Finished
        && f.dots_skipped == 0
        && f.dots_uncertain == 0
        && f.double_strikes == Some(0)
        && f.collisions == Some(0)
        && f.over_ceiling == Some(0);
    if clean {
        return Ok(());
    }
    let mut failure = Failure::refused("the plan does not rehearse cleanly; it is not run");
    for line in super::supervise::summary(f) {
        failure = failure.advise(line);
    }
    Err(failure.advise("smp rehearse --scenario still --out DIR shows why"))
}

fn intention(args: &Args, folder: &RunFolder, zero: Option<u32>) -> Intention {
    Intention {
        mode: (&args.depth).into(),
        epoch: session::epoch(folder, args.device.salt()),
        resume: args.resume.is_some(),
        durable: !args.device.is_simulated(),
        test_dots: args.test_dots,
        begins_paused: args.console.is_some(),
        zero,
    }
}

fn simulated(args: &Args, plan: &ProvedPlan) -> Result<Device, Failure> {
    let skin = &plan.file.skin;
    let DeviceArgs { scenario, seed, .. } = &args.device;
    Device::build(scenario, &plan.machine, &skin.vertices, &skin.triangles, *seed)
        .map_err(Failure::input)
}

fn on_port(
    args: &Args,
    plan: &ProvedPlan,
    folder: &RunFolder,
    session: Session,
    mut by: Box<dyn Supervisor>,
) -> Result<(Outcome, Option<Fault>), Failure> {
    let Ok(name) = args.device.port.parse::<PortName>();
    if args.test_dots == 0 && Mode::from(&args.depth) == Mode::Follow {
        output::remark("no test dots: --test-dots 10 strikes ten of each zone first, and waits");
    }
    if !first::is_allowed() {
        output::remark(first::NOT_ALLOWED);
    }
    let Session { run, recorder } = session;
    let (baud, lost) = (plan.machine.link.baud, recorder.lost());
    let (view, tap) = View::begin(&args.view, folder, plan)?.unzip();
    let recorder = Box::new(recorder.tapped(tap));
    let driven = realtime::start(run, name, baud, recorder).map_err(|e| port(&e))?;
    let ended = supervise(driven, by.as_mut())?;
    if let Some(view) = view {
        view.end();
    }
    if let Some(cause) = lost.cause() {
        output::remark(cause);
    }
    if ended.notes_lost > 0 {
        output::remark(&format!("warning: the journal has a gap of {} notes", ended.notes_lost));
    }
    Ok((ended.outcome, ended.fault))
}

pub fn port(error: &DriveError) -> Failure {
    let failure = Failure::refused(error);
    if matches!(error, DriveError::Died | DriveError::Stuck) {
        return failure.caused_by(Cause::Internal);
    }
    failure
        .advise("check the port's name and that nothing else uses it")
        .advise("smp-sim serve --scenario nominal --pty LINK gives a simulated device")
}
