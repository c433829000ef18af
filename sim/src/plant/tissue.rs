//! One needle in one place of the skin: a standard linear solid under a needle that sticks, cuts
//! and slips.
//!
//! `travel` is how far the tip is below the undisturbed surface along the inward normal,
//! `penetration` how much needle is in tissue, and
//!
//! ```text
//!   dimple = travel - penetration              (negative: the skin is pulled up behind the needle)
//!   F      = k_eq dimple + q1 + q2             (two Maxwell arms)
//!   dq_i/dt = k_i d(dimple)/dt - q_i / tau_i
//! ```
//!
//! Before puncture nothing penetrates and the skin carries `F`. When `F` reaches the puncture force
//! the skin breaks. From then on the needle sticks to the skin while
//! `-f p <= F <= cutting + f p`, where `p` is the penetration and `f` the friction per mm, and slips
//! at the bound otherwise: the limit of Dahl's model for a short rise. A raw Kelvin-Voigt skin would
//! give 12 N at strike speed (facts, section C) and is not used.

use super::skin::Tissue;

/// The needle in one place, from touch to exit.
#[derive(Clone, Copy, Debug)]
pub struct Contact {
    tissue: Tissue,
    /// Forces of the two arms, N.
    arms: [f64; 2],
    travel: f64,
    state: ContactState,
    /// Time step and decay of the arms for it.
    decay: (f64, [(f64, f64); 2]),
}

/// What can be seen of a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ContactState {
    pub punctured: bool,
    /// mm.
    pub dimple: f64,
    /// mm.
    pub penetration: f64,
    /// Along the needle, N; positive when the skin pushes back.
    pub force: f64,
}

impl Contact {
    /// The tip touches the undisturbed surface.
    pub fn new(tissue: Tissue) -> Self {
        Self {
            tissue,
            arms: [0.0; 2],
            travel: 0.0,
            state: ContactState::default(),
            decay: (0.0, [(1.0, 0.0); 2]),
        }
    }

    pub fn state(&self) -> ContactState {
        self.state
    }

    pub fn tissue(&self) -> &Tissue {
        &self.tissue
    }

    /// The tip has moved to `travel` mm in `dt` seconds.
    pub fn step(&mut self, travel: f64, dt: f64) {
        if dt <= 0.0 {
            return;
        }
        if self.decay.0.to_bits() != dt.to_bits() {
            self.decay = (dt, self.tissue.arms.map(|(k, tau)| decay(k, tau, dt)));
        }
        let speed = (travel - self.travel) / dt;
        self.travel = travel;
        let (history, stiffness) = self.response();
        let dimple = self.settle(travel, speed, history, stiffness);
        let change = dimple - self.state.dimple;
        for (arm, (keep, gain)) in self.arms.iter_mut().zip(self.decay.1) {
            *arm = *arm * keep + gain * change;
        }
        self.state.dimple = dimple;
        self.state.penetration =
            if self.state.punctured { (travel - dimple).max(0.0) } else { 0.0 };
        self.state.force = history + stiffness * dimple;
    }

    /// The needle is out of the tissue and off the skin.
    pub fn over(&self) -> bool {
        self.travel <= 0.0 && self.state.penetration <= 0.0
    }

    /// `F = history + stiffness * dimple` at the end of this step.
    fn response(&self) -> (f64, f64) {
        let old = self.state.dimple;
        let mut history = 0.0;
        let mut stiffness = self.tissue.stiffness;
        for (arm, (keep, gain)) in self.arms.iter().zip(self.decay.1) {
            history += arm * keep - gain * old;
            stiffness += gain;
        }
        (history, stiffness)
    }

    /// The dimple at the end of the step.
    fn settle(&mut self, travel: f64, speed: f64, history: f64, stiffness: f64) -> f64 {
        let t = &self.tissue;
        if !self.state.punctured {
            let dimple = travel.max(0.0);
            let breaking = if speed >= t.fast_speed { t.puncture_fast } else { t.puncture };
            if history + stiffness * dimple < breaking {
                return dimple;
            }
            self.state.punctured = true;
        }
        let held = self.state.penetration;
        let sticking = travel - held;
        let force = history + stiffness * sticking;
        let friction = t.friction + t.viscous * speed.abs();
        let penetration = if force > t.cutting + friction * held {
            // history + stiffness (travel - p) = cutting + friction p
            (history + stiffness * travel - t.cutting) / (stiffness + friction)
        } else if force < -friction * held {
            // history + stiffness (travel - p) = -friction p
            (history + stiffness * travel) / (stiffness - friction).max(1e-9)
        } else {
            held
        };
        if penetration <= 0.0 { travel.max(0.0) } else { travel - penetration }
    }
}

/// Exact step of a Maxwell arm for a dimple that changes evenly over `dt`: factor on its force, and
/// force per mm of change.
fn decay(stiffness: f64, tau: f64, dt: f64) -> (f64, f64) {
    if tau <= 0.0 {
        return (0.0, 0.0);
    }
    let keep = (-dt / tau).exp();
    (keep, stiffness * tau / dt * (1.0 - keep))
}

#[cfg(test)]
mod tests {
    use super::super::healing::HealingParams;
    use super::*;

    fn tissue() -> Tissue {
        Tissue {
            stiffness: 0.5,
            arms: [(0.75, 0.25), (0.0, 2.0)],
            puncture: 1e9,
            puncture_fast: 1e9,
            fast_speed: 200.0,
            cutting: 0.15,
            friction: 0.03,
            viscous: 0.0,
            thickness: 1.5,
            bulge: 0.0,
            healing: HealingParams {
                diameter_mm: 0.35,
                blowout_ratio: 3.0,
                blowout_depth_mm: 2.3,
                blowout_width_mm: 0.15,
                retention_depth_mm: 0.45,
                retention_width_mm: 0.12,
            },
        }
    }

    #[test]
    fn force_of_a_held_dimple_relaxes_with_the_time_of_the_arm() {
        let mut contact = Contact::new(tissue());
        contact.step(0.2, 1e-6);
        let at_once = contact.state().force;
        assert!((at_once - 0.2 * 1.25).abs() < 1e-5);
        for _ in 0..2500 {
            contact.step(0.2, 1e-4);
        }
        let expected = 0.2 * (0.5 + 0.75 * (-1.0_f64).exp());
        assert!((contact.state().force - expected).abs() < 1e-5);
    }

    #[test]
    fn fast_and_slow_punctures_dimple_as_force_over_stiffness() {
        for (speed, dimple) in [(300.0, 0.25 / 1.25), (0.02, 0.25 / 0.5)] {
            let mut contact =
                Contact::new(Tissue { puncture: 0.25, puncture_fast: 0.25, ..tissue() });
            let dt = 1e-3 / speed;
            let mut travel = 0.0;
            while !contact.state().punctured {
                travel += speed * dt;
                contact.step(travel, dt);
            }
            assert!((travel / dimple - 1.0).abs() < 0.05, "{speed} mm/s: {travel} mm");
        }
    }

    #[test]
    fn needle_sticks_when_it_stops_and_leaves_the_skin_when_withdrawn() {
        let mut contact = Contact::new(Tissue { puncture: 0.25, puncture_fast: 0.25, ..tissue() });
        for i in 1..=180 {
            contact.step(f64::from(i) * 0.01, 1e-4 / 3.0);
        }
        let bottom = contact.state();
        assert!((bottom.dimple - (0.15 + 0.03 * bottom.penetration) / 1.25).abs() < 0.01);
        for _ in 0..100 {
            contact.step(1.8, 1e-4);
        }
        assert!((contact.state().penetration - bottom.penetration).abs() < 1e-9);
        for i in (-50..180).rev() {
            contact.step(f64::from(i) * 0.01, 1e-4 / 3.0);
        }
        assert!(contact.over() && contact.state().penetration.abs() < 1e-12);
    }
}
