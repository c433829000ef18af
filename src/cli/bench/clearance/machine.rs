//! Machines: the shipped ones, and variations of them, once as the controller's profile and once as the simulator's
//! machine.

use super::solids::{self, Solids};
use crate::cli::bundled;
use nalgebra::{Rotation3, Vector3};
use rand::Rng;
use smp::frame::Transform;
use smp::machine::Profile;
use smp_sim::plant::{Mat3, Pose, TrueMachine, Vec3};
use toml::{Table, Value};

/// The shipped machines, the common one more often.
const SHIPPED: [&str; 8] =
    ["gantry6", "gantry6", "gantry6", "gantry6", "gantry6", "gantry5", "gantry3", "gantry3"];
/// How far a head lies otherwise than the profile has it, about and along each axis.
const TURNED_DEG: f64 = 20.0;
const SHIFTED_MM: f64 = 40.0;

/// A machine with a head under it, on both sides.
pub struct Drawn {
    pub profile: Profile,
    pub truth: TrueMachine,
    /// The body's spheres: distance behind the tip at rest, and radius, mm.
    pub body: Vec<[f64; 2]>,
    pub solids: Solids,
    pub what: String,
}

/// Draws a machine; `None` if the profile is refused.
pub fn draw(random: &mut impl Rng) -> Option<Drawn> {
    let name = SHIPPED[random.random_range(0..SHIPPED.len())];
    let text = bundled::file(&format!("machines/{name}.toml"))?;
    let mut table: Table = std::str::from_utf8(text).ok()?.parse().ok()?;
    let mut truth = TrueMachine::find(name).ok()?;
    let mut what = name.to_owned();
    if random.random_bool(0.6) {
        vary(&mut table, &mut truth, &mut what, random)?;
    }
    what += &solids::draw(&mut table, random)?;
    let mut profile = Profile::parse(&table.to_string(), name).ok()?;
    let body = profile.clearance.body.iter().map(|s| [s.behind_tip_mm, s.radius_mm]).collect();
    if random.random_bool(0.9) {
        lay(&mut profile, &mut truth, &mut what, random);
    }
    let solids = Solids::of(&profile);
    Some(Drawn { profile, truth, body, solids, what })
}

/// Changes some of what makes ways clear or not.
fn vary(
    table: &mut Table,
    truth: &mut TrueMachine,
    what: &mut String,
    random: &mut impl Rng,
) -> Option<()> {
    if random.random_bool(0.4) {
        let length = random.random_range(25.0..120.0);
        table.insert("tool_length_mm".into(), length.into());
        // The gantry stands as much higher.
        let high = truth.limits[2].travel[1] + length - truth.tool_length;
        set_travel(table, truth, 2, [truth.limits[2].travel[0], high])?;
        truth.tool_length = length;
        *what += &format!(", tool of {length:.0} mm");
    }
    if random.random_bool(0.4) {
        narrow(table, truth, random)?;
        *what += ", travel";
    }
    let clearance = table.get_mut("clearance")?.as_table_mut()?;
    if random.random_bool(0.5) {
        clearance.insert("body".into(), Value::Array(body(random)));
        *what += ", body";
    }
    if random.random_bool(0.6) {
        let hover: f64 = random.random_range(1.0..5.0);
        let least = if random.random_bool(0.5) { hover } else { random.random_range(1.0..=hover) };
        let approach: f64 = random.random_range(3.0..30.0);
        for (key, value) in [
            ("hover_mm", hover),
            ("travel_mm", least),
            ("approach_mm", approach),
            ("park_mm", random.random_range(approach + 10.0..120.0)),
            ("body_mm", random.random_range(0.0..5.0)),
            ("tilt_deg", random.random_range(2.0..15.0)),
        ] {
            clearance.insert(key.into(), value.into());
            *what += &format!(", {key} {value:.2}");
        }
    }
    Some(())
}

/// One to four spheres, most of them well behind the tip.
fn body(random: &mut impl Rng) -> Vec<Value> {
    let spheres = random.random_range(1..5);
    let sphere = |_| {
        let behind: f64 = random.random_range(5.0..60.0);
        let radius = behind * random.random_range(0.3..1.05);
        let sphere = [("behind_tip_mm", behind), ("radius_mm", radius.min(30.0))];
        Value::Table(sphere.into_iter().map(|(key, mm)| (key.to_owned(), mm.into())).collect())
    };
    (0..spheres).map(sphere).collect()
}

/// Other limits.
fn narrow(table: &mut Table, truth: &mut TrueMachine, random: &mut impl Rng) -> Option<()> {
    for axis in 0..if table["wrist"].as_str() == Some("none") { 3 } else { 5 } {
        let high = truth.limits[2].travel[1];
        let (low, high): (f64, f64) = match axis {
            0 | 1 => (random.random_range(-250.0..-90.0), random.random_range(90.0..250.0)),
            2 => (random.random_range(0.0..120.0), high + random.random_range(-60.0..60.0)),
            _ => (random.random_range(-110.0..-25.0), random.random_range(25.0..110.0)),
        };
        set_travel(table, truth, axis, [low, high])?;
    }
    Some(())
}

/// The travel of an axis, the same on both sides.
fn set_travel(
    table: &mut Table,
    truth: &mut TrueMachine,
    axis: usize,
    travel: [f64; 2],
) -> Option<()> {
    let axes = table.get_mut("axes")?.as_table_mut()?;
    let values = axes.get_mut(["X", "Y", "Z", "A", "B"][axis])?.as_table_mut()?;
    let key = if axis < 3 { "travel_mm" } else { "travel_deg" };
    values.insert(key.into(), Value::Array(travel.map(Value::from).to_vec()));
    truth.limits[axis].travel = travel;
    Some(())
}

/// Lays the head down otherwise, by turns about X, Y, Z in this order and a shift.
fn lay(profile: &mut Profile, truth: &mut TrueMachine, what: &mut String, random: &mut impl Rng) {
    let turn: [f64; 3] =
        std::array::from_fn(|_| random.random_range(-TURNED_DEG..TURNED_DEG).to_radians());
    let shift: [f64; 3] = std::array::from_fn(|_| random.random_range(-SHIFTED_MM..SHIFTED_MM));
    let about = |axis, angle| Rotation3::from_axis_angle(&axis, angle);
    let turned = about(Vector3::z_axis(), turn[2])
        * about(Vector3::y_axis(), turn[1])
        * about(Vector3::x_axis(), turn[0]);
    let middle = Vector3::new(0.0, 0.0, 80.0);
    profile.register(Transform::from_parts(turned, middle + Vector3::from(shift)));
    let turned = Mat3::exp(Vec3::new(0.0, 0.0, turn[2]))
        .compose(&Mat3::about_y(turn[1]))
        .compose(&Mat3::about_x(turn[0]));
    let translation = Vec3::new(0.0, 0.0, 80.0) + Vec3::from(shift);
    truth.machine_from_scalp = Pose { rotation: turned, translation };
    let degrees = turn.map(f64::to_degrees);
    *what += &format!(", turned {degrees:.1?} deg, shifted {shift:.1?} mm");
}
