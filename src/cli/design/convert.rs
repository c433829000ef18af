//! `smp design convert`: a drawing's dots in another format.

use super::super::output::Failure;
use super::super::{Done, advice, load, output, whole};
use serde::Serialize;
use smp::design::drawing::{Axis, Drawing, Format, Reading, THRESHOLD, Unit, WIDTH_MM};
use smp::design::write;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The drawing: .csv, .svg, .dxf or .png
    drawing: PathBuf,
    /// Where to write its dots: .svg or .csv
    to: PathBuf,
    /// Unit of a .dxf that says none
    #[arg(long)]
    unit: Option<NamedUnit>,
    /// True width of a .png, mm
    #[arg(long, value_parser = width)]
    width_mm: Option<f64>,
    /// Darkness from which on a pixel of a .png belongs to a dot [default: 0.5]
    #[arg(long, value_parser = threshold)]
    threshold: Option<f64>,
    /// Let this coordinate count the other way: turn the drawing over
    #[arg(long)]
    mirror: Option<NamedAxis>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum NamedUnit {
    Mm,
    Cm,
    In,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum NamedAxis {
    X,
    Y,
}

#[derive(Serialize)]
struct Printed {
    dots: usize,
    ignored_shapes: u32,
    /// How far the middles of the dots lie apart, mm.
    span_mm: [f64; 2],
    written: String,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let to_svg = match Format::of(&load::shown(&args.to)) {
        Some(Format::Svg) => true,
        Some(Format::Csv) => false,
        _ => {
            let ending =
                format!("cannot write {}: .svg and .csv are written", load::shown(&args.to));
            return Err(Failure::input(ending).advise("name a file with one of these endings"));
        }
    };
    let drawing = read(args)?;
    not_onto_itself(args)?;
    let text = if to_svg { write::to_svg(&drawing.dots) } else { write::to_csv(&drawing.dots) };
    whole::write(&args.to, text.as_bytes())?;
    let printed = Printed {
        dots: drawing.dots.len(),
        ignored_shapes: drawing.ignored_shapes,
        span_mm: drawing.span_mm(),
        written: load::shown(&args.to),
    };
    if args.json {
        return output::json(&printed);
    }
    let [width, height] = printed.span_mm;
    output::line(&format!(
        "{}: {} dots that span {width:.3} by {height:.3} mm",
        printed.written, printed.dots
    ));
    if printed.ignored_shapes > 0 {
        output::line(&format!("{} shapes make no dots", printed.ignored_shapes));
    }
    Ok(())
}

fn read(args: &Args) -> Result<Drawing, Failure> {
    let file = load::shown(&args.drawing);
    let format = Format::of(&file).ok_or_else(|| {
        Failure::input(format!("{file} is no .csv, .svg, .dxf or .png file"))
            .advise("save the drawing as one of these, with that ending")
    })?;
    belongs(args, format)?;
    let reading = Reading {
        unit: args.unit.map(NamedUnit::unit),
        width_mm: args.width_mm,
        threshold: args.threshold,
        mirror: args.mirror.map(NamedAxis::axis),
    };
    let bytes = load::drawing(&args.drawing)
        .map_err(|e| Failure::input(format!("cannot read a drawing from {file}: {e}")))?;
    Drawing::read(bytes, &file, format, &reading).map_err(|e| advice::design(&e))
}

/// An option that says nothing of such a drawing is a slip.
fn belongs(args: &Args, format: Format) -> Done {
    let slip = [
        ("--unit", args.unit.is_some(), Format::Dxf, ".dxf"),
        ("--width-mm", args.width_mm.is_some(), Format::Png, ".png"),
        ("--threshold", args.threshold.is_some(), Format::Png, ".png"),
    ]
    .into_iter()
    .find(|(_, given, owner, _)| *given && *owner != format);
    slip.map_or(Ok(()), |(option, _, _, extension)| {
        Err(Failure::input(format!("{option} is for {extension} files only"))
            .advise(format!("leave {option} out")))
    })
}

fn not_onto_itself(args: &Args) -> Done {
    let place = |path: &Path| path.canonicalize().ok();
    let own = place(&args.drawing);
    if own.is_some() && own == place(&args.to) {
        let slip = format!("cannot write to {}: it is the drawing", load::shown(&args.to));
        return Err(Failure::input(slip).advise("name another file"));
    }
    Ok(())
}

fn width(written: &str) -> Result<f64, String> {
    within(written, WIDTH_MM)
}

fn threshold(written: &str) -> Result<f64, String> {
    within(written, THRESHOLD)
}

fn within(written: &str, (low, high): (f64, f64)) -> Result<f64, String> {
    let value = written.parse().ok().filter(|value| (low..=high).contains(value));
    value.ok_or_else(|| format!("must be {low} to {high}"))
}

impl NamedUnit {
    fn unit(self) -> Unit {
        match self {
            Self::Mm => Unit::Mm,
            Self::Cm => Unit::Cm,
            Self::In => Unit::In,
        }
    }
}

impl NamedAxis {
    fn axis(self) -> Axis {
        match self {
            Self::X => Axis::X,
            Self::Y => Axis::Y,
        }
    }
}
