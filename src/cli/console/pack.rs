//! Many numbers for a page, in one piece: the length of what is told in words, that as JSON (filled up with blanks to four
//! bytes), then 32-bit numbers, all little-endian.

use serde::Serialize;

/// A piece.
#[derive(Debug)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Of what is told in words.
    pub fn new<T: Serialize>(told: &T) -> Self {
        let mut words = serde_json::to_vec(told).unwrap_or_default();
        words.resize(words.len().next_multiple_of(4), b' ');
        let mut bytes = (words.len() as u32).to_le_bytes().to_vec();
        bytes.extend(words);
        Self(bytes)
    }

    /// Places or directions, mm.
    pub fn points(&mut self, points: impl Iterator<Item = [f64; 3]>) {
        for point in points {
            self.0.extend(point.into_iter().flat_map(|number| (number as f32).to_le_bytes()));
        }
    }

    /// Corners of triangles.
    pub fn corners(&mut self, triangles: &[[u32; 3]]) {
        self.0.extend(triangles.iter().flatten().flat_map(|corner| corner.to_le_bytes()));
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
