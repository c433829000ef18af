//! How well the head is registered by what was touched so far, touch by touch: on a thread of its own, for a fit takes longer
//! than a turn of the run may.

use super::super::output::Failure;
use crossbeam_channel::{Receiver, Sender, bounded};
use smp::console::live::{Fit, FitError};
use smp::frame::{Machine, Point};
use smp::record::registered::Registered;
use smp::register::{Head, Rules, Spot, Touched, register};
use smp::scalp::{Landmarks, ScalpSurface};
use std::sync::Arc;

/// Touches that wait to be looked at; a fit sees all of them.
const WAITING: usize = 256;

/// A head that is being surveyed.
pub struct Surveyed {
    pub surface: Arc<ScalpSurface>,
    pub landmarks: Landmarks,
    /// Landmarks that a hand has touched.
    pub touched: Touched,
}

/// The way to the thread.
pub struct Fitting {
    touches: Sender<Point<Machine>>,
    fits: Receiver<Fit>,
}

impl Fitting {
    /// Starts it; the error is told for these places.
    pub fn start(head: Surveyed, spots: Vec<Spot>) -> Result<Self, Failure> {
        let (touches, touched) = bounded(WAITING);
        let (told, fits) = bounded(WAITING);
        std::thread::Builder::new()
            .name("fitting".to_owned())
            .spawn(move || fit(head, &spots, &touched, &told))
            .map_err(Failure::refused)?;
        Ok(Self { touches, fits })
    }

    /// The skin was found there.
    pub fn touch(&self, at: Point<Machine>) {
        // With the channel full the next touch tells of this one too late, and that is all.
        let _ = self.touches.try_send(at);
    }

    /// The newest fit, if there is a new one.
    pub fn newest(&self) -> Option<Fit> {
        self.fits.try_iter().last()
    }
}

fn fit(mut head: Surveyed, spots: &[Spot], touched: &Receiver<Point<Machine>>, told: &Sender<Fit>) {
    // Nothing is held back for checking yet: that is done with all of them.
    let mut rules = Rules::default();
    rules.limits.checks_least = 0;
    while let Ok(at) = touched.recv() {
        head.touched.surface.push(at);
        head.touched.surface.extend(touched.try_iter());
        let whole = Head { surface: &head.surface, landmarks: &head.landmarks };
        let touches = head.touched.surface.len();
        let fit = match register(whole, &head.touched, spots, &rules) {
            Ok(found) => {
                let found = Registered::new(&found, spots);
                let error = FitError {
                    rms_mm: found.target_error_rms_mm,
                    worst_p95_mm: found.target_error_worst.p95_mm,
                    residual_mm: found.residual_rms_mm,
                };
                Fit { touches, error: Some(error), wants: None }
            }
            Err(why) => Fit { touches, error: None, wants: Some(why.to_string()) },
        };
        if told.try_send(fit).is_err() {
            return;
        }
    }
}
