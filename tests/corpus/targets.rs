//! What is fuzzed: every reader of bytes that others wrote, behind one entry function each. The fuzz targets
//! (`fuzz/targets/`) and the replay of the corpus (`tests/corpus/`) run these very functions.
//!
//! A target may refuse its input or take it; it may not panic, hang, or take memory without bound. What it
//! takes must keep what the reader promises.

use smp::design::drawing::{Drawing, Format, Reading, Unit};
use smp::design::{Design, svg, write};
use smp::device::{LineSplitter, open, parse};
use smp::machine::Profile;
use smp::record::plan_file::PlanFile;
use smp::record::{journal, ledger};
use smp::register::Touched;
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};

/// A target: bytes in, nothing out.
type Target = fn(&[u8]);

/// Each target with its name, which is that of its folder in the corpus.
pub const TARGETS: [(&str, Target); 9] = [
    ("reply", reply),
    ("design", design),
    ("drawing", drawing),
    ("mesh", mesh),
    ("plan", plan),
    ("ledger", ledger_records),
    ("journal", journal_records),
    ("touches", touches),
    ("machine", machine),
];

/// Runs the target of that name.
pub fn run(name: &str, data: &[u8]) {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = found.expect("a target of that name");
    target(data);
}

/// The device's lines: the same however they are cut, each read sealed and plain. The first byte seeds the cuts.
fn reply(data: &[u8]) {
    let Some((&seed, bytes)) = data.split_first() else { return };
    let whole = lines(&[bytes]);
    let mut state = u32::from(seed) | 1;
    let (mut rest, mut pieces) = (bytes, Vec::new());
    while !rest.is_empty() {
        state = state.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F);
        let size = ((state >> 24) as usize % 61 + 1).min(rest.len());
        let (piece, after) = rest.split_at(size);
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(lines(&pieces), whole, "lines depend on how the bytes arrived");
    for line in &whole {
        let _ = parse(line);
        if let Ok(text) = open(line) {
            let _ = parse(text);
        }
    }
}

fn lines(pieces: &[&[u8]]) -> Vec<String> {
    let (mut splitter, mut line, mut found) = (LineSplitter::default(), String::new(), Vec::new());
    for piece in pieces {
        let mut bytes = *piece;
        while splitter.next_line(&mut bytes, &mut line) {
            found.push(line.clone());
        }
    }
    found
}

/// A design, and after a NUL the file that it names.
fn design(data: &[u8]) {
    let (text, beside) = split(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(design) = Design::parse(text, "design.toml", &mut |_| Ok(beside.to_vec())) else {
        return;
    };
    for dot in design.pattern.iter().flat_map(|pattern| &pattern.dots) {
        assert!(dot.x_mm.is_finite() && dot.y_mm.is_finite());
    }
    for zone in &design.zones {
        assert!(zone.density_per_cm2 > 0.0);
    }
}

/// A letter for the format, and a drawing; what is read from it comes back from what is written. Or `o` and an SVG of
/// outlines.
fn drawing(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let mut reading = Reading { width_mm: Some(100.0), ..Reading::default() };
    let format = match kind {
        b'c' => Format::Csv,
        b's' => Format::Svg,
        b'd' => Format::Dxf,
        b'p' => Format::Png,
        b'u' => {
            reading.unit = Some(Unit::Mm);
            Format::Dxf
        }
        b'o' => return outlines(bytes),
        _ => return,
    };
    let Ok(drawing) = Drawing::read(bytes.to_vec(), "drawing", format, &reading) else { return };
    for (text, format) in
        [(write::to_svg(&drawing.dots), Format::Svg), (write::to_csv(&drawing.dots), Format::Csv)]
    {
        let again = Drawing::read(text.into_bytes(), "again", format, &Reading::default());
        let again = again.expect("a drawing of our own").dots;
        assert_eq!(again.len(), drawing.dots.len());
        for (dot, wanted) in again.iter().zip(&drawing.dots) {
            assert!(
                (dot.x_mm - wanted.x_mm).abs() < 0.001 && (dot.y_mm - wanted.y_mm).abs() < 0.001
            );
        }
    }
}

fn outlines(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(found) = svg::outlines(text, "drawing") else { return };
    for ring in found.iter().flat_map(|outline| &outline.rings) {
        assert!(ring.points_mm.iter().flatten().all(|mm| mm.is_finite()));
    }
}

/// A letter for the format, and a mesh, which becomes a head if it is small; or `l` and a file of landmarks.
fn mesh(data: &[u8]) {
    const CHEAP: usize = 600;
    let Some((&kind, bytes)) = data.split_first() else { return };
    let format = match kind {
        b's' => MeshFormat::Stl,
        b'o' => MeshFormat::Obj,
        b'p' => MeshFormat::Ply,
        b'l' => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _ = Landmarks::parse(text, "landmarks.json");
            }
            return;
        }
        _ => return,
    };
    let Ok(raw) = read(bytes, format) else { return };
    assert!(raw.vertices.iter().all(|v| v.is_finite()) && !raw.triangles.is_empty());
    if raw.triangles.len() > CHEAP {
        return;
    }
    let marks = Landmarks::parse(MARKS, "landmarks.json").expect("landmarks of our own");
    if let Ok((surface, _)) = ScalpSurface::build(raw, &marks) {
        assert!(surface.vertices().iter().all(|v| v.is_finite()));
    }
}

/// Those of the small head in the corpus.
const MARKS: &str = r#"{"units": "mm", "landmarks": {
    "nasion": [0, 95, 0], "inion": [0, -90, 30], "lpa": [-72, 0, 0], "rpa": [72, 0, 0]}}"#;

/// A plan, proved if it is small.
fn plan(data: &[u8]) {
    let Ok(plan) = PlanFile::parse(data) else { return };
    if data.len() < 60_000 {
        let _ = plan.prove();
    }
}

/// A ledger, as it is and with every record sealed anew, which is what a writer with a bug would leave.
fn ledger_records(data: &[u8]) {
    const PROGRAM: [u8; 32] = [7; 32];
    let _ = ledger::parse(data, &PROGRAM);
    let mut sealed = data.to_vec();
    let mut last = 0_u32;
    for (index, record) in sealed.chunks_exact_mut(64).enumerate() {
        record[..4].copy_from_slice(b"SMPL");
        record[4] = 1;
        record[8..16].copy_from_slice(&(index as u64).to_le_bytes());
        record[48..56].copy_from_slice(&PROGRAM[..8]);
        record[56..60].copy_from_slice(&last.to_le_bytes());
        last = crc32fast::hash(&record[..60]);
        record[60..].copy_from_slice(&last.to_le_bytes());
    }
    if let Ok(entries) = ledger::parse(&sealed, &PROGRAM) {
        assert!(entries.len() <= data.len() / 64);
    }
}

/// A journal, as it is and with every record sealed anew.
fn journal_records(data: &[u8]) {
    read_journal(data);
    let mut sealed = data.to_vec();
    let mut at = data.iter().position(|byte| *byte == b'\n').map_or(data.len(), |end| end + 1);
    while let Some(length) = sealed.get(at + 9..at + 13) {
        let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        let end = at.saturating_add(13).saturating_add(length);
        let Some(crc) = sealed.get(at..end).map(crc32fast::hash) else { break };
        let Some(seal) = sealed.get_mut(end..end + 4) else { break };
        seal.copy_from_slice(&crc.to_le_bytes());
        at = end + 4;
    }
    read_journal(&sealed);
}

fn read_journal(data: &[u8]) {
    let Ok(reader) = journal::Reader::new(data) else { return };
    for record in reader {
        if record.is_err() {
            break;
        }
    }
}

/// A file of touches; what is read can be written and read again.
fn touches(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(touched) = Touched::parse(text, "touches.toml") else { return };
    let again = touched.to_text().expect("touches have a text");
    Touched::parse(&again, "touches.toml").expect("a text of our own");
}

/// A machine profile.
fn machine(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Profile::parse(text, "machine.toml");
    }
}

pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == 0) {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}
