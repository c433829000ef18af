//! Host, ledger, link and device, one step at a time.
//!
//! ```text
//!  host:    Down --open--> Up: intend (durable) --> send --> heard done --> ... --> finished
//!  link:    a bag: anything in it may arrive in any order, get lost, or arrive twice
//!  device:  take (counter: begun) --> needle in --> counter: complete, says so
//! ```

use crate::policy::Policy;
use stateright::{Model, Property};

pub const DOTS: usize = 3;
/// The property that only says that the model is no standstill.
pub const FINISHED: &str = "a run can finish";

/// How often what may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    pub crashes: u8,
    pub resets: u8,
    pub drops: u8,
    pub repeats: u8,
}

/// The model.
#[derive(Clone)]
pub struct Exact {
    pub policy: Policy,
    /// Whether the device's counter survives a reset.
    pub survives: bool,
    pub budget: Budget,
}

/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The truth: how often the needle went into each dot.
    pub struck: [u8; DOTS],
    pub ledger: Ledger,
    pub host: Option<Host>,
    pub device: Device,
    /// On the way to the device, and back; sorted, for order means nothing.
    pub frames: Vec<Frame>,
    pub replies: Vec<Reply>,
    pub epochs: u8,
    pub left: Budget,
    pub finished: bool,
}

/// What the disk holds: of each dot the last entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    pub dots: [Standing; DOTS],
    pub boot: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    Planned,
    Intent(u8),
    Done,
    Uncertain,
}

/// What a running host knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    pub epoch: u8,
    /// The device's counter, as far as heard.
    pub count: u8,
    pub sent: u8,
    pub stroke: Option<Stroke>,
}

/// A strike sent and not heard to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stroke {
    pub dot: u8,
    pub count: u8,
    pub frame: Frame,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Device {
    pub memory: Memory,
    pub boot: u8,
    /// Epoch, and the number of the last frame taken.
    pub session: Option<(u8, u8)>,
    /// The dot being struck, and whether the needle is in.
    pub striking: Option<(u8, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    pub count: u8,
    pub dot: u8,
    pub complete: bool,
}

/// A dot that no design has: nothing was struck yet.
pub const NO_DOT: u8 = 99;
pub const BLANK: Memory = Memory { count: 0, dot: NO_DOT, complete: true };

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Frame {
    pub epoch: u8,
    pub seq: u8,
    pub dot: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reply {
    /// The frame was taken.
    Ok { epoch: u8, seq: u8 },
    /// The device has taken no frame but these.
    Missing { epoch: u8, taken: u8 },
    /// The strike has ended.
    Done { epoch: u8, dot: u8, count: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Open,
    Intend,
    Send,
    SendAnew,
    Hear(Reply),
    SeeReset,
    Finish,
    Take(Frame),
    NeedleIn,
    Complete,
    Report,
    Crash,
    Reset,
    DropFrame(Frame),
    DropReply(Reply),
    Repeat(Frame),
}

impl Model for Exact {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            struck: [0; DOTS],
            ledger: Ledger { dots: [Standing::Planned; DOTS], boot: 0 },
            host: None,
            device: Device { memory: BLANK, boot: 1, session: None, striking: None },
            frames: Vec::new(),
            replies: Vec::new(),
            epochs: 0,
            left: self.budget,
            finished: false,
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.finished {
            return;
        }
        self.host_steps(world, steps);
        world.device_steps(steps);
        let each = |seen: &[Frame]| seen.iter().copied().collect::<std::collections::BTreeSet<_>>();
        for frame in each(&world.frames) {
            steps.push(Step::Take(frame));
            steps.extend((world.left.drops > 0).then_some(Step::DropFrame(frame)));
            steps.extend((world.left.repeats > 0).then_some(Step::Repeat(frame)));
        }
        let replies: std::collections::BTreeSet<_> = world.replies.iter().copied().collect();
        for reply in replies {
            steps.extend(world.host.is_some().then_some(Step::Hear(reply)));
            steps.extend((world.left.drops > 0).then_some(Step::DropReply(reply)));
        }
        steps.extend((world.left.resets > 0).then_some(Step::Reset));
    }

    fn next_state(&self, before: &World, step: Step) -> Option<World> {
        let mut world = before.clone();
        match step {
            Step::Open => self.open(&mut world),
            Step::Intend => world.intend(),
            Step::Send => self.send(&mut world),
            Step::SendAnew => world.send_anew(),
            Step::Hear(reply) => self.hear(&mut world, reply),
            Step::SeeReset => world.host = None,
            Step::Finish => world.finished = true,
            Step::Take(frame) => self.take(&mut world, frame),
            Step::NeedleIn => world.needle_in(),
            Step::Complete => world.complete(),
            Step::Report => world.report(),
            Step::Crash => {
                world.left.crashes -= 1;
                world.host = None;
            }
            Step::Reset => self.reset(&mut world),
            Step::DropFrame(frame) => {
                world.left.drops -= 1;
                take_out(&mut world.frames, frame);
            }
            Step::DropReply(reply) => {
                world.left.drops -= 1;
                take_out(&mut world.replies, reply);
            }
            Step::Repeat(frame) => {
                world.left.repeats -= 1;
                put(&mut world.frames, frame);
            }
        }
        world.forget_what_nobody_heeds(self.policy);
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no dot is struck twice", |_, w: &World| {
                w.struck.iter().all(|n| *n <= 1)
            }),
            Property::always("what is done was struck", |_, w: &World| {
                let done = |(s, n): (&Standing, &u8)| *s != Standing::Done || *n == 1;
                w.ledger.dots.iter().zip(&w.struck).all(done)
            }),
            Property::always("in the end every dot is done, or listed", |_, w: &World| {
                let settled = |s: &Standing| matches!(s, Standing::Done | Standing::Uncertain);
                !w.finished || w.ledger.dots.iter().all(settled)
            }),
            Property::always(
                "a crash or a reset leaves one dot uncertain at most",
                |m: &Self, w: &World| {
                    let uncertain =
                        w.ledger.dots.iter().filter(|s| **s == Standing::Uncertain).count();
                    let gone_wrong =
                        m.budget.crashes + m.budget.resets - w.left.crashes - w.left.resets;
                    !m.survives || uncertain <= usize::from(gone_wrong)
                },
            ),
            Property::always("it goes on", |m: &Self, w: &World| {
                w.finished || !m.next_states(w).is_empty()
            }),
            Property::sometimes(FINISHED, |_, w: &World| w.finished),
        ]
    }
}

pub fn put<T: Ord>(bag: &mut Vec<T>, one: T) {
    let at = bag.binary_search(&one).unwrap_or_else(|at| at);
    bag.insert(at, one);
}

pub fn take_out<T: PartialEq>(bag: &mut Vec<T>, one: T) {
    if let Some(at) = bag.iter().position(|other| *other == one) {
        bag.remove(at);
    }
}
