//! A treatment needs seven guarantees of its device: every combination of missing ones is refused by name, with the
//! needle up and nothing moved. So is a device that is another one, speaks another version, or is not homed.

use crate::bench::{Bench, Ran, Zone, design_of};
use crate::observed::rewriter;
use smp::device::{Capabilities, Capability, Mode};
use smp::stream::{Event, Fault, Outcome};

const SPOT: Zone = Zone { s: [0.54, 0.56], t: 0.01, density_per_cm2: 20.0 };

/// The device of `still`, giving the treatment's guarantees of `mask` and all others.
fn giving(mask: u32) -> String {
    let needed = Capabilities::TREATMENT;
    // A counter that survives is a key of its own there.
    let all = Capability::ALL.into_iter().filter(|c| *c != Capability::CounterNv);
    let given = all.filter(|capability| {
        needed.iter().position(|n| n == capability).is_none_or(|bit| mask & (1 << bit) != 0)
    });
    let tokens: Vec<String> = given.map(|capability| format!("{:?}", capability.token())).collect();
    format!("dialect = \"grblhal-smp\"\ncapabilities = [{}]", tokens.join(", "))
}

#[test]
fn every_combination_of_missing_guarantees_is_refused_by_name_before_anything_moves() {
    let bench = Bench::new("gantry6", &design_of(&[SPOT]));
    let all = (1 << Capabilities::TREATMENT.len()) - 1;
    for mask in 0..=all {
        let firmware = giving(mask);
        let ran = bench.run(&[("dialect = \"grblhal-smp\"", &firmware)], Mode::Follow, None);
        if mask == all {
            assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
            continue;
        }
        let missing: Vec<_> = (0..)
            .zip(Capabilities::TREATMENT)
            .filter_map(|(bit, capability)| (mask & (1 << bit) == 0).then_some(capability))
            .collect();
        let Some(Fault::Missing(named)) = ran.fault else {
            panic!("without {missing:?}: {:?}", ran.fault)
        };
        assert!(missing.contains(&named), "{named:?} is not one of {missing:?}");
        nothing_moved(&ran, &format!("without {missing:?}"));
    }
}

fn nothing_moved(ran: &Ran, what: &str) {
    assert_eq!((ran.figures.strikes, ran.figures.collisions), (0, 0), "{what}");
    let moved = |event: &Event| matches!(event, Event::Hop { .. } | Event::StrikeSent { .. });
    assert!(!ran.events.iter().any(moved), "{what} it moved");
}

/// A line of a session without the word that the machine is homed.
fn unhomed(line: &str) -> String {
    let text = line.rsplit_once('*').map(|(text, _)| text).filter(|text| text.contains("|H:1"));
    text.map_or(line.to_owned(), |text| {
        let text = text.replace("|H:1", "");
        format!("{text}*{:08X}", crc32fast::hash(text.as_bytes()))
    })
}

#[test]
fn another_version_another_machine_and_one_that_is_not_homed_are_refused_before_anything_moves() {
    type Change = fn(usize, &str) -> String;
    let cases: [(Change, Fault); 3] = [
        (|_, line| line.replace("[SMP:1,", "[SMP:2,"), Fault::Version { found: 2, known: 1 }),
        (|_, line| line.replace("[SMPID:gantry6,", "[SMPID:gantry5,"), Fault::OtherMachine),
        (|_, line| unhomed(line), Fault::NotHomed),
    ];
    let bench = Bench::new("gantry6", &design_of(&[SPOT]));
    for (change, fault) in cases {
        let ran = bench.run(&[], Mode::Follow, rewriter(change));
        assert_eq!(ran.fault, Some(fault));
        nothing_moved(&ran, &fault.to_string());
    }
}
