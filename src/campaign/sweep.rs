//! Sweeps: one job, and one fault at every instant of it.

use super::case::{Case, Fault};
use super::kind::{Kind, Plain};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// What is swept over a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// The device is reset, at each millisecond.
    Reset,
    /// The device's power fails, at each millisecond.
    Power,
    /// The host is killed, at 2,000 instants drawn evenly.
    Kill,
}

/// Kills of a sweep.
const KILLS: usize = 2_000;

impl Sweep {
    /// The job without a fault.
    pub fn undisturbed() -> Case {
        Case {
            seed: 1,
            head: 0,
            place: 0,
            machine: 0,
            world: "nominal",
            counter_survives: true,
            reset_on_open: false,
            latency_ms: 3.0,
            depth_stop: true,
            cage: true,
            faults: Vec::new(),
        }
    }

    /// The cases, of a job that takes so long undisturbed.
    pub fn cases(self, job_s: f64) -> Vec<Case> {
        let at = |kind: Plain, phase_ms: f64| Case {
            faults: vec![Fault { kind: Kind::Plain(kind), after_strikes: 0, phase_ms, seed: 1 }],
            ..Self::undisturbed()
        };
        let each_ms = |kind| (0..(job_s * 1e3) as u32).map(|k| at(kind, f64::from(k))).collect();
        match self {
            Self::Reset => each_ms(Plain::DeviceReset),
            Self::Power => each_ms(Plain::DevicePower),
            Self::Kill => {
                let mut random = Pcg64::seed_from_u64(1);
                let mut kill = || at(Plain::HostKill, random.random_range(0.0..job_s * 1e3));
                (0..KILLS).map(|_| kill()).collect()
            }
        }
    }
}
