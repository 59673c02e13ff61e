//! Into which file goes what came on a connection: not every file that a server writes is that one.

use events::{Activity, Call, CallResult, FileFinding, Kind};
use judge::Carried;

use super::ends::End;
use super::play::{FileUse, Play};

/// A path is that of a file of the scene's folder.
pub fn is(path: &str, name: &str) -> bool {
    path == name || path.ends_with(&format!("/{name}"))
}

/// Which file of those that the script compares this one is, or becomes when it gets its name: an index.
pub fn compared(play: &Play, path: &str) -> Option<usize> {
    let named = |path: &str| {
        let compared = play.scene.compared.iter();
        compared.enumerate().find(|(_, one)| one.content.is_some() && is(path, &one.path))
    };
    let renamed = || {
        play.deeds.iter().find_map(|deed| match deed.activity {
            Activity::Leave { call: Call::Rename { from, to }, outcome: CallResult::Done(_) }
                if is(path, from) || is(from, path) =>
            {
                named(to)
            }
            _ => None,
        })
    };
    named(path).or_else(renamed).map(|(index, _)| index)
}

/// What a file is called: as the script calls it, if it does. One that has no name yet (`O_TMPFILE`, open(2)) is not called by
/// the number that the kernel shows.
pub fn name_of<'a>(play: &'a Play, path: &'a str) -> &'a str {
    let last = || match path.rsplit('/').next().unwrap_or(path) {
        name if name.starts_with('#') || name.ends_with(" (deleted)") => "还没有名字",
        name => name,
    };
    compared(play, path).map_or_else(last, |index| play.scene.compared[index].path.as_str())
}

/// Who wrote into a file of this name, or gave it to one: the event and the terminal.
pub fn made(play: &Play, name: &str) -> Vec<(usize, usize)> {
    let written = play.files.iter().filter(|one| one.written && is(one.path, name));
    let written = written.filter_map(|one| {
        Some((one.event, play.processes.get(&one.pid).map(|life| life.terminal)?))
    });
    let renamed = play.deeds.iter().filter_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Rename { to, .. }, outcome: CallResult::Done(_) }
            if is(to, name) =>
        {
            Some((deed.event, deed.terminal))
        }
        _ => None,
    });
    written.chain(renamed).collect()
}

/// The script compares this file, and it has more than it should.
pub fn is_too_long(play: &Play, path: &str) -> bool {
    let Some(index) = compared(play, path) else { return false };
    play.events.iter().any(|event| match event.kind {
        Kind::File { compared, finding: FileFinding::Differs { found, expected, .. } } => {
            compared == index && found > expected
        }
        _ => false,
    })
}

/// Bytes that came on a connection were written into this file, as far as they were seen.
pub fn holds(play: &Play, end: &End, path: &str) -> bool {
    let mut came = Carried::default();
    for got in &end.receives {
        came.add(got.data, got.bytes);
    }
    let is_it = |one: &&FileUse| one.written && one.path == path && one.event > end.opened;
    play.files.iter().filter(is_it).any(|one| came.holds(one.data))
}

/// The same of a file that is called so in a call: its path may be told otherwise where it was written.
pub fn holds_named(play: &Play, end: &End, name: &str) -> bool {
    let mut written = play.files.iter().filter(|one| one.written && is(one.path, name));
    written.any(|one| holds(play, end, one.path))
}

/// A file that is called so in a call has nothing in it, and gets the name of one that the script compares.
pub fn is_empty(play: &Play, name: &str, to: &str) -> bool {
    let written = play.files.iter().any(|one| one.written && is(one.path, name));
    !written && compared(play, to).is_some()
}

/// How many bytes a process had written into a file until an event, that included.
pub fn written(play: &Play, pid: i32, path: &str, until: usize) -> u64 {
    let its =
        |one: &&FileUse| one.written && one.pid == pid && one.path == path && one.event <= until;
    play.files.iter().filter(its).map(|one| one.bytes).sum()
}

/// How many bytes a process had read from files until an event.
pub fn read(play: &Play, pid: i32, until: usize) -> u64 {
    let its = |one: &&FileUse| !one.written && one.pid == pid && one.event <= until;
    play.files.iter().filter(its).map(|one| one.bytes).sum()
}

/// How many bytes all connections of a terminal had received until an event.
pub fn received(play: &Play, terminal: usize, until: usize) -> u64 {
    let ends = play.ends.iter().filter(|end| end.terminal == terminal);
    let parts = ends.flat_map(|end| &end.receives).filter(|part| part.event <= until);
    parts.map(|part| part.bytes).sum()
}

/// The name that a file got after an event into which everything was written that came on a connection, and nothing else, by the
/// thread that received it. What it holds need not be text.
pub fn named_after(play: &Play, end: &End, event: usize) -> Option<String> {
    let tid = end.receives.last()?.tid;
    let others = play.ends.iter().filter(|other| !std::ptr::eq(*other, end));
    let others = others.flat_map(|other| &other.receives).filter(|got| got.tid == tid);
    let others: Vec<usize> = others.map(|got| got.event).filter(|got| *got > end.opened).collect();
    // what it received from somebody else before that, it may have written, too
    if others.iter().any(|got| *got < event) {
        return None;
    }
    let until = others.into_iter().min().unwrap_or(usize::MAX);
    let written = play
        .files
        .iter()
        .filter(|one| one.written && one.tid == tid && (end.opened..until).contains(&one.event));
    let written: Vec<&FileUse> = written.collect();
    let path = written.first()?.path;
    let bytes: u64 = written.iter().map(|one| one.bytes).sum();
    if bytes != end.received() || written.iter().any(|one| one.path != path) {
        return None;
    }
    // open(2), O_TMPFILE: it gets its first name by its descriptor
    let nameless = path.ends_with("(deleted)") || path.contains("/#");
    let mut names = vec![path];
    for deed in play.deeds_of(end.terminal).filter(|deed| deed.tid == tid && deed.event < until) {
        let Activity::Leave { call: Call::Rename { from, to }, outcome: CallResult::Done(_) } =
            deed.activity
        else {
            continue;
        };
        let by_descriptor = nameless && from.starts_with("/proc/") && from.contains("/fd/");
        let known = names.iter().any(|name| is(name, from) || is(from, name));
        if deed.event > event && (known || by_descriptor) {
            names.push(to);
        }
    }
    names.get(1..)?.last().map(|name| (*name).to_owned())
}
