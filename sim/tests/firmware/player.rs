//! Plays a recorded conversation to a device, simulated or real, and compares.
//!
//! ```text
//!  -> text    sends the text and a line feed; with \x18 or \r escapes, or a lone ? ! ~, sends just that
//!  <- line    the next line must come within 15 s and be this; … matches anything
//!  <~ line    may come
//!  <S line    as <-, but only the simulator says it: a deliberate difference, the reason stands above it
//!  <R line    as <-, but only the real firmware says it
//!  .. 300     300 ms pass
//!  ?? 9 95    asks for a report 9 times, 95 ms apart; some report must answer each
//! ```

use std::time::Duration;

/// Something that speaks the protocol.
pub trait Device {
    /// The simulator, in virtual time; otherwise a real firmware, whose clock is the wall's.
    const SIMULATED: bool;
    fn send(&mut self, bytes: &[u8]);
    fn pass(&mut self, time: Duration);
    /// The lines that have come whole since the last call.
    fn lines(&mut self) -> Vec<String>;
}

/// A conversation under way.
pub struct Player<'a, D> {
    pub device: &'a mut D,
    heard: Vec<String>,
}

impl<'a, D: Device> Player<'a, D> {
    pub fn new(device: &'a mut D) -> Self {
        Self { device, heard: Vec::new() }
    }

    /// Plays the file, or those of its sections whose titles begin with `section`.
    pub fn play(&mut self, name: &str, section: &str) {
        let path = format!("{}/tests/fixtures/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let script = std::fs::read_to_string(path).unwrap();
        let (mut wanted, mut played) = (section.is_empty(), 0);
        for (number, line) in script.lines().enumerate() {
            if let Some(title) = line.strip_prefix("== ") {
                wanted = title.starts_with(section);
            } else if wanted && !line.is_empty() && !line.starts_with("# ") {
                self.line(&format!("{name}.txt:{}: {line}", number + 1), line);
                played += 1;
            }
        }
        assert!(played > 0, "{name}.txt has no section {section}");
    }

    fn line(&mut self, place: &str, line: &str) {
        let (kind, rest) = line.split_at(2);
        let rest = rest.trim_start();
        match kind {
            "->" => self.send(place, rest),
            ".." => self.device.pass(Duration::from_millis(rest.parse().unwrap())),
            "??" => {
                let (count, gap) = rest.split_once(' ').unwrap();
                for _ in 0..count.parse().unwrap() {
                    self.device.pass(Duration::from_millis(gap.parse().unwrap()));
                    self.send(place, "?");
                    self.expect(place, "<…");
                }
            }
            "<-" => self.expect(place, rest),
            "<S" if D::SIMULATED => self.expect(place, rest),
            "<R" if !D::SIMULATED => self.expect(place, rest),
            "<S" | "<R" => {}
            "<~" => {
                self.wait();
                if self.heard.first().is_some_and(|line| matches(line, rest)) {
                    self.heard.remove(0);
                }
            }
            _ => panic!("{place}: not understood"),
        }
    }

    fn send(&mut self, place: &str, text: &str) {
        self.heard.extend(self.device.lines());
        assert!(self.heard.is_empty(), "{place}: not expected: {:?}", self.heard);
        self.device.send(&escaped(text));
    }

    fn expect(&mut self, place: &str, pattern: &str) {
        self.wait();
        assert!(!self.heard.is_empty(), "{place}: nothing came");
        let line = self.heard.remove(0);
        assert!(matches(&line, pattern), "{place}: came {line:?}");
    }

    fn wait(&mut self) {
        for _ in 0..15_000 {
            self.heard.extend(self.device.lines());
            if !self.heard.is_empty() {
                return;
            }
            self.device.pass(Duration::from_millis(1));
        }
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

#[test]
fn a_pattern_matches_what_it_says_and_nothing_else() {
    assert!(matches("<Idle|MPos:1.000|FS:0,0>", "<Idle|…|FS:0,0>"));
    assert!(!matches("<Idle|MPos:1.000|FS:0,0|Ov:1>", "<Idle|…|FS:0,0>"));
    assert!(!matches("ok", "okk"));
    assert!(matches("<Idle>", "<…"));
    assert!(!matches("ok", "<…"));
}
