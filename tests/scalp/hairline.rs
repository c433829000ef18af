//! The edge of a hairline has no period: hair that stands in step is what gives a made hairline away.
//!
//! Three sequences along the edge: how deep behind the curve its first dots lie, where its front dots stand, and the gaps
//! between them. Of each, the autocorrelation beyond the correlation length of the edge must stay within what a random
//! sequence of that length gives: for one that is related to itself over q steps the variance of an estimate beyond them
//! is (1 + 2 sum of the squares of the q autocorrelations) / n (M. Bartlett, "On the theoretical specification and
//! sampling properties of autocorrelated time-series", 1946). All lags are looked at, so each has its share of the error
//! that is allowed (Bonferroni). Where dots stand is counted, and few counts have a longer tail than Gauss' curve, 0.5 %
//! of random edges beyond the bound instead of 0.1 %; the root of a count has not (F. Anscombe, "The transformation of
//! Poisson, binomial and negative-binomial data", 1948).

use crate::heads::{Head, all, small};
use crate::sites::{design, shipped};
use crate::skin_curve::SkinCurve;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::design::{Design, Shape, Zone};
use smp::plan::site::{Site, place};
use std::f64::consts::TAU;

/// Two places of an edge farther apart than its widest sweep have nothing in common, mm.
const RELATED_MM: f64 = 40.0;
/// The probability that any lag of a random sequence is beyond the bound.
const ERROR: f64 = 0.001;
/// Depths are read so far apart, places of dots this fine, mm.
const READ_MM: f64 = 2.0;
const FINE_MM: f64 = 0.5;
/// A dot is in front if none is nearer to the curve so far to its left and right, mm: less than half a spacing.
const BESIDE_MM: f64 = 1.0;
/// At the curve's ends dots lack neighbours, mm.
const END_MM: f64 = 3.0;
const SEEDS: u64 = 8;

/// The dots behind a curve.
#[derive(Clone)]
struct Edge {
    length_mm: f64,
    /// Along the curve and behind it, mm; by the first.
    dots: Vec<(f64, f64)>,
}

impl Edge {
    fn new(length_mm: f64, mut dots: Vec<(f64, f64)>) -> Self {
        dots.retain(|dot| dot.0 > END_MM && dot.0 < length_mm - END_MM);
        dots.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { length_mm, dots }
    }

    /// How deep the first dot lies, step by step.
    fn depths(&self) -> Vec<f64> {
        let steps = ((self.length_mm - 2.0 * END_MM) / READ_MM) as usize;
        let first = |step: usize| {
            let from = END_MM + READ_MM * step as f64;
            let own = self.dots.iter().filter(|dot| dot.0 >= from && dot.0 < from + READ_MM);
            own.map(|dot| dot.1).fold(f64::INFINITY, f64::min)
        };
        let depths: Vec<f64> = (0..steps).map(first).collect();
        assert!(depths.iter().all(|depth| depth.is_finite()), "a step without a dot");
        depths
    }

    /// Where dots stand that have none in front of them.
    fn front(&self) -> Vec<f64> {
        let is_first = |&&(along, depth): &&(f64, f64)| {
            self.dots.iter().all(|dot| (dot.0 - along).abs() > BESIDE_MM || dot.1 >= depth)
        };
        self.dots.iter().filter(is_first).map(|dot| dot.0).collect()
    }

    /// Front dots in each fine step: the pair correlation of their places is the autocorrelation of this.
    fn stands(&self) -> Vec<f64> {
        let mut stands = vec![0.0; ((self.length_mm - 2.0 * END_MM) / FINE_MM) as usize];
        for along in self.front() {
            if let Some(stand) = stands.get_mut(((along - END_MM) / FINE_MM) as usize) {
                *stand += 1.0;
            }
        }
        stands
    }

    fn gaps(&self) -> Vec<f64> {
        self.front().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

/// The highest autocorrelation beyond `related` steps, and what chance may give there.
#[derive(Debug)]
struct Peak {
    height: f64,
    bound: f64,
}

impl Peak {
    fn is_period(&self) -> bool {
        self.height > self.bound
    }
}

/// What a sequence consists of.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Lengths,
    Counts,
}

/// Looks for a period in sequences that have the same one, if any: lags up to half of the shortest.
fn peak(sequences: &[Vec<f64>], of: Of, related: usize) -> Peak {
    let count: usize = sequences.iter().map(Vec::len).sum();
    let mean = sequences.iter().flatten().sum::<f64>() / count as f64;
    let products = |lag: usize| {
        let of_one = move |one: &Vec<f64>| {
            let pairs: Vec<f64> =
                one.iter().zip(&one[lag..]).map(|(a, b)| (a - mean) * (b - mean)).collect();
            (pairs.iter().sum::<f64>(), pairs.len())
        };
        let all = sequences.iter().map(of_one);
        all.fold((0.0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    let variance = products(0).0 / count as f64;
    if variance < 1e-12 {
        // What does not vary at all repeats at every lag.
        return Peak { height: 1.0, bound: 0.0 };
    }
    let correlation = |lag: usize| {
        let (sum, pairs) = products(lag);
        sum / pairs as f64 / variance
    };
    let longest = sequences.iter().map(Vec::len).min().unwrap() / 2;
    assert!(longest > related + 5, "{longest} steps for {related}");
    // Until they are lost among chance; a period's own would hide it.
    let lost = 2.0 / (count as f64).sqrt();
    let own = (1..=related).map(correlation).take_while(|&height| height > lost);
    let bartlett = 1.0 + 2.0 * own.map(|height| height.powi(2)).sum::<f64>();
    let lags = longest - related;
    // Of a normal distribution, less than half of exp(-z^2 / 2) lies beyond z.
    let z = (2.0 * (lags as f64 / (2.0 * ERROR)).ln()).sqrt();
    let peaks = (related + 1..=longest).map(|lag| {
        let (sum, pairs) = products(lag);
        if of == Of::Lengths {
            let bound = z * (bartlett / pairs as f64).sqrt();
            return Peak { height: correlation(lag), bound };
        }
        // Pairs of dots that far apart, and how many there would be by chance.
        let chance = mean * mean * pairs as f64;
        let root = |count: f64| 2.0 * (count.max(0.0) + 0.375).sqrt();
        Peak { height: root(chance + sum) - root(chance), bound: z * bartlett.sqrt() }
    });
    peaks.max_by(|a, b| (a.height / a.bound).total_cmp(&(b.height / b.bound))).unwrap()
}

/// A sequence of each edge, with what it is and how many of its steps are related.
fn sequences(edges: &[Edge]) -> [(&'static str, Vec<Vec<f64>>, Of, usize); 3] {
    let of = |read: fn(&Edge) -> Vec<f64>| edges.iter().map(read).collect::<Vec<_>>();
    let gaps = of(Edge::gaps);
    let mean = gaps.iter().flatten().sum::<f64>() / gaps.iter().flatten().count() as f64;
    [
        ("depth", of(Edge::depths), Of::Lengths, (RELATED_MM / READ_MM) as usize),
        ("place", of(Edge::stands), Of::Counts, (RELATED_MM / FINE_MM) as usize),
        ("gap", gaps, Of::Lengths, (RELATED_MM / mean) as usize),
    ]
}

/// What of some edges has a period.
fn periods(edges: &[Edge]) -> Vec<&'static str> {
    let all = sequences(edges).into_iter();
    all.filter(|(_, read, of, related)| peak(read, *of, *related).is_period())
        .map(|one| one.0)
        .collect()
}

/// Spread of the gaps between front dots, as part of their mean.
fn spread(edges: &[Edge]) -> f64 {
    let gaps: Vec<f64> = edges.iter().flat_map(Edge::gaps).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let square = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    square.sqrt() / mean
}

/// The hairline of Norwood V, alone.
fn hairline(seed: u64) -> Design {
    let zone = shipped("norwood-5").zones.pop().unwrap();
    design(None, vec![Zone { seed, ..zone }])
}

/// As it is laid on a head with each seed.
fn laid(head: &Head) -> Vec<Edge> {
    let surface = head.surface();
    let Shape::Hairline { through, .. } = &hairline(0).zones[0].shape else { panic!("a line") };
    let curve = SkinCurve::smooth(&surface, through);
    let edge = |seed: u64| {
        let sites = place(&hairline(seed), &surface).sites;
        let dot = |site: &Site| {
            let near = curve.near(site.position);
            (near.along_mm, near.distance_mm)
        };
        Edge::new(curve.length_mm(), sites.iter().map(dot).collect())
    };
    (0..SEEDS).map(edge).collect()
}

#[test]
fn the_edge_of_a_hairline_has_no_period() {
    let mut every = Vec::new();
    for head in all() {
        let (name, edges) = (&head.name, laid(&head));
        for (what, read, of, related) in sequences(&edges) {
            println!("{name}: {what}: {:?}", peak(&read, of, related));
        }
        assert_eq!(periods(&edges), [""; 0], "{name}, all seeds");
        for (seed, edge) in edges.iter().enumerate() {
            assert_eq!(periods(std::slice::from_ref(edge)), [""; 0], "{name}, seed {seed}");
        }
        every.extend(edges);
    }
    for (what, read, of, related) in sequences(&every) {
        println!("all: {what}: {:?}", peak(&read, of, related));
    }
    println!("gaps spread by {:.2} of their mean", spread(&every));
    assert_eq!(periods(&every), [""; 0], "all heads and seeds");
    // Dots at random have 1, a row 0.
    assert!(spread(&every) > 0.3, "{}", spread(&every));
}

/// The first dots of a made edge, and more behind them.
fn made(length_mm: f64, spacing_mm: f64, mut at: impl FnMut(usize) -> (f64, f64)) -> Edge {
    let count = (length_mm / spacing_mm) as usize;
    Edge::new(length_mm, (0..count).map(&mut at).collect())
}

#[test]
fn an_edge_in_step_is_found_out() {
    let mut rng = Pcg64::seed_from_u64(1);
    // A row: exact, and each dot off its place by a tenth of the spacing.
    let row = made(160.0, 1.6, |k| (1.6 * k as f64, 0.0));
    assert_eq!(periods(&[row]), ["depth", "place", "gap"]);
    let mut jitter = |by: f64| by * (rng.random::<f64>() + rng.random::<f64>() - 1.0);
    let row = made(160.0, 1.6, |k| (1.6 * k as f64 + jitter(0.3), 1.0 + jitter(2.0)));
    assert_eq!(periods(&[row]), ["place"]);
    // Long and short gaps by turns.
    let turns =
        made(160.0, 1.6, |k| (1.6 * k as f64 + 0.25 * (k % 2) as f64 + jitter(0.2), jitter(2.0)));
    assert!(periods(&[turns]).contains(&"gap"));
    // A row whose gaps have little spread has no long period, but is one to the eye.
    let mut along = 0.0;
    let slack = made(160.0, 1.6, |_| {
        along += 1.6 + jitter(0.4);
        (along, jitter(2.0))
    });
    assert!(spread(&[slack]) < 0.15);
}

#[test]
fn an_edge_that_swings_is_found_out() {
    let head = laid(&small("colin27"));
    for period_mm in [7.0, 12.0, 25.0, 45.0] {
        let swung = |edge: &Edge| {
            let swing = |along: f64| 1.25 * (1.0 + (TAU * along / period_mm).sin());
            let dots = edge.dots.iter().map(|&(along, depth)| (along, depth + swing(along)));
            Edge::new(edge.length_mm, dots.collect())
        };
        let swung: Vec<Edge> = head.iter().map(swung).collect();
        let found = periods(&swung);
        println!("{period_mm} mm: {:?}", peak(&sequences(&swung)[0].1, Of::Lengths, 20));
        assert!(found.contains(&"depth"), "{period_mm} mm: {found:?}");
    }
}
