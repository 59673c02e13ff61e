//! What a program printed, shown without letting it act on the terminal.

/// So many characters of a line are shown.
const LONGEST: usize = 2_000;

/// So many equal characters in a row are shown one by one, where each of them has to be written as several.
const MOST_EQUAL: usize = 4;

/// Shows control characters instead of obeying them: a program must not repaint the report. Many equal ones in a row are
/// shown as one with their number: what stands behind them has to be seen, too.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut looked_at = 0;
    while let Some(c) = rest.next() {
        if looked_at >= LONGEST {
            shown.push_str(&format!("……（这一行共 {} 个字符）", text.chars().count()));
            break;
        }
        looked_at += 1;
        let is_shown_as_it_is = c == '\t' || !(c.is_control() || turns(c));
        if is_shown_as_it_is {
            shown.push(c);
            continue;
        }
        let mut equal = 1;
        while rest.next_if_eq(&c).is_some() {
            equal += 1;
        }
        let times = if equal > MOST_EQUAL { 1 } else { equal };
        looked_at += times - 1;
        (0..times).for_each(|_| shown.extend(c.escape_default()));
        if times < equal {
            shown.push_str(&format!("（× {equal}）"));
        }
    }
    shown
}

/// The first `most` characters, and dots if there are more.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}……", &text[..at]),
        None => text.to_owned(),
    }
}

/// Changes the direction of what follows, or begins a line: the same text would be read as another (UAX #9, UTR #36).
pub(crate) fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_long_lines_cut() {
        assert_eq!(harmless("a\tb\u{1b}[31m"), "a\tb\\u{1b}[31m");
        assert_eq!(harmless("a\u{202e}b\n"), "a\\u{202e}b\\n");
        assert_eq!(harmless(&format!("a{}b", "\0".repeat(4))), "a\\u{0}\\u{0}\\u{0}\\u{0}b");
        let long = harmless(&format!("a{}b\0c", "\0".repeat(5_000)));
        assert_eq!(long, "a\\u{0}（× 5000）b\\u{0}c");
        let long = harmless(&"长".repeat(2_001));
        assert!(long.ends_with("长……（这一行共 2001 个字符）"), "{long}");
    }

    #[test]
    fn what_is_too_long_ends_in_dots() {
        assert_eq!(shortened("长长长", 2), "长长……");
        assert_eq!(shortened("长长", 2), "长长");
    }
}
