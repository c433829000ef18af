//! `smp design preview` writes its files whole or leaves what was there.

use crate::process::{run, run_well, said};
use crate::zone;
use std::fs;
use std::path::Path;

const NAMES: [&str; 5] =
    ["preview.svg", "preview.png", "density.svg", "density.png", "preview.json"];

fn named(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut all: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    all.retain(|name| name != "preview.rrd");
    all.sort();
    all
}

fn sorted() -> Vec<String> {
    let mut all = NAMES.map(str::to_owned);
    all.sort();
    all.to_vec()
}

#[test]
fn all_files_are_there_and_a_preview_that_fails_leaves_those_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |density| format!("schema = 1\nname = \"d\"\n{}", zone(density, ""));
    fs::write(at("d.toml"), text(4.0)).unwrap();
    let arguments =
        ["design", "preview", "d.toml", "--scalp", "pydeface_mean", "--machine", "gantry6"];
    let arguments = [&arguments[..], &["--out", "out", "--json"]].concat();
    let printed: serde_json::Value =
        serde_json::from_str(&run_well(folder.path(), &arguments)).unwrap();
    assert_eq!(named(&at("out")), sorted());
    let stored: serde_json::Value =
        serde_json::from_slice(&fs::read(at("out/preview.json")).unwrap()).unwrap();
    assert_eq!(printed, stored);
    assert_eq!(stored["dots_placed"], stored["all"]["dots"]);
    let planned = stored["machine"]["dots_planned"].as_u64().unwrap();
    assert!(planned > 0 && stored["machine"]["estimated_s"].as_f64().unwrap() > 60.0);
    assert!(fs::read(at("out/preview.png")).unwrap().starts_with(b"\x89PNG"));
    assert!(fs::read(at("out/density.svg")).unwrap().ends_with(b"</svg>\n"));

    // A design that has no place on the head, and one that is none.
    let kept = NAMES.map(|name| fs::read(at("out").join(name)).unwrap());
    let nowhere = text(4.0).replace("[0.3, ", "[0.0001, ").replace("[0.8, ", "[0.0002, ");
    for (text, code, words) in [(nowhere, 1, "none of the design"), (text(-4.0), 2, "density")] {
        fs::write(at("d.toml"), text).unwrap();
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
        assert_eq!(named(&at("out")), sorted());
        assert!(NAMES.map(|name| fs::read(at("out").join(name)).unwrap()) == kept);
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let design = format!("schema = 1\nname = \"d\"\n{}", zone(2.0, ""));
    fs::write(folder.path().join("d.toml"), design).unwrap();
    // Something that no file can take the place of.
    fs::create_dir_all(folder.path().join("out/preview.svg/full")).unwrap();
    let arguments = ["design", "preview", "d.toml", "--scalp", "pydeface_mean", "--out", "out"];
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot write out/preview.svg"), "{}", said(&output));
    let whole = |name: &String| NAMES.contains(&name.as_str());
    assert!(
        named(&folder.path().join("out")).iter().all(whole),
        "{:?}",
        named(&folder.path().join("out"))
    );
}

#[test]
fn check_tells_machines_what_is_to_be_warned_of_and_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let check = |design| {
        let arguments = ["design", "check", design, "--scalp", "pydeface_mean", "--json"];
        let output = run(folder.path(), &[&arguments[..], &["--deny-warnings"]].concat());
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let kinds = printed["warnings"].as_array().unwrap().iter().map(|w| w["kind"].clone());
        (output.status.code(), kinds.collect::<Vec<_>>(), printed["dots_placed"].as_u64().unwrap())
    };
    let (code, kinds, dots) = check("round-scar");
    assert_eq!((code, kinds), (Some(1), vec!["scar_untested".into()]));
    assert!(dots > 100);
    let (code, kinds, _) = check("alopecia-patch");
    assert_eq!((code, kinds), (Some(0), Vec::new()));
}
