//! Zone outlines in (s, t).

use crate::design::Anchor;
use crate::scalp::St;

/// A simple polygon in (s, t).
pub(super) struct Outline<'a> {
    corners: &'a [Anchor],
    span: Span,
}

/// An axis-parallel box in (s, t).
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub low: St,
    pub high: St,
}

impl Span {
    /// Around some places.
    pub(super) fn of(places: impl IntoIterator<Item = St>) -> Self {
        let (low, high) = (St { s: f64::MAX, t: f64::MAX }, St { s: f64::MIN, t: f64::MIN });
        places.into_iter().fold(Self { low, high }, |span, p| Self {
            low: St { s: span.low.s.min(p.s), t: span.low.t.min(p.t) },
            high: St { s: span.high.s.max(p.s), t: span.high.t.max(p.t) },
        })
    }

    pub(super) fn misses(&self, other: &Self) -> bool {
        self.low.s > other.high.s
            || self.high.s < other.low.s
            || self.low.t > other.high.t
            || self.high.t < other.low.t
    }
}

impl<'a> Outline<'a> {
    pub(super) fn new(corners: &'a [Anchor]) -> Self {
        let span = Span::of(corners.iter().map(|a| St { s: a.s, t: a.t }));
        Self { corners, span }
    }

    /// By the parity of edges to one side.
    pub(super) fn contains(&self, p: St) -> bool {
        if self.span.misses(&Span { low: p, high: p }) {
            return false;
        }
        let mut inside = false;
        for (a, b) in self.edges() {
            let spans = (a.t > p.t) != (b.t > p.t);
            if spans && p.s < a.s + (b.s - a.s) * (p.t - a.t) / (b.t - a.t) {
                inside = !inside;
            }
        }
        inside
    }

    /// A box around it.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    fn edges(&self) -> impl Iterator<Item = (Anchor, Anchor)> + '_ {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().copied().zip(next.copied())
    }
}
