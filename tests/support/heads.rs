//! Heads to lay designs on.

use crate::place::repository;
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use std::path::PathBuf;

/// A head: its mesh in the repository, with landmarks beside it.
#[derive(Clone, Copy, Debug)]
pub struct Head(&'static str);

/// A light one of 5,000 triangles, quick to load and to prove against.
pub const LIGHT: Head = Head("tests/data/heads/colin27/mesh_5k.obj");

impl Head {
    pub fn mesh(self) -> PathBuf {
        repository(self.0)
    }

    pub fn surface(self) -> ScalpSurface {
        let path = self.mesh();
        let marks = std::fs::read_to_string(path.with_file_name("landmarks.json")).unwrap();
        let marks = Landmarks::parse(&marks, "landmarks.json").unwrap();
        let raw = read(&std::fs::read(&path).unwrap(), MeshFormat::of(self.0).unwrap()).unwrap();
        ScalpSurface::build(raw, &marks).unwrap().0
    }
}
