//! A poisoned lock of Rust's standard library: a thread panicked while it had the lock, and whoever locks it afterwards gets an
//! error (`std::sync::Mutex`, "Poisoning").

use events::{Kind, Line, Stream};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// A panic, as Rust tells it: `thread 'NAME' panicked at PLACE:`, and below what it was.
struct Panic<'a> {
    event: usize,
    pid: i32,
    tid: i32,
    place: &'a str,
    message: &'a str,
}

/// A panic because of a poisoned lock, and the one before it that has poisoned it.
pub fn find(past: &Past) -> Option<Finding> {
    let panics = panics(past);
    let late = panics.iter().find(|panic| panic.message.contains("PoisonError"))?;
    let mut before = panics.iter().filter(|panic| {
        panic.event < late.event && panic.pid == late.pid && !panic.message.contains("PoisonError")
    });
    let first = before.next()?;
    // of several any may have had the lock
    let certainty = Certainty::proved_if(before.next().is_none());
    let name = |panic: &Panic| past.roster.name_of(panic.pid, panic.tid);
    let (who, other) = (name(late), name(first));
    let sentence = format!(
        "{who}锁的时候得到 PoisonError，这只是后果：{other}先 panic 了（{}「{}」），那时它拿着锁，这把锁就「中毒」了，以后谁来锁都得到错误",
        file_and_line(first.place),
        first.message
    );
    let finding = Finding::new(Code::LockPoisoned, certainty, sentence);
    let finding = finding.advises(
        "先改正前面那个 panic；会失败的事（unwrap、expect）放在锁外面做，或者处理没有的情况",
    );
    let Kind::Line(line) = &past.case.events[late.event].kind else { return None };
    Some(finding.about_event(late.event).in_terminal(line.terminal))
}

/// All panics, in the order in which they were told.
fn panics<'a>(past: &Past<'a>) -> Vec<Panic<'a>> {
    let errors: Vec<(usize, &Line)> = past
        .case
        .events
        .iter()
        .enumerate()
        .filter_map(|(index, event)| match &event.kind {
            Kind::Line(line) if line.stream == Stream::Err => Some((index, line)),
            _ => None,
        })
        .collect();
    let told = errors.iter().enumerate().filter_map(|(nth, (event, line))| {
        let (thread, place) = line.text.split_once(" panicked at ")?;
        let source = line.source.filter(|_| thread.starts_with("thread '"))?;
        let below = errors[nth + 1..].iter().find(|(_, below)| below.source == Some(source))?;
        Some(Panic {
            event: *event,
            pid: source.pid,
            tid: source.tid,
            place: place.trim_end_matches(':'),
            message: &below.1.text,
        })
    });
    told.collect()
}

/// `/home/a/src/main.rs:7:3` → `main.rs:7`
fn file_and_line(place: &str) -> String {
    let file = place.rsplit('/').next().unwrap_or(place);
    file.rsplit_once(':').map_or(file, |(line, _)| line).to_owned()
}
