//! A lock that a thread waits for and has itself.

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::guards::{self, wanted};
use super::super::roster::Roster;
use super::handlers::taken_by_handler;
use super::locks::{has, is_for_lock, is_others, owner};

/// A thread waits for a lock that it has itself.
pub fn taken_twice(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let name = roster.name(thread);
    if is_others(roster, thread, one.tid) {
        return None;
    }
    let itself = owner(roster, thread) == Some(one.tid);
    let want = wanted(&one.frames);
    let first = want
        .as_ref()
        .and_then(|want| has(roster, thread).into_iter().find(|guard| guard.lock == want.lock));
    let sentence = match (&want, &first) {
        (Some(want), Some(first)) if first.temporary => format!(
            "{name}在第 {} 行又要锁 {}，可第 {} 行开头锁上的还没有放：那里的临时值到整个块结束才放",
            want.line, want.lock, first.line
        ),
        (Some(want), Some(first)) => format!(
            "{name}在第 {} 行又要锁 {}，可第 {} 行锁上的还没有放：同一个线程锁两次，等的是自己",
            want.line, want.lock, first.line
        ),
        _ if itself => {
            let told = twice_in_one_statement(roster, thread);
            let sentence = format!("{name}在等一把锁，拿着它的就是它自己：同一个线程锁了两次");
            let generic = Finding::new(Code::LockTakenTwice, Certainty::Proved, sentence);
            return told.or_else(|| Some(generic.advises(ONCE).blames(roster, thread)));
        }
        _ => return None,
    };
    if let (Some(want), Some(first)) = (&want, &first)
        && let Some(finding) = taken_by_handler(roster, thread, want, first)
    {
        return Some(finding);
    }
    let advice = match first {
        Some(guard) if guard.temporary => {
            format!(
                "先把要的值取出来放进变量，锁就在那一句结束时放开，再进入第 {} 行的块",
                guard.line
            )
        }
        _ => ONCE.to_owned(),
    };
    let certainty = Certainty::proved_if(itself);
    let finding = Finding::new(Code::LockTakenTwice, certainty, sentence).advises(advice);
    Some(finding.blames(roster, thread))
}

/// What helps where a lock is taken twice.
pub const ONCE: &str = "锁第二次之前先放开第一次的，或者只锁一次";

/// A thread waits in a statement in which the same lock is taken twice.
pub fn twice_in_one_statement(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    if is_others(roster, thread, one.tid) {
        return None;
    }
    let twice = guards::taken_twice(&one.frames)?;
    let itself = owner(roster, thread) == Some(one.tid);
    // of several that are there, one has it, and the others wait for that one
    let beside = roster.threads_of(one.pid).into_iter().filter(|other| {
        let there = &roster.waiting[*other];
        is_for_lock(roster, *other) && there.place.is_some() && there.place == one.place
    });
    let who = match beside.count() {
        2.. if !itself => "停在这里的线程里有一个".to_owned(),
        _ => roster.name(thread),
    };
    let sentence = format!(
        "{who}在第 {} 行的同一句里锁了两次 {}：第一次锁上的要到这一句结束才放，第二次等的是自己",
        twice.line, twice.lock
    );
    let finding = Finding::new(Code::LockTakenTwice, Certainty::proved_if(itself), sentence);
    let advice = "只锁一次：let 把锁放进一个变量，这一句里都用它；或者前一句先把要的值取出来";
    Some(finding.advises(advice).blames(roster, thread))
}
