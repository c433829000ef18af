//! The fonts, and which of them has a character.

use super::PdfError;
use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Subsets of Noto: see `fonts/README.md`.
const FILES: [&[u8]; 4] = [
    include_bytes!("fonts/NotoSans-Regular.ttf"),
    include_bytes!("fonts/NotoSans-Bold.ttf"),
    include_bytes!("fonts/NotoSansMono-Regular.ttf"),
    include_bytes!("fonts/NotoSansSymbols2-Regular.ttf"),
];
/// Characters beyond are in none of them, U+FFFD excepted.
const CHARACTERS: usize = 0x2800;
const UNKNOWN: char = '\u{FFFD}';

/// A face, by its place among the fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Plain = 0,
    Bold = 1,
    Mono = 2,
    Signs = 3,
}

/// A character's picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Glyph {
    pub id: u16,
    /// In units of the size.
    pub advance: f32,
}

/// All faces.
pub(super) struct Fonts {
    faces: Vec<Loaded>,
}

struct Loaded {
    font: Font,
    /// By character.
    glyphs: Vec<Option<Glyph>>,
    unknown: Option<Glyph>,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, PdfError> {
        let loaded =
            |(index, file): (usize, &'static [u8])| Loaded::new(file).ok_or(PdfError::Font(index));
        let faces = FILES.into_iter().enumerate().map(loaded).collect::<Result<_, _>>()?;
        Ok(Self { faces })
    }

    /// The font of a face.
    pub(super) fn font(&self, face: Face) -> Font {
        self.faces[face as usize].font.clone()
    }

    /// How a character is drawn: by its own face, by another one, or as unknown.
    pub(super) fn glyph(&self, c: char, wanted: Face) -> (Face, Glyph) {
        let chain = [wanted, Face::Plain, Face::Signs];
        let found = chain.into_iter().find_map(|face| Some((face, self.of(c, face)?)));
        let unknown =
            || [wanted, Face::Plain].into_iter().find_map(|f| Some((f, self.of(UNKNOWN, f)?)));
        found.or_else(unknown).unwrap_or((wanted, Glyph::default()))
    }

    fn of(&self, c: char, face: Face) -> Option<Glyph> {
        let face = &self.faces[face as usize];
        if c == UNKNOWN { face.unknown } else { *face.glyphs.get(c as usize)? }
    }
}

impl Loaded {
    fn new(file: &'static [u8]) -> Option<Self> {
        let reader = FontRef::new(file).ok()?;
        let metrics = reader.glyph_metrics(Size::unscaled(), LocationRef::default());
        let font = Font::new(file.into(), 0)?;
        let em = font.units_per_em();
        let mut glyphs = vec![None; CHARACTERS];
        let mut unknown = None;
        for (code, id) in reader.charmap().mappings() {
            let advance = metrics.advance_width(id)? / em;
            let glyph = Some(Glyph { id: u16::try_from(id.to_u32()).ok()?, advance });
            match glyphs.get_mut(code as usize) {
                Some(place) => *place = glyph,
                None if code == u32::from(UNKNOWN) => unknown = glyph,
                None => {}
            }
        }
        Some(Self { font, glyphs, unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_our_own_words_has_a_picture() {
        let fonts = Fonts::new().unwrap();
        for face in [Face::Plain, Face::Bold] {
            for c in "azAZ09 .,:;!?()/–’“”°±²✓✕äöüßÄÖÜéñçøåłşğžΩЖ\u{a0}\u{FFFD}".chars()
            {
                assert!(fonts.glyph(c, face).1.id != 0, "{c:?} in {face:?}");
                assert!(
                    c == '\u{FFFD}' || fonts.glyph(c, face).1 != fonts.glyph(UNKNOWN, face).1,
                    "{c:?}"
                );
            }
        }
        assert_eq!(fonts.glyph('中', Face::Bold), fonts.glyph(UNKNOWN, Face::Bold));
    }

    #[test]
    fn digits_are_equally_wide_so_that_columns_stand() {
        let fonts = Fonts::new().unwrap();
        for face in [Face::Plain, Face::Bold, Face::Mono] {
            let widths: Vec<f32> = ('0'..='9').map(|c| fonts.glyph(c, face).1.advance).collect();
            assert!(widths.iter().all(|w| (w - widths[0]).abs() < 1e-6), "{widths:?}");
        }
    }
}
