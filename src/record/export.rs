//! Exports: the program as plain G-code, the dots as CSV.

use crate::device::{PlainStroke, Step, Strike, encode_move, nominal_steps};
use crate::machine::Profile;
use crate::plan::Draft;
use std::io::{self, Write};

/// Writes the nominal run as G-code of the `grblhal` dialect: absolute machine coordinates, one modal
/// preamble. It carries planned depths for a phantom, not what a depth loop would make of them.
pub fn gcode(draft: &Draft, machine: &Profile, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "G21 G90 G94 G17")?;
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
                let Strike { speed_mm_per_s, .. } = strike;
                PlainStroke { rest, bottom: &bottom, axes, speed_mm_per_s }
                    .strike(&mut line, &mut back);
                writeln!(to, "{line}\n{back}")?;
            }
        }
    }
    writeln!(to, "M2")
}

/// Writes one row per dot in strike order, scalp frame.
pub fn csv(draft: &Draft, zones: &[String], to: &mut impl Write) -> io::Result<()> {
    let header = "dot,x_mm,y_mm,z_mm,nx,ny,nz,zone,layer,pattern_x_mm,pattern_y_mm,target_mm,s,t";
    writeln!(to, "{header}")?;
    for dot in &draft.dots {
        let (p, n) = (dot.position, dot.normal);
        let zone = zones.get(usize::from(dot.zone)).map_or("", String::as_str);
        let [px, py] = dot
            .pattern_mm
            .map_or([String::new(), String::new()], |xy| xy.map(|v| format!("{v:.4}")));
        writeln!(
            to,
            "{},{:.4},{:.4},{:.4},{:.6},{:.6},{:.6},{},{},{px},{py},{:.3},{:.6},{:.6}",
            dot.dot.0,
            p.x(),
            p.y(),
            p.z(),
            n.x(),
            n.y(),
            n.z(),
            quoted(zone),
            dot.layer,
            dot.target_mm,
            dot.s,
            dot.t,
        )?;
    }
    Ok(())
}

/// A CSV field, quoted where its text needs it.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
