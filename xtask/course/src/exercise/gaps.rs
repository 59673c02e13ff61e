//! What stands in a student's file: the task at its top, and gaps that are not filled.

/// A gap: `todo!("③ …")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Line, from 1.
    pub line: usize,
    /// What is to be done there; may be empty.
    pub what: String,
}

/// The first `todo!` of a program that is no part of a comment or a text.
pub fn first_gap(source: &str) -> Option<Gap> {
    let code = without_comments_and_texts(source);
    let at = code.match_indices("todo!").map(|(at, _)| at).find(|at| {
        let before = code[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })?;
    let line = source[..at].matches('\n').count() + 1;
    let rest = source[at + "todo!".len()..].trim_start_matches(['(', '[', '{', ' ', '\n']);
    let what = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
    Some(Gap { line, what: what.to_owned() })
}

/// The task of an exercise: the `//!` lines at the top of its file.
pub fn task(source: &str) -> Vec<String> {
    source
        .lines()
        .map_while(|line| line.trim_start().strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
        .collect()
}

/// The source with blanks, byte for byte, where it is a comment or a text.
fn without_comments_and_texts(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = vec![b' '; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = match rest {
            [b'/', b'/', ..] => at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => at + end_of_comment(rest),
            [b'r', b'"' | b'#', ..] if !follows_a_name(bytes, at) => match end_of_raw(rest) {
                Some(end) => at + end,
                None => at,
            },
            [b'"', ..] => at + end_of_text(rest),
            // a character, not a lifetime
            [b'\'', b'\\', ..] => {
                let close = rest.iter().skip(3).position(|b| *b == b'\'');
                close.map_or(at, |close| at + close + 4)
            }
            [b'\'', one, ..] => {
                let length = match one {
                    0..=0x7f => 1,
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    _ => 4,
                };
                if rest.get(1 + length) == Some(&b'\'') { at + length + 2 } else { at }
            }
            _ => at,
        };
        if end == at {
            code[at] = bytes[at];
            at += 1;
        } else {
            for index in at..end {
                code[index] = if bytes[index] == b'\n' { b'\n' } else { b' ' };
            }
            at = end;
        }
    }
    String::from_utf8_lossy(&code).into_owned()
}

fn follows_a_name(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

/// Comments may stand in comments.
fn end_of_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn end_of_text(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Of `r"…"`, `r#"…"#`; `None`: it is none (`r#name`).
fn end_of_raw(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let close = [&b"\""[..], &vec![b'#'; hashes]].concat();
    let from = 2 + hashes;
    let found = rest[from..].windows(close.len()).position(|window| window == close);
    Some(found.map_or(rest.len(), |found| from + found + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_gap_is_the_first_that_is_no_comment_and_no_text() {
        let source = "//! todo!(\"任务\")\n/* todo!() /* todo!() */ */\nfn main() {\n    \
                      let _ = \"todo!()\"; let _ = r#\"todo!(\"x\")\"#; let _ = '\"';\n    \
                      my_todo!();\n    let r#type = 'a; todo!(\"③ 发出去\");\n}\n";
        assert_eq!(first_gap(source), Some(Gap { line: 6, what: "③ 发出去".to_owned() }));
        assert_eq!(first_gap("fn main() { todo!() }"), Some(Gap { line: 1, what: String::new() }));
        assert_eq!(first_gap("fn main() {} // todo!(\"①\")"), None);
        assert_eq!(first_gap("fn main() { \"没有写完 todo!("), None);
    }

    #[test]
    fn the_task_stands_at_the_top() {
        let source = "//! 第一行\n//!\n//!   缩进\n\nuse std::io;\n//! 不是\n";
        assert_eq!(task(source), ["第一行", "", "  缩进"]);
    }
}
