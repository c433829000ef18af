//! Text and numbers for the page.

use std::fmt::{self, Display, Write};

/// Text that may contain anything, made safe for markup.
pub(super) struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(' ')?,
                // XML has no place for these, not even escaped.
                c if c.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(&c) => {
                    f.write_char('\u{FFFD}')?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
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
    fn markup_in_text_stays_text() {
        let text = Text("<b onclick=\"x('&')\">\u{1}").to_string();
        assert_eq!(text, "&lt;b onclick=&quot;x(&#39;&amp;&#39;)&quot;&gt;\u{FFFD}");
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
