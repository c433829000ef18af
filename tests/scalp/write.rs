//! Meshes back to bytes, in every format the readers take.

use smp::scalp::RawMesh;
use std::fmt::Write as _;

fn corner(mesh: &RawMesh, v: u32) -> [f32; 3] {
    let p = mesh.vertices[v as usize];
    [p.x() as f32, p.y() as f32, p.z() as f32]
}

pub fn binary_stl(mesh: &RawMesh, header: &str) -> Vec<u8> {
    let mut out = vec![b' '; 80];
    out[..header.len()].copy_from_slice(header.as_bytes());
    out.extend((mesh.triangles.len() as u32).to_le_bytes());
    for t in &mesh.triangles {
        out.extend([0; 12]);
        out.extend(t.iter().flat_map(|&v| corner(mesh, v)).flat_map(f32::to_le_bytes));
        out.extend([0; 2]);
    }
    out
}

pub fn ascii_stl(mesh: &RawMesh, solids: usize) -> Vec<u8> {
    let mut out = String::new();
    for part in mesh.triangles.chunks(mesh.triangles.len().div_ceil(solids)) {
        out.push_str("solid\n");
        for t in part {
            out.push_str("facet normal 0 0 0\n outer loop\n");
            for &v in t {
                let [x, y, z] = corner(mesh, v);
                writeln!(out, "  vertex {x:e} {y:e} {z:e}").unwrap();
            }
            out.push_str(" endloop\nendfacet\n");
        }
        out.push_str("endsolid\n");
    }
    out.into_bytes()
}

pub fn obj(mesh: &RawMesh) -> Vec<u8> {
    let mut out = String::from("# a head\nmtllib none.mtl\no head\nusemtl skin\n");
    for v in 0..mesh.vertices.len() as u32 {
        let [x, y, z] = corner(mesh, v);
        writeln!(out, "v {x} {y} {z}").unwrap();
    }
    for [a, b, c] in &mesh.triangles {
        writeln!(out, "f {} {} {}", a + 1, b + 1, c + 1).unwrap();
    }
    out.into_bytes()
}

fn ply_header(mesh: &RawMesh, encoding: &str) -> String {
    format!(
        "ply\nformat {encoding} 1.0\ncomment a head\nelement vertex {}\nproperty float x\n\
         property float y\nproperty float z\nproperty uchar red\nelement face {}\n\
         property list uchar int vertex_indices\nend_header\n",
        mesh.vertices.len(),
        mesh.triangles.len()
    )
}

pub fn ascii_ply(mesh: &RawMesh) -> Vec<u8> {
    let mut out = ply_header(mesh, "ascii");
    for v in 0..mesh.vertices.len() as u32 {
        let [x, y, z] = corner(mesh, v);
        writeln!(out, "{x} {y} {z} 200").unwrap();
    }
    for [a, b, c] in &mesh.triangles {
        writeln!(out, "3 {a} {b} {c}").unwrap();
    }
    out.into_bytes()
}

pub fn binary_ply(mesh: &RawMesh, big_endian: bool) -> Vec<u8> {
    let order = |mut bytes: [u8; 4]| {
        if big_endian {
            bytes.reverse();
        }
        bytes
    };
    let name = if big_endian { "binary_big_endian" } else { "binary_little_endian" };
    let mut out = ply_header(mesh, name).into_bytes();
    for v in 0..mesh.vertices.len() as u32 {
        out.extend(corner(mesh, v).into_iter().flat_map(|c| order(c.to_le_bytes())));
        out.push(200);
    }
    for t in &mesh.triangles {
        out.push(3);
        out.extend(t.iter().flat_map(|v| order(v.to_le_bytes())));
    }
    out
}
