//! Byte offsets to lines and columns.

use super::error::Place;

/// The place of a byte offset in a text.
pub(super) fn at(file: &str, text: &str, offset: usize) -> Place {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    Place { file: file.to_owned(), line, column: before[start..].chars().count() + 1 }
}
