//! Two runs in one recording, each below an entity of its own name, and what they differ in below `/compare`: a viewer
//! shows one recording at a time, so that two of them can only be looked at in turn.

mod compare;
mod page;
mod shown;

use super::layout::{self, Content};
use super::sink::Sink;
use super::{APPLICATION, RecordingError, Telling, finish};
use crate::frame::{Machine, Scalp, Transform};
use crate::plan::{DotId, PlannedDot};
use crate::record::journal::{JournalError, Record};
use crate::record::plan_file::ProvedPlan;
use crate::record::truth::Truth;
use compare::Told;
use rerun::RecordingStreamBuilder;
use std::collections::BTreeMap;
use std::path::Path;
use thiserror::Error;

/// Dots are the same if they lie no farther apart, mm.
const SAME_MM: f64 = 0.01;

/// One of two runs.
pub struct Side<'a, J> {
    /// What it is called: the entity below which it stands.
    pub name: &'a str,
    /// Its plan.
    pub plan: &'a ProvedPlan,
    /// Its journals, one per session, in order, each with how the head lay in that session.
    pub journals: Vec<(Transform<Machine, Scalp>, J)>,
    /// What a simulator knows of it.
    pub truth: Option<&'a Truth>,
}

/// Why two runs cannot be compared dot by dot.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum Apart {
    /// A dot of this number is another one there.
    #[error("dot {} lies {mm:.2} mm apart in their plans", dot.0)]
    Elsewhere {
        /// Which.
        dot: DotId,
        /// How far.
        mm: f64,
    },
    /// No number stands in both plans.
    #[error("their plans have no dot in common")]
    Nothing,
}

/// Whether two plans strike the same dots: those that both have lie at the same place of the same head.
pub fn same_dots(first: &ProvedPlan, second: &ProvedPlan) -> Result<(), Apart> {
    let dots = |plan: &ProvedPlan| -> BTreeMap<DotId, PlannedDot> {
        plan.program.dots().iter().map(|dot| (dot.dot, dot.clone())).collect()
    };
    let (first, mut common) = (dots(first), 0);
    for (number, dot) in dots(second) {
        let Some(other) = first.get(&number) else { continue };
        let mm = other.position.distance(&dot.position);
        if mm > SAME_MM {
            return Err(Apart::Elsewhere { dot: number, mm });
        }
        common += 1;
    }
    if common == 0 { Err(Apart::Nothing) } else { Ok(()) }
}

/// Writes both into one recording. Their plans must strike the same dots ([`same_dots`]), and their names differ.
pub fn pair<J>(first: Side<'_, J>, second: Side<'_, J>, to: &Path) -> Result<(), RecordingError>
where
    J: IntoIterator<Item = Result<Record, JournalError>>,
{
    let names = [first.name, second.name];
    let title = format!("{} against {}", names[1], names[0]);
    let stream = RecordingStreamBuilder::new(APPLICATION).recording_name(title).save(to)?;
    let told = |side: Side<'_, J>| -> Result<Told, RecordingError> {
        let mut run =
            Telling::begin(Sink::below(stream.clone(), side.name), side.plan, side.truth)?;
        for (head, journal) in side.journals {
            run.session(head, journal)?;
        }
        let strikes = run.finish()?.strikes;
        Ok(Told::new(side.name, side.plan.program.dots(), &strikes, side.truth.is_some()))
    };
    let rule = second.plan.machine.depth;
    let (first, second) = (told(first)?, told(second)?);
    shown::show(&Sink::new(stream.clone()), &first, &second, &rule)?;
    layout::send(&stream, APPLICATION, Content::Pair(names))?;
    finish(stream)
}
