//! What the numbers of a profile may be.

use super::profile::Profile;

/// A number of a profile and its range.
pub(super) struct Range {
    pub key: &'static str,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

const fn range(key: &'static str, value: f64, low: f64, high: f64) -> Range {
    Range { key, value, low, high }
}

/// The compiled ceiling: no profile may allow more penetration or tip travel, mm.
const CEILING_MM: f64 = 2.5;

impl Profile {
    /// Every number with its range, axes excepted.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let mut all = self.depth_ranges();
        all.extend(self.distance_ranges());
        all.extend(self.link_ranges());
        all.extend(self.sensing_ranges());
        all
    }

    fn depth_ranges(&self) -> Vec<Range> {
        let (d, n) = (&self.depth, &self.needle);
        vec![
            range("depth.band_mm[0]", d.band_mm[0], 0.1, d.band_mm[1]),
            range("depth.band_mm[1]", d.band_mm[1], d.band_mm[0], CEILING_MM),
            range("depth.aim_mm", d.aim_mm, d.band_mm[0], d.band_mm[1]),
            range("depth.ceiling_mm", d.ceiling_mm, d.aim_mm, CEILING_MM),
            range("depth.dimple_mm", d.dimple_mm, 0.0, 1.0),
            range("depth.dimple_sigma_mm", d.dimple_sigma_mm, 0.0, 0.5),
            range("depth.sigma_max_mm", d.sigma_max_mm, 0.01, 0.15),
            range("depth.trim_max_mm", d.trim_max_mm, 0.0, 0.5),
            range("needle.speed_mm_per_s", n.speed_mm_per_s, 10.0, 500.0),
            range("needle.dwell_ms", f64::from(n.dwell_ms), 0.0, 100.0),
            range("needle.cage_mm", n.cage_mm, d.aim_mm, CEILING_MM),
            range("needle.reflex_speed_mm_per_s", n.reflex_speed_mm_per_s, 5.0, 500.0),
            range("needle.reflex_force_n", n.reflex_force_n, 0.1, 10.0),
            range("needle.back_off_mm", n.back_off_mm, 0.0, 60.0),
        ]
    }

    fn distance_ranges(&self) -> Vec<Range> {
        let c = &self.clearance;
        vec![
            range("tool_length_mm", self.tool_length_mm, 5.0, 500.0),
            range("clearance.hover_mm", c.hover_mm, 1.0, 5.0),
            range("clearance.travel_mm", c.travel_mm, 1.0, c.hover_mm),
            range("clearance.approach_mm", c.approach_mm, 3.0, 30.0),
            range("clearance.park_mm", c.park_mm, c.lift_mm(), 300.0),
            range("clearance.body_mm", c.body_mm, 0.0, 20.0),
            range("clearance.keep_out_mm", c.keep_out_mm, 2.0, 100.0),
            range("clearance.tilt_deg", c.tilt_deg, 0.5, 15.0),
        ]
    }

    fn link_ranges(&self) -> Vec<Range> {
        let l = &self.link;
        vec![
            range("link.baud", f64::from(l.baud), 9_600.0, 12e6),
            range("link.report_ms", f64::from(l.report_ms), 5.0, 100.0),
            range("link.heartbeat_ms", f64::from(l.heartbeat_ms), 5.0, 50.0),
            range("link.dead_man_ms", f64::from(l.dead_man_ms), 50.0, 5000.0),
            range("link.silence_ms", f64::from(l.silence_ms), 100.0, 5000.0),
        ]
    }

    fn sensing_ranges(&self) -> Vec<Range> {
        let s = &self.sensing;
        vec![
            range("sensing.height_sigma_mm", s.height_sigma_mm, 0.001, 0.2),
            range("sensing.height_latency_ms", s.height_latency_ms, 0.0, 20.0),
            range("sensing.offset_sigma_mm", s.offset_sigma_mm, 0.0, 0.5),
            range("sensing.dimple_seen_ratio", s.dimple_seen_ratio, 0.2, 1.0),
            range("sensing.contact_delay_ms", s.contact_delay_ms, 0.0, 5.0),
            range("sensing.placement_sigma_mm", s.placement_sigma_mm, 0.0, 5.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::ProfileError;
    use super::*;

    const SHIPPED: &str = include_str!("../../configs/machines/gantry6.toml");

    /// The profile's text with a number changed; `key` as in [`Range`], such as `depth.band_mm[0]`.
    fn with(key: &str, value: f64) -> String {
        let mut profile: toml::Table = SHIPPED.parse().unwrap();
        let (table, key) = match key.split_once('.') {
            Some((table, key)) => (profile[table].as_table_mut().unwrap(), key),
            None => (&mut profile, key),
        };
        let place = match key.strip_suffix(']').and_then(|key| key.split_once('[')) {
            Some((key, index)) => &mut table[key][index.parse::<usize>().unwrap()],
            None => &mut table[key],
        };
        // A whole number stays one, where that is possible.
        let whole = place.is_integer() && value.is_finite();
        *place = if whole { (value as i64).into() } else { value.into() };
        toml::to_string(&profile).unwrap()
    }

    #[test]
    fn every_number_outside_its_range_is_refused() {
        let shipped = Profile::parse(SHIPPED, "gantry6.toml").unwrap();
        let ranges = shipped.ranges();
        assert!(ranges.len() > 30);
        for Range { key, value, low, high } in ranges {
            assert!((low..=high).contains(&value), "{key}");
            for beyond in [low - 1.0, high + 1.0, f64::NAN] {
                let refused = Profile::parse(&with(key, beyond), "odd.toml").unwrap_err();
                // Where a whole number is due, others and less than nothing are not even read.
                let odd = beyond.is_nan() || beyond < 0.0;
                let syntax = odd && matches!(refused, ProfileError::Syntax { .. });
                let range = matches!(refused, ProfileError::Range { .. });
                assert!(range || syntax, "{key} = {beyond}: {refused}");
            }
        }
    }
}
