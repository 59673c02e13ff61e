//! Which locks a thread has, as its source tells: the guards that are in force on the lines where it is. No lock of std or
//! Python says who has it, so this is what a reader of the source would say, and no more: a candidate.
//!
//! | language | takes a lock | until |
//! | --- | --- | --- |
//! | Rust | `let guard = x.lock().unwrap();` | the end of its block, or `drop(guard)` |
//! | Rust | `while let`, `if let`, `match`, `for` with `x.lock()` in its head | the end of its block: the temporary lives so long |
//! | Rust | `x.lock()` in the middle of a statement (`statements`) | the end of the statement |
//! | Python | `with x:` | the end of its block |
//! | Python | `x.acquire()` | `x.release()` |

mod statements;

use events::{Excerpt, Frame, Language};

pub use statements::taken_twice;

/// A lock that is taken, or wanted, on a line of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The lock, as the source calls it, without `self.` and `&`.
    pub lock: String,
    /// The line, from 1.
    pub line: u32,
    /// It is the head of a block (`while let`, `match`) that keeps it, and no variable has it.
    pub temporary: bool,
    /// The variable that has it.
    variable: Option<String>,
}

impl Guard {
    fn new(lock: String, line: u32) -> Guard {
        Guard { lock, line, temporary: false, variable: None }
    }
}

/// The locks that a thread has where it is, those of the innermost function first.
pub fn held(frames: &[Frame]) -> Vec<Guard> {
    let mut called: Option<&Frame> = None;
    let own = frames.iter().filter(|frame| frame.own);
    own.flat_map(|frame| {
        let called = called.replace(frame);
        let (Some(excerpt), Some(line)) = (&frame.source, frame.line) else { return Vec::new() };
        match frame.language {
            Language::Native => {
                let over_call = called.and_then(|called| statements::over_call(frame, called));
                over_call.into_iter().chain(in_rust(excerpt, line)).collect()
            }
            Language::Python => in_python(excerpt, line),
        }
    })
    .collect()
}

/// The same of a thread that waits for a condition variable: meanwhile it has given up the lock of that.
pub fn held_in_condition(frames: &[Frame]) -> Vec<Guard> {
    let mut guards = held(frames);
    let Some(text) = own_statement(frames) else { return guards };
    let is_named = |guard: &Guard| {
        let has = |name: &str| words(&text).any(|word| word == name);
        guard.variable.as_deref().is_some_and(has) || text.contains(&format!("{}.", guard.lock))
    };
    let given_up = guards.iter().position(is_named);
    // which one it is the line does not say: the innermost
    if !guards.is_empty() {
        guards.remove(given_up.unwrap_or(0));
    }
    guards
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The innermost own line.
fn own_statement(frames: &[Frame]) -> Option<String> {
    let frame = frames.iter().find(|frame| frame.own)?;
    let (excerpt, line) = (frame.source.as_ref()?, frame.line?);
    let at = usize::try_from(line.checked_sub(excerpt.first)?).ok()?;
    Some(statement(&excerpt.lines, at)).filter(|text| !text.is_empty())
}

/// The lock that a thread asks for on its innermost own line, if that is one and no other stands there.
pub fn wanted(frames: &[Frame]) -> Option<Guard> {
    let frame = frames.iter().find(|frame| frame.own)?;
    let (line, text) = (frame.line?, own_statement(frames)?);
    let locks = match frame.language {
        Language::Native => rust_locks(&text),
        Language::Python => python_locks(&text),
    };
    let [lock] = locks.as_slice() else { return None };
    Some(Guard::new(lock.clone(), line))
}

/// A line, with those above it of which it is the rest (`.lock()`).
fn statement(lines: &[String], at: usize) -> String {
    let Some(line) = lines.get(at) else { return String::new() };
    let text = code(line).trim().to_owned();
    match at {
        1.. if text.starts_with('.') => statement(lines, at - 1) + &text,
        _ => text,
    }
}

/// A line without its comment and without what stands in quotation marks.
pub fn code(line: &str) -> String {
    let mut kept = String::new();
    let mut quoted = false;
    let mut before = ' ';
    for c in line.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            '/' if before == '/' => {
                kept.pop();
                break;
            }
            '#' => break,
            c => kept.push(c),
        }
        before = c;
    }
    kept
}

fn in_rust(excerpt: &Excerpt, line: u32) -> Vec<Guard> {
    struct Open {
        guard: Guard,
        /// So many blocks were open where it began; it ends with the innermost of them.
        depth: i32,
    }
    let mut open: Vec<Open> = Vec::new();
    let mut depth = 0;
    let above = usize::try_from(line.saturating_sub(excerpt.first)).unwrap_or(0);
    let above = above.min(excerpt.lines.len());
    // what stands around a closure is the caller's, who may be another thread
    let mut closures: Vec<i32> = Vec::new();
    for at in 0..above {
        let text = statement(&excerpt.lines, at);
        let raw = code(&excerpt.lines[at]);
        let number = excerpt.first + at as u32;
        let inside = depth + raw.matches('{').count() as i32;
        if at > 0 && begins_closure(&raw) {
            closures.push(inside);
        }
        if let Some((variable, lock)) = bound(&text) {
            let variable = Some(variable);
            open.push(Open { guard: Guard { variable, ..Guard::new(lock, number) }, depth });
        } else if let Some((variable, lock)) = kept_by_block(&text) {
            let temporary = variable.is_none();
            let guard = Guard { temporary, variable, ..Guard::new(lock, number) };
            open.push(Open { guard, depth: inside });
        }
        open.retain(|one| {
            let dropped = |name: &String| text.contains(&format!("drop({name})"));
            !one.guard.variable.as_ref().is_some_and(dropped)
        });
        for c in raw.chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    open.retain(|one| depth >= one.depth);
                    closures.retain(|closure| depth >= *closure);
                }
                _ => {}
            }
        }
    }
    let here = excerpt.lines.get(above).map(|line| code(line)).unwrap_or_default();
    let closure = match above > 0 && has_closure(&here) {
        true => Some(i32::MAX),
        false => closures.last().copied(),
    };
    let own = |one: &Open| closure.is_none_or(|closure| one.depth >= closure);
    open.into_iter().rev().filter(own).map(|one| one.guard).collect()
}

/// `move || {`, `|x| {`: a closure whose block goes on below.
fn begins_closure(text: &str) -> bool {
    let Some((before, block)) = text.trim_end().rsplit_once('|') else { return false };
    before.contains('|') && (block.trim() == "{" || block.trim().starts_with("->"))
}

/// A closure on one line, which another thread may carry out.
fn has_closure(text: &str) -> bool {
    text.contains("spawn(") && text.contains('|')
}

/// `let mut guard = x.lock().unwrap();`: the variable and the lock.
fn bound(text: &str) -> Option<(String, String)> {
    let (variable, value) = text.strip_prefix("let ")?.split_once('=')?;
    let variable = variable.split(':').next()?.trim().trim_start_matches("mut ").trim();
    let is_name = variable.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_name || variable == "_" {
        return None;
    }
    let [lock] = rust_locks(value).try_into().ok()?;
    let (_, rest) = TAKES.iter().find_map(|take| value.split_once(take))?;
    // whatever else is called gives something else, and the guard is gone at the end of the statement
    let rest = rest.trim_start_matches(".unwrap()").trim_start_matches(".expect(").trim();
    let ends = rest.is_empty() || rest.starts_with([';', ')', '?']);
    ends.then(|| (variable.to_owned(), lock))
}

/// `while let Some(x) = y.lock().unwrap().pop() {`: the lock is kept until the block ends; by a variable, if that is the
/// guard itself (`if let Ok(x) = y.lock() {`).
fn kept_by_block(text: &str) -> Option<(Option<String>, String)> {
    let heads = ["while let ", "if let ", "match ", "for "];
    let text = text.split_once("= match ").map_or(text, |(_, rest)| rest);
    let is_head = heads.iter().any(|head| text.starts_with(head)) || text.contains("match ");
    let head = text.trim_end().strip_suffix('{').filter(|_| is_head)?.trim_end();
    let [lock] = rust_locks(text).try_into().ok()?;
    let is_guard = TAKES.iter().any(|take| head.ends_with(take));
    let pattern = text.split_once("let Ok(").and_then(|(_, rest)| rest.split_once(')'));
    let variable = pattern.map(|(name, _)| name.trim_start_matches("mut ").trim().to_owned());
    Some((variable.filter(|_| is_guard), lock))
}

/// Methods that wait for a lock.
const TAKES: [&str; 3] = [".lock()", ".write()", ".read()"];

/// What is locked in a piece of Rust.
fn rust_locks(text: &str) -> Vec<String> {
    let places = TAKES.iter().flat_map(|take| text.match_indices(take));
    places.filter_map(|(at, _)| receiver(&text[..at])).collect()
}

/// The expression that ends here: names, fields, indices.
fn receiver(before: &str) -> Option<String> {
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | ':'))
        .last()?
        .0;
    Some(plain(&before[start..])).filter(|name| !name.is_empty())
}

/// A name without what does not tell locks apart.
fn plain(name: &str) -> String {
    name.trim().trim_start_matches(['&', '*']).trim_start_matches("self.").to_owned()
}

fn in_python(excerpt: &Excerpt, line: u32) -> Vec<Guard> {
    let above = usize::try_from(line.saturating_sub(excerpt.first)).unwrap_or(0);
    let Some(here) = excerpt.lines.get(above) else { return Vec::new() };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut held: Vec<Guard> = Vec::new();
    // what stands further left than everything below it encloses the line
    let mut least = indent(here);
    for (at, text) in excerpt.lines[..above].iter().enumerate().rev() {
        if text.trim().is_empty() {
            continue;
        }
        let (encloses, beside) = (indent(text) < least, indent(text) <= least);
        least = least.min(indent(text));
        let line = excerpt.first + at as u32;
        let text = code(text);
        let text = text.trim();
        if encloses && text.starts_with("with ") {
            let locks = python_locks(text).into_iter().rev();
            held.extend(locks.map(|lock| Guard::new(lock, line)));
        }
        // what stands further right is a block of its own: another function, or a branch that may not have been taken
        if beside
            && let Some(lock) = acquired(text)
            && !excerpt.lines[at..above].iter().any(|one| one.contains(&format!("{lock}.release(")))
        {
            held.push(Guard::new(lock, line));
        }
    }
    held
}

/// `x.acquire()` as a statement.
fn acquired(text: &str) -> Option<String> {
    let (before, _) = text.split_once(".acquire(")?;
    let name = before.rsplit([' ', '=', '(']).next()?;
    Some(plain(name)).filter(|name| !name.is_empty())
}

/// What is locked in a line of Python: names that a `with` enters, and what is acquired.
fn python_locks(text: &str) -> Vec<String> {
    if let Some(items) = text.strip_prefix("with ") {
        let items = items.trim_end().trim_end_matches(':').split(',');
        let names = items.map(|item| item.split(" as ").next().unwrap_or_default().trim());
        let is_name = |name: &str| {
            // whatever stands between brackets belongs to the name
            let start = name.split('[').next().unwrap_or_default();
            !start.is_empty()
                && start.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
                && (start == name || name.ends_with(']'))
        };
        return names.filter(|name| is_name(name)).map(plain).collect();
    }
    acquired(text).into_iter().collect()
}

#[cfg(test)]
mod tests;
