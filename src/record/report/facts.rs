//! The report as data: what `report.json` holds and the page is drawn from.

use super::document::document;
use super::drawing::Drawing;
use super::figures::RunFigures;
use super::files::FileRow;
use super::histogram::Histogram;
use super::history::History;
use super::html;
use super::material::Material;
use super::pdf::{self, Paper};
use super::scale::Class;
use super::standing::Standing;
use super::words;
use crate::machine::DepthRule;
use crate::plan::PlannedDot;
use crate::record::judge::strikes_and_touches;
use crate::record::plan_file::PlanFigures;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;

/// The report. Its JSON has the figures of `--json` at the top level, and what surrounds them.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of the format.
    pub schema: u32,
    /// What it is about.
    #[serde(flatten)]
    pub facts: Facts,
    /// Whose session it was; `None` for a run of no client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treatment: Option<Treatment>,
    /// The figures.
    #[serde(flatten)]
    pub figures: RunFigures,
    /// Penetrations, counted.
    pub depths: Histogram,
    /// What happened.
    pub history: History,
    /// What was done at the console; `None` where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<AtTheDesk>,
    /// Dots of the design that are not in the plan.
    pub left_out: Vec<LeftOut>,
    /// Dots of the plan that were not struck and can be later.
    pub deferred: Vec<DotRow>,
    /// Dots of which nobody can say.
    pub uncertain: Vec<DotRow>,
    /// Dots that were struck and are shallower than the band, by truth or, without it, by estimate.
    pub shallow: Vec<DepthRow>,
    /// Dots that are deeper than band or ceiling.
    pub deep: Vec<DepthRow>,
    /// The files of the run.
    pub files: Vec<FileRow>,
    /// What the pictures are drawn from.
    #[serde(skip)]
    pub(super) drawing: Drawing,
}

/// What was run, on whom, with what.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// When the report was made, as the caller says it.
    pub made: String,
    /// The design.
    pub design: String,
    /// The scalp.
    pub scalp: String,
    /// The machine.
    pub machine: String,
    /// SHA-256 of the program's lines, hex.
    pub program: String,
    /// Depth wanted.
    pub depth: DepthRule,
    /// Figures of the planning.
    pub plan: PlanFigures,
    /// Names of zones and patterns.
    pub zones: Vec<String>,
}

/// A session of a client, as the client's record has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Treatment {
    /// The client's id.
    pub client: String,
    /// From 1.
    pub session: u32,
    /// In order; none if the record was not at hand.
    pub sittings: Vec<TreatmentSitting>,
}

/// One sitting of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TreatmentSitting {
    /// When it began, as it shall be shown.
    pub began: String,
    /// Who was at the machine.
    pub operator: String,
    /// The pigment, with lot and expiry.
    pub pigment: String,
    /// The cartridge, with lot, expiry and strikes.
    pub cartridge: String,
    /// What spoke against it, and why it was done all the same.
    pub answered: Vec<String>,
}

/// What was done at the console, until the report was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AtTheDesk {
    /// In order.
    pub deeds: Vec<DeskRow>,
    /// Those before them, counted only.
    pub left_out: usize,
    /// Why nothing after them is told: the log was changed, its last line is not whole, or it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// Something that was done there, or that befell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeskRow {
    /// UTC.
    pub at: String,
    /// In words.
    pub what: String,
}

/// A dot of the design that is not in the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// Its number in the design.
    pub dot: u32,
    /// A short stable name of the reason.
    pub reason: &'static str,
    /// The reason in words.
    pub words: String,
}

/// A planned dot with its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DotRow {
    /// Its number in the design.
    pub dot: u32,
    /// Its turn in the program, from 1.
    pub turn: usize,
    /// Its zone or pattern.
    pub zone: String,
    /// Scalp coordinate along the midline.
    pub s: f64,
    /// Scalp coordinate from ear to ear.
    pub t: f64,
    /// Scalp frame, mm.
    pub position_mm: [f64; 3],
    /// How often it was put off, and why last, where the journals say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_off: Option<String>,
}

/// A dot that was struck, with its depth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DepthRow {
    /// Which, and where it was planned.
    #[serde(flatten)]
    pub place: DotRow,
    /// By the best source there is.
    pub penetration_mm: f64,
}

impl Report {
    /// Version of the format.
    pub const SCHEMA: u32 = 1;

    /// Puts it together; `made` is the wall-clock time as it shall be shown.
    pub fn build(material: &Material<'_>, made: &str, files: Vec<FileRow>) -> Self {
        let plan = &material.plan.file;
        let facts = Facts {
            made: made.to_owned(),
            design: plan.design.clone(),
            scalp: plan.scalp.clone(),
            machine: plan.machine.name.clone(),
            program: crate::record::hex(material.plan.program.digest()),
            depth: plan.machine.depth,
            plan: plan.figures.clone(),
            zones: plan.zones.clone(),
        };
        let left_out = plan.rejected.iter().map(|r| LeftOut {
            dot: r.dot.0,
            reason: r.reason.name(),
            words: words::left_out(&r.reason),
        });
        let drawing = Drawing::new(material);
        Self {
            schema: Self::SCHEMA,
            treatment: None,
            desk: None,
            figures: RunFigures::new(material),
            depths: Histogram::new(&facts.depth, &drawing.truth_mm, &drawing.estimate_mm),
            history: material.history.clone(),
            left_out: left_out.collect(),
            deferred: rows(material, &facts.zones, Standing::Open),
            uncertain: rows(material, &facts.zones, Standing::Uncertain),
            shallow: struck(material, &facts.zones, Class::Shallow),
            deep: struck(material, &facts.zones, Class::Deep),
            files,
            drawing,
            facts,
        }
    }

    /// The same, of a client's session.
    #[must_use]
    pub fn of_client(mut self, treatment: Option<Treatment>) -> Self {
        self.treatment = treatment;
        self
    }

    /// The same, with what was done at the console.
    #[must_use]
    pub fn with_desk(mut self, desk: Option<AtTheDesk>) -> Self {
        self.desk = desk;
        self
    }

    /// Its data: `report.json`.
    ///
    /// # Errors
    /// Those of the writer of JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Data and pages that belong together: the pages name the digest of the data.
    ///
    /// # Errors
    /// What keeps it from being written as JSON or as PDF.
    pub fn print(&self, paper: Paper) -> Result<Printed, PrintError> {
        let json = self.to_json()?;
        let document = document(self, &sha256(&json));
        let pdf = pdf::write(&document, paper)?;
        Ok(Printed { html: html::page(&document), pdf, json })
    }
}

/// A report, written.
#[derive(Clone, Debug)]
pub struct Printed {
    /// For machines.
    pub json: Vec<u8>,
    /// One self-contained page, also well-formed XML.
    pub html: String,
    /// For paper.
    pub pdf: Vec<u8>,
}

/// Why a report is not written.
#[derive(Debug, Error)]
pub enum PrintError {
    /// Its data.
    #[error("as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Its pages.
    #[error("as PDF: {0}")]
    Pdf(#[from] pdf::PdfError),
}

fn sha256(bytes: &[u8]) -> String {
    crate::record::hex(&Sha256::digest(bytes))
}

fn rows(material: &Material<'_>, zones: &[String], wanted: Standing) -> Vec<DotRow> {
    let dots = material.plan.program.dots().iter().zip(material.standings.iter()).enumerate();
    let wanted = dots.filter(|(_, (_, standing))| *standing == wanted);
    let put_off = |dot: u32| {
        let (times, reasons) = material.history.put_off.get(&dot)?;
        Some(words::put_off(*times, *reasons))
    };
    let rows = wanted
        .map(|(index, (dot, _))| DotRow { put_off: put_off(dot.dot.0), ..row(index, dot, zones) });
    rows.collect()
}

/// Dots of a class of depth, in the order of the program: by truth, or by estimate where there is none.
fn struck(material: &Material<'_>, zones: &[String], wanted: Class) -> Vec<DepthRow> {
    let rule = &material.plan.machine.depth;
    let dots = material.plan.program.dots();
    let row = |index: usize, penetration_mm: f64| {
        let place = row(index, dots.get(index)?, zones);
        (Class::of(penetration_mm, rule) == wanted).then_some(DepthRow { place, penetration_mm })
    };
    let Some(truth) = material.truth else {
        let standings = material.standings.iter().enumerate();
        let depths = standings.filter_map(|(index, standing)| match standing {
            Standing::Done(estimate) => row(index, f64::from(estimate.penetration_mm)),
            Standing::Open | Standing::Uncertain => None,
        });
        return depths.collect();
    };
    let turns: BTreeMap<u32, usize> =
        dots.iter().enumerate().map(|(index, dot)| (dot.dot.0, index)).collect();
    let strikes = strikes_and_touches(truth).0.into_iter().filter_map(|strike| {
        let index = *turns.get(&strike.dot?)?;
        row(index, strike.penetration_mm)
    });
    let mut rows: Vec<DepthRow> = strikes.collect();
    rows.sort_by_key(|row| row.place.turn);
    rows
}

fn row(index: usize, dot: &PlannedDot, zones: &[String]) -> DotRow {
    DotRow {
        dot: dot.dot.0,
        turn: index + 1,
        zone: zones.get(usize::from(dot.zone)).cloned().unwrap_or_default(),
        s: dot.s,
        t: dot.t,
        position_mm: [dot.position.x(), dot.position.y(), dot.position.z()],
        put_off: None,
    }
}
