//! How much room a text takes.

use unicode_width::UnicodeWidthStr;

/// How many terminal cells a text takes: a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text`, filled with spaces up to `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_two_cells() {
        assert_eq!(width("进程 p1"), 7);
        assert_eq!(pad("进程", 6), "进程  ");
        assert_eq!(pad("进程", 3), "进程");
    }
}
