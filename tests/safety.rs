//! `docs/safety.md` against the tests, both ways: every hazard has its row, every test that a row names is there, every
//! test file is named by a row or set apart, every cause that ends a run has its hazard, what is open stands at the top.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the page has failed")]

use smp::stream::Cause;
use smp::stream::reaction::as_markdown;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const HAZARDS: u32 = 50;

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn page() -> String {
    fs::read_to_string(place("docs/safety.md")).unwrap()
}

/// From a heading to the next one of its kind.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let heading = format!("\n## {heading}\n");
    let (_, rest) = page.split_once(&heading).unwrap_or_else(|| panic!("no{heading}"));
    rest.split("\n## ").next().unwrap()
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// Rows of the tables in a section whose first cell begins with `prefix` and goes on with a number.
fn rows<'a>(section: &'a str, prefix: &str) -> Vec<Vec<&'a str>> {
    let numbered = |id: &str| id.strip_prefix(prefix).is_some_and(|n| n.parse::<u32>().is_ok());
    section.lines().filter(|l| l.starts_with('|')).map(cells).filter(|c| numbered(c[0])).collect()
}

/// What stands between backticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Ids of promises in a list.
fn promises(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '`']).filter(|word| word.starts_with("SAF-"))
}

fn hazards(page: &str) -> Vec<Vec<&str>> {
    rows(section(page, "Hazards"), "H")
}

fn kept(page: &str) -> Vec<Vec<&str>> {
    rows(section(page, "What the software does, and the test that shows it"), "SAF-")
}

fn is_test(text: &str) -> bool {
    text.contains("#[test]")
}

/// Why a test that is named is none, if so: `path`, `path::function`, `folder/`, or a command of `smp`.
fn missing(named: &str) -> Option<String> {
    if let Some(command) = named.strip_prefix("smp ") {
        let words: Vec<&str> =
            command.split_whitespace().take_while(|w| !w.starts_with('-')).collect();
        let at = format!("src/cli/{}", words.join("/"));
        let there = place(&format!("{at}.rs")).exists() || place(&at).is_dir();
        return (!there).then(|| format!("there is no command {named}"));
    }
    if named.ends_with('/') {
        return files(named).is_empty().then(|| format!("{named} holds no test"));
    }
    let (file, function) = named.split_once("::").map_or((named, None), |(f, n)| (f, Some(n)));
    let Ok(text) = fs::read_to_string(place(file)) else { return Some(format!("no file {file}")) };
    match function {
        _ if !is_test(&text) => Some(format!("{file} has no test")),
        Some(name) if !text.contains(&format!("fn {name}(")) => {
            Some(format!("{file} has no {name}"))
        }
        _ => None,
    }
}

/// Files with tests below a folder, by their paths in the repository.
fn files(folder: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![place(folder)]);
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs::read_dir(dir) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs")
                && is_test(&fs::read_to_string(&path).unwrap())
            {
                found.push(path.strip_prefix(place("")).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The page's rows: each hazard once, each with a test or open, and all that is open at the top.
fn wrong_rows(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (hazards, kept) = (hazards(page), kept(page));
    let ids = |rows: &[Vec<&str>]| rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>();
    let due: Vec<String> = (1..=HAZARDS).map(|n| format!("H{n}")).collect();
    if ids(&hazards) != due {
        wrong.push(format!("H1 to H{HAZARDS}, each once and in order: {:?}", ids(&hazards)));
    }
    let promised: BTreeSet<String> = ids(&kept).into_iter().collect();
    if promised.len() != kept.len() {
        wrong.push("a promise stands twice".to_owned());
    }
    let top = section(page, "What is *not* guaranteed");
    for row in &hazards {
        let &[id, state, _, _, _, _, _, shown] = &row[..] else {
            wrong.push(format!("{}: not eight cells", row[0]));
            continue;
        };
        let at_top = top.lines().any(|line| line.starts_with(&format!("* {id}: ")));
        match state {
            "open" if !at_top => wrong.push(format!("{id} is open, and does not stand at the top")),
            "handled" if at_top => wrong.push(format!("{id} stands at the top, and is not open")),
            "handled" if spans(shown).chain(promises(shown)).next().is_none() => {
                wrong.push(format!("{id} is shown by nothing"));
            }
            "open" | "handled" => {}
            other => wrong.push(format!("{id} is {other:?}")),
        }
        let unknown = promises(shown).filter(|id| !promised.contains(*id));
        wrong.extend(unknown.map(|saf| format!("{id}: there is no {saf}")));
    }
    let bare = kept.iter().filter(|row| spans(row.last().unwrap()).next().is_none());
    wrong.extend(bare.map(|row| format!("{} is shown by nothing", row[0])));
    wrong
}

/// All tests that rows name.
fn named(page: &str) -> Vec<&str> {
    let (hazards, kept) = (hazards(page), kept(page));
    hazards.iter().chain(&kept).flat_map(|row| spans(row.last().unwrap())).collect()
}

/// Causes without a hazard, and what is no cause.
fn wrong_causes(page: &str) -> Vec<String> {
    let causes: BTreeSet<String> = Cause::ALL.iter().map(|cause| format!("{cause:?}")).collect();
    let harmless = section(page, "Hazards").lines().filter(|line| line.starts_with("No hazard"));
    let hazards = hazards(page);
    let cells = hazards.iter().filter_map(|row| row.get(6).copied());
    let placed: BTreeSet<String> =
        cells.chain(harmless).flat_map(spans).map(str::to_owned).collect();
    placed.symmetric_difference(&causes).map(|cause| format!("cause {cause}")).collect()
}

/// Test files that the page does not know.
fn strangers(page: &str) -> Vec<String> {
    let apart = spans(section(page, "Test files that show something else"));
    let known: BTreeSet<&str> =
        named(page).into_iter().chain(apart).map(|n| n.split("::").next().unwrap()).collect();
    let is_known = |file: &String| {
        known.contains(file.as_str())
            || known.iter().any(|name| name.ends_with('/') && file.starts_with(name))
    };
    let all = [files("tests/"), files("sim/tests/")].concat();
    assert!(all.len() > 50, "{} test files", all.len());
    all.into_iter().filter(|file| !is_known(file)).collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "docs/safety.md:\n{}", wrong.join("\n"));
}

#[test]
fn every_hazard_has_one_row_and_what_is_open_stands_at_the_top() {
    none(&wrong_rows(&page()));
}

#[test]
fn every_test_that_is_named_is_there() {
    let page = page();
    let apart = spans(section(&page, "Test files that show something else"));
    none(&named(&page).into_iter().chain(apart).filter_map(missing).collect::<Vec<_>>());
}

#[test]
fn every_test_file_is_named_or_set_apart() {
    none(&strangers(&page()));
}

#[test]
fn every_cause_that_ends_a_run_has_its_hazard() {
    none(&wrong_causes(&page()));
}

#[test]
fn the_table_of_causes_is_that_of_the_program() {
    let (page, table) = (page(), as_markdown());
    let there = section(&page, "What ends or interrupts a run").lines();
    let there: Vec<_> = there.filter(|line| line.starts_with('|')).collect();
    let same = there == table.lines().collect::<Vec<_>>();
    assert!(same, "docs/safety.md has another table than this:\n\n{table}");
}

/// The page with a text replaced that is in it.
fn changed(from: &str, to: &str) -> String {
    let page = page();
    assert!(page.contains(from), "{from}");
    page.replacen(from, to, 1)
}

#[test]
fn a_page_that_is_wrong_is_found_out() {
    assert_eq!(wrong_rows(&changed("| H7 |", "| H8 |")).len(), 1);
    assert_eq!(wrong_rows(&changed("\n* H25: ", "\n* ")).len(), 1, "open, and not said");
    assert_eq!(wrong_rows(&changed("| H25 | open |", "| H25 | handled |")).len(), 1);
    let shown_by_nothing =
        changed("| H25 | open |", "| H25 | handled |").replace("\n* H25: ", "\n* ");
    assert_eq!(wrong_rows(&shown_by_nothing), ["H25 is shown by nothing"]);
    assert_eq!(wrong_rows(&changed("SAF-001, ", "SAF-099, ")), ["H1: there is no SAF-099"]);
    assert!(missing("tests/safety.rs::a_page_that_is_wrong_is_found_out").is_none());
    for wrong in
        ["tests/safety.rs::nothing", "tests/none.rs", "tests/data/", "smp fly", "src/lib.rs"]
    {
        assert!(missing(wrong).is_some(), "{wrong}");
    }
    assert_eq!(wrong_causes(&changed("`EStop`", "`EStops`")), ["cause EStop", "cause EStops"]);
    assert_eq!(
        strangers(&changed("`tests/session/every_byte.rs`", "-")),
        ["tests/session/every_byte.rs"]
    );
}
