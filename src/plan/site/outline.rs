//! Zone outlines in (s, t).

use crate::design::Anchor;
use crate::scalp::St;

/// A simple polygon in (s, t).
pub(super) struct Outline<'a> {
    corners: &'a [Anchor],
}

/// An axis-parallel box in (s, t).
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub low: St,
    pub high: St,
}

impl Span {
    /// Around three places.
    pub(super) fn of(places: &[St; 3]) -> Self {
        let fold = |f: fn(f64, f64) -> f64| St {
            s: f(f(places[0].s, places[1].s), places[2].s),
            t: f(f(places[0].t, places[1].t), places[2].t),
        };
        Self {
            low: fold(f64::min),
            high: fold(f64::max),
        }
    }
}

impl<'a> Outline<'a> {
    pub(super) fn new(corners: &'a [Anchor]) -> Self {
        Self { corners }
    }

    /// By the parity of edges to one side.
    pub(super) fn contains(&self, p: St) -> bool {
        let mut inside = false;
        for (a, b) in self.edges() {
            let spans = (a.t > p.t) != (b.t > p.t);
            if spans && p.s < a.s + (b.s - a.s) * (p.t - a.t) / (b.t - a.t) {
                inside = !inside;
            }
        }
        inside
    }

    /// Whether an edge passes through a box.
    pub(super) fn cuts(&self, span: Span) -> bool {
        let Span { low, high } = span;
        self.edges().any(|(a, b)| {
            if a.s.max(b.s) < low.s
                || a.s.min(b.s) > high.s
                || a.t.max(b.t) < low.t
                || a.t.min(b.t) > high.t
            {
                return false;
            }
            let side = |s: f64, t: f64| (b.s - a.s) * (t - a.t) - (b.t - a.t) * (s - a.s);
            let sides = [
                side(low.s, low.t),
                side(high.s, low.t),
                side(low.s, high.t),
                side(high.s, high.t),
            ];
            !(sides.iter().all(|&v| v > 0.0) || sides.iter().all(|&v| v < 0.0))
        })
    }

    fn edges(&self) -> impl Iterator<Item = (Anchor, Anchor)> + '_ {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().copied().zip(next.copied())
    }
}
