//! The corpus of the fuzzer, replayed: no reader panics on it or takes memory without bound; and inputs that a fuzzer
//! does not find, because they are large or made with malice.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its corpus has failed")]

mod designs;
mod drawings;
mod hostile;
mod limited;
mod numbers;
mod png;
mod targets;

use smp::design::Design;
use std::path::{Path, PathBuf};

/// Greatest memory that an input of the corpus may take: so much, and so much for each of its bytes.
const BYTES: u64 = 4 << 20;
const BYTES_EACH: u64 = 200;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target)
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(target)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn no_input_of_the_corpus_panics_or_takes_memory_without_bound() {
    for (name, target) in targets::TARGETS {
        let (files, mut most) = (corpus(name), 0);
        assert!(!files.is_empty(), "{name}");
        for file in &files {
            let data = std::fs::read(file).unwrap();
            let bound = BYTES + BYTES_EACH * data.len() as u64;
            let taken = allocation_counter::measure(|| target(&data)).bytes_max;
            assert!(taken <= bound, "{}: {taken} bytes, more than {bound}", file.display());
            most = most.max(taken);
        }
        println!("{name}: {} inputs, at most {} KiB", files.len(), most >> 10);
    }
}

/// A seed that is refused shows the fuzzer nothing but a refusal.
#[test]
fn the_seeds_of_designs_are_whole_ones() {
    let seeds = [
        "edge",
        "fade",
        "front",
        "hair_mask",
        "hair_mm",
        "hair_st",
        "keep_out",
        "line",
        "rest",
        "round",
        "session",
        "whorl",
        "zone",
    ];
    for seed in seeds {
        let data = std::fs::read(folder("design").join(seed)).unwrap();
        let (text, beside) = targets::split(&data);
        let text = std::str::from_utf8(text).unwrap();
        let read = Design::parse(text, seed, &mut |_| Ok(beside.to_vec()));
        assert!(read.is_ok(), "{read:?}");
    }
}

#[test]
fn the_corpus_has_a_folder_for_each_target_and_no_other() {
    let entries = std::fs::read_dir(folder("")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut found: Vec<_> = folders.map(|e| e.file_name().into_string().unwrap()).collect();
    found.sort();
    let mut known = targets::TARGETS.map(|(name, _)| name);
    known.sort_unstable();
    assert_eq!(found, known);
    // What the fuzzer is told to build is what is replayed.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    for name in known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} has no fuzz target");
        targets::run(name, b"");
    }
}
