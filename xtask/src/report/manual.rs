//! A section of the notes on a terminal.

use course::section::{Block, Section};
use text::hang;

use super::{STRONG, paint};

/// A mistake's code and title.
pub fn heading(id: &str, title: &str) -> String {
    paint(STRONG, &format!("{id}：{title}"))
}

/// What it says, in lines of at most `cells`; the lines of code stay as they are.
pub fn lines(section: &Section, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut was_item = false;
    for block in &section.blocks {
        let is_item = matches!(block, Block::Item(_));
        // the items of a list stand close together
        if !(is_item && was_item) {
            lines.push(String::new());
        }
        was_item = is_item;
        match block {
            Block::Paragraph(text) => lines.extend(broken(&close(text), cells)),
            Block::Item(text) => lines.extend(broken(&format!("  - {}", close(text)), cells)),
            Block::Code(code) => lines.extend(code.iter().map(|line| format!("    {line}"))),
        }
    }
    lines
}

/// With no gap that would be taken for a column.
fn close(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn broken(text: &str, cells: usize) -> Vec<String> {
    hang(text, cells).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_hang_below_their_item() {
        let notes = "# 甲\n\n说明\n\n- 一二三四五六七八九\n- 短\n\n```text\n很长很长很长很长很长很长\n```\n";
        let section = Section::of(notes, &course::page::Page::of(notes), "甲").unwrap();
        let wanted = [
            "",
            "说明",
            "",
            "  - 一二三四五六",
            "    七八九",
            "  - 短",
            "",
            "    很长很长很长很长很长很长",
        ];
        assert_eq!(lines(&section, 16), wanted);
    }
}
