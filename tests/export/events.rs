//! What a reader of G-code says that a program does.

/// X Y Z in mm, A B in degrees, C in its unit: mm on these machines, whatever the reader takes it for.
pub type Axes = [f64; 6];

/// One thing after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Comment(String),
    Move(Move),
    End,
}

/// A straight move, machine coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    pub to: Axes,
    /// By the minute; none is a rapid.
    pub feed: Option<f64>,
    /// Whether the end is reached exactly, however the next move goes on.
    pub exact: bool,
}
