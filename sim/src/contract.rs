//! The edge between firmware and plant: commanded axes one way, sensor readings the other.

/// Simulated time, ns since the device was powered up.
pub type Nanos = u64;

/// One millisecond.
pub const MS: Nanos = 1_000_000;

/// Axis positions X Y Z A B C: mm, mm, mm, degrees, degrees, mm. Axes a machine lacks stay 0.
pub type Axes = [f64; 6];

/// The motion the firmware commands, as a function of time.
///
/// Firmware may change the future of it at any time, never the past.
pub trait Commanded {
    /// Commanded axis positions at `t`.
    fn at(&self, t: Nanos) -> Axes;
    /// Commanded axis speeds at `t`, in units per second.
    fn speed_at(&self, t: Nanos) -> Axes;
    /// The first instant at or after `t` from which nothing moves any more.
    fn still_from(&self, t: Nanos) -> Nanos;
}

/// What the head tracker says: the head's displacement since [`Plant::mark_head`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadReading {
    /// Translation, machine axes, mm.
    pub translation: [f64; 3],
    /// Rotation vector, machine axes, rad.
    pub rotation: [f64; 3],
    /// How long ago the tracker measured it.
    pub age: Nanos,
}

/// What one stroke of the needle looked like to the device's own sensors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StrokeReading {
    /// Travel from rest along the needle at which contact was sensed, mm.
    pub contact_travel: Option<f64>,
    /// Travel at which the needle's force first reached 25 mN, mm.
    pub felt_travel: Option<f64>,
    /// Height of the surface below the rest position, read at the deepest point, mm.
    pub bottom_height: Option<f64>,
    /// Greatest needle force, N.
    pub peak_force: f64,
}

/// The world as the firmware's inputs see it.
///
/// Readings at `t` need the plant to have been advanced to `t`. Time never runs backwards.
pub trait Plant {
    /// Let the world live until `to` under the commanded motion.
    fn advance(&mut self, to: Nanos, commanded: &dyn Commanded);
    /// Measured axis positions (encoders).
    fn positions(&mut self, t: Nanos) -> Axes;
    /// Distance along the needle from the tip's rest position (C = 0) to the surface, mm;
    /// `None` when the sensor has no reading.
    fn height(&mut self, t: Nanos) -> Option<f64>;
    /// Needle force, N.
    fn force(&mut self, t: Nanos) -> f64;
    /// Skin contact, as sensed.
    fn contact(&mut self, t: Nanos) -> bool;
    /// Remember the head's present pose: tracker readings are displacements from it.
    fn mark_head(&mut self, t: Nanos);
    /// The newest head tracker measurement; `None` when the head is not seen.
    fn head(&mut self, t: Nanos) -> Option<HeadReading>;
    /// Travel of the stroke under way at which the needle's force first told of skin (25 mN), as latched by then, mm.
    fn felt(&mut self, _t: Nanos) -> Option<f64> {
        None
    }
    /// A stroke for `dot` begins (a label for the truth log; `None` in dialects without dot numbers).
    fn stroke_begins(&mut self, t: Nanos, dot: Option<u32>, rest: Axes);
    /// The stroke is over (tip back at rest); what the sensors saw of it.
    fn stroke_ends(&mut self, t: Nanos) -> StrokeReading;
}
