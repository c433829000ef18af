//! A record that was changed: each byte and each line of each page, and the files of its runs.

use crate::clinic::treated;
use crate::made_up::{Situation, at, began, client, ended, record, withdrawal};
use jiff::civil::date;
use proptest::prelude::*;
use smp::client::page::Statement;
use smp::client::sitting::{files, sessions};
use smp::client::{ClientError, ClientRecord};
use smp::record::folder::RunFolder;
use std::path::{Path, PathBuf};

/// A record with pages of many kinds, and its page files in order.
fn filled(folder: &Path) -> Vec<PathBuf> {
    let mut statements = Situation::good().statements;
    statements.push(Statement::Began(Box::new(began(1, "N2"))));
    statements.push(withdrawal(date(2026, 6, 14)));
    let record = record(folder, &statements);
    record.pages().iter().map(|page| record.path_of(page)).collect()
}

/// The file that a changed record is refused for.
fn named(folder: &Path) -> Option<PathBuf> {
    match ClientRecord::open(folder) {
        Ok(_) => None,
        Err(ClientError::Changed(path) | ClientError::Missing(path)) => Some(path),
        Err(ClientError::Stranger(path) | ClientError::Link(path)) => Some(path),
        Err(error) => {
            let schema = matches!(error, ClientError::Schema { .. });
            assert!(schema || error.is_change(), "{error}");
            Some(PathBuf::from(error.to_string().split(':').next().unwrap()))
        }
    }
}

#[test]
fn every_changed_byte_of_every_page_is_seen_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let pages = filled(folder.path());
    assert_eq!(pages.len(), 10);
    let mut changes = 0;
    for path in pages.iter().chain([&folder.path().join("head.toml")]) {
        let whole = std::fs::read(path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            // The other case of a letter, another digit, a blank for a quote: always another byte.
            bytes[at] ^= if bytes[at].is_ascii_alphabetic() { 0x20 } else { 0x01 };
            std::fs::write(path, bytes).unwrap();
            let named = named(folder.path());
            // A head that was changed may miss a page that never was.
            let head = path.ends_with("head.toml") && named.is_some();
            assert!(head || named.as_ref() == Some(path), "{path:?}: byte {at}: {named:?}");
            changes += 1;
        }
        std::fs::write(path, whole).unwrap();
    }
    assert!(named(folder.path()).is_none());
    assert!(changes > 3_000, "{changes}");
}

#[test]
fn every_line_that_is_taken_out_or_doubled_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    for path in filled(folder.path()) {
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        for index in 0..lines.len() {
            for times in [0, 2] {
                let line =
                    |(at, line): (usize, &&str)| line.repeat(if at == index { times } else { 1 });
                let changed: String = lines.iter().enumerate().map(line).collect();
                std::fs::write(&path, changed).unwrap();
                assert_eq!(named(folder.path()).as_ref(), Some(&path), "line {index} × {times}");
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
}

#[test]
fn pages_that_are_gone_exchanged_or_slipped_in_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let pages = filled(folder.path());
    let aside = folder.path().join("aside");
    for (index, path) in pages.iter().enumerate() {
        std::fs::rename(path, &aside).unwrap();
        let missing = named(folder.path()).unwrap();
        let number = format!("{:04}-", index + 1);
        assert!(missing.to_str().unwrap().contains(&number), "{missing:?}");
        // The page of another number under its name.
        std::fs::copy(&pages[(index + 1) % pages.len()], path).unwrap();
        assert_eq!(named(folder.path()).as_ref(), Some(path));
        std::fs::rename(&aside, path).unwrap();
    }
    for stranger in ["0011-consent.toml", "0003-scan.toml", "notes.txt", "0000-client.toml"] {
        let path = pages[0].with_file_name(stranger);
        std::fs::copy(&pages[2], &path).unwrap();
        assert!(named(folder.path()).is_some(), "{stranger}");
        std::fs::remove_file(path).unwrap();
    }
    std::fs::rename(folder.path().join("head.toml"), &aside).unwrap();
    assert!(named(folder.path()).unwrap().ends_with("head.toml"));
}

#[test]
fn a_writer_that_was_killed_between_page_and_head_has_written_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = record(folder.path(), &Situation::good().statements);
    let head = folder.path().join("head.toml");
    let before = std::fs::read(&head).unwrap();
    let day = date(2026, 6, 14);
    record.append(at(day), withdrawal(day)).unwrap();
    std::fs::write(&head, before).unwrap();
    let mut again = ClientRecord::open(folder.path()).unwrap();
    assert_eq!(again.withdrawn_on(), Some(day));
    again.append(at(day), withdrawal(day)).unwrap();
    assert_eq!(ClientRecord::open(folder.path()).unwrap().pages().len(), again.pages().len());
}

#[test]
fn two_writers_do_not_write_over_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = record(folder.path(), &[]);
    let mut other = ClientRecord::open(folder.path()).unwrap();
    let day = date(2026, 6, 14);
    one.append(at(day), withdrawal(day)).unwrap();
    let stale = other.append(at(day), withdrawal(day));
    assert!(matches!(stale, Err(ClientError::Stale)), "{stale:?}");
    // Many at once: whoever finds that it has read too early reads again.
    let write = || {
        while {
            let mut record = ClientRecord::open(folder.path()).unwrap();
            record.append(at(day), withdrawal(day)).is_err()
        } {}
    };
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(write))));
    assert_eq!(ClientRecord::open(folder.path()).unwrap().pages().len(), 10);
    let occupied = ClientRecord::create(folder.path(), at(day), client(false));
    assert!(matches!(occupied, Err(ClientError::Occupied(_))));
}

#[test]
fn a_clock_that_fell_behind_writes_no_page_but_that_a_run_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = record(folder.path(), &[]);
    let before = date(2026, 6, 13);
    for statement in [withdrawal(before), Statement::Began(Box::new(began(1, "N1")))] {
        let refused = record.append(at(before), statement);
        assert!(matches!(refused, Err(ClientError::ClockBehind { .. })), "{refused:?}");
    }
    record.append(at(date(2026, 6, 14)), Statement::Began(Box::new(began(1, "N1")))).unwrap();
    record.append(at(before), Statement::Ended(Box::new(ended(1)))).unwrap();
    // The day that counts is the latest of all pages.
    assert_eq!(record.newest_day(), Some(date(2026, 6, 14)));
    let refused = record.append(at(before), withdrawal(before));
    assert!(matches!(refused, Err(ClientError::ClockBehind { .. })), "{refused:?}");
}

#[test]
fn what_is_made_anew_or_written_on_after_a_run_is_none_of_the_files_that_it_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(dir.path());
    let made = [folder.plan(), folder.ledger(), folder.journal(1)];
    let anew = [folder.desk(), folder.recording(), folder.truth(), folder.collisions()];
    made.iter().chain(&anew).for_each(|path| std::fs::write(path, "").unwrap());
    let names: Vec<_> = files(&folder).unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["program.plan", "ledger.smp", "journal-001.smpj"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_changed_file_of_a_run_is_seen(which in 0..4_usize, place in 0.0..1.0_f64, bit in 0..8_u8) {
        static TREATED: std::sync::OnceLock<crate::clinic::Clinic> = std::sync::OnceLock::new();
        let clinic = TREATED.get_or_init(treated);
        let files = ["ledger.smp", "program.plan", "journal-001.smpj", "session.toml"];
        let path = clinic.path("C/sessions/001").join(files[which]);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[(place * whole.len() as f64) as usize] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        let record = ClientRecord::open(&clinic.path("C")).unwrap();
        let seen = sessions(&record);
        std::fs::write(&path, whole).unwrap();
        let error = seen.err();
        let named = error.as_ref().is_some_and(|e| e.to_string().contains(files[which]));
        prop_assert!(named, "{}: {:?}", files[which], error);
        prop_assert!(sessions(&record).is_ok());
    }
}
