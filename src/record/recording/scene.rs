//! What does not change during a run: head, plan, tool, and how the plots are drawn.

use super::RecordingError;
use super::follow::RunState;
use super::sink::Sink;
use crate::machine::DepthRule;
use crate::plan::{PlannedDot, Via};
use crate::preview::{Head, SKIN};
use crate::record::plan_file::ProvedPlan;
use crate::record::report::scale::Class;
use rerun::{
    Color, Cylinders3D, FillMode, LineStrip3D, LineStrips3D, Mesh3D, Points3D, Radius, SeriesLines,
    SeriesPoints, StateConfiguration, TextDocument, ViewCoordinates,
};

const PLANNED: [u8; 3] = [0x8A, 0x8F, 0x94];
const PATH: [u8; 4] = [0x4A, 0x6F, 0xA5, 0x70];
const STEEL: [u8; 3] = [0x30, 0x36, 0x3C];
const HOLDER: [u8; 3] = [0x70, 0x7A, 0x84];
/// Dots are drawn this large, mm.
pub(super) const DOT_MM: f32 = 0.55;
/// Dots are drawn this far above the skin: on it the mesh would hide half of each, mm.
pub(super) const DOT_LIFT_MM: f64 = 0.5;
const PLANNED_LIFT_MM: f64 = 0.3;

/// Sends all of it.
pub(super) fn send(to: &Sink, plan: &ProvedPlan) -> Result<(), RecordingError> {
    to.log_static("/world", &ViewCoordinates::RIGHT_HAND_Z_UP())?;
    to.log_static("/world/head/scan", &head(&plan.file.skin.head()))?;
    let dots = plan.program.dots();
    let places = dots.iter().map(|d| lifted(d, d.position.vector(), PLANNED_LIFT_MM));
    let planned = Points3D::new(places).with_radii([DOT_MM * 0.5]).with_colors([rgb(PLANNED)]);
    to.log_static("/world/plan/dots", &planned)?;
    to.log_static("/world/plan/path", &path(dots, &plan.program.draft().leave))?;
    tool(to, plan)?;
    styles(to, &plan.machine.depth)?;
    super::why::styles(to)?;
    to.log_static("/about", &TextDocument::from_markdown(about(plan)))?;
    Ok(())
}

/// Entity of the depths of one class.
pub(super) fn depth_path(class: Class) -> String {
    format!("/plots/depth/struck/{}", class_name(class))
}

/// A colour from its parts.
pub(super) fn rgb([r, g, b]: [u8; 3]) -> Color {
    Color::from_rgb(r, g, b)
}

/// A place at a dot, lifted off the skin.
pub(super) fn lifted(dot: &PlannedDot, place: nalgebra::Vector3<f64>, by_mm: f64) -> [f32; 3] {
    xyz(place + dot.normal.vector() * by_mm)
}

/// As the viewer stores places.
pub(super) fn xyz(v: nalgebra::Vector3<f64>) -> [f32; 3] {
    [v.x as f32, v.y as f32, v.z as f32]
}

pub(super) fn head(head: &Head<'_>) -> Mesh3D {
    Mesh3D::new(head.vertices.iter().map(|v| xyz(v.vector())))
        .with_triangle_indices(head.triangles.iter().copied())
        .with_vertex_normals(head.normals.iter().copied().map(xyz))
        .with_albedo_factor(rgb(SKIN).0)
}

/// The tip's way from hover to hover, over every via, to the park pose.
fn path(dots: &[PlannedDot], leave: &[Via]) -> LineStrips3D {
    let mut strip: Vec<[f32; 3]> = Vec::with_capacity(dots.len() + 64);
    for dot in dots {
        strip.extend(dot.via.iter().map(|via| xyz(via.tip.vector())));
        strip.push(xyz(dot.above(dot.hover_mm).vector()));
    }
    strip.extend(leave.iter().map(|via| xyz(via.tip.vector())));
    let [r, g, b, a] = PATH;
    LineStrips3D::new([LineStrip3D::from_iter(strip)])
        .with_radii([Radius::new_ui_points(0.7)])
        .with_colors([Color::from_unmultiplied_rgba(r, g, b, a)])
}

/// The tool at its own origin, the needle's tip: z points out of the skin.
fn tool(to: &Sink, plan: &ProvedPlan) -> Result<(), RecordingError> {
    let mut body = plan.machine.clearance.body.clone();
    body.sort_by(|a, b| a.behind_tip_mm.total_cmp(&b.behind_tip_mm));
    let front_mm = body.first().map_or(6.0, |s| (s.behind_tip_mm - s.radius_mm).max(2.0));
    let needle = LineStrips3D::new([[[0.0, 0.0, 0.0], [0.0, 0.0, front_mm as f32]]])
        .with_radii([0.18])
        .with_colors([rgb(STEEL)]);
    to.log_static("/world/tool/needle", &needle)?;
    // Each sphere of the clearance model as a disc as long as the way to the next.
    let mut from_mm = front_mm;
    let (mut sizes, mut middles) = (Vec::new(), Vec::new());
    for sphere in &body {
        let to_mm = sphere.behind_tip_mm + sphere.radius_mm * 0.5;
        sizes.push(((to_mm - from_mm).max(1.0) as f32, sphere.radius_mm as f32 * 0.6));
        middles.push([0.0, 0.0, f64::midpoint(from_mm, to_mm) as f32]);
        from_mm = to_mm;
    }
    let holder = Cylinders3D::from_lengths_and_radii(
        sizes.iter().map(|(length, _)| *length),
        sizes.iter().map(|(_, radius)| *radius),
    )
    .with_centers(middles)
    .with_colors([rgb(HOLDER)])
    .with_fill_mode(FillMode::Solid);
    to.log_static("/world/tool/holder", &holder)?;
    Ok(())
}

fn styles(to: &Sink, rule: &DepthRule) -> Result<(), RecordingError> {
    let [low, _] = rule.band_mm;
    for class in Class::ALL {
        let points = SeriesPoints::new()
            .with_colors([rgb(class.rgb())])
            .with_names([class.name(rule)])
            .with_marker_sizes([1.6]);
        to.log_static(depth_path(class), &points)?;
    }
    let guessed = SeriesPoints::new()
        .with_colors([rgb([0xB8, 0xB8, 0xB8])])
        .with_names(["estimate"])
        .with_marker_sizes([1.0]);
    to.log_static("/plots/depth/estimate", &guessed)?;
    let limits = SeriesLines::new()
        .with_colors([rgb([0x3C, 0xB3, 0x71]), rgb([0xE0, 0x3C, 0x3C])])
        .with_names([
            format!("least wanted, {low:.2} mm"),
            format!("ceiling, {:.2} mm", rule.ceiling_mm),
        ])
        .with_widths([1.5, 1.5]);
    to.log_static("/plots/depth/limits", &limits)?;
    let line = |name: &str, color: [u8; 3]| {
        SeriesLines::new().with_colors([rgb(color)]).with_names([name]).with_widths([1.0])
    };
    to.log_static("/plots/height", &line("tip at rest to skin, mm", [0x5B, 0xA3, 0xE0]))?;
    to.log_static("/plots/force", &line("needle force, N", [0xE0, 0x9A, 0x3C]))?;
    let head = SeriesLines::new()
        .with_colors([rgb([0xE0, 0x5C, 0x5C]), rgb([0x5C, 0xC0, 0x6B]), rgb([0x5C, 0x8C, 0xE0])])
        .with_names(["x, mm", "y, mm", "z, mm"])
        .with_widths([1.0, 1.0, 1.0]);
    to.log_static("/plots/head", &head)?;
    let states = StateConfiguration::new()
        .with_values(RunState::ALL.map(RunState::name))
        .with_labels(RunState::ALL.map(RunState::name))
        .with_colors(RunState::ALL.map(|s| rgb(state_rgb(s))));
    to.log_static("/run/state", &states)?;
    Ok(())
}

fn state_rgb(state: RunState) -> [u8; 3] {
    match state {
        RunState::Connecting => [0x7A, 0x86, 0x92],
        RunState::Striking => [0x0B, 0x7F, 0x8C],
        RunState::Waiting => [0xE6, 0x9F, 0x00],
        RunState::Paused => [0xF0, 0xD0, 0x50],
        RunState::Parking => [0x5B, 0x7F, 0xB5],
        RunState::Finished => [0x3C, 0xA3, 0x5C],
        RunState::Stopped => [0xB0, 0x6A, 0x2C],
        RunState::Fault => [0xC8, 0x10, 0x2E],
    }
}

const fn class_name(class: Class) -> &'static str {
    match class {
        Class::Shallow => "1_shallow",
        Class::BandLow => "2_band_low",
        Class::BandMiddle => "3_band_middle",
        Class::BandHigh => "4_band_high",
        Class::Deep => "5_deep",
        Class::Unknown => "6_unknown",
    }
}

fn about(plan: &ProvedPlan) -> String {
    let (file, rule) = (&plan.file, &plan.machine.depth);
    let [low, high] = rule.band_mm;
    format!(
        "# {} on {}\n\n\
         {} dots for machine {}; program `{}`.\n\n\
         Everything stands in the scalp frame, in mm: x to the client's right, y to the nose, z up, the \
         head as it lay when it was registered.\n\n\
         Wanted penetration {low:.2} to {high:.2} mm, aim {:.2} mm, ceiling {:.2} mm. Amber: shallow. \
         Teal, darker with depth: in the band. Red: deep. Grey: planned, not yet struck. Magenta: \
         nobody can say whether it was struck.\n\n\
         `world/done` holds the struck dots in batches; with a simulator they stand where the needle \
         really went in, coloured by the true depth, else where they were planned, coloured by the \
         controller's estimate.\n\n\
         **Why a dot went where it went**: hover or choose a struck dot to read its figures in one line, or \
         see the page \"Why this dot\" of the newest strike at the time cursor. The time line `strike` counts \
         strikes; on the time line `dot` the cursor finds a page by the dot's number. The tab \"Why, strike by \
         strike\" has the figures as plots.\n",
        file.design,
        file.scalp,
        plan.program.dots().len(),
        file.machine.name,
        crate::record::hex(plan.program.digest()),
        rule.aim_mm,
        rule.ceiling_mm,
    )
}
