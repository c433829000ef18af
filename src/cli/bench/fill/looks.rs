//! Whole looks: how far achieved densities are from wanted ones, cm2 by cm2.

use super::Args;
use crate::cli::bench::table;
use crate::cli::bench::timing::timed;
use crate::cli::{Done, load, output};
use rayon::ThreadPool;
use serde::Serialize;
use smp::plan::site::{self, Cell, Evenness};

/// One look on one scalp.
#[derive(Serialize)]
struct Row {
    scalp: String,
    design: String,
    dots: usize,
    rejected: usize,
    cpu_s: f64,
    least_spacing_mm: f64,
    /// Of cm2 in which one density is wanted.
    even: Off,
    /// Of those in which it varies.
    ramp: Off,
}

/// How far achieved densities are from wanted ones, percent.
#[derive(Serialize)]
struct Off {
    cells: usize,
    mean: f64,
    rms: f64,
    worst: f64,
    /// Where that is, scalp frame, mm; NaN (null) without cells.
    worst_at_mm: [f64; 3],
}

/// Lays all looks on all scalps.
pub fn run(args: &Args, pool: &ThreadPool) -> Done {
    let mut rows = Vec::new();
    if !args.json {
        let even = ["even cm2", "mean %", "RMS %", "worst %"];
        let ramp = ["ramp cm2", "mean %", "RMS %", "worst %"];
        let own = ["scalp", "design", "dots", "CPU s", "least mm"];
        output::line(table::head(&[&own[..], &even, &ramp].concat()).trim_end());
    }
    for scalp in &args.scalps {
        let surface = load::scalp(scalp, None)?.surface;
        for name in &args.designs {
            let design = load::design(name)?;
            let (placed, cpu_s) = timed(|| pool.install(|| site::place(&design, &surface)));
            let cells = site::densities(&design, &placed.sites, &surface);
            let row = Row {
                scalp: scalp.clone(),
                design: design.name.clone(),
                dots: placed.sites.len(),
                rejected: placed.rejected.len(),
                cpu_s,
                least_spacing_mm: site::min_spacing(&placed.sites).unwrap_or(f64::NAN),
                even: off(&cells, Evenness::Even),
                ramp: off(&cells, Evenness::Ramp),
            };
            if !args.json {
                output::line(table::line(&cells_of(&row)).trim_end());
            }
            rows.push(row);
        }
    }
    if args.json { output::json(&rows) } else { Ok(()) }
}

fn off(cells: &[Cell], evenness: Evenness) -> Off {
    let own = || cells.iter().filter(|cell| cell.evenness == evenness);
    let percent = |cell: &Cell| 100.0 * (cell.achieved_per_cm2 / cell.wanted_per_cm2 - 1.0);
    let off: Vec<f64> = own().map(percent).collect();
    let worst = own().max_by(|a, b| percent(a).abs().total_cmp(&percent(b).abs()));
    let count = off.len().max(1) as f64;
    Off {
        cells: off.len(),
        mean: off.iter().sum::<f64>() / count,
        rms: (off.iter().map(|by| by * by).sum::<f64>() / count).sqrt(),
        worst: worst.map_or(0.0, percent),
        worst_at_mm: worst.map_or([f64::NAN; 3], |cell| cell.place.vector().into()),
    }
}

fn cells_of(row: &Row) -> Vec<String> {
    let mut cells = vec![
        row.scalp.clone(),
        row.design.clone(),
        row.dots.to_string(),
        format!("{:.2}", row.cpu_s),
        format!("{:.2}", row.least_spacing_mm),
    ];
    for off in [&row.even, &row.ramp] {
        let figures = [off.mean, off.rms, off.worst].map(|figure| format!("{figure:+.1}"));
        cells.push(off.cells.to_string());
        cells.extend(figures);
    }
    cells
}
