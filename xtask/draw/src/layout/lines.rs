//! A phrase in lines of so many cells.

use std::collections::BTreeSet;

use unicode_linebreak::linebreaks;

use text::width;

use super::super::glyphs::cut;
use super::super::story::Tone;
use super::super::words::Phrase;

/// Wide brackets: a line may begin with them, but not end.
const OPENING: [char; 3] = ['「', '（', '《'];
/// Words that are not broken.
const WORDS: [&str; 2] = ["字节", "退出码"];
/// What stands behind a number.
const UNITS: [&str; 6] = ["字节", "次", "行", "秒", "毫秒", "个"];
/// Continuation lines begin so far to the right.
const INDENT: usize = 2;

/// A phrase in as few lines as it takes, at most two, or more in a narrow column; what was printed or failed gets one
/// more.
pub fn fit(prefix: &str, phrase: &Phrase, cells: usize, tone: Tone) -> Vec<String> {
    let most = match cells {
        ..22 => 4,
        22..28 => 3,
        28..40 if matches!(tone, Tone::Print | Tone::Failure) => 3,
        _ => 2,
    };
    let lines = wrap(&format!("{prefix}{}", phrase.full()), cells);
    if lines.len() <= most {
        return lines;
    }
    if let Some(quote) = &phrase.quote {
        let letters: Vec<char> = quote.chars().collect();
        for kept in (4..letters.len()).rev() {
            let quote: String = letters[..kept].iter().collect();
            let shorter = Phrase {
                quote: Some(format!("{}..", quote.trim_end_matches('.'))),
                ..phrase.clone()
            };
            let lines = wrap(&format!("{prefix}{}", shorter.full()), cells);
            if lines.len() <= most {
                return lines;
            }
        }
    }
    let mut lines = lines;
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        *last = format!("{}..", cut(last, cells.saturating_sub(2)));
    }
    lines
}

/// Breaks a text where Unicode allows it (UAX #14); every line after the first is indented.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let indent = if lines.is_empty() { 0 } else { INDENT };
        let room = cells.saturating_sub(indent).max(4);
        let line = if width(rest) <= room { rest } else { first_line(rest, room) };
        lines.push(format!("{}{}", " ".repeat(indent), line.trim_end()));
        rest = rest[line.len()..].trim_start();
    }
    lines
}

/// The longest beginning that fits and ends where a line may be broken.
fn first_line(text: &str, room: usize) -> &str {
    let (mut anywhere, mut space) = (0, 0);
    for at in break_places(text) {
        let line = text[..at].trim_end();
        if width(line) > room {
            break;
        }
        anywhere = at;
        if line.len() < at {
            space = at;
        }
    }
    // a space is a better place than one between two characters, and a long word is broken anywhere
    if width(&text[..space]) * 5 >= room * 3 {
        &text[..space]
    } else if width(&text[..anywhere]) * 3 >= room {
        &text[..anywhere]
    } else {
        let first = text.chars().next().map_or(0, char::len_utf8);
        &text[..cut(text, room).len().max(first)]
    }
}

/// Where a line may be broken, in order: the end is one of the places.
fn break_places(text: &str) -> impl Iterator<Item = usize> {
    // before a wide bracket, too (LB30 excepts it; the table of the library does not)
    let brackets = text.match_indices(OPENING).map(|(at, _)| at);
    let brackets = brackets.filter(|at| *at > 0 && !text[..*at].ends_with(OPENING));
    let places: BTreeSet<usize> = linebreaks(text).map(|(at, _)| at).chain(brackets).collect();
    places.into_iter().filter(|at| !is_glued(text, *at))
}

/// Whether what stands before and after this place is read as one, though Unicode would break there.
fn is_glued(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let last = before.trim_end();
    let in_a_word = WORDS.iter().any(|word| {
        word.char_indices().skip(1).any(|(middle, _)| {
            before.ends_with(&word[..middle]) && after.starts_with(&word[middle..])
        })
    });
    let has_unit = last.ends_with(|c: char| c.is_ascii_digit())
        && UNITS.iter().any(|unit| after.starts_with(unit));
    let is_result = last.ends_with('=') || after.starts_with('=') || last.ends_with("退出码");
    in_a_word || has_unit || is_result || in_a_name(before)
}

/// Whether a text ends inside of a name like `<子进程1>`.
fn in_a_name(text: &str) -> bool {
    text.rfind('<').is_some_and(|start| !text[start..].contains(['>', ' ']))
}

#[cfg(test)]
mod tests {
    use super::wrap;

    fn lines(text: &str, cells: usize) -> Vec<String> {
        wrap(text, cells)
    }

    #[test]
    fn no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one() {
        for text in
            ["他说「好，再见。」、「好」；说完（真的）走了！？", "好,再见.好;再见:好》好…好”好"]
        {
            for cells in 16..60 {
                for line in lines(text, cells) {
                    let line = line.trim();
                    assert!(
                        !line.starts_with(['，', '。', '、', '；', '」', '）', '！', '？', '》']),
                        "{cells}: {line}"
                    );
                    assert!(!line.starts_with([',', '.', ';', ':', '…', '”']), "{cells}: {line}");
                    assert!(!line.ends_with(['「', '（']), "{cells}: {line}");
                }
            }
        }
    }

    #[test]
    fn a_number_stays_with_its_unit_and_a_result_with_its_sign() {
        assert_eq!(lines("发送 send(fd=4) 17 字节", 18), ["发送 send(fd=4)", "  17 字节"]);
        assert_eq!(lines("创建套接字 socket() = 3", 20), ["创建套接字", "  socket() = 3"]);
        assert_eq!(
            lines("等到子进程结束 wait() = <子进程1>", 24),
            ["等到子进程结束", "  wait() = <子进程1>"]
        );
    }

    #[test]
    fn a_sequence_of_joined_signs_is_one() {
        assert_eq!(
            lines("印出「👩\u{200d}💻👩\u{200d}💻」", 10),
            ["印出「👩\u{200d}💻", "  👩\u{200d}💻」"]
        );
    }
}
