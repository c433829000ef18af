//! `smp bench fill`: how even the dots of a zone of constant density are, and how long filling takes.

use super::runs::head_full;
use super::table;
use super::timing::timed;
use crate::cli::output::{self, Failure};
use crate::cli::{Done, load};
use serde::Serialize;
use smp::plan::site::{self, Site};

/// What the hair-bearing zone covers on an average head, cm2.
const AREA_CM2: f64 = 430.0;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many dots, about
    #[arg(long, value_delimiter = ',', default_values_t = [5_000, 20_000, 40_000])]
    dots: Vec<usize>,
    /// The scalps: folders, meshes, or bundled names
    #[arg(long, value_delimiter = ',', default_value = "pydeface_mean")]
    scalps: Vec<String>,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One zone, filled.
#[derive(Serialize)]
struct Row {
    scalp: String,
    dots: usize,
    cpu_s: f64,
    /// Nearest neighbours, as parts of the spacing of a hexagonal layout of the wanted density.
    least: f64,
    p1: f64,
    mean: f64,
    /// Standard deviation of nearest neighbours over their mean.
    spread: f64,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build();
    let pool = pool.map_err(Failure::refused)?;
    let mut rows = Vec::new();
    if !args.json {
        let names = ["scalp", "dots", "CPU s", "min d/hex", "p1", "mean", "CV"];
        output::line(table::head(&names).trim_end());
    }
    for name in &args.scalps {
        let surface = load::scalp(name, None)?.surface;
        for &dots in &args.dots {
            let density = dots as f64 / AREA_CM2;
            let design = head_full(density);
            let (placed, cpu_s) = timed(|| pool.install(|| site::place(&design, &surface)));
            let row = row(name, &placed.sites, density, cpu_s);
            if !args.json {
                output::line(table::line(&cells(&row)).trim_end());
            }
            rows.push(row);
        }
    }
    if args.json { output::json(&rows) } else { Ok(()) }
}

fn row(scalp: &str, sites: &[Site], density_per_cm2: f64, cpu_s: f64) -> Row {
    let hexagonal_mm = (200.0 / (3.0_f64.sqrt() * density_per_cm2)).sqrt();
    let mut nearest = site::nearest_mm(sites);
    nearest.iter_mut().for_each(|mm| *mm /= hexagonal_mm);
    nearest.sort_unstable_by(f64::total_cmp);
    let count = nearest.len() as f64;
    let mean = nearest.iter().sum::<f64>() / count;
    let variance = nearest.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    Row {
        scalp: scalp.to_owned(),
        dots: sites.len(),
        cpu_s,
        least: nearest.first().copied().unwrap_or(f64::NAN),
        p1: nearest.get(nearest.len() / 100).copied().unwrap_or(f64::NAN),
        mean,
        spread: variance.sqrt() / mean,
    }
}

fn cells(row: &Row) -> [String; 7] {
    let ratio = |value: f64| format!("{value:.3}");
    [
        row.scalp.clone(),
        row.dots.to_string(),
        format!("{:.2}", row.cpu_s),
        ratio(row.least),
        ratio(row.p1),
        ratio(row.mean),
        ratio(row.spread),
    ]
}
