//! A path under trial, as a few stretches of the tour it was made from.
//!
//! A Lin-Kernighan step cuts the path and turns or swaps what lies before the cut. Done on an array each would
//! cost as much as the path is long; done on the list of stretches it costs a few copies, and the array is
//! rewritten only when a gain was found.

/// Most stretches of a path; a step adds two at most.
pub(super) const MOST: usize = 16;
/// Stretches compared with a place at once.
const LANES: usize = 4;

/// A stretch of places `low..=high` of the tour, read backwards or forwards.
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

    /// The place read first.
    pub(super) fn first(self) -> u32 {
        if self.back { self.high } else { self.low }
    }

    /// The place read last.
    pub(super) fn last(self) -> u32 {
        if self.back { self.low } else { self.high }
    }

    /// The place read before `i`, if it is in this piece.
    pub(super) fn before(self, i: u32) -> Option<u32> {
        if self.back { (i < self.high).then_some(i + 1) } else { (i > self.low).then(|| i - 1) }
    }

    /// The place read after `i`, if it is in this piece.
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

/// A place in a path of pieces: which piece, and which place of the tour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub piece: u8,
    pub place: u32,
}

/// A path in pieces. Column by column, so that a place is compared with many of them at once.
#[derive(Clone, Copy)]
pub(super) struct Pieces {
    low: [u32; MOST],
    /// Length less one.
    span: [u32; MOST],
    back: [bool; MOST],
    count: usize,
}

impl Pieces {
    pub(super) const NONE: Self =
        Self { low: [0; MOST], span: [0; MOST], back: [false; MOST], count: 0 };

    /// A tour of so many places, read all round from `first` on.
    pub(super) fn round(places: u32, first: u32, back: bool) -> Self {
        let mut pieces = Self::NONE;
        if back {
            pieces.push(Piece { low: 0, high: first, back });
            if first + 1 < places {
                pieces.push(Piece { low: first + 1, high: places - 1, back });
            }
        } else {
            pieces.push(Piece { low: first, high: places - 1, back });
            if first > 0 {
                pieces.push(Piece { low: 0, high: first - 1, back });
            }
        }
        pieces
    }

    /// A tour of so many places whose stretches between these cuts have changed places, the last first. A cut is
    /// behind its place.
    pub(super) fn bridged(places: u32, [t, a, b, c]: [u32; 4]) -> Self {
        let mut pieces = Self::NONE;
        for (low, high) in [(0, t), (b + 1, c), (a + 1, b), (t + 1, a)] {
            pieces.push(Piece { low, high, back: false });
        }
        if c + 1 < places {
            pieces.push(Piece { low: c + 1, high: places - 1, back: false });
        }
        pieces
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether two neighbours, round the ring, only meet where the array of the tour ends.
    pub(super) fn joined(&self, one: usize, places: u32) -> bool {
        let (one, other) = (self.get(one), self.get(self.after(one)));
        let ends = if one.back { (other.high, one.low) } else { (one.high, other.low) };
        one.back == other.back && ends == (places - 1, 0)
    }

    /// The next piece round the ring.
    pub(super) fn after(&self, k: usize) -> usize {
        if k + 1 == self.count { 0 } else { k + 1 }
    }

    pub(super) fn get(&self, k: usize) -> Piece {
        let (low, span) = (self.low[k], self.span[k]);
        Piece { low, high: low + span, back: self.back[k] }
    }

    /// Where a place of the tour is read.
    pub(super) fn spot(&self, place: u32) -> Spot {
        let mut piece = 0;
        let (lows, spans) = (self.low.as_chunks::<LANES>().0, self.span.as_chunks::<LANES>().0);
        for (low, span) in lows.iter().zip(spans) {
            let hit = |k: usize| u32::from(place.wrapping_sub(low[k]) <= span[k]) << k;
            let hits: [u32; LANES] = std::array::from_fn(hit);
            let hits = hits.into_iter().fold(0, |all, hit| all | hit);
            // What is left of longer paths may hold the place too, but it comes later.
            if hits != 0 {
                piece += hits.trailing_zeros() as u8;
                break;
            }
            piece += LANES as u8;
        }
        Spot { piece, place }
    }

    pub(super) fn is_before(&self, one: Spot, other: Spot) -> bool {
        if one.piece != other.piece {
            return one.piece < other.piece;
        }
        let back = self.back[usize::from(one.piece)];
        if back { one.place > other.place } else { one.place < other.place }
    }

    fn push(&mut self, piece: Piece) {
        self.low[self.count] = piece.low;
        self.span[self.count] = piece.high - piece.low;
        self.back[self.count] = piece.back;
        self.count += 1;
    }

    fn push_all(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        for piece in pieces {
            self.push(piece);
        }
    }

    fn pieces(&self, range: std::ops::Range<usize>) -> impl DoubleEndedIterator<Item = Piece> + '_ {
        range.map(|k| self.get(k))
    }

    fn turned(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = Piece> + '_ {
        self.pieces(range).rev().map(Piece::turned)
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
    pub(super) fn apply(self, old: &Pieces, new: &mut Pieces) {
        new.count = 0;
        match self {
            Self::Prefix { at } => {
                let k = usize::from(at.piece);
                let (left, right) = old.get(k).split_before(at.place);
                new.push_all(left.map(Piece::turned));
                new.push_all(old.turned(0..k));
                new.push(right);
                new.push_all(old.pieces(k + 1..old.count));
            }
            Self::Swap { at, inner } => {
                let (k, j) = (usize::from(at.piece), usize::from(inner.piece));
                let (upto, rest) = old.get(k).split_after(at.place);
                let (first, second) =
                    if j == k { upto } else { old.get(j) }.split_after(inner.place);
                new.push_all(second);
                if j < k {
                    new.push_all(old.pieces(j + 1..k));
                    new.push(upto);
                }
                new.push_all(old.pieces(0..j));
                new.push(first);
                new.push_all(rest);
                new.push_all(old.pieces(k + 1..old.count));
            }
            Self::Both { at, inner } => {
                let (k, j) = (usize::from(at.piece), usize::from(inner.piece));
                let (upto, rest) = old.get(k).split_after(at.place);
                let (first, second) =
                    if j == k { upto } else { old.get(j) }.split_before(inner.place);
                new.push_all(first.map(Piece::turned));
                new.push_all(old.turned(0..j));
                if j < k {
                    new.push(upto.turned());
                    new.push_all(old.turned(j + 1..k));
                }
                new.push(second.turned());
                new.push_all(rest);
                new.push_all(old.pieces(k + 1..old.count));
            }
        }
    }
}
