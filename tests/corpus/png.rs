//! PNG files by hand: what they promise need not be what they hold.

use std::io::Write;

/// A chunk with its check sum.
pub fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&name, data].concat();
    let (length, seal) = (data.len() as u32, crc32fast::hash(&named));
    [&length.to_be_bytes()[..], &named, &seal.to_be_bytes()].concat()
}

/// An image whose header says that size, depth and colour type, with these bytes packed.
pub fn image(size: (u32, u32), kind: (u8, u8), bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    let packed = packer.finish().unwrap();
    let (width, height) = (size.0.to_be_bytes(), size.1.to_be_bytes());
    let header = [&width[..], &height, &[kind.0, kind.1, 0, 0, 0]].concat();
    let parts = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &packed), chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts.concat()].concat()
}
