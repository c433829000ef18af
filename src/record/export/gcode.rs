//! The program as plain G-code.

use crate::device::{PlainStroke, Step, Strike, encode_move, nominal_steps};
use crate::machine::{Axis, Profile};
use crate::plan::Draft;
use std::io::{self, Write};

/// Units, feed by the minute and absolute positions; plane, cutter and tool length as none of the moves needs them
/// otherwise. `G61`: no corner may be rounded, or the needle does not get to the bottom and the tool moves sideways
/// while it is near the skin.
const PREAMBLE: &str = "G17 G21 G40 G49 G61 G90 G94";
/// Longest text of a user's in a comment: plain Grbl takes lines of up to 80 bytes.
const NAME_MAX: usize = 32;

/// Writes the nominal run as G-code of no dialect: absolute machine coordinates, a preamble, a comment before the
/// stroke of each dot, `M2`. It carries planned depths for a phantom, not what a depth loop would make of them.
pub fn gcode(
    design: &str,
    draft: &Draft,
    machine: &Profile,
    to: &mut impl Write,
) -> io::Result<()> {
    let (design, name) = (in_comment(design), in_comment(&machine.name));
    writeln!(to, "(smp: {design} on {name}, {} dots)", draft.dots.len())?;
    writeln!(to, "(for a phantom that lies where the machine profile has it)")?;
    writeln!(to, "(planned depths, no depth loop)")?;
    writeln!(to, "(machine coordinates: X Y Z and C in mm, A and B in degrees)")?;
    writeln!(to, "{PREAMBLE}")?;
    if machine.stroke_axes() == [Axis::C] {
        // Whatever was done before: the needle is in before anything else moves.
        writeln!(to, "G53G0C0.000")?;
    }
    let (mut line, mut back) = (String::new(), String::new());
    for step in nominal_steps(draft, machine) {
        line.clear();
        match step {
            Step::Move(joints) => {
                encode_move(&joints, machine.axes(), &mut line);
                writeln!(to, "{line}")?;
            }
            Step::Strike(strike) => {
                back.clear();
                let travel_mm = f64::from(strike.travel_um) * 1e-3;
                let bottom = machine.kinematics().stroked(&strike.pose, travel_mm);
                let (rest, axes) = (&strike.pose, machine.stroke_axes());
                let Strike { dot, speed_mm_per_s, .. } = strike;
                PlainStroke { rest, bottom: &bottom, axes, speed_mm_per_s }
                    .strike(&mut line, &mut back);
                writeln!(to, "(dot {})\n{line}\n{back}", dot.0)?;
            }
        }
    }
    writeln!(to, "M2")
}

/// A name as it may stand in a comment: no bracket that ends it, no new line, none of the bytes that Grbl takes out
/// of any line and obeys at once (`?`, `!`, `~`, those above 127).
fn in_comment(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' };
    name.chars().map(plain).take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_neither_ends_a_comment_nor_commands_anything() {
        assert_eq!(in_comment("crown 2.1_b-c"), "crown 2.1_b-c");
        assert_eq!(in_comment("a(b)c;d%e!f?g~h$i"), "a_b_c_d_e_f_g_h_i");
        assert_eq!(in_comment("x)\nG0Z0\r\u{18}\u{84}\u{e9}"), "x__G0Z0____");
        assert_eq!(in_comment(&"n".repeat(500)).len(), NAME_MAX);
    }
}
