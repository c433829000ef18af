//! From journal records to what there is to see. Nothing here knows the viewer.

use crate::depth::Grounds;
use crate::device::{HeadShift, LineSplitter, Reply, Report, StrokeReport, open, parse};
use crate::frame::{Machine, Point, Scalp, Transform};
use crate::machine::{Axis, Joints, Kinematics, Profile};
use crate::plan::DotId;
use crate::record::plan_file::ProvedPlan;
use crate::record::report::words::{self, Level};
use crate::record::tap::Look;
use crate::stream::{Estimate, Event, Fate, Outcome};
use crate::time::{Duration, Instant, ms};
use nalgebra::{Rotation3, UnitQuaternion, Vector3};
use std::collections::BTreeMap;

/// Samples are this far apart: 25 in a second.
const SAMPLE: Duration = ms(40);
/// Between two sessions on the common time line.
const GAP: Duration = ms(1000);

/// Something to show, with its time since the first session began.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    /// What the device reported.
    Sample(Sample),
    /// A dot was struck.
    Struck(Struck),
    /// Nobody can say whether a dot was struck.
    Uncertain {
        /// When that became clear.
        at: Instant,
        /// Its turn in the program, from 0.
        index: usize,
    },
    /// Something worth a line in the log.
    Note {
        /// When.
        at: Instant,
        /// How much it matters.
        level: Level,
        /// In words.
        text: String,
    },
    /// The run's state changed.
    State {
        /// When.
        at: Instant,
        /// To what.
        state: RunState,
    },
}

/// A dot struck, and why it went where it went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Struck {
    /// When.
    pub at: Instant,
    /// Its turn in the program, from 0.
    pub index: usize,
    /// What the decision was made of.
    pub grounds: Option<Grounds>,
    /// What the device made of it.
    pub stroke: Option<StrokeReport>,
    /// What the controller believes of it.
    pub estimate: Estimate,
}

/// The device's reports of one slice of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When the last of them came.
    pub at: Instant,
    /// The needle's tip, strokes included.
    pub tip: Point<Scalp>,
    /// How the tool is turned: its z axis points out of the skin.
    pub tool: UnitQuaternion<f64>,
    /// From the tip at rest to the skin, mm.
    pub height_mm: Option<f64>,
    /// Greatest needle force in the slice, N.
    pub force_n: Option<f64>,
    /// Head displacement.
    pub head: Option<HeadShift>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Finding out what the device is.
    Connecting,
    /// Dot by dot.
    Striking,
    /// The next strike has to wait.
    Waiting,
    /// Needle out, tool lifted.
    Paused,
    /// On the way to the park pose.
    Parking,
    /// Ended as it should.
    Finished,
    /// Ended by the operator.
    Stopped,
    /// Ended by a fault.
    Fault,
}

impl RunState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Connecting,
        Self::Striking,
        Self::Waiting,
        Self::Paused,
        Self::Parking,
        Self::Finished,
        Self::Stopped,
        Self::Fault,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Striking => "striking",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Parking => "parking",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Fault => "fault",
        }
    }
}

/// Follows a run through its journal.
#[derive(Debug)]
pub struct Follower {
    kinematics: Kinematics,
    scalp_from_machine: Transform<Scalp, Machine>,
    turns: BTreeMap<DotId, usize>,
    /// Strikes under way, and those of an earlier session whose fate is open.
    sent: BTreeMap<DotId, Grounds>,
    splitter: LineSplitter,
    line: String,
    /// When this session began on the common time line.
    began: Instant,
    now: Instant,
    state: Option<RunState>,
    next_sample: Instant,
    force_n: Option<f64>,
}

impl Follower {
    /// Before the first session.
    pub fn new(plan: &ProvedPlan) -> Self {
        Self::of(&plan.machine, plan.program.dots().iter().map(|d| d.dot))
    }

    fn of(machine: &Profile, order: impl Iterator<Item = DotId>) -> Self {
        Self {
            kinematics: machine.kinematics(),
            scalp_from_machine: machine.placement().inverse(),
            turns: order.enumerate().map(|(i, dot)| (dot, i)).collect(),
            sent: BTreeMap::new(),
            splitter: LineSplitter::default(),
            line: String::with_capacity(512),
            began: Instant::START,
            now: Instant::START,
            state: None,
            next_sample: Instant::START,
            force_n: None,
        }
    }

    /// The next record is of a session in which the head lay there.
    pub fn begin_session(&mut self, machine_from_scalp: Transform<Machine, Scalp>) {
        self.scalp_from_machine = machine_from_scalp.inverse();
    }

    /// Takes what there is to see of a record; what it shows is appended to `out`.
    pub fn take(&mut self, at: Instant, look: Look<'_>, out: &mut Vec<Sight>) {
        self.now = self.began + at.since(Instant::START);
        if self.state.is_none() {
            self.enter(RunState::Connecting, out);
        }
        match look {
            Look::Received(bytes) => self.received(bytes, out),
            Look::Event(event) => self.event(&event, out),
            Look::Command(command) => self.note(Level::Info, words::command(command).into(), out),
            Look::Uncertain(dot) => {
                if let Some(&index) = self.turns.get(&dot) {
                    out.push(Sight::Uncertain { at: self.now, index });
                }
            }
            Look::LedgerFailed => self.note(Level::Alarm, "The ledger failed".to_owned(), out),
            Look::LinkLost => self.note(Level::Alarm, "The port is gone".to_owned(), out),
            Look::Time => {}
        }
    }

    /// Some records have not come: a line that had begun is none any more.
    #[cfg(feature = "view")]
    pub fn left_out(&mut self, records: u32, out: &mut Vec<Sight>) {
        self.splitter.clear();
        self.note(
            Level::Warning,
            format!("{records} records did not come here in time; the file has them"),
            out,
        );
    }

    /// The journal has ended; the next record is of another session.
    pub fn end_session(&mut self, out: &mut Vec<Sight>) {
        if !matches!(
            self.state,
            None | Some(RunState::Finished | RunState::Stopped | RunState::Fault)
        ) {
            self.note(Level::Warning, "The record of this session is cut off".to_owned(), out);
        }
        self.began = self.now + GAP;
        self.next_sample = self.began;
        self.splitter.clear();
        (self.state, self.force_n) = (None, None);
    }

    fn received(&mut self, mut bytes: &[u8], out: &mut Vec<Sight>) {
        let mut line = std::mem::take(&mut self.line);
        while self.splitter.next_line(&mut bytes, &mut line) {
            // In a session lines are sealed, before it they are plain; a damaged one is neither.
            let text = open(&line).unwrap_or(&line);
            if let Reply::Report(report) = parse(text) {
                self.report(&report, out);
            }
        }
        self.line = line;
    }

    fn report(&mut self, report: &Report, out: &mut Vec<Sight>) {
        // A stroke is shorter than a slice: its peak must not fall between two samples.
        if let Some(force) = report.force_n {
            self.force_n = Some(self.force_n.map_or(force, |most| most.max(force)));
        }
        if self.now < self.next_sample {
            return;
        }
        self.next_sample = self.now + SAMPLE;
        let (tip, tool) = self.tool(&report.joints);
        out.push(Sight::Sample(Sample {
            at: self.now,
            tip,
            tool,
            height_mm: report.height_mm,
            force_n: self.force_n.take(),
            head: report.head,
        }));
    }

    /// Where the joints put the tool, on the head as it was registered.
    fn tool(&self, joints: &Joints) -> (Point<Scalp>, UnitQuaternion<f64>) {
        let tip = self.kinematics.tip(joints, joints.get(Axis::C));
        let wrist = Rotation3::from_axis_angle(&Vector3::x_axis(), joints.get(Axis::A))
            * Rotation3::from_axis_angle(&Vector3::y_axis(), joints.get(Axis::B));
        let turned = self.scalp_from_machine.isometry().rotation
            * UnitQuaternion::from_rotation_matrix(&wrist);
        (self.scalp_from_machine.point(tip), turned)
    }

    fn event(&mut self, event: &Event, out: &mut Vec<Sight>) {
        if let Event::StrikeSent { dot, grounds } = event {
            self.sent.insert(*dot, *grounds);
        }
        match *event {
            Event::Hop { .. } | Event::StrikeSent { .. } | Event::Resumed => {
                self.enter(RunState::Striking, out);
            }
            Event::Waiting { .. } => self.enter(RunState::Waiting, out),
            Event::Paused => self.enter(RunState::Paused, out),
            Event::Parking => self.enter(RunState::Parking, out),
            Event::Faulted(_) | Event::Ended(Outcome::Faulted) => self.enter(RunState::Fault, out),
            Event::Ended(Outcome::Stopped) => self.enter(RunState::Stopped, out),
            Event::Ended(Outcome::Finished) => self.enter(RunState::Finished, out),
            Event::Done { dot, stroke, estimate } => self.struck(dot, stroke, estimate, out),
            Event::Resolved { dot, fate: Fate::Done } => {
                self.struck(dot, None, Estimate::UNKNOWN, out);
            }
            _ => {}
        }
        if let Some((level, text)) = words::event(event) {
            self.note(level, text, out);
        }
    }

    fn struck(
        &mut self,
        dot: DotId,
        stroke: Option<StrokeReport>,
        estimate: Estimate,
        out: &mut Vec<Sight>,
    ) {
        let grounds = self.sent.remove(&dot);
        if let Some(&index) = self.turns.get(&dot) {
            out.push(Sight::Struck(Struck { at: self.now, index, grounds, stroke, estimate }));
        }
    }

    fn enter(&mut self, state: RunState, out: &mut Vec<Sight>) {
        if self.state != Some(state) {
            self.state = Some(state);
            out.push(Sight::State { at: self.now, state });
        }
    }

    fn note(&self, level: Level, text: String, out: &mut Vec<Sight>) {
        out.push(Sight::Note { at: self.now, level, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Direction;
    use crate::machine::ToolPose;

    #[test]
    fn the_tool_is_shown_where_the_planned_joints_put_it() {
        let text = include_str!("../../../configs/machines/gantry6.toml");
        let machine = Profile::parse(text, "gantry6.toml").unwrap();
        let mut follower = Follower::of(&machine, std::iter::empty());
        let tip = Point::<Scalp>::new(30.0, -20.0, 120.0);
        let needle = Direction::<Scalp>::new(-0.3, 0.2, -0.9).unit().unwrap();
        let planned = machine.placement();
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), 0.05);
        let registered = Transform::from_parts(turn, Vector3::new(4.0, -3.0, 2.0)).compose(planned);
        for head in [planned, registered] {
            follower.begin_session(head);
            let pose = ToolPose { tip: head.point(tip), needle: head.direction(needle) };
            let joints = machine.kinematics().joints(&pose);
            let (shown, turned) = follower.tool(&joints);
            assert!(shown.distance(&tip) < 1e-9);
            assert!((turned * Vector3::z() + needle.vector()).norm() < 1e-9);
            let (deep, _) = follower.tool(&machine.kinematics().stroked(&joints, 1.7));
            assert!(deep.distance(&(tip + needle * 1.7)) < 1e-9);
        }
    }
}
