//! Alarms and what was done: in order, each with the row of the table of reactions and what the operator did next.

use smp::depth::{Reason, Reasons};
use smp::plan::DotId;
use smp::record::journal::{JournalError, Record, What};
use smp::record::report::{Alarm, History};
use smp::stream::{Cause, Command, Event, Fault, Outcome};
use smp::time::{Instant, ms};

fn told(sessions: &[&[What]]) -> History {
    let mut history = History::default();
    for session in sessions {
        let records = (1..).zip(*session).map(|(second, what)| {
            let at = Instant::START + ms(second * 1_000);
            Ok::<_, JournalError>(Record { at, what: what.clone() })
        });
        history.session(None, records).unwrap();
    }
    history
}

fn steps(alarm: &Alarm) -> Vec<(usize, f64, &str)> {
    alarm.then.iter().map(|s| (s.session, s.at_s, s.what.as_str())).collect()
}

#[test]
fn a_pause_names_its_cause_and_what_the_operator_did_in_it() {
    let history = told(&[&[
        What::Command(Command::Pause),
        What::Event(Event::Paused),
        What::Command(Command::NewNeedle),
        What::Command(Command::Resume),
        What::Event(Event::Resumed),
        What::Event(Event::Parted { by_mm: 0.4 }),
        What::Event(Event::Paused),
        What::Command(Command::Resume),
        What::Event(Event::Resumed),
        What::Event(Event::Ended(Outcome::Finished)),
    ]]);
    let [paused, parted] = history.alarms.list.as_slice() else {
        panic!("{:?}", history.alarms);
    };
    assert_eq!((paused.session, paused.at_s), (1, 2.0));
    assert_eq!(paused.reaction, Cause::OperatorPause.reaction().reaction);
    assert_eq!(
        steps(paused),
        [(1, 3.0, "Operator: needle changed or looked after"), (1, 4.0, "Operator: resume")]
    );
    assert!(parted.what.contains("parted by +0.40 mm") && parted.person.contains("cartridge"));
    assert_eq!(steps(parted), [(1, 8.0, "Operator: resume")]);
}

#[test]
fn a_fault_tells_needle_and_person_and_that_the_run_was_gone_on_with() {
    let fault = Fault::Silent(301);
    let history = told(&[
        &[What::Event(Event::Faulted(fault)), What::Event(Event::Ended(Outcome::Faulted))],
        &[
            What::Event(Event::DrawnBack { times: 1 }),
            What::Command(Command::Stop),
            What::Event(Event::Ended(Outcome::Stopped)),
        ],
    ]);
    let [fault, reflex, stop] = history.alarms.list.as_slice() else {
        panic!("{:?}", history.alarms);
    };
    let row = Cause::Silent.reaction();
    assert_eq!(
        (fault.reaction, fault.needle, fault.person),
        (row.reaction, row.needle, row.person)
    );
    assert!(fault.what.contains("301 ms"));
    assert_eq!(steps(fault), [(2, 0.0, "The run was gone on with, session 2")]);
    assert_eq!(reflex.needle, Cause::Reflex.reaction().needle);
    assert_eq!(steps(reflex), [(2, 2.0, "Operator: stop")]);
    assert_eq!(stop.reaction, Cause::OperatorStop.reaction().reaction);
}

#[test]
fn a_journal_without_an_end_is_an_alarm() {
    let history = told(&[&[What::Tick]]);
    assert_eq!(history.alarms.list.len(), 1);
    assert!(history.alarms.list[0].what.contains("without an end"));
}

#[test]
fn many_refusals_are_counted_and_no_fault_is_lost_behind_them() {
    let refused = What::Event(Event::StrikeRefused { dot: DotId(7) });
    let mut all = vec![refused; 1_000];
    all.push(What::Event(Event::Faulted(Fault::LinkLost)));
    all.push(What::Event(Event::Ended(Outcome::Faulted)));
    let alarms = told(&[&all]).alarms;
    assert_eq!((alarms.list.len(), alarms.left_out), (401, 600));
    assert!(alarms.list.last().unwrap().what.contains("Fault"));
}

#[test]
fn a_dot_that_was_put_off_says_why() {
    use crate::page::report_of;
    let run = crate::support::made_up("crown", None);
    let dot = run.plan.program.dots()[0].dot;
    let reasons = Reasons::only(Reason::Moving);
    let history = told(&[&[
        What::Event(Event::Deferred { dot, reasons, times: 1 }),
        What::Event(Event::Deferred { dot, reasons, times: 2 }),
        What::Event(Event::Ended(Outcome::Finished)),
    ]]);
    let (report, _) = report_of(&run, &history, false);
    assert_eq!(report.deferred[0].put_off.as_deref(), Some("2 times; the skin moves too fast"));
    assert!(crate::page::html_of(&report).contains("2 times; the skin moves too fast"));
}
