//! Runs of clients, as processes on the simulator.

use crate::clinic::{Clinic, other_head, treated};
use crate::process::{run, said};

const WHO: &str = "--client C --operator Ada --pigment P1";
const SIM: &str = "run the.plan --port sim --scenario still --json";

#[test]
fn a_client_is_treated_and_session_2_is_refused_by_the_interval_then_answered() {
    let clinic = treated();
    let shown = clinic.shown();
    let session = &shown["sessions"][0];
    assert_eq!((&session["done"], &session["open"]), (&20.into(), &0.into()));
    assert_eq!(session["sittings"][0]["ended"]["outcome"], "finished");
    let firmware = session["sittings"][0]["ended"]["firmware"].as_str().unwrap();
    assert!(firmware.starts_with("[VER:"), "{firmware}");
    assert_eq!(shown["cartridges"][0]["strikes"], 20);

    clinic.add_cartridge("C", "N2", 1_000);
    let next = format!("{SIM} {WHO} --cartridge N2 --session 2");
    let told = clinic.refused(&next, 1);
    assert!(told.contains("interval_too_short: session 1 was 0 days ago; 10 at least"), "{told}");
    assert!(told.contains("--answer \"interval_too_short=REASON\""), "{told}");
    assert!(!clinic.path("C/sessions/002").exists());
    clinic.refused(&format!("{next} --answer interval_too_short="), 2);
    let told = clinic.refused(&format!("{next} --answer session_order=why"), 2);
    assert!(told.contains("does not speak against this run"), "{told}");

    // The same plan again, which knows of no session.
    let again = clinic.refused(&format!("{next} --answer interval_too_short=healed"), 1);
    assert!(again.contains("plan_unaware: the plan does not know what session 1"), "{again}");
    let answers = "--answer interval_too_short=healed --answer plan_unaware=phantom";
    clinic.well(&format!("{next} {answers}"));
    let answered = &clinic.shown()["sessions"][1]["sittings"][0]["began"]["answered"][0];
    assert_eq!(answered["refusal"], "interval_too_short");
    assert_eq!((&answered["reason"], &answered["operator"]), (&"healed".into(), &"Ada".into()));
    let report = std::fs::read_to_string(clinic.path("C/sessions/002/report.html")).unwrap();
    assert!(report.contains("Client C-1, session 2") && report.contains("healed, says Ada"));
    let report = std::fs::read(clinic.path("C/sessions/002/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["treatment"]["sittings"][0]["operator"], "Ada");
    assert_eq!(report["treatment"]["sittings"][0]["answered"].as_array().unwrap().len(), 2);
    clinic.well("report C/sessions/002");
    clinic.well("replay C/sessions/002");
    clinic.well("client show C");
}

#[test]
fn what_is_not_in_order_stops_the_run_before_anything_is_written() {
    let clinic = Clinic::new();
    for (state, key) in [
        (
            "client pigment add C --brand B --shade 3 --lot P0 --expires-on 2026-01-01",
            "pigment_expired",
        ),
        ("client consent C --withdraw", "consent_withdrawn"),
        (
            "client questionnaire C --document signed.pdf --yes pregnancy --no others",
            "contraindication:pregnancy",
        ),
        (
            "client patch-test C --made-on 2026-01-02 --brand B --shade 3 --result reacted",
            "patch_test_reacted",
        ),
    ] {
        clinic.well(state);
        let pigment = if key == "pigment_expired" { "P0" } else { "P1" };
        let words = format!("{SIM} --client C --operator Ada --pigment {pigment} --cartridge N1");
        let told = clinic.refused(&words, 1);
        assert!(told.contains(&format!("note: {key}:")), "{told}");
        // Nobody may answer these.
        let told = clinic.refused(&format!("{words} --answer {key}=why"), 2);
        assert!(told.contains("no answer to it is taken"), "{told}");
    }
    assert_eq!(clinic.path("C/sessions").read_dir().unwrap().count(), 0);
    let checked = clinic.smp("client check C --plan the.plan --pigment P1 --cartridge N1 --json");
    assert_eq!(checked.status.code(), Some(1));
    let checked: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    let keys: Vec<&str> = checked["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["refusal"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["consent_withdrawn", "contraindication:pregnancy", "patch_test_reacted"]);
    let free = "client questionnaire C --document signed.pdf --no others --note tired";
    assert!(clinic.refused(free, 1).contains("free text is not allowed"));
    clinic.refused("client questionnaire C --document signed.pdf --yes alcohol --no pregnancy", 2);
    clinic.refused("client consent C --document signed.pdf --on 2999-01-01", 2);
}

#[test]
fn another_clients_scan_and_another_clients_run_are_refused() {
    let clinic = treated();
    let who = format!("{WHO} --cartridge N1");
    let head = other_head();
    clinic.well(&format!("client new D --id C-2 --scan {}", head.display()));
    clinic.well("client consent D --document signed.pdf");
    let told = clinic.refused("client check D --plan the.plan", 1);
    assert!(told.contains("other_scan: the plan was made on another scan"), "{told}");
    assert!(told.contains("smp client scan DIR"), "{told}");

    let resume = "run --resume C/sessions/001 --port tcp:127.0.0.1:1";
    // A client's run is not gone on with beside the record.
    let told = clinic.refused(resume, 2);
    assert!(told.contains("this is session 1 of client C-1"), "{told}");
    let told = clinic.refused(&format!("{resume} {}", who.replace("client C", "client D")), 1);
    assert!(told.contains("other_client: the run is one of C-1"), "{told}");
    // Nor where it was copied to.
    let mut copy = std::process::Command::new("cp");
    copy.args(["-r", "C/sessions/001", "copy"]).current_dir(clinic.dir());
    assert!(copy.status().unwrap().success());
    let told = clinic.refused(&format!("{} {who}", resume.replace("C/sessions/001", "copy")), 1);
    assert!(told.contains("session 1 of client C-1 is in"), "{told}");
}

#[test]
fn a_changed_record_is_named_and_not_run_from() {
    let clinic = treated();
    let page = clinic.path("C/records/0006-pigment.toml");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("2999", "2998")).unwrap();
    for words in [format!("{SIM} {WHO} --cartridge N1"), "client check C".to_owned()] {
        let told = clinic.refused(&words, 1);
        assert!(told.contains("record_changed") && told.contains("0006-pigment.toml"), "{told}");
    }
    let told = clinic.refused("client show C", 1);
    assert!(told.contains("0006-pigment.toml is not as it was written"), "{told}");
}

#[test]
fn a_run_that_never_began_leaves_its_place_to_the_next() {
    let clinic = Clinic::new();
    // As a process leaves it that is killed before the record knows of the run.
    std::fs::create_dir_all(clinic.path("C/sessions/001")).unwrap();
    std::fs::write(clinic.path("C/sessions/001/program.plan"), "half a plan").unwrap();
    let words = format!("{SIM} {WHO} --cartridge N1");
    let words: Vec<&str> = words.split(' ').collect();
    let output = run(clinic.dir(), &words);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("of a run that never began"));
    assert_eq!(clinic.shown()["sessions"][0]["done"], 20);
    // One that was struck in and is not in the record is no such thing.
    let (from, to) = (clinic.path("C/sessions/001"), clinic.path("C/sessions/002"));
    std::fs::create_dir(&to).unwrap();
    std::fs::copy(from.join("ledger.smp"), to.join("ledger.smp")).unwrap();
    let told = clinic.refused("client check C", 1);
    assert!(told.contains("record_changed") && told.contains("002/ledger.smp"), "{told}");
}

#[test]
fn a_needle_that_was_changed_by_the_key_is_asked_about_until_somebody_has_answered() {
    let clinic = Clinic::new();
    // A needle so much longer that the run asks for a person, who puts the right one in and presses the key.
    let swap = |after: u32, mm: f64| {
        format!(
            "[[needle.swap]]\nafter_strikes = {after}\nlength_error_mm = {mm:?}\nwobble_mm = 0.0\n"
        )
    };
    let swapped = "base = \"still\"\nname = \"s\"\nabout = \"s\"\n";
    let swapped = [swapped, &swap(8, 1.2), &swap(11, 0.0)].concat();
    std::fs::write(clinic.path("swapped.toml"), swapped).unwrap();
    clinic.well(&format!("{} {WHO} --cartridge N1", SIM.replace("still", "swapped.toml")));
    let times = clinic.shown()["sessions"][0]["needle_changes"].as_u64().unwrap();
    assert!(times > 0);
    assert!(clinic.well("client show C").contains("cartridge not named"));

    clinic.add_cartridge("C", "N2", 1_000);
    let next = format!("{SIM} {WHO} --cartridge N2 --session 2");
    let others = ["interval_too_short", "plan_unaware"];
    let answers = others.map(|name| format!("--answer {name}=phantom")).join(" ");
    let told = clinic.refused(&format!("{next} {answers}"), 1);
    let found = format!(
        "needle_unnamed:1: in session 1 the needle was looked after or changed {times} times"
    );
    assert!(told.contains(&found), "{told}");
    assert!(told.contains("--answer \"needle_unnamed:1=REASON\""), "{told}");
    clinic.well(&format!("{next} {answers} --answer needle_unnamed:1=N7,thrown-away"));
    let told = clinic.refused("client check C", 1);
    assert!(!told.contains("needle_unnamed"), "{told}");
}
