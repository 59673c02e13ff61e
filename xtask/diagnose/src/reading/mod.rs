//! How a thread reads from a connection, and so for what it waits: the end of the stream, the end of a line, so many
//! bytes, or just anything.
//!
//! | file | told by |
//! | --- | --- |
//! | `stack` | the functions on its stack |
//! | `source` | the statement that it is in, and the loop around that |
//! | `blocks` | the loops and conditions of a function, of Python and of Rust |
//! | `calls` | the sizes that it asked for |

mod blocks;
pub mod calls;
mod source;
mod stack;

use events::{Excerpt, Frame, Language, On, Waiting};

/// How a thread reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it waits for.
    pub goal: Goal,
    /// With what it reads, in the words of its language: `read_to_end`, `readline()`; empty: not known.
    pub by: String,
    /// The stack shows it, or the source of the function that is on it.
    pub shown: bool,
    /// It sends something before it has come to its goal: in the loop in which it reads.
    pub answers: bool,
    /// Having come to its goal it does the same again, until the stream ends.
    pub repeats: bool,
}

/// What a thread that reads waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The end of the stream.
    End,
    /// The end of a line.
    Line {
        /// It must be `\r\n`.
        crlf: bool,
    },
    /// So and so many bytes.
    Bytes,
    /// A receive that brings fewer bytes than this.
    FewerThan(u64),
    /// Anything at all: it is done with the first bytes.
    Anything,
    /// Not known.
    Unknown,
}

/// A library reads the head of an HTTP message, line by line.
pub const HTTP: &str = "HTTP";

impl Reading {
    const UNKNOWN: Reading = Reading {
        goal: Goal::Unknown,
        by: String::new(),
        shown: false,
        answers: false,
        repeats: false,
    };

    fn of(goal: Goal, by: impl Into<String>) -> Reading {
        Reading { goal, by: by.into(), shown: true, ..Reading::UNKNOWN }
    }
}

/// How a thread reads, as far as its stack tells.
pub fn of(one: &Waiting) -> Reading {
    let frames = frames(one);
    let found = match frames.first().map(|frame| frame.language) {
        Some(Language::Python) => stack::python(&frames),
        Some(Language::Native) => stack::native(&frames),
        None => None,
    };
    let by_line = matches!(one.on, On::Peer { by_line: true, .. });
    match found {
        Some(reading) if reading.goal != Goal::Unknown || !by_line => reading,
        // names of functions, but not which of them is in which
        _ if by_line => Reading {
            shown: false,
            by: "read_line".into(),
            ..Reading::of(Goal::Line { crlf: false }, "")
        },
        found => found.unwrap_or(Reading::UNKNOWN),
    }
}

/// The functions that a thread is in: those of its Python program, where it has any.
pub fn frames(one: &Waiting) -> Vec<&Frame> {
    let python = one.frames.iter().filter(|frame| frame.language == Language::Python);
    let python: Vec<&Frame> = python.collect();
    if python.is_empty() { one.frames.iter().collect() } else { python }
}

/// Whether it is written in Python, as far as its stack tells.
pub fn is_python(one: &Waiting) -> bool {
    one.frames.iter().any(|frame| frame.language == Language::Python)
}

/// The functions of the program itself that a thread is in, as far as their source is known, without comments: the
/// innermost first.
pub fn sources(one: &Waiting) -> Vec<Vec<String>> {
    let own = frames(one).into_iter().filter(|frame| frame.own);
    let known = own.filter_map(|frame| Some((frame.language, frame.source.as_ref()?)));
    known.map(|(language, source)| blocks::code(&source.lines, language)).collect()
}

/// Where the innermost function of the program itself that reads makes the buffer through which it does: anew each time that
/// it comes to its line, or before a loop in which it stays.
pub fn makes_anew(one: &Waiting, makes: impl Fn(&str) -> bool) -> bool {
    let mut own = frames(one).into_iter().filter(|frame| frame.own);
    let found = own.next().and_then(|frame| {
        let source = frame.source.as_ref()?;
        let lines = blocks::code(&source.lines, frame.language);
        let at = index_of(source, frame.line)?;
        let round = match blocks::loop_around(&lines, at, frame.language) {
            Some(around) => around.body,
            None => lines,
        };
        Some(round.iter().any(|line| makes(line)))
    });
    found.unwrap_or(false)
}

/// Of the functions of [`sources`], what has been carried out if the thread has come to its line for the first time: what
/// stands before that; around a loop, where a condition may have led past the line, also what stands further out.
pub fn before(one: &Waiting) -> Vec<Vec<String>> {
    let own = frames(one).into_iter().filter(|frame| frame.own);
    let known = own.filter_map(|frame| Some((frame, frame.source.as_ref()?)));
    let of = |(frame, source): (&Frame, &Excerpt)| {
        let mut lines = blocks::code(&source.lines, frame.language);
        let Some(at) = index_of(source, frame.line) else { return lines };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let here = indent(&lines[at]);
        let later = match blocks::loop_around(&lines, at, frame.language) {
            Some(_) => lines[at + 1..].iter().filter(|line| indent(line) < here).cloned().collect(),
            None => Vec::new(),
        };
        // another statement may stand in the same line
        let same = lines[at].rsplit_once(';').map(|(before, _)| before.to_owned());
        lines.truncate(at);
        lines.extend(same);
        lines.extend(later);
        lines
    };
    known.map(of).collect()
}

/// A line of an excerpt, as an index into its lines.
fn index_of(source: &Excerpt, line: Option<u32>) -> Option<usize> {
    let index = usize::try_from(line?.checked_sub(source.first)?).ok()?;
    (index < source.lines.len()).then_some(index)
}
