//! Moves that come by chance: fidgets, swallowing, later startles and turns. Each is a minimum-jerk
//! move; some go back.

use serde::Deserialize;

use super::motion::{Share, Six, add};
use super::noise::Noise;

/// One kind of event, `[[motion.event]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventParams {
    pub name: String,
    pub rate_per_h: f64,
    /// Size at the scalp, drawn log-uniformly.
    pub size_low_mm: f64,
    pub size_high_mm: f64,
    /// Peak speed at the scalp, drawn log-uniformly.
    pub peak_low_mm_per_s: f64,
    pub peak_high_mm_per_s: f64,
    /// Share of the events after which the head goes back to where it was.
    pub return_ratio: f64,
    /// How long it stays away before it does.
    pub return_after_s: f64,
}

/// The events of one seed, drawn as time goes on. They never overlap.
#[derive(Clone, Debug)]
pub struct Events {
    families: Vec<Family>,
    share: Share,
    moves: Vec<Move>,
    /// Where the head is after the last move.
    place: Six,
}

#[derive(Clone, Debug)]
struct Family {
    params: EventParams,
    noise: Noise,
    drawn: u64,
    next: f64,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    start: f64,
    duration: f64,
    from: Six,
    delta: Six,
}

/// Peak speed of a minimum-jerk move over its mean speed.
const MINIMUM_JERK_PEAK: f64 = 1.875;

impl Events {
    pub fn new(params: &[EventParams], share: Share, noise: Noise) -> Self {
        let families = params
            .iter()
            .enumerate()
            .filter(|(_, p)| p.rate_per_h > 0.0)
            .map(|(i, p)| {
                let noise = noise.child(i as u64);
                let next = noise.child(0).exponential(0) * 3600.0 / p.rate_per_h;
                Family { params: p.clone(), noise, drawn: 0, next }
            })
            .collect();
        Self { families, share, moves: Vec::new(), place: [0.0; 6] }
    }

    /// Displacement at `t` seconds.
    pub fn at(&mut self, t: f64) -> Six {
        if self.families.is_empty() {
            return [0.0; 6];
        }
        self.draw_until(t);
        let begun = self.moves.partition_point(|m| m.start <= t);
        let Some(current) = begun.checked_sub(1).and_then(|i| self.moves.get(i)) else {
            return [0.0; 6];
        };
        let u = ((t - current.start) / current.duration).clamp(0.0, 1.0);
        let done = u * u * u * (10.0 + u * (6.0 * u - 15.0));
        std::array::from_fn(|i| current.from[i] + done * current.delta[i])
    }

    /// Draws all events that come before `t`.
    fn draw_until(&mut self, t: f64) {
        loop {
            let earliest = self
                .families
                .iter()
                .enumerate()
                .min_by(|(_, a), (_, b)| a.next.total_cmp(&b.next))
                .map(|(i, family)| (i, family.next));
            let Some((index, start)) = earliest.filter(|(_, start)| *start <= t) else {
                return;
            };
            self.draw(index, start);
        }
    }

    fn draw(&mut self, index: usize, start: f64) {
        let family = &mut self.families[index];
        let (p, n, k) = (&family.params, family.noise, family.drawn);
        let size = n.child(1).log_uniform(k, p.size_low_mm, p.size_high_mm);
        let peak = n.child(2).log_uniform(k, p.peak_low_mm_per_s, p.peak_high_mm_per_s);
        let returns = n.child(3).uniform(k) < p.return_ratio;
        let delta = self.share.mode(&n.child(4).child(k)).map(|d| d * size);
        let duration = MINIMUM_JERK_PEAK * size / peak;
        let away = p.return_after_s;
        family.drawn += 1;
        family.next += n.child(0).exponential(family.drawn) * 3600.0 / p.rate_per_h;
        self.push(start, duration, delta);
        if returns {
            self.push(start + duration + away, duration, delta.map(|d| -d));
        }
    }

    /// Appends a move, after the one before has ended.
    fn push(&mut self, start: f64, duration: f64, delta: Six) {
        let free = self.moves.last().map_or(0.0, |last| last.start + last.duration);
        let from = self.place;
        self.moves.push(Move { start: start.max(free), duration, from, delta });
        add(&mut self.place, &delta);
    }
}
