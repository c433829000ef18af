//! The true machines and their forward kinematics.

use approx::assert_abs_diff_eq;
use smp_sim::plant::{TrueMachine, Vec3};

#[test]
fn forward_kinematics_meets_poses_worked_out_by_hand() {
    let machine = TrueMachine::find("gantry6").unwrap();
    let half = 0.5_f64.sqrt();
    let cases: [([f64; 6], [f64; 3]); 6] = [
        // A = B = 0: straight down.
        ([10.0, 20.0, 200.0, 0.0, 0.0, 0.0], [10.0, 20.0, 160.0]),
        // The strike axis lengthens the tool.
        ([10.0, 20.0, 200.0, 0.0, 0.0, 3.5], [10.0, 20.0, 156.5]),
        // A = 90: the needle points along +Y.
        ([0.0, 0.0, 100.0, 90.0, 0.0, 0.0], [0.0, 40.0, 100.0]),
        // B = 90 (beyond travel, but geometry): the needle points along -X.
        ([0.0, 0.0, 100.0, 0.0, 90.0, 2.0], [-42.0, 0.0, 100.0]),
        // A = 45.
        ([1.0, 2.0, 3.0, 45.0, 0.0, 0.0], [1.0, 2.0 + 40.0 * half, 3.0 - 40.0 * half]),
        // A = -90, B = 30: d = (-1/2, -cos 30, 0).
        ([0.0, 0.0, 0.0, -90.0, 30.0, 0.0], [-20.0, -40.0 * 0.75_f64.sqrt(), 0.0]),
    ];
    for (axes, tip) in cases {
        let found = machine.tool(&axes).tip;
        assert_abs_diff_eq!((found - Vec3::from(tip)).norm(), 0.0, epsilon = 1e-9);
    }
}

#[test]
fn wrist_turns_the_downward_needle_into_the_tool_direction() {
    let machine = TrueMachine::find("gantry5").unwrap();
    let tool = machine.tool(&[0.0, 0.0, 0.0, 25.0, -40.0, 0.0]);
    let turned = tool.wrist.apply(Vec3::new(0.0, 0.0, -1.0));
    assert_abs_diff_eq!((turned - tool.direction).norm(), 0.0, epsilon = 1e-12);
    // The wrist's X stays across the needle.
    assert_abs_diff_eq!(
        tool.wrist.apply(Vec3::new(1.0, 0.0, 0.0)).dot(tool.direction),
        0.0,
        epsilon = 1e-12
    );
}

#[test]
fn shipped_machines_have_the_figures_of_the_design() {
    let six = TrueMachine::find("gantry6").unwrap();
    let five = TrueMachine::find("gantry5").unwrap();
    assert!(six.strike_axis && !five.strike_axis);
    let linear = [six.limits[0].max_rate, six.limits[0].max_accel, six.limits[0].max_jerk];
    assert_eq!(linear.map(|v| v as i64), [300, 3000, 100_000]);
    assert_abs_diff_eq!(six.limits[3].max_rate, 3.0_f64.to_degrees(), epsilon = 1e-9);
    assert_abs_diff_eq!(six.limits[4].max_accel, 20.0_f64.to_degrees(), epsilon = 1e-9);
    assert_abs_diff_eq!(six.limits[5].max_accel, 50_000.0);
    assert!(six.limits[5].max_jerk.is_infinite() && five.limits[5].max_rate.to_bits() == 0);
    // Nominal placement: 80 mm up, turned by 10 degrees about X.
    let nose = six.machine_from_scalp.point(Vec3::new(0.0, 100.0, 0.0));
    let (sin, cos) = 10.0_f64.to_radians().sin_cos();
    let expected = Vec3::new(0.0, 100.0 * cos, 80.0 + 100.0 * sin);
    assert_abs_diff_eq!((nose - expected).norm(), 0.0, epsilon = 1e-9);
}

#[test]
fn unknown_machines_and_keys_are_refused() {
    let error = TrueMachine::find("gantry7").unwrap_err().to_string();
    assert!(error.contains("gantry7") && error.contains("gantry6"), "{error}");
    let error = TrueMachine::parse("m.toml", "name = \"x\"\nwings = 2\n").unwrap_err().to_string();
    assert!(error.contains("m.toml") && error.contains("line 2"), "{error}");
}
