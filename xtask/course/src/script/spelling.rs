//! How a line of a script is spelled: where its text stands, and how printed text is written so that it is read back.

use std::ops::RangeInclusive;

use super::{Part, Pattern};

/// A line of a script that says what is printed, taken apart without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling<'a> {
    /// Everything before the mark: terminal, lane, `进程`, and the spaces that align it.
    pub head: &'a str,
    /// `|` or `!`.
    pub mark: char,
    /// What stands before a second bar: `5..6 次`.
    pub count: Option<&'a str>,
    /// The space that is no part of the text, if there is one.
    pub gap: &'a str,
    /// The text as it is written.
    pub text: &'a str,
    /// White space at the end of the line.
    pub tail: &'a str,
}

impl<'a> Spelling<'a> {
    /// Takes apart a line that the parser has read as one of standard output or standard error.
    pub fn of(line: &'a str) -> Option<Spelling<'a>> {
        // neither a terminal's nor a lane's name can hold a mark
        let at = line.find(['|', '!'])?;
        let (head, mark) = (&line[..at], if line[at..].starts_with('|') { '|' } else { '!' });
        let mut rest = &line[at + 1..];
        let mut count = None;
        if mark == '|'
            && let Some(end) = rest.find('|').filter(|_| !rest.starts_with(' '))
            && rest[..end].trim().ends_with('次')
        {
            count = Some(&rest[..end]);
            rest = &rest[end + 1..];
        }
        let gap = if rest.starts_with(' ') { &rest[..1] } else { "" };
        let rest = &rest[gap.len()..];
        let text = rest.trim_end();
        Some(Spelling { head, mark, count, gap, text, tail: &rest[text.len()..] })
    }

    /// The whole line again.
    pub fn line(&self) -> String {
        let Spelling { head, mark, count, gap, text, tail } = self;
        let count = count.map(|count| format!("{count}|")).unwrap_or_default();
        // directly after the bar, the beginning of the text could be taken for a count
        let like_count = text.split_once('|').is_some_and(|(a, _)| a.trim().ends_with('次'));
        let gap = if gap.is_empty() && like_count { " " } else { gap };
        // an empty text needs no space before it
        let gap = if text.is_empty() { "" } else { gap };
        format!("{head}{mark}{count}{gap}{text}{tail}")
    }
}

/// A piece of a text, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// One character of fixed text; how the script writes it, if it does already.
    Char(char, Option<&'a str>),
    /// A name, a gap or the counter, as the script writes it.
    Open(&'a Part, &'a str),
}

/// The pieces of `text`, which the parser has read as `pattern`.
pub fn pieces<'a>(text: &'a str, pattern: &'a Pattern) -> Vec<Piece<'a>> {
    let mut open = pattern.parts.iter().filter(|part| !matches!(part, Part::Text(_)));
    let mut chars = pattern.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.chars()),
        _ => None,
    });
    let mut found = Vec::new();
    let mut chars_here = None;
    let mut rest = text;
    while !rest.is_empty() {
        let length = source_length(rest);
        let (source, after) = rest.split_at(length);
        rest = after;
        if is_open(source) {
            chars_here = None;
            found.extend(open.next().map(|part| Piece::Open(part, source)));
        } else {
            let chars = chars_here.get_or_insert_with(|| chars.next().unwrap_or("".chars()));
            found.extend(chars.next().map(|c| Piece::Char(c, Some(source))));
        }
    }
    found
}

/// A written text with other ends of its counter.
pub fn with_counter(text: &str, counter: &RangeInclusive<u64>) -> String {
    let mut changed = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (source, after) = rest.split_at(source_length(rest));
        rest = after;
        if source.starts_with('{') && is_open(source) {
            changed.push_str(&format!("{{{}..{}}}", counter.start(), counter.end()));
        } else {
            changed.push_str(source);
        }
    }
    changed
}

/// How many bytes the first piece of a written text takes.
fn source_length(text: &str) -> usize {
    if text.starts_with("<<") || text.starts_with("{{") {
        return 2;
    }
    let close = match text.chars().next() {
        Some('<') => text.find('>'),
        Some('{') => text.find('}'),
        first => return first.map_or(0, char::len_utf8),
    };
    close.map_or(text.len(), |close| close + 1)
}

/// Whether a piece stands for more than one character of fixed text.
fn is_open(source: &str) -> bool {
    let brackets = source.starts_with('<') || source.starts_with('{');
    brackets
        && source != "<<"
        && source != "{{"
        && source != "<空格>"
        && source != "<制表>"
        && !source.starts_with("<U+")
}

/// Writes a text such that the parser reads the same pieces.
pub fn spell(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let at_end = index == 0 || index + 1 == pieces.len();
        match piece {
            Piece::Open(_, source) => text.push_str(source),
            Piece::Char(_, Some(source)) if !(at_end && source.trim().is_empty()) => {
                text.push_str(source);
            }
            Piece::Char(c, _) => spell_char(*c, at_end, &mut text),
        }
    }
    text
}

fn spell_char(c: char, at_end: bool, text: &mut String) {
    match c {
        '<' => text.push_str("<<"),
        '{' => text.push_str("{{"),
        '\t' => text.push_str("<制表>"),
        ' ' if at_end => text.push_str("<空格>"),
        c if c.is_control() || (at_end && c.is_whitespace()) => {
            text.push_str(&format!("<U+{:04X}>", u32::from(c)));
        }
        c => text.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse;

    /// What the parser makes of `line` (in terminal 主).
    fn read(line: &str) -> crate::script::Expected {
        let text = format!("场景 甲\n主 $ lesson-x\n{line}\n");
        let mut script = parse(&text).unwrap_or_else(|error| panic!("{line:?}\n{error}"));
        script.scenes[0].lines.remove(0)
    }

    fn fixed(text: &str) -> Vec<Piece<'_>> {
        text.chars().map(|c| Piece::Char(c, None)).collect()
    }

    #[test]
    fn every_printed_line_can_be_written_and_is_read_back() {
        let mut texts: Vec<String> = [
            "",
            " ",
            "  ",
            "\t",
            "\r",
            "你好\r",
            "\u{3000}前后\u{3000}",
            "<..>",
            "<<",
            "<a>",
            "{1..9}",
            "{{",
            "{",
            "<",
            ">",
            "}",
            "|",
            "|3 次| 你好",
            "3 次| 你好",
            "任意次|",
            "# 不是注释",
            "----",
            "场景 甲",
            "a  ",
            "  a",
            " a | b ",
            "\u{1b}[2J",
            "\u{feff}",
            "\u{0}",
            "<空格>",
            "<U+3000>",
            "\\x09",
            "末\u{a0}",
            "\u{fffd}",
        ]
        .map(str::to_owned)
        .into();
        // every pair of the characters that mean something, with and without a letter between
        let special = [' ', '\t', '<', '>', '{', '}', '|', '!', '次', '3', '.', '\r', '\u{3000}'];
        for a in special {
            for b in special {
                texts.extend([format!("{a}{b}"), format!("{a}字{b}"), format!("字{a}{b}字")]);
            }
        }
        for text in &texts {
            for line in ["主 | 旧", "主 |旧", "主   |  旧", "主 |3 次| 旧", "主 |任意次|旧", "主 |"]
            {
                let spelled = spell(&fixed(text));
                let old = Spelling::of(line).unwrap();
                let new = Spelling { text: &spelled, ..old }.line();
                let (before, after) = (read(line), read(&new));
                assert_eq!(after.pattern.render(None, &Default::default()), *text, "{new:?}");
                assert!(after.pattern.is_fixed(), "{new:?}");
                assert_eq!(after.times, before.times, "{new:?}");
            }
        }
    }

    #[test]
    fn a_line_is_taken_apart_and_put_together_without_loss() {
        for line in [
            "主/p1 进程 | 正在敲第{1..19}遍代码",
            "  主   |5..6 次|  <<a> {{b} <空格>  ",
            "主 |a|b",
            "客户端 ! 错误：<..>",
            "主 | <U+3000>甲<制表>",
        ] {
            assert_eq!(Spelling::of(line).unwrap().line(), line);
        }
    }

    #[test]
    fn only_the_ends_of_a_counter_change() {
        assert_eq!(with_counter("{{a} 第{1..19}遍<<b>", &(0..=4)), "{{a} 第{0..4}遍<<b>");
    }

    #[test]
    fn the_pieces_of_a_line_spell_it_again() {
        let line = "主 | pid<p:数>,<p> {{x}<<y>{1..3}<..>  末<空格>";
        let expected = read(line);
        let text = Spelling::of(line).unwrap().text;
        let found = pieces(text, &expected.pattern);
        assert_eq!(spell(&found), text);
        let open = found.iter().filter(|piece| matches!(piece, Piece::Open(..))).count();
        assert_eq!(open, 4);
    }
}
