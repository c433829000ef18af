//! `smp bench sensitivity`: each figure of the world over its whole range, alone. Which of them would break
//! the promise of depth first?

mod chart;
mod overlay;
mod page;
mod parameter;
mod setting;
mod swept;
mod table;
#[cfg(test)]
mod tests;

use super::controller::Controller;
use super::runs::Bench;
use super::score::Score;
use crate::cli::Done;
use crate::cli::output::{self, Failure};
use overlay::{Overlay, SKIN_FILE};
use parameter::Parameter;
use serde::Serialize;
use setting::Setting;
use std::collections::BTreeMap;
use std::path::PathBuf;
use swept::{Point, Swept};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only parameters one of whose keys contains one of these
    #[arg(long, value_delimiter = ',')]
    parameters: Vec<String>,
    /// Seeds of each value
    #[arg(long, default_value_t = 6)]
    seeds: u64,
    /// Dots of each run, 1.4 mm apart
    #[arg(long, default_value_t = 520)]
    dots: usize,
    /// The machine
    #[arg(long, default_value = "gantry6")]
    machine: String,
    /// Write the picture
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The scenario file of one value.
const WORLD_FILE: &str = "world.toml";

/// What is printed with `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    seeds: u64,
    dots: usize,
    machine: &'a str,
    parameters: &'a [Swept],
    not_swept: &'static [table::Unswept],
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let chosen: Vec<&Parameter> = table::parameters().filter(|p| is_chosen(p, args)).collect();
    if chosen.is_empty() {
        return Err(Failure::input("no parameter has such a key").advise(
            "look for keys in configs/scenarios/nominal.toml and configs/skin/scalp.toml",
        ));
    }
    let mut sweep = Sweep::new(args)?;
    let mut all = Vec::new();
    for (done, parameter) in (1..).zip(&chosen) {
        all.push(sweep.parameter(parameter)?);
        output::remark(&format!("{done} of {}: {}", chosen.len(), parameter.name));
    }
    swept::order(&mut all);
    if let Some(path) = &args.svg {
        let refuse = |e| Failure::refused(format!("cannot write {}: {e}", path.display()));
        std::fs::write(path, chart::svg(&all)).map_err(refuse)?;
    }
    if args.json {
        let not_swept = table::UNSWEPT;
        let (seeds, dots, machine) = (args.seeds, args.dots, args.machine.as_str());
        return output::json(&Whole { seeds, dots, machine, parameters: &all, not_swept });
    }
    output::line(&page::markdown(&all, table::UNSWEPT));
    Ok(())
}

fn is_chosen(parameter: &Parameter, args: &Args) -> bool {
    let named = |word: &String| parameter.keys.iter().any(|key| key.path().contains(word.as_str()));
    args.parameters.is_empty() || args.parameters.iter().any(named)
}

/// The two machines, and what each setting comes to at nominal values.
struct Sweep {
    with_stop: Bench,
    without_stop: Bench,
    nominal: BTreeMap<Setting, [Score; 2]>,
    seeds: u64,
}

impl Sweep {
    fn new(args: &Args) -> Result<Self, Failure> {
        Ok(Self {
            with_stop: Bench::new(&args.machine, args.dots, true)?,
            without_stop: Bench::new(&args.machine, args.dots, false)?,
            nominal: BTreeMap::new(),
            seeds: args.seeds,
        })
    }

    fn parameter(&mut self, parameter: &Parameter) -> Result<Swept, Failure> {
        let mut points = Vec::new();
        for value in parameter.values() {
            let nominal = value.total_cmp(&parameter.nominal).is_eq();
            let known = self.nominal.get(&parameter.setting).filter(|_| nominal);
            let scores = match known {
                Some(scores) => scores.clone(),
                None => self.scores(parameter, value)?,
            };
            if nominal {
                self.nominal.insert(parameter.setting, scores.clone());
            }
            let [with_stop, without_stop] = scores;
            points.push(Point { value, with_stop, without_stop });
        }
        Ok(Swept::new(*parameter, points))
    }

    fn scores(&self, parameter: &Parameter, value: f64) -> Result<[Score; 2], Failure> {
        let overlay = Overlay::new(parameter, value).map_err(Failure::refused)?;
        let score = |bench: &Bench| {
            bench.put(WORLD_FILE, &overlay.scenario)?;
            if let Some(skin) = &overlay.skin {
                bench.put(SKIN_FILE, skin)?;
            }
            bench.score(Controller::Loop, WORLD_FILE, self.seeds)
        };
        Ok([score(&self.with_stop)?, score(&self.without_stop)?])
    }
}
