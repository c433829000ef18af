//! Two layers hold depth, each alone: the device when the host has lost its limits, and the host when the device does not
//! keep its cage. `cargo test --release --test campaign layers -- --nocapture` with `SMP_LAYER_SEEDS=1000` is the long run.

use crate::{broken, played, stage};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::campaign::{Case, Violation, play_tapped};
use smp::device;
use smp::drive::rehearsal::Tap;

fn seeds() -> u64 {
    std::env::var("SMP_LAYER_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

/// Cases in which nothing befalls anybody but a head that fidgets.
fn quiet_cases() -> Vec<Case> {
    let case = |seed| Case { faults: Vec::new(), ..Case::draw(seed, stage().machines()) };
    (1..=seeds()).map(case).collect()
}

fn too_deep(cases: &[(Case, Vec<Violation>)]) -> Vec<&(Case, Vec<Violation>)> {
    let deep = |v: &Violation| matches!(v, Violation::TooDeep { .. });
    cases.iter().filter(|(_, all)| all.iter().any(deep)).collect()
}

#[test]
fn the_device_alone_holds_depth_when_the_host_has_lost_its_limits() {
    let bad = broken(&quiet_cases(), |case| {
        play_tapped(case, stage(), Box::new(Limitless(Pcg64::seed_from_u64(case.seed))))
    });
    let bad = too_deep(&bad);
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_host_alone_holds_depth_when_the_device_does_not_keep_its_cage() {
    let cases: Vec<Case> =
        quiet_cases().into_iter().map(|case| Case { cage: false, ..case }).collect();
    let bad = broken(&cases, played);
    let bad = too_deep(&bad);
    assert!(bad.is_empty(), "{bad:#?}");
}

/// A host without limits: every stroke it orders is up to 4 mm too long, and says that it means it.
struct Limitless(Pcg64);

impl Tap for Limitless {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.flat_map(|line| self.longer(line).unwrap_or_else(|| line.to_vec())).collect()
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }
}

impl Limitless {
    /// A strike's frame, longer; `None` for everything else. Real-time bytes may stand before it.
    fn longer(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let start = line.iter().position(|byte| *byte == b'N')?;
        let (before, frame) = line.split_at(start);
        let text = device::open(std::str::from_utf8(frame).ok()?.trim_end()).ok()?;
        let (head, body) = text.split_once(' ')?;
        let (seq, epoch) = head.strip_prefix('N')?.split_once('E')?;
        if !body.starts_with('D') {
            return None;
        }
        let by: i64 = self.0.random_range(0..4_000);
        let words = body.split(' ').map(|word| match word.strip_prefix('T') {
            Some(um) => format!("T{}", (um.parse::<i64>().unwrap() + by).min(8_500)),
            None => word.to_owned(),
        });
        let body = words.collect::<Vec<_>>().join(" ");
        let mut out = before.to_vec();
        device::seal(seq.parse().ok()?, u32::from_str_radix(epoch, 16).ok()?, &body, &mut out);
        Some(out)
    }
}
