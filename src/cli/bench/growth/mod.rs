//! How planning time grows with dots and with triangles, stage by stage.

mod chart;

use super::runs::head_full;
use super::table;
use crate::cli::output::{self, Failure};
use crate::cli::plan::{self, Wishes};
use crate::cli::stages::Stages;
use crate::cli::{Done, load};
use nalgebra::Vector3;
use serde::Serialize;
use smp::frame::{Point, Scan};
use smp::record::proving::Desk;
use smp::scalp::{Landmarks, RawMesh, ScalpSurface};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The head at hand is planned at these densities, dots per cm2.
const DENSITIES: [f64; 5] = [0.7, 2.2, 7.0, 22.0, 70.0];
/// And at the middle one, each of its faces cut in this many squared.
const CUTS: [u32; 5] = [1, 2, 4, 8, 12];
const DENSITY: f64 = 22.0;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The scalp: a folder, a mesh, or a bundled name; best one of few triangles
    #[arg(long, default_value = "pydeface_mean")]
    scalp: String,
    /// Faces are cut only up to so many triangles
    #[arg(long, default_value_t = 1_000_000)]
    most_triangles: usize,
    /// The machine
    #[arg(long, default_value = "gantry6")]
    machine: String,
    /// Where to write the picture (SVG)
    #[arg(long)]
    picture: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One plan.
#[derive(Clone, Serialize)]
pub struct Row {
    pub triangles: usize,
    pub dots: usize,
    /// Seconds by stage.
    pub stages_s: BTreeMap<&'static str, f64>,
}

impl Row {
    pub fn total_s(&self) -> f64 {
        self.stages_s.values().sum()
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let scan = load::Scan { name: &args.scalp, landmarks: None };
    let (scalp, landmarks) = load::scan(&scan)?;
    let mesh = raw(&scalp.surface);
    let mut by_dots = Vec::new();
    for density in DENSITIES {
        by_dots.push(planned(args, &mesh, &landmarks, density)?);
    }
    let mut by_triangles = Vec::new();
    for cuts in CUTS {
        if mesh.triangles.len() * (cuts * cuts) as usize <= args.most_triangles {
            by_triangles.push(planned(args, &finer(&mesh, cuts), &landmarks, DENSITY)?);
        }
    }
    if let Some(path) = &args.picture {
        let text = chart::svg(&by_dots, &by_triangles);
        std::fs::write(path, text)
            .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(path))))?;
    }
    let rows = [by_dots, by_triangles].concat();
    if args.json {
        return output::json(&rows);
    }
    output::line(markdown(&rows).trim_end());
    Ok(())
}

/// A plan of zones over the hair-bearing head, and what it took.
fn planned(
    args: &Args,
    mesh: &RawMesh,
    landmarks: &Landmarks,
    density: f64,
) -> Result<Row, Failure> {
    let machine = load::machine(&args.machine)?;
    let mut stages = Stages::new(true);
    let raw = RawMesh { vertices: mesh.vertices.clone(), triangles: mesh.triangles.clone() };
    stages.begins("clean");
    let (surface, _) = ScalpSurface::build(raw, landmarks).map_err(Failure::refused)?;
    let wishes = Wishes { allow_off_head: true, ..Wishes::default() };
    let (design, desk) = (head_full(density), &mut Desk::on(&surface));
    let made = plan::build(&design, &args.scalp, desk, machine, &wishes, &mut stages)?;
    stages.end();
    Ok(Row {
        triangles: mesh.triangles.len(),
        dots: made.plan.file.draft.dots.len(),
        stages_s: stages.seconds().collect(),
    })
}

/// A clean head as if it came from a scanner.
fn raw(surface: &ScalpSurface) -> RawMesh {
    let to_scan = surface.scalp_from_scan().inverse();
    let vertices = surface.vertices().iter().map(|&v| to_scan.point(v)).collect();
    RawMesh { vertices, triangles: surface.triangles().to_vec() }
}

/// Every face cut into `cuts` x `cuts`.
fn finer(mesh: &RawMesh, cuts: u32) -> RawMesh {
    let mut vertices: Vec<Point<Scan>> = Vec::new();
    let mut triangles = Vec::new();
    for t in &mesh.triangles {
        let [a, b, c] = t.map(|v| mesh.vertices[v as usize].vector());
        let first = vertices.len() as u32;
        let row = |i: u32| first + i * (i + 1) / 2;
        for i in 0..=cuts {
            for j in 0..=i {
                let part = |k: u32| f64::from(k) / f64::from(cuts);
                let at: Vector3<f64> = a + (b - a) * part(i - j) + (c - a) * part(j);
                vertices.push(Point::from_vector(at));
            }
        }
        for i in 0..cuts {
            for j in 0..=i {
                triangles.push([row(i) + j, row(i + 1) + j, row(i + 1) + j + 1]);
                if j < i {
                    triangles.push([row(i) + j, row(i + 1) + j + 1, row(i) + j + 1]);
                }
            }
        }
    }
    RawMesh { vertices, triangles }
}

/// Stages in the order of their work.
pub const STAGES: [&str; 6] = ["clean", "lay", "reach", "order", "approach", "prove"];

fn markdown(rows: &[Row]) -> String {
    let head: Vec<&str> =
        ["triangles", "dots"].into_iter().chain(STAGES).chain(["all s"]).collect();
    let lines = rows.iter().map(|row| {
        let counts = [row.triangles.to_string(), row.dots.to_string()].into_iter();
        let seconds = |s: f64| format!("{s:.3}");
        let stages = STAGES
            .iter()
            .map(|stage| row.stages_s.get(stage).map_or(String::new(), |&s| seconds(s)));
        table::line(&counts.chain(stages).chain([seconds(row.total_s())]).collect::<Vec<_>>())
    });
    std::iter::once(table::head(&head)).chain(lines).collect()
}
