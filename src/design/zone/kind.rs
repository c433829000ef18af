//! What a zone is to the trade, and what it has where the design says nothing.

use super::Edge;
use serde::{Deserialize, Serialize};

/// The regions that practitioners divide a scalp into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any area.
    Area,
    /// The band behind the hairline.
    Hairline,
    /// The corner of hair between temple and forehead.
    TemporalPeak,
    /// Behind the hairline's band.
    Frontal,
    /// Between frontal area and crown.
    MidScalp,
    /// Around the whorl.
    Crown,
    /// Above the ears, down to what hair there is.
    Side,
    /// Scarred skin: takes pigment in no predictable way.
    Scar,
}

impl Kind {
    /// Density where the design gives none, dots per cm2; `None`: it must.
    ///
    /// After all sessions 50 to 80: a lower frontal band, higher behind, sides that fade (trade figures, of memory).
    pub fn density_per_cm2(self) -> Option<f64> {
        match self {
            Self::Area => None,
            Self::TemporalPeak | Self::Side => Some(45.0),
            Self::Hairline | Self::Frontal | Self::Scar => Some(55.0),
            Self::Crown => Some(60.0),
            Self::MidScalp => Some(65.0),
        }
    }

    /// Edge where the design gives none. A hairline begins with single lighter dots in its first 3 to 8 mm, and its density
    /// rises over 10 to 20 mm (trade figures, of memory).
    pub fn edge(self) -> Edge {
        match self {
            Self::Hairline => Edge { irregular_mm: 2.5, light_mm: 4.0, ramp_mm: 12.0 },
            Self::TemporalPeak => Edge { irregular_mm: 1.5, light_mm: 3.0, ramp_mm: 8.0 },
            Self::Area | Self::Frontal | Self::MidScalp | Self::Crown | Self::Side | Self::Scar => {
                Edge::default()
            }
        }
    }
}
