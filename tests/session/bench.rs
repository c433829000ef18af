//! One program on the simulator, from design to figures, through the library.

use crate::place::repository;
use crate::plans::gantry6_with;
use smp::design::{Design, Rest};
use smp::device::Mode;
use smp::drive::Events;
use smp::drive::rehearsal::{Device, Tap, attendant, rehearse};
use smp::machine::Profile;
use smp::plan;
use smp::plan::site::Sitting;
use smp::record::judge::{Figures, Limits, judge};
use smp::record::proving::{Desk, Task};
use smp::record::truth::{TrueStrike, Truth, read_strikes};
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use smp::stream::{Event, Fault, Job, Outcome, Run, Settings};
use smp::time::Instant;
use smp::verify::Program;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A proved program over the bundled head.
pub struct Bench {
    surface: ScalpSurface,
    machine: Arc<Profile>,
    pub program: Arc<Program>,
}

/// Near the top of the pitched head, where a vertical needle is near the normal.
pub const TOP: Zone = Zone { s: [0.48, 0.64], t: 0.08, density_per_cm2: 10.0 };

/// A zone across the midline, `t` to either side of it.
#[derive(Clone, Copy)]
pub struct Zone {
    pub s: [f64; 2],
    pub t: f64,
    pub density_per_cm2: f64,
}

/// A design of these zones.
pub fn design_of(zones: &[Zone]) -> String {
    let mut text = "schema = 1\nname = \"zones\"\n".to_owned();
    for (k, Zone { s: [front, back], t, density_per_cm2 }) in zones.iter().enumerate() {
        let corners = format!("[{front}, -{t}], [{front}, {t}], [{back}, {t}], [{back}, -{t}]");
        text += &format!("[[zone]]\nname = \"zone {k}\"\noutline = [{corners}]\n");
        text += &format!("density_per_cm2 = {density_per_cm2}\n");
    }
    text
}

/// What became of a run.
pub struct Ran {
    pub outcome: Outcome,
    pub fault: Option<Fault>,
    pub events: Vec<Event>,
    /// The judge's, from the simulator's truth.
    pub figures: Figures,
    /// The simulator's truth.
    pub strikes: Vec<TrueStrike>,
    /// By the clock of the simulated world.
    pub ended_s: f64,
}

impl Bench {
    /// `machine` is a shipped profile's name, `design` the text of a design without files.
    pub fn new(machine: &str, design: &str) -> Self {
        let text = fs::read_to_string(repository(&format!("configs/machines/{machine}.toml")));
        let machine = Arc::new(Profile::parse(&text.unwrap(), machine).unwrap());
        let head = repository("configs/scalps/pydeface_mean");
        let marks = fs::read_to_string(head.join("landmarks.json")).unwrap();
        let marks = Landmarks::parse(&marks, "landmarks.json").unwrap();
        let mesh = read(&fs::read(head.join("mesh.stl")).unwrap(), MeshFormat::Stl).unwrap();
        let surface = ScalpSurface::build(mesh, &marks).unwrap().0;
        let design = Design::parse(design, "design.toml", &mut |_| unreachable!()).unwrap();
        let mut desk = Desk::on(&surface);
        let placement = desk.place(&design, &Sitting::default());
        let effort = plan::Effort::default();
        let task = Task {
            design: &design,
            scalp: "head",
            machine: &machine,
            effort,
            elsewhere: &[],
            course: None,
        };
        let program = task.proved(&mut desk, placement, &mut |_| {}).unwrap().program;
        Self { surface, machine, program }
    }

    /// The same, with the head registered where the profile has it: known better, therefore.
    pub fn registered(mut self) -> Self {
        let machine = Arc::make_mut(&mut self.machine);
        machine.register(machine.placement());
        self
    }

    /// The least rest between neighbours, by the plan.
    pub fn planned_rest_s(&self, rest: Rest) -> Option<f64> {
        plan::least_rest_s(self.program.draft(), rest, &self.surface, &self.machine)
    }

    /// Runs it in virtual time on a changed `still`.
    pub fn run(&self, changes: &[(&str, &str)], mode: Mode, tap: Option<Box<dyn Tap>>) -> Ran {
        self.run_with(changes, Settings::new(mode, 1), tap)
    }

    /// The same with other settings; a pause is ended by the attendant.
    pub fn run_with(
        &self,
        changes: &[(&str, &str)],
        settings: Settings,
        tap: Option<Box<dyn Tap>>,
    ) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let scenario = still_with(changes, folder.path());
        let (vertices, triangles) = (self.surface.vertices(), self.surface.triangles());
        let mut device = Device::build(&scenario, &self.machine, vertices, triangles, 1).unwrap();
        if let Some(tap) = tap {
            device = device.tapped(tap);
        }
        let job = Job::new(self.program.dots().iter().map(|d| d.dot));
        let (program, machine) = (self.program.clone(), self.machine.clone());
        let mut run = Run::new(program, machine, settings, job, Instant::START);
        let mut events = Events::default();
        let (outcome, ended_s) =
            rehearse(&mut run, &mut device, &mut events, &mut |run, _| attendant(run));
        let truth = device.into_truth();
        let strikes = read_strikes(truth.strikes_csv().as_bytes()).unwrap();
        let truth = Truth { strikes, collisions: truth.collisions.len() };
        let limits = Limits { band_mm: [1.5, 2.0], ceiling_mm: 2.0 };
        let figures = judge(&truth, self.program.dots(), limits);
        Ran {
            outcome,
            fault: run.fault(),
            events: events.0,
            figures,
            strikes: truth.strikes,
            ended_s,
        }
    }
}

/// The shipped six-axis machine.
pub fn gantry6() -> Profile {
    gantry6_with(100, 300)
}

/// Writes `still` with some texts replaced, each of which must be there.
fn still_with(changes: &[(&str, &str)], folder: &Path) -> String {
    let still = fs::read_to_string(repository("configs/scenarios/still.toml")).unwrap();
    let skin = format!("{:?}", repository("configs/skin/phantom.toml").display().to_string());
    let all = [("\"../skin/phantom.toml\"", skin.as_str())];
    let text = all.iter().chain(changes).fold(still, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in still.toml");
        text.replace(from, to)
    });
    let path = folder.join("scenario.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}
