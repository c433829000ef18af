//! A core that is late, and loops beside it that hang: late is never caught up, and a heartbeat is never a lie.
//! In virtual time, against the simulated device.

use crate::heard::fresh;
use crate::plans::{Head, LIGHT, gantry6_with, plan_of};
use smp::record::plan_file::ProvedPlan;
use smp::stream::{Event, Fault, Input, Outcome, Output, Part, Run};
use smp::time::{Duration, Instant, ms};
use smp_sim::plant::{HeadMesh, PlantImpl};
use smp_sim::{Scenario, World};
use std::collections::VecDeque;

const SYNC: Duration = ms(1);
const ALIVE_EVERY: Duration = ms(100);
const HEARTBEAT: u8 = 0x8D;
const RETRACT: u8 = 0x84;
/// A reading older than this gets no permit.
const OLD_MS: f64 = 15.0;
const NEVER: Instant = Instant(u64::MAX);

/// Core and device, and a clock that both live by unless the core sleeps.
struct Lab {
    run: Run,
    world: World<PlantImpl>,
    now: Instant,
    durable: VecDeque<(Instant, u64)>,
    /// The disk makes nothing durable before.
    disk: Instant,
    alive: [Instant; 2],
    wake: Instant,
    /// What the core wanted: strikes with the age of their reading, the last heartbeat, stops.
    strikes: Vec<(Instant, f64)>,
    heartbeat: Instant,
    stops: Vec<Instant>,
    done: usize,
    over: Option<Outcome>,
}

impl Lab {
    fn new(plan: &ProvedPlan, head: Head) -> Self {
        let scenario = Scenario::find("still").unwrap();
        let surface = head.surface();
        let vertices = surface.vertices().iter().map(|v| [v.x(), v.y(), v.z()]).collect();
        let mesh = HeadMesh { vertices, triangles: surface.triangles().to_vec() };
        let machine = scenario.true_machine_named("gantry6").unwrap();
        let (start, nothing) = (Instant::START, Vec::new());
        let mut lab = Self {
            run: fresh(plan),
            world: World::of(&scenario, &mesh, &machine, 1),
            now: start,
            durable: VecDeque::new(),
            disk: start,
            alive: [start; 2],
            wake: start,
            strikes: nothing,
            heartbeat: start,
            stops: Vec::new(),
            done: 0,
            over: None,
        };
        lab.drain();
        lab
    }

    fn feed(&mut self, input: Input<'_>) {
        self.run.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.run.poll() {
                Output::Stop(byte) => {
                    assert_eq!(byte, RETRACT);
                    self.stops.push(self.now);
                    self.world.write(self.now.0, &[byte]);
                }
                Output::Transmit(bytes) => {
                    if bytes.contains(&HEARTBEAT) {
                        self.heartbeat = self.now;
                    }
                    self.world.write(self.now.0, bytes);
                }
                Output::Persist(ticket, _) => {
                    self.durable.push_back(((self.now + SYNC).max(self.disk), ticket));
                }
                Output::Event(Event::StrikeSent { grounds, .. }) => {
                    self.strikes.push((self.now, grounds.age_ms));
                }
                Output::Event(Event::Done { .. }) => self.done += 1,
                Output::Event(_) => {}
                Output::WakeAt(wake) => return self.wake = wake,
                Output::Over(outcome) => return self.over = Some(outcome),
            }
        }
    }

    /// To the next thing that happens, but not beyond `until`.
    fn step(&mut self, until: Instant) {
        let arrival = self.world.next_event().map_or(NEVER, Instant);
        let durable = self.durable.front().map_or(NEVER, |d| d.0);
        let [record, front] = self.alive;
        let next = [self.wake, arrival, durable, record, front, until].into_iter().min().unwrap();
        self.now = next.max(self.now);
        self.everything_due(self.now);
    }

    /// Tells the core all that has happened, of the device only what it had said by `heard`.
    fn everything_due(&mut self, heard: Instant) {
        while let Some((_, ticket)) = self.durable.pop_front_if(|d| d.0 <= self.now) {
            self.feed(Input::Durable(ticket));
        }
        for part in Part::ALL {
            if self.alive[part as usize] <= self.now {
                self.alive[part as usize] = self.now + ALIVE_EVERY;
                self.feed(Input::Alive(part));
            }
        }
        self.world.advance(heard.0);
        let mut bytes = Vec::new();
        self.world.read(&mut bytes);
        if !bytes.is_empty() {
            self.feed(Input::Bytes(&bytes));
        }
        self.world.advance(self.now.0);
        if self.wake <= self.now {
            self.feed(Input::Tick);
        }
    }

    fn go_on(&mut self, until: Instant) {
        while self.now < until && self.over.is_none() {
            self.step(until);
        }
    }
}

/// The core sleeps through `asleep`, while the device lives on; what came in the last `lost` of it is still on
/// its way when the core wakes. The strikes sent at once on waking.
fn sleep(lab: &mut Lab, asleep: Duration, lost: Duration) -> Vec<f64> {
    let before = lab.strikes.len();
    let begun = lab.now;
    lab.now = lab.now + asleep;
    lab.everything_due(begun + asleep.saturating_sub(lost));
    lab.strikes[before..].iter().map(|(_, age_ms)| *age_ms).collect()
}

#[test]
fn a_core_that_was_late_sends_one_strike_at_most_and_only_on_fresh_readings() {
    let plan = plan_of(25, LIGHT, gantry6_with(100, 300));
    let (mut sent, mut sleeps) = ([0, 0], 0);
    for (seed, asleep) in (0..).zip([25, 40, 60, 75]) {
        for (way, lost) in [ms(0), ms(20)].into_iter().enumerate() {
            let mut lab = Lab::new(&plan, LIGHT);
            lab.go_on(Instant::START + ms(1500));
            for turn in 0.. {
                lab.go_on(lab.now + ms(90 + (7 * seed + 13 * turn) % 61));
                if lab.over.is_some() {
                    break;
                }
                let ages = sleep(&mut lab, ms(asleep), lost);
                assert!(ages.len() <= 1, "caught up: {ages:?} after {asleep} ms");
                assert!(ages.iter().all(|age| *age <= OLD_MS), "on old readings: {ages:?}");
                sent[way] += ages.len();
                sleeps += 1;
            }
            assert_eq!(
                (lab.over, lab.done),
                (Some(Outcome::Finished), 25),
                "{:?}",
                lab.run.fault()
            );
            assert!(lab.strikes.iter().all(|(_, age)| *age <= OLD_MS));
        }
    }
    eprintln!("{sleeps} sleeps; strikes sent on waking: {sent:?}");
    assert!(sleeps > 100);
    // What is fresh may be used at once. What is not is waited for.
    assert!(sent[0] > 0, "no sleep ended over a dot");
    assert_eq!(sent[1], 0, "a strike on readings that were old when they came");
}

#[test]
fn a_part_that_hangs_ends_heartbeat_and_run_by_its_name() {
    let plan = plan_of(25, LIGHT, gantry6_with(100, 300));
    for part in Part::ALL {
        let mut lab = Lab::new(&plan, LIGHT);
        lab.go_on(Instant::START + ms(1500));
        let last = lab.alive[part as usize];
        lab.go_on(last);
        lab.alive[part as usize] = NEVER;
        lab.go_on(last + ms(3000));
        assert_eq!(
            (lab.over, lab.run.fault()),
            (Some(Outcome::Faulted), Some(Fault::Stalled(part)))
        );
        let [stopped] = lab.stops[..] else { panic!("{:?}", lab.stops) };
        assert!(stopped.since(last) > ms(1000) && stopped.since(last) <= ms(1025), "{stopped:?}");
        assert!(lab.heartbeat < stopped && lab.heartbeat.since(last) <= ms(1000));
        lab.world.advance((lab.now + ms(100)).0);
        assert_eq!(lab.world.firmware().trips().last().unwrap().alarm, 40);
    }
}

#[test]
fn a_disk_that_takes_most_of_a_second_only_delays_the_next_strike() {
    let plan = plan_of(25, LIGHT, gantry6_with(100, 300));
    let mut lab = Lab::new(&plan, LIGHT);
    lab.go_on(Instant::START + ms(1500));
    while lab.over.is_none() {
        // The record thread sits in a sync: it says nothing and acknowledges nothing.
        let awake = lab.now + ms(900);
        lab.alive[Part::Record as usize] = awake;
        lab.disk = awake;
        lab.durable.iter_mut().for_each(|(at, _)| *at = awake);
        let strikes = lab.strikes.len();
        lab.go_on(Instant(awake.0 - 1));
        assert!(lab.strikes.len() <= strikes + 1, "struck without a durable intent");
        lab.go_on(awake + ms(400));
    }
    assert_eq!((lab.over, lab.done), (Some(Outcome::Finished), 25), "{:?}", lab.run.fault());
}
