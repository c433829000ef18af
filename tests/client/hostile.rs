//! Pages that nobody has written: huge, deep, with unknown keys, with nonsense. Refused, with the place.

use crate::made_up::{Situation, at, began};
use jiff::civil::date;
use proptest::prelude::*;
use smp::client::ClientError;
use smp::client::page::{PAGE_BYTES, Page, SCHEMA, Statement};

/// A page of each kind that has more than one key.
fn pages() -> Vec<String> {
    let mut statements = Situation::good().statements;
    statements.push(Statement::Began(Box::new(began(1, "N2"))));
    let at = at(date(2026, 6, 14));
    let page = |statement| Page { schema: SCHEMA, number: 2, at, before: None, statement };
    statements.into_iter().map(|s| toml::to_string(&page(s)).unwrap()).collect()
}

fn refused(text: &str) -> ClientError {
    Page::parse(text, "p.toml").expect_err(text)
}

#[test]
fn an_unknown_key_is_refused_with_its_line_wherever_it_stands() {
    for text in pages() {
        assert!(Page::parse(&text, "p.toml").is_ok(), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        for at in 1..=lines.len() {
            let (above, below) = lines.split_at(at);
            let wrong = [above, &["unknown = 1"], below].concat().join("\n");
            let error = refused(&wrong);
            let ClientError::Syntax { line, .. } = error else { panic!("{error}") };
            // The reader names the key, or the table that does not take it.
            assert!((1..=at + 1).contains(&line), "{error}\n{wrong}");
            assert!(error.to_string().starts_with(&format!("p.toml:{line}:")), "{error}");
        }
    }
    let unknown = pages()[0].replace("name = ", "nmae = ");
    assert!(refused(&unknown).to_string().starts_with("p.toml:6:1: unknown field `nmae`"));
}

#[test]
fn a_key_that_is_missing_is_refused() {
    for text in pages() {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains(" = ")) {
            let optional = ["before", "note", "device_serial", "opened_on", "use_within_days"];
            if optional.iter().any(|key| line.starts_with(key)) {
                continue;
            }
            let without = [&lines[..at], &lines[at + 1..]].concat().join("\n");
            assert!(Page::parse(&without, "p.toml").is_err(), "{line}\n{without}");
        }
    }
}

#[test]
fn huge_and_deep_pages_are_refused_at_once() {
    let huge = format!("# {}", "x".repeat(PAGE_BYTES));
    assert!(matches!(refused(&huge), ClientError::TooLarge { .. }));
    let room = PAGE_BYTES - 100;
    for deep in [
        format!("schema = {}", "[".repeat(room)),
        format!("schema = {}", "{a=".repeat(room / 3)),
        format!("{}x = 1", "a.".repeat(room / 2)),
        format!("[{}x]", "a.".repeat(room / 2)),
        "schema = 1\n".repeat(room / 12),
    ] {
        assert!(matches!(refused(&deep), ClientError::Syntax { .. }));
    }
}

#[test]
fn nonsense_in_a_value_is_refused() {
    let consent = pages().swap_remove(1);
    for (from, to) in [
        ("schema = 1", "schema = 2"),
        ("number = 2", "number = -2"),
        ("number = 2", "number = 2.0"),
        ("2026-05-01", "2026-02-30"),
        ("2026-05-01", "yesterday"),
        ("document_sha256 = \"", "document_sha256 = \"0"),
        ("[statement.consent]", "[statement.consents]"),
        ("[statement.consent]", "[statement.withdrawal]"),
    ] {
        assert!(consent.contains(from), "{from}");
        assert!(Page::parse(&consent.replace(from, to), "p.toml").is_err(), "{from} -> {to}");
    }
    for label in ["", " ", "a\\nb", " a", &"x".repeat(81)] {
        let scan = pages()[0].replace("\"head\"", &format!("\"{label}\""));
        assert!(Page::parse(&scan, "p.toml").is_err(), "{label:?}");
    }
    let questionnaire = pages().swap_remove(2);
    let unsaid = questionnaire.replace("pregnancy = false\n", "");
    assert!(refused(&unsaid).to_string().contains("no answer for pregnancy"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*", at in 0.0..1.0_f64, with in "\\PC{0,4}") {
        let _ = Page::parse(&text, "p.toml");
        for page in pages() {
            let mut cut = (at * page.len() as f64) as usize;
            while !page.is_char_boundary(cut) {
                cut -= 1;
            }
            let _ = Page::parse(&format!("{}{with}{}", &page[..cut], &page[cut..]), "p.toml");
        }
    }
}
