//! A registered run that is killed goes on with new touches, or with those it had while the device still has the head
//! tracker's zero: the ledger is one, and each session is told again as the head lay in it.

use crate::client::Client;
use crate::kill_and_resume::{judge, kill, pass, records};
use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::process::{run, run_well, said, smp};
use crate::served::{Served, Wire};
use smp::frame::Point;
use smp::record::folder::RunFolder;
use std::path::Path;
use std::process::Stdio;

const DOTS: usize = 30;
const REGISTERED: [&str; 4] = ["--registration", "touches.toml", "--scalp", "head.obj"];
/// A ledger of this many records has some dots in it, and not all.
const SOME: u64 = DOTS as u64;
/// A resume may end by a fault on a machine that stalls.
const TRIES: usize = 10;

#[test]
fn every_session_keeps_its_registration_and_is_told_again_with_it() {
    let _alone = crate::alone();
    let plan = plan_of(DOTS, LIGHT, gantry6_with(5000, 2000));
    let client = Client::new(&plan);
    let served = Served::start(Wire::Pty, "still", LIGHT);
    let port = ["--port", served.port.as_str(), "--json"];

    let first = client.touch(|p| Point::new(p.x() + 0.3, p.y(), p.z()));
    let folder = begun_and_killed(&client, &port);

    let second = client.touch(|p| Point::new(p.x() - 0.3, p.y() + 0.2, p.z()));
    let resume = [&["run", "--resume", "run"][..], &port, &REGISTERED].concat();
    goes_on_to_its_end(&client, &resume);

    let sessions = folder.journals().len();
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert!(text(&folder.touches(1)) == first, "the touches of the first session are lost");
    for session in 2..=sessions {
        assert!(text(&folder.touches(session)) == second);
        assert!(text(&folder.registration(session)) != text(&folder.registration(1)));
    }
    let told = run_well(client.path(), &["replay", "run"]);
    assert_eq!(told.lines().count(), sessions, "{told}");
    run_well(client.path(), &["report", "run"]);
    judge(&plan, folder.path(), &served.stop());
}

#[test]
fn it_goes_on_untouched_where_the_tracker_has_kept_its_zero_and_nowhere_else() {
    let _alone = crate::alone();
    let plan = plan_of(DOTS, LIGHT, gantry6_with(5000, 2000));
    let client = Client::new(&plan);
    let served = Served::start(Wire::Pty, "still", LIGHT);
    let port = ["--port", served.port.as_str(), "--json"];
    let touches = client.touch(|p| Point::new(p.x() + 0.3, p.y(), p.z()));
    let folder = begun_and_killed(&client, &port);

    // A device that was switched off, or another one, has not followed the head.
    let other = Served::start(Wire::Pty, "still", LIGHT);
    let output = run(client.path(), &["run", "--resume", "run", "--port", other.port.as_str()]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("lost its zero"), "{}", said(&output));
    assert_eq!(other.stop().lines().count(), 1, "struck on another device");

    goes_on_to_its_end(&client, &[&["run", "--resume", "run"][..], &port].concat());
    let kept = std::fs::read_to_string(folder.touches(folder.journals().len())).unwrap();
    assert_eq!(kept, touches);
    judge(&plan, folder.path(), &served.stop());
}

/// A registered run that is killed when some of its dots are struck.
fn begun_and_killed(client: &Client, port: &[&str]) -> RunFolder {
    let fresh = ["run", "the.plan", "--out", "run"];
    let mut command = smp(client.path(), &[&fresh[..], port, &REGISTERED].concat());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let folder = RunFolder::new(client.path().join("run"));
    while records(&folder.ledger()) < SOME {
        pass(2);
    }
    kill(child);
    folder
}

fn goes_on_to_its_end(client: &Client, resume: &[&str]) {
    let ended = (0..TRIES).map(|_| run(client.path(), resume)).find(|output| {
        eprintln!("{}", said(output));
        output.status.success()
    });
    assert!(ended.is_some(), "{TRIES} resumes came to no end");
}
