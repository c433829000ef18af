//! PNG images as maps of darkness.

use crate::images::{drawn, png};
use png::{BitDepth, ColorType, Encoder};
use smp::design::grey::GreyMap;

fn read(bytes: &[u8]) -> GreyMap {
    GreyMap::read(bytes, "m.png").unwrap()
}

fn refused(bytes: &[u8]) -> String {
    GreyMap::read(bytes, "m.png").expect_err("was taken").to_string()
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-4, "{found}, wanted {wanted}");
}

#[test]
fn each_kind_of_pixel_has_its_darkness_over_white() {
    use BitDepth::{Eight, One, Sixteen};
    use ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
    let luma_of_red = 1.0 - 0.2126;
    let cases: [(ColorType, BitDepth, &[u8], [f64; 2]); 7] = [
        (Grayscale, One, &[0b0100_0000], [1.0, 0.0]),
        (Grayscale, Eight, &[0, 204], [1.0, 0.2]),
        (Grayscale, Sixteen, &[0, 0, 0x40, 0], [1.0, 1.0 - 16384.0 / 65535.0]),
        (GrayscaleAlpha, Eight, &[0, 51, 102, 0], [0.2, 0.0]),
        (Rgb, Eight, &[255, 0, 0, 255, 255, 255], [luma_of_red, 0.0]),
        (Rgba, Eight, &[255, 0, 0, 255, 0, 0, 0, 0], [luma_of_red, 0.0]),
        (
            Rgba,
            Sixteen,
            &[0, 0, 0, 0, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 1, 2],
            [32768.0 / 65535.0, 0.0],
        ),
    ];
    for (color, depth, samples, wanted) in cases {
        let map = read(&png(2, 1, (color, depth), samples));
        assert_eq!((map.width(), map.height()), (2, 1));
        near(map.at(0, 0), wanted[0]);
        near(map.at(1, 0), wanted[1]);
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(ColorType::Indexed);
    encoder.set_palette(vec![255, 255, 255, 0, 0, 0]);
    encoder.set_trns(vec![255, 128]);
    encoder.write_header().unwrap().write_image_data(&[1, 0]).unwrap();
    let map = read(&bytes);
    near(map.at(0, 0), 128.0 / 255.0);
    near(map.at(1, 0), 0.0);
}

#[test]
fn darkness_is_linear_between_the_middles_of_pixels_and_constant_at_the_rim() {
    let map = read(&png(2, 2, (ColorType::Grayscale, BitDepth::Eight), &[255, 0, 0, 255]));
    for (u, v, wanted) in [
        (0.25, 0.25, 0.0),
        (0.75, 0.25, 1.0),
        (0.5, 0.25, 0.5),
        (0.5, 0.5, 0.5),
        (0.25, 0.5, 0.5),
        (0.0, 0.0, 0.0),
        (1.0, 0.0, 1.0),
        (1.0, 1.0, 0.0),
        (-3.0, 9.0, 1.0),
        (0.375, 0.25, 0.25),
    ] {
        near(map.darkness(u, v), wanted);
    }
}

/// The samples of an Adam7 image by hand: the encoder does not interlace.
fn interlaced(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    const PASSES: [[u32; 4]; 7] = [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
    ];
    let mut raw = Vec::new();
    for [x0, y0, step_x, step_y] in PASSES {
        for y in (y0..height).step_by(step_y as usize).filter(|_| x0 < width) {
            raw.push(0);
            raw.extend((x0..width).step_by(step_x as usize).map(|x| grey(x, y)));
        }
    }
    // One stored block of deflate.
    let length = (raw.len() as u16).to_le_bytes();
    let mut data = vec![0x78, 0x01, 1];
    data.extend(length.iter().chain(&length.map(|b| !b)).chain(&raw));
    let sum = raw.iter().fold((1u32, 0u32), |(a, b), &v| {
        let a = (a + u32::from(v)) % 65521;
        (a, (a + b) % 65521)
    });
    data.extend((sum.1 << 16 | sum.0).to_be_bytes());
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 1]);
    for (kind, content) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
        bytes.extend((content.len() as u32).to_be_bytes());
        let body = [kind.as_slice(), &content].concat();
        bytes.extend(&body);
        bytes.extend(crc32fast::hash(&body).to_be_bytes());
    }
    bytes
}

#[test]
fn an_interlaced_image_is_the_same_image() {
    for (width, height) in [(1, 1), (3, 2), (8, 8), (13, 9), (33, 17)] {
        let grey = |x: u32, y: u32| (x * 37 + y * 91) as u8;
        let plain = drawn(width, height, |x, y| 1.0 - f64::from(grey(x, y)) / 255.0);
        assert_eq!(read(&interlaced(width, height, grey)), read(&plain));
    }
}

#[test]
fn what_is_no_whole_png_is_refused_with_the_byte() {
    let good = drawn(40, 40, |x, y| f64::from((x * y) % 7) / 7.0);
    assert!(refused(b"").starts_with("m.png: byte 0: no PNG"));
    assert!(refused(b"GIF89a").contains("no PNG"));
    for cut in 1..good.len() - 40 {
        let said = refused(&good[..cut]);
        assert!(said.starts_with("m.png: byte ") && said.contains("no PNG"), "{cut}: {said}");
    }
    let mut changed = good.clone();
    changed[60] ^= 1;
    assert!(refused(&changed).contains("no PNG"));
}

#[test]
fn an_animation_is_refused() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 2, 1);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0, 1]).unwrap();
    writer.write_image_data(&[1, 0]).unwrap();
    writer.finish().unwrap();
    assert!(refused(&bytes).contains("m.png: an animation"));
}

#[test]
fn an_image_larger_than_any_is_refused_by_its_header() {
    let huge = |width: u32, height: u32| {
        let mut bytes = drawn(1, 1, |_, _| 0.0);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32fast::hash(&bytes[12..29]).to_be_bytes();
        bytes[29..33].copy_from_slice(&sum);
        bytes
    };
    for (width, height) in [(65_000, 65_000), (6_000, 6_000), (16_385, 1), (1, 0x7FFF_FFFF)] {
        let said = refused(&huge(width, height));
        assert!(said.contains(&format!("m.png: {width} by {height} pixels")), "{said}");
    }
}
