//! A phrase in lines of so many cells.

use super::super::glyphs::cut;
use super::super::story::Tone;
use super::super::words::Phrase;
use crate::report::width;

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

/// Breaks a text at spaces and between Chinese characters; every line after the first is indented.
fn wrap(text: &str, cells: usize) -> Vec<String> {
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
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let (mut used, mut end, mut anywhere, mut space) = (0, 0, 0, 0);
    for (index, (at, c)) in letters.iter().enumerate() {
        if index > 0 {
            let next = letters.get(index + 1).map_or(' ', |(_, c)| *c);
            match may_break(letters[index - 1].1, *c, next) {
                _ if text[..*at].ends_with("码 ") || text[..*at].ends_with("= ") => {}
                _ if in_a_name(&text[..*at]) => {}
                Some(Break::Space) => (space, anywhere) = (*at, *at),
                Some(Break::Between) => anywhere = *at,
                None => {}
            }
        }
        used += width(c.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        end = at + c.len_utf8();
    }
    // a space is a better place than one between two characters, and a long word is broken anywhere
    if width(&text[..space]) * 5 >= room * 3 {
        &text[..space]
    } else if width(&text[..anywhere]) * 3 >= room {
        &text[..anywhere]
    } else {
        &text[..end.max(letters[0].1.len_utf8())]
    }
}

/// Whether a text ends inside of a name like `<子进程1>`.
fn in_a_name(text: &str) -> bool {
    text.rfind('<').is_some_and(|start| !text[start..].contains(['>', ' ']))
}

/// Where a line may be broken.
enum Break {
    Space,
    Between,
}

/// Whether a line may be broken before `after`, which `next` follows.
fn may_break(before: char, after: char, next: char) -> Option<Break> {
    let wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
    let closing = "，。！？：；、」）》:";
    let opening = "「（《";
    let glued = matches!(
        (before, after),
        ('字', '节') | ('退', '出') | ('出', '码') | ('码', ' ') | (_, '=') | ('=', _)
    ) || (after == ' ' && matches!(next, '=' | '字' | '「' | '次' | '行' | '秒'))
        || (before == ' ' && matches!(after, '字' | '次' | '行' | '秒'));
    if glued || closing.contains(after) || opening.contains(before) {
        return None;
    }
    if after == ' ' || before == ' ' {
        return Some(Break::Space);
    }
    (wide(before) || wide(after)).then_some(Break::Between)
}
