//! Recorded conversations with the real firmwares, replayed against the simulated ones.
//!
//! ```text
//!  -> text    sends the text and a line feed; with \x18 or \r escapes, sends just that
//!  <- line    the next line must come within 15 s and be this; … matches anything
//!  <~ line    may come
//!  .. 300     300 ms pass
//! ```

use crate::fakes::{FakePlant, Host, recorded_config, smp_config};
use smp_sim::{contract::MS, firmware::Dialect};

#[test]
fn grbl_answers_as_recorded() {
    play("grbl", Host::new(recorded_config(Dialect::Grbl), FakePlant::default()));
}

#[test]
fn grblhal_answers_as_recorded() {
    play("grblhal", Host::new(recorded_config(Dialect::GrblHal), FakePlant::default()));
}

#[test]
fn the_extension_is_an_ordinary_grblhal_until_a_session_opens() {
    play("grblhal-smp", Host::new(smp_config(true), FakePlant::with_gap(2.0)));
}

fn play(name: &str, mut host: Host) {
    let path = format!("{}/tests/fixtures/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let script = std::fs::read_to_string(path).unwrap();
    let mut heard: Vec<String> = Vec::new();
    for (number, line) in script.lines().enumerate() {
        let place = format!("{name}.txt:{}: {line}", number + 1);
        let (kind, rest) = line.split_at(line.len().min(2));
        let rest = rest.trim_start();
        match kind {
            "" | "# " | "==" => {}
            "->" => {
                heard.extend(host.lines());
                assert!(heard.is_empty(), "{place}: not expected: {heard:?}");
                host.send(&escaped(rest));
            }
            ".." => host.pass(rest.parse::<u64>().unwrap() * MS),
            "<-" => {
                wait(&mut host, &mut heard);
                assert!(!heard.is_empty(), "{place}: nothing came");
                let line = heard.remove(0);
                assert!(matches(&line, rest), "{place}: came {line:?}");
            }
            "<~" => {
                wait(&mut host, &mut heard);
                if heard.first().is_some_and(|line| matches(line, rest)) {
                    heard.remove(0);
                }
            }
            _ => panic!("{place}: not understood"),
        }
    }
}

fn wait(host: &mut Host, heard: &mut Vec<String>) {
    for _ in 0..15_000 {
        heard.extend(host.lines());
        if !heard.is_empty() {
            return;
        }
        host.pass(MS);
    }
}

/// `…` in the pattern matches anything, once or more.
fn matches(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let mut rest = match line.strip_prefix(parts.next().unwrap_or_default()) {
        Some(rest) => rest,
        None => return false,
    };
    let mut exact = true;
    for part in parts {
        exact = part.is_empty();
        match rest.rfind(part).filter(|_| !part.is_empty()) {
            Some(at) => rest = &rest[at + part.len()..],
            None if part.is_empty() => rest = "",
            None => return false,
        }
        exact |= rest.is_empty();
    }
    exact && rest.is_empty()
}

/// The text and a line feed, or, with escapes, exactly what they say.
fn escaped(text: &str) -> Vec<u8> {
    if !text.contains('\\') {
        let raw = matches!(text, "?" | "!" | "~");
        let mut bytes = text.as_bytes().to_vec();
        if !raw {
            bytes.push(b'\n');
        }
        return bytes;
    }
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend(&rest.as_bytes()[..at]);
        let code = &rest[at + 1..];
        let (byte, length) = match code.as_bytes()[0] {
            b'n' => (b'\n', 1),
            b'r' => (b'\r', 1),
            _ => (u8::from_str_radix(&code[1..3], 16).unwrap(), 3),
        };
        bytes.push(byte);
        rest = &code[length..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}
