//! Solids that the tool keeps away from: what stands around the scanned head, and what of the client was not scanned.

use super::profile::{Profile, ProfileError};
use serde::{Deserialize, Serialize};

/// What is kept from a solid unless the profile says otherwise, mm.
pub(super) const KEEP_OUT_MM: f64 = 10.0;
/// More solids than this are a mistake.
const SOLIDS_MAX: usize = 64;
/// No corner of a solid is farther from its frame's origin along an axis, mm.
const CORNER_MAX_MM: f64 = 2000.0;
/// Longest name, letters.
const NAME_MAX: usize = 40;

/// A box along the axes of its frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepOut {
    /// What people call it.
    pub name: String,
    /// What it is fast to.
    pub frame: KeepOutFrame,
    /// Its corner with the least coordinates, mm.
    pub low_mm: [f64; 3],
    /// Its corner with the greatest, mm.
    pub high_mm: [f64; 3],
}

/// What a solid is fast to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepOutFrame {
    /// It stands in the machine, wherever the head lies.
    Machine,
    /// It moves and turns with the head.
    Scalp,
}

/// What is wrong with a solid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepOutProblem {
    /// There are more than the program takes.
    TooMany,
    /// Its name is empty or too long.
    Name,
    /// A corner is no number, or too far away.
    Corner,
    /// It has no inside along an axis.
    Empty,
}

impl std::fmt::Display for KeepOutProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMany => write!(f, "one too many: {SOLIDS_MAX} are the most"),
            Self::Name => write!(f, "name must be 1 to {NAME_MAX} letters"),
            Self::Corner => write!(
                f,
                "low_mm and high_mm must be numbers within {CORNER_MAX_MM} mm of the frame's origin"
            ),
            Self::Empty => write!(f, "low_mm must be less than high_mm along each axis"),
        }
    }
}

impl KeepOut {
    fn problem(&self) -> Option<KeepOutProblem> {
        let corners = || self.low_mm.iter().zip(&self.high_mm);
        let near = |mm: &f64| mm.is_finite() && mm.abs() <= CORNER_MAX_MM;
        if self.name.trim().is_empty() || self.name.chars().count() > NAME_MAX {
            Some(KeepOutProblem::Name)
        } else if !corners().all(|(low, high)| near(low) && near(high)) {
            Some(KeepOutProblem::Corner)
        } else if !corners().all(|(low, high)| low < high) {
            Some(KeepOutProblem::Empty)
        } else {
            None
        }
    }
}

impl Profile {
    /// Checks the solids, and names the first that is wrong by its place in the file.
    pub(super) fn check_keep_out(&self, file: &str) -> Result<(), ProfileError> {
        let wrong = |index: usize, problem| ProfileError::KeepOut {
            file: file.into(),
            index,
            name: self.keep_out[index].name.chars().take(NAME_MAX).collect(),
            problem,
        };
        if self.keep_out.len() > SOLIDS_MAX {
            return Err(wrong(SOLIDS_MAX, KeepOutProblem::TooMany));
        }
        let problems = self.keep_out.iter().enumerate();
        problems
            .filter_map(|(index, solid)| Some((index, solid.problem()?)))
            .map(|(index, problem)| Err(wrong(index, problem)))
            .next()
            .unwrap_or(Ok(()))
    }
}

/// For serde: what a profile without the key keeps.
pub(super) fn default_mm() -> f64 {
    KEEP_OUT_MM
}

/// For serde: a profile that keeps what is usual is written without the key, as it was before there was one.
pub(super) fn is_default_mm(mm: &f64) -> bool {
    *mm == KEEP_OUT_MM
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../configs/machines/gantry6.toml");

    fn with(solids: &str) -> Result<Profile, ProfileError> {
        Profile::parse(&format!("{SHIPPED}\n{solids}"), "odd.toml")
    }

    fn solid(name: &str, low: &str, high: &str) -> String {
        format!(
            "[[keep_out]]\nname = \"{name}\"\nframe = \"machine\"\nlow_mm = {low}\nhigh_mm = {high}\n"
        )
    }

    #[test]
    fn what_is_wrong_with_a_solid_is_told_with_its_place_in_the_file() {
        let good = solid("lamp", "[0, 0, 300]", "[50, 60.5, 400]");
        let shipped = with("").unwrap().keep_out.len();
        assert_eq!(with(&good).unwrap().keep_out.len(), shipped + 1);
        let tests = [
            (solid("", "[0, 0, 0]", "[1, 1, 1]"), KeepOutProblem::Name),
            (solid(&"x".repeat(41), "[0, 0, 0]", "[1, 1, 1]"), KeepOutProblem::Name),
            (solid("lamp", "[0, nan, 0]", "[1, 1, 1]"), KeepOutProblem::Corner),
            (solid("lamp", "[0, 0, 0]", "[1, inf, 1]"), KeepOutProblem::Corner),
            (solid("lamp", "[-2001, 0, 0]", "[1, 1, 1]"), KeepOutProblem::Corner),
            (solid("lamp", "[0, 0, 1]", "[1, 1, 1]"), KeepOutProblem::Empty),
            (solid("lamp", "[0, 2, 0]", "[1, 1, 1]"), KeepOutProblem::Empty),
        ];
        for (text, due) in tests {
            let refused = with(&format!("{good}{text}")).unwrap_err();
            let place = format!("odd.toml: keep_out[{}]", shipped + 1);
            assert!(refused.to_string().starts_with(&place), "{refused}");
            assert!(
                matches!(refused, ProfileError::KeepOut { problem, .. } if problem == due),
                "{text}: {refused}"
            );
        }
        let many = with(&good.repeat(SOLIDS_MAX + 1 - shipped)).unwrap_err();
        assert!(many.to_string().contains("one too many"), "{many}");
        with(&good.repeat(SOLIDS_MAX - shipped)).unwrap();
    }

    #[test]
    fn odd_keys_and_frames_of_a_solid_are_refused() {
        let good = solid("lamp", "[0, 0, 300]", "[50, 60, 400]");
        for (from, to) in [("machine", "world"), ("high_mm", "high"), ("[0, 0, 300]", "[0, 0]")] {
            let refused = with(&good.replace(from, to)).unwrap_err();
            assert!(matches!(refused, ProfileError::Syntax { .. }), "{refused}");
        }
    }

    #[test]
    fn a_profile_without_solids_is_written_as_it_was_before_there_were_any() {
        let from = SHIPPED.find("[[keep_out]]").unwrap_or(SHIPPED.len());
        let bare = SHIPPED[..from].replace("keep_out_mm = 10.0", "");
        let bare = Profile::parse(&bare, "bare.toml").unwrap();
        assert!(is_default_mm(&bare.clearance.keep_out_mm));
        assert!(!serde_json::to_string(&bare).unwrap().contains("keep_out"));
        let other = SHIPPED.replace("keep_out_mm = 10.0", "keep_out_mm = 12.0");
        let other = Profile::parse(&other, "other.toml").unwrap();
        let written = serde_json::to_string(&other).unwrap();
        assert!(written.contains("\"keep_out_mm\":12.0"), "{written}");
        assert_eq!(serde_json::from_str::<Profile>(&written).unwrap(), other);
    }
}
