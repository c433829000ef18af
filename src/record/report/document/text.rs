//! Text and numbers as people read them.

/// A character as it may be shown: controls, and signs that turn or hide the text after them, become U+FFFD, so that it is
/// seen that there was something.
pub(in crate::record::report) fn shown(c: char) -> char {
    match c {
        '\n' | '\t' => ' ',
        c if c.is_control() => '\u{FFFD}',
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' => '\u{FFFD}',
        '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' => '\u{FFFD}',
        // No characters at all, in any plane.
        c if c as u32 & 0xFFFE == 0xFFFE => '\u{FFFD}',
        c => c,
    }
}

/// A count with its thousands parted.
pub(super) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A duration as people say it; number and unit stay on one line.
pub(super) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "unknown".to_owned();
    }
    if seconds < 100.0 {
        return format!("{seconds:.1}\u{a0}s");
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}\u{a0}h {minutes:02}\u{a0}min")
    } else {
        format!("{minutes}\u{a0}min {rest:02}\u{a0}s")
    }
}

/// A moment on the run clock.
pub(super) fn clock(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    let (hours, minutes) = (tenths / 36_000, tenths / 600 % 60);
    format!("{hours}:{minutes:02}:{:02}.{}", tenths / 10 % 60, tenths % 10)
}

/// A share in per cent; never "100 %" of what is not all.
pub(super) fn percent(share: f64) -> String {
    let tenths = share * 1000.0;
    let tenths = if share < 1.0 { tenths.floor() } else { tenths };
    format!("{:.1}\u{a0}%", tenths / 10.0)
}

/// What to show where there is nothing to show.
pub(super) const NONE: &str = "–";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_turns_or_hides_what_follows() {
        let hostile = "a\u{1}b\u{202E}c\u{200F}d\u{FEFF}e\u{FFFE}f\u{1FFFF}g\u{2066}\n";
        let shown: String = hostile.chars().map(shown).collect();
        let f = '\u{FFFD}';
        assert_eq!(shown, format!("a{f}b{f}c{f}d{f}e{f}f{f}g{f} "));
        assert_eq!(
            "Zoë Łuñą Ürgüp Σ Ж".chars().map(super::shown).collect::<String>(),
            "Zoë Łuñą Ürgüp Σ Ж"
        );
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(count(8), "8");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(duration(12.34), "12.3\u{a0}s");
        assert_eq!(duration(125.0), "2\u{a0}min 05\u{a0}s");
        assert_eq!(duration(7_980.0), "2\u{a0}h 13\u{a0}min");
        assert_eq!(clock(3_725.04), "1:02:05.0");
        assert_eq!(percent(1.0), "100.0\u{a0}%");
        assert_eq!(percent(0.9999), "99.9\u{a0}%");
    }
}
