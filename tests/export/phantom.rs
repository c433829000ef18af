//! A plan on the bundled head and what `smp export` makes of it.

use crate::arm::Vector;
use crate::place::repository;
use crate::process::run_well;
use std::sync::OnceLock;

/// A dot as `smp export --csv` has it, scalp frame.
#[derive(Debug)]
pub struct Dot {
    pub number: String,
    pub place: Vector,
    pub normal: Vector,
    pub target_mm: f64,
}

/// A plan, exported.
#[derive(Debug)]
pub struct Exported {
    pub gcode: String,
    /// In the order in which they are struck.
    pub dots: Vec<Dot>,
}

/// A name that would end the comment it stands in, and give orders in it.
const NAME: &str = r#""a (b) c) ;%!?~ \n(PROBEOPEN x)\u0084\u00e9 and then on and on and on""#;

/// The machines whose needle follows the skin.
pub const MACHINES: [&str; 2] = ["gantry6", "gantry5"];

/// The bundled crown on the bundled head, thinned to some 370 dots, planned for a machine and exported both ways.
pub fn exported(machine: &str) -> &'static Exported {
    static ONCE: [OnceLock<Exported>; 2] = [OnceLock::new(), OnceLock::new()];
    let at = MACHINES.iter().position(|name| *name == machine).unwrap();
    ONCE[at].get_or_init(|| export(machine))
}

fn export(machine: &str) -> Exported {
    let crown = std::fs::read_to_string(repository("configs/designs/crown/crown.toml")).unwrap();
    let thin = crown
        .replace("density_per_cm2 = 45", "density_per_cm2 = 2")
        .replace("name = \"crown\"", &format!("name = {NAME}"));
    assert!(thin.contains("PROBEOPEN") && thin.contains("= 2\n"), "{thin}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("thin.toml"), thin).unwrap();
    let plan = ["plan", "thin.toml", "--scalp", "pydeface_mean", "--machine", machine];
    run_well(folder.path(), &[&plan[..], &["--out", "the.plan"]].concat());
    run_well(folder.path(), &["export", "the.plan", "--gcode", "the.nc", "--csv", "dots.csv"]);
    let gcode = std::fs::read_to_string(folder.path().join("the.nc")).unwrap();
    let mut rows = csv::Reader::from_path(folder.path().join("dots.csv")).unwrap();
    let dots = rows.records().map(|row| dot(&row.unwrap())).collect();
    Exported { gcode, dots }
}

fn dot(row: &csv::StringRecord) -> Dot {
    let number = |column: usize| row[column].parse().unwrap();
    Dot {
        number: row[0].to_owned(),
        place: [1, 2, 3].map(number),
        normal: [4, 5, 6].map(number),
        target_mm: number(11),
    }
}
