//! Head and dots as binary glTF 2.0, for any 3-D viewer.

use crate::preview::{Dot, Dots, Head, SKIN, on_skin};
use nalgebra::Vector3;
use serde_json::{Value, json};

/// Corners of a dot.
const CORNERS: usize = 8;
/// Dots lie this far above the skin, mm: where it bends, its facets would come through them.
const LIFT_MM: f64 = 0.06;
/// glTF's numbers for types, targets and triangles.
const FLOAT: u32 = 5126;
const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const VERTICES: u32 = 34962;
const INDICES: u32 = 34963;

/// Writes the head, with smooth normals, and the dots as discs of their healed size and shade, one mesh for each zone and
/// layer. Metres, +Y up, the nose to +Z and so the client's left to +X, as glTF wants it.
pub fn glb(head: &Head<'_>, dots: &Dots) -> Vec<u8> {
    let mut scene = Scene::default();
    let skin = Surface {
        places: head.vertices.iter().map(|v| metres(v.vector())).collect(),
        normals: head.normals.iter().map(|n| turned(*n)).collect(),
        colours: Vec::new(),
        triangles: head.triangles.to_vec(),
    };
    scene.add("head", &skin, 0);
    for ((group, layer), of) in dots.by_group() {
        scene.add(&format!("{}, layer {layer}", dots.name(group)), &discs(&of), 1);
    }
    scene.finish()
}

/// Triangles with what glTF wants of their corners.
struct Surface {
    places: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    /// Linear, 0 to 65535; none: the material's alone.
    colours: Vec<[u16; 4]>,
    triangles: Vec<[u32; 3]>,
}

fn discs(dots: &[Dot]) -> Surface {
    let mut all = Surface { places: vec![], normals: vec![], colours: vec![], triangles: vec![] };
    for dot in dots {
        let normal = dot.normal.vector();
        // Any two directions across the normal.
        let across = Vector3::ith(normal.iamin(), 1.0).cross(&normal).normalize();
        let (u, v) = (across, normal.cross(&across));
        let middle = dot.place.vector() + normal * LIFT_MM;
        let first = all.places.len() as u32;
        for corner in 0..CORNERS {
            let angle = corner as f64 / CORNERS as f64 * std::f64::consts::TAU;
            let out = (u * angle.cos() + v * angle.sin()) * dot.diameter_mm / 2.0;
            all.places.push(metres(middle + out));
            all.normals.push(turned(normal));
            all.colours.push(linear(on_skin(dot.shade)));
        }
        let fan = (1..CORNERS as u32 - 1).map(|k| [first, first + k, first + k + 1]);
        all.triangles.extend(fan);
    }
    all
}

/// What is written so far.
#[derive(Default)]
struct Scene {
    bytes: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
    meshes: Vec<Value>,
    nodes: Vec<Value>,
}

impl Scene {
    fn add(&mut self, name: &str, surface: &Surface, material: u32) {
        if surface.triangles.is_empty() {
            return;
        }
        let flat = |values: &[[f32; 3]]| -> Vec<u8> {
            values.iter().flatten().flat_map(|v| v.to_le_bytes()).collect()
        };
        let position = self.accessor(&flat(&surface.places), VERTICES, FLOAT, "VEC3", 12);
        let least = |k: usize| surface.places.iter().map(|p| p[k]).fold(f32::MAX, f32::min);
        let most = |k: usize| surface.places.iter().map(|p| p[k]).fold(f32::MIN, f32::max);
        self.accessors[position]["min"] = json!([least(0), least(1), least(2)]);
        self.accessors[position]["max"] = json!([most(0), most(1), most(2)]);
        let normal = self.accessor(&flat(&surface.normals), VERTICES, FLOAT, "VEC3", 12);
        let mut attributes = json!({ "POSITION": position, "NORMAL": normal });
        if !surface.colours.is_empty() {
            let bytes = surface.colours.iter().flatten().flat_map(|v| v.to_le_bytes());
            let bytes: Vec<u8> = bytes.collect();
            let colour = self.accessor(&bytes, VERTICES, UNSIGNED_SHORT, "VEC4", 8);
            self.accessors[colour]["normalized"] = json!(true);
            attributes["COLOR_0"] = json!(colour);
        }
        let indices = surface.triangles.iter().flatten().flat_map(|v| v.to_le_bytes());
        let indices: Vec<u8> = indices.collect();
        let indices = self.accessor(&indices, INDICES, UNSIGNED_INT, "SCALAR", 4);
        let primitive =
            json!({ "attributes": attributes, "indices": indices, "material": material });
        self.nodes.push(json!({ "name": name, "mesh": self.meshes.len() }));
        self.meshes.push(json!({ "name": name, "primitives": [primitive] }));
    }

    /// Puts values into the buffer; their accessor's number.
    fn accessor(
        &mut self,
        values: &[u8],
        target: u32,
        part: u32,
        kind: &str,
        size: usize,
    ) -> usize {
        self.views.push(json!({
            "buffer": 0,
            "byteOffset": self.bytes.len(),
            "byteLength": values.len(),
            "target": target,
        }));
        self.bytes.extend_from_slice(values);
        self.accessors.push(json!({
            "bufferView": self.views.len() - 1,
            "componentType": part,
            "count": values.len() / size,
            "type": kind,
        }));
        self.accessors.len() - 1
    }

    fn finish(self) -> Vec<u8> {
        let rough = |name: &str, rgb: [u8; 3]| {
            let colour = linear(rgb).map(|c| f64::from(c) / f64::from(u16::MAX));
            let pbr = json!({
                "baseColorFactor": colour,
                "metallicFactor": 0.0,
                "roughnessFactor": 0.85,
            });
            json!({ "name": name, "pbrMetallicRoughness": pbr })
        };
        let nodes: Vec<usize> = (0..self.nodes.len()).collect();
        let text = json!({
            "asset": { "version": "2.0", "generator": "smp" },
            "scene": 0,
            "scenes": [{ "nodes": nodes }],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": [rough("skin", SKIN), rough("pigment", [255; 3])],
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{ "byteLength": self.bytes.len() }],
        });
        container(text.to_string().into_bytes(), self.bytes)
    }
}

/// The file: a header, the text, the buffer, each to a multiple of four bytes.
fn container(mut text: Vec<u8>, mut bytes: Vec<u8>) -> Vec<u8> {
    text.resize(text.len().next_multiple_of(4), b' ');
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let whole = 12 + 8 + text.len() + 8 + bytes.len();
    let mut file = Vec::with_capacity(whole);
    file.extend_from_slice(b"glTF");
    file.extend_from_slice(&2u32.to_le_bytes());
    file.extend_from_slice(&(whole as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", text), (b"BIN\0", bytes)] {
        file.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
        file.extend_from_slice(kind);
        file.extend_from_slice(&chunk);
    }
    file
}

/// From the scalp frame in mm.
fn metres(v: Vector3<f64>) -> [f32; 3] {
    turned(v * 1e-3)
}

/// To the client's left, up, to the nose.
fn turned(v: Vector3<f64>) -> [f32; 3] {
    [-v.x as f32, v.z as f32, v.y as f32]
}

/// From sRGB to linear light.
fn linear(rgb: [u8; 3]) -> [u16; 4] {
    let part = |c: u8| {
        let c = f64::from(c) / 255.0;
        let light = if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        (light * f64::from(u16::MAX)).round() as u16
    };
    [part(rgb[0]), part(rgb[1]), part(rgb[2]), u16::MAX]
}
