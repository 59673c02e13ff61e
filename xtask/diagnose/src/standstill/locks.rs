//! Threads that wait for a lock.

use std::collections::BTreeSet;

use events::{Hint, On};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::roster::Roster;
use super::super::words::doing;
use super::connections::both_ends_in_words;
use super::{all, hint};

/// Nobody is left who could give the lock back.
pub fn without_owner(roster: &Roster) -> Option<Finding> {
    let alone = all(roster).find(|one| {
        matches!(&roster.waiting[*one].on, On::Wake { hint: Hint::Lock, others, .. } if others.is_empty())
    })?;
    let sentence = format!(
        "{}在等一把锁，可是没有别的线程会来放开它：它自己锁上还没有放，又锁了一次；或者拿着锁的线程没有放就结束了",
        roster.name(alone)
    );
    // no thread of the process is left but this one
    Some(Finding::new(Code::LockWithoutOwner, Certainty::Proved, sentence).blames(roster, alone))
}

/// One or more threads of a process wait for locks. Taking a free lock is no system call: who has it can only be guessed.
pub fn held(roster: &Roster) -> Option<Finding> {
    let first = all(roster).find(|one| hint(roster, *one) == Some(Hint::Lock))?;
    let process = roster.threads_of(roster.waiting[first].pid);
    let (locked, others): (Vec<usize>, Vec<usize>) =
        process.into_iter().partition(|one| hint(roster, *one) == Some(Hint::Lock));
    let (code, blamed, sentence) = match locked.as_slice() {
        [thread] => one_waits(roster, *thread, &others),
        locked => many_wait(roster, locked, &others),
    };
    Some(Finding::new(code, Certainty::Candidate, sentence).blames(roster, blamed))
}

/// What is said when one thread waits for a lock, and who is to blame.
fn one_waits(roster: &Roster, thread: usize, others: &[usize]) -> (Code, usize, String) {
    let name = roster.name(thread);
    let joins = others.iter().find(|other| roster.joined(**other) == Some(thread));
    if let Some(other) = joins {
        let sentence = format!(
            "{waiting}在等{name}结束（join），{name}在等一把锁，拿着锁的人不放：{waiting}还拿着，或者{name}自己锁过、忘了放",
            waiting = roster.name(*other)
        );
        return (Code::LockHeldByWaiter, *other, sentence);
    }
    let Some(other) = others.first() else {
        let sentence = format!("{name}在等一把锁，拿着锁的人不放（或者已经忘了放）");
        return (Code::LockHeld, thread, sentence);
    };
    // whoever has it may be part of another standstill
    let busy = both_ends_in_words(roster)
        .unwrap_or_else(|| format!("{}{}", roster.name(*other), doing(roster, *other)));
    let sentence = format!("{name}在等一把锁，拿着锁的人不放（或者已经忘了放）：{busy}");
    (Code::LockHeldByWaiter, *other, sentence)
}

/// The same for several threads.
fn many_wait(roster: &Roster, locked: &[usize], others: &[usize]) -> (Code, usize, String) {
    let count = match locked.len() {
        2 => "两个线程".to_owned(),
        count => format!("{count} 个线程"),
    };
    let busy = others.iter().find(|other| roster.joined(**other).is_none());
    if let Some(busy) = busy {
        let (name, doing) = (roster.name(*busy), doing(roster, *busy));
        let sentence = format!("{count}在等锁，拿着锁的人不放（或者已经忘了放）：{name}{doing}");
        return (Code::LockHeldByWaiter, *busy, sentence);
    }
    let each = match locked.len() {
        2 => "各拿着一把锁，等对方手里的那一把",
        _ => "各拿着一把锁，等别人手里的那一把",
    };
    // a mutex of std says 2 when it is held and waited for (std's futex mutex); only then the word is the lock's
    let word = |thread: usize| match roster.waiting[thread].on {
        On::Wake { word, value: Some(2), .. } => Some(word),
        _ => None,
    };
    let words: Option<BTreeSet<u64>> = locked.iter().map(|thread| word(*thread)).collect();
    let (code, sentence) = match words.map(|words| words.len()) {
        Some(1) => {
            let sentence = format!("{count}在等同一把锁，拿着锁的人不放（或者已经忘了放）");
            (Code::LockHeld, sentence)
        }
        Some(words) if words == locked.len() => {
            (Code::LocksInOppositeOrder, format!("{count}{each}"))
        }
        _ => {
            let sentence = format!("{count}都在等锁，谁也不放：多半是{each}");
            (Code::LocksInOppositeOrder, sentence)
        }
    };
    (code, locked[0], sentence)
}
