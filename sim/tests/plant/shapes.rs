//! Heads that are no heads: where the truth can be worked out by hand.

use smp_sim::plant::HeadMesh;

/// A square plate of `size` mm at height `z` of the scalp frame, seen from above.
pub fn plate(size: f64, z: f64) -> HeadMesh {
    let n = 20_u32;
    let step = size / f64::from(n);
    let mut mesh = HeadMesh::default();
    for j in 0..=n {
        for i in 0..=n {
            let at = |k: u32| f64::from(k) * step - size * 0.5;
            mesh.vertices.push([at(i), at(j), z]);
        }
    }
    for j in 0..n {
        for i in 0..n {
            let a = j * (n + 1) + i;
            mesh.triangles.push([a, a + 1, a + n + 2]);
            mesh.triangles.push([a, a + n + 2, a + n + 1]);
        }
    }
    mesh
}

/// A sphere of `radius` mm about the scalp frame's origin.
pub fn sphere(radius: f64, rings: u32) -> HeadMesh {
    let sectors = 2 * rings;
    let mut mesh = HeadMesh::default();
    for j in 0..=rings {
        for i in 0..sectors {
            let theta = std::f64::consts::PI * f64::from(j) / f64::from(rings);
            let phi = std::f64::consts::TAU * f64::from(i) / f64::from(sectors);
            let (s, c) = theta.sin_cos();
            mesh.vertices.push([radius * s * phi.cos(), radius * s * phi.sin(), radius * c]);
        }
    }
    for j in 0..rings {
        for i in 0..sectors {
            let k = (i + 1) % sectors;
            let (a, b) = (j * sectors + i, j * sectors + k);
            let (c, d) = (a + sectors, b + sectors);
            if j > 0 {
                mesh.triangles.push([a, c, b]);
            }
            if j + 1 < rings {
                mesh.triangles.push([b, c, d]);
            }
        }
    }
    mesh
}
