//! What to do about it: errors in files turned into advice for people. What faults ask for stands in the table of
//! reactions, `smp::stream::reaction`.

use super::output::Failure;
use smp::design::{DesignError, DxfProblem, ImageProblem};
use smp::scalp::ScalpError;

/// A scan or its landmarks cannot be used.
pub fn scalp(error: &ScalpError, file: &str) -> Failure {
    let advice = match error {
        ScalpError::Size { .. } => "export the scan in mm, or scale it, landmarks with it",
        ScalpError::InsideOut { .. } | ScalpError::Mirrored { .. } => {
            "export the scan again without mirroring and with outward faces"
        }
        ScalpError::LandmarkOff { .. } | ScalpError::LandmarksCrooked { .. } => {
            "pick the four landmarks on this very mesh: nasion, inion, lpa (left), rpa (right)"
        }
        ScalpError::LandmarksSwapped { .. } | ScalpError::LandmarksFolded { .. } => {
            "check the names: lpa is the client's left ear, rpa the right one"
        }
        ScalpError::NoFaces { .. } | ScalpError::TooFewFaces { .. } => {
            "export the scan as a closed or nearly closed triangle surface"
        }
        ScalpError::Incomplete { .. } => "scan the whole head, or close the holes",
        ScalpError::Landmarks { .. } | ScalpError::LandmarkUnits { .. } => {
            "write landmarks.json as docs/formats.md shows it"
        }
        _ => "export the scan again; STL, OBJ and PLY are read",
    };
    let named = error.to_string();
    let what = if named.contains(file) { named } else { format!("{file}: {named}") };
    Failure::input(what).advise(advice)
}

/// A design cannot be used.
pub fn design(error: &DesignError) -> Failure {
    let advice = match error {
        DesignError::TooDense { .. } => {
            "lower density_per_cm2; scalp work uses 20 to 80 dots per cm2 over all sessions"
        }
        DesignError::OutOfRange { .. } | DesignError::NotANumber { .. } => {
            "correct the number at the place named"
        }
        DesignError::NotOneHair { .. } => {
            "follicles = \"FILE.csv\" or mask = \"FILE.png\" in [hair]"
        }
        DesignError::MaskNeeds { .. } => {
            "say in [hair] where the image lies: anchor = { s = ..., t = ... }, and its true width_mm"
        }
        DesignError::OtherFormat { .. } => "save it in that format, with that ending",
        DesignError::TallMask { .. } => "width_mm is the true width of the whole image: correct it",
        DesignError::TooManyFollicles { .. } => {
            "list the follicles around the zones only: the others keep no dot away"
        }
        DesignError::NoHair { .. } => "leave [hair] out where none grows, or lower its threshold",
        DesignError::Unreadable { .. } | DesignError::PathLeaves { .. } => {
            "put the file beside the design and name it without a folder"
        }
        DesignError::UnknownPattern { .. } => "save the drawing as one of these, with that ending",
        DesignError::Image { problem: ImageProblem::NoWidth, .. } => {
            "width_mm = ... in [pattern], or --width-mm"
        }
        DesignError::Image { problem: ImageProblem::NotRound { .. }, .. } => {
            "draw the dots apart; a higher threshold may part them, too"
        }
        DesignError::Image { problem: ImageProblem::TooCoarse { .. }, .. } => {
            "export the image at a higher resolution, without specks"
        }
        DesignError::Dxf { problem: DxfProblem::NoUnit, .. } => {
            "unit = \"mm\" in [pattern], or --unit mm, if that is what it was drawn in"
        }
        DesignError::Size { .. } => "export the drawing again in true mm, or correct size_mm",
        DesignError::Toml { .. } => "docs/formats.md lists every key",
        _ => "docs/formats.md describes designs and patterns",
    };
    Failure::input(error).advise(advice)
}
