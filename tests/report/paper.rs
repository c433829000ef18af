//! The report on paper: what the page says, on sheets that an independent reader reads.

use crate::page::{html_of, report};
use crate::reader::{Shown, pages};
use crate::support::made_up;
use lopdf::{Document, Object};
use smp::record::report::{DotRow, LeftOut, Paper, Report, Treatment, TreatmentSitting};
use smp::stream::Fault;
use std::collections::BTreeSet;

/// No text is nearer to the rim of a sheet than a printer can reach.
const MARGIN: f32 = 28.0;

fn pdf_of(report: &Report, paper: Paper) -> Document {
    Document::load_mem(&report.print(paper).unwrap().pdf).unwrap()
}

fn all(pages: &[Vec<Shown>]) -> impl Iterator<Item = &Shown> {
    pages.iter().flatten().filter(|shown| !shown.artifact)
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn treatment(operator: &str) -> Treatment {
    let sitting = TreatmentSitting {
        began: "2000-01-01 11:00 UTC".to_owned(),
        operator: operator.to_owned(),
        pigment: "black: Brand Grey 3, lot L-77, good until 2001-01-01, 1:6".to_owned(),
        cartridge: "c1: 1RL, lot N-12, good until 2001-01-01, 24 strikes".to_owned(),
        answered: vec!["needle_unnamed (1): looked after, says Zoë".to_owned()],
    };
    Treatment { client: "C-1042".to_owned(), session: 2, sittings: vec![sitting] }
}

#[test]
fn the_pdf_says_every_word_of_the_page() {
    let run = made_up("crown", Some(Fault::Silent(301)));
    let report = report(&run, true).0.of_client(Some(treatment("Jürgen Łuczak")));
    let pages = pages(&pdf_of(&report, Paper::A4));
    let said: String = pages.iter().flatten().map(|s| format!("{} ", s.text)).collect();
    let said = words(&said);
    let html = html_of(&report);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
    let body = page.descendants().find(|n| n.has_tag_name("body")).unwrap();
    let text: String =
        body.descendants().filter_map(|n| n.text()).map(|t| format!("{t} ")).collect();
    let missing: Vec<String> = words(&text).into_iter().filter(|w| !said.contains(w)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for word in ["Łuczak", "L-77,", "N-12,", "C-1042", "Signatures", "Supervisor", "Zoë"] {
        assert!(said.contains(word), "{word}");
    }
}

#[test]
fn paper_and_page_name_the_digest_of_the_data() {
    use sha2::Digest;
    let report = report(&made_up("crown", None), true).0;
    let printed = report.print(Paper::A4).unwrap();
    let digest = sha2::Sha256::digest(&printed.json);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(printed.html.contains(&format!("report.json, SHA-256 {digest}")));
    let pages = pages(&Document::load_mem(&printed.pdf).unwrap());
    for (number, page) in (1..).zip(&pages) {
        assert!(page.iter().any(|s| s.artifact && s.text.contains(&digest)), "page {number}");
        let foot = format!("Page {number} of {}", pages.len());
        assert!(page.iter().any(|s| s.artifact && s.text == foot), "{foot}");
    }
    let halves = digest.split_at(32);
    let has = |half: &str| all(&pages).any(|s| s.text == half);
    assert!(has(halves.0) && has(halves.1) && has(&"ab".repeat(16)));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let run = made_up("crown", None);
    let print = || report(&run, true).0.print(Paper::Letter).unwrap();
    let (first, second) = (print(), print());
    assert_eq!(first.pdf, second.pdf);
    assert_eq!((first.html, first.json), (second.html, second.json));
    let bytes = String::from_utf8_lossy(&first.pdf).into_owned();
    assert!(!bytes.contains("CreationDate") && !bytes.contains("ModDate"));
}

#[test]
fn both_papers_have_their_size_and_all_text_lies_inside_the_margins() {
    let report = report(&made_up(&"Ein langer Name. ".repeat(7), None), true).0;
    for (paper, size) in [(Paper::A4, [595.28, 841.89]), (Paper::Letter, [612.0, 792.0])] {
        let pdf = pdf_of(&report, paper);
        for page in pdf.get_pages().values() {
            let page = pdf.get_dictionary(*page).unwrap();
            let media = page.get(b"MediaBox").unwrap().as_array().unwrap();
            let media: Vec<f32> = media.iter().map(|n| n.as_float().unwrap()).collect();
            assert!((media[2] - size[0]).abs() < 0.01 && (media[3] - size[1]).abs() < 0.01);
        }
        inside(&pages(&pdf), size);
    }
}

fn inside(pages: &[Vec<Shown>], [width, height]: [f32; 2]) {
    for (number, page) in (1..).zip(pages) {
        for Shown { text, x, y, .. } in page {
            let ends = text.trim_end().len() as f32 / text.len().max(1) as f32;
            let end = x[0] + (x[1] - x[0]) * ends;
            let fits =
                x[0] >= MARGIN && end <= width - MARGIN && (MARGIN..=height - MARGIN).contains(y);
            assert!(fits, "page {number}: {text:?} at {x:?}, {y}");
        }
    }
}

/// Many dots in each list, with numbers that are found again.
fn crowded(rows: usize) -> Report {
    let mut report = report(&made_up("crown", None), true).0;
    let row = report.deferred[0].clone();
    let dot = |base: usize, k: usize| DotRow {
        dot: (base + k) as u32,
        turn: k + 1,
        put_off: k.is_multiple_of(7).then(|| "twice; the skin moves too fast".to_owned()),
        ..row.clone()
    };
    report.deferred = (0..rows).map(|k| dot(100_000, k)).collect();
    report.uncertain = (0..rows / 10).map(|k| dot(200_000, k)).collect();
    let left_out = |k: usize| LeftOut {
        dot: (300_000 + k) as u32,
        reason: "off_head",
        words: "there is no skin at its place".to_owned(),
    };
    report.left_out = (0..rows / 10).map(left_out).collect();
    report
}

#[test]
fn every_dot_of_the_lists_is_on_paper_with_its_place() {
    let report = crowded(400);
    let pdf = pages(&pdf_of(&report, Paper::Letter));
    inside(&pdf, [612.0, 792.0]);
    let texts: Vec<&str> = all(&pdf).map(|s| s.text.trim()).collect();
    let listed = report.deferred.iter().chain(&report.uncertain);
    let depths = report.shallow.iter().chain(&report.deep).map(|row| &row.place);
    assert!(depths.clone().count() > 1);
    for DotRow { dot, turn, zone, s, t, position_mm: [x, y, z], .. } in listed.chain(depths) {
        let row = [
            dot.to_string(),
            turn.to_string(),
            zone.clone(),
            format!("{s:.3}"),
            format!("{t:.3}"),
            format!("{x:.1},\u{a0}{y:.1},\u{a0}{z:.1}"),
        ];
        let at = texts.windows(row.len()).find(|window| window.iter().eq(&row));
        assert!(at.is_some(), "{row:?}");
    }
    for row in &report.left_out {
        let (dot, words) = (row.dot.to_string(), row.words.as_str());
        assert!(texts.windows(2).any(|w| w == [dot.as_str(), words]), "{dot}");
    }
}

#[test]
fn heads_of_tables_stand_on_every_sheet_and_are_told_once() {
    let pdf = pages(&pdf_of(&crowded(400), Paper::A4));
    let with_rows = |page: &&Vec<Shown>| page.iter().any(|s| s.text.starts_with("1000"));
    let sheets: Vec<&Vec<Shown>> = pdf.iter().filter(with_rows).collect();
    assert!(sheets.len() > 2);
    for page in sheets {
        assert!(page.iter().any(|s| s.text.trim() == "Turn"));
    }
    let caption = all(&pdf).filter(|s| s.text.starts_with("Deferred dots, in")).count();
    assert_eq!(caption, 1);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what it took is printed, nothing depends on it")]
fn thirty_thousand_dots_are_printed_in_bounded_size() {
    let report = crowded(30_000);
    let begun = std::time::Instant::now();
    let printed = report.print(Paper::A4).unwrap();
    let pages = Document::load_mem(&printed.pdf).unwrap().get_pages().len();
    println!(
        "36,000 rows: {pages} pages, pdf {} kB, html {} kB, json {} kB, {:.1} s",
        printed.pdf.len() / 1000,
        printed.html.len() / 1000,
        printed.json.len() / 1000,
        begun.elapsed().as_secs_f64()
    );
    assert!(printed.pdf.len() < 20_000_000, "{}", printed.pdf.len());
    assert!(pages < 600, "{pages}");
}

#[test]
fn hostile_names_break_nothing() {
    let names = [
        "a\u{1}b\u{0}c\u{7f}".to_owned(),
        "\u{202E}txt.exe\u{2066}\u{200F}\u{FEFF}\u{FFFE}\u{1FFFF}".to_owned(),
        "W".repeat(1_000),
        "中文 العربية עברית 🙂 ".repeat(40),
        "e\u{301}\u{300}".repeat(300),
        "</text></svg><script>".to_owned(),
    ];
    for name in names {
        let mut report = report(&made_up("crown", Some(Fault::Silent(301))), true).0;
        report.facts.design.clone_from(&name);
        report.facts.zones = vec![name.clone(), name.clone()];
        report.deferred[0].zone.clone_from(&name);
        report.left_out[0].words.clone_from(&name);
        report.history.alarms.list[0].what.clone_from(&name);
        let report = report.of_client(Some(treatment(&name)));
        let pdf = pages(&pdf_of(&report, Paper::A4));
        inside(&pdf, [595.28, 841.89]);
        let said: String = all(&pdf).map(|s| s.text.as_str()).collect();
        let turns =
            |c: char| ('\u{202A}'..='\u{202E}').contains(&c) || c == '\u{2066}' || c == '\0';
        let html = html_of(&report);
        assert!(!said.contains(turns) && !html.contains(turns) && said.contains("Signatures"));
        if name.starts_with('W') {
            assert!(said.contains(&name));
        }
    }
}

#[test]
fn the_file_is_tagged_speaks_english_and_brings_its_fonts() {
    let pdf = pdf_of(&report(&made_up("crown", None), true).0, Paper::A4);
    let catalog = pdf.catalog().unwrap();
    let marks = pdf.dereference(catalog.get(b"MarkInfo").unwrap()).unwrap().1.as_dict().unwrap();
    assert!(marks.get(b"Marked").unwrap().as_bool().unwrap());
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines"));
    let (mut roles, mut fonts) = (BTreeSet::new(), 0);
    for object in pdf.objects.values() {
        match object {
            Object::Dictionary(d) if d.has_type(b"StructElem") => {
                let role = d.get(b"S").unwrap().as_name().unwrap();
                roles.insert(String::from_utf8_lossy(role).into_owned());
                assert!(role != b"Figure" || d.has(b"Alt"));
            }
            Object::Dictionary(d) if d.has_type(b"FontDescriptor") => {
                fonts += 1;
                assert!(d.has(b"FontFile2") || d.has(b"FontFile3"));
            }
            Object::Stream(stream) if stream.dict.has_type(b"Metadata") => {
                let about = String::from_utf8_lossy(&stream.content).into_owned();
                assert!(about.contains("pdfuaid:part>1<") || about.contains("pdfuaid:part=\"1\""));
            }
            _ => {}
        }
    }
    assert!(fonts >= 3, "{fonts}");
    for role in ["H1", "H2", "H3", "P", "Table", "TH", "TD", "Figure", "Caption", "L"] {
        assert!(roles.contains(role), "{role}: {roles:?}");
    }
}
