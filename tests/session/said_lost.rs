//! A line of somebody else's, right in front of a strike: the device refuses it under the strike's number, and then
//! strikes. Whatever the run does next, the dot's intent is not taken back before that is known.

use crate::bench::gantry6;
use crate::plans::{LIGHT, plan_of};
use smp::device::Mode;
use smp::drive::rehearsal::{Device, Happening, Surroundings, Tap, attendant, rehearse_in};
use smp::drive::{Unwritable, Witness};
use smp::plan::DotId;
use smp::stream::{Command, Entry, Event, Fate, Input, Job, Outcome, Output, Run, Settings};
use smp::time::{Instant, ms};

const DOTS: usize = 6;

/// Another program on the same port, once: just before the third strike.
struct OtherProgram(usize);

impl Tap for OtherProgram {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        let strike = bytes.windows(2).any(|w| w == b" D");
        self.0 += usize::from(strike);
        if strike && self.0 == 3 { [b"G0X0Y0\n", bytes].concat() } else { bytes.to_vec() }
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }
}

/// An operator who stops the run as soon as a strike was said to be lost.
#[derive(Default)]
struct Operator {
    ledger: Vec<Entry>,
    refused: Option<DotId>,
    fates: Vec<(DotId, Fate)>,
    hurried: bool,
}

impl Witness for Operator {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        match output {
            Output::Persist(_, entry) => self.ledger.push(*entry),
            Output::Event(Event::StrikeRefused { dot }) => self.refused = Some(*dot),
            Output::Event(Event::Resolved { dot, fate }) => self.fates.push((*dot, *fate)),
            _ => {}
        }
        Ok(())
    }
}

impl Surroundings for Operator {
    fn happens(&mut self, run: &Run, _: &mut Device, _: Instant) -> Happening {
        if self.refused.is_some() && !std::mem::replace(&mut self.hurried, true) {
            return Happening::Command(Command::Stop);
        }
        attendant(run).map_or(Happening::Nothing, Happening::Command)
    }
}

#[test]
fn a_strike_that_was_said_to_be_lost_keeps_its_intent_when_the_run_is_stopped() {
    let plan = plan_of(DOTS, LIGHT, gantry6());
    let (vertices, triangles) = (&plan.file.skin.vertices, &plan.file.skin.triangles);
    let device = Device::build("still", &plan.machine, vertices, triangles, 1).unwrap();
    let mut device = device.tapped(Box::new(OtherProgram(0)));
    let mut operator = Operator::default();
    let mut outcomes = Vec::new();
    for session in 1..=2 {
        let mut job = Job::new(plan.program.dots().iter().map(|d| d.dot));
        assert!(operator.ledger.iter().all(|entry| job.replay(entry)));
        let settings = Settings { unlock: session > 1, ..Settings::new(Mode::Follow, session) };
        let (program, machine) = (plan.program.clone(), plan.machine.clone());
        let mut run = Run::new(program, machine, settings, job, Instant::START);
        outcomes.push(rehearse_in(&mut run, &mut device, &mut operator).outcome);
        device.live_until(device.now() + ms(1_000));
        if session == 1 {
            let dot = operator.refused.unwrap();
            let last = operator.ledger.last().unwrap();
            assert!(matches!(last, Entry::Intent { dot: of, .. } if *of == dot), "{last:?}");
        }
    }
    assert_eq!(outcomes, [Some(Outcome::Stopped), Some(Outcome::Finished)]);
    let dot = operator.refused.unwrap();
    assert_eq!(operator.fates.len(), 1);
    assert_eq!(operator.fates[0].0, dot);
    let struck = |dot: u32| device.strikes().iter().filter(|s| s.dot == Some(dot)).count();
    let counts: Vec<usize> = plan.program.dots().iter().map(|d| struck(d.dot.0)).collect();
    assert!(counts.iter().all(|&n| n == 1), "{counts:?}, {:?}", operator.fates);
}
