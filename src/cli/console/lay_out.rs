//! Lays out the session's design in a folder of its own: the files it consists of, and its text with the parts where the
//! operator has laid them. The design that it comes from stays as it is.

use super::place::{self, Place};
use crate::cli::output::Failure;
use crate::cli::{advice, bundled};
use smp::console::session::{Design, Part, parts, placed};
use std::io::{Error, ErrorKind};

/// A design's own folder and file.
struct Source {
    text: String,
    beside: Vec<(String, Vec<u8>)>,
}

/// Lays it out; its file then lies where [`smp::console::session::design_file`] says.
pub fn design(place: &Place, design: &Design) -> std::io::Result<()> {
    let source = source(place, design)?;
    let text = placed(&source.text, &design.placed).map_err(Error::other)?;
    let file = place.of(&smp::console::session::design_file(design));
    let folder = file.parent().ok_or(ErrorKind::InvalidInput)?;
    // What an earlier layout has left would be taken for part of this one.
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    for (name, bytes) in &source.beside {
        place::write(&folder.join(name), bytes)?;
    }
    place::write(&file, text.as_bytes())
}

/// Its parts, as its file has them.
pub fn parts_of(place: &Place, design: &Design) -> std::io::Result<Vec<Part>> {
    parts(&source(place, design)?.text).map_err(Error::other)
}

/// The design, with its parts where they are laid; nothing is written.
pub fn read(place: &Place, design: &Design) -> Result<smp::design::Design, Failure> {
    let source = source(place, design).map_err(Failure::input)?;
    let text = placed(&source.text, &design.placed).map_err(Failure::input)?;
    let mut beside = |name: &str| {
        let found = source.beside.iter().find(|(known, _)| known == name);
        found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| ErrorKind::NotFound.into())
    };
    smp::design::Design::parse(&text, &design.file(), &mut beside).map_err(|e| advice::design(&e))
}

fn source(place: &Place, design: &Design) -> std::io::Result<Source> {
    let own = format!("{}.toml", design.name.0);
    let mut files = if design.own {
        read_all(&place.of("designs").join(&design.name.0))?
    } else {
        bundled::folder(&format!("designs/{}", design.name.0))
    };
    let at = files.iter().position(|(name, _)| *name == own).ok_or(ErrorKind::NotFound)?;
    let (_, text) = files.swap_remove(at);
    let text = String::from_utf8(text).map_err(Error::other)?;
    Ok(Source { text, beside: files })
}

/// Files of a folder; folders in it are no part of a design.
fn read_all(folder: &std::path::Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let (true, Ok(name)) = (entry.file_type()?.is_file(), entry.file_name().into_string()) {
            files.push((name, std::fs::read(entry.path())?));
        }
    }
    Ok(files)
}
