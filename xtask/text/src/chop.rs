//! Text that has to stay in its room, wherever that breaks it.

use unicode_width::UnicodeWidthChar;

use crate::width;

/// `text` in pieces of at most `cells`, nothing lost: for what is quoted, where every space counts.
pub fn chop(text: &str, cells: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used + wide > cells && at > start {
            pieces.push(&text[start..at]);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    pieces.push(&text[start..]);
    pieces
}

/// `text` if it has no more than `cells`, or else its beginning, with dots behind it.
pub fn fitting(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let dots = "…";
    let beginning = chop(text, cells.saturating_sub(width(dots)))[0];
    format!("{}{dots}", beginning.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_and_nothing_is_lost() {
        let text = "a  一二三 bc四";
        for cells in 2..20 {
            let pieces = chop(text, cells);
            assert!(pieces.iter().all(|piece| width(piece) <= cells), "{cells}: {pieces:?}");
            assert_eq!(pieces.concat(), text);
        }
        assert_eq!(chop(text, 5), ["a  一", "二三 ", "bc四"]);
        assert_eq!(chop("", 5), [""]);
    }

    #[test]
    fn the_beginning_has_room_for_its_dots() {
        assert_eq!(fitting("一二三四", 8), "一二三四");
        for cells in 6..8 {
            let short = fitting("一二三四", cells);
            assert!(width(&short) <= cells && short.starts_with('一'), "{short}");
            assert!(short.ends_with('…'), "{short}");
        }
    }
}
