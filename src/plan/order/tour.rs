//! A closed tour as an array, where each dot stands in it, and what its edges cost.

use super::piece::{Piece, Pieces};
use std::ops::Range;

/// The tour, with a list of what was overwritten since the last [`Tour::keep`].
#[derive(Default)]
pub(super) struct Tour {
    at: Vec<u32>,
    place: Vec<u32>,
    /// Cost of the edge between each place and the next.
    edge: Vec<f64>,
    /// Dots and costs of edges, on their way.
    draft: (Vec<u32>, Vec<f64>),
    past: Option<Past>,
}

impl Tour {
    /// `edge`: what the edges cost between each place and the next, the last and the first too.
    pub(super) fn of(at: Vec<u32>, edge: Vec<f64>) -> Self {
        let mut place = vec![0; at.len()];
        for (i, &v) in (0u32..).zip(&at) {
            place[v as usize] = i;
        }
        Self { at, place, edge, draft: Default::default(), past: None }
    }

    pub(super) fn at(&self, place: u32) -> u32 {
        self.at[place as usize]
    }

    pub(super) fn place(&self, v: u32) -> u32 {
        self.place[v as usize]
    }

    /// Cost of the edge between this place and the next.
    pub(super) fn edge(&self, place: u32) -> f64 {
        self.edge[place as usize]
    }

    pub(super) fn after_place(&self, place: u32) -> u32 {
        if place as usize + 1 == self.at.len() { 0 } else { place + 1 }
    }

    pub(super) fn before_place(&self, place: u32) -> u32 {
        if place == 0 { self.at.len() as u32 - 1 } else { place - 1 }
    }

    /// Changes to a path of pieces of it: all are laid anew but the longest, which stays where it is.
    pub(super) fn follow(&mut self, path: &Pieces, cost: impl Fn(u32, u32) -> f64) {
        let places = self.at.len() as u32;
        let length = |k: usize| path.get(k).len();
        let run =
            |k: usize| length(k) + if path.joined(k, places) { length(path.after(k)) } else { 0 };
        let head = (0..path.len()).max_by_key(|&k| run(k)).unwrap_or(0);
        let tail = if path.joined(head, places) { path.after(head) } else { head };
        let (mut dots, mut steps) = std::mem::take(&mut self.draft);
        dots.clear();
        steps.clear();
        let mut before = self.at(path.get(tail).last());
        let mut k = path.after(tail);
        while k != head {
            let piece = path.get(k);
            steps.push(cost(before, self.at(piece.first())));
            self.read(piece, &mut dots, &mut steps);
            before = self.at(piece.last());
            k = path.after(k);
        }
        steps.push(cost(before, self.at(path.get(head).first())));
        let mut stays = path.get(tail);
        if stays.back {
            dots.reverse();
            steps.reverse();
            stays = path.get(head);
        }
        self.lay(self.after_place(stays.high), &dots, &steps);
        self.draft = (dots, steps);
    }

    fn read(&self, piece: Piece, dots: &mut Vec<u32>, steps: &mut Vec<f64>) {
        let (low, high) = (piece.low as usize, piece.high as usize);
        if piece.back {
            dots.extend(self.at[low..=high].iter().rev());
            steps.extend(self.edge[low..high].iter().rev());
        } else {
            dots.extend_from_slice(&self.at[low..=high]);
            steps.extend_from_slice(&self.edge[low..high]);
        }
    }

    /// Puts these dots on the places from `first` on, round the ring. `steps`: what the edges cost, from the one
    /// that leads to the first dot to the one that leads on from the last.
    fn lay(&mut self, first: u32, dots: &[u32], steps: &[f64]) {
        let before = self.before_place(first);
        if let Some(past) = &mut self.past {
            past.laid.push((first, dots.len() as u32));
            let (to_end, wrapped) = ring(first, dots.len(), self.at.len());
            past.dots.extend_from_slice(&self.at[to_end]);
            past.dots.extend_from_slice(&self.at[wrapped]);
            let (to_end, wrapped) = ring(before, steps.len(), self.at.len());
            past.edges.extend_from_slice(&self.edge[to_end]);
            past.edges.extend_from_slice(&self.edge[wrapped]);
        }
        self.write(first, dots, steps);
    }

    /// What was laid stays; from here on [`Self::revert`] knows the way back.
    pub(super) fn keep(&mut self) {
        let past = self.past.get_or_insert_default();
        past.laid.clear();
        past.dots.clear();
        past.edges.clear();
    }

    /// Back to the last [`Self::keep`].
    pub(super) fn revert(&mut self) {
        let Some(mut past) = self.past.take() else { return };
        while let Some((first, count)) = past.laid.pop() {
            let dots = past.dots.len() - count as usize;
            let edges = past.edges.len() - count as usize - 1;
            self.write(first, &past.dots[dots..], &past.edges[edges..]);
            past.dots.truncate(dots);
            past.edges.truncate(edges);
        }
        self.past = Some(past);
    }

    fn write(&mut self, first: u32, dots: &[u32], steps: &[f64]) {
        let (to_end, wrapped) = ring(first, dots.len(), self.at.len());
        let (head, tail) = dots.split_at(to_end.len());
        for (&v, i) in head.iter().zip(first..).chain(tail.iter().zip(0..)) {
            self.place[v as usize] = i;
        }
        self.at[to_end].copy_from_slice(head);
        self.at[wrapped].copy_from_slice(tail);
        let (to_end, wrapped) = ring(self.before_place(first), steps.len(), self.at.len());
        let (head, tail) = steps.split_at(to_end.len());
        self.edge[to_end].copy_from_slice(head);
        self.edge[wrapped].copy_from_slice(tail);
    }

    /// All dots, beginning after `v`, without it.
    pub(super) fn after(mut self, v: u32) -> Vec<u32> {
        let place = self.place[v as usize] as usize;
        self.at.rotate_left(place);
        self.at.remove(0);
        self.at
    }
}

/// What was overwritten, last in last.
#[derive(Default)]
struct Past {
    /// First place and number of dots.
    laid: Vec<(u32, u32)>,
    dots: Vec<u32>,
    /// One more than dots each time.
    edges: Vec<f64>,
}

/// So many places of a ring of `all`, from `first` on: those up to its end, and those after.
fn ring(first: u32, count: usize, all: usize) -> (Range<usize>, Range<usize>) {
    let first = first as usize;
    let end = (first + count).min(all);
    (first..end, 0..first + count - end)
}
