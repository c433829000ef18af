//! Every visible `<circle>` is a dot.

use super::super::error::DesignError;
use super::super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot};
use super::canvas::{Canvas, Shape, shapes};
use roxmltree::Node;

/// What doubles may lose through transforms, mm: it puts no dot over a limit.
const LOST_MM: f64 = 1e-9;

/// The dots, and the number of shapes that make none.
pub(in super::super) fn parse(
    text: &str,
    file: &str,
) -> Result<(Vec<PatternDot>, u32), DesignError> {
    let (mut dots, mut ignored) = (Vec::new(), 0);
    shapes(text, file, &mut |canvas, shape| {
        if shape.seen.hidden || shape.name != "circle" {
            ignored += 1;
            return Ok(());
        }
        if dots.len() == MOST_PATTERN_DOTS {
            let (place, limit) = (canvas.place(shape.node), MOST_PATTERN_DOTS);
            return Err(DesignError::TooManyDots { place, limit });
        }
        dots.push(dot(canvas, shape)?);
        Ok(())
    })?;
    Ok((dots, ignored))
}

fn dot(canvas: &Canvas<'_>, shape: &Shape<'_, '_>) -> Result<PatternDot, DesignError> {
    let node = shape.node;
    let user_mm = shape.outer.then_inner(canvas.transform_of(node)?);
    let length = |name| Ok::<f64, DesignError>(canvas.length(node, name)?.unwrap_or(0.0));
    let [x, down] = user_mm.apply([length("cx")?, length("cy")?]);
    let radius = length("r")? * user_mm.mean_scale();
    let ranged = |key, value: f64, (low, high): (f64, f64)| {
        let inside = value.max(low).min(high);
        let value = if (value - inside).abs() < LOST_MM { inside } else { value };
        canvas.ranged(node, key, value, (low, high))
    };
    Ok(PatternDot {
        x_mm: ranged("x in mm", x, COORDINATE_MM)?,
        y_mm: ranged("y in mm", -down, COORDINATE_MM)?,
        diameter_mm: match radius {
            0.0 => None,
            // Drawn for people's eyes only.
            _ if node.attribute("data-diameter") == Some("none") => None,
            r => Some(ranged("diameter in mm", 2.0 * r, DIAMETER_MM)?),
        },
        shade: number(canvas, node, "data-shade")?
            .map(|v| ranged("data-shade", v, (0.0, 1.0)))
            .transpose()?,
        layer: number(canvas, node, "data-layer")?
            .map(|v| ranged("data-layer", v.trunc(), (0.0, f64::from(u16::MAX))))
            .transpose()?
            .map(|v| v as u16),
    })
}

fn number(canvas: &Canvas<'_>, node: Node<'_, '_>, name: &str) -> Result<Option<f64>, DesignError> {
    let Some(attribute) = node.attribute_node(name) else {
        return Ok(None);
    };
    match attribute.value().trim().parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(canvas.unreadable(attribute)),
    }
}
