//! What a program printed, shown without letting it act on the terminal.

/// So many characters of a line are shown.
const LONGEST: usize = 2_000;

/// Shows control characters instead of obeying them: a program must not repaint the report.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        if index == LONGEST {
            shown.push_str(&format!("……（这一行共 {} 个字符）", text.chars().count()));
            break;
        }
        match c {
            '\t' => shown.push('\t'),
            c if c.is_control() || turns(c) => shown.extend(c.escape_default()),
            c => shown.push(c),
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
        let long = harmless(&"长".repeat(2_001));
        assert!(long.ends_with("长……（这一行共 2001 个字符）"), "{long}");
    }

    #[test]
    fn what_is_too_long_ends_in_dots() {
        assert_eq!(shortened("长长长", 2), "长长……");
        assert_eq!(shortened("长长", 2), "长长");
    }
}
