//! What is refused before the XML reader sees it. It takes memory for each `<` and `=` of the text beforehand; its time
//! grows with the square of an element's attributes, its memory with the product of elements and namespaces in force.

use super::problem::SvgProblem;

/// Most tags; 50,000 circles with line ends between take 100,000 nodes.
pub(super) const MOST_TAGS: usize = 500_000;
/// Most equals signs: one for each attribute.
const MOST_EQUALS: usize = 1_000_000;
/// Most attributes of one element; a circle has ten or so.
const MOST_ATTRIBUTES: usize = 256;
/// Most namespaces declared in a drawing; editors declare ten or so, once.
const MOST_NAMESPACES: usize = 1_000;

/// The place and kind of the first excess.
pub(super) fn check(text: &str) -> Result<(), (usize, SvgProblem)> {
    let bytes = text.as_bytes();
    let excess = |offset: Option<usize>, what, limit| match offset {
        Some(offset) => Err((offset, SvgProblem::TooMany { what, limit })),
        None => Ok(()),
    };
    excess(memchr::memchr_iter(b'<', bytes).nth(MOST_TAGS), "tags", MOST_TAGS)?;
    excess(memchr::memchr_iter(b'=', bytes).nth(MOST_EQUALS), "equals signs", MOST_EQUALS)?;
    let namespaces = memchr::memmem::find_iter(bytes, b"xmlns").nth(MOST_NAMESPACES);
    excess(namespaces, "namespaces", MOST_NAMESPACES)?;
    let mut at = 0;
    while let Some(tag) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
        at = match &bytes[tag..] {
            [b'<', b'!', b'-', b'-', ..] => behind(bytes, tag + 4, b"-->"),
            [b'<', b'!', b'[', ..] => behind(bytes, tag + 3, b"]]>"),
            [b'<', b'?', ..] => behind(bytes, tag + 2, b"?>"),
            _ => element(bytes, tag + 1)?,
        };
    }
    Ok(())
}

/// Behind the next `end`, or at the end of the text.
fn behind(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    memchr::memmem::find(&bytes[from..], end).map_or(bytes.len(), |found| from + found + end.len())
}

/// Behind the tag that begins there.
fn element(bytes: &[u8], from: usize) -> Result<usize, (usize, SvgProblem)> {
    let (mut at, mut attributes) = (from, 0);
    while let Some(found) = memchr::memchr3(b'"', b'\'', b'>', &bytes[at..]).map(|k| at + k) {
        if bytes[found] == b'>' {
            return Ok(found + 1);
        }
        attributes += 1;
        if attributes > MOST_ATTRIBUTES {
            return Err((from, SvgProblem::TooMany { what: "attributes", limit: MOST_ATTRIBUTES }));
        }
        at = behind(bytes, found + 1, &bytes[found..=found]);
    }
    Ok(bytes.len())
}
