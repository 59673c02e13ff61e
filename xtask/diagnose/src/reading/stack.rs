//! How a thread reads, as the functions on its stack tell.

use events::{Frame, Language};

use super::source::{self, Statement};
use super::{Goal, Reading, index_of};

/// Of a compiled program. What stands inside of the first function that is not the standard library's counts: outside of
/// that a type of the program's own may give the bytes that it has got another end.
pub fn native(frames: &[&Frame]) -> Option<Reading> {
    let inner: Vec<&str> = frames
        .iter()
        .take_while(|frame| !frame.own && is_plumbing(&frame.function))
        .map(|frame| frame.function.as_str())
        .collect();
    let has = |part: &str| inner.iter().any(|name| is_std(name) && name.contains(part));
    let calls = |method: &str| {
        inner.iter().any(|name| is_std(name) && name.rsplit("::").next() == Some(method))
    };
    let own = frames.get(inner.len()).copied().filter(|frame| frame.own);
    let statement = own.and_then(|frame| statement(frame, Language::Native));
    const C_LINES: [&str; 5] = ["getline", "__getline", "fgets", "_IO_fgets", "_IO_getline"];
    let whole = |text: &str| inner.contains(&text);
    let reading = if let Some(by) = all_lines(&inner) {
        Reading::of(Goal::End, by)
    } else if calls("read_line") || has("io::Lines") {
        Reading::of(
            Goal::Line { crlf: false },
            if has("io::Lines") { "lines" } else { "read_line" },
        )
    } else if calls("read_until") || has("io::Split") {
        let newline = statement.as_ref().is_some_and(|one| one.text.contains("b'\\n'"));
        let goal = if newline { Goal::Line { crlf: false } } else { Goal::Unknown };
        Reading::of(goal, "read_until")
    } else if C_LINES.iter().any(|name| whole(name)) {
        Reading::of(Goal::Line { crlf: false }, if whole("fgets") { "fgets" } else { "getline" })
    } else if has("read_exact") {
        Reading::of(Goal::Bytes, "read_exact")
    } else if let Some(by) = to_the_end(&inner) {
        match (has("io::Take"), has("io::Chain")) {
            (true, _) => Reading::of(Goal::Bytes, "take"),
            (_, true) => Reading::of(Goal::Unknown, by),
            _ => Reading::of(Goal::End, by),
        }
    } else {
        return statement.map(|statement| source::rust(&statement));
    };
    let repeats = statement.is_some_and(|one| source::repeats_to_the_end(&one));
    Some(Reading { repeats, ..reading })
}

/// Which function of an iterator takes all lines that there are, and nothing before stops it.
fn all_lines(inner: &[&str]) -> Option<&'static str> {
    let has = |part: &str| inner.iter().any(|name| is_std(name) && name.contains(part));
    let stops =
        ["Take", "MapWhile", "Scan", "Zip", "Chain", "::find", "::any", "::all", "position"];
    if !has("io::Lines") || stops.iter().any(|part| has(part)) {
        return None;
    }
    const WHOLE: [(&str, &str); 4] = [
        ("Iterator::collect", "lines().collect()"),
        ("Iterator::for_each", "lines().for_each()"),
        ("Iterator::count", "lines().count()"),
        ("Iterator::last", "lines().last()"),
    ];
    WHOLE.into_iter().find_map(|(method, by)| has(method).then_some(by))
}

/// Which function reads to the end of the stream.
fn to_the_end(inner: &[&str]) -> Option<&'static str> {
    let has =
        |parts: &[&str]| inner.iter().any(|name| parts.iter().any(|part| name.contains(part)));
    if has(&["read_to_string"]) {
        Some("read_to_string")
    } else if has(&["read_to_end"]) {
        Some("read_to_end")
    } else if has(&["std::io::copy", "sys::kernel_copy", "io::copy::"]) {
        Some("io::copy")
    } else {
        None
    }
}

/// Of the standard library, of the C library (those have no paths), or of a crate that only makes system calls.
fn is_plumbing(name: &str) -> bool {
    let calls = ["nix::", "libc::", "rustix::", "socket2::"];
    is_std(name)
        || calls.iter().any(|one| name.starts_with(one))
        || !name.is_empty() && !name.contains("::") && !name.contains(' ')
}

fn is_std(name: &str) -> bool {
    let name = name.trim_start_matches(['<', '&', '_']);
    ["std::", "core::", "alloc::", "mut std::"].iter().any(|part| name.starts_with(part))
}

/// Of a Python program. C functions are not on this stack: what is called is told by the line.
pub fn python(frames: &[&Frame]) -> Option<Reading> {
    let in_file = |frame: &Frame, end: &str| {
        frame
            .file
            .as_deref()
            .is_some_and(|file| file.replace('\\', "/").rsplit('/').next() == Some(end))
    };
    let inner: Vec<&&Frame> = frames.iter().take_while(|frame| !frame.own).collect();
    let is_plumbing = |frame: &&&Frame| {
        in_file(frame, "socket.py") && frame.function == "readinto"
            || in_file(frame, "shutil.py") && frame.function == "copyfileobj"
    };
    let http = |frame: &&&Frame| {
        ["handle_one_request", "_read_status", "parse_headers", "_read_headers"]
            .contains(&frame.function.as_str())
    };
    if inner.iter().any(http) {
        let reading = Reading::of(Goal::Line { crlf: false }, super::HTTP);
        return Some(Reading { shown: false, ..reading });
    }
    if !inner.iter().all(is_plumbing) {
        return None;
    }
    if inner.iter().any(|frame| frame.function == "copyfileobj") {
        return Some(Reading::of(Goal::End, "shutil.copyfileobj"));
    }
    let statement = statement(frames.get(inner.len())?, Language::Python)?;
    Some(source::python(&statement, !inner.is_empty()))
}

/// The statement that a function of the program is in.
fn statement(frame: &Frame, language: Language) -> Option<Statement> {
    let source = frame.source.as_ref()?;
    let at = index_of(source, frame.line)?;
    Some(Statement::new(&source.lines, at, language))
}
