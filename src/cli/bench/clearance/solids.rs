//! Solids beside the head: drawn, and measured by the simulator's own boxes.

use super::judge::{Judge, SAMPLE_MM};
use rand::Rng;
use smp::machine::{KeepOut, KeepOutFrame, Profile};
use smp_sim::Axes;
use smp_sim::plant::{SolidBox, Vec3};
use toml::{Table, Value};

/// The middle of a head lies about there, in its own frame and in the machine, mm.
const MIDDLE_IN_SCALP_MM: [f64; 3] = [0.0, 0.0, 40.0];
const MIDDLE_IN_MACHINE_MM: [f64; 3] = [0.0, 0.0, 120.0];

/// Boxes to keep away from, as the judge has them.
#[derive(Default)]
pub struct Solids {
    in_machine: Vec<SolidBox>,
    on_head: Vec<SolidBox>,
}

/// Up to three boxes about the head, put into a profile; what was drawn, for people.
pub fn draw(table: &mut Table, random: &mut impl Rng) -> Option<String> {
    let count = random.random_range(0..4);
    let mut what = String::new();
    if count > 0 && random.random_bool(0.3) {
        let kept: f64 = random.random_range(2.0..20.0);
        table.get_mut("clearance")?.as_table_mut()?.insert("keep_out_mm".into(), kept.into());
        what += &format!(", keep_out_mm {kept:.2}");
    }
    for number in 0..count {
        let machine = random.random_bool(0.5);
        let (frame, middle) =
            if machine { ("machine", MIDDLE_IN_MACHINE_MM) } else { ("scalp", MIDDLE_IN_SCALP_MM) };
        let (low, high) = about(middle, random);
        what += &format!(", {frame} box {low:.0?} to {high:.0?}");
        let corner = |at: [f64; 3]| Value::Array(at.map(Value::from).to_vec());
        let solid = [
            ("name", format!("box {number}").into()),
            ("frame", frame.into()),
            ("low_mm", corner(low)),
            ("high_mm", corner(high)),
        ];
        let solid = solid.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let solids = table.entry("keep_out").or_insert(Value::Array(Vec::new()));
        solids.as_array_mut()?.push(Value::Table(solid));
    }
    Some(what)
}

/// A box, often a plate or a rod, over the head or beside it, now and then reaching into it: what stands between dots
/// and takes none of them is what ways have to go round.
fn about(middle: [f64; 3], random: &mut impl Rng) -> ([f64; 3], [f64; 3]) {
    let toward: [f64; 3] = std::array::from_fn(|k| {
        let least = if k == 2 { -0.5 } else { -1.0 };
        random.random_range(least..1.0)
    });
    let far = random.random_range(95.0..190.0) / Vec3::from(toward).norm().max(0.1);
    let half: [f64; 3] = std::array::from_fn(|_| {
        if random.random_bool(0.6) {
            random.random_range(1.0..5.0)
        } else {
            random.random_range(5.0..60.0)
        }
    });
    let at: [f64; 3] = std::array::from_fn(|k| middle[k] + toward[k] * far);
    (std::array::from_fn(|k| at[k] - half[k]), std::array::from_fn(|k| at[k] + half[k]))
}

impl Solids {
    /// Those of a profile: its numbers, and nothing else of it.
    pub fn of(profile: &Profile) -> Self {
        let boxes = |frame: KeepOutFrame| {
            let of = profile.keep_out.iter().filter(move |solid| solid.frame == frame);
            of.map(|s: &KeepOut| SolidBox::new(s.low_mm.into(), s.high_mm.into())).collect()
        };
        Self { in_machine: boxes(KeepOutFrame::Machine), on_head: boxes(KeepOutFrame::Scalp) }
    }

    pub fn is_empty(&self) -> bool {
        self.in_machine.is_empty() && self.on_head.is_empty()
    }

    /// Distance of the nearest one from a place in the machine that is also told in the head's frame.
    fn distance(&self, in_machine: Vec3, on_head: Vec3) -> f64 {
        let machine = self.in_machine.iter().map(|solid| solid.distance(in_machine));
        let head = self.on_head.iter().map(|solid| solid.distance(on_head));
        machine.chain(head).fold(f64::INFINITY, f64::min)
    }
}

impl Judge<'_> {
    /// Least distance of the tool from all solids on a way, less what is kept, mm: of the needle alone, or of the body too.
    pub fn beside(&self, from: &Axes, to: &Axes, body: bool) -> f64 {
        if self.solids.is_empty() {
            return f64::INFINITY;
        }
        let by: Axes = std::array::from_fn(|i| to[i] - from[i]);
        let slide = Vec3::new(by[0], by[1], by[2]).norm() + by[5].abs();
        let turn = (by[3].abs() + by[4].abs()).to_radians();
        let body = if body { self.body } else { &[] };
        let levers = body.iter().map(|[behind, _]| (self.truth.tool_length - behind).abs());
        // No point of the tool goes farther, so it is free for as long as it has room.
        let way = (slide + turn * levers.fold(self.truth.tool_length, f64::max)).max(1e-9);
        let (mut least, mut gone) = (f64::INFINITY, 0.0);
        loop {
            let part: f64 = gone / way;
            let spare = self.beside_at(&std::array::from_fn(|i| from[i] + by[i] * part), body);
            least = least.min(spare);
            if gone >= way {
                return least;
            }
            gone = (gone + spare.max(SAMPLE_MM)).min(way);
        }
    }

    fn beside_at(&self, axes: &Axes, body: &[[f64; 2]]) -> f64 {
        let tool = self.truth.tool(axes);
        let distance = |[behind, radius]: [f64; 2]| {
            let place = tool.tip - tool.direction * behind;
            let on_head = self.truth.machine_from_scalp.inverse_point(place);
            self.solids.distance(place, on_head) - radius
        };
        let pieces = std::iter::once([0.0, 0.0]).chain(body.iter().copied());
        pieces.map(distance).fold(f64::INFINITY, f64::min) - self.rules.solid
    }
}
