//! What befalls a real run on a real machine: it is stopped in its tracks, starved, unplugged, robbed of its
//! disk. Each time it ends with the reason in words, the needle is out, and a resume goes on to the end with no
//! dot struck twice and none lost.

use crate::kill_and_resume::{judge, pass, records};
use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::plug::Plug;
use crate::process::{run_well, said, smp};
use crate::served::{Served, Wire};
use rustix::process::{Pid, Signal, kill_process};
use smp::record::folder::RunFolder;
use smp::record::plan_file::ProvedPlan;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

const DOTS: usize = 24;
/// A machine that stalls shall not look like a crash too often; figures below are beyond this.
const DEAD_MAN_MS: u32 = 400;
const SILENCE_MS: u32 = 2000;
/// A ledger of this many records has some dots in it, and not all.
const SOME: u64 = DOTS as u64 / 2;
/// A resume may end by a fault on a machine that stalls.
const TRIES: usize = 20;

/// A program on a device, and what became of it so far.
struct Scene {
    plan: ProvedPlan,
    folder: tempfile::TempDir,
    served: Served,
    port: String,
}

impl Scene {
    fn new(wire: Wire) -> Self {
        let plan = plan_of(DOTS, LIGHT, gantry6_with(DEAD_MAN_MS, SILENCE_MS));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("the.plan"), plan.file.to_json().unwrap()).unwrap();
        let served = Served::start(wire, "still", LIGHT);
        let port = served.port.clone();
        Self { plan, folder, served, port }
    }

    fn run(&self) -> RunFolder {
        RunFolder::new(self.folder.path().join("run"))
    }

    /// Starts a run; it has struck some dots when this returns.
    fn under_way(&self) -> Child {
        let grown = || records(&self.run().ledger()) >= SOME;
        for _ in 0..TRIES {
            let mut child = self.start();
            while child.try_wait().unwrap().is_none() {
                if grown() {
                    return child;
                }
                pass(2);
            }
            eprintln!("before anything befell it: {}", said(&child.wait_with_output().unwrap()));
        }
        panic!("{TRIES} runs came to nothing");
    }

    fn start(&self) -> Child {
        let mut command = smp(self.folder.path(), &self.arguments());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn arguments(&self) -> Vec<&str> {
        let what: &[&str] = match self.run().ledger().exists() {
            true => &["run", "--resume", "run"],
            false => &["run", "the.plan", "--out", "run"],
        };
        [what, &["--json", "--port", self.port.as_str()]].concat()
    }

    /// Goes on to the last dot, and looks at what was truly struck.
    fn goes_on(self, what: &str) {
        let ended = (0..TRIES).map(|_| self.start().wait_with_output().unwrap()).find(|output| {
            let whole = output.status.success();
            if !whole {
                eprintln!("{what}, resumed: {}", said(output));
            }
            whole
        });
        assert!(ended.is_some(), "{what}: {TRIES} resumes came to no end");
        // Whatever befell them, every session is replayed to the last byte that its journal holds.
        run_well(self.folder.path(), &["replay", "run"]);
        let Self { plan, folder, served, .. } = self;
        let (truth, guards) = served.stop_with_guards();
        let uncertain = judge(&plan, &folder.path().join("run"), &truth);
        eprintln!("{what}: {uncertain} uncertain; {}", beyond_dead_man(&guards));
    }
}

/// How long after its time the dead-man had the needle out, from the device's own log.
fn beyond_dead_man(guards: &str) -> String {
    let number = |field: &str| field.parse::<f64>().unwrap();
    let rows = guards.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    let of = |rows: &[Vec<&str>]| {
        let mut ms: Vec<f64> = rows
            .iter()
            .filter(|row| row[0] == "41" && !row[4].is_empty())
            .map(|row| number(row[4]) - number(row[2]) - f64::from(DEAD_MAN_MS))
            .collect();
        ms.sort_by(f64::total_cmp);
        let at = |share: f64| ms.get((ms.len() as f64 * share) as usize).or(ms.last()).copied();
        format!("{} p99 {:.2?} max {:.2?}", ms.len(), at(0.99), ms.last())
    };
    let all: Vec<_> = rows.collect();
    let (out, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|row| row[1] == "1");
    let (out, rest) = (of(&out), of(&rest));
    format!("tip clear so many ms after the dead-man's time: needle out {out}, at rest {rest}")
}

/// It has ended, not well, and says why.
fn says_why(output: &Output, words: &[&str]) {
    let told = said(output);
    assert!(!output.status.success(), "{told}");
    assert!(words.iter().any(|words| told.contains(words)), "{told}");
    assert!(told.contains("--resume"), "what to do: {told}");
}

fn signal(child: &Child, signal: Signal) {
    let id = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(id, signal).unwrap();
}

/// What a device that has lost its host says, as the run tells it.
const LOST: [&str; 4] = ["alarm", "state Alarm", "no report", "the port is gone"];

#[test]
fn a_run_that_was_frozen_ends_with_a_fault_and_goes_on_later() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let child = scene.under_way();
    signal(&child, Signal::STOP);
    pass(u64::from(2 * DEAD_MAN_MS));
    signal(&child, Signal::CONT);
    says_why(&child.wait_with_output().unwrap(), &LOST);
    scene.goes_on("SIGSTOP");
}

#[test]
fn a_run_that_is_told_to_end_stops_the_device_first_and_goes_on_later() {
    for (wire, name, number) in
        [(Wire::Pty, "SIGTERM", Signal::TERM), (Wire::Tcp, "SIGINT", Signal::INT)]
    {
        let _alone = crate::alone();
        let scene = Scene::new(wire);
        let child = scene.under_way();
        signal(&child, number);
        says_why(&child.wait_with_output().unwrap(), &["the run was stopped"]);
        let guards = scene.served.guards();
        assert!(guards.lines().any(|row| row.starts_with("40,")), "not told to retract: {guards}");
        scene.goes_on(name);
    }
}

#[test]
fn a_run_on_a_machine_that_is_hogged_is_right_or_ends_with_a_reason() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let child = scene.under_way();
    let hog = AtomicBool::new(true);
    let spinners = 4 * std::thread::available_parallelism().unwrap().get();
    let output = std::thread::scope(|scope| {
        for _ in 0..spinners {
            scope.spawn(|| {
                while hog.load(Ordering::Relaxed) {
                    std::hint::spin_loop()
                }
            });
        }
        let output = child.wait_with_output().unwrap();
        hog.store(false, Ordering::Relaxed);
        output
    });
    eprintln!("under {spinners} spinning threads: {}", said(&output));
    if !output.status.success() {
        says_why(&output, &["the run ended: "]);
    }
    scene.goes_on("CPU hog");
}

#[test]
fn a_cable_that_is_pulled_out_is_told_and_plugged_in_again_the_run_goes_on() {
    let _alone = crate::alone();
    let mut scene = Scene::new(Wire::Tcp);
    let link = scene.folder.path().join("device");
    let plug = Plug::into(&scene.served.port, &link);
    scene.port = link.display().to_string();
    let child = scene.under_way();
    drop(plug);
    says_why(&child.wait_with_output().unwrap(), &["the port is gone"]);
    let _plug = Plug::into(&scene.served.port, &link);
    scene.goes_on("unplugged");
}

#[test]
fn a_disk_that_is_full_ends_the_run_before_the_next_strike_and_it_goes_on_later() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let child = scene.under_way();
    signal(&child, Signal::TERM);
    child.wait_with_output().unwrap();
    // No file may grow beyond this, KiB halves: the journal gets there within two seconds. The ledger is written
    // beforehand and needs no room.
    let blocks = 200;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.current_dir(scene.folder.path()).args(["-c", &limited, env!("CARGO_BIN_EXE_smp")]);
    let output = command.args(scene.arguments()).stdin(Stdio::null()).output().unwrap();
    says_why(&output, &["ledger", "cannot write", "No space", "File too large"]);
    eprintln!("full disk: {}", said(&output));
    scene.goes_on("full disk");
}

#[test]
fn a_port_has_one_user_and_a_killed_one_leaves_it_free() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let probe = ["device", "probe", "--port", &scene.port];
    let told = run_well(scene.folder.path(), &probe);
    assert!(told.contains("no low-latency flag"), "{told}");
    let mut child = scene.under_way();
    let second = crate::process::run(scene.folder.path(), &probe);
    assert!(!second.status.success());
    assert!(said(&second).contains("is in use by another program"), "{}", said(&second));
    assert_eq!(child.try_wait().unwrap(), None, "the first one went on");
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    // The device is still in the dead one's session, and answers nobody else; but the port is free.
    let third = said(&crate::process::run(scene.folder.path(), &probe));
    assert!(!third.contains("in use") && third.contains("in a session"), "{third}");
    scene.goes_on("killed, and probed");
}

/// A program that does not ask whether the port is in use.
fn thief(link: &Path, folder: &Path, script: &str) -> Child {
    let mut command = Command::new("sh");
    command.current_dir(folder).env("PORT", link).args(["-c", script]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn bytes_stolen_from_the_port_end_in_no_wrong_strike() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let child = scene.under_way();
    let path = PathBuf::from(&scene.port);
    let mut thieves: Vec<_> =
        (0..4).map(|_| thief(&path, scene.folder.path(), "exec cat < $PORT")).collect();
    let output = child.wait_with_output().unwrap();
    thieves.iter_mut().for_each(|thief| {
        thief.kill().unwrap();
        thief.wait().unwrap();
    });
    eprintln!("with four thieves: {}", said(&output));
    if !output.status.success() {
        says_why(&output, &["the run ended: "]);
    }
    scene.goes_on("stolen bytes");
}

#[test]
fn a_reset_written_by_another_program_ends_the_run() {
    let _alone = crate::alone();
    let scene = Scene::new(Wire::Pty);
    let child = scene.under_way();
    File::options().write(true).open(&scene.port).unwrap().write_all(&[0x18]).unwrap();
    says_why(
        &child.wait_with_output().unwrap(),
        &["the device was reset", "alarm", "strike counter"],
    );
    scene.goes_on("another program's reset");
}
