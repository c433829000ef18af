//! Folders as a hostile or unlucky hand leaves them: links and pipes among the files, runs beside the record, no room on
//! the disk.

use crate::clinic::{Clinic, treated};
use crate::process::{said, smp};
use smp::client::{ClientError, ClientRecord, sitting::sessions};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const RUN: &str = "run the.plan --port sim --scenario still --json";
const WHO: &str = "--client C --operator Ada --pigment P1 --cartridge N1";

/// The file of a record that is refused for being a link, or something like it.
fn link(folder: &Path) -> String {
    match ClientRecord::open(folder).and_then(|record| sessions(&record)) {
        Err(ClientError::Link(path)) => path.strip_prefix(folder).unwrap().display().to_string(),
        other => panic!("{other:?}"),
    }
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_link_or_a_pipe_for_a_file_of_the_record_is_named_and_not_read() {
    let clinic = treated();
    for inside in [
        "head.toml",
        "records/0001-client.toml",
        "records/0003-consent.toml",
        "sessions/001",
        "sessions/001/session.toml",
        "sessions/001/ledger.smp",
        "sessions/001/program.plan",
        "sessions/001/journal-001.smpj",
    ] {
        let (path, aside) = (clinic.path("C").join(inside), clinic.path("aside"));
        std::fs::rename(&path, &aside).unwrap();
        symlink(&aside, &path).unwrap();
        assert_eq!(link(&clinic.path("C")), inside);
        std::fs::remove_file(&path).unwrap();
        // One that nobody writes to is waited on for ever by whoever opens it.
        pipe(&path);
        assert_eq!(link(&clinic.path("C")), inside);
        clinic.refused("client check C", 1);
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&aside, &path).unwrap();
    }
    clinic.well("client show C");
    // Nor does a run go where the runs are not.
    let sessions = clinic.path("C/sessions");
    std::fs::rename(&sessions, clinic.path("aside")).unwrap();
    symlink(clinic.path("aside"), &sessions).unwrap();
    let told = clinic.refused(&format!("{RUN} {WHO}"), 1);
    assert!(told.contains("record_changed") && told.contains("C/sessions"), "{told}");
    assert_eq!(clinic.path("aside").read_dir().unwrap().count(), 1);
}

#[test]
fn no_run_goes_into_a_clients_folder_beside_its_record() {
    let clinic = treated();
    for words in [
        format!("{RUN} --out C/sessions/002"),
        format!("{RUN} --out ./C/deeper/still"),
        "run --resume C/sessions/001 --port tcp:127.0.0.1:1".to_owned(),
    ] {
        let told = clinic.refused(&words, 2);
        assert!(told.contains("--client DIR --operator NAME"), "{told}");
    }
    // Whose run it is can be taken out of its folder; the folder lies where it does.
    std::fs::remove_file(clinic.path("C/sessions/001/session.toml")).unwrap();
    let told = clinic.refused("run --resume C/sessions/001 --port tcp:127.0.0.1:1", 2);
    assert!(told.contains("lies in a client's folder"), "{told}");
    assert!(!clinic.path("C/sessions/002").exists() && !clinic.path("C/deeper").exists());
    // A folder that only looks like one is nobody's.
    std::fs::write(clinic.path("records"), "a file of this name").unwrap();
    clinic.well(&format!("{RUN} --out elsewhere"));
}

/// Runs `smp` where no file may have a byte: a disk without room.
fn without_room(clinic: &Clinic, words: &str) -> Output {
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.current_dir(clinic.dir()).args(["-c", script, env!("CARGO_BIN_EXE_smp")]);
    command.args(words.split(' ')).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn on_a_full_disk_nothing_is_half_written_and_the_command_does_later() {
    let clinic = Clinic::of_plans();
    let new = format!("client new C --id C-1 --scan {}", crate::plans::LIGHT.mesh().display());
    let output = without_room(&clinic, &new);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("File too large"), "{}", said(&output));
    assert!(!clinic.path("C").exists());
    clinic.admit("C", "C-1");
    let before = clinic.shown();
    for words in ["client consent C --withdraw", "client export C out.tar", &format!("{RUN} {WHO}")]
    {
        let output = without_room(&clinic, words);
        assert_eq!(output.status.code(), Some(1), "{words}: {}", said(&output));
        assert_eq!(clinic.shown(), before, "{words}");
    }
    assert!(!clinic.path("out.tar").exists());
    clinic.well(&format!("{RUN} {WHO}"));
    assert_eq!(clinic.shown()["sessions"][0]["done"], 20);
}

#[test]
fn the_runs_of_past_sessions_are_listed_in_order_for_who_plans_the_next() {
    let clinic = treated();
    clinic.add_cartridge("C", "N2", 1_000);
    let next = WHO.replace("N1", "N2");
    clinic.well(&format!(
        "{RUN} {next} --answer interval_too_short=healed --answer plan_unaware=phantom"
    ));
    let past = smp::client::past::past_runs(&clinic.path("C")).unwrap();
    assert_eq!(past.iter().map(|run| run.session).collect::<Vec<_>>(), [1, 2]);
    let record = ClientRecord::open(&clinic.path("C")).unwrap();
    for run in &past {
        assert_eq!(run.folder, record.run_folder(run.session));
        assert!(run.folder.join("program.plan").is_file());
        assert_eq!(Some(&run.skin_sha256), record.scan().map(|scan| &scan.skin_sha256));
        assert_eq!(run.struck_on, Some(run.began_on));
    }
    let shown = &clinic.shown()["past_runs"];
    assert_eq!(shown.as_array().unwrap().len(), 2);
    assert_eq!(shown[1]["session"], 2);
    assert_eq!(shown[1]["folder"], "C/sessions/002");
    assert_eq!(shown[1]["skin_sha256"], past[1].skin_sha256.as_str());
    assert_eq!(shown[1]["struck_on"], past[1].struck_on.unwrap().to_string());
    // One that is going on is not past, and what it will have struck is not known.
    let ledger = clinic.path("C/sessions/002/ledger.smp");
    let _held = smp::record::ledger::hold(&ledger).unwrap().unwrap();
    assert_eq!(clinic.shown()["past_runs"].as_array().unwrap().len(), 1);
    let running = smp::client::past::past_runs(&clinic.path("C"));
    assert!(matches!(running, Err(ClientError::Running(2))), "{running:?}");
}

#[test]
fn of_many_runs_at_once_one_is_run_and_the_others_are_told_so() {
    let clinic = Clinic::new();
    let words = format!("{RUN} {WHO}");
    let words: Vec<&str> = words.split(' ').collect();
    let start = || smp(clinic.dir(), &words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let started: Vec<_> = (0..6).map(|_| start().unwrap()).collect();
    let mut done = 0;
    for child in started {
        let output = child.wait_with_output().unwrap();
        let told = said(&output);
        match output.status.code() {
            Some(0) => done += 1,
            // Who comes when the first is done already is another session.
            _ => assert!(
                told.contains("session_running") || told.contains("interval_too_short"),
                "{told}"
            ),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(clinic.path("C/sessions").read_dir().unwrap().count(), 1);
    assert_eq!(clinic.shown()["cartridges"][0]["strikes"], 20);
}

#[test]
fn who_looks_at_a_record_is_not_taken_for_a_run() {
    let clinic = treated();
    let ledger = clinic.path("C/sessions/001/ledger.smp");
    let _looked = smp::record::ledger::look(&ledger).unwrap().unwrap();
    assert_eq!(clinic.shown()["sessions"][0]["running"], false);
}

#[test]
fn a_client_is_not_deleted_before_the_run_that_is_about_to_begin() {
    let clinic = Clinic::new();
    let claim = smp::client::claim::Claim::of(&clinic.path("C")).unwrap().unwrap();
    let told = clinic.refused("client delete C --id C-1 --even-so asked-for", 1);
    assert!(told.contains("a run of this client is about to begin, or ends"), "{told}");
    let told = clinic.refused(&format!("{RUN} {WHO}"), 1);
    assert!(told.contains("session_running: a run of session 1 is going on"), "{told}");
    drop(claim);
    clinic.well("client delete C --id C-1 --even-so asked-for");
    assert!(!clinic.path("C").exists());
}
