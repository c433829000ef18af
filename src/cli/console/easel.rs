//! Lays designs on heads for the page: the operator drags a part, and sees where its dots come to lie.
//!
//! A thread of its own, with one head at a time: what has not changed since the last drag is not laid again. A request that
//! has been overtaken by another is not answered.

use super::lay_out;
use super::pack::Packed;
use super::place::Place;
use crate::cli::load::{self, LoadedScalp};
use crate::cli::output::Failure;
use serde::{Deserialize, Serialize};
use smp::console::session::{Design, Part, Placed, Scalp};
use smp::frame::Point;
use smp::plan::Planner;
use smp::plan::site::{Placement, Sitting};
use smp::scalp::{ScalpSurface, St};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, TryRecvError, sync_channel};
use tokio::sync::oneshot;

/// Requests that wait; of those only the last counts.
const WAITING: usize = 16;

/// What a page wants to see.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// On this head.
    scalp: Scalp,
    /// This design; `None`: the head alone.
    design: Option<Design>,
    /// A part of it that is dragged there, mm in the scalp frame: it lies at the nearest place of the scalp.
    drag: Option<Drag>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drag {
    part: String,
    to: [f64; 3],
}

/// What is told beside the numbers.
#[derive(Serialize)]
struct Told {
    vertices: usize,
    triangles: usize,
    dots: usize,
    parts: Vec<Handle>,
    placed: Vec<Placed>,
    rejected: usize,
}

/// A part, and where its handle is on the head.
#[derive(Serialize)]
struct Handle {
    #[serde(flatten)]
    part: Part,
    point: [f64; 3],
    normal: [f64; 3],
}

struct Request {
    wanted: Wanted,
    answer: oneshot::Sender<Result<Packed, Failure>>,
}

/// The way to the thread.
pub struct Easel(SyncSender<Request>);

impl Easel {
    /// Starts it.
    pub fn start(place: Place) -> std::io::Result<Self> {
        let (requests, requested) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("easel".to_owned())
            .spawn(move || while works(&place, &requested).is_ok() {})?;
        Ok(Self(requests))
    }

    /// What a page wants to see; `None`: it was overtaken, or there are too many.
    pub async fn show(&self, wanted: Wanted) -> Option<Result<Packed, Failure>> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Request { wanted, answer }).ok()?;
        answered.await.ok()
    }
}

/// Works at one head until another is wanted, or nobody wants anything any more.
fn works(place: &Place, requested: &Receiver<Request>) -> Result<(), RecvError> {
    let mut request = requested.recv()?;
    loop {
        let scalp = request.wanted.scalp.clone();
        let loaded = match load::scalp(&of(place, &scalp), None) {
            Ok(loaded) => loaded,
            Err(failure) => {
                let _ = request.answer.send(Err(failure));
                return Ok(());
            }
        };
        request = at_head(place, &loaded, &scalp, request, requested)?;
    }
}

/// Until another head is wanted: that request.
fn at_head(
    place: &Place,
    head: &LoadedScalp,
    scalp: &Scalp,
    mut request: Request,
    requested: &Receiver<Request>,
) -> Result<Request, RecvError> {
    let mut planner = Planner::on(&head.surface);
    loop {
        if request.wanted.scalp != *scalp {
            return Ok(request);
        }
        let shown = show(place, &mut planner, request.wanted);
        let _ = request.answer.send(shown);
        request = newest(requested)?;
    }
}

/// The last that is wanted by now.
fn newest(requested: &Receiver<Request>) -> Result<Request, RecvError> {
    let mut request = requested.recv()?;
    loop {
        match requested.try_recv() {
            Ok(next) => request = next,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(request),
        }
    }
}

fn of(place: &Place, scalp: &Scalp) -> String {
    if scalp.own { place.of(&scalp.path()).display().to_string() } else { scalp.path() }
}

fn show(place: &Place, planner: &mut Planner<'_>, wanted: Wanted) -> Result<Packed, Failure> {
    let surface = planner.surface();
    let Some(mut design) = wanted.design else {
        return Ok(head(surface));
    };
    let own = lay_out::parts_of(place, &design).map_err(Failure::input)?;
    if let Some(drag) = &wanted.drag {
        drag_to(&mut design, &own, drag, surface)?;
    }
    let laid = planner.place(&lay_out::read(place, &design)?, &Sitting::default());
    Ok(dots(&laid, &own, design.placed, surface))
}

fn drag_to(
    design: &mut Design,
    own: &[Part],
    drag: &Drag,
    surface: &ScalpSurface,
) -> Result<(), Failure> {
    let [x, y, z] = drag.to;
    let foot = surface.closest(Point::new(x, y, z));
    let st = surface.st_of(foot.point).ok_or_else(|| Failure::input("there is no scalp there"))?;
    let part = own.iter().find(|part| part.part == drag.part);
    let part = part.ok_or_else(|| Failure::input("the design has no such part"))?;
    let at = [st.s, st.t];
    if let Some(placed) = design.placed.iter_mut().find(|placed| placed.part.0 == part.part) {
        placed.at = at;
        return Ok(());
    }
    let name = part.part.clone().try_into().map_err(Failure::input)?;
    let rotation_deg = part.rotation_deg.unwrap_or_default();
    design.placed.push(Placed { part: name, at, rotation_deg });
    Ok(())
}

/// The head alone.
fn head(surface: &ScalpSurface) -> Packed {
    let (vertices, triangles) = (surface.vertices(), surface.triangles());
    let told = Told {
        vertices: vertices.len(),
        triangles: triangles.len(),
        dots: 0,
        parts: Vec::new(),
        placed: Vec::new(),
        rejected: 0,
    };
    let mut packed = Packed::new(&told);
    packed.points(vertices.iter().map(|point| point.vector().into()));
    packed.corners(triangles);
    packed
}

fn dots(laid: &Placement, own: &[Part], placed: Vec<Placed>, surface: &ScalpSurface) -> Packed {
    let now = |part: &Part| {
        let elsewhere = placed.iter().find(|placed| placed.part.0 == part.part);
        elsewhere.map_or_else(
            || part.clone(),
            |placed| Part {
                at: placed.at,
                rotation_deg: part.rotation_deg.map(|_| placed.rotation_deg),
                ..part.clone()
            },
        )
    };
    let handle = |part: Part| {
        let point = surface.point_at(St { s: part.at[0], t: part.at[1] })?;
        let normal = surface.normal_at(&surface.closest(point)).vector().into();
        Some(Handle { part, point: point.vector().into(), normal })
    };
    let told = Told {
        vertices: 0,
        triangles: 0,
        dots: laid.sites.len(),
        parts: own.iter().map(now).filter_map(handle).collect(),
        rejected: laid.rejected.len(),
        placed: placed.clone(),
    };
    let mut packed = Packed::new(&told);
    packed.points(laid.sites.iter().map(|site| site.position.vector().into()));
    packed.points(laid.sites.iter().map(|site| site.normal.vector().into()));
    packed
}
