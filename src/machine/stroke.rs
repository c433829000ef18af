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

/// The tip is clear of the skin, so that the gantry may set out, from this distance on, mm (`docs/device.md`, 7.4).
const CLEAR_MM: f64 = 0.5;

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

/// Seconds before a strike's end at which the gantry sets out for the next dot. With a strike axis: from where the tip is
/// clear of the skin on, `hover_mm` from rest; where X Y Z make the stroke, nearly half of the way back.
pub fn overlap_s(travel_mm: f64, hover_mm: f64, machine: &Profile) -> f64 {
    let up_s = way_s(travel_mm, &machine.limits(), machine);
    if !machine.kinematics().strike_axis {
        return 0.45 * up_s;
    }
    // A move from rest to rest, seen from its end: the rest of the way takes what a way twice as long takes half of.
    let left_mm = (hover_mm - CLEAR_MM).clamp(0.0, travel_mm / 2.0);
    0.5 * way_s(2.0 * left_mm, &machine.limits(), machine).min(up_s)
}

/// Seconds by which a strike and the waiting before it put off the next hop, if nothing has to be waited for but the
/// report that the tool has arrived.
pub fn cycle_s(travel_mm: f64, hover_mm: f64, machine: &Profile) -> f64 {
    let report_s = f64::from(machine.link.report_ms) * 1e-3;
    report_s + whole_s(travel_mm, machine) - overlap_s(travel_mm, hover_mm, machine)
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
        // 1.5 mm are left, braked at 50 m/s2.
        let machine = machine("gantry6");
        let left_s = (2.0f64 * 1.5 / 5e4).sqrt();
        assert!((overlap_s(3.8, 2.0, &machine) - left_s).abs() < 1e-6);
    }

    #[test]
    fn parts_of_a_stroke_come_one_after_another() {
        for machine in ["gantry6", "gantry3"].map(machine) {
            let [entry, bottom, whole] =
                [entry_s, bottom_s, whole_s].map(|part| part(3.8, &machine));
            assert!(0.0 < entry && entry < bottom && bottom < whole);
            let sets_out = whole - overlap_s(3.8, 2.0, &machine);
            assert!(bottom < sets_out && sets_out < whole);
        }
    }
}
