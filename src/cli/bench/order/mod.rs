//! `smp bench order`: how near the order of the dots comes to the bound, and what it saves in machine time.

mod held_karp;

use super::runs::head_full;
use super::timing::timed;
use crate::cli::output::{self, Failure};
use crate::cli::{Done, load};
use nalgebra::Vector3;
use serde::Serialize;
use smp::plan::order::{self, Effort, HopTime, Length};
use smp::plan::{self, site};

/// What the hair-bearing zone covers on an average head, cm2.
const AREA_CM2: f64 = 430.0;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many dots, about
    #[arg(long, value_delimiter = ',', default_values_t = [5_000, 20_000, 50_000])]
    dots: Vec<usize>,
    /// Kicks per dot
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.1, 0.25, 0.5, 1.0])]
    efforts: Vec<f64>,
    /// The scalp: a folder, a mesh, or a bundled name
    #[arg(long, default_value = "pydeface_mean")]
    scalp: String,
    /// The machine, for machine time
    #[arg(long, default_value = "gantry6")]
    machine: String,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One order.
#[derive(Serialize)]
struct Row {
    dots: usize,
    kicks_per_dot: f64,
    /// CPU seconds of the search for the shortest path, and for the quickest.
    cpu_s: [f64; 2],
    /// Of the shortest path, over the Held-Karp bound, percent.
    over_bound_percent: f64,
    /// Hops of the shortest path and of the quickest, seconds of this machine.
    hops_s: [f64; 2],
    /// What the quickest saves, percent.
    quicker_percent: f64,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let machine = load::machine(&args.machine)?;
    let surface = load::scalp(&args.scalp, None)?.surface;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build();
    let pool = pool.map_err(Failure::refused)?;
    let mut rows = Vec::new();
    for &dots in &args.dots {
        let placed = site::place(&head_full(dots as f64 / AREA_CM2), &surface);
        let sites = plan::strikable(placed.sites, &surface, &machine);
        let points: Vec<Vector3<f64>> = sites.iter().map(|s| s.position.vector()).collect();
        let length = Length::new(points.clone());
        let time = HopTime::new(plan::hovers(&sites, &surface, &machine), &machine.limits());
        let bound = held_karp::bound(&points)
            .ok_or_else(|| Failure::refused("too few dots for a bound, or dots too far apart"))?;
        for &kicks_per_dot in &args.efforts {
            let effort = Effort { kicks_per_dot };
            let (short, cpu_short) =
                timed(|| pool.install(|| order::best_path(&points, &length, effort)));
            let (quick, cpu_quick) =
                timed(|| pool.install(|| order::best_path(&points, &time, effort)));
            let hops_s = [order::total(&short, &time), order::total(&quick, &time)];
            let row = Row {
                dots: points.len(),
                kicks_per_dot,
                cpu_s: [cpu_short, cpu_quick],
                over_bound_percent: 100.0 * (order::total(&short, &length) / bound - 1.0),
                hops_s,
                quicker_percent: 100.0 * (1.0 - hops_s[1] / hops_s[0]),
            };
            if !args.json {
                print(&row, rows.is_empty());
            }
            rows.push(row);
        }
    }
    if args.json { output::json(&rows) } else { Ok(()) }
}

fn print(row: &Row, first: bool) {
    if first {
        output::line(
            "| dots | kicks per dot | over Held-Karp % | CPU s | hops, shortest s | hops, quickest s | quicker % | CPU s |",
        );
        output::line("|---|---|---|---|---|---|---|---|");
    }
    output::line(&format!(
        "| {} | {} | {:.3} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} |",
        row.dots,
        row.kicks_per_dot,
        row.over_bound_percent,
        row.cpu_s[0],
        row.hops_s[0],
        row.hops_s[1],
        row.quicker_percent,
        row.cpu_s[1],
    ));
}
