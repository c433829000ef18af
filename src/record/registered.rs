//! How the head lay in one session of a run, and how sure that was: kept in the run's folder beside the touches
//! it was found by, so that the session can be told again with the same pose, to the last bit.

use super::folder::RunFolder;
use crate::frame::{Machine, Scalp, Transform};
use crate::register::{Registration, Spot, TargetError};
use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector4};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use thiserror::Error;

/// Version of the format.
const SCHEMA: u32 = 1;

/// A scalp registered for the dots of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// From scalp to machine: a unit quaternion, i, j, k, w.
    rotation_ijkw: [f64; 4],
    /// The scalp's origin in the machine, mm.
    translation_mm: [f64; 3],
    /// RMS of the target error over all dots, mm.
    pub target_error_rms_mm: f64,
    /// Surface touches that the fit has used.
    pub touches_used: usize,
    /// Surface touches left out as outliers.
    pub touches_rejected: usize,
    /// RMS residual of the touches used, mm: says nothing about the dots.
    pub residual_rms_mm: f64,
    /// Greatest distance of a check touch from the skin, mm.
    pub check_worst_mm: f64,
    /// What is to be expected at the worst dot.
    pub target_error_worst: TargetError,
}

/// Why a registration in a folder cannot be used.
#[derive(Debug, Error)]
pub enum RegisteredError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Not TOML of the known shape.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// It cannot be put into words.
    #[error("{0}")]
    Unwritable(#[from] toml::ser::Error),
    /// Written for another version.
    #[error("schema {0} is not known, this program reads schema {SCHEMA}")]
    Schema(u32),
    /// Its checksum is that of other values.
    #[error("damaged: its values are not those that were written")]
    Damaged,
    /// The touches are there, what was found by them is not.
    #[error("it is not there, but the touches of its session are")]
    Missing,
}

/// As stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    /// CRC-32 of the registration's values, as this program writes them.
    crc32: u32,
    registration: Registered,
}

impl Registered {
    /// Of a registration, for these dots.
    pub fn new(registration: &Registration, dots: &[Spot]) -> Self {
        let isometry = registration.machine_from_scalp().isometry();
        let squares = dots.iter().map(|dot| registration.target_error(dot).rms_mm.powi(2));
        let used: Vec<f64> = registration
            .touches()
            .iter()
            .filter(|touch| !touch.rejected())
            .map(|touch| touch.residual_mm)
            .collect();
        let rms = |sum: f64, count: usize| (sum / count.max(1) as f64).sqrt();
        let checks = registration.checks().iter().map(|check| check.off_mm.abs());
        Self {
            rotation_ijkw: isometry.rotation.coords.into(),
            translation_mm: isometry.translation.vector.into(),
            target_error_rms_mm: rms(squares.sum(), dots.len()),
            touches_used: used.len(),
            touches_rejected: registration.touches().len() - used.len(),
            residual_rms_mm: rms(used.iter().map(|r| r * r).sum(), used.len()),
            check_worst_mm: checks.fold(0.0, f64::max),
            target_error_worst: registration.worst().1,
        }
    }

    /// The pose.
    pub fn machine_from_scalp(&self) -> Transform<Machine, Scalp> {
        // Not normalised anew: that would change the last bits with each reading.
        let turn =
            UnitQuaternion::new_unchecked(Quaternion::from(Vector4::from(self.rotation_ijkw)));
        Transform::new(Isometry3::from_parts(Translation3::from(self.translation_mm), turn))
    }

    /// Keeps it and its touches in the folder for the session that is to begin, durably. What a session
    /// that never began has left there is replaced.
    pub fn keep(&self, touches: &str, folder: &RunFolder) -> Result<(), RegisteredError> {
        let session = folder.next_session();
        let stored = Stored { schema: SCHEMA, crc32: self.crc32()?, registration: *self };
        durable(&folder.touches(session), touches)?;
        durable(&folder.registration(session), &toml::to_string(&stored)?)?;
        Ok(File::open(folder.path())?.sync_all()?)
    }

    /// How the head lay in a session; `None` if it was not registered.
    pub fn of_session(folder: &RunFolder, session: usize) -> Result<Option<Self>, RegisteredError> {
        let text = match std::fs::read_to_string(folder.registration(session)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let touched = folder.touches(session).exists();
                return if touched { Err(RegisteredError::Missing) } else { Ok(None) };
            }
            read => read?,
        };
        Self::parse(&text).map(Some)
    }

    fn parse(text: &str) -> Result<Self, RegisteredError> {
        let Stored { schema, crc32, registration } = toml::from_str(text)?;
        if schema != SCHEMA {
            return Err(RegisteredError::Schema(schema));
        }
        if crc32 != registration.crc32()? {
            return Err(RegisteredError::Damaged);
        }
        Ok(registration)
    }

    fn crc32(&self) -> Result<u32, RegisteredError> {
        Ok(crc32fast::hash(toml::to_string(self)?.as_bytes()))
    }
}

fn durable(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn registered(turn: [f64; 3], translation_mm: [f64; 3]) -> Registered {
        let rotation = UnitQuaternion::from_scaled_axis(turn.into());
        Registered {
            rotation_ijkw: rotation.coords.into(),
            translation_mm,
            target_error_rms_mm: 0.61,
            touches_used: 38,
            touches_rejected: 2,
            residual_rms_mm: 0.29,
            check_worst_mm: 0.4,
            target_error_worst: TargetError {
                rms_mm: 0.7,
                p95_mm: 1.3,
                along_normal_mm: 0.2,
                along_skin_mm: 0.67,
            },
        }
    }

    fn bits(pose: &Transform<Machine, Scalp>) -> Vec<u64> {
        let isometry = pose.isometry();
        let numbers = isometry.rotation.coords.iter().chain(isometry.translation.vector.iter());
        numbers.map(|v| v.to_bits()).collect()
    }

    proptest! {
        // Each writes to the disk and waits for it.
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn the_pose_survives_the_disk_to_the_last_bit(
            turn in prop::array::uniform3(-3.0..3.0),
            shift in prop::array::uniform3(-500.0..500.0),
        ) {
            let place = tempfile::tempdir().unwrap();
            let folder = RunFolder::new(place.path());
            let kept = registered(turn, shift);
            kept.keep("schema = 1", &folder).unwrap();
            let read = Registered::of_session(&folder, 1).unwrap().unwrap();
            prop_assert_eq!(bits(&read.machine_from_scalp()), bits(&kept.machine_from_scalp()));
            prop_assert_eq!(read, kept);
        }
    }

    #[test]
    fn each_session_has_its_own_and_one_that_never_began_gives_way() {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(place.path());
        let [one, two, three] = [1.0, 2.0, 3.0].map(|x| registered([0.1, 0.2, 0.3], [x, 0.0, 0.0]));
        one.keep("one", &folder).unwrap();
        two.keep("two", &folder).unwrap();
        std::fs::write(folder.journal(1), "").unwrap();
        three.keep("three", &folder).unwrap();
        assert_eq!(Registered::of_session(&folder, 1).unwrap(), Some(two));
        assert_eq!(Registered::of_session(&folder, 2).unwrap(), Some(three));
        assert_eq!(std::fs::read_to_string(folder.touches(1)).unwrap(), "two");
        assert_eq!(Registered::of_session(&folder, 3).unwrap(), None);
        std::fs::remove_file(folder.registration(2)).unwrap();
        let gone = Registered::of_session(&folder, 2);
        assert!(matches!(gone, Err(RegisteredError::Missing)), "{gone:?}");
    }

    #[test]
    fn no_changed_digit_goes_unseen() {
        let registration = registered([0.1, -0.2, 0.3], [1.5, -2.25, 80.125]);
        let crc32 = registration.crc32().unwrap();
        let text = toml::to_string(&Stored { schema: SCHEMA, crc32, registration }).unwrap();
        assert_eq!(Registered::parse(&text).unwrap(), registration);
        for (at, byte) in text.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()) {
            let mut changed = text.clone().into_bytes();
            changed[at] = if byte == b'9' { b'3' } else { byte + 1 };
            let changed = String::from_utf8(changed).unwrap();
            let read = Registered::parse(&changed);
            // The last digits of a number can be changed to another spelling of the same number.
            assert!(read.is_err() || read.unwrap() == registration, "{changed}");
        }
    }
}
