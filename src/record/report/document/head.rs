//! Where: the plan beside what came of it, and every dot from the other sides.

use super::block::{Block, Figure, Line, Section, Sign, Tone};
use super::map::{Drawn, Look, draw};
use super::text::{count, counted};
use crate::picture::VIEWS;
use crate::record::report::drawing::Kind;
use crate::record::report::facts::Report;
use crate::record::report::scale::Class;

/// Size of the letters in pictures that have half of the width, and a quarter of it.
const LETTERS: [u32; 2] = [54, 88];

/// The map with its legend.
pub(super) fn section(report: &Report) -> Section {
    let drawing = &report.drawing;
    let head = drawing.plan.skin.head();
    let drawn = |view, id: &str, letters| {
        draw(&head, &drawing.marks, view, Look { id, about: "as achieved", letters })
    };
    let small = |(id, view)| drawn(view, &format!("{id}"), LETTERS[1]);
    let mut views: Vec<Drawn> = VIEWS.into_iter().enumerate().filter_map(small).collect();
    // The side that shows most of the work gets most of the room.
    let main = views.iter().enumerate().rev().max_by_key(|(_, d)| d.seen).map_or(0, |(k, _)| k);
    let large = views.get(main).map(|main| main.view).and_then(|view| {
        let look = Look { id: "planned", about: "as planned", letters: LETTERS[0] };
        let planned = draw(&head, &drawing.planned, view, look)?;
        Some([planned, drawn(view, "achieved", LETTERS[0])?])
    });
    let blocks = match large {
        None => vec![Block::Paragraph("The plan holds no skin to draw.".into())],
        Some([planned, achieved]) => {
            views.remove(main);
            let pair = [("As planned", planned), ("As achieved", achieved)];
            let mut figures: Vec<Figure> = pair.into_iter().map(|(n, d)| figure(n, d)).collect();
            figures.extend(views.into_iter().map(|d| figure("As achieved", d)));
            vec![
                Block::Paragraph(source(report).into()),
                Block::Figures { large: 2, figures },
                legend(report),
            ]
        }
    };
    Section { id: "map", title: "Where".to_owned(), blocks }
}

fn figure(what: &str, drawn: Drawn) -> Figure {
    let Drawn { view, svg, seen } = drawn;
    let caption = Line::toned(Tone::Strong, format!("{what}:")).then(format!(
        " {}, {}; {}",
        view.name.to_lowercase(),
        view.caption,
        counted(seen, "dot", "dots")
    ));
    Figure { svg, caption }
}

fn source(report: &Report) -> String {
    let source = if report.figures.source.is_some() {
        "Dots struck stand where the needle went in by the simulator’s truth."
    } else {
        "Dots stand where they were planned; their depth is the controller’s estimate."
    };
    format!("{source} L and R are the client’s own left and right.")
}

fn legend(report: &Report) -> Block {
    let (planned, marks) = (&report.drawing.planned, &report.drawing.marks);
    let kinds = Class::ALL.map(Kind::Struck);
    let kinds = [Kind::Planned].into_iter().chain(kinds);
    let signs = kinds.chain([Kind::Deferred, Kind::Uncertain]).map(|kind| {
        let n = marks.iter().chain(planned).filter(|m| m.kind == kind).count();
        Sign {
            svg: sign(kind),
            meaning: format!("{}: {}", kind.name(&report.facts.depth), count(n)),
        }
    });
    Block::Legend { about: "Signs on the map", signs: signs.collect() }
}

/// A dot is shown twice as large as on the map, to be seen at all.
fn sign(kind: Kind) -> String {
    let half = if kind.sign() == "h0" { 9 } else { 18 };
    format!(
        "<svg viewBox=\"-{half} -{half} {side} {side}\" aria-hidden=\"true\"><path class=\"{}\" d=\"M0 0{}\"/></svg>",
        kind.class(),
        kind.sign(),
        side = 2 * half
    )
}
