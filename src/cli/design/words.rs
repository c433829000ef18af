//! Warnings about a design, in words.

use smp::preview::{Turn, Turned, Warning};

/// What is the matter, and what it does to the look.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::TooDense { per_cm2, limit_per_cm2, dots, place_mm: [x, y, z] } => format!(
            "too dense: up to {per_cm2:.0} dots per cm2 (at x = {x:.0}, y = {y:.0}, z = {z:.0} mm of the scalp frame), and \
             more than {limit_per_cm2:.0} around {dots} dots: healed dots run together there"
        ),
        Warning::BelowFloor { dots, nearest_mm, floor_mm } => format!(
            "{dots} dots are left out: they lie nearer to another than the spacing floor of {floor_mm:.2} mm, down to \
             {nearest_mm:.2} mm"
        ),
        Warning::OverCap { dots, cap_per_cm2 } => format!(
            "{dots} dots are left out: with them a cm2 of skin would hold more than the design's cap of {cap_per_cm2:.0}"
        ),
        Warning::KeptOut { dots } => {
            format!("{dots} dots are left out: the design keeps dots out of where they would lie")
        }
        Warning::Hair { dots, clearance_mm } => in_hair(*dots, *clearance_mm),
        Warning::HairOffSkin { follicles, of } => off_skin(*follicles, *of),
        Warning::HairUnmapped => UNMAPPED.to_owned(),
        Warning::OffHead { dots } => {
            format!("{dots} dots are left out: there is no skin where they would lie")
        }
        Warning::NotScalp { dots } => {
            format!("{dots} dots are left out: they would lie on face, neck or ears")
        }
        Warning::Diameter { dots, finest_mm, largest_mm, limits_mm: [least, most] } => format!(
            "{dots} dots have a diameter that does not look like hair ({least} to {most} mm does): dots measure \
             {finest_mm:.2} to {largest_mm:.2} mm"
        ),
        Warning::Span { span_mm, limit_mm } => format!(
            "the drawing is {span_mm:.0} mm across, and a head has room for {limit_mm:.0}: check its unit"
        ),
        Warning::DrawnSpacing { median_mm, limits_mm: [least, most] } => format!(
            "the drawing's dots lie {median_mm:.2} mm apart, and hair {least} to {most}: check its unit"
        ),
        Warning::Turned(Turned { turn, off_as_drawn, off_turned }) => format!(
            "as drawn, {off_as_drawn} of the drawing's dots miss the scalp; {}, {off_turned} would: check which way up it \
             lies",
            turned(*turn)
        ),
        Warning::Stretch { spacing_percent: [low, high], .. } => format!(
            "on this head the pattern's spacing is {low:+.1} to {high:+.1} % of what is drawn: smaller patterns, or zones, \
             keep their look"
        ),
        Warning::Folded { triangles } => format!(
            "{triangles} triangles of the pattern's map lie on their back (an ear or an eye in the patch): no dot is laid \
             there"
        ),
        Warning::GaveWay { farthest_mm } => format!(
            "dots gave way by up to {farthest_mm:.2} mm, more than their spacing: fine detail is lost there"
        ),
        Warning::HairlineTooLow { .. }
        | Warning::HairlineTooEven { .. }
        | Warning::FrontRowTooEven { .. }
        | Warning::NoDots { .. }
        | Warning::ScarUntested { .. } => of_looks(warning),
    }
}

/// What a practitioner would say of a look whose dots all have their place; nothing of other warnings.
fn of_looks(warning: &Warning) -> String {
    match warning {
        Warning::HairlineTooLow { zone, height_mm, least_mm, dots } => format!(
            "hairline too low: \"{zone}\" begins {height_mm:.0} mm over the nasion ({dots} dots below {least_mm:.0}): the rule \
             is four fingers' breadth over the brows, and a hairline can be lowered later but not raised"
        ),
        Warning::HairlineTooEven { zone, irregular_mm, least_mm } => format!(
            "hairline too even: the rim of \"{zone}\" steps back by {irregular_mm:.1} mm, and below {least_mm:.0} mm it looks \
             drawn: give its edge more irregular_mm"
        ),
        Warning::FrontRowTooEven { zone, spacing_mm, variation, .. } => format!(
            "hairline too even: the frontmost dots of \"{zone}\" lie {spacing_mm:.2} mm apart, give or take {:.0} %, as if laid \
             out with a ruler",
            100.0 * variation
        ),
        Warning::ScarUntested { zone, dots } => format!(
            "scar untested: \"{zone}\" has {dots} dots, and scars take pigment in no predictable way: let a test patch heal \
             first, then say tested = true"
        ),
        Warning::NoDots { zone } => format!(
            "no dots in \"{zone}\": on this head no free skin lies in it; if it was drawn, check its anchor, and that \
             (0, 0) of the drawing lies on it"
        ),
        _ => String::new(),
    }
}

const UNMAPPED: &str = "the mask of hair cannot be laid on this head, so all dots are left out: check its anchor and width_mm";

fn in_hair(dots: usize, clearance_mm: f64) -> String {
    format!(
        "{dots} dots are left out: they would lie in hair, or nearer than {clearance_mm} mm to it"
    )
}

fn off_skin(follicles: usize, of: usize) -> String {
    format!(
        "{follicles} of {of} follicles lie on no skin of this head, and no dot keeps away from them: check that they were \
         found on this scan, in mm of the scalp frame"
    )
}

fn turned(turn: Turn) -> &'static str {
    match turn {
        Turn::Flipped => "turned over top to bottom",
        Turn::Mirrored => "mirrored left to right",
        Turn::HalfTurn => "turned by half a turn",
    }
}
