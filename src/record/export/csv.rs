//! Dots as CSV.

use super::table::{Table, Values};
use crate::plan::Draft;
use std::io::{self, Write};

/// Writes one row per dot in strike order, scalp frame.
pub fn planned(draft: &Draft, zones: &[String], to: &mut impl Write) -> io::Result<()> {
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

/// Writes a table, a column after the other as it has them; what is not known stays empty.
pub fn table(table: &Table, to: &mut impl Write) -> io::Result<()> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    writeln!(to, "{}", names.join(","))?;
    for row in 0..table.rows {
        for (at, column) in table.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let field = match &column.values {
                Values::Count(values) => values[row].map(|v| v.to_string()),
                Values::Number(values) => values[row].map(|v| v.to_string()),
                Values::Text(values) => values[row].as_deref().map(quoted),
            };
            write!(to, "{comma}{}", field.unwrap_or_default())?;
        }
        writeln!(to)?;
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
