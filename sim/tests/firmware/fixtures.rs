//! Recorded conversations with the real firmwares, replayed against the simulated ones; what is in
//! which file, and where the simulator differs on purpose, stands in `tests/fixtures/README.md`.

use crate::{
    fakes::{FakePlant, Host, recorded_config, smp_config},
    player::{Device, Player},
};
use smp_sim::{contract::MS, firmware::Dialect};
use std::time::Duration;

impl Device for Host {
    const SIMULATED: bool = true;

    fn send(&mut self, bytes: &[u8]) {
        self.send(bytes);
    }

    fn pass(&mut self, time: Duration) {
        self.pass(time.as_millis() as u64 * MS);
    }

    fn lines(&mut self) -> Vec<String> {
        self.lines()
    }
}

fn play(name: &str, mut host: Host) {
    Player::new(&mut host).play(name, "");
}

fn recorded(dialect: Dialect) -> Host {
    Host::new(recorded_config(dialect), FakePlant::default())
}

#[test]
fn grbl_answers_as_recorded() {
    play("grbl", recorded(Dialect::Grbl));
}

#[test]
fn grblhal_answers_as_recorded() {
    play("grblhal", recorded(Dialect::GrblHal));
}

#[test]
fn both_keep_to_the_list_of_what_a_sender_must_live_with() {
    for (dialect, name) in [(Dialect::Grbl, "grbl-list"), (Dialect::GrblHal, "grblhal-list")] {
        let mut host = recorded(dialect);
        host.after(10 * MS);
        play(name, host);
    }
}

#[test]
fn the_whole_talk_with_grbl_goes_as_it_was_recorded() {
    let mut host = recorded(Dialect::Grbl);
    host.after(10 * MS);
    play("grbl-1.1h", host);
}

#[test]
fn the_whole_talk_with_grblhal_goes_as_it_was_recorded() {
    let mut host = recorded(Dialect::GrblHal);
    host.after(10 * MS);
    play("grblhal-1.1f", host);
}

#[test]
fn the_extension_is_an_ordinary_grblhal_until_a_session_opens() {
    play("grblhal-smp", Host::new(smp_config(true), FakePlant::with_gap(2.0)));
}
