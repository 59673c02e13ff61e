//! How a thread reads, as the statement that it is in tells, and the loop around that.

use events::Language;

use super::blocks::{Loop, code, has_word, loop_around};
use super::{Goal, Reading};

/// A statement of a program.
pub struct Statement {
    /// Its line, without comment.
    pub text: String,
    /// The innermost loop around it.
    around: Option<Loop>,
}

impl Statement {
    /// The statement in a line of a function.
    pub fn new(lines: &[String], at: usize, language: Language) -> Statement {
        let lines = code(lines, language);
        let around = loop_around(&lines, at, language);
        // a call may go over several lines
        let mut text = lines[at].trim().to_owned();
        // and what it is bound to may stand before it: `let n =`
        for line in lines[..at].iter().rev().take(3) {
            let line = line.trim();
            let continues = line.ends_with('=') || text.starts_with('.') && !line.ends_with(';');
            if !continues || language == Language::Python {
                break;
            }
            text = format!("{line} {text}");
        }
        let open = |text: &str| text.matches('(').count() > text.matches(')').count();
        for line in lines[at + 1..].iter().take(5) {
            if !open(&text) {
                break;
            }
            text.push_str(line.trim());
        }
        Statement { text, around }
    }
}

/// A method of a file-like object (`makefile`) if `buffered`, else of a socket.
pub fn python(statement: &Statement, buffered: bool) -> Reading {
    let text = statement.text.as_str();
    let repeats = repeats_to_the_end(statement);
    let lines = Goal::Line { crlf: false };
    if buffered {
        let argument = |method: &str| {
            let (_, rest) = text.split_once(&format!(".{method}("))?;
            Some(rest.split_once(')').map_or(rest, |(argument, _)| argument).trim().to_owned())
        };
        if text.contains(".readline(") {
            return Reading { repeats, ..Reading::of(lines, "readline()") };
        }
        if text.contains(".readlines(") {
            return Reading::of(Goal::End, "readlines()");
        }
        return match argument("read").as_deref() {
            Some("" | "-1" | "None") => Reading::of(Goal::End, "read()"),
            Some(_) => Reading::of(Goal::Bytes, "read(n)"),
            None if text.starts_with("for ") => {
                Reading { repeats: true, ..Reading::of(lines, "for") }
            }
            None => Reading::UNKNOWN,
        };
    }
    if text.contains("MSG_WAITALL") {
        return Reading::of(Goal::Bytes, "recv(MSG_WAITALL)");
    }
    if !text.contains(".recv") {
        return Reading::UNKNOWN;
    }
    if text.contains("iter(") && text.contains("lambda") {
        return Reading::of(Goal::End, "recv");
    }
    in_loop(statement, name_bound(text), "recv")
}

/// A statement of Rust that reads for itself.
pub fn rust(statement: &Statement) -> Reading {
    let text = statement.text.as_str();
    if text.contains("MSG_WAITALL") {
        return Reading::of(Goal::Bytes, "recv(MSG_WAITALL)");
    }
    let by = ["recv_from", "recv", "read"].into_iter();
    let Some(by) = by.into_iter().find(|by| text.contains(&format!("{by}("))) else {
        return Reading::UNKNOWN;
    };
    in_loop(statement, name_bound(text), by)
}

/// Whether what is read by lines is read until there are no more.
pub fn repeats_to_the_end(statement: &Statement) -> bool {
    if statement.text.starts_with("for ") {
        return true;
    }
    let Some(around) = &statement.around else { return false };
    let by_lines = ["lines()", "read_line(", "readline(", "read_until("];
    let of_lines = by_lines.iter().any(|by| around.header.contains(by));
    let name = name_bound(&statement.text);
    let ends: Vec<End> =
        around.exits.iter().map(|exit| end_of(exit, name, &around.body, true)).collect();
    of_lines && ends.iter().all(|end| *end == End::Nothing || *end == End::Zero)
        || around.header.is_empty() && !ends.is_empty() && ends.iter().all(|end| *end == End::Zero)
}

/// The name that gets what is received.
fn name_bound(text: &str) -> Option<&str> {
    let text = text.trim_start_matches("while").trim_start_matches(['(', ' ']);
    let text = text.trim_start_matches("if let").trim_start_matches("let").trim_start();
    let (front, _) = text.split_once('=')?;
    let front = front.trim_end_matches([':', '+']).trim();
    let front = front.trim_start_matches("mut ").trim_start_matches("Ok(").trim_end_matches(')');
    let front = front.split(':').next()?.split(',').next()?.trim();
    let is_name = !front.is_empty() && front.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(front)
}

/// What a condition under which a loop is left says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing more comes.
    Zero,
    Newline {
        crlf: bool,
    },
    /// There are enough bytes.
    Enough,
    /// A receive brought fewer bytes than it could.
    Fewer(u64),
    /// An error.
    Nothing,
    /// Something else.
    Other,
}

fn in_loop(statement: &Statement, name: Option<&str>, by: &str) -> Reading {
    let Some(around) = &statement.around else { return Reading::of(Goal::Anything, by) };
    let end = |condition: &str, leaves| end_of(condition, name, &around.body, leaves);
    let mut ends: Vec<End> = around.exits.iter().map(|exit| end(exit, true)).collect();
    let header = around.header.as_str();
    let of_call = |call: &str| header.contains(&format!("{call}("));
    if ["recv", "read", "recv_into", "recv_from", "recvfrom"].into_iter().any(of_call) {
        // the walrus ends with the stream, `while let Ok(n)` with an error
        ends.push(match header.starts_with("let ") {
            true if header.contains("Ok(0)") => End::Other,
            true => End::Nothing,
            false if has_word(header, "and") || header.contains("&&") => End::Other,
            false => End::Zero,
        });
    } else if !header.is_empty() {
        ends.push(end(header, false));
    }
    let goal = goal_of(&ends);
    let sends =
        [".send(", ".sendall(", ".sendto(", "write_all(", ".write(", "write!(", "writeln!("];
    let answers = around.body.iter().any(|line| sends.iter().any(|send| line.contains(send)));
    Reading { answers, ..Reading::of(goal, by) }
}

fn goal_of(ends: &[End]) -> Goal {
    let find = |wanted: fn(&End) -> bool| ends.iter().copied().find(wanted);
    if ends.contains(&End::Other) {
        return Goal::Unknown;
    }
    if let Some(End::Newline { crlf }) = find(|end| matches!(end, End::Newline { .. })) {
        return Goal::Line { crlf };
    }
    if let Some(End::Fewer(bytes)) = find(|end| matches!(end, End::Fewer(_))) {
        return Goal::FewerThan(bytes);
    }
    if ends.contains(&End::Enough) {
        return Goal::Bytes;
    }
    if ends.contains(&End::Zero) { Goal::End } else { Goal::Unknown }
}

/// What a condition says; `leaves`: the loop is left if it is so, else if it is not so.
fn end_of(condition: &str, name: Option<&str>, body: &[String], leaves: bool) -> End {
    let text = condition.trim();
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    if leaves && (text == "except" || text.starts_with("Err(")) {
        return End::Nothing;
    }
    if leaves && (text.starts_with("Ok(0)") || text == "0") {
        return End::Zero;
    }
    if has_word(text, "and") || has_word(text, "or") || text.contains("&&") || text.contains("||") {
        return End::Other;
    }
    if text.contains("\\n") {
        return End::Newline { crlf: text.contains("\\r\\n") };
    }
    if is_zero(text, name, leaves) {
        return End::Zero;
    }
    let of_name = name.is_some_and(|name| has_word(text, name));
    let (less, more) = (text.contains('<'), text.contains('>'));
    let (same, other) = (text.contains("=="), text.contains("!="));
    if less && !more && leaves && of_name {
        let number = text.rsplit('<').next().and_then(|number| number.trim().parse().ok());
        return End::Fewer(number.unwrap_or(0));
    }
    let compares = if leaves { more != same && !less } else { less != more || other };
    if compares && counts_bytes(text, name, body) { End::Enough } else { End::Other }
}

/// Whether a condition is about how many bytes there are, and not about how many messages, say: a length, or a number to
/// which the loop adds what a receive has brought.
fn counts_bytes(condition: &str, name: Option<&str>, body: &[String]) -> bool {
    if condition.contains("len(") {
        return true;
    }
    let words = condition.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut names = words.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    names.any(|word| {
        body.iter().any(|line| {
            let added = ["+=", "-="].iter().find_map(|sign| {
                let (front, added) = line.split_once(sign)?;
                (front.trim() == word).then_some(added)
            });
            added.is_some_and(|added| {
                let brings = ["len(", "read(", "recv(", "recv_into("];
                brings.iter().any(|call| added.contains(call))
                    || name.is_some_and(|name| has_word(added, name))
            })
        })
    })
}

/// Whether it says that what was received is empty; or that it is not, if the loop goes on then.
fn is_zero(text: &str, name: Option<&str>, leaves: bool) -> bool {
    let Some(name) = name else { return false };
    let text = text.replace(' ', "");
    let text = text.as_str();
    let empty = ["b''", "b\"\"", "''", "\"\""];
    if !leaves {
        let forms = [name.to_owned(), format!("{name}>0"), format!("{name}!=0")];
        return forms.iter().any(|form| form == text)
            || format!("len({name})>0") == text
            || empty.iter().any(|empty| format!("{name}!={empty}") == text);
    }
    let forms = [
        format!("not{name}"),
        format!("{name}==0"),
        format!("0=={name}"),
        format!("len({name})==0"),
        format!("len({name})<1"),
        format!("len({name})<=0"),
        format!("{name}<1"),
        format!("{name}<=0"),
        format!("{name}.is_empty()"),
        format!("{name}isNone"),
    ];
    forms.iter().any(|form| form == text)
        || empty.iter().any(|empty| format!("{name}=={empty}") == text)
}
