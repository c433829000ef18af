//! Numbers that are none, in each key of a design that takes a number: refused with line, key and value.

use crate::designs::{HEAD, refused};

/// Behind these tables each line with the key that it is refused by; `?` stands for the number.
type Group = (&'static [&'static str], &'static [(&'static str, &'static str)]);

const ZONE: &str = "[[zone]]\nname = \"a\"\ndensity_per_cm2 = 10\n";
const ROUND: &str = "round = { s = 0.5, t = 0, radius_mm = 3 }\n";
/// Of a drawing that is not there: numbers are read before it.
const PATTERN: &str = "[pattern]\nfile = \"a.csv\"\nanchor = { s = 0.5, t = 0 }\n";
const IMAGE: &str = "[pattern]\nfile = \"a.png\"\nanchor = { s = 0.5, t = 0 }\n";
const MASK: &str = "[hair]\nmask = \"a.png\"\n";
const KEEP_OUT: &str = "[[keep_out]]\nname = \"k\"\n";

const GROUPS: [Group; 11] = [
    (&[], &[("spacing_floor_mm = ?", "spacing_floor_mm")]),
    (
        &[],
        &[(
            "density_cap_per_cm2 = ?\n[[zone]]\nname = \"a\"\nkind = \"crown\"\n\
             round = { s = 0.5, t = 0, radius_mm = 3 }",
            "density_cap_per_cm2",
        )],
    ),
    (
        &["[pattern]\nfile = \"a.png\"\n"],
        &[("anchor = { s = ?, t = 0 }", "anchor.s"), ("anchor = { s = 0, t = ? }", "anchor.t")],
    ),
    (&[PATTERN], &[("rotation_deg = ?", "rotation_deg"), ("target_mm = ?", "target_mm")]),
    (
        &[IMAGE],
        &[
            ("width_mm = ?", "width_mm"),
            ("width_mm = 100\nthreshold = ?", "threshold"),
            ("width_mm = 100\nsize_mm = [?, 10]", "size_mm"),
            ("width_mm = 100\nsize_mm = [10, ?]", "size_mm"),
        ],
    ),
    (
        &[ZONE],
        &[
            ("outline = [[0.4, 0], [?, 0.1], [0.6, 0.1]]", "outline s"),
            ("outline = [[0.4, 0], [0.4, ?], [0.6, 0.1]]", "outline t"),
            ("round = { s = ?, t = 0, radius_mm = 3 }", "s"),
            ("round = { s = 0.5, t = ?, radius_mm = 3 }", "t"),
            ("round = { s = 0.5, t = 0, radius_mm = ? }", "radius_mm"),
            ("line = { through = [[?, 0], [1, 0]], width_mm = 3 }", "s"),
            ("line = { through = [[0, 0], [1, ?]], width_mm = 3 }", "t"),
            ("line = { through = [[0, 0], [1, 0]], width_mm = ? }", "width_mm"),
            ("hairline = { through = [[0, ?], [1, 0]], depth_mm = 3 }", "t"),
            ("hairline = { through = [[0, 0], [1, 0]], depth_mm = ? }", "depth_mm"),
        ],
    ),
    (&["[[zone]]\nname = \"a\"\n", ROUND], &[("density_per_cm2 = ?", "density_per_cm2")]),
    (
        &[ZONE, ROUND],
        &[
            ("edge = { irregular_mm = ? }", "irregular_mm"),
            ("edge = { light_mm = ? }", "light_mm"),
            ("edge = { ramp_mm = ? }", "ramp_mm"),
            ("fade = [{ toward = [[0, 0], [?, 0]], over_mm = 3 }]", "s"),
            ("fade = [{ toward = [[0, 0], [1, 0]], over_mm = ? }]", "over_mm"),
            ("fade = [{ toward = [[0, 0], [1, 0]], over_mm = 3, to = ? }]", "to"),
            ("whorl = { s = ?, t = 0, radius_mm = 3 }", "s"),
            ("whorl = { s = 0, t = ?, radius_mm = 3 }", "t"),
            ("whorl = { s = 0, t = 0, radius_mm = ? }", "radius_mm"),
            ("whorl = { s = 0, t = 0, radius_mm = 3, contrast = ? }", "contrast"),
            ("target_mm = ?", "target_mm"),
            ("diameter_mm = ?", "diameter_mm"),
            ("shade = ?", "shade"),
            ("[[session]]\ndensity_part = ?", "density_part"),
            ("[[session]]\ndensity_part = 1\nshade = ?", "shade"),
            ("[rest]\nwithin_mm = 2\nseconds = ?", "rest.seconds"),
            ("[rest]\nseconds = 2\nwithin_mm = ?", "rest.within_mm"),
        ],
    ),
    (
        &[ZONE, ROUND, KEEP_OUT],
        &[
            ("outline = [[0.4, 0], [?, 0.1], [0.6, 0.1]]", "outline s"),
            ("round = { s = 0.5, t = 0, radius_mm = ? }", "radius_mm"),
            ("line = { through = [[0, 0], [1, ?]], width_mm = 3 }", "t"),
        ],
    ),
    (&[ZONE, ROUND, KEEP_OUT, ROUND], &[("margin_mm = ?", "margin_mm")]),
    (
        &[ZONE, ROUND, MASK],
        &[
            ("clearance_mm = ?", "clearance_mm"),
            ("width_mm = 10\nanchor = { s = ?, t = 0 }", "anchor.s"),
            ("anchor = { s = 0, t = 0 }\nwidth_mm = ?", "width_mm"),
            ("anchor = { s = 0, t = 0 }\nwidth_mm = 10\nrotation_deg = ?", "rotation_deg"),
            ("anchor = { s = 0, t = 0 }\nwidth_mm = 10\nthreshold = ?", "threshold"),
        ],
    ),
];

#[test]
fn numbers_that_are_none_are_refused_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let lines = GROUPS.iter().flat_map(|(before, lines)| lines.iter().map(move |l| (before, l)));
    for (before, (line, key)) in lines {
        for (number, shown) in [("nan", "NaN"), ("-nan", "NaN"), ("inf", "inf"), ("-inf", "-inf")] {
            let design = format!("{HEAD}{}{}\n", before.concat(), line.replace('?', number));
            let said = refused(folder.path(), &design);
            let row = design[..design.find(number).unwrap()].matches('\n').count() + 1;
            let named = said.contains(&format!(": {key} = {shown}"));
            let placed = said.starts_with(&format!("error: d.toml:{row}:"));
            assert!(placed && named, "{line} {number}: line {row}, {key}: {said}");
        }
    }
}
