//! `smp survey`: the machine touches the head itself, at the places that tell most of how it lies.

use super::output::{self, Failure};
use super::session::DeviceArgs;
use super::supervise::{AtConsole, Fitting, Keeping, Screen, Supervisor, Surveyed, Way, supervise};
use super::{Done, load, run};
use smp::console::live::Board;
use smp::device::Mode;
use smp::drive::port::PortName;
use smp::drive::rehearsal::{self, Device};
use smp::drive::{Events, first, realtime};
use smp::frame::Point;
use smp::machine::Profile;
use smp::plan::{self, DotId};
use smp::register::{Head, Noise, Rules, Spot, first_pose, survey};
use smp::stream::{Cause, Event, Fault, Job, Outcome, Run, Settings};
use smp::time::Instant;
use smp::verify::{Program, Skin, Violation, prove};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Landmarks as touched by hand: a file of touches without any others
    touches: PathBuf,
    /// The scalp: a folder, a mesh, or the name of a bundled one
    #[arg(long)]
    scalp: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// The machine
    #[arg(long, default_value = "gantry6")]
    machine: String,
    #[command(flatten)]
    device: DeviceArgs,
    /// Places to touch; the last six only verify
    #[arg(long, default_value_t = 46, value_parser = clap::value_parser!(u32).range(18..=200))]
    places: u32,
    /// Where to write the touches, landmarks included
    #[arg(long)]
    out: PathBuf,
    /// Supervised by a console, through this socket, which is made: nothing moves before the console says so
    #[arg(long, value_name = "SOCKET")]
    console: Option<PathBuf>,
}

/// Places that the fit does not see.
const CHECKS: usize = 6;

/// Runs the command.
pub fn run(args: &Args) -> Done {
    if args.out.exists() {
        let there = format!("{} is there already", load::shown(&args.out));
        return Err(Failure::refused(there).advise("name another file for the touches"));
    }
    let scan = load::Scan { name: &args.scalp, landmarks: args.landmarks.as_deref() };
    let (scalp, landmarks) = load::scan(&scan)?;
    let surface = Arc::new(scalp.surface);
    let (mut touched, _) = load::touches(&args.touches)?;
    let head = Head { surface: &surface, landmarks: &landmarks };
    let about = first_pose(head, &touched, &Rules::default()).map_err(|e| {
        Failure::refused(format!("{}: {e}", load::shown(&args.touches)))
            .advise("touch the landmarks again")
    })?;
    let machine = load::machine(&args.machine)?.for_survey(about);
    let program = program(&surface, &machine, args.places as usize)?;
    output::remark(&format!("{} places to touch", program.dots().len()));
    // The salt only makes the epoch differ from that of other sessions on this device.
    let epoch = args.device.salt() | 1;
    let head = Surveyed { surface, landmarks, touched: touched.clone() };
    let found = visit(args, epoch, program, machine, head)?;
    let checks = CHECKS.min(found.len() / 3);
    let (surface, checks) = found.split_at(found.len() - checks);
    (touched.surface, touched.checks) = (surface.to_vec(), checks.to_vec());
    // A device that is simulated ends with this program, its tracker with it.
    touched.head_zero = Some(epoch).filter(|_| !args.device.is_simulated());
    let text = touched.to_text().map_err(Failure::refused)?;
    std::fs::write(&args.out, text)
        .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(&args.out))))?;
    output::line(&format!(
        "{} places touched, in {}; the head tracker follows the head from now on, as long as it has power",
        found.len(),
        load::shown(&args.out)
    ));
    Ok(())
}

/// Visits to the most telling places that the machine can reach, proved like any program.
fn program(
    surface: &smp::scalp::ScalpSurface,
    machine: &Profile,
    places: usize,
) -> Result<Program, Failure> {
    let reachable = plan::reachable(surface, machine);
    let chosen = survey::choose(surface, &reachable, places, &Noise::default());
    let mut chosen: Vec<_> = chosen.iter().map(|spot| (spot.at, spot.normal)).collect();
    let skin = Skin::new(surface.vertices(), surface.triangles());
    loop {
        let draft = plan::visits(&chosen, surface, machine).draft;
        let violations = match prove(draft, &skin, machine) {
            Ok(program) => return Ok(program),
            Err(violations) => violations,
        };
        // Skin so rough that nobody can say where its normal points is left out: there are others.
        let bad: BTreeSet<u32> = violations.iter().filter_map(|v| v.kind.dot()).collect();
        if bad.is_empty() {
            return Err(refused(&violations));
        }
        let mut number = 0..;
        chosen.retain(|_| number.next().is_none_or(|n| !bad.contains(&n)));
    }
}

fn refused(violations: &[Violation]) -> Failure {
    let failure = Failure::refused("the survey of a head that lies like this does not hold");
    load::naming(failure, violations).advise("lay the head down anew, or touch the landmarks again")
}

/// Touches all places; where the skin was found, the most telling place first.
fn visit(
    args: &Args,
    epoch: u32,
    program: Program,
    machine: Profile,
    head: Surveyed,
) -> Result<Vec<Point<smp::frame::Machine>>, Failure> {
    let way = args.console.as_deref().map(Way::open).transpose()?;
    let begins_paused = way.is_some();
    let settings = Settings { begins_paused, ..Settings::new(Mode::Survey, epoch) };
    let job = Job::new(program.dots().iter().map(|d| d.dot));
    let machine = Arc::new(machine);
    let program = Arc::new(program);
    let mut run = Run::new(program.clone(), machine.clone(), settings, job, Instant::START);
    let (events, outcome, fault) = if args.device.is_simulated() {
        let (vertices, triangles) = (head.surface.vertices(), head.surface.triangles());
        let DeviceArgs { scenario, seed, .. } = &args.device;
        let mut device = Device::build(scenario, &machine, vertices, triangles, *seed)
            .map_err(Failure::input)?;
        let mut heard = Events::default();
        let mut attendant = rehearsal::Attendant::default();
        let attend = &mut |run: &Run, _| attendant.wants(run);
        let (outcome, _) = rehearsal::rehearse(&mut run, &mut device, &mut heard, attend);
        (heard.0, outcome, run.fault())
    } else {
        on_port(args, run, &machine, by(way, head, &program, &machine)?)?
    };
    match (outcome, fault) {
        (Outcome::Finished, _) => Ok(surveyed(&events)),
        (_, Some(fault)) => {
            Err(Failure::refused(format!("the survey ended: {fault}")).caused_by(fault.cause()))
        }
        (_, None) => Err(Failure::refused("the survey was stopped").caused_by(Cause::OperatorStop)),
    }
}

/// Who supervises it: a console, which sees how well the head is registered by now, or the operator at this terminal.
fn by(
    way: Option<Way>,
    head: Surveyed,
    program: &Program,
    machine: &Profile,
) -> Result<Box<dyn Supervisor>, Failure> {
    let Some(way) = way else { return Ok(Box::new(Screen::new())) };
    let order = program.dots().iter().map(|dot| dot.dot);
    let board = Board::new(None, machine, order, &[]);
    let spots = program.dots().iter().map(|dot| Spot { at: dot.position, normal: dot.normal });
    let fitting = Fitting::start(head, spots.collect())?;
    Ok(Box::new(AtConsole::new(way, board).fitting(fitting)))
}

fn on_port(
    args: &Args,
    run: Run,
    machine: &Profile,
    shown: Box<dyn Supervisor>,
) -> Result<(Vec<Event>, Outcome, Option<Fault>), Failure> {
    let Ok(name) = args.device.port.parse::<PortName>();
    if !first::is_allowed() {
        output::remark(first::NOT_ALLOWED);
    }
    let nobody = Box::new(Events::default());
    let driven =
        realtime::start(run, name, machine.link.baud, nobody).map_err(|e| run::port(&e))?;
    let mut events = Vec::new();
    let mut keeping = Keeping { shown, kept: &mut events };
    let ended = supervise(driven, &mut keeping)?;
    Ok((events, ended.outcome, ended.fault))
}

fn surveyed(events: &[Event]) -> Vec<Point<smp::frame::Machine>> {
    let place = |event: &Event| match *event {
        Event::Surveyed { dot, at_mm: [x, y, z] } => Some((dot, Point::new(x, y, z))),
        _ => None,
    };
    let mut found: Vec<(DotId, _)> = events.iter().filter_map(place).collect();
    found.sort_by_key(|(dot, _)| *dot);
    found.into_iter().map(|(_, at)| at).collect()
}
