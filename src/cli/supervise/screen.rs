//! The live view at a terminal, log lines elsewhere, and the six lines at the end.

use super::Supervisor;
use crossterm::event::{self, Event as TermEvent, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use smp::record::report::{RunFigures, words};
use smp::stream::{Command, Event, Outcome, Snapshot, Stage};
use smp::time::Instant;
use std::collections::VecDeque;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Shows a run and reads the operator's keys.
pub struct Screen {
    live: bool,
    depths: VecDeque<f32>,
    first_done: Option<(usize, std::time::Instant)>,
    last_log: Option<std::time::Instant>,
}

impl Screen {
    /// A live view on a terminal, log lines elsewhere.
    pub fn new() -> Self {
        let live = std::io::stdout().is_terminal()
            && std::io::stdin().is_terminal()
            && terminal::enable_raw_mode().is_ok();
        if live {
            print(
                "keys: p or space pause, r resume, n needle looked after or changed (in a pause), s stop\r\n",
            );
        }
        Self { live, depths: VecDeque::new(), first_done: None, last_log: None }
    }

    fn status(
        &self,
        snapshot: &Snapshot,
        (done, since): (usize, std::time::Instant),
        now: std::time::Instant,
    ) -> String {
        let stage = match snapshot.stage {
            Stage::Connecting => "connecting",
            Stage::Running => "running",
            Stage::Paused => "PAUSED",
            Stage::Over(Outcome::Finished) => "finished",
            Stage::Over(Outcome::Stopped) => "stopped",
            Stage::Over(Outcome::Faulted) => "FAULT",
        };
        let seconds = (now - since).as_secs_f64();
        let rate = (snapshot.done - done.min(snapshot.done)) as f64 / seconds.max(1e-3);
        let left = if rate > 0.01 && seconds > 5.0 {
            let minutes = (snapshot.total - snapshot.done) as f64 / rate / 60.0;
            format!("{minutes:.0} min left")
        } else {
            "time left: stabilising".to_owned()
        };
        let depths: Vec<String> = self
            .depths
            .iter()
            .map(|d| if d.is_nan() { "-".into() } else { format!("{d:.2}") })
            .collect();
        let waits = if snapshot.parted {
            "  needle and height sensor have parted: look at both, then n and r".to_owned()
        } else if snapshot.waiting.is_empty() {
            String::new()
        } else {
            format!("  waits: {}", words::waits(snapshot.waiting))
        };
        format!(
            "{stage}  {}/{} dots  {rate:.1}/s  {left}  depth [{}] mm{waits}",
            snapshot.done,
            snapshot.total,
            depths.join(" ")
        )
    }
}

impl Supervisor for Screen {
    fn event(&mut self, at: Instant, event: &Event) {
        if let Event::Done { estimate, .. } = event {
            self.depths.push_back(estimate.penetration_mm);
            if self.depths.len() > 5 {
                self.depths.pop_front();
            }
        }
        let told = words::event(event).filter(|(level, _)| *level > words::Level::Detail);
        let Some((_, text)) = told else { return };
        let end = if self.live { "\r\n" } else { "\n" };
        let clear = if self.live { "\r\x1b[2K" } else { "" };
        print(&format!("{clear}{:9.2} s  {text}{end}", at.seconds()));
    }

    /// Shows the state; waits a little for a key.
    fn turn(&mut self, snapshot: &Snapshot) -> Option<Command> {
        let now = super::super::plan::clock();
        let since = *self.first_done.get_or_insert((snapshot.done, now));
        let line = self.status(snapshot, since, now);
        if self.live {
            print(&format!("\r\x1b[2K{line}"));
            return key(Duration::from_millis(80));
        }
        if self.last_log.is_none_or(|last| now - last > Duration::from_secs(10)) {
            self.last_log = Some(now);
            print(&format!("{line}\n"));
        }
        None
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.live {
            let _ = terminal::disable_raw_mode();
            print("\n");
        }
    }
}

/// The end of a run in six lines.
pub fn summary(f: &RunFigures) -> Vec<String> {
    let number =
        |v: Option<f64>, digits: usize| v.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
    let count = |v: Option<usize>| v.map_or("-".to_owned(), |v| v.to_string());
    let depth = f.penetration_mm.unwrap_or_default();
    let state = serde_json::to_string(&f.state).unwrap_or_default();
    vec![
        format!(
            "{}: {} of {} dots struck, {} skipped, {} uncertain, {} struck twice",
            state.trim_matches('"'),
            f.dots_struck,
            f.dots_planned,
            f.dots_skipped,
            f.dots_uncertain,
            count(f.double_strikes)
        ),
        format!(
            "penetration {:.3} mm (sigma {:.3}, {:.2} to {:.2}), {} % in the band, {} beyond the ceiling",
            depth.mean,
            depth.sigma,
            depth.min,
            depth.max,
            number(f.in_band_fraction.map(|v| v * 100.0), 2),
            count(f.over_ceiling)
        ),
        format!(
            "place {} mm RMS within the pattern, {} mm with its placement on the head",
            number(f.lateral_error_mm.map(|e| e.rms), 3),
            number(f.placement_mm.map(|e| e.rms), 3)
        ),
        format!(
            "tilt at most {} degrees, drag at most {} mm, {} collisions",
            number(f.tilt_deg.map(|t| t.max), 1),
            number(f.lateral_drag_mm.map(|d| d.max), 3),
            count(f.collisions)
        ),
        format!(
            "{:.1} min on the machine ({:.2} dots/s), {} s at the desk",
            f.machine_s / 60.0,
            f.dots_per_s,
            number(f.wall_s, 1)
        ),
        match f.source {
            Some(source) => format!("depth, place, tilt, drag and collisions: {source}"),
            None => "no truth: a real device tells only what it sensed".to_owned(),
        },
    ]
}

fn key(patience: Duration) -> Option<Command> {
    if !event::poll(patience).unwrap_or(false) {
        return None;
    }
    let Ok(TermEvent::Key(key)) = event::read() else {
        return None;
    };
    if key.kind != KeyEventKind::Press {
        return None;
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Command::Stop),
        KeyCode::Char('p' | ' ') => Some(Command::Pause),
        KeyCode::Char('r') => Some(Command::Resume),
        KeyCode::Char('n') => Some(Command::NewNeedle),
        KeyCode::Char('s' | 'q') => Some(Command::Stop),
        _ => None,
    }
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
