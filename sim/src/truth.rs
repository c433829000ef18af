//! What really happened, strike by strike and collision by collision.
//!
//! Written by the plant alone; the controller never reads it during a run. The CSV has a fixed
//! header and fixed decimals: the same truth gives the same bytes.

use std::fmt::Write as _;
use std::str::FromStr;

use crate::contract::Nanos;

/// The truth of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// In order of entry.
    pub strikes: Vec<StrikeTruth>,
    /// In order of beginning.
    pub collisions: Vec<Collision>,
}

/// One time that the needle went through the undisturbed true surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrikeTruth {
    /// The dot's number, where the firmware named it.
    pub dot: Option<u32>,
    /// Number of the stroke, from 1, where the firmware says when it makes one; 0 elsewhere. A needle that the head
    /// leaves and meets again within one stroke is here twice.
    pub stroke: u64,
    /// When the tip crossed the undisturbed surface inwards and outwards.
    pub t_entry: Nanos,
    pub t_exit: Nanos,
    /// The material point that was hit, on the unwarped scan, scalp frame, mm.
    pub scan_point: [f64; 3],
    /// The same place in the machine frame at entry, mm.
    pub machine_point: [f64; 3],
    /// Greatest depth of the tip below the undisturbed surface along the inward normal, mm.
    pub tip_travel: f64,
    /// Greatest length of needle in tissue, mm.
    pub penetration: f64,
    /// Dimple at the greatest tip travel, mm.
    pub dimple: f64,
    /// Needle against the smooth true normal at entry, degrees.
    pub tilt: f64,
    /// Greatest sideways motion of the tip against the skin while in tissue, mm.
    pub lateral_drag: f64,
    /// Greatest sideways speed of the gantry while in tissue, mm/s.
    pub lateral_speed: f64,
    /// Greatest sideways speed of the gantry by its encoders while in tissue, mm/s: without the axes' noise and play,
    /// which make up most of the speed above.
    pub lateral_drive: f64,
    /// Greatest sideways displacement of the tip since entry, machine frame, mm.
    pub lateral_shift: f64,
    /// Speed of the undisturbed skin at entry, mm/s.
    pub surface_speed: f64,
    /// How far the place had moved while the strike was decided, sent and carried out, mm: in the last 60 ms before
    /// entry, or 200 ms where X Y Z make the stroke.
    pub head_moved: f64,
    /// How far the skin has come onto the needle between its entry and the deepest of it, along the needle, mm.
    pub head_came: f64,
    /// Greatest force along the needle, N.
    pub peak_force: f64,
    /// Epidermis and dermis here, mm.
    pub skin_thickness: f64,
    /// Strikes made with this needle, this one included.
    pub needle_strikes: u32,
    /// Whether the skin broke.
    pub punctured: bool,
    /// Whether the depth stop was reached.
    pub stopped: bool,
    /// What becomes of the dot: its diameter, mm, and the share of the pigment that stays.
    /// Placeholders (`docs/formats.md`).
    pub healed_diameter: f64,
    pub retention: f64,
}

/// What touched the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The needle tip, without a stroke.
    Tip,
    /// The nose ring, outside a stroke.
    Ring,
    /// The tool's body.
    Body,
}

/// Something below the true surface outside a strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collision {
    pub part: Part,
    pub t_start: Nanos,
    pub t_end: Nanos,
    /// Where it was deepest: on the unwarped scan, scalp frame, mm.
    pub scan_point: [f64; 3],
    /// Greatest depth along the needle's direction, mm.
    pub depth: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TruthError {
    #[error("line 1: the header is not that of a truth log")]
    Header,
    #[error("line {line}: {found} fields, not {needed}")]
    Fields { line: usize, found: usize, needed: usize },
    #[error("line {line}, column {column}: {field:?} is not what belongs there")]
    Field { line: usize, column: usize, field: String },
}

/// Columns of the strike log.
pub const STRIKE_HEADER: &str = "dot,t_entry_ns,t_exit_ns,scan_x_mm,scan_y_mm,scan_z_mm,machine_x_mm,\
machine_y_mm,machine_z_mm,tip_travel_mm,penetration_mm,dimple_mm,tilt_deg,lateral_drag_mm,\
lateral_speed_mm_per_s,surface_speed_mm_per_s,peak_force_n,skin_thickness_mm,needle_strikes,\
punctured,stopped,healed_diameter_mm,retention,lateral_drive_mm_per_s,lateral_shift_mm,\
stroke,head_moved_mm,head_came_mm";

/// Columns of the collision log.
pub const COLLISION_HEADER: &str =
    "part,t_start_ns,t_end_ns,scan_x_mm,scan_y_mm,scan_z_mm,depth_mm";

impl Truth {
    /// Strikes as CSV.
    pub fn strikes_csv(&self) -> String {
        let mut text = String::with_capacity(64 + 200 * self.strikes.len());
        text.push_str(STRIKE_HEADER);
        text.push('\n');
        for strike in &self.strikes {
            strike.write(&mut text);
        }
        text
    }

    /// Collisions as CSV.
    pub fn collisions_csv(&self) -> String {
        let mut text = String::from(COLLISION_HEADER);
        text.push('\n');
        for c in &self.collisions {
            let [x, y, z] = c.scan_point;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{},{},{},{x:.6},{y:.6},{z:.6},{:.6}",
                c.part.word(),
                c.t_start,
                c.t_end,
                c.depth
            );
        }
        text
    }

    /// Reads back what [`Truth::strikes_csv`] and [`Truth::collisions_csv`] wrote.
    pub fn from_csv(strikes: &str, collisions: &str) -> Result<Self, TruthError> {
        Ok(Self {
            strikes: rows(strikes, STRIKE_HEADER, StrikeTruth::read)?,
            collisions: rows(collisions, COLLISION_HEADER, Collision::read)?,
        })
    }
}

impl StrikeTruth {
    fn write(&self, text: &mut String) {
        if let Some(dot) = self.dot {
            let _ = write!(text, "{dot}");
        }
        let _ = write!(text, ",{},{}", self.t_entry, self.t_exit);
        let lengths = self.scan_point.iter().chain(&self.machine_point).chain([
            &self.tip_travel,
            &self.penetration,
            &self.dimple,
            &self.tilt,
            &self.lateral_drag,
            &self.lateral_speed,
            &self.surface_speed,
            &self.peak_force,
            &self.skin_thickness,
        ]);
        for value in lengths {
            // Adding 0 turns -0 into 0.
            let _ = write!(text, ",{:.6}", value + 0.0);
        }
        let _ = writeln!(
            text,
            ",{},{},{},{:.6},{:.6},{:.6},{:.6},{},{:.6},{:.6}",
            self.needle_strikes,
            u8::from(self.punctured),
            u8::from(self.stopped),
            self.healed_diameter,
            self.retention,
            self.lateral_drive + 0.0,
            self.lateral_shift + 0.0,
            self.stroke,
            self.head_moved + 0.0,
            self.head_came + 0.0
        );
    }

    fn read(row: &mut Row) -> Result<Self, TruthError> {
        Ok(Self {
            dot: row.optional()?,
            t_entry: row.next()?,
            t_exit: row.next()?,
            scan_point: row.point()?,
            machine_point: row.point()?,
            tip_travel: row.next()?,
            penetration: row.next()?,
            dimple: row.next()?,
            tilt: row.next()?,
            lateral_drag: row.next()?,
            lateral_speed: row.next()?,
            surface_speed: row.next()?,
            peak_force: row.next()?,
            skin_thickness: row.next()?,
            needle_strikes: row.next()?,
            punctured: row.flag()?,
            stopped: row.flag()?,
            healed_diameter: row.next()?,
            retention: row.next()?,
            lateral_drive: row.next()?,
            lateral_shift: row.next()?,
            stroke: row.next()?,
            head_moved: row.next()?,
            head_came: row.next()?,
        })
    }
}

impl Collision {
    fn read(row: &mut Row) -> Result<Self, TruthError> {
        Ok(Self {
            part: row.next()?,
            t_start: row.next()?,
            t_end: row.next()?,
            scan_point: row.point()?,
            depth: row.next()?,
        })
    }
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Tip => "tip",
            Self::Ring => "ring",
            Self::Body => "body",
        }
    }
}

impl FromStr for Part {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "tip" => Ok(Self::Tip),
            "ring" => Ok(Self::Ring),
            "body" => Ok(Self::Body),
            _ => Err(()),
        }
    }
}

/// The fields of one line, taken from left to right.
struct Row<'a> {
    line: usize,
    fields: Vec<&'a str>,
    taken: usize,
}

fn rows<T>(
    text: &str,
    header: &str,
    read: impl Fn(&mut Row) -> Result<T, TruthError>,
) -> Result<Vec<T>, TruthError> {
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, first)| first) != Some(header) {
        return Err(TruthError::Header);
    }
    let needed = header.split(',').count();
    lines
        .map(|(number, line)| {
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != needed {
                let found = fields.len();
                return Err(TruthError::Fields { line: number + 1, found, needed });
            }
            read(&mut Row { line: number + 1, fields, taken: 0 })
        })
        .collect()
}

impl Row<'_> {
    fn next<T: FromStr>(&mut self) -> Result<T, TruthError> {
        let field = self.fields.get(self.taken).copied().unwrap_or_default();
        self.taken += 1;
        field.parse().map_err(|_| TruthError::Field {
            line: self.line,
            column: self.taken,
            field: field.to_owned(),
        })
    }

    fn optional<T: FromStr>(&mut self) -> Result<Option<T>, TruthError> {
        if self.fields.get(self.taken).is_some_and(|field| field.is_empty()) {
            self.taken += 1;
            return Ok(None);
        }
        self.next().map(Some)
    }

    fn point(&mut self) -> Result<[f64; 3], TruthError> {
        Ok([self.next()?, self.next()?, self.next()?])
    }

    fn flag(&mut self) -> Result<bool, TruthError> {
        Ok(self.next::<u8>()? != 0)
    }
}
