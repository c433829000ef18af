//! Designs made with malice, given to the program as people run it: each is refused within a second of processor time
//! and 256 MiB of address space, with its file, its line and the reason (requirement R26).

use crate::limited::{MOST_KIB, check, check_at_once};
use std::fmt::Write as _;
use std::path::Path;

pub const HEAD: &str = "schema = 1\nname = \"h\"\n";
/// A zone without a shape, and one with it: lines 3 to 5, and 6.
const ZONE: &str = "[[zone]]\nname = \"a\"\ndensity_per_cm2 = 10\n";
const SHAPE: &str = "outline = [[0.4, -0.1], [0.4, 0.1], [0.6, 0.1]]\n";
const DEEP: usize = 100_000;
/// The bytes that a design may have, but for its head.
const FULL: usize = (1 << 20) - 200;

/// What the program says of this design, which it must refuse at once.
pub fn refused(folder: &Path, design: &str) -> String {
    std::fs::write(folder.join("d.toml"), design).unwrap();
    let output = check_at_once(folder);
    let said = String::from_utf8(output.stderr).unwrap();
    let begins: String = design.chars().take(200).collect();
    assert_eq!(output.status.code(), Some(2), "{begins}: {} {said}", output.status);
    // A person reads it: a million letters are no reason.
    assert!(said.len() < 3_000, "{begins}: {} bytes", said.len());
    said
}

/// Each case: the design behind its head, and how the refusal begins.
fn all_refused(cases: &[(String, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    for (design, wanted) in cases {
        let said = refused(folder.path(), &format!("{HEAD}{design}"));
        assert!(said.starts_with(&format!("error: {wanted}")), "{said}\nshould begin: {wanted}");
    }
}

/// A zone and these lines.
fn zone(lines: &str) -> String {
    format!("{ZONE}{lines}\n")
}

fn joined(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(", ")
}

/// Corners around a circle, `last` of them in exchanged order.
fn ring(corners: usize, exchanged: bool) -> String {
    let corner = |k: usize| {
        let k = if exchanged && k >= corners - 2 { 2 * corners - 3 - k } else { k };
        let turn = std::f64::consts::TAU * k as f64 / corners as f64;
        format!("[{:.5}, {:.5}]", 0.5 + 0.4 * turn.cos(), 0.4 * turn.sin())
    };
    format!("outline = [{}]", joined(corners, corner))
}

/// Places along the middle of the head.
fn places(count: usize) -> String {
    joined(count, |k| format!("[{:.6}, 0]", k as f64 / count as f64))
}

#[test]
fn the_bounds_are_some() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("d.toml"), [HEAD, ZONE, SHAPE].concat()).unwrap();
    assert!(check(folder.path(), MOST_KIB).status.success());
    assert!(check_at_once(folder.path()).status.success());
    assert!(!check(folder.path(), 16 << 10).status.success(), "no bound on memory");
}

#[test]
fn more_than_there_may_be_is_refused_with_the_first_too_many() {
    let tiny = |count: usize, kind: &str| {
        (0..count).fold(String::new(), |mut all, k| {
            let _ = writeln!(
                all,
                "[[{kind}]]\nname = \"{k}\"\nround = {{ s = 0, t = 0, radius_mm = 1 }}"
            );
            all
        })
    };
    let dense = |zones: String| zones.replace("round", "density_per_cm2 = 1\nround");
    let sessions = |count: usize| "[[session]]\ndensity_part = 0.5\n".repeat(count);
    let layers = (0..1_000).map(|k| {
        let layer = k / 2;
        format!("[[zone]]\nname = \"{k}\"\nlayer = {layer}\ndensity_per_cm2 = 1\n{SHAPE}")
    });
    let layers: String = layers.collect();
    let fade = "{ toward = [[0, 0], [1, 0]], over_mm = 5 }";
    let known = "\"999\", ".repeat(130_000);
    all_refused(&[
        (layers, "d.toml:203:1: this zone has the layer 20, and there are 20 others before"),
        (dense(tiny(1_001, "zone")), "d.toml:4003:1: more than 1000 zones"),
        (dense(tiny(12_000, "zone")), "d.toml:4003:1: more than 1000 zones"),
        (zone(SHAPE) + &tiny(1_001, "keep_out"), "d.toml:3008:1: more than 1000 zones"),
        (zone(&ring(1_001, false)), "d.toml:6:11: the outline has 1001 corners, must have 3 to"),
        (
            zone(&format!("outline = [{}]", joined(120_000, |_| "[0, 0]".to_owned()))),
            "d.toml:6:11: the outline has 119999 corners, must have 3 to 1000",
        ),
        (
            zone(&format!("outline = [{}]", joined(1_000_000, |_| "[0, 0]".to_owned()))),
            "cannot read a design from d.toml: more than 1048576 bytes",
        ),
        (zone(SHAPE) + &sessions(10), "d.toml:26:1: more than 9 sessions"),
        (zone(SHAPE) + &sessions(30_000), "d.toml:26:1: more than 9 sessions"),
        (
            dense(tiny(1_000, "zone"))
                + &format!("[[session]]\ndensity_part = 1\nzones = [{known}\"none\"]\n"),
            "d.toml:4005:910010: there is no zone or pattern \"none\"",
        ),
        (
            zone(&format!("line = {{ width_mm = 1, through = [{}] }}", places(201))),
            "d.toml:6:34: the curve passes 201 places, must pass 2 to 200",
        ),
        (
            zone(&format!("hairline = {{ depth_mm = 9, through = [{}] }}", places(60_000))),
            "d.toml:6:38: the curve passes 60000 places, must pass 2 to 200",
        ),
        (
            zone(&format!("{SHAPE}fade = [{{ over_mm = 5, toward = [{}] }}]", places(201))),
            "d.toml:7:33: the curve passes 201 places, must pass 2 to 200",
        ),
        (
            zone(&format!("{SHAPE}fade = [{}]", joined(41, |_| fade.to_owned()))),
            "d.toml:7:1769: more than 40 fades of all zones",
        ),
        (
            zone(&format!("{SHAPE}fade = [{}]", joined(20_000, |_| fade.to_owned()))),
            "d.toml:7:1769: more than 40 fades of all zones",
        ),
    ]);
}

#[test]
fn outlines_of_a_thousand_corners_that_are_none_are_refused() {
    let good: String =
        (0..40).map(|k| zone(&ring(1_000, false)).replace("\"a\"", &format!("\"{k}\""))).collect();
    all_refused(&[
        (zone(&ring(1_000, true)), "d.toml:6:11: the outline crosses itself: edges 998 and 1000"),
        (good + &zone(&ring(1_000, true)), "d.toml:166:11: the outline crosses itself: edges 998"),
        (zone(&format!("outline = [{}]", places(1_000))), "d.toml:6:11: the outline encloses no"),
    ]);
}

#[test]
fn depth_is_refused_and_no_stack_runs_over() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("{}1{}\n", open.repeat(count), close.repeat(count))
    };
    let deep = "cannot recurse further; max recursion depth met";
    let (array, table) = (format!("d.toml:3:85: {deep}"), format!("d.toml:3:405: {deep}"));
    let within = format!("d.toml:6:91: {deep}");
    let key = "a.".repeat(DEEP);
    all_refused(&[
        (format!("a = {}", nested("[", "]", DEEP)), &array),
        (format!("a = {}", "[".repeat(FULL)), &array),
        (format!("a = {}", nested("{ a = ", " }", DEEP)), &table.replace("405", "485")),
        (format!("a = {}", "{ a = ".repeat(FULL / 6)), &table.replace("405", "485")),
        (zone(&format!("outline = {}", nested("[", "]", DEEP))), &within),
        (format!("{key}a = 1\n"), "d.toml:3:1: recursion limit"),
        (format!("[{key}a]\n"), "d.toml:3:2: recursion limit"),
        (zone(&format!("{SHAPE}[[zone.{key}a]]\n")), "d.toml:7:3: recursion limit"),
        (zone(&format!("round = {{ {key}a = 1 }}")), "d.toml:6:11: recursion limit"),
    ]);
}

#[test]
fn words_of_a_million_letters_are_refused_and_not_told_whole() {
    let long = "n".repeat(1_000_000);
    let half = &long[..400_000];
    let path = "[pattern]\nanchor = { s = 0.5, t = 0 }\n";
    all_refused(&[
        (format!("{long} = 1\n"), "d.toml:3:1: unknown field `nnn"),
        (format!("[{long}]\n"), "d.toml:3:2: unknown field `nnn"),
        (zone(&format!("{SHAPE}kind = \"{long}\"")), "d.toml:7:8: unknown variant `nnn"),
        (zone(SHAPE).replace("\"a\"", &format!("\"{half}\"")), "d.toml:4:8: name has 400000 bytes"),
        (
            zone(SHAPE) + &format!("[[session]]\ndensity_part = 1\nzones = [\"{half}\"]\n"),
            "d.toml:10:10: zones has 400000 bytes, limit 120",
        ),
        (
            zone(SHAPE) + &format!("[[keep_out]]\nname = \"{half}\"\n{SHAPE}"),
            "d.toml:9:8: name has 400000 bytes, limit 120",
        ),
        (format!("{path}file = \"{long}\"\n"), "d.toml:5:8: \"nnn"),
        (format!("{path}file = \"{long}.csv\"\n"), "d.toml:5:8: cannot read \"nnn"),
        (format!("spacing_floor_mm = {}\n", "9".repeat(1_000_000)), "d.toml:3:20: integer number"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let named = [&HEAD.replace("\"h\"", &format!("\"{long}\"")), ZONE, SHAPE].concat();
    let said = refused(folder.path(), &named);
    assert!(said.starts_with("error: d.toml:2:"), "{said}");
}

#[test]
fn a_design_full_of_rubbish_is_refused_by_its_first_mistake() {
    let full = |line: &str| line.repeat(FULL / line.len());
    let keys = (0..70_000).fold(String::new(), |mut all, k| {
        let _ = writeln!(all, "a{k} = 1");
        all
    });
    all_refused(&[
        (full("=\n"), "d.toml:3:1: unquoted keys cannot be empty"),
        (full("\"\n"), "d.toml:3:2: key with no value"),
        (full("]]\n"), "d.toml:3:1: missing table open"),
        (full("a = 1\n"), "d.toml:4:1: duplicate key"),
        (full("[[zone]]\n"), "d.toml:3:1: missing field `name`"),
        (keys, "d.toml:3:1: unknown field `a0`"),
        (full("#\n")[..900_000].to_owned() + "a = 1\n", "d.toml:450003:1: unknown field `a`"),
        ("a = \"\0\"\n".to_owned(), "d.toml:3:6: invalid basic string"),
        ("a = \"\u{202E}\u{1F4A9}\n".to_owned(), "d.toml:3:"),
        (zone(&format!("{SHAPE}layer = 65536")), "d.toml:7:9: invalid value: integer `65536`"),
        (zone(&format!("{SHAPE}seed = -1")), "d.toml:7:8: invalid value: integer `-1`"),
        (zone(&format!("{SHAPE}seed = {}", u128::MAX)), "d.toml:7:8: "),
        (zone("outline = 1979-05-27T07:32:00Z"), "d.toml:6:11: invalid type"),
    ]);
}

#[test]
fn a_design_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("d.toml")).unwrap();
    let output = check_at_once(folder.path());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let wanted = "error: cannot read a design from d.toml: more than 1048576 bytes";
    assert!(said.starts_with(wanted), "{said}");
}
