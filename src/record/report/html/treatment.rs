//! Whose session it was, and what was answered.

use super::text::Text;
use crate::record::report::facts::{Report, TreatmentSitting};

/// Nothing for a run of no client.
pub(super) fn write(out: &mut String, report: &Report) {
    let Some(treatment) = &report.treatment else { return };
    put!(
        out,
        "<section aria-labelledby=\"client\">\n<h2 id=\"client\">Client {}, session {}</h2>\n",
        Text(&treatment.client),
        treatment.session
    );
    if treatment.sittings.is_empty() {
        out.push_str("<p>The client’s record was not at hand when this report was made.</p>\n");
    }
    treatment.sittings.iter().for_each(|sitting| one(out, sitting));
    out.push_str("</section>\n");
}

fn one(out: &mut String, sitting: &TreatmentSitting) {
    put!(
        out,
        "<dl>\n<dt>Begun</dt><dd>{}</dd><dt>Operator</dt><dd>{}</dd>\n\
         <dt>Pigment</dt><dd>{}</dd><dt>Cartridge</dt><dd>{}</dd>\n</dl>\n",
        Text(&sitting.began),
        Text(&sitting.operator),
        Text(&sitting.pigment),
        Text(&sitting.cartridge)
    );
    if sitting.answered.is_empty() {
        out.push_str("<p>Nothing spoke against it.</p>\n");
        return;
    }
    out.push_str("<p><strong>Spoke against it, and was answered:</strong></p>\n<ul>\n");
    for answered in &sitting.answered {
        put!(out, "<li>{}</li>\n", Text(answered));
    }
    out.push_str("</ul>\n");
}
