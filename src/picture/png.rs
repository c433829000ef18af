//! SVG as PNG.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::io;
use thiserror::Error;

/// Resolution: 0.1 mm of paper is one pixel, 254 dots per inch, so that a dot of 0.35 mm is seen.
pub const DOTS_PER_MM: f64 = 10.0;
/// CSS pixels per mm, in which the reader tells sizes.
const CSS_PER_MM: f64 = 96.0 / 25.4;
/// No head on a page needs more pixels.
const MOST_PIXELS: u64 = 200_000_000;

/// Why there is no PNG.
#[derive(Debug, Error)]
pub enum PngError {
    /// The drawing does not read.
    #[error("{0}")]
    Svg(#[from] resvg::usvg::Error),
    /// It is no page.
    #[error("a page of {width} x {height} pixels is none, or more than {MOST_PIXELS}")]
    Size {
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
    },
    /// It could not be written.
    #[error("{0}")]
    Encoding(#[from] png::EncodingError),
    /// Its writer said no.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Draws an SVG without text at [`DOTS_PER_MM`] on white.
pub fn png(svg: &str) -> Result<Vec<u8>, PngError> {
    let tree = Tree::from_str(svg, &Options::default())?;
    let scale = DOTS_PER_MM / CSS_PER_MM;
    let pixels = |side: f32| (f64::from(side) * scale).round() as u64;
    let (width, height) = (pixels(tree.size().width()), pixels(tree.size().height()));
    let size = PngError::Size { width, height };
    if width.saturating_mul(height) > MOST_PIXELS {
        return Err(size);
    }
    let Some(mut pixmap) = Pixmap::new(width as u32, height as u32) else { return Err(size) };
    pixmap.fill(resvg::tiny_skia::Color::WHITE);
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    encoded(&pixmap)
}

fn encoded(pixmap: &Pixmap) -> Result<Vec<u8>, PngError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = (DOTS_PER_MM * 1000.0) as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    // White lies under everything: no pixel is transparent.
    let rgb: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}
