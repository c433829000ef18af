//! Blocks, one below the other.

use super::PdfError;
use super::flow::{Flow, Item, Mark, TEXT};
use super::fonts::Face;
use super::picture::Picture;
use super::text::{Style, broken, widths};
use super::tree::{Node, Role};
use crate::record::report::document::ink::{BAD, GOOD, INK, Rgb, SOFT, WARN};
use crate::record::report::document::{
    Block, Document, Fact, Figure, Line, Mood, Section, Sign, Signature, Tone, Verdict,
};

const TITLE: Style = Style { size: 17.0, leading: 22.0, face: Face::Bold, rgb: INK };
const HEADING: Style = Style { size: 12.5, leading: 17.0, face: Face::Bold, rgb: INK };
const SUBHEADING: Style = Style { size: 9.5, leading: 13.6, face: Face::Bold, rgb: INK };
const SMALL: Style = Style { size: 8.2, leading: 11.4, face: Face::Plain, rgb: SOFT };
const STATE: Style = Style { size: 12.5, leading: 18.0, face: Face::Bold, rgb: INK };
const LEGEND: Style = Style { size: 8.4, leading: 14.0, face: Face::Plain, rgb: INK };

/// Behind what must be read.
const PALE: Rgb = [0xF3, 0xF5, 0xF7];
/// What a heading has below it at least, so that it does not stand alone.
const COMPANY: f32 = 96.0;
/// The same where pictures come first: a chart, and views of a head.
const CHART: f32 = 250.0;
const VIEWS: f32 = 390.0;
/// Between two figures beside each other.
const ALLEY: f32 = 14.0;

/// All of it.
pub(super) fn lay(flow: &mut Flow<'_>, document: &Document) -> Result<(), PdfError> {
    let title = Line::from(document.title.as_str());
    let node = flow.add(None, Role::Heading(1, document.title.clone()));
    flow.text(node, &title, TITLE);
    let node = flow.add(None, Role::Paragraph);
    flow.text(node, &document.made, SMALL);
    flow.gap(8.0);
    for block in &document.opening {
        self::block(flow, None, block)?;
    }
    for section in &document.sections {
        self::section(flow, section)?;
    }
    Ok(())
}

fn section(flow: &mut Flow<'_>, section: &Section) -> Result<(), PdfError> {
    let within = Some(flow.add(None, Role::Section));
    flow.gap(14.0);
    let company = |block: &Block| match block {
        Block::Figure(_) => CHART,
        Block::Figures { .. } => VIEWS,
        Block::Fold { .. } => COMPANY + SUBHEADING.leading,
        _ => COMPANY,
    };
    flow.need(HEADING.leading + section.blocks.iter().take(2).map(company).fold(0.0, f32::max));
    flow.rule(1.2, INK);
    flow.y += 6.0;
    let (sheet, y) = (flow.sheets.len() - 1, flow.y);
    flow.marks.push(Mark { title: section.title.clone(), sheet, y });
    let node = flow.add(within, Role::Heading(2, section.title.clone()));
    flow.text(node, &Line::from(section.title.as_str()), HEADING);
    flow.y += 4.0;
    for block in &section.blocks {
        self::block(flow, within, block)?;
    }
    Ok(())
}

fn block(flow: &mut Flow<'_>, within: Option<Node>, block: &Block) -> Result<(), PdfError> {
    match block {
        Block::Paragraph(line) => {
            let node = flow.add(within, Role::Paragraph);
            flow.text(node, line, TEXT);
            flow.gap(5.0);
        }
        Block::Notice(line) => boxed(flow, within, SOFT, &[(line, TEXT)]),
        Block::Verdict(verdict) => self::verdict(flow, within, verdict),
        Block::Bullets(lines) => bullets(flow, within, lines),
        Block::Facts(facts) => self::facts(flow, within, facts),
        Block::Table(table) => flow.table(within, table),
        Block::Figure(figure) => row_of_figures(flow, within, &[figure], 1)?,
        Block::Figures { large, figures } => {
            let (large, small) = figures.split_at((*large).min(figures.len()));
            for row in [large, small] {
                let row: Vec<&Figure> = row.iter().collect();
                row_of_figures(flow, within, &row, row.len())?;
            }
        }
        Block::Legend { signs, .. } => legend(flow, within, signs)?,
        Block::Fold { summary, blocks, .. } => {
            flow.gap(6.0);
            flow.need(SUBHEADING.leading + COMPANY);
            let node = flow.add(within, Role::Heading(3, summary.clone()));
            flow.text(node, &Line::from(summary.as_str()), SUBHEADING);
            flow.gap(1.0);
            for inner in blocks {
                self::block(flow, within, inner)?;
            }
        }
        Block::Signatures(signatures) => self::signatures(flow, within, signatures),
    }
    Ok(())
}

fn verdict(flow: &mut Flow<'_>, within: Option<Node>, verdict: &Verdict) {
    let rgb = match verdict.mood {
        Mood::Good => GOOD,
        Mood::Warn => WARN,
        Mood::Bad => BAD,
    };
    let state = Line::from(verdict.state.as_str());
    let mut lines = vec![(&state, Style { rgb, ..STATE })];
    lines.extend(verdict.lines.iter().map(|line| (line, TEXT)));
    boxed(flow, within, rgb, &lines);
}

/// Paragraphs on a pale ground with a bar at their left, from sheet to sheet if they are many.
fn boxed(flow: &mut Flow<'_>, within: Option<Node>, bar: Rgb, lines: &[(&Line, Style)]) {
    let (left, width) = (flow.left, flow.width);
    (flow.left, flow.width) = (left + 14.0, width - 26.0);
    let tall = |(line, style): &(&Line, Style)| {
        broken(line, *style, flow.width, flow.fonts).len() as f32 * style.leading + 3.0
    };
    let height: f32 = lines.iter().map(tall).sum::<f32>() + 14.0;
    flow.need(height.min(flow.most()));
    let (first, top) = (flow.sheets.len() - 1, flow.y);
    flow.y += 7.0;
    for (line, style) in lines {
        let node = flow.add(within, Role::Paragraph);
        flow.text(node, line, *style);
        flow.y += 3.0;
    }
    flow.y += 4.0;
    let (last, end, bottom) = (flow.sheets.len() - 1, flow.y, flow.bottom());
    for sheet in first..=last {
        let y = if sheet == first { top } else { super::flow::ABOVE };
        let height = if sheet == last { end } else { bottom } - y;
        let backs = &mut flow.sheets[sheet].backs;
        backs.push(Item::Area { x: left, y, width, height, rgb: PALE });
        backs.push(Item::Area { x: left, y, width: 3.5, height, rgb: bar });
    }
    (flow.left, flow.width) = (left, width);
    flow.gap(8.0);
}

fn bullets(flow: &mut Flow<'_>, within: Option<Node>, lines: &[Line]) {
    let list = flow.add(within, Role::List);
    let (left, width) = (flow.left, flow.width);
    for line in lines {
        let item = Some(flow.add(Some(list), Role::ListItem));
        let name = flow.add(item, Role::ListName);
        let body = flow.add(item, Role::ListBody);
        flow.need(TEXT.leading);
        let sign = broken(&"–".into(), TEXT, 20.0, flow.fonts);
        for sign in sign {
            flow.line(Some(name), sign, TEXT, left, flow.y);
        }
        (flow.left, flow.width) = (left + 12.0, width - 12.0);
        flow.text(body, line, TEXT);
        (flow.left, flow.width) = (left, width);
        flow.y += 1.5;
    }
    flow.gap(4.0);
}

/// Names and values, two pairs in a row where both are short.
fn facts(flow: &mut Flow<'_>, within: Option<Node>, facts: &[Fact]) {
    let list = flow.add(within, Role::List);
    let name_style = Style { rgb: SOFT, ..TEXT };
    let names = facts.iter().map(|fact| widths(&fact.name.into(), TEXT, flow.fonts)[0]);
    let name_width = names.fold(0.0, f32::max) + 12.0;
    let half = flow.width / 2.0 + 8.0;
    let fits = |fact: &Fact| {
        let room = flow.width - half - name_width;
        !fact.wide && widths(&fact.value, TEXT, flow.fonts)[0] <= room
    };
    let short: Vec<bool> = facts.iter().map(fits).collect();
    let mut index = 0;
    while index < facts.len() {
        let pair = short[index] && short.get(index + 1) == Some(&true);
        let (left, width) = (flow.left, flow.width);
        flow.need(TEXT.leading);
        let (top, sheets) = (flow.y, flow.sheets.len());
        for (column, fact) in facts[index..].iter().take(if pair { 2 } else { 1 }).enumerate() {
            if flow.sheets.len() == sheets {
                flow.y = top;
            }
            let item = Some(flow.add(Some(list), Role::ListItem));
            let name = flow.add(item, Role::ListName);
            let body = flow.add(item, Role::ListBody);
            flow.left = left + half * column as f32;
            let y = flow.y;
            for laid in broken(&fact.name.into(), name_style, name_width, flow.fonts) {
                flow.line(Some(name), laid, name_style, flow.left, y);
            }
            flow.left += name_width;
            flow.width = left + width - flow.left;
            flow.text(body, &fact.value, TEXT);
            (flow.left, flow.width) = (left, width);
        }
        index += if pair { 2 } else { 1 };
    }
    flow.gap(8.0);
}

/// Figures beside each other, in `columns` columns, with their captions; on one sheet.
fn row_of_figures(
    flow: &mut Flow<'_>,
    within: Option<Node>,
    figures: &[&Figure],
    columns: usize,
) -> Result<(), PdfError> {
    if figures.is_empty() {
        return Ok(());
    }
    let width = (flow.width - ALLEY * (columns - 1) as f32) / columns as f32;
    let mut pictures = Vec::with_capacity(figures.len());
    for figure in figures {
        pictures.push(Picture::read(&figure.svg)?);
    }
    let heights: Vec<f32> = pictures.iter().map(|p| p.height(width)).collect();
    let tallest = heights.iter().copied().fold(0.0, f32::max);
    let captions: Vec<_> =
        figures.iter().map(|f| broken(&f.caption, SMALL, width, flow.fonts)).collect();
    let lines = captions.iter().map(Vec::len).max().unwrap_or(0);
    flow.need(tallest + 4.0 + lines as f32 * SMALL.leading);
    let top = flow.y;
    for (column, ((picture, height), caption)) in
        pictures.into_iter().zip(heights).zip(captions).enumerate()
    {
        let x = flow.left + (width + ALLEY) * column as f32;
        let node = flow.add(within, Role::Figure(picture.about.clone()));
        let index = flow.pictures.len();
        flow.pictures.push(picture);
        flow.put(Item::Picture { node, index, x, y: top + tallest - height, width });
        let node = flow.add(within, Role::Caption);
        for (row, laid) in caption.into_iter().enumerate() {
            let y = top + tallest + 4.0 + row as f32 * SMALL.leading;
            flow.line(Some(node), laid, SMALL, x, y);
        }
    }
    flow.y = top + tallest + 4.0 + lines as f32 * SMALL.leading;
    flow.gap(9.0);
    Ok(())
}

/// Signs with their meanings, as many in a row as there is room for.
fn legend(flow: &mut Flow<'_>, within: Option<Node>, signs: &[Sign]) -> Result<(), PdfError> {
    let list = flow.add(within, Role::List);
    let right = flow.left + flow.width;
    let mut x = flow.left;
    flow.need(LEGEND.leading);
    for sign in signs {
        let meaning = Line::from(sign.meaning.as_str());
        let wide = widths(&meaning, LEGEND, flow.fonts)[0] + 34.0;
        if x + wide > right && x > flow.left {
            x = flow.left;
            flow.y += LEGEND.leading;
            flow.need(LEGEND.leading);
        }
        let item = Some(flow.add(Some(list), Role::ListItem));
        let name = flow.add(item, Role::ListName);
        let figure = flow.add(Some(name), Role::Figure(sign.meaning.clone()));
        let body = flow.add(item, Role::ListBody);
        let index = flow.pictures.len();
        flow.pictures.push(Picture::read(&sign.svg)?);
        flow.put(Item::Picture { node: figure, index, x, y: flow.y + 1.5, width: 11.0 });
        for laid in broken(&meaning, LEGEND, right - x - 16.0, flow.fonts).into_iter().take(1) {
            flow.line(Some(body), laid, LEGEND, x + 16.0, flow.y);
        }
        x += wide;
    }
    flow.y += LEGEND.leading;
    flow.gap(6.0);
    Ok(())
}

/// A line for the name and one for the day, each with room to write above.
fn signatures(flow: &mut Flow<'_>, within: Option<Node>, signatures: &[Signature]) {
    let (left, width) = (flow.left, flow.width);
    for Signature { role, name } in signatures {
        let who = match name.as_str() {
            "" => Line::toned(Tone::Strong, *role),
            name => Line::toned(Tone::Strong, format!("{role}:")).then(format!(" {name}")),
        };
        let wide = width * 0.62;
        let lines = broken(&who, SMALL, wide, flow.fonts).len();
        flow.need(40.0 + lines as f32 * SMALL.leading);
        flow.y += 34.0;
        let (top, sheets) = (flow.y, flow.sheets.len());
        for (x, width, words) in
            [(left, wide, who), (left + wide + 24.0, width - wide - 24.0, Line::from("Date"))]
        {
            if flow.sheets.len() == sheets {
                flow.y = top;
            }
            (flow.left, flow.width) = (x, width);
            flow.rule(0.7, INK);
            flow.y += 3.0;
            let node = flow.add(within, Role::Paragraph);
            flow.text(node, &words, SMALL);
        }
        flow.y = flow.y.max(top + 3.0 + lines as f32 * SMALL.leading);
        (flow.left, flow.width) = (left, width);
    }
}
