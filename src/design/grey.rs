//! PNG images as maps of darkness: 0 for white paper, 1 for black.
//!
//! Darkness is what an image editor shows: one minus the luma of the stored values (Rec. 709 weights), seen over white
//! where the image is not opaque. No colour profile and no gamma are looked at.

use super::error::DesignError;
use png::{BitDepth, ColorType, InterlaceInfo, Transformations};
use std::io::Cursor;

/// Largest image file, bytes.
pub(super) const MOST_BYTES: usize = 16 << 20;
/// Most pixels: 300 mm by 150 mm at 600 dpi have 25 million. They take two bytes each.
const MOST_PIXELS: u64 = 32 << 20;
/// Longest side, pixels.
const MOST_SIDE: u32 = 16_384;
/// What the decoder may take beside: lines and its window.
const DECODER_BYTES: usize = 4 << 20;
const FULL: f64 = u16::MAX as f64;

/// An image as darkness.
#[derive(Clone, Debug, PartialEq)]
pub struct GreyMap {
    width: usize,
    height: usize,
    /// Darkness in 1/65535, big-endian, row by row from the upper left corner.
    dark: Vec<[u8; 2]>,
}

/// What is wrong with an image. Pixels count from 0 at the upper left corner.
#[derive(Debug, thiserror::Error)]
pub enum ImageProblem {
    /// Not a PNG, or a damaged one.
    #[error("byte {byte}: no PNG that can be read: {source}")]
    Png {
        /// How far it was read.
        byte: u64,
        /// What the reader says.
        source: png::DecodingError,
    },
    /// More pixels than are looked at.
    #[error(
        "{width} by {height} pixels, limit {MOST_PIXELS} pixels and {MOST_SIDE} for a side: scale it down"
    )]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// Several pictures in one.
    #[error("an animation: export the one picture that is meant")]
    Animated,
    /// Nobody says how large it is.
    #[error("how wide the image is in truth is not known: say it (width_mm)")]
    NoWidth,
    /// Higher than any drawing.
    #[error(
        "the image is {height_mm:.0} mm high at this width, limit {limit_mm} mm: check width_mm"
    )]
    TooHigh {
        /// At its width.
        height_mm: f64,
        /// The limit.
        limit_mm: f64,
    },
    /// A dot at the rim.
    #[error("pixel ({x}, {y}): something dark at the rim: a dot that is cut off, or a dark ground")]
    CutOff {
        /// Column.
        x: usize,
        /// Row.
        y: usize,
    },
    /// A dot of too few pixels.
    #[error(
        "pixel ({x}, {y}): a dot of {pixels} pixels, {least} are needed: too coarse, or a speck"
    )]
    TooCoarse {
        /// Column of its first pixel.
        x: usize,
        /// Row.
        y: usize,
        /// Its dark pixels.
        pixels: u32,
        /// Fewest.
        least: u32,
    },
    /// A dark shape that is no disc.
    #[error("pixel ({x}, {y}): a dark shape that is not round: dots that touch, or a line")]
    NotRound {
        /// Column of its first pixel.
        x: usize,
        /// Row.
        y: usize,
    },
    /// A dot too small or too large.
    #[error("pixel ({x}, {y}): diameter in mm = {diameter_mm:.3}, must be {low} to {high}")]
    Diameter {
        /// Column of its first pixel.
        x: usize,
        /// Row.
        y: usize,
        /// By its area, mm.
        diameter_mm: f64,
        /// Least, mm.
        low: f64,
        /// Most, mm.
        high: f64,
    },
    /// More dots than a pattern may have.
    #[error("more than {limit} dots")]
    TooManyDots {
        /// The limit.
        limit: usize,
    },
    /// Dark and light change more often than in any drawing.
    #[error("pixel ({x}, {y}): more than {limit} runs of dark pixels: noise, or a photograph")]
    Speckled {
        /// Column of the first one too many.
        x: usize,
        /// Row.
        y: usize,
        /// The limit.
        limit: usize,
    },
}

impl GreyMap {
    /// Reads a PNG: grey, palette or RGB, with or without alpha, 1 to 16 bits, interlaced or not. `file` is for
    /// messages.
    ///
    /// # Errors
    /// Not a whole PNG, an animation, more than 16 MiB, 32 Mi pixels or 16,384 pixels on a side.
    pub fn read(bytes: &[u8], file: &str) -> Result<Self, DesignError> {
        super::beside::within(file, bytes.len(), MOST_BYTES)?;
        let mut input = Cursor::new(bytes);
        let map = decode(&mut input).map_err(|problem| match problem {
            ImageProblem::Png { source, .. } => {
                ImageProblem::Png { byte: input.position(), source }
            }
            other => other,
        });
        map.map_err(|problem| DesignError::Image { file: file.to_owned(), problem })
    }

    /// Darkness at a place, 0 to 1: (0, 0) is the upper left corner of the image, (1, 1) the lower right one. Linear
    /// between the middles of pixels, constant outside of them.
    pub fn darkness(&self, u: f64, v: f64) -> f64 {
        let (left, right, x) = between(u, self.width);
        let (above, below, y) = between(v, self.height);
        let upper = self.at(left, above) * (1.0 - x) + self.at(right, above) * x;
        let lower = self.at(left, below) * (1.0 - x) + self.at(right, below) * x;
        upper * (1.0 - y) + lower * y
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Darkness of a pixel, 0 to 1.
    ///
    /// # Panics
    /// There is no such pixel.
    pub fn at(&self, x: usize, y: usize) -> f64 {
        f64::from(u16::from_be_bytes(self.dark[y * self.width + x])) / FULL
    }
}

/// The two pixels whose middles are around a place along a side, and how far it is from the first to the second.
fn between(place: f64, pixels: usize) -> (usize, usize, f64) {
    let last = pixels - 1;
    let middle = (place * pixels as f64 - 0.5).clamp(0.0, last as f64);
    let first = middle.floor() as usize;
    (first, (first + 1).min(last), middle.fract())
}

fn broken(source: png::DecodingError) -> ImageProblem {
    ImageProblem::Png { byte: 0, source }
}

fn decode(input: &mut Cursor<&[u8]>) -> Result<GreyMap, ImageProblem> {
    let mut decoder = png::Decoder::new_with_limits(input, png::Limits { bytes: DECODER_BYTES });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(broken)?;
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) > MOST_PIXELS || width.max(height) > MOST_SIDE {
        return Err(ImageProblem::TooManyPixels { width, height });
    }
    let mut reader = decoder.read_info().map_err(broken)?;
    if reader.info().is_animated() {
        return Err(ImageProblem::Animated);
    }
    let kind = reader.output_color_type();
    let (width, height) = (width as usize, height as usize);
    let (mut dark, mut line) = (vec![[0; 2]; width * height], Vec::with_capacity(width));
    let (mut seen, mut rows) = (0, 0);
    // What follows the last pixel is not unpacked: there may be no end of it.
    while seen < width * height {
        let Some(row) = reader.next_interlaced_row().map_err(broken)? else { break };
        line.clear();
        darken(row.data(), kind, &mut line);
        match row.interlace() {
            InterlaceInfo::Null(_) => dark[rows * width..][..line.len()].copy_from_slice(&line),
            InterlaceInfo::Adam7(pass) => {
                let image = dark.as_flattened_mut();
                png::expand_interlaced_row(image, 2 * width, line.as_flattened(), pass, 16);
            }
        }
        (seen, rows) = (seen + line.len(), rows + 1);
    }
    Ok(GreyMap { width, height, dark })
}

/// Darkness of each pixel of a row.
fn darken(row: &[u8], (color, depth): (ColorType, BitDepth), line: &mut Vec<[u8; 2]>) {
    let samples = color.samples();
    if depth == BitDepth::Sixteen {
        let sample = |pixel: &[u8], k: usize| u16::from_be_bytes([pixel[2 * k], pixel[2 * k + 1]]);
        line.extend(row.chunks_exact(2 * samples).map(|p| dark(samples, |k| sample(p, k))));
    } else {
        // 257 times 255 is 65535.
        let sample = |pixel: &[u8], k: usize| u16::from(pixel[k]) * 257;
        line.extend(row.chunks_exact(samples).map(|p| dark(samples, |k| sample(p, k))));
    }
}

/// Darkness of one pixel over white: 1 sample is grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
fn dark(samples: usize, sample: impl Fn(usize) -> u16) -> [u8; 2] {
    let full = u32::from(u16::MAX);
    let sample = |k| u32::from(sample(k));
    let light = match samples {
        1 | 2 => sample(0),
        _ => (2126 * sample(0) + 7152 * sample(1) + 722 * sample(2) + 5000) / 10_000,
    };
    let alpha = if samples.is_multiple_of(2) { sample(samples - 1) } else { full };
    let dark = ((full - light) * alpha + full / 2) / full;
    (dark as u16).to_be_bytes()
}
