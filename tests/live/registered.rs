//! A registered run that is killed goes on with new touches: the ledger is one, and each session is told
//! again as the head lay in it.

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
    let fresh = ["run", "the.plan", "--out", "run"];
    let mut command = smp(client.path(), &[&fresh[..], &port, &REGISTERED].concat());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let folder = RunFolder::new(client.path().join("run"));
    while records(&folder.ledger()) < SOME {
        pass(2);
    }
    kill(child);

    let second = client.touch(|p| Point::new(p.x() - 0.3, p.y() + 0.2, p.z()));
    let resume = [&["run", "--resume", "run"][..], &port, &REGISTERED].concat();
    let ended = (0..TRIES).map(|_| run(client.path(), &resume)).find(|output| {
        eprintln!("{}", said(output));
        output.status.success()
    });
    assert!(ended.is_some(), "{TRIES} resumes came to no end");

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
