//! A path under trial, as a few stretches of the path it was made from.
//!
//! A Lin-Kernighan step cuts the path and turns or swaps what lies before the cut. Done on an array each would
//! cost as much as the path is long; done on the list of stretches it costs a few copies, and the array is
//! rewritten only when a gain was found.

/// A stretch `low..=high` of the original path, read backwards or forwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub low: u32,
    pub high: u32,
    pub back: bool,
}

impl Piece {
    pub(super) fn len(self) -> u32 {
        self.high - self.low + 1
    }

    pub(super) fn holds(self, i: u32) -> bool {
        self.low <= i && i <= self.high
    }

    /// The index read before `i`, if it is in this piece.
    pub(super) fn before(self, i: u32) -> Option<u32> {
        if self.back { (i < self.high).then_some(i + 1) } else { (i > self.low).then(|| i - 1) }
    }

    /// The index read after `i`, if it is in this piece.
    pub(super) fn after(self, i: u32) -> Option<u32> {
        if self.back { (i > self.low).then(|| i - 1) } else { (i < self.high).then_some(i + 1) }
    }

    /// What is read before `i`, and the rest.
    fn split_before(self, i: u32) -> (Option<Self>, Self) {
        let left = self.before(i).map(|j| self.until(j));
        (left, self.since(i))
    }

    /// What is read up to `i`, and the rest.
    fn split_after(self, i: u32) -> (Self, Option<Self>) {
        let right = self.after(i).map(|j| self.since(j));
        (self.until(i), right)
    }

    fn until(self, i: u32) -> Self {
        if self.back { Self { low: i, ..self } } else { Self { high: i, ..self } }
    }

    fn since(self, i: u32) -> Self {
        if self.back { Self { high: i, ..self } } else { Self { low: i, ..self } }
    }

    fn turned(self) -> Self {
        Self { back: !self.back, ..self }
    }
}

/// A place in a list of pieces: which piece, and which index of the original path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub piece: u32,
    pub index: u32,
}

impl Spot {
    pub(super) fn of(pieces: &[Piece], index: u32) -> Self {
        let piece = pieces.iter().position(|p| p.holds(index)).unwrap_or(0) as u32;
        Self { piece, index }
    }

    pub(super) fn comes_before(self, other: Self, pieces: &[Piece]) -> bool {
        if self.piece != other.piece {
            return self.piece < other.piece;
        }
        let back = pieces[self.piece as usize].back;
        if back { self.index > other.index } else { self.index < other.index }
    }
}

/// A way to change a path `p0 … pn` at its beginning. All keep its end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// `p(i-1) … p0, pi …`: joins p0 to `at`.
    Prefix {
        /// pi.
        at: Spot,
    },
    /// `p(j+1) … pi, p0 … pj, p(i+1) …`: joins p0 to `at`, and `inner` to what followed `at`.
    Swap {
        /// pi.
        at: Spot,
        /// pj, before it.
        inner: Spot,
    },
    /// `p(j-1) … p0, pi … pj, p(i+1) …`: the same joints, both parts read backwards.
    Both {
        /// pi.
        at: Spot,
        /// pj, before it.
        inner: Spot,
    },
}

impl Turn {
    /// Writes the changed path.
    pub(super) fn apply(self, old: &[Piece], new: &mut Vec<Piece>) {
        new.clear();
        match self {
            Self::Prefix { at } => {
                let k = at.piece as usize;
                let (left, right) = old[k].split_before(at.index);
                new.extend(left.map(Piece::turned));
                extend_turned(new, &old[..k]);
                new.push(right);
                new.extend_from_slice(&old[k + 1..]);
            }
            Self::Swap { at, inner } => {
                let (k, j) = (at.piece as usize, inner.piece as usize);
                let (upto, rest) = old[k].split_after(at.index);
                let (first, second) = if j == k { upto } else { old[j] }.split_after(inner.index);
                new.extend(second);
                if j < k {
                    new.extend_from_slice(&old[j + 1..k]);
                    new.push(upto);
                }
                new.extend_from_slice(&old[..j]);
                new.push(first);
                new.extend(rest);
                new.extend_from_slice(&old[k + 1..]);
            }
            Self::Both { at, inner } => {
                let (k, j) = (at.piece as usize, inner.piece as usize);
                let (upto, rest) = old[k].split_after(at.index);
                let (first, second) = if j == k { upto } else { old[j] }.split_before(inner.index);
                new.extend(first.map(Piece::turned));
                extend_turned(new, &old[..j]);
                if j < k {
                    new.push(upto.turned());
                    extend_turned(new, &old[j + 1..k]);
                }
                new.push(second.turned());
                new.extend(rest);
                new.extend_from_slice(&old[k + 1..]);
            }
        }
    }
}

fn extend_turned(new: &mut Vec<Piece>, pieces: &[Piece]) {
    new.extend(pieces.iter().rev().map(|p| p.turned()));
}
