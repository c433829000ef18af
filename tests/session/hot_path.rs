//! The run core allocates nothing while it strikes.

use crate::heard::Heard;
use crate::plans::{LIGHT, gantry6_with, plan_of};
use smp::device::Mode;
use smp::drive::rehearsal::{Device, rehearse};
use smp::stream::{Job, Outcome, Run, Settings};
use smp::time::Instant;

/// All buffers have grown to their size by then.
const WARM_DOTS: f64 = 0.3;

#[test]
fn nothing_is_allocated_on_the_way_from_report_to_strike() {
    let plan = plan_of(120, LIGHT, gantry6_with(100, 300));
    let fresh = || {
        let settings = Settings { mode: Mode::Follow, epoch: 1, unlock: false };
        let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
        Run::new(plan.program.clone(), plan.machine.clone(), settings, job, Instant::START)
    };
    let surface = LIGHT.surface();
    for scenario in ["nominal", "restless"] {
        let (vertices, triangles) = (surface.vertices(), surface.triangles());
        let mut device = Device::build(scenario, &plan.machine, vertices, triangles, 1).unwrap();
        let mut heard = Heard::default();
        let ended = rehearse(&mut fresh(), &mut device, &mut heard, &mut |_, _| None).0;
        assert_eq!(ended, Outcome::Finished);
        assert!(heard.bytes().count() > 1000, "a device that speaks");
        let mut run = fresh();
        let warm = (heard.count() as f64 * WARM_DOTS) as usize;
        heard.play(&mut run, 0..warm);
        let before = run.snapshot().done;
        let allocated = allocation_counter::measure(|| heard.play(&mut run, warm..heard.count()));
        let dots = run.snapshot().done - before;
        assert!(dots > 50, "{dots} dots");
        assert_eq!(allocated.count_total, 0, "{scenario}: over {dots} dots");
    }
}
