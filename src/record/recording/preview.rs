//! A design on a head, before ink.

use super::layout::{self, Content};
use super::scene::{head as scan, rgb, xyz};
use super::{APPLICATION, RecordingError, finish};
use crate::picture::density_rgb;
use crate::preview::{DensityCell, Dots, Head, on_skin};
use rerun::{Points3D, RecordingStream, RecordingStreamBuilder, TextDocument, ViewCoordinates};
use std::path::Path;

/// Middles of the dots lie this far above the skin, mm: a dot is a ball, and half of it or more is seen.
const LIFT_MM: f64 = 0.05;
/// Places of the density map, mm.
const CELL_MM: f32 = 1.6;

/// Writes the head with the dots of each zone and layer at their healed size and shade, and with the map of how dense
/// they lie.
pub fn preview(
    head: &Head<'_>,
    dots: &Dots,
    cells: &[DensityCell],
    title: &str,
    to: &Path,
) -> Result<(), RecordingError> {
    let stream = RecordingStreamBuilder::new(APPLICATION).recording_name(title).save(to)?;
    stream.log_static("/world", &ViewCoordinates::RIGHT_HAND_Z_UP())?;
    stream.log_static("/world/head/scan", &scan(head))?;
    healed(&stream, dots)?;
    density(&stream, cells)?;
    stream.log_static("/about", &TextDocument::from_markdown(about(dots, title)))?;
    layout::send(&stream, APPLICATION, Content::Preview)?;
    finish(stream)
}

fn healed(to: &RecordingStream, dots: &Dots) -> Result<(), RecordingError> {
    for ((group, layer), of) in dots.by_group() {
        let place =
            |dot: &crate::preview::Dot| xyz(dot.place.vector() + dot.normal.vector() * LIFT_MM);
        let points = Points3D::new(of.iter().map(place))
            .with_radii(of.iter().map(|dot| (dot.diameter_mm / 2.0) as f32))
            .with_colors(of.iter().map(|dot| rgb(on_skin(dot.shade))));
        // A name is one part of the path, whatever stands in it.
        let name = dots.name(group).to_owned();
        let path = ["world".to_owned(), "dots".to_owned(), name, format!("layer-{layer}")];
        to.log_static(path.map(rerun::EntityPathPart::from).to_vec(), &points)?;
    }
    Ok(())
}

fn density(to: &RecordingStream, cells: &[DensityCell]) -> Result<(), RecordingError> {
    let shown = |value: fn(&DensityCell) -> Option<f64>| {
        let known = cells.iter().filter_map(move |cell| Some((cell.place, value(cell)?)));
        let known: Vec<_> = known.filter(|(_, density)| *density > 0.0).collect();
        Points3D::new(known.iter().map(|(place, _)| xyz(place.vector())))
            .with_radii([CELL_MM])
            .with_colors(known.iter().map(|(_, density)| rgb(density_rgb(*density))))
    };
    to.log_static("/world/density/achieved", &shown(|cell| Some(cell.achieved_per_cm2)))?;
    if cells.iter().any(|cell| cell.wanted_per_cm2.is_some()) {
        to.log_static("/world/density/wanted", &shown(|cell| cell.wanted_per_cm2))?;
    }
    Ok(())
}

fn about(dots: &Dots, title: &str) -> String {
    let mut about = format!(
        "# {title}\n\n{} dots as they will look once healed. Scalp frame, mm: x to the client's right, y to the nose, z \
         up.\n\nThe tab \"Density\" shows dots on 1 cm2 around each place: yellow few, dark blue many.\n\n\
         | zone | layer | dots |\n|---|---|---|\n",
        dots.dots.len()
    );
    for ((group, layer), of) in dots.by_group() {
        about.push_str(&format!("| {} | {layer} | {} |\n", dots.name(group), of.len()));
    }
    about
}
