//! Whose session it was, with what, and what was answered.

use super::block::{Block, Fact, Line, Section, Tone};
use crate::record::report::facts::{Report, TreatmentSitting};

/// Nothing for a run of no client.
pub(super) fn section(report: &Report) -> Option<Section> {
    let treatment = report.treatment.as_ref()?;
    let mut blocks = Vec::new();
    if treatment.sittings.is_empty() {
        let missing = "The client’s record was not at hand when this report was made.";
        blocks.push(Block::Paragraph(missing.into()));
    }
    treatment.sittings.iter().for_each(|sitting| one(&mut blocks, sitting));
    let title = format!("Client {}, session {}", treatment.client, treatment.session);
    Some(Section { id: "client", title, blocks })
}

fn one(blocks: &mut Vec<Block>, sitting: &TreatmentSitting) {
    let fact = |name, value: &str, wide| Fact { name, value: value.into(), wide };
    blocks.push(Block::Facts(vec![
        fact("Begun", &sitting.began, false),
        fact("Operator", &sitting.operator, false),
        fact("Pigment", &sitting.pigment, true),
        fact("Cartridge", &sitting.cartridge, true),
    ]));
    if sitting.answered.is_empty() {
        blocks.push(Block::Paragraph("Nothing spoke against it.".into()));
        return;
    }
    let spoke = Line::toned(Tone::Strong, "Spoke against it, and was answered:");
    blocks.push(Block::Paragraph(spoke));
    let answered = sitting.answered.iter().map(|answered| answered.as_str().into());
    blocks.push(Block::Bullets(answered.collect()));
}
