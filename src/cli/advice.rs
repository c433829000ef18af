//! What to do about it: errors and faults turned into advice for people.

use super::output::Failure;
use smp::design::DesignError;
use smp::scalp::ScalpError;
use smp::stream::{Fault, Step};

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
        DesignError::Unreadable { .. } | DesignError::PathLeaves { .. } => {
            "put the pattern file beside the design and name it without a folder"
        }
        DesignError::Toml { .. } => "docs/formats.md lists every key",
        _ => "docs/formats.md describes designs and patterns",
    };
    Failure::input(error).advise(advice)
}

/// What a person has to do after a fault.
pub fn fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::NoAnswer(Step::Greeting) => {
            "check cable, power and baud rate, and that nothing else uses the port"
        }
        Fault::NoAnswer(_) | Fault::Error(_) | Fault::Nak(_) | Fault::Undeliverable(_) => {
            "check the cable; smp device probe shows what the device says"
        }
        Fault::Version { .. } | Fault::OtherMachine => {
            "use the machine profile that the plan was made for, or plan anew"
        }
        Fault::Missing(_) | Fault::Dialect(_) => {
            "this device may only work on a phantom: smp run --mode touch, or --mode open"
        }
        Fault::WorkPositions => {
            "let it report machine positions: $10=1 on Grbl, $10=511 on grblHAL"
        }
        Fault::NotHomed => "home the machine with nobody under it, then start again",
        Fault::Alarm(_) | Fault::State(_) | Fault::Reset => {
            "see that the needle is out, look at client and machine, then smp run --resume"
        }
        Fault::Silent(_) | Fault::LinkLost => {
            "the device has retracted by itself; mend the link, then smp run --resume"
        }
        Fault::Pose(_) | Fault::Counter { .. } | Fault::StrikeLost(_) => {
            "look at the machine before going on with smp run --resume"
        }
        Fault::Restless { .. } | Fault::Startled(_) => {
            "let the client settle, then smp run --resume"
        }
        Fault::NoContact | Fault::Disagree => {
            "look at needle, cartridge and contact wire, then smp run --resume"
        }
        Fault::Sensor(_) => {
            "mend or clean the sensor before going on: what it guards is not guarded; then smp run --resume"
        }
        Fault::LinkSlow { .. } => {
            "shorten the way to the device (a direct cable, no network, no hub), then smp run --resume"
        }
        Fault::Blind(_) => {
            "clean the height sensor, look for hair or wet ink, then smp run --resume"
        }
        Fault::Moved { .. } | Fault::Aside { .. } => {
            "register the head again, then smp run --resume"
        }
        Fault::Gate(_) => "this is a bug or a broken belief: keep the run's folder and report it",
        Fault::Ledger => {
            "free the disk; what was struck is in the ledger, smp run --resume goes on"
        }
        Fault::Internal => "keep the run's folder and report it; smp run --resume goes on",
    }
}
