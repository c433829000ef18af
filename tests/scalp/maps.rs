//! Flat maps against those of others. `tests/oracle/maps.py` made these on our patches and measured both.

use crate::heads::{Head, all, bundled, ellipsoid, load, small};
use nalgebra::Vector2;
use serde::Deserialize;
use smp::frame::{Point, Scan};
use smp::record::export;
use smp::scalp::{Chart, Landmarks, MeshFormat, St, Stretch, read};
use std::path::PathBuf;

/// Points of percent by which two maps may differ.
const ROOM: f64 = 0.5;

#[derive(Deserialize)]
struct Row {
    head: String,
    triangles: usize,
    s: f64,
    t: f64,
    radius_mm: f64,
    method: String,
    spacing_p1_percent: f64,
    spacing_p99_percent: f64,
    flipped: u64,
}

impl Row {
    fn place(&self) -> String {
        let Self { head, triangles, s, t, radius_mm, .. } = self;
        format!("{head}, {triangles} triangles, s = {s}, t = {t}, {radius_mm} mm")
    }

    /// How far a range of spacings reaches beyond this one at either end, points of percent.
    fn passed_by(&self, p1: f64, p99: f64) -> f64 {
        (self.spacing_p1_percent - p1).max(p99 - self.spacing_p99_percent)
    }

    /// How far the two ends of the range of spacings are off, points of percent.
    fn off(&self, p1: f64, p99: f64) -> f64 {
        (self.spacing_p1_percent - p1).abs().max((self.spacing_p99_percent - p99).abs())
    }
}

fn rows() -> Vec<Row> {
    let text = include_str!("../data/maps.csv");
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Our row and that of the reference for every patch.
fn pairs<'a>(rows: &'a [Row], ours: &str, theirs: &str) -> Vec<(&'a Row, &'a Row)> {
    let of = |method: &str| rows.iter().filter(move |r| r.method == method).collect::<Vec<_>>();
    let (ours, theirs) = (of(ours), of(theirs));
    assert_eq!((ours.len(), theirs.len()), (82, 82));
    ours.into_iter().zip(theirs).inspect(|(a, b)| assert_eq!(a.place(), b.place())).collect()
}

/// The ellipsoid with landmarks of which s = 0.5, t = 0 is its crown.
fn crowned() -> Head {
    let at = |x: f64, y: f64, z: f64| Point::<Scan>::new(x, y, z);
    let y = 95.0 * (1.0 - (30.0_f64 / 65.0).powi(2)).sqrt();
    let x = 75.0 * (1.0 - (45.0_f64 / 65.0).powi(2)).sqrt();
    let landmarks = Landmarks {
        nasion: at(0.0, y, -30.0),
        inion: at(0.0, -y, -30.0),
        lpa: at(-x, 0.0, -45.0),
        rpa: at(x, 0.0, -45.0),
    };
    Head { landmarks, ..ellipsoid(6) }
}

/// A head of the list; `None` if it is one of those beside the repository, and none are there.
fn head(name: &str, triangles: usize) -> Option<Head> {
    let head = match (name, triangles) {
        ("ellipsoid", _) => crowned(),
        ("pydeface_mean", 38_000) => bundled(),
        ("colin27" | "anny_male", 5_000) => small(name),
        _ => {
            let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/heads");
            if !beside.exists() {
                return None;
            }
            let mesh = if triangles == 38_000 { "mesh.stl" } else { "mesh_5k.obj" };
            load(&beside.join(name), mesh)
        }
    };
    assert_eq!(head.mesh.triangles.len(), triangles, "{name}");
    Some(head)
}

#[test]
fn our_maps_are_no_wider_than_the_reference() {
    let rows = rows();
    // By exact geodesic distance, as measured once.
    for (ours, theirs) in pairs(&rows, "smp", "arap") {
        let by = theirs.passed_by(ours.spacing_p1_percent, ours.spacing_p99_percent);
        assert!(by < ROOM, "{}: {by}", ours.place());
    }
    // By distance on paper, which a chart tells itself, as it is today.
    let pairs = pairs(&rows, "smp_by_paper", "arap_by_paper");
    for of_head in pairs.chunk_by(|(a, _), (b, _)| (&a.head, a.triangles) == (&b.head, b.triangles))
    {
        let Row { head: name, triangles, .. } = of_head[0].0;
        let Some(head) = head(name, *triangles) else {
            eprintln!(
                "left out: {name}, {triangles} triangles, which is not beside the repository"
            );
            continue;
        };
        let surface = head.surface();
        for &(ours, theirs) in of_head {
            let chart = Chart::around(&surface, St { s: ours.s, t: ours.t }, ours.radius_mm);
            let found = chart.unwrap().stretch();
            let Stretch { spacing_p1_percent: p1, spacing_p99_percent: p99, .. } = found;
            let place = ours.place();
            assert!(theirs.passed_by(p1, p99) < ROOM, "{place}: {found:?}");
            assert!(ours.off(p1, p99) < 0.1, "{place}: no longer what was measured: {found:?}");
            assert!(found.flipped <= theirs.flipped, "{place}: {found:?}");
            // Only with ear and eye in the patch does any map have triangles face down.
            assert!(found.flipped == 0 || ours.t > 0.5, "{place}: {found:?}");
        }
    }
}

#[test]
fn a_patch_ends_where_it_should_on_rough_skin_too() {
    // Places on paper fold in ear and eye, and the skin there is not near for that.
    let surface = small("anny_male").surface();
    for (s, t, radius) in [(0.15, -0.45, 50.0), (0.22, 0.6, 100.0), (0.15, -0.45, 100.0)] {
        let chart = Chart::around(&surface, St { s, t }, radius).unwrap();
        let disc = chart.vertices().map(|(p, _)| p.distance(&chart.anchor())).fold(0.0, f64::max);
        assert!(disc < radius + 15.0, "{s}, {t}: {disc} mm of {radius}");
        // The same paper, as a sheet under marks: with its margin it reaches as much farther.
        let under = marks(|x, y| x.hypot(y) <= radius);
        let chart = Chart::under(&surface, St { s, t }, &under).unwrap();
        let sheet = chart.vertices().map(|(p, _)| p.distance(&chart.anchor())).fold(0.0, f64::max);
        println!("{s}, {t}, {radius} mm: disc {disc:.1}, sheet {sheet:.1}, {:?}", chart.stretch());
        assert!(sheet < radius + 30.0, "{s}, {t}: {sheet} mm of {radius}");
        assert!(chart.stretch().flipped < 10, "{:?}", chart.stretch());
    }
}

/// Marks 4 mm apart over what `is_on` of x and y says.
fn marks(is_on: impl Fn(f64, f64) -> bool) -> Vec<Vector2<f64>> {
    let side = || (-75..=75).map(|k| 4.0 * f64::from(k));
    let all = side().flat_map(|x| side().map(move |y| Vector2::new(x, y)));
    all.filter(|mark| is_on(mark.x, mark.y)).collect()
}

/// Skin between marks that are neighbours on paper, % off 4 mm: the least and the most.
fn between(chart: &Chart, marks: &[Vector2<f64>]) -> (f64, f64) {
    let mut off = (f64::INFINITY, f64::NEG_INFINITY);
    for mark in marks {
        let here = chart.point(mark.x, mark.y);
        for next in [mark + Vector2::new(4.0, 0.0), mark + Vector2::new(0.0, 4.0)] {
            if let Some((a, b)) = here.zip(chart.point(next.x, next.y)) {
                let percent = 100.0 * (a.point.distance(&b.point) / 4.0 - 1.0);
                off = (off.0.min(percent), off.1.max(percent));
            }
        }
    }
    off
}

#[test]
fn a_strip_from_ear_to_ear_or_over_the_crown_lies_without_a_seam() {
    // The disc it crosses is stretched by -16 to +9 %, and is no wider than 220 mm.
    let across = marks(|x, y| x.abs() <= 130.0 && y.abs() <= 15.0);
    let along = marks(|x, y| x.abs() <= 15.0 && (-150.0..=110.0).contains(&y));
    for head in all() {
        let surface = head.surface();
        for (s, strip) in [(0.5, &across), (0.45, &along)] {
            let chart = Chart::under(&surface, St { s, t: 0.0 }, strip).unwrap();
            let stretch = chart.stretch();
            let on = strip.iter().filter(|mark| chart.point(mark.x, mark.y).is_some()).count();
            let off = between(&chart, strip);
            println!("{} of {} marks, {off:?}, {stretch:?}", on, strip.len());
            assert_eq!(on, strip.len());
            assert!(stretch.flipped == 0 && stretch.spacing_p1_percent > -5.0, "{stretch:?}");
            assert!(stretch.spacing_p99_percent < 3.5, "{stretch:?}");
            // Nowhere is a step wider than the widest stretch: no two charts meet there.
            assert!(off.1 < 4.0 && off.0 > -4.0, "{off:?}");
        }
    }
}

#[test]
fn paper_that_goes_around_the_head_ends_where_it_meets_itself() {
    let band = marks(|_, y| y.abs() <= 8.0);
    let surface = ellipsoid(6).surface();
    let chart = Chart::under(&surface, St { s: 0.5, t: 0.0 }, &band).unwrap();
    let on: Vec<_> = band.iter().filter_map(|mark| chart.point(mark.x, mark.y)).collect();
    // Around an ellipsoid of half axes 75 and 65 mm it is 440 mm.
    assert!((0.6..0.9).contains(&(on.len() as f64 / band.len() as f64)), "{}", on.len());
    let (least, most) = between(&chart, &band);
    assert!(most < 4.0 && least > -4.0, "{least} to {most} %");
    let highest = on.iter().map(|foot| foot.point.z()).fold(f64::MIN, f64::max);
    let lowest = on.iter().map(|foot| foot.point.z()).fold(f64::MAX, f64::min);
    assert!(highest - lowest > 125.0, "it goes all around: {lowest} to {highest}");
}

#[test]
fn marks_that_lie_apart_are_mapped_in_one_piece() {
    let apart = marks(|x, y| (x.abs() - 70.0).hypot(y) <= 10.0);
    let surface = bundled().surface();
    let chart = Chart::under(&surface, St { s: 0.5, t: 0.0 }, &apart).unwrap();
    assert!(apart.iter().all(|mark| chart.point(mark.x, mark.y).is_some()));
    let here = surface.point_at(St { s: 0.5, t: 0.0 }).unwrap();
    assert!(chart.point(0.0, 0.0).unwrap().point.distance(&here) < 1e-6);
}

#[test]
fn a_map_comes_back_from_its_file() {
    let chart = Chart::around(&bundled().surface(), St { s: 0.62, t: 0.1 }, 30.0).unwrap();
    let mut bytes = Vec::new();
    export::obj(&chart, &mut bytes).unwrap();
    let mesh = read(&bytes, MeshFormat::Obj).unwrap();
    assert_eq!(mesh.triangles, chart.triangles());
    let text = String::from_utf8(bytes).unwrap();
    let paper = text.lines().filter_map(|l| l.strip_prefix("vt ")).map(|l| {
        let numbers: Vec<f64> = l.split(' ').map(|n| n.parse().unwrap()).collect();
        <[f64; 2]>::try_from(numbers).unwrap()
    });
    assert!(paper.eq(chart.vertices().map(|(_, place)| place)));
    for (read, (p, _)) in mesh.vertices.iter().zip(chart.vertices()) {
        assert!((read.vector() - p.vector()).norm() < 1e-4);
    }
}
