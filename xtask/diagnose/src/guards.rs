//! Which locks a thread has, as its source tells: the guards that are in force on the lines where it is. No lock of std or
//! Python says who has it, so this is what a reader of the source would say, and no more: a candidate.
//!
//! | language | takes a lock | until |
//! | --- | --- | --- |
//! | Rust | `let guard = x.lock().unwrap();` | the end of its block, or `drop(guard)` |
//! | Rust | `while let`, `if let`, `match`, `for` with `x.lock()` in its head | the end of its block: the temporary lives so long |
//! | Python | `with x:` | the end of its block |
//! | Python | `x.acquire()` | `x.release()` |

use events::{Excerpt, Frame, Language};

/// A lock that is taken, or wanted, on a line of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The lock, as the source calls it, without `self.` and `&`.
    pub lock: String,
    /// The line, from 1.
    pub line: u32,
    /// It is the head of a block (`while let`, `match`) that keeps it, and no variable has it.
    pub temporary: bool,
}

/// The locks that a thread has where it is, those of the innermost function first.
pub fn held(frames: &[Frame]) -> Vec<Guard> {
    let own = frames.iter().filter(|frame| frame.own);
    own.flat_map(|frame| {
        let (Some(excerpt), Some(line)) = (&frame.source, frame.line) else { return Vec::new() };
        match frame.language {
            Language::Native => in_rust(excerpt, line),
            Language::Python => in_python(excerpt, line),
        }
    })
    .collect()
}

/// The lock that a thread asks for on its innermost own line, if that is one and no other stands there.
pub fn wanted(frames: &[Frame]) -> Option<Guard> {
    let frame = frames.iter().find(|frame| frame.own)?;
    let (excerpt, line) = (frame.source.as_ref()?, frame.line?);
    let at = usize::try_from(line.checked_sub(excerpt.first)?).ok()?;
    let text = statement(&excerpt.lines, at);
    let locks = match frame.language {
        Language::Native => rust_locks(&text),
        Language::Python => python_locks(&text),
    };
    let [lock] = locks.as_slice() else { return None };
    Some(Guard { lock: lock.clone(), line, temporary: false })
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
fn code(line: &str) -> String {
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
        variable: Option<String>,
        /// So many blocks were open where it began; it ends with the innermost of them.
        depth: i32,
    }
    let mut open: Vec<Open> = Vec::new();
    let mut depth = 0;
    let above = usize::try_from(line.saturating_sub(excerpt.first)).unwrap_or(0);
    let above = above.min(excerpt.lines.len());
    for at in 0..above {
        let text = statement(&excerpt.lines, at);
        let raw = code(&excerpt.lines[at]);
        let number = excerpt.first + at as u32;
        let inside = depth + raw.matches('{').count() as i32;
        if let Some((variable, lock)) = bound(&text) {
            let guard = Guard { lock, line: number, temporary: false };
            open.push(Open { guard, variable: Some(variable), depth });
        } else if let Some(lock) = kept_by_block(&text) {
            let guard = Guard { lock, line: number, temporary: true };
            open.push(Open { guard, variable: None, depth: inside });
        }
        open.retain(|one| {
            let dropped = |name: &String| text.contains(&format!("drop({name})"));
            !one.variable.as_ref().is_some_and(dropped)
        });
        for c in raw.chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    open.retain(|one| depth >= one.depth);
                }
                _ => {}
            }
        }
    }
    open.into_iter().rev().map(|one| one.guard).collect()
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

/// `while let Some(x) = y.lock().unwrap().pop() {`: the lock is kept until the block ends.
fn kept_by_block(text: &str) -> Option<String> {
    let heads = ["while let ", "if let ", "match ", "for "];
    let text = text.split_once("= match ").map_or(text, |(_, rest)| rest);
    let is_head = heads.iter().any(|head| text.starts_with(head)) || text.contains("match ");
    let block = text.trim_end().ends_with('{');
    let [lock] = rust_locks(text).try_into().ok()?;
    (is_head && block).then_some(lock)
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
        let encloses = indent(text) < least;
        least = least.min(indent(text));
        let line = excerpt.first + at as u32;
        let text = code(text);
        let text = text.trim();
        if encloses && text.starts_with("with ") {
            let locks = python_locks(text).into_iter().rev();
            held.extend(locks.map(|lock| Guard { lock, line, temporary: false }));
        }
        if let Some(lock) = acquired(text)
            && !excerpt.lines[at..above].iter().any(|one| one.contains(&format!("{lock}.release(")))
        {
            held.push(Guard { lock, line, temporary: false });
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
            !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'))
        };
        return names.filter(|name| is_name(name)).map(plain).collect();
    }
    acquired(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(language: Language, source: &str, line: u32) -> Frame {
        let lines = source.lines().map(str::to_owned).collect();
        Frame {
            function: "f".into(),
            file: Some("main".into()),
            line: Some(line),
            own: true,
            language,
            source: Some(Excerpt { first: 1, lines }),
        }
    }

    fn names(guards: &[Guard]) -> Vec<(&str, u32)> {
        guards.iter().map(|guard| (guard.lock.as_str(), guard.line)).collect()
    }

    const RUST: &str = "\
fn main() {
    let a = Mutex::new(1);
    let one = a.lock().unwrap();
    {
        let two = b.lock().unwrap();
    }
    let mut three = self.c.lock();
    drop(three);
    let n = d.lock().unwrap().len();
    let _ = e.lock();
    while let Some(n) = names.lock().unwrap().pop() {
        other
            .lock();
    }
    f.lock();
}
";

    #[test]
    fn a_guard_lives_to_the_end_of_its_block() {
        let at = |line| names(&held(&[frame(Language::Native, RUST, line)])).len();
        assert_eq!(names(&held(&[frame(Language::Native, RUST, 6)])), [("b", 5), ("a", 3)]);
        assert_eq!(names(&held(&[frame(Language::Native, RUST, 8)])), [("c", 7), ("a", 3)]);
        assert_eq!(names(&held(&[frame(Language::Native, RUST, 9)])), [("a", 3)]);
        assert_eq!(at(11), 1, "neither a temporary nor `_` keeps a lock");
        let inside = held(&[frame(Language::Native, RUST, 13)]);
        assert_eq!(names(&inside), [("names", 11), ("a", 3)]);
        assert!(inside[0].temporary && !inside[1].temporary);
        assert_eq!(at(15), 1);
    }

    #[test]
    fn what_is_wanted_stands_on_the_line() {
        let want = |line| wanted(&[frame(Language::Native, RUST, line)]).map(|guard| guard.lock);
        assert_eq!(want(3).as_deref(), Some("a"));
        assert_eq!(want(13).as_deref(), Some("other"));
        assert_eq!(want(7).as_deref(), Some("c"));
        assert_eq!(want(2), None);
    }

    const PYTHON: &str = "\
def work(self):
    with open('x') as f:
        with self.a:
            time.sleep(1)
        queue_lock.acquire()
        other.acquire()
        other.release()
        with b, c:
            with d:  # 等
                pass
";

    #[test]
    fn python_says_it_by_its_indentation() {
        let at = |line| held(&[frame(Language::Python, PYTHON, line)]);
        assert_eq!(names(&at(4)), [("a", 3)]);
        assert_eq!(names(&at(9)), [("c", 8), ("b", 8), ("queue_lock", 5)]);
        let want = |line| wanted(&[frame(Language::Python, PYTHON, line)]).map(|one| one.lock);
        assert_eq!(want(9).as_deref(), Some("d"));
        assert_eq!(want(3).as_deref(), Some("a"));
        assert_eq!(want(8), None, "one of two");
        assert_eq!(want(5).as_deref(), Some("queue_lock"));
        assert_eq!(want(4), None);
    }

    #[test]
    fn outer_functions_count_and_libraries_do_not() {
        let inner = frame(Language::Python, "def f():\n    lock.acquire()\n", 2);
        let outer = frame(Language::Python, "def g():\n    with lock:\n        f()\n", 3);
        let library = Frame { own: false, ..outer.clone() };
        assert_eq!(names(&held(&[inner.clone(), outer])), [("lock", 2)]);
        assert!(held(&[inner, library]).is_empty());
    }
}
