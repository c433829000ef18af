//! The run core allocates nothing while it strikes.

use crate::heard::{Heard, fresh};
use crate::plans::{LIGHT, gantry6_with, plan_of};

/// All buffers have grown to their size by then.
const WARM_DOTS: f64 = 0.3;

#[test]
fn nothing_is_allocated_on_the_way_from_report_to_strike() {
    let plan = plan_of(120, LIGHT, gantry6_with(100, 300));
    let surface = LIGHT.surface();
    for scenario in ["nominal", "restless"] {
        let heard = Heard::of(&plan, &surface, scenario);
        assert!(heard.bytes().count() > 1000, "a device that speaks");
        let mut run = fresh(&plan);
        let warm = (heard.count() as f64 * WARM_DOTS) as usize;
        heard.play(&mut run, 0..warm);
        let before = run.snapshot().done;
        let allocated = allocation_counter::measure(|| heard.play(&mut run, warm..heard.count()));
        let dots = run.snapshot().done - before;
        assert!(dots > 50, "{dots} dots");
        assert_eq!(allocated.count_total, 0, "{scenario}: over {dots} dots");
    }
}
