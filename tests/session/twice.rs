//! Two runs that would go on in one folder at the same time: the second is refused and writes nothing.

use crate::bad_input::contents;
use crate::bench::gantry6;
use crate::client::Client;
use crate::plans::{LIGHT, plan_of};
use crate::process::{run, run_well, said, smp};
use std::net::TcpListener;
use std::process::{Output, Stdio};

const REGISTERED: [&str; 4] = ["--registration", "touches.toml", "--scalp", "head.obj"];

#[test]
fn a_folder_that_a_run_goes_on_in_is_refused_to_a_second_one_until_the_first_has_ended() {
    let client = Client::new(&plan_of(5, LIGHT, gantry6()));
    client.touch(|p| p);
    let begin = ["run", "the.plan", "--port", "sim", "--scenario", "quiet", "--out", "done"];
    run_well(client.path(), &[&begin[..], &REGISTERED].concat());

    // A device that takes the call and never says a word.
    let device = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("tcp:{}", device.local_addr().unwrap());
    let resume = [&["run", "--resume", "done", "--port", &port][..], &REGISTERED].concat();
    let mut first = smp(client.path(), &resume).stdout(Stdio::null()).spawn().unwrap();
    let (call, _) = device.accept().unwrap();

    let files = || contents(client.path()).into_keys().collect::<Vec<_>>();
    let (before, ledger) = (files(), std::fs::read(client.path().join("done/ledger.smp")).unwrap());
    refused(&run(client.path(), &resume));
    assert_eq!(files(), before);
    assert!(std::fs::read(client.path().join("done/ledger.smp")).unwrap() == ledger);

    drop(call);
    assert_eq!(first.wait().unwrap().code(), Some(1), "the device has hung up");
    drop(device);
    let third = said(&run(client.path(), &resume));
    assert!(third.contains(&port) && !third.contains("another run"), "{third}");
}

fn refused(output: &Output) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for words in ["done/ledger.smp: another run is writing to it", "\n  try: "] {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
}
