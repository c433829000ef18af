//! What the report does not say, and who signs it.

use super::block::{Block, Section, Signature};
use crate::record::report::facts::Report;

/// What figures are no proof of.
pub(super) fn statement(report: &Report) -> Section {
    let sensors = "The controller’s estimates come from its own height, force and contact sensors: an \
                   error of a sensor is in them.";
    let truth = if report.figures.source.is_some() {
        "The simulator’s truth holds for the simulated skin, needle and machine alone. Its figures are no \
         proof that a real machine is safe or exact on a person, and this program is no medical device."
    } else {
        "There is no independent measurement of depth in this report, and this program is no medical \
         device."
    };
    let people =
        "Whether a person may be treated is decided by people, with the machine in front of them.";
    let words = format!("{sensors} {truth} {people}");
    let title = "What this report does not say".to_owned();
    Section { id: "safety", title, blocks: vec![Block::Paragraph(words.into())] }
}

/// Where people sign: names as far as the folder tells them.
pub(super) fn signatures(report: &Report) -> Section {
    let mut operators: Vec<&str> = Vec::new();
    let mut client = String::new();
    if let Some(treatment) = &report.treatment {
        client.clone_from(&treatment.client);
        for sitting in &treatment.sittings {
            if !sitting.operator.is_empty() && !operators.contains(&sitting.operator.as_str()) {
                operators.push(&sitting.operator);
            }
        }
    }
    let signature = |role, name: &str| Signature { role, name: name.to_owned() };
    let mut signed: Vec<Signature> =
        operators.iter().map(|name| signature("Operator", name)).collect();
    if signed.is_empty() {
        signed.push(signature("Operator", ""));
    }
    signed.push(signature("Client", &client));
    signed.push(signature("Supervisor", ""));
    let blocks = vec![Block::Signatures(signed)];
    Section { id: "signatures", title: "Signatures".to_owned(), blocks }
}
