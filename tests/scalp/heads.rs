//! Heads for the tests: real ones from the repository, made ones from formulas.

use nalgebra::Vector3;
use smp::frame::{Point, Scan};
use smp::scalp::{Cleaning, Landmarks, MeshFormat, RawMesh, ScalpError, ScalpSurface, read};
use std::path::{Path, PathBuf};

/// A head as files have it.
pub struct Head {
    pub name: String,
    pub mesh: RawMesh,
    pub landmarks: Landmarks,
}

impl Head {
    pub fn build(&self) -> Result<(ScalpSurface, Cleaning), ScalpError> {
        ScalpSurface::build(self.mesh.clone(), &self.landmarks)
    }

    pub fn surface(&self) -> ScalpSurface {
        self.build().unwrap_or_else(|e| panic!("{}: {e}", self.name)).0
    }

    /// Mesh and landmarks multiplied.
    pub fn scaled(&self, mesh: f64, landmarks: f64) -> Self {
        let by = |p: Point<Scan>, factor: f64| Point::from_vector(p.vector() * factor);
        let l = &self.landmarks;
        Self {
            name: format!("{} scaled", self.name),
            mesh: RawMesh {
                vertices: self.mesh.vertices.iter().map(|&p| by(p, mesh)).collect(),
                triangles: self.mesh.triangles.clone(),
            },
            landmarks: Landmarks {
                nasion: by(l.nasion, landmarks),
                inion: by(l.inion, landmarks),
                lpa: by(l.lpa, landmarks),
                rpa: by(l.rpa, landmarks),
            },
        }
    }

    pub fn map(&self, f: impl Fn(Vector3<f64>) -> Vector3<f64>) -> Self {
        let by = |p: Point<Scan>| Point::from_vector(f(p.vector()));
        let l = &self.landmarks;
        Self {
            name: format!("{} moved", self.name),
            mesh: RawMesh {
                vertices: self.mesh.vertices.iter().map(|&p| by(p)).collect(),
                triangles: self.mesh.triangles.clone(),
            },
            landmarks: Landmarks {
                nasion: by(l.nasion),
                inion: by(l.inion),
                lpa: by(l.lpa),
                rpa: by(l.rpa),
            },
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn load(folder: &Path, mesh: &str) -> Head {
    let path = folder.join("landmarks.json");
    let json = String::from_utf8(bytes(&path)).unwrap();
    let format = MeshFormat::of(mesh).unwrap();
    Head {
        name: folder.join(mesh).display().to_string(),
        mesh: read(&bytes(&folder.join(mesh)), format).unwrap(),
        landmarks: Landmarks::parse(&json, "landmarks.json").unwrap(),
    }
}

/// The bundled head, 38,000 triangles.
pub fn bundled() -> Head {
    load(&root().join("configs/scalps/pydeface_mean"), "mesh.stl")
}

/// A test head of 5,000 triangles: `colin27` or `anny_male`.
pub fn small(name: &str) -> Head {
    load(&root().join("tests/data/heads").join(name), "mesh_5k.obj")
}

/// All heads of the repository.
pub fn all() -> Vec<Head> {
    vec![bundled(), small("colin27"), small("anny_male")]
}

/// Full-resolution heads beside the repository, where they are.
pub fn shared() -> Vec<Head> {
    let folder = root().join("../shared/heads");
    let names = ["colin27", "anny_male", "pydeface_mean"];
    let found: Vec<_> =
        names.iter().map(|n| folder.join(n)).filter(|f| f.join("mesh.stl").exists()).collect();
    if found.is_empty() {
        eprintln!("skipped: no full-resolution heads beside the repository");
    }
    found.iter().map(|f| load(f, "mesh.stl")).collect()
}

/// A triangulated ellipsoid of full axes 190 x 150 x 130 mm (y, x, z), with landmarks low on it so that
/// it passes for a head. `level` quarters an icosahedron's faces so often.
pub fn ellipsoid(level: u32) -> Head {
    let half = Vector3::new(75.0, 95.0, 65.0);
    let (mut vertices, mut triangles) = icosahedron();
    for _ in 0..level {
        (vertices, triangles) = quartered(vertices, &triangles);
    }
    let vertices = vertices.iter().map(|v| Point::from_vector(v.component_mul(&half))).collect();
    let on = |x: f64, y: f64, z: f64| {
        let v = Vector3::new(x, y, z).component_div(&half);
        Point::from_vector((v / v.norm()).component_mul(&half))
    };
    let landmarks = Landmarks {
        nasion: on(0.0, 75.0, -40.0),
        inion: on(0.0, -95.0, -10.0),
        lpa: on(-60.0, 0.0, -40.0),
        rpa: on(60.0, 0.0, -40.0),
    };
    Head { name: "ellipsoid".to_owned(), mesh: RawMesh { vertices, triangles }, landmarks }
}

fn icosahedron() -> (Vec<Vector3<f64>>, Vec<[u32; 3]>) {
    let g = f64::midpoint(1.0, 5.0_f64.sqrt());
    let mut vertices = Vec::new();
    for (a, b) in [(1.0, g), (-1.0, g), (1.0, -g), (-1.0, -g)] {
        vertices.push(Vector3::new(0.0, a, b).normalize());
        vertices.push(Vector3::new(a, b, 0.0).normalize());
        vertices.push(Vector3::new(b, 0.0, a).normalize());
    }
    let near = |i: usize, j: usize| {
        let v: &Vec<Vector3<f64>> = &vertices;
        (v[i] - v[j]).norm() < 1.1
    };
    let mut triangles = Vec::new();
    for i in 0..12 {
        for j in i + 1..12 {
            for k in j + 1..12 {
                if near(i, j) && near(j, k) && near(i, k) {
                    let out = (vertices[j] - vertices[i]).cross(&(vertices[k] - vertices[i]));
                    let outward = out.dot(&vertices[i]) > 0.0;
                    let (j, k) = if outward { (j, k) } else { (k, j) };
                    triangles.push([i as u32, j as u32, k as u32]);
                }
            }
        }
    }
    (vertices, triangles)
}

fn quartered(
    mut vertices: Vec<Vector3<f64>>,
    triangles: &[[u32; 3]],
) -> (Vec<Vector3<f64>>, Vec<[u32; 3]>) {
    let mut middles = std::collections::BTreeMap::new();
    let mut middle = |a: u32, b: u32| {
        *middles.entry((a.min(b), a.max(b))).or_insert_with(|| {
            vertices.push((vertices[a as usize] + vertices[b as usize]).normalize());
            vertices.len() as u32 - 1
        })
    };
    let mut out = Vec::new();
    for &[a, b, c] in triangles {
        let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
        out.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
    }
    (vertices, out)
}
