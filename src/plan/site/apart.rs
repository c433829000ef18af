//! What holds between all dots, however they came to be proposed: floor, cap, and skin that is left alone.

use super::field::Barred;
use super::{DotId, Proposal, RejectReason, Rejected, Site, Struck};
use crate::plan::grid::Grid;
use nalgebra::Vector3;

/// Radius of a disc of 1 cm2, mm.
pub(super) const DISC_MM: f64 = 5.641_895_835_477_563;

/// What a dot must keep.
pub(super) struct Rules<'a> {
    /// To any other dot, mm.
    pub floor_mm: f64,
    /// Between two dots of a pattern, if that is more, mm.
    pub drawn_floor_mm: f64,
    /// Most dots within the disc of a cm2 around any dot.
    pub cap_per_cm2: f64,
    pub barred: Barred<'a>,
}

impl Rules<'_> {
    fn widest_floor_mm(&self) -> f64 {
        self.floor_mm.max(self.drawn_floor_mm)
    }

    /// Numbers the dots and drops each that breaks a rule; of two, the later one. Dots of earlier sessions are earlier
    /// than all.
    pub(super) fn keep_apart(
        &self,
        proposals: impl Iterator<Item = Proposal>,
        struck: &[Struck],
    ) -> (Vec<Site>, Vec<Rejected>) {
        let mut sites: Vec<Site> = Vec::new();
        let mut rejected = Vec::new();
        for (number, proposal) in (0u32..).zip(proposals) {
            let (dot, pattern_mm) = (DotId(number), proposal.pattern_mm);
            let barred = |site: Site| match self.barred.by(site.position, site.st) {
                None => Ok(site),
                Some(reason) => Err((reason, Some(site.position))),
            };
            match proposal.outcome.and_then(barred) {
                Ok(site) => sites.push(Site { dot, ..site }),
                Err((reason, position)) => {
                    rejected.push(Rejected { dot, reason, position, pattern_mm });
                }
            }
        }
        let before = struck.iter().map(|dot| dot.position.vector());
        let places: Vec<_> = before.chain(sites.iter().map(|s| s.position.vector())).collect();
        let mut among = Among::new(self, &places, &sites);
        let reasons: Vec<_> = (0..sites.len()).map(|index| among.take(index)).collect();
        for (site, reason) in sites.iter().zip(&reasons) {
            let (dot, pattern_mm, position) = (site.dot, site.pattern_mm, Some(site.position));
            rejected.extend(reason.map(|reason| Rejected { dot, reason, position, pattern_mm }));
        }
        let mut reasons = reasons.iter();
        sites.retain(|_| reasons.next() == Some(&None));
        rejected.sort_by_key(|r| r.dot);
        (sites, rejected)
    }
}

/// Dots that are taken one after another, among those that are there.
struct Among<'a> {
    rules: &'a Rules<'a>,
    sites: &'a [Site],
    /// Of all dots: those of earlier sessions, then the sites.
    places: &'a [Vector3<f64>],
    grid: Grid<'a>,
    /// Of each dot that is there, how many lie in the disc around it; 0: it is not there.
    within: Vec<u32>,
}

impl<'a> Among<'a> {
    fn new(rules: &'a Rules<'a>, places: &'a [Vector3<f64>], sites: &'a [Site]) -> Self {
        let grid = Grid::of(places, rules.widest_floor_mm().max(1.0));
        let mut among = Self { rules, sites, places, grid, within: vec![0; places.len()] };
        for struck in 0..among.before() {
            let near = among.in_disc(struck);
            among.add(struck, &near);
        }
        among
    }

    /// How many dots are there from earlier sessions.
    fn before(&self) -> usize {
        self.places.len() - self.sites.len()
    }

    /// Takes a site in, or says why not.
    fn take(&mut self, site: usize) -> Option<RejectReason> {
        let own = self.before() + site;
        let near = self.in_disc(own);
        let reason = self.too_close(own).or_else(|| self.too_dense(&near));
        if reason.is_none() {
            self.add(own, &near);
        }
        reason
    }

    fn add(&mut self, own: usize, near: &[u32]) {
        self.within[own] = 1 + near.len() as u32;
        for &other in near {
            self.within[other as usize] += 1;
        }
    }

    /// Dots that are there, in the disc around a place.
    fn in_disc(&self, own: usize) -> Vec<u32> {
        let mut near = Vec::new();
        self.grid.for_each_near(self.places[own], DISC_MM, |other, _| {
            if other as usize != own && self.within[other as usize] > 0 {
                near.push(other);
            }
        });
        near
    }

    fn too_close(&self, own: usize) -> Option<RejectReason> {
        let mut nearest: Option<(f64, u32)> = None;
        self.grid.for_each_near(self.places[own], self.rules.widest_floor_mm(), |other, mm| {
            let there = self.within[other as usize] > 0 && other as usize != own;
            let nearer = nearest.is_none_or(|known| (mm, other) < known);
            if there && nearer && mm < self.floor_mm(own, other as usize) {
                nearest = Some((mm, other));
            }
        });
        let (spacing_mm, other) = nearest?;
        let floor_mm = self.floor_mm(own, other as usize);
        Some(match self.site(other as usize) {
            Some(site) => RejectReason::TooClose { spacing_mm, floor_mm, other: site.dot },
            None => RejectReason::StruckBefore { spacing_mm, floor_mm },
        })
    }

    fn too_dense(&self, near: &[u32]) -> Option<RejectReason> {
        let cap_per_cm2 = self.rules.cap_per_cm2;
        let is_full = |count: u32| f64::from(count + 1) > cap_per_cm2;
        let others = near.iter().any(|&other| is_full(self.within[other as usize]));
        (others || is_full(near.len() as u32)).then_some(RejectReason::TooDense { cap_per_cm2 })
    }

    fn floor_mm(&self, a: usize, b: usize) -> f64 {
        let is_drawn = |dot| self.site(dot).is_some_and(|site| site.pattern_mm.is_some());
        if is_drawn(a) && is_drawn(b) { self.rules.widest_floor_mm() } else { self.rules.floor_mm }
    }

    fn site(&self, dot: usize) -> Option<&Site> {
        self.sites.get(dot.checked_sub(self.before())?)
    }
}
