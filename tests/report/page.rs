//! The report says all that the run left, and is a page that any reader can read.

use crate::support::{MadeUp, made_up, records};
use smp::device::Mode;
use smp::record::folder::RunFolder;
use smp::record::report::{FileRow, History, Material, Paper, Report, RunFigures, files};
use smp::record::truth::TrueStrike;
use smp::stream::Fault;

fn history(run: &MadeUp) -> History {
    let mut history = History::default();
    history.session(Some(Mode::Follow), records(&run.journal)).unwrap();
    history
}

pub fn report(run: &MadeUp, with_truth: bool) -> (Report, RunFigures) {
    report_of(run, &history(run), with_truth)
}

pub fn report_of(run: &MadeUp, history: &History, with_truth: bool) -> (Report, RunFigures) {
    let truth = with_truth.then_some(&run.truth);
    let material = Material::new(&run.plan, &run.entries, history, truth, Some(1.5));
    let files = vec![FileRow {
        name: "ledger.smp".to_owned(),
        what: "the ledger",
        size: 640,
        sha256: "ab".repeat(32),
    }];
    (Report::build(&material, "2000-01-01 12:00 UTC", files), RunFigures::new(&material))
}

pub fn html_of(report: &Report) -> String {
    report.print(Paper::A4).unwrap().html
}

fn text_of(html: &str) -> String {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let page = roxmltree::Document::parse_with_options(html, options).unwrap();
    page.descendants().filter_map(|n| n.text()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_is_well_formed_and_loads_nothing_from_elsewhere() {
    let run = made_up("crown", None);
    for with_truth in [true, false] {
        let html = html_of(&report(&run, with_truth).0);
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
        for node in page.descendants().filter(roxmltree::Node::is_element) {
            let name = node.tag_name().name();
            assert!(!["script", "link", "iframe", "img", "object"].contains(&name), "{name}");
            for attribute in node.attributes() {
                let outside = ["src", "href"].contains(&attribute.name())
                    || attribute.value().contains("//")
                    || attribute.name().starts_with("on");
                assert!(!outside, "{}={}", attribute.name(), attribute.value());
            }
        }
        assert!(!html.contains("http") && !html.contains("@import"));
        assert!(html.matches("url(").count() == html.matches("url(#head").count());
    }
}

#[test]
fn ids_are_unique_headings_in_order_and_tables_have_headers() {
    let html = html_of(&report(&made_up("crown", None), true).0);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
    let mut ids: Vec<&str> = page.descendants().filter_map(|n| n.attribute("id")).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let named = |name: &'static str| page.descendants().filter(move |n| n.has_tag_name(name));
    assert_eq!(named("h1").count(), 1);
    assert_eq!(named("html").next().unwrap().attribute("lang"), Some("en"));
    for table in named("table") {
        assert!(table.children().any(|c| c.has_tag_name("caption")));
        assert!(table.descendants().any(|c| c.attribute("scope") == Some("col")));
    }
    for picture in named("svg") {
        assert!(picture.has_attribute("aria-label") || picture.has_attribute("aria-hidden"));
    }
}

#[test]
fn every_left_out_deferred_and_uncertain_dot_is_listed_with_its_place() {
    let run = made_up("crown", None);
    let (report, figures) = report(&run, true);
    let text = text_of(&html_of(&report));
    for words in ["there is no skin at its place", "0.41 mm from dot 5", "11.5° from the normal"] {
        assert!(text.contains(words), "{words}");
    }
    for left_out in ["9001", "9002", "9003"] {
        assert!(text.lines().any(|l| l == left_out), "{left_out}");
    }
    let dots = run.plan.program.dots();
    assert_eq!(report.deferred.iter().map(|d| d.dot).collect::<Vec<_>>(), [dots[0].dot.0]);
    assert_eq!(report.uncertain.iter().map(|d| d.dot).collect::<Vec<_>>(), [dots[1].dot.0]);
    for dot in &dots[..2] {
        assert!(text.contains(&format!("{:.3}", dot.s)), "s of dot {}", dot.dot.0);
    }
    assert_eq!((figures.dots_skipped, figures.dots_uncertain), (1, 1));
}

#[test]
fn a_touch_is_no_shallow_strike_and_strikes_without_numbers_are_told_though_not_listed() {
    let mut run = made_up("crown", None);
    let before = html_of(&report(&run, true).0);
    let touch = TrueStrike { dot: None, penetration_mm: 0.0, ..run.truth.strikes[0].clone() };
    run.truth.strikes.push(touch);
    assert_eq!(html_of(&report(&run, true).0), before);
    assert!(!before.contains("numbers no strikes"));

    run.truth.strikes.iter_mut().for_each(|strike| strike.dot = None);
    let (report, _) = report(&run, true);
    assert!(report.shallow.is_empty() && report.deep.is_empty());
    assert!(html_of(&report).contains("this device numbers no strikes"));
}

#[test]
fn an_intent_without_outcome_counts_as_uncertain() {
    let mut run = made_up("crown", None);
    let last = run.plan.program.dots().last().unwrap().dot;
    let done = run
        .entries
        .iter()
        .rposition(|e| matches!(e, smp::stream::Entry::Done { dot, .. } if *dot == last));
    run.entries.truncate(done.unwrap());
    let (report, _) = report(&run, false);
    assert!(report.uncertain.iter().any(|d| d.dot == last.0));
}

#[test]
fn names_from_outside_stay_text() {
    let name = "<script>alert('a') & \"b\"</script>";
    let html = html_of(&report(&made_up(name, None), true).0);
    assert!(!html.contains("<script"));
    assert!(text_of(&html).contains(name));
}

#[test]
fn events_of_note_are_told_and_the_rest_is_counted() {
    let run = made_up("crown", Some(Fault::Silent(301)));
    let (report, figures) = report(&run, true);
    let text = text_of(&html_of(&report));
    for words in
        ["Operator: pause", "Paused; the needle: at rest", "no report from the device for 301 ms"]
    {
        assert!(text.contains(words), "{words}");
    }
    assert!(text.contains("1 pause of 4.0\u{a0}s together"));
    assert_eq!(report.history.counts.resent, 1);
    assert_eq!(figures.faults, ["no report from the device for 301 ms"]);
    assert_eq!(serde_json::to_value(figures.state).unwrap(), "faulted");
}

#[test]
fn a_journal_that_is_cut_off_leaves_an_interrupted_run() {
    let mut run = made_up("crown", None);
    run.journal.truncate(run.journal.len() - 150);
    let (_, figures) = report(&run, false);
    assert_eq!(serde_json::to_value(figures.state).unwrap(), "interrupted");
}

#[test]
fn the_files_of_a_run_are_named_with_size_and_digest() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(temporary.path());
    std::fs::write(folder.ledger(), b"abc").unwrap();
    std::fs::write(folder.journal(1), b"").unwrap();
    std::fs::write(folder.touches(1), b"").unwrap();
    std::fs::write(folder.registration(1), b"").unwrap();
    let rows = files(&folder).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let all = ["ledger.smp", "touches-001.toml", "registration-001.toml", "journal-001.smpj"];
    assert_eq!(names, all);
    assert_eq!(rows[0].size, 3);
    // FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(rows[0].sha256, abc);
}
