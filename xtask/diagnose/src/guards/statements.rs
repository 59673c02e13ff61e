//! Locks that are taken in the middle of a statement: the guard is a temporary, and lives until its end (the reference of Rust,
//! "temporary scopes").

use events::{Frame, Language};

use super::{Guard, TAKES, receiver, statement};

/// The lock that stands twice in the statement which a thread is in: the first guard lives until its end, and the second
/// waits for that.
pub fn taken_twice(frames: &[Frame]) -> Option<Guard> {
    let frame = frames.iter().find(|frame| frame.own)?;
    let (line, text) = (frame.line?, text_of(frame)?);
    let twice = text.split(';').filter(|one| lives_through(one)).find_map(|one| {
        let locks = taken(one);
        let is_again = |(nth, (lock, _, alone)): (usize, &(String, usize, bool))| {
            // who only reads keeps out nobody who reads
            let same =
                |(other, _, apart): &&(String, usize, bool)| other == lock && (*alone || *apart);
            locks[..nth].iter().any(|other| same(&other)).then(|| lock.clone())
        };
        locks.iter().enumerate().find_map(is_again)
    })?;
    Some(Guard::new(twice, line))
}

/// The lock that a function took in its statement before it called another one there, which it still does.
pub fn over_call(frame: &Frame, called: &Frame) -> Option<Guard> {
    let (line, text) = (frame.line?, text_of(frame)?);
    let name = called.function.rsplit("::").next().filter(|name| !name.is_empty())?;
    let call = format!("{name}(");
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.split(';').find_map(|one| {
        let (at, _) = one.match_indices(&call).find(|(at, _)| !one[..*at].ends_with(is_name))?;
        let before = &one[..at];
        // a variable that is bound to the guard has it, too; of what ends before the call nobody knows
        let [(lock, ..)] = taken(before).try_into().ok()?;
        lives_through(before).then(|| Guard::new(lock, line))
    })
}

fn text_of(frame: &Frame) -> Option<String> {
    let (excerpt, line) = (frame.source.as_ref()?, frame.line?);
    let at = usize::try_from(line.checked_sub(excerpt.first)?).ok()?;
    (frame.language == Language::Native).then(|| statement(&excerpt.lines, at))
}

/// Nothing in this piece of a statement ends a temporary, or is done elsewhere: a block, a closure, an operand that is a scope
/// of its own, a guard that is given away.
fn lives_through(text: &str) -> bool {
    !["{", "}", "|", "&&", "drop("].iter().any(|end| text.contains(end))
}

/// What is locked in a piece of a statement: what, where, and whether by one alone.
fn taken(text: &str) -> Vec<(String, usize, bool)> {
    let places = TAKES.iter().flat_map(|take| text.match_indices(take));
    let mut all: Vec<(String, usize, bool)> = places
        .filter_map(|(at, take)| Some((receiver(&text[..at])?, at, take != ".read()")))
        .collect();
    all.sort_by_key(|(_, at, _)| *at);
    all
}
