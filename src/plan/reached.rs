//! Where one machine can strike, kept from planning to planning.

use super::reach::{self, Reason, Rejected};
use super::site::Site;
use super::tool::ToolSweep;
use crate::machine::Profile;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Whether a dot can be struck.
type Verdict = Result<(), Reason>;
/// The bits of a place and of the normal there.
type Place = [u64; 6];

/// The dots that were looked at last.
#[derive(Debug, Default)]
pub(super) struct Reached {
    machine: Option<Profile>,
    verdicts: BTreeMap<Place, Verdict>,
}

impl Reached {
    /// Splits the sites into those that can be struck and those that cannot.
    pub(super) fn split(
        &mut self,
        sites: Vec<Site>,
        sweep: &ToolSweep<'_>,
    ) -> (Vec<Site>, Vec<Rejected>) {
        if self.machine.as_ref() != Some(sweep.machine) {
            *self = Self { machine: Some(sweep.machine.clone()), ..Self::default() };
        }
        let park = sweep.park();
        let verdicts: Vec<Verdict> = sites
            .par_iter()
            .map(|site| {
                let known = self.verdicts.get(&place(site)).cloned();
                known.unwrap_or_else(|| reach::check(site, &park, sweep))
            })
            .collect();
        self.verdicts = sites.iter().map(place).zip(verdicts.iter().cloned()).collect();
        let mut kept = Vec::with_capacity(sites.len());
        let mut rejected = Vec::new();
        for (site, verdict) in sites.into_iter().zip(verdicts) {
            match verdict {
                Ok(()) => kept.push(site),
                Err(reason) => rejected.push(Rejected { dot: site.dot, reason }),
            }
        }
        (kept, rejected)
    }
}

fn place(site: &Site) -> Place {
    let [x, y, z] = site.position.vector().into();
    let [u, v, w]: [f64; 3] = site.normal.vector().into();
    [x, y, z, u, v, w].map(f64::to_bits)
}
