//! Export holds everything, hash by hash; deletion leaves nothing, and touches nothing elsewhere.

use crate::clinic::{Clinic, treated};
use crate::made_up::{Situation, client, record};
use smp::client::{ClientError, bundle};
use smp::record::ledger;
use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Files below a folder with their bytes.
fn below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(dir) = open.pop() {
        for path in dir.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn unpacked(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(std::fs::File::open(archive).unwrap());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
    });
    entries.collect()
}

#[test]
fn the_export_holds_everything_hash_by_hash() {
    let clinic = treated();
    std::fs::create_dir(clinic.path("C/photos")).unwrap();
    std::fs::write(clinic.path("C/photos/before.jpg"), "a picture").unwrap();
    clinic.well("client export C out.tar --json");
    let mut packed = unpacked(&clinic.path("out.tar"));
    let summary: serde_json::Value =
        serde_json::from_slice(&packed.remove("summary.json").unwrap()).unwrap();
    assert_eq!(packed, below(&clinic.path("C")));
    assert!(packed.contains_key("photos/before.jpg"));
    let listed: BTreeMap<String, String> = summary["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap().to_owned();
            (text("path"), text("sha256"))
        })
        .collect();
    let hashed = |bytes: &Vec<u8>| smp::client::words::Sha256Hex::of(bytes).to_string();
    let due = packed.iter().map(|(name, bytes)| (name.clone(), hashed(bytes))).collect();
    assert_eq!(listed, due);
    assert_eq!(summary["record"]["sessions"][0]["done"], 20);
    // Written once, and not into what it is written of.
    clinic.refused("client export C out.tar", 1);
    clinic.refused("client export C C/out.tar", 2);
    let here = crate::process::run(&clinic.path("C"), &["client", "export", ".", "here.tar"]);
    assert_eq!(here.status.code(), Some(2), "{}", crate::process::said(&here));
    assert!(!clinic.path("C/here.tar").exists());
    // A record that was changed is the client's all the same.
    std::fs::write(clinic.path("C/records/0003-consent.toml"), "edited").unwrap();
    clinic.well("client export C changed.tar");
    let mut packed = unpacked(&clinic.path("changed.tar"));
    let summary: serde_json::Value =
        serde_json::from_slice(&packed.remove("summary.json").unwrap()).unwrap();
    assert!(summary["changed"].as_str().unwrap().contains("0003-consent.toml"));
    assert_eq!(packed, below(&clinic.path("C")));
}

#[test]
fn deletion_leaves_nothing_and_follows_no_link() {
    let clinic = treated();
    let elsewhere = clinic.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("kept.txt"), "kept").unwrap();
    for link in ["C/link", "C/records/link", "C/sessions/link", "C/sessions/001/link"] {
        symlink(&elsewhere, clinic.path(link)).unwrap();
    }
    symlink(elsewhere.join("kept.txt"), clinic.path("C/file")).unwrap();
    let before = below(&elsewhere);
    // The export does not look where they lead either.
    clinic.refused("client export C out.tar", 1);
    clinic.well("client delete C --id C-1 --even-so asked-for");
    assert!(!clinic.path("C").exists() && !clinic.path("out.tar").exists());
    assert_eq!(below(&elsewhere), before);
    let left: Vec<_> = clinic.dir().read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn a_folder_that_is_a_link_is_not_deleted_through_it() {
    let place = tempfile::tempdir().unwrap();
    let (real, link) = (place.path().join("real"), place.path().join("link"));
    record(&real, &Situation::good().statements);
    let before = below(&real);
    symlink(&real, &link).unwrap();
    let id = client(false).id;
    let error = bundle::delete(&link, &id).unwrap_err();
    assert!(matches!(error, ClientError::Link(_)), "{error}");
    // With a stroke or a dot after it a link is what it leads to.
    for name in ["link/", "link/.", "link//"] {
        let error = bundle::delete(&place.path().join(name), &id).unwrap_err();
        assert!(matches!(error, ClientError::Link(_)), "{name}: {error}");
    }
    assert_eq!(below(&real), before);
    // `sessions` that leads elsewhere is a link like any other.
    std::fs::remove_dir(real.join("sessions")).unwrap();
    symlink(place.path(), real.join("sessions")).unwrap();
    bundle::delete(&real, &id).unwrap();
    assert!(!real.exists() && place.path().exists());
}

#[test]
fn deletion_needs_the_id_and_waits_for_a_run() {
    let clinic = treated();
    let before = below(&clinic.path("C"));
    let told = clinic.refused("client delete C --id C-1", 1);
    assert!(told.contains("is to be kept until 20"), "{told}");
    let told = clinic.refused("client delete C --id C-2 --even-so asked-for", 1);
    assert!(told.contains("of C-1, not of C-2"), "{told}");
    let held = ledger::hold(&clinic.path("C/sessions/001/ledger.smp")).unwrap().unwrap();
    let told = clinic.refused("client delete C --id C-1 --even-so asked-for", 1);
    assert!(told.contains("a run of session 1 is going on"), "{told}");
    assert_eq!(below(&clinic.path("C")), before);
    drop(held);
    clinic.refused("client delete . --id C-1 --even-so asked-for", 2);
    // From within it as well.
    let words = ["client", "delete", ".", "--id", "C-1", "--even-so", "asked-for"];
    crate::process::run_well(&clinic.path("C"), &words);
    assert!(!clinic.path("C").exists());
}

#[test]
fn a_deletion_that_was_cut_short_is_done_again() {
    let clinic = Clinic::new();
    std::fs::remove_file(clinic.path("C/head.toml")).unwrap();
    std::fs::remove_dir(clinic.path("C/sessions")).unwrap();
    for page in ["0002-scan", "0003-consent", "0004-questionnaire", "0006-pigment"] {
        std::fs::remove_file(clinic.path(&format!("C/records/{page}.toml"))).unwrap();
    }
    clinic.refused("client delete C --id C-1", 1);
    clinic.well("client delete C --id C-1 --even-so asked-for");
    assert!(!clinic.path("C").exists());
}

#[test]
fn after_the_retention_no_reason_is_asked_for() {
    let clinic = Clinic::of_plans();
    let client = smp::client::page::Client { retention_days: 30, ..client(false) };
    let long_ago = "2020-01-01T00:00:00Z".parse().unwrap();
    smp::client::ClientRecord::create(&clinic.path("C"), long_ago, client).unwrap();
    clinic.well("client delete C --id C-1");
    assert!(!clinic.path("C").exists());
}
