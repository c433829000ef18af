//! Where the tip of the needle is, by the axes: own forward kinematics and own reading of the machine's profile.

use crate::events::Axes;
use crate::place::repository;

pub type Vector = [f64; 3];

/// What a profile says, as far as it is wanted here.
pub struct Arm {
    pub strike_axis: bool,
    pub hover_mm: f64,
    pub dimple_mm: f64,
    pub tilt_deg: f64,
    pub feed_mm_per_min: f64,
    tool_length_mm: f64,
    origin_mm: Vector,
    pitch_deg: f64,
}

impl Arm {
    /// A shipped machine.
    pub fn shipped(name: &str) -> Self {
        let file = repository("configs/machines").join(format!("{name}.toml"));
        let text = std::fs::read_to_string(file).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let number = |section: &str, key: &str| table[section][key].as_float().unwrap();
        let origin = table["placement"]["origin_mm"].as_array().unwrap();
        Self {
            strike_axis: table["strike_axis"].as_bool().unwrap(),
            hover_mm: number("clearance", "hover_mm"),
            dimple_mm: number("depth", "dimple_mm"),
            tilt_deg: number("clearance", "tilt_deg"),
            feed_mm_per_min: number("needle", "speed_mm_per_s") * 60.0,
            tool_length_mm: table["tool_length_mm"].as_float().unwrap(),
            origin_mm: std::array::from_fn(|i| origin[i].as_float().unwrap()),
            pitch_deg: number("placement", "pitch_deg"),
        }
    }

    /// Where the needle points, machine frame: B about Y first, then A about X takes the turned Y along.
    fn needle(axes: &Axes) -> Vector {
        let [_, _, _, a, b, _] = *axes;
        about_x(a, about_y(b, [0.0, 0.0, -1.0]))
    }

    /// Tip and direction of the needle, scalp frame.
    pub fn needle_on_scalp(&self, axes: &Axes) -> (Vector, Vector) {
        let needle = Self::needle(axes);
        let [x, y, z, _, _, c] = *axes;
        let tip = along([x, y, z], needle, self.tool_length_mm + c);
        let from_origin = std::array::from_fn(|i| tip[i] - self.origin_mm[i]);
        (about_x(-self.pitch_deg, from_origin), about_x(-self.pitch_deg, needle))
    }
}

fn about_x(degrees: f64, [x, y, z]: Vector) -> Vector {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [x, y * cos - z * sin, y * sin + z * cos]
}

fn about_y(degrees: f64, [x, y, z]: Vector) -> Vector {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [x * cos + z * sin, y, z * cos - x * sin]
}

pub fn along(from: Vector, direction: Vector, by: f64) -> Vector {
    std::array::from_fn(|i| from[i] + direction[i] * by)
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    (0..3).map(|i| a[i] * b[i]).sum()
}

pub fn distance(a: Vector, b: Vector) -> f64 {
    let by: Vector = std::array::from_fn(|i| a[i] - b[i]);
    dot(by, by).sqrt()
}
