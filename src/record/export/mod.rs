//! Exports: what others read. The program as plain G-code; the dots, as planned and as they were struck, as CSV, Parquet
//! and on the head as GLB; a flat map as OBJ.

mod csv;
mod gcode;
mod glb;
mod parquet;
mod struck;
mod table;

pub use csv::{planned as csv, table as table_csv};
pub use gcode::gcode;
pub use glb::glb;
pub use parquet::{ParquetError, parquet};
pub use struck::{When, struck, when};
pub use table::{Column, Table, Values};

use crate::scalp::Chart;
use std::io::{self, Write};

/// Writes a flat map as Wavefront OBJ: `v` on the skin in the scalp frame, `vt` on paper, mm. All digits,
/// so that others measure the very map.
pub fn obj(chart: &Chart, to: &mut impl Write) -> io::Result<()> {
    for (p, _) in chart.vertices() {
        writeln!(to, "v {} {} {}", p.x(), p.y(), p.z())?;
    }
    for (_, [x, y]) in chart.vertices() {
        writeln!(to, "vt {x} {y}")?;
    }
    for corners in chart.triangles() {
        let [a, b, c] = corners.map(|v| v + 1);
        writeln!(to, "f {a}/{a} {b}/{b} {c}/{c}")?;
    }
    Ok(())
}
