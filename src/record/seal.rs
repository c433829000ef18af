//! The seal of a plan: a hash over all that was planned and proved together.
//!
//! The proof says that a program is safe on its skin. It cannot say that it is the one that was made: a dot moved
//! along the skin, in every place where the plan names it, is as safe as before. The seal says that.

use super::plan_file::PlanFile;
use crate::frame::{Point, Scalp};
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};
use std::io::{self, BufWriter, Write};

/// Over everything but figures, which are for people; and the draft's text, which is most of the file.
pub(super) fn of(plan: &PlanFile) -> serde_json::Result<(String, Box<RawValue>)> {
    let mut out = BufWriter::with_capacity(1 << 16, Hashing(Sha256::new()));
    let named = (&plan.design, &plan.zones, &plan.scalp);
    let draft = to_raw_value(&plan.draft)?;
    serde_json::to_writer(&mut out, &(named, &plan.machine, &plan.rejected, &draft))?;
    // Plans without one are sealed as they were before there were treatments.
    if let Some(course) = &plan.course {
        serde_json::to_writer(&mut out, course)?;
    }
    mesh(&mut out, &plan.skin.vertices, &plan.skin.triangles).map_err(serde_json::Error::io)?;
    let hashing = out.into_inner().map_err(|e| serde_json::Error::io(e.into_error()))?;
    Ok((super::hex(&hashing.0.finalize()), draft))
}

/// Over a mesh alone, hex: the same for two meshes that are the same to the last bit.
pub(super) fn of_skin(vertices: &[Point<Scalp>], triangles: &[[u32; 3]]) -> String {
    let mut hashing = Hashing(Sha256::new());
    // Nothing can fail: all of it stays here.
    let _ = mesh(&mut hashing, vertices, triangles);
    super::hex(&hashing.0.finalize())
}

fn mesh(out: &mut dyn Write, vertices: &[Point<Scalp>], triangles: &[[u32; 3]]) -> io::Result<()> {
    for vertex in vertices {
        vertex.vector().iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
    }
    triangles.iter().flatten().try_for_each(|corner| out.write_all(&corner.to_le_bytes()))
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
