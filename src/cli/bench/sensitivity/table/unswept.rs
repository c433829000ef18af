//! Rows that are not swept, and why.

use serde::Serialize;

/// A row, or part of one.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Unswept {
    pub row: &'static str,
    pub mark: &'static str,
    pub because: &'static str,
}

const fn row(row: &'static str, mark: &'static str, because: &'static str) -> Unswept {
    Unswept { row, mark, because }
}

pub const UNSWEPT: &[Unswept] = &[
    row(
        "target penetration; band; hard ceiling",
        "S/D",
        "this is the promise itself, not an unknown of the world; the profile sets it",
    ),
    row(
        "epidermis and dermis thickness, four regions",
        "M",
        "the simulator writes it into the truth and nothing of the depth depends on it: flat by construction",
    ),
    row("total scalp thickness", "V/M", "no key: the simulator's skin has no bone under it"),
    row("head radius", "M", "no key: the head is a mesh; another head is another scan"),
    row(
        "friction, viscous part",
        "V/M",
        "the row has no figure for it (key friction_n_s_per_mm2, an engineering choice)",
    ),
    row(
        "dimple at puncture; residual dimple, mean",
        "D",
        "no key: both come out of stiffness and forces, which are swept",
    ),
    row("scar: puncture force, thickness", "M", "the row has no range for them"),
    row(
        "healed diameter; retention",
        "S, M",
        "they follow from the depth and do not act on it; their curves are placeholders",
    ),
    row("pigment uptake", "V", "no key: the simulator has no pigment"),
    row("pulse, harmonics", "M", "the row has no range for them"),
    row("drift: turn, settling", "V/D", "the row has no range for them"),
    row("voluntary turn", "V", "the row has speeds but no angle; a run must stop, not strike on"),
    row("direction of motion", "D", "the row has no range"),
    row("registration error, angle", "V", "the row has no range for it"),
    row(
        "strike actuator: acceleration, stroke",
        "S/D",
        "no key of the world: they stand in the files of the machine, the simulator's and the profile",
    ),
    row("strike speed; dwell", "D", "settings of the profile, not unknowns of the world"),
    row("gantry hop and settling", "D", "no key: it comes out of the axes' limits"),
    row(
        "serial line: bursts of loss",
        "M",
        "no key: the simulator's wire loses single bytes, each by itself",
    ),
    row(
        "dot plan: dots, density, pitch",
        "S/D",
        "the design, not the world; the bench has 520 dots, and a longer plan wears the needle, see wear",
    ),
];
