//! Text inside XML (SVG, JUnit).

use crate::harmless::turns;

/// `text` as the content of an element, or the value of an attribute in double quotes. What XML 1.0 allows nowhere
/// (section 2.2 of its recommendation), and what changes the direction of what follows, is shown as Rust writes it.
pub fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if turns(c) || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.extend(c.escape_default());
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_program_prints_breaks_the_document() {
        assert_eq!(escape_xml("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;'");
        assert_eq!(escape_xml("\u{1b}[2J\0\u{ffff}字"), "\\u{1b}[2J\\u{0}\\u{ffff}字");
        assert_eq!(escape_xml("a\u{202e}b"), "a\\u{202e}b");
    }
}
