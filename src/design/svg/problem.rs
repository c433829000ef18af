//! What can be wrong with an SVG.

use std::fmt;

/// What is wrong with an SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SvgProblem {
    /// The root is something else.
    NotSvg,
    /// No width and height with a unit, so no mm.
    NoSize,
    /// An attribute that cannot be read.
    Attribute {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Path data that cannot be read.
    PathData {
        /// Where it ends to be path data, in characters from 1.
        character: usize,
    },
    /// A style sheet whose rules could move or hide shapes.
    StyleSheet,
    /// More than any drawing has, and more than its reader bears.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Groups in groups in groups.
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// An element whose circles cannot be placed.
    Unsupported {
        /// Its name.
        element: String,
    },
}

impl fmt::Display for SvgProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSvg => f.write_str("the root element is not <svg>"),
            Self::NoSize => f.write_str(
                "the <svg> has no width and height, so its scale is unknown: give both in mm, and \
                 a viewBox",
            ),
            Self::Attribute { name, value } => write!(f, "cannot read {name}=\"{value}\""),
            Self::PathData { character } => {
                write!(f, "cannot read the path data from its character {character} on")
            }
            Self::StyleSheet => f.write_str(
                "the style sheet sets transform, display or visibility, which is not followed: \
                 set them on the shapes",
            ),
            Self::TooMany { what, limit } => write!(f, "more than {limit} {what}"),
            Self::TooDeep { limit } => write!(f, "elements nested deeper than {limit}"),
            Self::Unsupported { element } => {
                write!(f, "<{element}> is not supported: copy what it shows into plain elements")
            }
        }
    }
}
