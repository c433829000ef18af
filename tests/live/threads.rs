//! Threads that hang or die in a driven run, and what becomes of the port: in this process, against a device
//! that is served by another.

use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::pty::pty;
use crate::served::{Served, Wire};
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};
use smp::device::Mode;
use smp::drive::realtime::{self, Driven};
use smp::drive::{Unwritable, Witness, first, probe};
use smp::stream::{Command, Entry, Fault, Input, Job, Outcome, Output, Part, Run, Settings};
use smp::time::Instant;
use std::time::Duration;

const DOTS: usize = 30;
/// So many dots are done before something happens.
const DONE: usize = 5;
const LOOK: Duration = Duration::from_millis(20);

/// A record thread that hangs or dies once some dots are done.
struct Broken {
    done: usize,
    how: How,
}

enum How {
    /// Until the other end is dropped.
    Hangs(Receiver<()>),
    Dies,
    Refuses,
}

impl Witness for Broken {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        self.done += usize::from(matches!(output, Output::Persist(_, Entry::Done { .. })));
        match &self.how {
            _ if self.done < DONE => Ok(()),
            How::Hangs(until) => {
                let _ = until.recv();
                Ok(())
            }
            How::Dies => panic!("a record thread that dies"),
            How::Refuses => Err(Unwritable),
        }
    }
}

fn driven(served: &Served, how: How) -> Driven {
    let plan = plan_of(DOTS, LIGHT, gantry6_with(1000, 2000));
    let settings = Settings::new(Mode::Follow, 0x0044_0001);
    let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
    let run = Run::new(plan.program, plan.machine.clone(), settings, job, Instant::START);
    let Ok(port) = served.port.parse();
    realtime::start(run, port, plan.machine.link.baud, Box::new(Broken { done: 0, how })).unwrap()
}

/// Shows the run until it is over, but stands still once `deaf` dots are done.
fn watch(driven: &mut Driven, deaf: usize) {
    loop {
        if driven.snapshot().done < deaf {
            driven.alive();
        }
        assert!(!driven.stuck());
        match driven.events().recv_timeout(LOOK) {
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn ends(how: How, deaf: usize) -> (Option<Fault>, bool, Served) {
    let served = Served::start(Wire::Pty, "still", LIGHT);
    let mut driven = driven(&served, how);
    watch(&mut driven, deaf);
    let ended = driven.join().unwrap();
    assert_eq!(ended.outcome, Outcome::Faulted);
    (ended.fault, ended.recorded, served)
}

#[test]
fn a_ledger_that_hangs_ends_the_run_by_name_and_is_not_waited_for() {
    let _alone = crate::alone();
    let (_held, until) = bounded(1);
    let (fault, recorded, served) = ends(How::Hangs(until), usize::MAX);
    assert_eq!((fault, recorded), (Some(Fault::Stalled(Part::Record)), false));
    let (_, guards) = served.stop_with_guards();
    assert!(guards.contains("\n40,"), "the device was told to retract: {guards}");
}

#[test]
fn a_ledger_that_dies_or_refuses_ends_the_run() {
    let _alone = crate::alone();
    for how in [How::Dies, How::Refuses] {
        let (fault, _, served) = ends(how, usize::MAX);
        assert_eq!(fault, Some(Fault::Ledger));
        let (_, guards) = served.stop_with_guards();
        assert!(guards.contains("\n40,"), "the device was told to retract: {guards}");
    }
}

#[test]
fn a_screen_that_stands_still_ends_the_run_by_name() {
    let _alone = crate::alone();
    let (held, until) = bounded(1);
    drop(held);
    let (fault, recorded, _) = ends(How::Hangs(until), DONE);
    assert_eq!((fault, recorded), (Some(Fault::Stalled(Part::Front)), true));
}

/// Real-time priorities (sched(7)) of this process' threads of a name; 0: none.
fn priorities_of(name: &str) -> Vec<u32> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().map_while(Result::ok);
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
    let named = stats.filter(|stat| stat.contains(&format!("({name})")));
    // The 40th field; the second is the name.
    let priority = |stat: String| stat.rsplit_once(") ")?.1.split(' ').nth(37)?.parse().ok();
    named.filter_map(priority).collect()
}

#[test]
fn the_stream_thread_and_the_stop_go_before_other_programs_where_the_system_allows_it() {
    let _alone = crate::alone();
    let served = Served::start(Wire::Pty, "still", LIGHT);
    let (held, until) = bounded(1);
    drop(held);
    let mut driven = driven(&served, How::Hangs(until));
    while driven.snapshot().done == 0 {
        driven.alive();
        assert!(driven.events().recv_timeout(LOOK) != Err(RecvTimeoutError::Disconnected));
    }
    let highest = |name| priorities_of(name).into_iter().max().unwrap();
    let (stream, stop, record) = (highest("stream"), highest("stop"), highest("record"));
    if first::is_allowed() {
        assert!(stop > stream && stream > 0 && record == 0, "{stop}, {stream}, {record}");
    } else {
        println!("not shown: {}", first::NOT_ALLOWED);
        assert_eq!((stop, stream, record), (0, 0, 0));
    }
    driven.command(Command::Stop);
    assert_eq!(driven.join().unwrap().outcome, Outcome::Stopped);
}

#[test]
fn a_port_is_left_as_it_shall_not_reset_the_board_when_it_is_closed() {
    let (device, path) = pty();
    let hangs_up = || tcgetattr(&device).unwrap().control_modes.contains(ControlModes::HUPCL);
    let mut termios = tcgetattr(&device).unwrap();
    termios.control_modes.insert(ControlModes::HUPCL);
    tcsetattr(&device, OptionalActions::Now, &termios).unwrap();
    assert!(hangs_up());
    let Ok(name) = path.to_str().unwrap().parse();
    // Nobody answers there; the port was opened and closed all the same.
    assert!(matches!(probe::probe(&name, 1_000_000, false), Err(probe::ProbeError::NoAnswer)));
    assert!(!hangs_up());
    let speed = tcgetattr(&device).unwrap().output_speed();
    assert_eq!(speed, 1_000_000);
}

#[test]
fn what_is_no_port_is_refused_as_such() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let Ok(name) = file.path().to_str().unwrap().parse();
    let told = probe::probe(&name, 1_000_000, false).unwrap_err().to_string();
    assert!(told.ends_with("is no serial port"), "{told}");
}
