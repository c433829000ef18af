//! Set-ups: what the machine cannot reach while the head lies in one way it may reach when the client turns.
//!
//! Each set-up is a program of its own, with a head that is registered anew; a dot belongs to one of them, the first in
//! which it can be struck. The head is turned about its own origin: pitch about the axis through the ears, then roll
//! about the one from back to front.

use super::Site;
use super::{Reason, Rejected, strikable};
use crate::machine::Profile;
use crate::scalp::ScalpSurface;

/// Turns looked at beside lying as the profile has it, each way about both axes, degrees.
const TURNS_DEG: [f64; 9] = [-80.0, -60.0, -40.0, -20.0, 0.0, 20.0, 40.0, 60.0, 80.0];
/// A turn is judged by so many of the dots that are left.
const JUDGED_BY: usize = 400;
/// A client does not turn for fewer dots than this.
const FEWEST: usize = 10;

/// One way for the head to lie, and the dots that are struck there.
#[derive(Debug)]
pub struct SetUp {
    /// The machine with the head so.
    pub machine: Profile,
    /// Its dots.
    pub sites: Vec<Site>,
}

/// Divides sites among `most` set-ups at most; the sites that no set-up can strike are left to the first, where they are
/// told with their reasons.
pub fn divide(
    sites: Vec<Site>,
    surface: &ScalpSurface,
    machine: &Profile,
    most: usize,
) -> Vec<SetUp> {
    let (sites, mut left) = reached(sites, surface, machine);
    let mut set_ups = vec![SetUp { machine: machine.clone(), sites }];
    while set_ups.len() < most && left.len() >= FEWEST {
        let Some(turn_deg) = best_turn(&left, surface, machine) else { break };
        let machine = machine.turned(turn_deg);
        let (sites, others) = reached(left, surface, &machine);
        left = others;
        set_ups.push(SetUp { machine, sites });
    }
    set_ups[0].sites.extend(left);
    set_ups[0].sites.sort_by_key(|site| site.dot);
    set_ups
}

/// The dots that are struck in other set-ups than this one, counted from 1, each with where.
pub fn elsewhere(set_ups: &[SetUp], number: usize) -> Vec<Rejected> {
    let others = (1..).zip(set_ups).filter(|&(other, _)| other != number);
    others
        .flat_map(|(number, other)| {
            let told =
                move |site: &Site| Rejected { dot: site.dot, reason: Reason::SetUp { number } };
            other.sites.iter().map(told)
        })
        .collect()
}

/// The sites that can be struck, and the others.
fn reached(sites: Vec<Site>, surface: &ScalpSurface, machine: &Profile) -> (Vec<Site>, Vec<Site>) {
    let struck = strikable(sites.clone(), surface, machine);
    let mut is_struck = struck.iter().map(|site| site.dot).peekable();
    let left = sites.into_iter().filter(|site| is_struck.next_if_eq(&site.dot).is_none()).collect();
    (struck, left)
}

/// The turn in which most of the sites can be struck; the smallest of those.
fn best_turn(left: &[Site], surface: &ScalpSurface, machine: &Profile) -> Option<[f64; 2]> {
    let every = left.len().div_ceil(JUDGED_BY);
    let some: Vec<Site> = left.iter().step_by(every).copied().collect();
    let least = FEWEST.div_ceil(every);
    let turns = TURNS_DEG.iter().flat_map(|&pitch| TURNS_DEG.map(|roll| [pitch, roll]));
    turns
        .map(|turn| (reached(some.clone(), surface, &machine.turned(turn)).0.len(), turn))
        .filter(|(count, _)| *count >= least)
        .max_by(|(a, turn_a), (b, turn_b)| {
            let size = |turn: &[f64; 2]| turn[0].hypot(turn[1]);
            a.cmp(b).then(size(turn_b).total_cmp(&size(turn_a)))
        })
        .map(|(_, turn)| turn)
}
