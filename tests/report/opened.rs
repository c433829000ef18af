//! `smp view`: what the viewer is started with, and what is told where there is none.

use crate::process::{run_well, said, smp};
use crate::support::small_plan;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// A folder with a plan, and a viewer on its own PATH that says this of its version and writes down how it is started.
fn folder(version: Option<&str>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.plan"), small_plan("crown").to_json().unwrap()).unwrap();
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    if let Some(version) = version {
        let viewer = folder.path().join("bin/rerun");
        let script = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'rerun-cli {version} (base) [rustc]'; exit 0; fi\n\
             printf '%s\\n' \"$@\" > started\ncase \"$*\" in *ends-badly*) exit 3;; esac\n"
        );
        std::fs::write(&viewer, script).unwrap();
        std::fs::set_permissions(&viewer, PermissionsExt::from_mode(0o755)).unwrap();
    }
    folder
}

fn view(folder: &Path, what: &[&str]) -> Output {
    let mut command = smp(folder, &[&["view"], what].concat());
    command.env("PATH", folder.join("bin")).output().unwrap()
}

/// What the viewer was started with beside what it always is.
fn started(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("started")).unwrap();
    let mut lines = text.lines().map(str::to_owned);
    let always: Vec<String> = lines.by_ref().take(6).collect();
    let expected = ["--bind", "127.0.0.1", "--port", "auto", "--memory-limit", "2GB"];
    assert_eq!(always, expected, "loopback only, a viewer of its own, bounded memory");
    lines.collect()
}

#[test]
fn without_a_viewer_it_says_how_to_get_one_and_what_to_open_with_it() {
    let folder = folder(None);
    std::fs::write(folder.path().join("it's one.rrd"), "").unwrap();
    let output = view(folder.path(), &["it's one.rrd"]);
    assert_eq!(output.status.code(), Some(1));
    let told = said(&output);
    for advice in [
        "pip install rerun-sdk==0.36.3",
        "cargo install rerun-cli --version 0.36.3 --locked",
        "rerun --bind 127.0.0.1 --port auto --memory-limit 2GB 'it'\\''s one.rrd'",
    ] {
        assert!(told.contains(advice), "{told}");
    }
}

#[test]
fn a_viewer_of_another_version_is_warned_of_and_one_that_fails_is_told() {
    let folder = folder(Some("0.35.0"));
    let live = "rerun+http://127.0.0.1:9876/proxy";
    let output = view(folder.path(), &[live]);
    assert!(output.status.success(), "{}", said(&output));
    let told = said(&output);
    assert!(told.contains("version 0.35.0") && told.contains("0.36.3"), "{told}");
    assert_eq!(started(folder.path()), [live]);

    let output = view(folder.path(), &["rerun://ends-badly/proxy"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[test]
fn what_cannot_be_looked_at_is_named() {
    let folder = folder(Some("0.36.3"));
    for (what, told) in [
        ("none.rrd", "no such file"),
        ("bin", "holds no run"),
        ("bin/rerun", "cannot be looked at"),
    ] {
        let output = view(folder.path(), &[what]);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(said(&output).contains(told), "{}", said(&output));
    }
    assert!(!folder.path().join("started").exists());
}

/// Two rehearsals of the same plan.
fn rehearsed() -> TempDir {
    let folder = folder(Some("0.36.3"));
    for (name, seed) in [("rehearsal", "1"), ("run", "2")] {
        run_well(folder.path(), &["rehearse", "a.plan", "--out", name, "--seed", seed]);
    }
    folder
}

#[cfg(not(feature = "rerun"))]
#[test]
fn without_recordings_built_in_it_says_so() {
    let folder = rehearsed();
    for what in [&["run"][..], &["rehearsal", "run"], &["a.plan"]] {
        let output = view(folder.path(), what);
        assert_eq!(output.status.code(), Some(1), "{what:?}");
        assert!(said(&output).contains("--features rerun"), "{}", said(&output));
    }
}

#[cfg(feature = "rerun")]
mod made {
    use super::*;
    use std::time::{Duration, SystemTime};

    fn opens(folder: &Path, what: &[&str]) -> (Vec<String>, String) {
        let output = view(folder, what);
        assert!(output.status.success(), "{}", said(&output));
        let told = said(&output);
        assert!(!told.contains("warning"), "{told}");
        (started(folder), told)
    }

    #[expect(clippy::disallowed_methods, reason = "files of a test are given ages")]
    fn age(path: &Path, seconds: u64) {
        let then = SystemTime::now() - Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn a_recording_that_is_missing_or_old_is_made_first() {
        let folder = rehearsed();
        let recording = folder.path().join("run/recording.rrd");
        let (started, told) = opens(folder.path(), &["run"]);
        assert_eq!(started, ["run/recording.rrd"]);
        assert!(!told.contains("made"), "{told}");
        std::fs::remove_file(&recording).unwrap();
        assert!(opens(folder.path(), &["run"]).1.contains("made run/recording.rrd"));
        age(&recording, 3600);
        assert!(opens(folder.path(), &["run"]).1.contains("made run/recording.rrd"));
        assert!(!opens(folder.path(), &["run"]).1.contains("made"));

        let (started, told) = opens(folder.path(), &["a.plan", "run", "rehearsal"]);
        assert_eq!(started, ["a.rrd", "run/recording.rrd", "rehearsal/recording.rrd"]);
        assert!(told.contains("made a.rrd"), "{told}");
    }

    #[test]
    fn two_runs_come_in_one_recording_or_apart_if_that_is_wanted_or_their_dots_are_others() {
        let folder = rehearsed();
        let (started, _) = opens(folder.path(), &["rehearsal", "run"]);
        assert_eq!(started, ["run/against-rehearsal.rrd"]);
        let apart = ["rehearsal/recording.rrd", "run/recording.rrd"];
        assert_eq!(opens(folder.path(), &["rehearsal", "run", "--apart"]).0, apart);

        let other = crate::support::seeded_plan("crown", 4);
        std::fs::write(folder.path().join("b.plan"), other.to_json().unwrap()).unwrap();
        run_well(folder.path(), &["rehearse", "b.plan", "--out", "other"]);
        let (started, told) = opens(folder.path(), &["rehearsal", "other"]);
        assert_eq!(started, ["rehearsal/recording.rrd", "other/recording.rrd"]);
        assert!(told.contains("apart in their plans"), "{told}");
    }
}
