//! Tables: columns as wide as what is in them, heads again on each sheet, no row cut that fits on one.
//!
//! A table of many short rows is one to the eye alone: told as a table, cell by cell, its rows would take a kilobyte each.
//! To the ear each row is a paragraph, below a paragraph of the columns' names.

use super::flow::{Flow, Item};
use super::fonts::{Face, Fonts};
use super::text::{Laid, Style, broken, widths};
use super::tree::{Node, Role};
use crate::record::report::document::ink::{BAD, INK, Rgb, SOFT, WARN};
use crate::record::report::document::{Fit, Line, Row, Table, Weight};

const CELL: Style = Style { size: 8.4, leading: 11.4, face: Face::Plain, rgb: INK };
/// Where rows are many.
const DENSE: Style = Style { size: 7.2, leading: 8.8, face: Face::Plain, rgb: INK };
const CAPTION: Style = Style { size: 8.2, leading: 12.4, face: Face::Plain, rgb: SOFT };
const LINE: Rgb = [0xB8, 0xC0, 0xC8];

/// Above and below the text of a row, together.
const PAD: f32 = 3.4;
const DENSE_PAD: f32 = 1.7;
/// Between columns.
const GAP: f32 = 11.0;
/// Between strips: the columns of a page that a table of many short rows stands in.
const ALLEY: f32 = 20.0;
const STRIPS_MAX: usize = 4;

/// A table with its measures.
struct Grid<'a> {
    table: &'a Table,
    style: Style,
    gap: f32,
    pad: f32,
    /// Of each column.
    widths: Vec<f32>,
    strips: usize,
    /// Width of a strip.
    wide: f32,
}

/// A row, broken into lines.
struct Broken {
    cells: Vec<Vec<Laid>>,
    style: Style,
    pad: f32,
}

impl Broken {
    fn lines(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(1).max(1)
    }

    fn height(&self) -> f32 {
        self.lines() as f32 * self.style.leading + self.pad
    }
}

impl Flow<'_> {
    /// A table.
    pub(super) fn table(&mut self, within: Option<Node>, table: &Table) {
        let grid = Grid::new(table, self.width, self.fonts);
        let rows: Vec<Broken> = table.rows.iter().map(|row| grid.row(row, self.fonts)).collect();
        let role = if table.many { Role::Section } else { Role::Table };
        let node = self.add(within, role);
        let head = grid.head(self.fonts);
        let first = rows.first().map_or(0.0, Broken::height).min(self.most() / 2.0);
        self.gap(2.0);
        self.need(CAPTION.leading + head.height() + first);
        let role = if table.many { Role::Paragraph } else { Role::Caption };
        let caption = self.add(Some(node), role);
        self.text(caption, &Line::from(table.caption.as_str()), CAPTION);
        let (mut names, body) = if table.many {
            (Some(self.add(Some(node), Role::Paragraph)), node)
        } else {
            let names = self.add(Some(node), Role::Head);
            (Some(self.add(Some(names), Role::Row)), self.add(Some(node), Role::Body))
        };
        let mut rest = rows.as_slice();
        loop {
            let taken = self.stretch(&grid, &head, &mut names, body, rest);
            rest = &rest[taken..];
            if rest.is_empty() {
                break;
            }
            self.turn();
        }
        self.gap(9.0);
    }

    /// As many rows as this sheet has room for, one at least; so many they are. The head is told once.
    fn stretch(
        &mut self,
        grid: &Grid<'_>,
        head: &Broken,
        names: &mut Option<Node>,
        body: Node,
        rows: &[Broken],
    ) -> usize {
        let (top, left, width) = (self.y, self.left, self.width);
        let room = (self.room() - head.height()).max(0.0);
        let limit = balanced(rows, grid.strips, room);
        let (mut taken, mut lowest) = (0, top);
        for strip in 0..grid.strips {
            if taken == rows.len() && strip > 0 {
                break;
            }
            self.left = left + (grid.wide + ALLEY) * strip as f32;
            self.width = grid.wide;
            self.y = top;
            self.row(grid, head, names.take(), true);
            let below = self.y + limit;
            while let Some(row) = rows.get(taken) {
                // A row that no sheet can hold begins at the top of one, and is cut.
                let first = taken == 0 && (room >= self.most() - head.height() - 1.0);
                if self.y + row.height() > below + 0.01 && !first {
                    break;
                }
                let role = if grid.table.many { Role::Paragraph } else { Role::Row };
                let node = self.add(Some(body), role);
                self.row(grid, row, Some(node), false);
                taken += 1;
            }
            lowest = lowest.max(self.y);
        }
        (self.left, self.width, self.y) = (left, width, lowest);
        taken
    }

    /// One row with the line below it. A head that was told before is only seen.
    fn row(&mut self, grid: &Grid<'_>, row: &Broken, node: Option<Node>, head: bool) {
        let many = grid.table.many;
        let cells: Vec<Option<Node>> = (0..row.cells.len())
            .map(|index| {
                let role = match (head, index) {
                    _ if many => return node,
                    (true, _) => Role::ColumnName,
                    (false, 0) if grid.table.named => Role::RowName,
                    (false, _) => Role::Cell,
                };
                node.map(|node| self.add(Some(node), role))
            })
            .collect();
        let style = row.style;
        let lines = row.lines();
        let mut done = 0;
        while done < lines {
            let fit = ((self.room() - row.pad) / style.leading).floor().max(1.0) as usize;
            let now = (lines - done).min(fit);
            let mut x = self.left;
            for (index, cell) in row.cells.iter().enumerate() {
                let width = grid.widths[index];
                for (k, laid) in cell.iter().skip(done).take(now).enumerate() {
                    let right = grid.table.columns[index].fit == Fit::Number;
                    let x = if right { x + (width - laid.width).max(0.0) } else { x };
                    let y = self.y + row.pad / 2.0 + k as f32 * style.leading;
                    let mut laid = laid.clone();
                    let last = laid.pieces.last_mut().filter(|_| many && index + 1 < cells.len());
                    if let Some(last) = last {
                        // The cells of a row are one piece: to the ear, too, a blank parts them.
                        last.text.push(' ');
                    }
                    self.line(cells[index], laid, style, x, y);
                }
                x += width + grid.gap;
            }
            self.y += now as f32 * style.leading + row.pad;
            done += now;
            if done < lines {
                self.turn();
            }
        }
        let (rgb, height) = if head { (INK, 0.9) } else { (LINE, 0.4) };
        let (x, y, width) = (self.left, self.y - height, self.width);
        self.put(Item::Area { x, y, width, height, rgb });
    }
}

/// Height of the rows of each strip: all that there is room for, or so little that the strips are about equal.
fn balanced(rows: &[Broken], strips: usize, room: f32) -> f32 {
    if strips == 1 {
        return room;
    }
    let mut total = 0.0;
    let mut tallest = 0.0f32;
    for row in rows {
        total += row.height();
        tallest = tallest.max(row.height());
        if total > room * strips as f32 {
            return room;
        }
    }
    (total / strips as f32 + tallest).min(room)
}

impl<'a> Grid<'a> {
    fn new(table: &'a Table, room: f32, fonts: &Fonts) -> Self {
        let (style, gap, pad) =
            if table.many { (DENSE, GAP - 3.0, DENSE_PAD) } else { (CELL, GAP, PAD) };
        let bold = Style { face: Face::Bold, ..style };
        let mut most: Vec<[f32; 2]> =
            table.columns.iter().map(|c| widths(&c.head.into(), bold, fonts)).collect();
        for row in &table.rows {
            let style = styled(row.weight, style);
            for (width, (cell, column)) in most.iter_mut().zip(row.cells.iter().zip(&table.columns))
            {
                let [all, word] = widths(cell, style, fonts);
                let least = if column.fit == Fit::Text { word } else { all };
                *width = [width[0].max(all), width[1].max(least)];
            }
        }
        let gaps = gap * most.len().saturating_sub(1) as f32;
        let natural = most.iter().map(|w| w[0]).sum::<f32>() + gaps;
        let strips = if table.many { ((room + ALLEY) / (natural + ALLEY)) as usize } else { 1 };
        let strips = strips.clamp(1, STRIPS_MAX);
        let wide = (room - ALLEY * (strips - 1) as f32) / strips as f32;
        let widths = shared(&most, wide - gaps, table.columns.iter().map(|c| c.fit));
        Self { table, style, gap, pad, widths, strips, wide }
    }

    fn head(&self, fonts: &Fonts) -> Broken {
        let style = Style { face: Face::Bold, ..self.style };
        let heads = self.table.columns.iter().zip(&self.widths);
        let cells = heads.map(|(column, width)| broken(&column.head.into(), style, *width, fonts));
        Broken { cells: cells.collect(), style, pad: self.pad }
    }

    fn row(&self, row: &Row, fonts: &Fonts) -> Broken {
        let style = styled(row.weight, self.style);
        let cells = row.cells.iter().zip(&self.widths);
        let cells = cells.map(|(cell, width)| broken(cell, style, *width, fonts));
        Broken { cells: cells.collect(), style, pad: self.pad }
    }
}

fn styled(weight: Weight, style: Style) -> Style {
    match weight {
        Weight::Plain => style,
        Weight::Off => Style { face: Face::Bold, ..style },
        Weight::Warning => Style { rgb: WARN, ..style },
        Weight::Alarm => Style { rgb: BAD, ..style },
    }
}

/// Shares the room: each column as wide as all that is in it, and what is left to those of running text; where that is
/// too much, each at least as wide as its longest word; where even that is too much, less for the widest.
fn shared(most: &[[f32; 2]], room: f32, fits: impl Iterator<Item = Fit>) -> Vec<f32> {
    let natural: f32 = most.iter().map(|w| w[0]).sum();
    let least: f32 = most.iter().map(|w| w[1]).sum();
    if natural <= room {
        let texts: Vec<bool> = fits.map(|fit| fit != Fit::Number).collect();
        let count = texts.iter().filter(|text| **text).count().max(1) as f32;
        let more = (room - natural) / count;
        return most.iter().zip(texts).map(|(w, t)| w[0] + if t { more } else { 0.0 }).collect();
    }
    if least <= room {
        let part = (room - least) / (natural - least).max(1e-3);
        return most.iter().map(|[all, word]| word + (all - word) * part).collect();
    }
    let mut cap = room;
    // Halving is exact enough: a point is what a hair's breadth is on paper.
    let used = |cap: f32| most.iter().map(|w| w[1].min(cap)).sum::<f32>();
    let mut step = room;
    for _ in 0..24 {
        step /= 2.0;
        cap += if used(cap) > room { -step } else { step };
    }
    most.iter().map(|w| w[1].min(cap)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_the_room_and_never_more() {
        let fits = || [Fit::Text, Fit::Number].into_iter();
        assert_eq!(shared(&[[20.0, 5.0], [30.0, 30.0]], 100.0, fits()), [70.0, 30.0]);
        assert_eq!(shared(&[[200.0, 20.0], [30.0, 30.0]], 100.0, fits()), [70.0, 30.0]);
        let narrow = shared(&[[900.0, 900.0], [30.0, 30.0]], 100.0, fits());
        assert!(narrow.iter().sum::<f32>() <= 100.01 && narrow[1] > 29.9, "{narrow:?}");
    }
}
