//! What pages ask for beside the live socket: what there is to choose from, heads and dots as numbers, reports.

use super::easel::Wanted;
use super::pack::Packed;
use super::place::Place;
use super::server::Served;
use crate::cli::output::Failure;
use crate::cli::{bundled, load};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use smp::plan::PlannedDot;
use smp::record::folder::RunFolder;
use std::path::PathBuf;
use std::sync::Arc;

/// What there is to choose from.
#[derive(Serialize)]
struct Choices {
    clients: Vec<String>,
    scalps: Vec<Choice>,
    designs: Vec<Choice>,
    machines: Vec<String>,
    ports: Vec<String>,
    /// Runs that have not finished, and can be gone on with.
    unfinished: Vec<String>,
    version: &'static str,
}

#[derive(Serialize)]
struct Choice {
    name: String,
    own: bool,
}

/// What there is to choose from. A disk that hangs holds up who asks, and nobody else.
pub async fn choices(State(served): State<Arc<Served>>) -> Response {
    let looked = tokio::task::spawn_blocking(move || choose(&served.place)).await;
    looked.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |all| answer(&all))
}

fn choose(place: &Place) -> Choices {
    let both = |kind: &str| {
        let own = place.names(kind).into_iter().map(|name| Choice { name, own: true });
        let other = bundled::names(kind).into_iter();
        own.chain(other.map(|name| Choice { name: name.to_owned(), own: false })).collect()
    };
    let bundled_machines = bundled::names("machines").into_iter().map(str::to_owned);
    Choices {
        clients: place.names("clients"),
        scalps: both("scalps"),
        designs: both("designs"),
        machines: place.machines().into_iter().chain(bundled_machines).collect(),
        ports: ports(),
        unfinished: place.unfinished(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Serial ports, by the names that do not change when another is plugged in first.
fn ports() -> Vec<String> {
    let entries = std::fs::read_dir("/dev/serial/by-id").into_iter().flatten().flatten();
    let mut ports: Vec<String> = entries.map(|entry| load::shown(&entry.path())).collect();
    ports.sort();
    ports
}

/// A head, or a design on it. JSON is read by hand: no other site's form can send what is needed here.
pub async fn preview(State(served): State<Arc<Served>>, body: Bytes) -> Response {
    let wanted: Wanted = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(e) => return (StatusCode::BAD_REQUEST, format!("{e}\n")).into_response(),
    };
    match served.easel.show(wanted).await {
        Some(Ok(packed)) => numbers(packed),
        Some(Err(failure)) => refused(&failure),
        None => StatusCode::TOO_MANY_REQUESTS.into_response(),
    }
}

/// Dots of the session's plan, or of the run under way, in the order of the program, with the skin that they lie on.
pub async fn dots(State(served): State<Arc<Served>>, Path(of): Path<String>) -> Response {
    let path = match of.as_str() {
        "plan" => Some(served.place.of("console/session/program.plan")),
        "run" => served.hall.folder().await.map(|f| PathBuf::from(f).join("program.plan")),
        _ => None,
    };
    let Some(path) = path else { return StatusCode::NOT_FOUND.into_response() };
    // Nothing is believed of it here: it is only looked at.
    let read = tokio::task::spawn_blocking(move || load::plan_file(&path)).await;
    match read {
        Ok(Ok(plan)) => {
            let skin = &plan.skin;
            numbers(planned(&plan.draft.dots, &skin.vertices, &skin.triangles))
        }
        Ok(Err(failure)) => refused(&failure),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn planned(
    dots: &[PlannedDot],
    vertices: &[smp::frame::Point<smp::frame::Scalp>],
    triangles: &[[u32; 3]],
) -> Packed {
    #[derive(Serialize)]
    struct Told<'a> {
        vertices: usize,
        triangles: usize,
        dots: usize,
        numbers: &'a [u32],
    }
    let names: Vec<u32> = dots.iter().map(|dot| dot.dot.0).collect();
    let (v, t, d) = (vertices.len(), triangles.len(), dots.len());
    let mut packed = Packed::new(&Told { vertices: v, triangles: t, dots: d, numbers: &names });
    packed.points(vertices.iter().map(|point| point.vector().into()));
    packed.corners(triangles);
    packed.points(dots.iter().map(|dot| dot.position.vector().into()));
    packed.points(dots.iter().map(|dot| dot.normal.vector().into()));
    packed
}

/// Figures for those who watch several machines at once.
pub async fn metrics(State(served): State<Arc<Served>>) -> Response {
    let Some(text) = served.hall.metrics().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Another address to look on by: for a second screen.
pub async fn link(State(served): State<Arc<Served>>) -> Response {
    match served.doors.link(smp::console::Role::Watcher) {
        Ok(link) => answer(&link),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Which of the report's files are there, of the run as it is now: one that goes on has those of its sessions before.
pub async fn reported(State(served): State<Arc<Served>>) -> Response {
    let folder = served.hall.folder().await.map(PathBuf::from);
    let is_new = |name: &str| {
        let folder = RunFolder::new(folder.as_ref()?);
        let written = |path: PathBuf| path.metadata().and_then(|m| m.modified()).ok();
        let journal = written(folder.journals().pop()?)?;
        Some(written(folder.path().join(name))? >= journal)
    };
    let there: Vec<&str> =
        REPORT.iter().map(|(name, _)| *name).filter(|n| is_new(n) == Some(true)).collect();
    answer(&there)
}

/// Files of a report, and what they are.
const REPORT: [(&str, &str); 3] = [
    ("report.html", "text/html; charset=utf-8"),
    ("report.pdf", "application/pdf"),
    ("report.json", "application/json"),
];

/// A file of the newest run's report.
pub async fn report(State(served): State<Arc<Served>>, Path(name): Path<String>) -> Response {
    let file = REPORT.into_iter().find(|(known, _)| *known == name);
    let (Some((name, kind)), Some(folder)) = (file, served.hall.folder().await) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(bytes) = tokio::fs::read(PathBuf::from(folder).join(name)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    // It has no script and loads nothing; its own style stands in it.
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";
    let policy = HeaderValue::from_static(policy);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn answer<T: Serialize>(value: &T) -> Response {
    Json(value).into_response()
}

fn numbers(packed: Packed) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], packed.into_bytes()).into_response()
}

fn refused(failure: &Failure) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, format!("{failure}\n")).into_response()
}
