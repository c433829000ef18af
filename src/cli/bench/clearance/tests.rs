//! The judge sees what is wrong: lines that were changed by hand.

use super::judge::{Judge, Judged, Kind, Rules};
use super::solids::Solids;
use smp::machine::Profile;
use smp_sim::plant::{HeadMesh, TrueMachine};
use std::collections::BTreeMap;

/// A roof of two faces, its ridge along X at 100 mm over the machine's origin.
fn roof() -> HeadMesh {
    let vertices = vec![
        [-100.0, 0.0, 100.0],
        [100.0, 0.0, 100.0],
        [100.0, 100.0, 0.0],
        [-100.0, 100.0, 0.0],
        [100.0, -100.0, 0.0],
        [-100.0, -100.0, 0.0],
    ];
    let triangles = vec![[0, 1, 2], [0, 2, 3], [1, 0, 5], [1, 5, 4]];
    HeadMesh { vertices, triangles }
}

fn judged(machine: &str, lines: &[&str]) -> Judged {
    judged_beside(&Solids::default(), machine, lines)
}

fn judged_beside(solids: &Solids, machine: &str, lines: &[&str]) -> Judged {
    let mut truth = TrueMachine::find(machine).unwrap();
    truth.machine_from_scalp = smp_sim::plant::Pose::IDENTITY;
    let rules = Rules { travel: 2.0, body: 1.0, solid: 10.0 };
    let body = [[8.0, 5.0], [40.0, 20.0]];
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let dots = BTreeMap::from([(7, [0.0, 0.0, 100.0])]);
    Judge::new(&truth, &body, solids, rules, &roof()).lines(&lines, &dots)
}

fn kinds(judged: &Judged) -> Vec<Kind> {
    judged.found.iter().map(|found| found.kind).collect()
}

const ABOVE: &str = "G53G0X0.000Y0.000Z160.000A0.000B0.000";
const OVER: &str = "G53G0X0.000Y0.000Z142.000A0.000B0.000";
const STRIKE: &str = "D7 X0 Y0 Z142000 A0 B0 H2000 T3820 V300 W10";

#[test]
fn a_program_without_fault_is_let_pass_and_measured() {
    let judged = judged("gantry6", &[ABOVE, OVER, STRIKE, "G53G0Z160.000"]);
    assert_eq!(kinds(&judged), []);
    assert_eq!((judged.moves, judged.strikes), (3, 1));
    assert!(judged.tip_spare.abs() < 1e-9, "{judged:?}");
    assert!((judged.body_spare - 4.0).abs() < 1e-9, "{judged:?}");
    assert!(judged.off_dot < 1e-9, "{judged:?}");
}

#[test]
fn each_fault_of_a_line_is_found_by_its_kind() {
    let tests: [(&[&str], &[Kind]); 9] = [
        (&[ABOVE, "G53G0Z141.900", STRIKE], &[Kind::TipNear, Kind::StrikeElsewhere]),
        (&[ABOVE, "G53G0Z139.000", OVER, STRIKE], &[Kind::TipTouches, Kind::TipTouches]),
        // Through the ridge from one side to the other, both ends free: the tip goes 10 mm under it, the front sphere 2 mm.
        (
            &["G53G0X0Y60Z130A0B0", "G53G0Y-60", ABOVE, OVER, STRIKE],
            &[Kind::TipTouches, Kind::BodyTouches],
        ),
        // Turned into the ridge, and drawn out of it.
        (&["G53G0X0Y0Z139A-30B0", "G53G0A0", OVER, STRIKE], &[Kind::TipTouches; 2]),
        (&[ABOVE, OVER, STRIKE, "G53G0Z500"], &[Kind::Travel]),
        (
            &[ABOVE, OVER, "D8 X0 Y0 Z142000 A0 B0 H2000 T3820 V300 W10"],
            &[Kind::StrikeOffDot, Kind::Missing],
        ),
        (
            &[ABOVE, "G53G0X0.3Z142", "D7 X300 Y0 Z142000 A0 B0 H2000 T3820 V300 W10"],
            &[Kind::StrikeOffDot],
        ),
        (&[ABOVE, OVER, "M3", STRIKE], &[Kind::Unreadable]),
        (&[ABOVE, OVER, "D7 X0 Y0 Z142000 A0 B0 H2000 T10100 V300 W10"], &[Kind::Travel]),
    ];
    for (lines, due) in tests {
        assert_eq!(kinds(&judged("gantry6", lines)), due, "{lines:?}");
    }
}

#[test]
fn without_a_strike_axis_the_body_comes_down_with_the_needle() {
    let stroke = |travel: u32| format!("D7 X0 Y0 Z142000 A0 B0 H2000 T{travel} V50 W10");
    assert_eq!(kinds(&judged("gantry3", &[ABOVE, OVER, &stroke(3_820)])), []);
    let deep = judged("gantry3", &[ABOVE, OVER, &stroke(5_200)]);
    assert_eq!(kinds(&deep), [Kind::BodyTouchesInStroke]);
}

/// A lamp 44 mm before the dot, so that the ball of 20 mm is 14 mm away from it, and a block over the ridge aside.
fn lamp(frame: &str, low_mm: &str) -> Solids {
    let shipped = include_str!("../../../../configs/machines/gantry6.toml");
    let (bare, _) = shipped.split_once("[[keep_out]]").unwrap();
    let solid = format!("name = \"lamp\"\nframe = \"{frame}\"\nlow_mm = {low_mm}\n");
    let text = format!("{bare}[[keep_out]]\n{solid}high_mm = [300.0, 300.0, 300.0]\n");
    Solids::of(&Profile::parse(&text, "lamp.toml").unwrap())
}

#[test]
fn a_solid_beside_the_way_is_found_in_both_frames() {
    for frame in ["machine", "scalp"] {
        let beside = |low: &str, lines: &[&str]| judged_beside(&lamp(frame, low), "gantry6", lines);
        let free = beside("[34.0, -5.0, 100.0]", &[ABOVE, OVER, STRIKE]);
        assert_eq!(kinds(&free), []);
        assert!((free.solid_spare - 4.0).abs() < 1e-9, "{free:?}");
        let near = beside("[29.0, -5.0, 100.0]", &[ABOVE, OVER, STRIKE]);
        assert_eq!(kinds(&near), [Kind::SolidNear]);
        let touched = beside("[19.0, -5.0, 100.0]", &[ABOVE, OVER, STRIKE]);
        assert_eq!(kinds(&touched), [Kind::SolidTouches]);
        // Both ends are free, and the way between goes through.
        let through = beside("[60.0, -5.0, 100.0]", &["G53G0X400Y0Z200A0B0", "G53G0X0"]);
        assert!(kinds(&through).contains(&Kind::SolidTouches), "{through:?}");
        // The needle alone comes down on what lies on the skin.
        let under = beside("[9.5, -5.0, 90.0]", &[STRIKE]);
        assert!(kinds(&under).contains(&Kind::SolidNear), "{under:?}");
    }
}
