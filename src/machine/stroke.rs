//! How long a stroke of the needle takes, part by part, from what the profile says.
//!
//! ```text
//!  strike line     entry        bottom            hop may begin   end
//!      |-------------|-------------|----- dwell -----|------ up -----|
//!        down, at the needle's speed                 |<- overlap ->|
//! ```

use super::joints::{Joints, PerAxis};
use super::profile::{AxisLimits, Profile};
use super::timing;

/// The tip is clear of the skin, so that the gantry may set out, from this distance on, mm: of a strike axis, and where
/// X Y Z make the stroke (`docs/device.md`, 7.4).
const CLEAR_MM: f64 = 0.5;
const CLEAR_SLOW_MM: f64 = 1.0;
/// There the median of five height readings, 1 ms apart, has to say so too, and a device looks once in a millisecond, s.
const SEEN_LATER_S: f64 = 3e-3;
/// Where X Y Z make the stroke its way back brakes more gently, to leave the hop room: it takes so much longer.
const BRAKING: f64 = 1.04;

/// Seconds from the start of a strike to the needle's entry, which is where the dot will be: the skin is half way
/// down, within a tenth, and a move from rest to rest is half way at half its time.
pub fn entry_s(travel_mm: f64, machine: &Profile) -> f64 {
    0.5 * down_s(travel_mm, machine)
}

/// Seconds from the start of a strike to the middle of its dwell.
pub fn bottom_s(travel_mm: f64, machine: &Profile) -> f64 {
    down_s(travel_mm, machine) + dwell_s(machine) / 2.0
}

/// Seconds that a whole strike takes, without a trim.
pub fn whole_s(travel_mm: f64, machine: &Profile) -> f64 {
    down_s(travel_mm, machine) + dwell_s(machine) + way_s(travel_mm, &machine.limits(), machine)
}

/// Seconds that a stroke is likely to take longer for an extension of `by_mm` at the bottom: next to nothing with a
/// strike axis.
pub fn trim_s(by_mm: f64, machine: &Profile) -> f64 {
    /// The least that a device stays at the bottom after it, s.
    const STAYS_S: f64 = 4e-3;
    if machine.kinematics().strike_axis || by_mm <= 0.0 {
        return 0.0;
    }
    let longer_s = way_s(by_mm, &machine.limits(), machine) + STAYS_S;
    (longer_s - dwell_s(machine)).max(0.0)
}

/// Seconds before a strike's end at which the gantry sets out for the next dot where X Y Z make the stroke: nearly half
/// of the way back. With a strike axis they are some 8 ms, in which a gantry hardly moves.
pub fn overlap_s(travel_mm: f64, machine: &Profile) -> f64 {
    let slow = !machine.kinematics().strike_axis;
    if slow { 0.45 * way_s(travel_mm, &machine.limits(), machine) } else { 0.0 }
}

/// From the end of one hop to the beginning of the next, nothing standing in the way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cycle {
    /// The report is waited for that the tool has arrived.
    pub report_s: f64,
    /// Down, dwell, up: each from rest to rest, as quick as the machine can.
    pub stroke_s: f64,
    /// Stroke's own losses: what the skin gives way more than expected, at one sigma, and room left for the hop.
    pub trim_s: f64,
    /// The hop sets out so long before the needle is at rest.
    pub overlap_s: f64,
}

impl Cycle {
    /// Of a stroke of `travel_mm` from `hover_mm` over the skin.
    pub fn of(travel_mm: f64, hover_mm: f64, machine: &Profile) -> Self {
        let slow = !machine.kinematics().strike_axis;
        let (clear_mm, seen_later_s, braking) =
            if slow { (CLEAR_SLOW_MM, SEEN_LATER_S, BRAKING) } else { (CLEAR_MM, 0.0, 1.0) };
        let up_s = way_s(travel_mm, &machine.limits(), machine);
        // A move from rest to rest, seen from its end: the rest of the way takes half of what twice as long a way does.
        let left_mm = (hover_mm - clear_mm).clamp(0.0, travel_mm / 2.0);
        Self {
            report_s: f64::from(machine.link.report_ms) * 1e-3,
            stroke_s: whole_s(travel_mm, machine),
            trim_s: trim_s(machine.depth.dimple_sigma_mm, machine) + (braking - 1.0) * up_s,
            overlap_s: 0.5 * way_s(2.0 * left_mm, &machine.limits(), machine) - seen_later_s,
        }
    }

    /// From the beginning of the stroke to that of the next hop, at least: neither report nor trim is counted on.
    pub fn least_s(&self) -> f64 {
        self.stroke_s - self.overlap_s
    }
}

fn down_s(travel_mm: f64, machine: &Profile) -> f64 {
    let mut limits = machine.limits();
    for limit in &mut limits {
        limit.speed = limit.speed.min(machine.needle.speed_mm_per_s);
    }
    way_s(travel_mm, &limits, machine)
}

fn dwell_s(machine: &Profile) -> f64 {
    f64::from(machine.needle.dwell_ms) * 1e-3
}

fn way_s(travel_mm: f64, limits: &PerAxis<AxisLimits>, machine: &Profile) -> f64 {
    let rest = Joints::default();
    timing::move_s(&rest, &machine.kinematics().stroked(&rest, travel_mm), limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(name: &str) -> Profile {
        let path = format!("{}/configs/machines/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        Profile::parse(&std::fs::read_to_string(path).unwrap(), name).unwrap()
    }

    #[test]
    fn a_gantry_sets_out_7_7_ms_before_a_voice_coil_is_back() {
        // 1.5 mm are left, braked at 50 m/s2; one report is waited for.
        let machine = machine("gantry6");
        let left_s = (2.0f64 * 1.5 / 5e4).sqrt();
        let cycle = Cycle::of(3.8, 2.0, &machine);
        assert!((cycle.overlap_s - left_s).abs() < 1e-6);
        assert!((cycle.stroke_s - whole_s(3.8, &machine)).abs() < 1e-9);
        assert!((cycle.report_s, cycle.trim_s) == (0.005, 0.0), "{cycle:?}");
    }

    #[test]
    fn parts_of_a_stroke_come_one_after_another() {
        for machine in ["gantry6", "gantry3"].map(machine) {
            let [entry, bottom, whole] =
                [entry_s, bottom_s, whole_s].map(|part| part(3.8, &machine));
            assert!(0.0 < entry && entry < bottom && bottom < whole);
            let sets_out = whole - overlap_s(3.8, &machine);
            assert!(bottom < sets_out && sets_out <= whole);
        }
    }
}
