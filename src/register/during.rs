//! Refinement during a run: what the heights measured at dot after dot tell of the pose together.
//!
//! Each height is the pose's error along one normal, the scan's own error there (alike over 25 mm), and noise.
//! Over a curved head they determine how the whole lies. The depth loop takes each height as it is; what it cannot
//! see is how far the dots have come to lie *aside* from where they belong, and that is told here.

use super::input::Noise;
use super::pose::{self, RADIUS};
use crate::frame::{Direction, Point, Scalp};
use nalgebra::{Cholesky, Matrix6, U6, Vector3, Vector6};

/// Heights so near to each other are one, mm: the scan's error is the same there.
const CELL_MM: f64 = 12.0;
/// A cell's mean goes over so many heights: a head that has slipped shall be seen.
const CELL_MEMORY: f64 = 40.0;
/// Cells that a head can have.
const CELLS_MAX: usize = 512;

/// How far a place lies from where the registration has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Displacement {
    /// Along the outward normal, mm, and one sigma of it.
    pub along_mm: f64,
    /// See above.
    pub along_sigma_mm: f64,
    /// Along the skin, mm, and one sigma of it, both directions together.
    pub aside_mm: f64,
    /// See above.
    pub aside_sigma_mm: f64,
}

/// Heights measured in a run.
#[derive(Clone, Debug)]
pub struct Heights {
    noise: Noise,
    prior: Matrix6<f64>,
    cells: Vec<Cell>,
    noted: u32,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    centre: Point<Scalp>,
    count: f64,
    at: Vector3<f64>,
    normal: Vector3<f64>,
    offset_mm: f64,
}

impl Heights {
    /// Of a head that lies where it was registered within `sigma_mm`, along each axis and at the skin about each.
    pub fn new(sigma_mm: f64, noise: Noise) -> Self {
        let turn = (RADIUS / sigma_mm).powi(2);
        let shift = sigma_mm.powi(-2);
        let prior = Matrix6::from_diagonal(&Vector6::new(turn, turn, turn, shift, shift, shift));
        Self { noise, prior, cells: Vec::with_capacity(CELLS_MAX), noted: 0 }
    }

    /// The skin at a place lies `offset_mm` further out than the registration, and all motion seen since, has it.
    pub fn note(&mut self, at: Point<Scalp>, normal: Direction<Scalp>, offset_mm: f64) {
        if !offset_mm.is_finite() {
            return;
        }
        self.noted += 1;
        let near = self.cells.iter_mut().find(|cell| cell.centre.distance(&at) <= CELL_MM);
        if let Some(cell) = near {
            cell.count += 1.0;
            let gain = 1.0 / cell.count.min(CELL_MEMORY);
            cell.at += gain * (at.vector() - cell.at);
            cell.normal += gain * (normal.vector() - cell.normal);
            cell.offset_mm += gain * (offset_mm - cell.offset_mm);
        } else if self.cells.len() < CELLS_MAX {
            let (at, normal, centre) = (at.vector(), normal.vector(), at);
            self.cells.push(Cell { centre, count: 1.0, at, normal, offset_mm });
        }
    }

    /// How many heights were noted.
    pub fn noted(&self) -> u32 {
        self.noted
    }

    /// How far the dots at a place have come away; `None` before the first height.
    pub fn displaced(&self, at: Point<Scalp>, normal: Direction<Scalp>) -> Option<Displacement> {
        self.cells.first()?;
        let (mut information, mut moment) = (self.prior, Vector6::zeros());
        for cell in &self.cells {
            let here = Point::<Scalp>::from_vector(cell.at);
            let alike = |other: &Cell| self.noise.correlation(here, Point::from_vector(other.at));
            let share = self.noise.share(self.cells.iter().map(alike).sum());
            let jacobian = pose::jacobian_along(here, cell.normal.normalize());
            information += share * jacobian * jacobian.transpose();
            moment += share * cell.offset_mm * jacobian;
        }
        let solved = Cholesky::<f64, U6>::new(information)?;
        let jacobian = pose::jacobian(at);
        let by = jacobian * solved.solve(&moment);
        let spread = jacobian * solved.inverse() * jacobian.transpose();
        let n = normal.vector();
        let along_mm = by.dot(&n);
        let along_variance = n.dot(&(spread * n));
        Some(Displacement {
            along_mm,
            along_sigma_mm: along_variance.max(0.0).sqrt(),
            aside_mm: (by - n * along_mm).norm(),
            aside_sigma_mm: (spread.trace() - along_variance).max(0.0).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A head like an egg: longer than wide, wider than high.
    const HALF_AXES: [f64; 3] = [75.0, 95.0, 110.0];

    fn place(tilt: f64, around: f64) -> (Point<Scalp>, Direction<Scalp>) {
        let [a, b, c] = HALF_AXES;
        let (x, y, z) = (tilt.sin() * around.cos(), tilt.sin() * around.sin(), tilt.cos());
        let normal = Direction::new(x / a, y / b, z / c).unit().unwrap();
        (Point::new(a * x, b * y, c * z), normal)
    }

    /// Dots over the crown as far down as 60 degrees.
    fn dots() -> impl Iterator<Item = (Point<Scalp>, Direction<Scalp>)> {
        (0..3000).map(|k| place((f64::from(k) / 3000.0).sqrt() * 1.05, f64::from(k) * 2.4))
    }

    fn measured(motion: &Vector6<f64>, warp: impl Fn(Point<Scalp>) -> f64) -> Heights {
        let mut heights = Heights::new(1.5, Noise::default());
        for (at, normal) in dots() {
            let by = pose::jacobian(at) * motion;
            heights.note(at, normal, by.dot(&normal.vector()) + warp(at));
        }
        heights
    }

    #[test]
    fn before_the_first_height_nothing_is_told() {
        let (at, normal) = place(0.3, 0.0);
        assert_eq!(Heights::new(1.5, Noise::default()).displaced(at, normal), None);
    }

    #[test]
    fn heights_without_end_in_one_place_tell_no_more_than_one_does() {
        let (at, normal) = place(0.3, 0.0);
        let mut heights = Heights::new(1.5, Noise::default());
        heights.note(at, normal, 0.4);
        let one = heights.displaced(at, normal).unwrap();
        (0..1000).for_each(|_| heights.note(at, normal, 0.4));
        let many = heights.displaced(at, normal).unwrap();
        assert!((one.along_sigma_mm - many.along_sigma_mm).abs() < 1e-9);
        assert!((0.2..0.35).contains(&many.along_sigma_mm), "{many:?}");
        // Along the skin nothing was measured: it is as unsure as before.
        assert!(many.aside_sigma_mm > 1.5, "{many:?}");
    }

    proptest! {
        #[test]
        fn a_head_that_has_come_away_is_found_within_the_uncertainty_told(
            shift in proptest::array::uniform3(-3.0..3.0f64),
            turn in proptest::array::uniform3(-0.01..0.01f64),
            phase in 0.0..6.0f64,
        ) {
            let motion =
                Vector6::new(turn[0], turn[1], turn[2], shift[0], shift[1], shift[2]);
            let warp = |p: Point<Scalp>| 0.3 * (p.x() / 25.0 + phase).sin() * (p.y() / 25.0).cos();
            let heights = measured(&motion, warp);
            for (at, normal) in [place(0.1, 0.0), place(0.7, 1.0), place(0.7, 4.0)] {
                let by = pose::jacobian(at) * motion;
                let n = normal.vector();
                let aside = (by - n * by.dot(&n)).norm();
                let told = heights.displaced(at, normal).unwrap();
                prop_assert!((told.along_mm - by.dot(&n)).abs() < 0.1 + 4.0 * told.along_sigma_mm);
                prop_assert!((told.aside_mm - aside).abs() < 4.0 * told.aside_sigma_mm, "{told:?}, true {aside}");
                // Beforehand 3 mm; a head is nearly round, and heights see little of a turn about its middle.
                prop_assert!(told.aside_sigma_mm < 2.1, "{told:?}");
            }
        }
    }
}
