//! What a console has written down in a run's folder, read for the run's report.

use serde_json::Value;
use smp::console::Deed;
use smp::record::chained::{ChainError, Lines};
use smp::record::folder::RunFolder;
use smp::record::report::{AtTheDesk, Deed as Told};
use std::fs::File;
use std::io;

/// Told one by one; the rest is counted.
const MOST: usize = 400;

/// `None`: no console had to do with the run.
pub fn desk_of(folder: &RunFolder) -> Option<AtTheDesk> {
    let file = match File::open(folder.desk()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        opened => opened.map_err(ChainError::Io),
    };
    let mut desk = AtTheDesk::default();
    let read = file.and_then(|file| {
        Lines::of(&file).try_for_each(|line| line.map(|line| take(&mut desk, &line)))
    });
    desk.broken = read.err().map(|e| e.to_string());
    Some(desk)
}

fn take(desk: &mut AtTheDesk, line: &Value) {
    if desk.deeds.len() >= MOST {
        desk.left_out += 1;
        return;
    }
    let at = line["at"].as_str().unwrap_or_default();
    let deed = serde_json::from_value::<Deed>(line["what"].clone());
    // A console of another version may know other deeds: they are told as they stand.
    let what = deed.map_or_else(|_| line["what"].to_string(), |deed| deed.in_words());
    desk.deeds.push(Told { at: to_the_second(at), what });
}

/// Of a time in full.
fn to_the_second(at: &str) -> String {
    at.parse::<jiff::Timestamp>().map_or(at.to_owned(), |at| at.strftime("%F %T").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use smp::record::chained::Chain;

    fn written(lines: &[Value]) -> (tempfile::TempDir, RunFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(dir.path());
        let mut chain = Chain::open(&folder.desk()).unwrap();
        lines.iter().for_each(|line| chain.append(line).unwrap());
        (dir, folder)
    }

    #[test]
    fn deeds_are_told_in_words_and_those_of_another_version_as_they_stand() {
        let at = "2026-11-29T10:00:00.5Z";
        let (_dir, folder) = written(&[
            json!({ "at": at, "what": { "asked": { "tab": 3, "ask": "pause" } } }),
            json!({ "at": at, "what": { "alarm": { "condition": "e_stop", "turn": { "acknowledged": 3 } } } }),
            json!({ "at": at, "what": { "painted": "blue" } }),
        ]);
        let desk = desk_of(&folder).unwrap();
        let told: Vec<_> = desk.deeds.iter().map(|deed| deed.what.as_str()).collect();
        assert_eq!(told[0], "Page 3: pause");
        assert!(told[1].starts_with("Seen at page 3: "), "{}", told[1]);
        assert_eq!(told[2], r#"{"painted":"blue"}"#);
        assert_eq!(desk.deeds[0].at, "2026-11-29 10:00:00");
        assert_eq!((desk.left_out, desk.broken), (0, None));
    }

    #[test]
    fn a_log_that_was_changed_is_told_and_so_is_what_does_not_fit() {
        let line = json!({ "at": "", "what": "stopped" });
        let (_dir, folder) = written(&vec![line; MOST + 5]);
        assert_eq!(desk_of(&folder).unwrap().left_out, 5);
        let text =
            std::fs::read_to_string(folder.desk()).unwrap().replacen("stopped", "started", 1);
        std::fs::write(folder.desk(), text).unwrap();
        let desk = desk_of(&folder).unwrap();
        assert_eq!(desk.deeds.len(), 1);
        assert!(desk.broken.unwrap().contains("line 2"));
    }

    #[test]
    fn a_run_without_a_console_has_none() {
        let dir = tempfile::tempdir().unwrap();
        assert!(desk_of(&RunFolder::new(dir.path())).is_none());
    }
}
