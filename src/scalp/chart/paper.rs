//! The piece of paper that is laid on the skin: a disc around the anchor, or a sheet cut out around marks.
//!
//! A head has no flat map, so the less paper there is the better it lies: a hairline from ear to ear is a strip, and
//! lies far better than the disc that it crosses. The sheet keeps a margin around every mark. Marks that lie apart are
//! cut out in one piece with the anchor, with as much margin as that takes.

use crate::union::Union;
use nalgebra::Vector2;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Around the marks of a sheet, mm and as part of the farthest mark's distance: flattening moves the rim inward.
const MARGIN_MM: f64 = 12.0;
const MARGIN_PART: f64 = 0.1;
/// Beyond what just joins two pieces, mm.
const BRIDGE_MM: f64 = 8.0;
/// A way along the skin may be longer than on paper by this, mm.
const LONGER_MM: f64 = 6.0;
/// Side of a cell of a sheet, mm.
const CELL_MM: f64 = 4.0;

/// What is laid.
pub(super) enum Paper {
    /// All that lies within `radius_mm` of the anchor along the skin.
    Disc { radius_mm: f64 },
    /// What lies near marks.
    Sheet(Sheet),
}

impl Paper {
    /// Cut out around marks, and in one piece with the anchor at (0, 0).
    pub(super) fn under(marks: &[Vector2<f64>]) -> Self {
        Self::Sheet(Sheet::around(marks))
    }

    /// Whether it reaches a place at `flat`, `far_mm` from the anchor along the skin.
    pub(super) fn reaches(&self, flat: Vector2<f64>, far_mm: f64) -> bool {
        match self {
            Self::Disc { radius_mm } => far_mm <= *radius_mm,
            Self::Sheet(sheet) => sheet.reaches(flat, far_mm),
        }
    }

    /// Whether a place on a finished map is part of it.
    pub(super) fn holds(&self, flat: Vector2<f64>) -> bool {
        match self {
            Self::Disc { radius_mm } => flat.norm() <= *radius_mm,
            Self::Sheet(sheet) => sheet.holds(flat),
        }
    }
}

/// Cells of paper, each with its distance from the nearest mark.
pub(super) struct Sheet {
    low: Vector2<f64>,
    columns: usize,
    rows: usize,
    /// From the nearest mark's cell, in steps to the eight cells around, mm.
    far_mm: Vec<f64>,
    margin_mm: f64,
    /// From the anchor's cell, over cells of the sheet alone.
    way_mm: Vec<f64>,
}

impl Sheet {
    fn around(marks: &[Vector2<f64>]) -> Self {
        let anchor = Vector2::zeros();
        let all = || marks.iter().copied().chain([anchor]);
        let reach = all().map(|mark| mark.norm()).fold(0.0, f64::max);
        let margin_mm = MARGIN_MM.max(MARGIN_PART * reach);
        let low = all().fold(anchor, |low, mark| low.inf(&mark)).add_scalar(-margin_mm);
        let high = all().fold(anchor, |high, mark| high.sup(&mark)).add_scalar(margin_mm);
        let [columns, rows] = [0, 1].map(|k| ((high - low)[k] / CELL_MM) as usize + 1);
        let nowhere = vec![f64::INFINITY; columns * rows];
        let (far_mm, way_mm) = (nowhere.clone(), nowhere);
        let mut sheet = Self { low, columns, rows, far_mm, margin_mm, way_mm };
        let joined_mm = sheet.measure(all());
        sheet.margin_mm = margin_mm.max(joined_mm + BRIDGE_MM);
        sheet.way_mm = sheet.spread([anchor].into_iter(), |cell| sheet.is_held(cell), |_, _| {});
        sheet
    }

    fn holds(&self, flat: Vector2<f64>) -> bool {
        self.cell(flat).is_some_and(|cell| self.is_held(cell))
    }

    fn is_held(&self, cell: usize) -> bool {
        self.far_mm[cell] <= self.margin_mm
    }

    /// On rough skin places on paper are folded back onto the sheet: the way there along the skin is longer than that on
    /// paper.
    fn reaches(&self, flat: Vector2<f64>, far_mm: f64) -> bool {
        let cell = self.cell(flat).filter(|&cell| self.is_held(cell));
        cell.is_some_and(|cell| far_mm <= self.way_mm[cell] + LONGER_MM)
    }

    fn cell(&self, flat: Vector2<f64>) -> Option<usize> {
        let at = (flat - self.low) / CELL_MM;
        let (column, row) = (at.x.floor(), at.y.floor());
        let on =
            (0.0..self.columns as f64).contains(&column) && (0.0..self.rows as f64).contains(&row);
        on.then(|| row as usize * self.columns + column as usize)
    }

    /// Measures every cell's distance from the marks; how far from them one has to go until all of them hang together.
    fn measure(&mut self, marks: impl Iterator<Item = Vector2<f64>>) -> f64 {
        let mut together = Union::of(self.far_mm.len());
        let mut is_settled = vec![false; self.far_mm.len()];
        let mut joined_mm = 0.0;
        self.far_mm = self.spread(
            marks,
            |_| true,
            |cell, here_mm| {
                is_settled[cell] = true;
                let beside = self.beside(cell).filter(|(other, _)| is_settled[*other]);
                let joins =
                    beside.filter(|&(other, _)| together.join(cell as u32, other as u32)).count();
                // By one of them it was reached.
                if joins > 1 {
                    joined_mm = here_mm;
                }
            },
        );
        joined_mm
    }

    /// Distances from some places over cells that may be gone through, outwards (Dijkstra); `settles` hears of each cell.
    fn spread(
        &self,
        from: impl Iterator<Item = Vector2<f64>>,
        may_be_gone: impl Fn(usize) -> bool,
        mut settles: impl FnMut(usize, f64),
    ) -> Vec<f64> {
        let mut far_mm = vec![f64::INFINITY; self.columns * self.rows];
        let mut queue = BinaryHeap::new();
        for cell in from.filter_map(|place| self.cell(place)) {
            if far_mm[cell] > 0.0 {
                far_mm[cell] = 0.0;
                queue.push(Reverse((0, cell)));
            }
        }
        let mut is_settled = vec![false; far_mm.len()];
        while let Some(Reverse((_, cell))) = queue.pop() {
            if std::mem::replace(&mut is_settled[cell], true) {
                continue;
            }
            settles(cell, far_mm[cell]);
            for (other, step_mm) in self.beside(cell).filter(|(other, _)| may_be_gone(*other)) {
                let way_mm = far_mm[cell] + step_mm;
                if way_mm < far_mm[other] {
                    far_mm[other] = way_mm;
                    queue.push(Reverse((way_mm.to_bits(), other)));
                }
            }
        }
        far_mm
    }

    /// The cells around one, with the step to each, mm.
    fn beside(&self, cell: usize) -> impl Iterator<Item = (usize, f64)> + use<> {
        let (columns, rows) = (self.columns, self.rows);
        let (column, row) = (cell % columns, cell / columns);
        let across = column.saturating_sub(1)..=(column + 1).min(columns - 1);
        let along = row.saturating_sub(1)..=(row + 1).min(rows - 1);
        let around = along.flat_map(move |row| across.clone().map(move |column| (column, row)));
        around.filter(move |&at| at != (column, row)).map(move |at| {
            let straight = at.0 == column || at.1 == row;
            let step_mm = if straight { CELL_MM } else { CELL_MM * std::f64::consts::SQRT_2 };
            (at.1 * columns + at.0, step_mm)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sheet_holds_all_around_its_marks_and_hangs_together(
            marks in prop::collection::vec((-280.0..280.0f64, -280.0..280.0f64), 0..12)
        ) {
            let marks: Vec<_> = marks.into_iter().map(|(x, y)| Vector2::new(x, y)).collect();
            let sheet = Sheet::around(&marks);
            for mark in &marks {
                for k in 0..8 {
                    let angle = f64::from(k) * std::f64::consts::FRAC_PI_4;
                    let beside = mark + Vector2::new(angle.cos(), angle.sin()) * (MARGIN_MM - CELL_MM);
                    prop_assert!(sheet.holds(beside));
                }
            }
            let held: Vec<bool> = sheet.far_mm.iter().map(|&far| far <= sheet.margin_mm).collect();
            let first = sheet.cell(Vector2::zeros()).unwrap();
            let mut reached = vec![false; held.len()];
            let mut open = vec![first];
            reached[first] = true;
            while let Some(cell) = open.pop() {
                for (other, _) in sheet.beside(cell) {
                    if held[other] && !std::mem::replace(&mut reached[other], true) {
                        open.push(other);
                    }
                }
            }
            prop_assert_eq!(held, reached);
        }
    }

    #[test]
    fn a_strip_is_cut_out_as_a_strip() {
        let strip: Vec<_> = (-120..=120).map(|x| Vector2::new(f64::from(x), 0.0)).collect();
        let sheet = Sheet::around(&strip);
        assert!(sheet.holds(Vector2::new(125.0, 8.0)));
        assert!(!sheet.holds(Vector2::new(0.0, 20.0)));
    }
}
