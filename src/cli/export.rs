//! `smp export`: a plan or a run, for others to read.

use super::output::Failure;
use super::{Done, load, session, whole};
use smp::picture;
use smp::preview::Dots;
use smp::record::export::{self, Table};
use smp::record::folder::RunFolder;
use smp::record::plan_file::ProvedPlan;
use smp::record::report::Standings;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The plan, or a run's folder
    plan: PathBuf,
    #[command(flatten)]
    to: To,
}

/// Where to write what.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = true)]
struct To {
    /// The plan as G-code (for a phantom: planned depths, no depth loop)
    #[arg(long)]
    gcode: Option<PathBuf>,
    /// The plan as CSV: one row per planned dot, in strike order, scalp frame
    #[arg(long)]
    csv: Option<PathBuf>,
    /// Of a run's folder, as CSV: one row per dot of the design with what became of it, the columns of --parquet
    #[arg(long)]
    achieved_csv: Option<PathBuf>,
    /// One row per dot of the design as Parquet; of a run's folder with what became of it
    #[arg(long)]
    parquet: Option<PathBuf>,
    /// Head and dots as binary glTF; of a run's folder the dots that are done
    #[arg(long)]
    glb: Option<PathBuf>,
    /// Head and dots from five sides as SVG in true scale; of a run's folder the dots that are done
    #[arg(long)]
    svg: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let folder = args.plan.is_dir().then(|| RunFolder::new(&args.plan));
    let path = folder.as_ref().map_or_else(|| args.plan.clone(), RunFolder::plan);
    let to = &args.to;
    to.nothing_twice(&path)?;
    if to.achieved_csv.is_some() && folder.is_none() {
        return Err(Failure::input("--achieved-csv: this is a plan, of which nothing is done yet")
            .advise("name a run's folder, or --csv"));
    }
    let plan = load::plan(&path)?;
    to.program(&plan)?;
    if let Some(folder) = &folder {
        return to.run(folder, &plan);
    }
    let planned = || Dots::of_plan(&plan.file.zones, plan.program.dots());
    to.table(&plan, || Ok(Table::of_plan(&plan)))?;
    to.head(&plan, "planned", || Ok(planned()))
}

impl To {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let all = [&self.gcode, &self.csv, &self.achieved_csv, &self.parquet, &self.glb, &self.svg];
        all.into_iter().flatten()
    }

    /// An export that takes the place of its plan, or of another export, is a slip.
    fn nothing_twice(&self, plan: &Path) -> Done {
        let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut taken = vec![place(plan)];
        for to in self.all() {
            let to = place(to);
            if taken.contains(&to) {
                let slip =
                    format!("cannot write to {}: it is the plan, or named twice", load::shown(&to));
                return Err(Failure::input(slip).advise("name another file"));
            }
            taken.push(to);
        }
        Ok(())
    }

    /// What is of the plan alone.
    fn program(&self, plan: &ProvedPlan) -> Done {
        let draft = plan.program.draft();
        if let Some(to) = &self.gcode {
            let mut text = Vec::new();
            export::gcode(&plan.file.design, draft, &plan.machine, &mut text)
                .map_err(Failure::refused)?;
            whole::write(to, &text)?;
        }
        if let Some(to) = &self.csv {
            let mut text = Vec::new();
            export::csv(draft, &plan.file.zones, &mut text).map_err(Failure::refused)?;
            whole::write(to, &text)?;
        }
        Ok(())
    }

    /// What a run has made of it.
    fn run(&self, folder: &RunFolder, plan: &ProvedPlan) -> Done {
        if self.all().count() == self.gcode.iter().chain(&self.csv).count() {
            return Ok(());
        }
        let entries = session::entries(folder, plan)?;
        let standings = Standings::of(plan.program.dots(), &entries);
        self.table(plan, || {
            let when = export::when(folder).map_err(Failure::refused)?;
            Ok(Table::of_run(plan, &standings, &when))
        })?;
        self.head(plan, "struck", || {
            let truth = session::read_truth(folder)?;
            Ok(export::struck(plan, &standings, truth.as_ref()))
        })
    }

    fn table(&self, plan: &ProvedPlan, make: impl FnOnce() -> Result<Table, Failure>) -> Done {
        if self.parquet.is_none() && self.achieved_csv.is_none() {
            return Ok(());
        }
        let table = make()?;
        if let Some(to) = &self.achieved_csv {
            let mut text = Vec::new();
            export::table_csv(&table, &mut text).map_err(Failure::refused)?;
            whole::write(to, &text)?;
        }
        if let Some(to) = &self.parquet {
            let about = [
                ("smp.schema", "1".to_owned()),
                ("smp.design", plan.file.design.clone()),
                ("smp.scalp", plan.file.scalp.clone()),
                ("smp.machine", plan.file.machine.name.clone()),
                ("smp.program", smp::record::hex(plan.program.digest())),
            ];
            whole::write(to, &export::parquet(&table, &about).map_err(Failure::refused)?)?;
        }
        Ok(())
    }

    fn head(
        &self,
        plan: &ProvedPlan,
        what: &str,
        make: impl FnOnce() -> Result<Dots, Failure>,
    ) -> Done {
        if self.glb.is_none() && self.svg.is_none() {
            return Ok(());
        }
        let (head, dots) = (plan.file.skin.head(), make()?);
        if let Some(to) = &self.glb {
            whole::write(to, &export::glb(&head, &dots))?;
        }
        if let Some(to) = &self.svg {
            let title = format!("{} on {}, {what}", plan.file.design, plan.file.scalp);
            whole::write(to, picture::dots(&head, &dots, &title).0.as_bytes())?;
        }
        Ok(())
    }
}
