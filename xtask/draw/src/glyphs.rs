//! Texts for a terminal: characters that have one width everywhere, cut to so many cells.

use course::steps::number;
use text::width;

/// A text without characters that take one cell in some terminals and two in others.
pub fn unambiguous(text: &str) -> String {
    use unicode_width::UnicodeWidthChar;
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '①'..='⑳' => shown.push_str(&numeral(&c.to_string())),
            '“' | '”' => shown.push('"'),
            '‘' | '’' => shown.push('\''),
            '…' => shown.push_str(".."),
            '—' | '–' => shown.push('-'),
            '·' => shown.push('.'),
            '×' => shown.push('x'),
            c if c.width() != c.width_cjk() => shown.push('?'),
            c => shown.push(c),
        }
    }
    shown
}

/// `④` as `(4)`, `①②③` as `(1-3)`.
pub fn numeral(step: &str) -> String {
    let number = |c| number(c).unwrap_or_default();
    let mut digits = step.chars();
    match (digits.next(), digits.next_back()) {
        (Some(first), Some(last)) => format!("({}-{})", number(first), number(last)),
        (Some(first), None) => format!("({})", number(first)),
        _ => String::new(),
    }
}

/// The beginning of a text that fits.
pub fn cut(text: &str, cells: usize) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept) + width(c.encode_utf8(&mut [0; 4])) > cells {
            break;
        }
        kept.push(c);
    }
    kept
}
