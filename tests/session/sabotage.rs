//! Planted bugs: the controller is broken on purpose, on its way to the device, and the figures of the
//! judge, who knows only the simulator's truth and the design, must show each.

use crate::bench::Bench;
use smp::device::{self, Mode};
use smp::drive::rehearsal::Tap;
use smp::record::judge::Figures;
use smp::stream::Outcome;

/// Right of the midline only: a mirrored run meets none of these dots.
const DESIGN: &str = r#"
schema = 1
name = "right"

[[zone]]
name = "right"
outline = [[0.48, 0.12], [0.48, 0.24], [0.56, 0.24], [0.56, 0.12]]
density_per_cm2 = 8
"#;

fn bench() -> Bench {
    let bench = Bench::new("gantry6", DESIGN);
    assert!(bench.program.dots().len() >= 30, "{} dots", bench.program.dots().len());
    bench
}

/// A bug: what it makes of a joint in mm or degrees, by axis letter, and of a strike's depth in µm.
#[derive(Clone, Copy)]
struct Bug {
    joint: fn(char, f64) -> f64,
    back: fn(char, f64) -> f64,
    depth: fn(i64) -> i64,
}

const NONE: Bug = Bug { joint: |_, v| v, back: |_, v| v, depth: |d| d };

/// Rewrites frames on their way out and positions on their way back, as a bug in the controller's own
/// encoder and decoder would.
struct Saboteur {
    bug: Bug,
    heard: Vec<u8>,
}

impl Tap for Saboteur {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if first != b'N' {
                out.push(first);
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|b| *b == b'\n').unwrap() + 1;
            let line = std::str::from_utf8(&rest[..end - 1]).unwrap();
            self.frame(line, &mut out);
            rest = &rest[end..];
        }
        out
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.heard.extend_from_slice(bytes);
        let mut out = Vec::new();
        while let Some(end) = self.heard.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            out.extend(self.report(&line));
        }
        out
    }
}

impl Saboteur {
    fn frame(&self, line: &str, out: &mut Vec<u8>) {
        let text = device::open(line).unwrap();
        let (head, body) = text.split_once(' ').unwrap();
        let (seq, epoch) = head[1..].split_once('E').unwrap();
        let body = if body.starts_with("G53") { self.moved(body) } else { self.struck(body) };
        device::seal(seq.parse().unwrap(), u32::from_str_radix(epoch, 16).unwrap(), &body, out);
    }

    fn moved(&self, body: &str) -> String {
        rewrite(body, "G53G0", |axis, value| format!("{:.3}", (self.bug.joint)(axis, value)))
    }

    fn struck(&self, body: &str) -> String {
        if !body.starts_with('D') {
            return body.to_owned();
        }
        let words = body.split(' ').map(|word| {
            let (letter, number) = (word.chars().next().unwrap(), &word[1..]);
            let value: i64 = number.parse().unwrap();
            match letter {
                'X' | 'Y' | 'Z' | 'A' | 'B' => {
                    let bent = (self.bug.joint)(letter, value as f64 * 1e-3) * 1e3;
                    format!("{letter}{}", bent.round() as i64)
                }
                'T' | 'E' => format!("{letter}{}", (self.bug.depth)(value)),
                _ => word.to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn report(&self, line: &[u8]) -> Vec<u8> {
        let text = std::str::from_utf8(line).unwrap().trim_end();
        let (Ok(opened), Some(start)) = (device::open(text), text.find("MPos:")) else {
            return line.to_vec();
        };
        let from = start + "MPos:".len();
        let until = from + opened[from..].find(['|', '>']).unwrap();
        let bent: Vec<String> = opened[from..until]
            .split(',')
            .zip("XYZABC".chars())
            .map(|(v, axis)| format!("{:.3}", (self.bug.back)(axis, v.parse().unwrap())))
            .collect();
        let text = format!("{}{}{}", &opened[..from], bent.join(","), &opened[until..]);
        format!("{text}*{:08X}\r\n", crc32fast::hash(text.as_bytes())).into_bytes()
    }
}

/// Applies `f` to every letter-number word after `prefix`.
fn rewrite(text: &str, prefix: &str, f: impl Fn(char, f64) -> String) -> String {
    let mut out = prefix.to_owned();
    let mut rest = &text[prefix.len()..];
    while let Some(letter) = rest.chars().next() {
        let tail = &rest[1..];
        let end = tail.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(tail.len());
        out.push(letter);
        out.push_str(&f(letter, tail[..end].parse().unwrap()));
        rest = &tail[end..];
    }
    out
}

/// On `still` without the depth stop, which would hide a stroke that is too long.
fn run(bench: &Bench, bug: Bug) -> (Outcome, Figures) {
    let saboteur = Box::new(Saboteur { bug, heard: Vec::new() });
    let no_stop = ("[machine]\n", "[machine]\ndepth_stop = false\n");
    let ran = bench.run(&[no_stop], Mode::Follow, Some(saboteur));
    (ran.outcome, ran.figures)
}

/// A needle that is not along the normal shows as tilt, as a touch, or as a run that could not begin.
fn tilted_or_touched(outcome: Outcome, figures: &Figures) -> bool {
    figures.tilt_deg.max > 8.0
        || figures.collisions > 0
        || (outcome == Outcome::Faulted && figures.dots_struck == 0)
}

#[test]
fn an_honest_controller_is_clean() {
    let bench = bench();
    let (outcome, figures) = run(&bench, NONE);
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(figures.dots_struck, bench.program.dots().len());
    assert_eq!((figures.double_strikes, figures.stray_strikes, figures.collisions), (0, 0, 0));
    assert!(figures.in_band_fraction > 0.999 && figures.over_ceiling == 0);
    assert!(!tilted_or_touched(outcome, &figures) && figures.placement_mm.max < 0.1, "{figures:?}");
}

#[test]
fn a_depth_bias_of_three_tenths_shows_as_depth() {
    let bench = bench();
    let honest = run(&bench, NONE).1;
    let (_, figures) = run(&bench, Bug { depth: |um| um + 300, ..NONE });
    let bias = figures.penetration_mm.mean - honest.penetration_mm.mean;
    assert!((0.25..0.35).contains(&bias), "bias {bias:.3} mm");
}

#[test]
fn a_wrong_sign_of_the_normal_shows_as_tilt_or_touch() {
    let flip = |axis: char, v: f64| if matches!(axis, 'A' | 'B') { -v } else { v };
    let (outcome, figures) = run(&bench(), Bug { joint: flip, back: flip, ..NONE });
    assert!(tilted_or_touched(outcome, &figures), "{outcome:?} {figures:?}");
}

#[test]
fn radians_for_degrees_show_as_tilt_or_touch() {
    let to = |axis: char, v: f64| if matches!(axis, 'A' | 'B') { v.to_radians() } else { v };
    let from = |axis: char, v: f64| if matches!(axis, 'A' | 'B') { v.to_degrees() } else { v };
    let (outcome, figures) = run(&bench(), Bug { joint: to, back: from, ..NONE });
    assert!(tilted_or_touched(outcome, &figures), "{outcome:?} {figures:?}");
}

#[test]
fn a_mirrored_scan_shows_as_a_run_that_meets_none_of_its_dots() {
    let mirror = |axis: char, v: f64| if matches!(axis, 'X' | 'B') { -v } else { v };
    let (outcome, figures) = run(&bench(), Bug { joint: mirror, back: mirror, ..NONE });
    assert_eq!(figures.dots_struck, 0, "{figures:?}");
    let shown = figures.stray_strikes > 0 || outcome == Outcome::Faulted;
    assert!(shown, "{outcome:?} {figures:?}");
}
