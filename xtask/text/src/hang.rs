//! Long lines broken, what follows below the last column.

use unicode_width::UnicodeWidthChar;

use crate::width;

/// May not begin a line.
const CLOSING: &str = "，。；：、！？）」』》】”’…,.;:!?)]>";
/// May not end a line.
const OPENING: &str = "（「『《【“‘([<";

/// `text` with lines of at most `cells`; the rest of a line stands below its last column, which two spaces set off, or two
/// cells further in than an indented line. A word that is wider than the room for it stays whole.
pub fn hang(text: &str, cells: usize) -> String {
    text.split('\n').map(|line| hang_line(line, cells)).collect::<Vec<_>>().join("\n")
}

fn hang_line(line: &str, cells: usize) -> String {
    if width(line) <= cells {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let column = line.trim_end().rfind("  ").map(|at| at + 2).filter(|at| *at > indent);
    // a column that leaves little room would make a ladder of it
    let margin = column.map(|at| width(&line[..at])).filter(|margin| margin * 2 <= cells);
    let (mut broken, rest, margin) = match (column, margin) {
        (Some(at), Some(margin)) => (line[..at].to_owned(), &line[at..], margin),
        // what does not fit beside its name stands below it
        (Some(at), None) => {
            let margin = indent + 6;
            (format!("{}\n{}", line[..at].trim_end(), " ".repeat(margin)), &line[at..], margin)
        }
        (None, _) if indent == 0 => (String::new(), line, 0),
        (None, _) => (line[..indent].to_owned(), &line[indent..], indent + 2),
    };
    let mut used = width(broken.rsplit('\n').next().unwrap_or_default());
    for piece in pieces(rest) {
        let fits = used + width(piece.trim_end()) <= cells;
        if !fits && used > margin {
            broken.truncate(broken.trim_end().len());
            broken += &format!("\n{}", " ".repeat(margin));
            used = margin;
        }
        broken += piece;
        used += width(piece);
    }
    broken.truncate(broken.trim_end().len());
    broken
}

/// What may not be broken, one after the other: words with the spaces behind them, Chinese characters with their
/// punctuation.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    let glued = after == ' ' || CLOSING.contains(after) || OPENING.contains(before);
    !glued && (before == ' ' || wide(before) || wide(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_stands_below_the_last_column() {
        let text = "  run    现场演一课：每一行（全部）都有 names\n短的";
        let wanted = "  run    现场演一课：每\n         一行（全部）都\n         有 names\n短的";
        assert_eq!(hang(text, 24), wanted);
        assert_eq!(hang(text, 80), text);
    }

    #[test]
    fn a_wide_column_goes_below_its_name_and_a_sentence_hangs() {
        let text = "      --no-trace <很长很长的值>  不跟踪程序";
        assert_eq!(hang(text, 40), "      --no-trace <很长很长的值>\n            不跟踪程序");
        assert_eq!(hang("用法：cargo xtask run [选项]", 20), "用法：cargo xtask\nrun [选项]");
        assert_eq!(hang("averylongwordthatstayswhole", 10), "averylongwordthatstayswhole");
    }

    #[test]
    fn no_line_is_wider_and_nothing_is_lost() {
        let text =
            "  check    演出并检查；不写是哪一课，就检查全部（「课」可以写几个），--jobs 1 到 64";
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        for cells in 30..80 {
            let hung = hang(text, cells);
            assert!(hung.lines().all(|line| width(line) <= cells), "{cells}:\n{hung}");
            assert_eq!(squeezed(&hung), squeezed(text));
        }
    }
}
