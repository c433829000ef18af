//! Moves that come now and then: fidgets, swallowing, startles and turns. Each is a minimum-jerk
//! move; some go back.
//!
//! Two chains of moves, one on top of the other: those that come by chance, and the reactions to
//! the needle. Within a chain the moves never overlap.

use super::event_params::{EventParams, Extent, MINIMUM_JERK_PEAK, Pace, Range, Trigger};
use super::motion::{Share, Six, add, join};
use super::noise::Noise;
use super::vec3::Vec3;

/// The events of one seed, drawn as time goes on.
#[derive(Clone, Debug)]
pub struct Events {
    families: Vec<Family>,
    share: Share,
    chance: Chain,
    reactions: Chain,
    /// Outward normal of the skin under the needle, machine axes.
    aim: Vec3,
}

#[derive(Clone, Debug)]
struct Family {
    params: EventParams,
    noise: Noise,
    drawn: u64,
    /// When it comes by chance again.
    next: Option<f64>,
}

/// Moves one after the other.
#[derive(Clone, Debug, Default)]
struct Chain {
    moves: Vec<Move>,
    /// Where the head is after the last.
    place: Six,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    start: f64,
    duration: f64,
    from: Six,
    delta: Six,
}

/// An event as drawn.
struct Draw {
    duration: f64,
    delta: Six,
    /// How long it stays away, where it goes back.
    back_after: Option<f64>,
}

impl Events {
    pub fn new(params: &[EventParams], share: Share, noise: Noise) -> Self {
        let families = params
            .iter()
            .enumerate()
            .map(|(i, p)| {
                let mut family = Family {
                    params: p.clone(),
                    noise: noise.child(i as u64),
                    drawn: 0,
                    next: Some(0.0),
                };
                family.wait();
                family
            })
            .collect();
        Self {
            families,
            share,
            chance: Chain::default(),
            reactions: Chain::default(),
            aim: Vec3::new(0.0, 0.0, 1.0),
        }
    }

    /// Displacement at `t` seconds.
    pub fn at(&mut self, t: f64) -> Six {
        if self.families.is_empty() {
            return [0.0; 6];
        }
        self.draw_until(t);
        let mut six = self.chance.at(t);
        add(&mut six, &self.reactions.at(t));
        six
    }

    /// The tool now looks at skin with this outward normal.
    pub fn aim(&mut self, outward: Vec3) {
        self.aim = outward;
    }

    /// The needle went in at `entry`, for strike number `strike`, counted from 1. What that brings
    /// about begins no earlier than `now`.
    pub fn needle_in(&mut self, entry: f64, now: f64, strike: u32) {
        for i in 0..self.families.len() {
            let family = &self.families[i];
            let Trigger::Strikes { every, delay_ms } = family.params.trigger else {
                continue;
            };
            if !strike.is_multiple_of(every) {
                continue;
            }
            let k = u64::from(strike);
            let delay =
                delay_ms.low + (delay_ms.high - delay_ms.low) * family.noise.child(5).uniform(k);
            let start = (entry + delay * 1e-3).max(now);
            let draw = family.draw(k, &self.share, self.aim);
            self.reactions.append(start, &draw);
        }
    }

    /// The needle is taken calmly from now on.
    pub fn calm(&mut self) {
        self.families.retain(|family| !matches!(family.params.trigger, Trigger::Strikes { .. }));
    }

    /// Whether a reaction to the needle is still to end at `t`.
    pub fn reacts(&self, t: f64) -> bool {
        self.reactions.ends() > t
    }

    /// Draws all events that come by chance before `t`.
    fn draw_until(&mut self, t: f64) {
        loop {
            let earliest = self
                .families
                .iter()
                .enumerate()
                .filter_map(|(i, family)| family.next.map(|next| (i, next)))
                .min_by(|(_, a), (_, b)| a.total_cmp(b));
            let Some((index, start)) = earliest.filter(|(_, start)| *start <= t) else {
                return;
            };
            let family = &mut self.families[index];
            let draw = family.draw(family.drawn, &self.share, self.aim);
            family.drawn += 1;
            family.wait();
            self.chance.append(start, &draw);
        }
    }
}

impl Family {
    /// Draws the time until it comes by chance again.
    fn wait(&mut self) {
        self.next = match self.params.trigger {
            Trigger::Chance { rate_per_h } if rate_per_h > 0.0 => {
                let wait = self.noise.child(0).exponential(self.drawn) * 3600.0 / rate_per_h;
                self.next.map(|next| next + wait)
            }
            _ => None,
        };
    }

    /// Event number `k` of this kind.
    fn draw(&self, k: u64, share: &Share, aim: Vec3) -> Draw {
        let (p, n) = (&self.params, self.noise);
        let drawn =
            |stream: u64, range: &Range| n.child(stream).log_uniform(k, range.low, range.high);
        let (size, delta) = match &p.extent {
            Extent::Shift(range) => {
                let size = drawn(1, range);
                let mode = if p.at_tool {
                    join(aim, Vec3::ZERO)
                } else {
                    share.mode(&n.child(4).child(k))
                };
                (size, mode.map(|d| d * size))
            }
            Extent::Turn(range) => {
                let size = drawn(1, range);
                let sign = if n.child(4).uniform(k) < 0.5 { -1.0 } else { 1.0 };
                let turn = Vec3::new(0.0, 0.0, sign * size.to_radians());
                (size, join(Vec3::ZERO, turn))
            }
        };
        let duration = match &p.pace {
            Pace::Peak(range) => MINIMUM_JERK_PEAK * size / drawn(2, range),
            Pace::DurationMs(range) => drawn(2, range) * 1e-3,
        };
        let returns = n.child(3).uniform(k) < p.return_ratio;
        Draw { duration, delta, back_after: returns.then_some(p.return_after_s) }
    }
}

impl Chain {
    fn at(&self, t: f64) -> Six {
        let begun = self.moves.partition_point(|m| m.start <= t);
        let Some(current) = begun.checked_sub(1).and_then(|i| self.moves.get(i)) else {
            return [0.0; 6];
        };
        let u = ((t - current.start) / current.duration).clamp(0.0, 1.0);
        let done = u * u * u * (10.0 + u * (6.0 * u - 15.0));
        std::array::from_fn(|i| current.from[i] + done * current.delta[i])
    }

    /// Adds an event at `start`, or after what goes on then has ended.
    fn append(&mut self, start: f64, draw: &Draw) {
        self.push(start, draw.duration, draw.delta);
        if let Some(away) = draw.back_after {
            let back = draw.delta.map(|d| -d);
            self.push(start + draw.duration + away, draw.duration, back);
        }
    }

    fn push(&mut self, start: f64, duration: f64, delta: Six) {
        let from = self.place;
        self.moves.push(Move { start: start.max(self.ends()), duration, from, delta });
        add(&mut self.place, &delta);
    }

    fn ends(&self) -> f64 {
        self.moves.last().map_or(0.0, |last| last.start + last.duration)
    }
}
