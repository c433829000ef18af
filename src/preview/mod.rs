//! What a design comes to on a head, before any ink: the dots as they will look once healed, how many there are and
//! how dense they lie, and what a person should know of them. Pure; `picture` draws it.
//!
//! ```text
//! Site, PlannedDot --> Dots --+--> counts   dots, skin, density and spacing of each zone and layer
//!                             +--> cells    achieved against wanted density, place by place
//!                             `--> Warning  what makes it look otherwise than meant
//! ```

mod count;
mod density;
mod dot;
mod hairline;
mod head;
mod skin;
mod treatment;
mod turned;
mod warning;

pub use count::{Count, count};
pub use density::{DISC_CM2, DensityCell, achieved, cells, counted};
pub use dot::{Dot, Dots, HEALED_MM, HEALED_SHADE, PIGMENT, SKIN, on_skin};
pub use hairline::{LEAST_GAP_VARIATION, LEAST_HEIGHT_MM, LEAST_IRREGULAR_MM};
pub use head::Head;
pub use treatment::Treatment;
pub use turned::{Turn, Turned};
pub use warning::{
    DIAMETER_MM, DRAWN_SPACING_MM, DRAWN_SPAN_MM, MOST_PER_CM2, SEEN_PERCENT, Warning, of_dots,
    of_giving_way, of_hair, of_pattern, of_placement, of_stretch, warnings,
};
