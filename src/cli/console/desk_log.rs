//! What a console has written down in a run's folder, read for the run's report.

use serde_json::Value;
use smp::console::Deed;
use smp::record::chained::{ChainError, Lines};
use smp::record::folder::RunFolder;
use smp::record::report::{AtTheDesk, DeskRow as Row};
use std::collections::VecDeque;
use std::fs::File;
use std::io;

/// The last ones are told one by one, those before them are counted.
const MOST: usize = 400;

/// `None`: no console had to do with the run.
pub fn desk_of(folder: &RunFolder) -> Option<AtTheDesk> {
    let file = match File::open(folder.desk()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        opened => opened.map_err(ChainError::Io),
    };
    let (mut deeds, mut left_out) = (VecDeque::new(), 0);
    let read = file.and_then(|file| {
        Lines::of(&file).try_for_each(|line| {
            deeds.push_back(told(&line?));
            if deeds.len() > MOST {
                left_out += 1;
                deeds.pop_front();
            }
            Ok(())
        })
    });
    Some(AtTheDesk { deeds: deeds.into(), left_out, broken: read.err().map(|e| why(&e)) })
}

fn told(line: &Value) -> Row {
    let at = line["at"].as_str().unwrap_or_default();
    let deed = serde_json::from_value::<Deed>(line["what"].clone());
    // A console of another version may know other deeds: they are told as they stand.
    let what = deed.map_or_else(|_| line["what"].to_string(), |deed| deed.in_words());
    Row { at: to_the_second(at), what }
}

fn why(error: &ChainError) -> String {
    match error {
        ChainError::Broken(line) => {
            format!(
                "it was changed: line {line} does not follow on the one before it, and either may be the one that was changed"
            )
        }
        ChainError::Torn(line) => format!("line {line}, the last one, is not whole"),
        ChainError::Io(e) => format!("it cannot be read: {e}"),
    }
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
