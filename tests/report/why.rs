//! Why a dot went where it went, in words.

use crate::support::{depth_mm, estimate_of, grounds_of, stroke_of};
use smp::depth::Permit;
use smp::plan::DotId;
use smp::record::truth::TrueStrike;
use smp::record::why::Why;
use smp::stream::Estimate;

const TURN: usize = 12;

fn truth() -> TrueStrike {
    TrueStrike {
        dot: Some(4711),
        t_entry_ns: 1,
        t_exit_ns: 2,
        scan_x_mm: 0.0,
        scan_y_mm: 0.0,
        scan_z_mm: 0.0,
        tip_travel_mm: depth_mm(TURN) + 0.1,
        penetration_mm: depth_mm(TURN),
        dimple_mm: 0.1,
        tilt_deg: 2.04,
        lateral_drag_mm: 0.01,
        peak_force_n: 0.61,
    }
}

#[test]
fn the_page_of_a_dot_is_as_it_was_approved() {
    let (grounds, stroke) = (grounds_of(TURN), stroke_of(DotId(4711), TURN));
    let (estimate, truth) = (estimate_of(TURN), truth());
    let why = Why {
        dot: DotId(4711),
        strike: 123,
        grounds: Some(&grounds),
        stroke: Some(&stroke),
        estimate: &estimate,
        truth: Some(&truth),
        beside_mm: 0.2,
    };
    assert_eq!(why.document(), include_str!("../data/why-dot.md"));
    assert_eq!(
        why.line(),
        "dot 4711, strike 123: skin read 2.024 mm 5.2 ms old, predicted 2.012 ± 0.021 mm, needle short \
         0.050 ± 0.011 mm, dimple 0.120 ± 0.013 mm, aim 1.700 ± 0.023 mm, travel 3.802 mm, in the end \
         3.882 mm; penetration believed 1.690 ± 0.050 mm, true 1.670 mm"
    );
}

#[test]
fn what_is_not_known_is_a_dash_and_never_a_number() {
    let permit = Permit::open_loop(2.0, 1.7, 0.1);
    let blind = Why {
        dot: DotId(7),
        strike: 1,
        grounds: Some(permit.grounds()),
        stroke: None,
        estimate: &Estimate::UNKNOWN,
        truth: None,
        beside_mm: f64::NAN,
    };
    let page = blind.document();
    assert!(!page.contains("NaN") && !blind.line().contains("NaN"), "{page}");
    assert!(page.contains("| Skin, newest height reading | – |"), "{page}");
    assert!(page.contains("| **Travel commanded, from rest** | **3.800 mm** |"), "{page}");
    assert!(page.contains("The device does not say"), "{page}");
    assert!(page.contains("| **Penetration** | **–** | – |"), "{page}");
    let found_done = Why { grounds: None, ..blind };
    assert!(found_done.document().contains("The journal does not say"));
    assert_eq!(found_done.line(), "dot 7, strike 1; penetration believed –");
}
