//! The `$n=v` table: what `$$` prints, and the few values that act.

use super::{dialect::Dialect, limits::AxisLimits, params::FirmwareConfig, parse::Error, tx::Tx};

/// One setting and how many decimals it is printed with.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Setting {
    id: u16,
    value: f64,
    decimals: u8,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    table: Vec<Setting>,
}

/// A setting that the rest of the firmware has to know of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    None,
    Deviation(f64),
    SoftLimits(bool),
    Homing(bool),
    Rate(usize, f64),
    Accel(usize, f64),
    Travel(usize, f64),
}

impl Settings {
    pub fn new(config: &FirmwareConfig) -> Self {
        let hal = config.dialect.is_hal();
        let fixed = if hal { HAL } else { GRBL };
        let mut table: Vec<Setting> = fixed
            .iter()
            .map(|(id, value, decimals)| Setting { id: *id, value: *value, decimals: *decimals })
            .collect();
        let step_decimals = if hal { 5 } else { 3 };
        for (axis, limits) in config.limits.iter().take(config.axes).enumerate() {
            let mut add = |base: u16, value: f64, decimals: u8| {
                table.push(Setting { id: base + axis as u16, value, decimals });
            };
            add(100, 250.0, step_decimals);
            add(110, limits.max_rate * 60.0, 3);
            add(120, limits.max_accel, 3);
            add(130, span(limits), 3);
        }
        let mut settings = Self { table };
        settings.put(20, f64::from(u8::from(config.soft_limits)));
        settings.put(21, f64::from(u8::from(config.homing)));
        settings.put(22, f64::from(u8::from(config.homing)));
        settings.table.sort_by_key(|setting| setting.id);
        settings
    }

    pub fn get(&self, id: u16) -> Option<f64> {
        self.table.iter().find(|setting| setting.id == id).map(|setting| setting.value)
    }

    pub fn flag(&self, id: u16) -> bool {
        self.get(id).is_some_and(|value| value > 0.5)
    }

    /// Checks and stores a value; the caller lets it act.
    pub fn set(&mut self, id: u16, value: f64, dialect: Dialect) -> Result<Change, Error> {
        let unknown = if dialect.is_hal() { Error::SettingDisabled } else { Error::BadStatement };
        self.get(id).ok_or(unknown)?;
        if value < 0.0 && !dialect.is_hal() {
            return Err(Error::Negative);
        }
        if id == 20 && value > 0.5 && !self.flag(22) {
            return Err(Error::SoftLimitNeedsHoming);
        }
        if id == 22 && value < 0.5 {
            self.put(20, 0.0);
        }
        self.put(id, value);
        let axis = usize::from(id % 10);
        Ok(match id {
            11 => Change::Deviation(value),
            20 => Change::SoftLimits(value > 0.5),
            22 => Change::Homing(value > 0.5),
            110..=115 => Change::Rate(axis, value / 60.0),
            120..=125 => Change::Accel(axis, value),
            130..=135 => Change::Travel(axis, value),
            _ => Change::None,
        })
    }

    /// `$$`, line by line.
    pub fn report(&self, tx: &mut Tx, t: u64) {
        for setting in &self.table {
            let Setting { id, value, decimals } = *setting;
            tx.line(t, &format!("${id}={value:.*}", usize::from(decimals)));
        }
    }

    fn put(&mut self, id: u16, value: f64) {
        for setting in &mut self.table {
            if setting.id == id {
                setting.value = value;
            }
        }
    }
}

fn span(limits: &AxisLimits) -> f64 {
    limits.travel[1] - limits.travel[0]
}

/// Settings without an axis: number, value, decimals.
type Fixed = &'static [(u16, f64, u8)];

const GRBL: Fixed = &[
    (0, 10.0, 0),
    (1, 25.0, 0),
    (2, 0.0, 0),
    (3, 0.0, 0),
    (4, 0.0, 0),
    (5, 0.0, 0),
    (6, 0.0, 0),
    (10, 1.0, 0),
    (11, 0.01, 3),
    (12, 0.002, 3),
    (13, 0.0, 0),
    (20, 0.0, 0),
    (21, 0.0, 0),
    (22, 0.0, 0),
    (23, 0.0, 0),
    (24, 25.0, 3),
    (25, 500.0, 3),
    (26, 250.0, 0),
    (27, 1.0, 3),
    (30, 1_000.0, 0),
    (31, 0.0, 0),
    (32, 0.0, 0),
];

const HAL: Fixed = &[
    (0, 5.0, 1),
    (1, 25.0, 0),
    (2, 0.0, 0),
    (3, 0.0, 0),
    (4, 31.0, 0),
    (5, 0.0, 0),
    (6, 0.0, 0),
    (9, 1.0, 0),
    (10, 511.0, 0),
    (11, 0.01, 3),
    (12, 0.002, 3),
    (13, 0.0, 0),
    (14, 0.0, 0),
    (15, 0.0, 0),
    (17, 0.0, 0),
    (18, 0.0, 0),
    (19, 0.0, 0),
    (20, 0.0, 0),
    (21, 0.0, 0),
    (22, 0.0, 0),
    (23, 0.0, 0),
    (24, 25.0, 1),
    (25, 500.0, 1),
    (26, 250.0, 0),
    (27, 1.0, 3),
    (28, 0.1, 3),
    (29, 0.0, 1),
    (30, 1_000.0, 3),
    (31, 0.0, 3),
    (32, 0.0, 0),
    (33, 5_000.0, 1),
    (34, 0.0, 1),
    (35, 0.0, 1),
    (36, 100.0, 1),
    (37, 0.0, 0),
    (39, 1.0, 0),
    (40, 0.0, 0),
    (41, 0.0, 0),
    (42, 2.0, 0),
    (43, 1.0, 0),
    (44, 4.0, 0),
    (45, 3.0, 0),
    (46, 0.0, 0),
    (47, 0.0, 0),
    (48, 0.0, 0),
    (56, 5.0, 1),
    (57, 100.0, 1),
    (58, -5.0, 1),
    (59, 500.0, 1),
    (60, 0.0, 0),
    (61, 0.0, 0),
    (62, 0.0, 0),
    (63, 3.0, 0),
    (64, 0.0, 0),
    (65, 0.0, 0),
    (341, 0.0, 0),
    (342, 30.0, 1),
    (343, 25.0, 1),
    (344, 200.0, 1),
    (345, 200.0, 1),
    (346, 1.0, 0),
    (370, 0.0, 0),
    (372, 0.0, 0),
    (376, 3.0, 0),
    (384, 0.0, 0),
    (392, 4.0, 1),
    (393, 1.0, 1),
    (394, 0.0, 1),
    (398, 100.0, 0),
    (481, 0.0, 0),
    (485, 0.0, 0),
    (486, 0.0, 0),
    (538, 0.0, 0),
    (539, 0.0, 1),
    (673, 0.0, 1),
    (676, 15.0, 0),
    (680, 0.0, 0),
    (701, 0.0, 0),
];
