//! What is not the scanned head: the plan goes round it, the proof sees to it by its own measure, and a head that is
//! registered elsewhere takes with it what is fast to it and comes nearer to what is not.

use crate::place::repository;
use crate::plans::LIGHT;
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use smp::design::Design;
use smp::frame::Transform;
use smp::machine::Profile;
use smp::plan::{Effort, Planned, Reason, plan, site};
use smp::scalp::ScalpSurface;
use smp::verify::{
    Gate, HeadBelief, Leg, Program, Refusal, Skin, Violation, ViolationKind, emitted, prove,
};

/// A patch on either side of the head.
const DESIGN: &str = r#"
schema = 1
name = "sides"
[[zone]]
name = "left"
density_per_cm2 = 6
outline = [[0.47, -0.42], [0.47, -0.34], [0.53, -0.34], [0.53, -0.42]]
[[zone]]
name = "right"
density_per_cm2 = 6
outline = [[0.47, 0.34], [0.47, 0.42], [0.53, 0.42], [0.53, 0.34]]
"#;
/// A wall between them, out of the head and 35 mm over it.
const WALL: &str = "low_mm = [-2, -150, 100]\nhigh_mm = [2, 150, 165]";
/// One that stands in the machine, where the head lies 80 mm higher and is turned by 10 degrees.
const WALL_IN_MACHINE: &str = "low_mm = [-2, -150, 180]\nhigh_mm = [2, 150, 240]";
/// A lid over the right one.
const LID: &str = "low_mm = [30, -60, 150]\nhigh_mm = [120, 80, 170]";

/// A shipped machine with this solid and no other.
fn beside(machine: &str, frame: &str, solid: &str) -> Profile {
    let shipped = repository(&format!("configs/machines/{machine}.toml"));
    let shipped = std::fs::read_to_string(shipped).unwrap();
    let (bare, _) = shipped.split_once("[[keep_out]]").unwrap();
    let text = format!("{bare}[[keep_out]]\nname = \"block\"\nframe = \"{frame}\"\n{solid}\n");
    Profile::parse(&text, "beside.toml").unwrap()
}

fn planned(surface: &ScalpSurface, machine: &Profile) -> Planned {
    let design = Design::parse(DESIGN, "sides.toml", &mut |_| unreachable!()).unwrap();
    plan(site::place(&design, surface), surface, machine, Effort::default(), &mut |_| {})
}

fn proved(
    planned: &Planned,
    surface: &ScalpSurface,
    machine: &Profile,
) -> Result<Program, Vec<Violation>> {
    prove(planned.draft.clone(), &Skin::new(surface.vertices(), surface.triangles()), machine)
}

/// That the proof finds this solid in the way, and nothing else that is wrong.
fn in_the_way(found: Result<Program, Vec<Violation>>) {
    let violations = found.unwrap_err();
    for violation in &violations {
        let ViolationKind::KeepOut { solid, distance_mm, limit_mm, .. } = &violation.kind else {
            panic!("{violation}");
        };
        assert!(solid == "block" && distance_mm < limit_mm, "{violation}");
        assert!(violation.kind.dot().is_some(), "{violation}");
    }
    let told = violations[0].to_string();
    assert!(told.contains("mm of the block, at least 10 mm is kept"), "{told}");
}

#[test]
fn a_wall_between_dots_is_gone_round_and_a_plan_that_does_not_know_it_is_refused() {
    let surface = LIGHT.surface();
    for (machine, frame, wall) in [
        ("gantry6", "scalp", WALL),
        ("gantry5", "scalp", WALL),
        ("gantry6", "machine", WALL_IN_MACHINE),
    ] {
        let walled = beside(machine, frame, wall);
        let mut bare = walled.clone();
        bare.keep_out.clear();
        let naive = planned(&surface, &bare);
        proved(&naive, &surface, &bare).unwrap();
        in_the_way(proved(&naive, &surface, &walled));

        let round = planned(&surface, &walled);
        assert_eq!(round.draft.dots.len(), naive.draft.dots.len(), "{:?}", round.rejected);
        let [before, after] = [&naive, &round].map(|planned| planned.draft.travel_mm);
        assert!(after > before + 10.0, "{before} mm, and {after} mm round the wall");
        proved(&round, &surface, &walled).unwrap();
    }
}

#[test]
fn dots_under_a_lid_are_listed_with_what_is_in_the_way() {
    let surface = LIGHT.surface();
    let machine = beside("gantry6", "scalp", LID);
    let planned = planned(&surface, &machine);
    proved(&planned, &surface, &machine).unwrap();
    assert!(planned.draft.dots.len() > 10 && planned.draft.dots.iter().all(|dot| dot.t < 0.0));
    assert!(planned.rejected.len() > 10);
    for rejected in &planned.rejected {
        let Reason::KeepOut { name, clearance_mm, limit_mm } = &rejected.reason else {
            panic!("{rejected:?}");
        };
        assert!(name == "block" && clearance_mm < limit_mm, "{rejected:?}");
    }
}

/// The same machine with the head registered so far to its +X.
fn registered(machine: &Profile, by_mm: f64) -> Profile {
    let mut moved = machine.clone();
    let lies = machine.placement().isometry();
    moved.register(Transform::new(Translation3::new(by_mm, 0.0, 0.0) * lies));
    moved
}

/// The same machine with the head registered turned by 2 degrees about an axis of the machine, and a little aside.
fn turned(machine: &Profile, axis: Vector3<f64>) -> Profile {
    let mut moved = machine.clone();
    let lies = machine.placement().isometry();
    let turn = UnitQuaternion::from_scaled_axis(axis * 2.0_f64.to_radians());
    // About the head's own origin.
    let rotation = turn * lies.rotation;
    let shift = Translation3::from(lies.translation.vector + Vector3::new(1.0, -1.0, 1.0));
    moved.register(Transform::new(Isometry3::from_parts(shift, rotation)));
    moved
}

/// How many moves over dots the last gate holds back, with the head believed so far to its +X.
fn held_back(planned: &Planned, machine: &Profile, by_mm: f64) -> usize {
    let moved = registered(machine, by_mm);
    let head = HeadBelief { machine_from_scalp: moved.placement(), offset_mm: 0.0 };
    let lines = emitted(&planned.draft, &moved);
    let over = lines.windows(2).filter(|pair| pair[1].starts_with('D')).map(|pair| &pair[0]);
    let mut gate = Gate::new(machine);
    let held = over.zip(&planned.draft.dots).filter(|(line, dot)| {
        match gate.clear_move(line, Leg::Above(dot, dot.hover_mm), &head) {
            Ok(_) => false,
            Err(Refusal::KeepOut { distance_mm, limit_mm }) => distance_mm < limit_mm,
            Err(other) => panic!("{other}"),
        }
    });
    held.count()
}

#[test]
fn a_head_that_is_registered_elsewhere_is_measured_where_it_lies() {
    let surface = LIGHT.surface();
    for frame in ["machine", "scalp"] {
        let at = |x: f64| {
            beside("gantry6", frame, &format!("low_mm = [{x}, -300, 0]\nhigh_mm = [300, 300, 400]"))
        };
        // As near to the tool over the patch on the right as the planner lets it be, to 2 mm.
        let plans = (0..50).map(|n| at(200.0 - 2.0 * f64::from(n))).map(|machine| {
            let planned = planned(&surface, &machine);
            (planned, machine)
        });
        let (planned, machine) =
            plans.take_while(|(planned, _)| planned.rejected.is_empty()).last().unwrap();
        proved(&planned, &surface, &registered(&machine, 0.0)).unwrap();
        // From what stands in the machine 5 mm more are kept, for a head that lies or moves otherwise, and 2 degrees.
        proved(&planned, &surface, &registered(&machine, 4.9)).unwrap();
        assert_eq!(held_back(&planned, &machine, 7.1), 0);
        for axis in [Vector3::x(), Vector3::y(), Vector3::z()] {
            proved(&planned, &surface, &turned(&machine, axis)).unwrap();
            proved(&planned, &surface, &turned(&machine, -axis)).unwrap();
        }
        // Over the dots there is more room than on the way out from them.
        assert_eq!(held_back(&planned, &machine, 70.0) > 0, frame == "machine");
        let far = proved(&planned, &surface, &registered(&machine, 17.0));
        match frame {
            "machine" => in_the_way(far),
            _ => drop(far.unwrap()),
        }
    }
}
