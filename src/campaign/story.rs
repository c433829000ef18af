//! What a case was like: a fingerprint of every byte and event, the marks it left, and, where it is wanted, the story in
//! lines.

use super::case::Fault;
use super::marks::Marks;
use super::oracle::Violation;
use crate::device::HEARTBEAT;
use crate::drive::rehearsal::StrikeTruth;
use crate::stream::{Event, Input, Output};
use crate::time::Instant;
use sha2::{Digest, Sha256};

/// Hears everything.
#[derive(Clone, Default)]
pub(super) struct Story {
    digest: Sha256,
    pub marks: Marks,
    /// `None`: nobody wants to read it.
    lines: Option<Vec<String>>,
}

impl Story {
    /// One that is told in lines, too.
    pub fn told() -> Self {
        Self { lines: Some(Vec::new()), ..Self::default() }
    }

    /// A line.
    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }

    pub fn befalls(&mut self, now: Instant, fault: &Fault) {
        self.marks.befell(fault.kind);
        self.tell(|| format!("{:9.3} s (device): {} befalls", now.seconds(), fault.kind.name()));
    }

    /// What a strike was like in truth.
    pub fn strike(&mut self, strike: &StrikeTruth, aside_mm: Option<f64>, broken: &[Violation]) {
        self.tell(|| {
            let seconds = strike.t_entry as f64 * 1e-9;
            let dot = strike.dot.map_or("a touch".to_owned(), |dot| format!("dot {dot}"));
            let StrikeTruth { penetration, dimple, stopped, head_moved, head_came, surface_speed, .. } =
                strike;
            format!(
                "{seconds:9.3} s (device, truth): {dot}, {penetration:.3} mm deep{} (dimple {dimple:.3}), {:.3} mm aside, head moved \
                 {head_moved:.3} mm before and came on by {head_came:.3} mm, skin at {surface_speed:.1} mm/s{}",
                if *stopped { " at the stop" } else { "" },
                aside_mm.unwrap_or(f64::NAN),
                broken.iter().map(|broken| format!(" BROKEN: {broken:?}")).collect::<String>()
            )
        });
    }

    pub fn input(&mut self, at: Instant, input: &Input<'_>) {
        self.digest.update(at.0.to_le_bytes());
        match input {
            Input::Bytes(bytes) => {
                self.digest.update(bytes);
                self.talk(at, "<-", bytes);
            }
            other => self.digest.update(format!("{other:?}")),
        }
    }

    pub fn output(&mut self, at: Instant, output: &Output<'_>) {
        match output {
            Output::WakeAt(_) => {}
            Output::Transmit(bytes) => {
                self.digest.update(bytes);
                self.talk(at, "->", bytes);
            }
            Output::Event(event) => self.event(at, event),
            other => self.digest.update(format!("{other:?}")),
        }
    }

    /// The fingerprint, hex, the lines and the marks.
    pub fn end(self) -> (String, Vec<String>, Marks) {
        let fingerprint = crate::record::hex(&self.digest.finalize());
        (fingerprint, self.lines.unwrap_or_default(), self.marks)
    }

    /// What is said, without reports and heartbeats.
    fn talk(&mut self, at: Instant, way: &str, bytes: &[u8]) {
        if self.lines.is_none() {
            return;
        }
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !line.starts_with(b"<") && line != [HEARTBEAT] {
                let text = line.escape_ascii();
                self.tell(|| format!("{:9.3} s: {way} {text}", at.seconds()));
            }
        }
    }

    fn event(&mut self, at: Instant, event: &Event) {
        self.digest.update(format!("{event:?}"));
        self.marks.happened(event);
        self.tell(|| format!("{:9.3} s: {event:?}", at.seconds()));
    }
}
