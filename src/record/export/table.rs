//! One row per dot of the design: what was planned and, of a run, what became of it.

use super::struck::When;
use crate::plan::PlannedDot;
use crate::record::plan_file::ProvedPlan;
use crate::record::report::{Standing, Standings};
use crate::stream::Estimate;

/// A table, by columns; numbers that nobody knows are `None`, never NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// In order.
    pub columns: Vec<Column>,
    /// How many.
    pub rows: usize,
}

/// A column: its unit is the end of its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// As in the file.
    pub name: &'static str,
    /// One for each row.
    pub values: Values,
}

/// A column's values.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers that count.
    Count(Vec<Option<u32>>),
    /// Measures.
    Number(Vec<Option<f64>>),
    /// Words.
    Text(Vec<Option<String>>),
}

/// A dot with all that is known of it.
struct Row<'a> {
    dot: u32,
    /// Its place in the program, from 1.
    turn: Option<u32>,
    state: &'static str,
    /// Why it is left out.
    reason: Option<&'static str>,
    planned: Option<&'a PlannedDot>,
    estimate: Option<Estimate>,
    when: Option<(u32, f64)>,
}

impl Table {
    /// A plan: dots in strike order, then those left out.
    pub fn of_plan(plan: &ProvedPlan) -> Self {
        let rows = rows(plan, |_, _| ("planned", None, None));
        Self { columns: planned(&rows, &plan.file.zones), rows: rows.len() }
    }

    /// A run: the same rows, each with what became of it.
    pub fn of_run(plan: &ProvedPlan, standings: &Standings, when: &When) -> Self {
        let standings: Vec<Standing> = standings.iter().collect();
        let rows = rows(plan, |at, dot| {
            let (state, estimate) = match standings[at] {
                Standing::Open => ("skipped", None),
                Standing::Uncertain => ("uncertain", None),
                Standing::Done(estimate) => ("done", Some(estimate)),
            };
            (state, estimate, when.get(&dot.dot).copied().filter(|_| estimate.is_some()))
        });
        let mut columns = planned(&rows, &plan.file.zones);
        columns.extend(struck(&rows));
        Self { columns, rows: rows.len() }
    }
}

/// State, what is believed of it, and when.
type Became = (&'static str, Option<Estimate>, Option<(u32, f64)>);

fn rows(plan: &ProvedPlan, became: impl Fn(usize, &PlannedDot) -> Became) -> Vec<Row<'_>> {
    let dots = plan.program.dots().iter().enumerate().map(|(at, dot)| {
        let (state, estimate, when) = became(at, dot);
        let (turn, planned) = (Some(at as u32 + 1), Some(dot));
        Row { dot: dot.dot.0, turn, state, reason: None, planned, estimate, when }
    });
    let left_out = plan.file.rejected.iter().map(|rejected| Row {
        dot: rejected.dot.0,
        turn: None,
        state: "left_out",
        reason: Some(rejected.reason.name()),
        planned: None,
        estimate: None,
        when: None,
    });
    dots.chain(left_out).collect()
}

fn planned(rows: &[Row<'_>], zones: &[String]) -> Vec<Column> {
    let number = |name, value: fn(&PlannedDot) -> Option<f64>| {
        number(name, rows.iter().map(|row| row.planned.and_then(value)))
    };
    let zone = |dot: &PlannedDot| zones.get(usize::from(dot.zone)).cloned();
    let words = |word: fn(&Row<'_>) -> Option<&'static str>| {
        Values::Text(rows.iter().map(|row| word(row).map(str::to_owned)).collect())
    };
    let count =
        |value: fn(&Row<'_>) -> Option<u32>| Values::Count(rows.iter().map(value).collect());
    vec![
        Column { name: "dot", values: count(|row| Some(row.dot)) },
        Column { name: "turn", values: count(|row| row.turn) },
        Column { name: "state", values: words(|row| Some(row.state)) },
        Column { name: "reason", values: words(|row| row.reason) },
        Column {
            name: "zone",
            values: Values::Text(rows.iter().map(|row| row.planned.and_then(zone)).collect()),
        },
        Column { name: "layer", values: count(|row| row.planned.map(|dot| dot.layer.into())) },
        number("s", |dot| Some(dot.s)),
        number("t", |dot| Some(dot.t)),
        number("x_mm", |dot| Some(dot.position.x())),
        number("y_mm", |dot| Some(dot.position.y())),
        number("z_mm", |dot| Some(dot.position.z())),
        number("nx", |dot| Some(dot.normal.x())),
        number("ny", |dot| Some(dot.normal.y())),
        number("nz", |dot| Some(dot.normal.z())),
        number("pattern_x_mm", |dot| dot.pattern_mm.map(|[x, _]| x)),
        number("pattern_y_mm", |dot| dot.pattern_mm.map(|[_, y]| y)),
        number("target_mm", |dot| Some(dot.target_mm)),
        number("diameter_mm", |dot| dot.diameter_mm),
        number("shade", |dot| dot.shade),
    ]
}

fn struck(rows: &[Row<'_>]) -> Vec<Column> {
    let believed = |name, value: fn(&Estimate) -> f32| {
        let value = |row: &Row<'_>| row.estimate.as_ref().map(|e| f64::from(value(e)));
        number(name, rows.iter().map(value))
    };
    let session = rows.iter().map(|row| row.when.map(|(session, _)| session));
    vec![
        believed("penetration_mm", |e| e.penetration_mm),
        believed("sigma_mm", |e| e.sigma_mm),
        believed("travel_mm", |e| e.travel_mm),
        believed("gap_mm", |e| e.gap_mm),
        believed("dimple_mm", |e| e.dimple_mm),
        believed("force_n", |e| e.force_n),
        Column { name: "session", values: Values::Count(session.collect()) },
        number("at_s", rows.iter().map(|row| row.when.map(|(_, at_s)| at_s))),
    ]
}

fn number(name: &'static str, values: impl Iterator<Item = Option<f64>>) -> Column {
    let known = values.map(|value| value.filter(|v| v.is_finite()));
    Column { name, values: Values::Number(known.collect()) }
}
