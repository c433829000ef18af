//! A copy of the sources with all bugs in it, and its build.

use crate::bugs::{BUGS, Place};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the bug that is chosen, by its number.
pub const CHOICE: &str = "SMP_PLANTED";

/// What Cargo needs of the repository.
const NEEDED: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "src", "sim", "benches", "configs"];

/// Follows the copy's `lib.rs`.
const CHOOSE: &str = r#"
/// Whether this bug is chosen.
pub fn planted(id: u32) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<u32>> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| std::env::var("SMP_PLANTED").ok()?.parse().ok()) == Some(id)
}
"#;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Kept between runs, apart from what the outer Cargo has locked.
pub fn kept() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted")
}

/// Copies, plants and builds; the program.
pub fn build() -> PathBuf {
    let (tree, target) = (kept().join("tree"), kept().join("target"));
    for name in NEEDED {
        copy(&root().join(name), &tree.join(name), Path::new(name));
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").to_owned());
    let built = Command::new(cargo)
        .args(["build", "--offline", "--locked", "--no-default-features", "--bin", "smp"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(&tree)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        // A build that was killed half way must not spoil the next one.
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target.join("debug").join("smp")
}

/// Writes only what has changed: Cargo goes by the time of a file.
fn copy(from: &Path, to: &Path, name: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        // What has moved or gone since the last run must not be built with the rest.
        for old in fs::read_dir(to).unwrap().map(|entry| entry.unwrap().path()) {
            if !from.join(old.file_name().unwrap()).exists() {
                let gone =
                    if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
                gone.unwrap();
            }
        }
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let below = entry.file_name();
            copy(&entry.path(), &to.join(&below), &name.join(&below));
        }
        return;
    }
    let mut bytes = fs::read(from).unwrap();
    if let Ok(file) = name.strip_prefix("src")
        && name.extension().is_some_and(|extension| extension == "rs")
    {
        bytes = planted(file, String::from_utf8(bytes).unwrap()).into_bytes();
    }
    if fs::read(to).ok().as_ref() != Some(&bytes) {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
}

/// A source with all of its bugs. What one bug writes is no place for another: all are found in the original.
fn planted(file: &Path, text: String) -> String {
    let mut found: Vec<(usize, &Place, u32)> = Vec::new();
    for (id, bug) in (1..).zip(BUGS) {
        for place in bug.places.iter().filter(|place| Path::new(place.file) == file) {
            found.push((place.find(&text), place, id));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let (mut out, mut rest) = (String::new(), 0);
    for (at, Place { right, wrong, .. }, id) in found {
        assert!(rest <= at, "{}: two bugs are in one place", file.display());
        out += &text[rest..at];
        out += &format!("(if crate::planted({id}) {{ {wrong} }} else {{ {right} }})");
        rest = at + right.len();
    }
    out += &text[rest..];
    if file == Path::new("lib.rs") {
        out += CHOOSE;
    }
    out
}
