//! PNG files for tests.

use png::{BitDepth, ColorType, Encoder};

/// A PNG of these samples.
pub fn png(width: u32, height: u32, kind: (ColorType, BitDepth), samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(kind.0);
    encoder.set_depth(kind.1);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    bytes
}

/// An 8-bit grey PNG, each pixel's darkness (0 to 1) by its column and row.
pub fn drawn(width: u32, height: u32, darkness: impl Fn(u32, u32) -> f64) -> Vec<u8> {
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples: Vec<u8> =
        rows.map(|(x, y)| (255.0 * (1.0 - darkness(x, y))).round() as u8).collect();
    png(width, height, (ColorType::Grayscale, BitDepth::Eight), &samples)
}
