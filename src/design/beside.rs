//! Files that a design names: beside it, bounded, and text where text is wanted.

use super::drawing::Format;
use super::error::DesignError;
use super::place;
use super::toml::Source;
use toml::Spanned;

/// Gives the bytes of a file that a design names.
pub(super) type Read<'a> = dyn FnMut(&str) -> std::io::Result<Vec<u8>> + 'a;

/// The bytes of a file that the design names there.
pub(super) fn read(
    source: &Source<'_>,
    named: &Spanned<String>,
    read: &mut Read<'_>,
) -> Result<Vec<u8>, DesignError> {
    inside(source, named)?;
    let path = named.get_ref();
    read(path).map_err(|error| {
        let place = source.place(named);
        DesignError::Unreadable { place, path: path.clone(), source: error }
    })
}

/// Refuses a name that leads out of the design's folder.
pub(super) fn inside(source: &Source<'_>, named: &Spanned<String>) -> Result<(), DesignError> {
    let path = named.get_ref();
    if leaves_folder(path) {
        return Err(DesignError::PathLeaves { place: source.place(named), path: path.clone() });
    }
    Ok(())
}

/// Absolute paths, drive letters, `..` and backslashes: nothing that could name a file elsewhere.
fn leaves_folder(path: &str) -> bool {
    path.is_empty()
        || path.starts_with('/')
        || path.contains(['\\', ':', '\0'])
        || path.split('/').any(|part| part == "..")
}

/// Refuses a file of another format.
pub(super) fn is_format(
    source: &Source<'_>,
    named: &Spanned<String>,
    format: Format,
    extension: &'static str,
) -> Result<(), DesignError> {
    inside(source, named)?;
    if Format::of(named.get_ref()) == Some(format) {
        return Ok(());
    }
    let (place, path) = (source.place(named), named.get_ref().clone());
    Err(DesignError::OtherFormat { place, path, extension })
}

/// Refuses more bytes than such a file may have.
pub(super) fn within(file: &str, bytes: usize, limit: usize) -> Result<(), DesignError> {
    if bytes > limit {
        return Err(DesignError::TooLarge { file: file.to_owned(), bytes, limit });
    }
    Ok(())
}

/// A file's text.
pub(super) fn text(path: &str, bytes: Vec<u8>) -> Result<String, DesignError> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        DesignError::NotText { place: place::at(path, &text, good) }
    })
}
