//! Every dot that is seen is drawn where it is, as large as it is, and none that is not seen: by a projection and a ray of
//! the test's own.

use crate::heads::LIGHT;
use crate::{design, zone};
use nalgebra::{Vector2, Vector3};
use smp::frame::{Direction, Point, Scalp};
use smp::picture;
use smp::plan::{Site, site};
use smp::preview::{Dots, Head};
use smp::scalp::ScalpSurface;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How near a drawn dot must be to where it belongs, mm.
const NEAR_MM: f64 = 0.02;
/// Skin that lies this far before a dot hides it, mm; rays are right to much less.
const HIDDEN_MM: [f64; 2] = [0.0499, 0.0501];

/// To the right of the page, up, and to the viewer, by name.
fn views() -> [(&'static str, [Vector3<f64>; 3]); 5] {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    [
        ("Top", [x, y, z]),
        ("Front", [-x, z, y]),
        ("Back", [x, z, -y]),
        ("Left", [-y, z, -x]),
        ("Right", [y, z, x]),
    ]
}

/// An ellipse as the picture has it, units of 0.01 mm, its middle seen from the scalp frame's origin, up counted up.
#[derive(Clone, Copy, Debug)]
struct Ellipse {
    middle: Vector2<f64>,
    half: [f64; 2],
    opacity: f64,
}

struct Drawn {
    surface: ScalpSurface,
    sites: Vec<Site>,
    svg: String,
    seen: BTreeMap<String, usize>,
}

/// Two zones of other dots, over all that a scalp is.
fn drawn() -> &'static Drawn {
    static ONCE: OnceLock<Drawn> = OnceLock::new();
    ONCE.get_or_init(|| {
        let other =
            zone(4.0, "diameter_mm = 0.6\nshade = 0.9\nlayer = 2").replace("\"z\"", "\"<&>\"");
        let text = format!("schema = 1\nname = \"d\"\n{}{other}", zone(8.0, ""));
        let (design, surface) = (design(&text, ""), LIGHT.surface());
        let placement = site::place(&design, &surface);
        let dots = Dots::of_sites(&design.names(), &placement.sites);
        let (svg, seen) = picture::dots(&Head::of(&surface), &dots, "d");
        let seen = seen.into_iter().map(|(view, count)| (view.name.to_owned(), count)).collect();
        Drawn { surface, sites: placement.sites, svg, seen }
    })
}

/// Everything in the groups of each view.
fn ellipses(svg: &str) -> BTreeMap<String, Vec<Ellipse>> {
    let page = roxmltree::Document::parse(svg).unwrap();
    let mut all: BTreeMap<String, Vec<Ellipse>> = BTreeMap::new();
    for group in page.descendants().filter(|node| node.has_attribute("data-view")) {
        let origin: Vec<f64> = group
            .attribute("data-origin")
            .unwrap()
            .split(' ')
            .map(|v| v.parse().unwrap())
            .collect();
        let of = all.entry(group.attribute("data-view").unwrap().to_owned()).or_default();
        for path in group.children() {
            let opacity = path.attribute("fill-opacity").unwrap().parse().unwrap();
            of.extend(read(path.attribute("d").unwrap(), [origin[0], origin[1]], opacity));
        }
    }
    all
}

/// The ellipses of one path.
fn read(path: &str, origin: [f64; 2], opacity: f64) -> Vec<Ellipse> {
    let mut at = Vector2::zeros();
    let mut all = Vec::new();
    for one in path.split('z').filter(|one| !one.is_empty()) {
        let parts: Vec<&str> = one.split('a').collect();
        let [start, there, back] = parts[..] else { panic!("{one}") };
        let numbers =
            |text: &str| -> Vec<f64> { text.split(' ').map(|v| v.parse().unwrap()).collect() };
        let by = numbers(&start[1..]);
        at =
            Vector2::new(by[0], by[1]) + if start.starts_with('m') { at } else { Vector2::zeros() };
        let (there, back) = (numbers(there), numbers(back));
        assert_eq!((there[5], there[6]), (-back[5], -back[6]), "it closes");
        let middle = at + Vector2::new(there[5], there[6]) / 2.0;
        let middle = Vector2::new(middle.x - origin[0], origin[1] - middle.y);
        all.push(Ellipse { middle, half: [there[0], there[1]], opacity });
    }
    all
}

/// How far skin lies before a place: 0 where nothing does. From far away towards it.
fn before(surface: &ScalpSurface, place: Point<Scalp>, near: Vector3<f64>) -> f64 {
    let far = 500.0;
    let eye = Point::from_vector(place.vector() + near * far);
    let hit = surface.cast(eye, Direction::from_vector(-near)).unwrap();
    far - hit.distance
}

/// Whether a dot is seen; `None` where rounding decides.
fn is_seen(drawn: &Drawn, site: &Site, near: Vector3<f64>) -> Option<bool> {
    let facing = site.normal.vector().dot(&near);
    let skin_mm = before(&drawn.surface, site.position, near);
    if facing < -1e-9 || skin_mm > HIDDEN_MM[1] {
        Some(false)
    } else {
        (facing > 1e-9 && skin_mm < HIDDEN_MM[0]).then_some(true)
    }
}

/// What is wrong with the dots of a view, if anything. A hidden dot may lie behind one that is seen, to the µm: those that
/// are seen find their ellipses first.
fn wrong(
    drawn: &Drawn,
    ellipses: &[Ellipse],
    [right, up, near]: [Vector3<f64>; 3],
) -> Option<String> {
    let mut left: Vec<&Ellipse> = ellipses.iter().collect();
    let seen: Vec<Option<bool>> =
        drawn.sites.iter().map(|site| is_seen(drawn, site, near)).collect();
    for pass in [Some(true), None] {
        let sites = drawn.sites.iter().zip(&seen).filter(|(_, seen)| **seen == pass);
        for (site, _) in sites {
            let place = site.position.vector();
            let flat = Vector2::new(place.dot(&right), place.dot(&up)) * 100.0;
            let off = |at: &usize| (left[*at].middle - flat).norm();
            let nearest = (0..left.len()).min_by(|a, b| off(a).total_cmp(&off(b)));
            let Some(at) = nearest.filter(|at| off(at) < NEAR_MM * 100.0) else {
                if pass.is_some() {
                    return Some(format!("{:?} is seen and not drawn", site.dot));
                }
                continue;
            };
            let ellipse = left.swap_remove(at);
            if !looks_like(ellipse, site, near) {
                return Some(format!("{:?} looks otherwise: {ellipse:?}", site.dot));
            }
        }
    }
    left.first().map(|e| format!("{} of no dot that is seen, the first {e:?}", left.len()))
}

/// Of its diameter and shade, and as foreshortened as its skin.
fn looks_like(ellipse: &Ellipse, site: &Site, near: Vector3<f64>) -> bool {
    let facing = site.normal.vector().dot(&near);
    let radius = site.diameter_mm.unwrap_or(0.35) * 50.0;
    let short = if facing > 0.98 { radius } else { radius * facing };
    (ellipse.half[0] - radius).abs() < 0.1
        && (ellipse.half[1] - short).abs() < 0.11
        && (ellipse.opacity - site.shade.unwrap_or(0.6)).abs() <= 0.005
}

#[test]
fn every_dot_that_is_seen_is_drawn_within_20_um_and_none_that_is_hidden() {
    let drawn = drawn();
    let ellipses = ellipses(&drawn.svg);
    let mut hidden_by_more = 0;
    for (name, axes) in views() {
        let of = &ellipses[name];
        assert_eq!(wrong(drawn, of, axes), None, "{name}");
        assert_eq!(of.len(), drawn.seen[name], "{name}");
        // By normals alone it could not be told: ears stand before skin that faces the viewer.
        let faces = |site: &&Site| site.normal.vector().dot(&axes[2]) > 0.05;
        let behind = |site: &&Site| before(&drawn.surface, site.position, axes[2]) > 1.0;
        hidden_by_more += drawn.sites.iter().filter(faces).filter(behind).count();
    }
    assert!(hidden_by_more > 5, "{hidden_by_more}");
    println!("{} dots, drawn {:?}, {hidden_by_more} behind ears", drawn.sites.len(), drawn.seen);
}

#[test]
fn a_dot_that_is_shifted_missing_or_shines_through_is_found_out() {
    let drawn = drawn();
    let all = ellipses(&drawn.svg);
    for (name, axes) in views() {
        let mut shifted = all[name].clone();
        shifted[7].middle.x += 5.0;
        assert!(wrong(drawn, &shifted, axes).is_some());
        let mut missing = all[name].clone();
        missing.remove(11);
        assert!(wrong(drawn, &missing, axes).unwrap().contains("not drawn"));
        let mut larger = all[name].clone();
        larger[3].half[0] *= 1.02;
        assert!(wrong(drawn, &larger, axes).unwrap().contains("otherwise"));
        let [right, up, near] = axes;
        let hidden =
            drawn.sites.iter().find(|site| before(&drawn.surface, site.position, near) > 1.0);
        let place = hidden.unwrap().position.vector();
        let middle = Vector2::new(place.dot(&right), place.dot(&up)) * 100.0;
        let mut through = all[name].clone();
        through.insert(0, Ellipse { middle, half: [17.5, 17.5], opacity: 0.6 });
        assert!(wrong(drawn, &through, axes).unwrap().contains("of no dot that is seen"));
    }
}

#[test]
fn the_page_has_its_true_size_and_a_bar_of_50_mm_in_each_view() {
    let svg = &drawn().svg;
    let page = roxmltree::Document::parse(svg).unwrap();
    let root = page.root_element();
    let mm =
        |name| root.attribute(name).unwrap().strip_suffix("mm").unwrap().parse::<f64>().unwrap();
    let view_box: Vec<f64> =
        root.attribute("viewBox").unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    assert_eq!(view_box, [0.0, 0.0, mm("width") * 100.0, mm("height") * 100.0]);
    let paths = || page.descendants().filter_map(|node| node.attribute("d"));
    assert_eq!(paths().filter(|d| d.ends_with("v200h5000v-200")).count(), 5);
    assert!(page.descendants().any(|node| node.attribute("data-zone") == Some("<&>")));
    assert!(!svg.contains("<text"), "fonts are not everywhere the same");
}

#[test]
fn thirty_five_thousand_dots_are_a_file_of_a_few_megabytes() {
    let per_dot = {
        let drawn = drawn();
        let bytes = drawn.svg.len();
        let empty = picture::dots(&Head::of(&drawn.surface), &Dots::default(), "d").0.len();
        (bytes - empty) as f64 / drawn.sites.len() as f64
    };
    // In all views together; half of the dots are seen in two or three.
    println!("{per_dot:.0} bytes for each dot");
    assert!(per_dot * 35_000.0 < 8e6, "{per_dot}");
}
