//! Threads that wait for a lock.

use std::collections::BTreeSet;

use events::On;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::guards::{self, Guard, wanted};
use super::super::library::Task;
use super::super::roster::Roster;
use super::super::words::doing;
use super::all;
use super::connections::both_ends_in_words;
use super::lock_order::{IN_ONE_ORDER, lines_of, way};
use super::twice::{ONCE, taken_twice, twice_in_one_statement};

/// Why threads wait for locks: one cause that is proved, or candidates, the likeliest first. Taking a free lock is no
/// system call: who has it is told by the lock itself (glibc), by what the source says above the line, or not at all.
pub fn found(roster: &Roster) -> Vec<Finding> {
    let waiters: Vec<usize> = all(roster).filter(|one| is_for_lock(roster, *one)).collect();
    let finders = [taken_twice, in_opposite_order, held_by_other, twice_in_one_statement];
    let known = finders.iter().find_map(|find| waiters.iter().find_map(|one| find(roster, *one)));
    if let Some(known) = known {
        return vec![known];
    }
    if let Some(gone) = waiters.iter().find_map(|one| owner_has_gone(roster, *one)) {
        return vec![gone];
    }
    let guesses = [locked_at_fork, ended_with_error, without_owner];
    let guessed =
        guesses.iter().filter_map(|find| waiters.iter().find_map(|one| find(roster, *one)));
    let guessed = guessed.collect::<Vec<_>>();
    if guessed.is_empty() { held(roster, &waiters).into_iter().collect() } else { guessed }
}

/// It waits for a lock: the stack says so, or the line that it is on.
pub(super) fn is_for_lock(roster: &Roster, thread: usize) -> bool {
    matches!(roster.waiting[thread].on, On::Wake { .. }) && roster.task(thread) == Task::Lock
}

/// The locks that a thread has, as its source tells.
pub(super) fn has(roster: &Roster, thread: usize) -> Vec<Guard> {
    let frames = &roster.waiting[thread].frames;
    match roster.task(thread) {
        Task::Condition => guards::held_in_condition(frames),
        _ => guards::held(frames),
    }
}

/// Whether the sources of all that a thread is in are known.
fn is_readable(roster: &Roster, thread: usize) -> bool {
    let mut own = roster.waiting[thread].frames.iter().filter(|frame| frame.own).peekable();
    own.peek().is_some() && own.all(|frame| frame.source.is_some())
}

/// Whether the lock itself says that somebody else has it.
pub(super) fn is_others(roster: &Roster, thread: usize, tid: i32) -> bool {
    owner(roster, thread).is_some_and(|owner| owner != tid)
}

/// Whether the two wait for locks of which it is known that they are one.
fn same_lock(roster: &Roster, thread: usize, other: usize) -> bool {
    let lock = |thread: usize| match roster.waiting[thread].on {
        On::Wake { lock, .. } => lock,
        _ => None,
    };
    lock(thread).is_some() && lock(thread) == lock(other)
}

/// The thread that has the lock which a thread waits for, as the lock itself says.
pub(super) fn owner(roster: &Roster, thread: usize) -> Option<i32> {
    match roster.waiting[thread].on {
        On::Wake { owner, .. } => owner,
        _ => None,
    }
}

/// Two threads each have what the other wants.
fn in_opposite_order(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let others = roster.threads_of(one.pid).into_iter().filter(|other| *other != thread);
    let mut others = others.filter(|other| is_for_lock(roster, *other));
    others.find_map(|other| {
        let tid = |thread: usize| roster.waiting[thread].tid;
        let proved =
            owner(roster, thread) == Some(tid(other)) && owner(roster, other) == Some(tid(thread));
        if is_others(roster, thread, tid(other))
            || is_others(roster, other, tid(thread))
            || same_lock(roster, thread, other)
        {
            return None;
        }
        let (name, other_name) = (roster.name(thread), roster.name(other));
        let sentence = match (way(roster, thread), way(roster, other)) {
            (Some(mine), Some(theirs))
                if mine.0.lock == theirs.1.lock && mine.1.lock == theirs.0.lock =>
            {
                let say = |name: &str, way: &(Guard, Guard)| {
                    let (first, then) = way;
                    format!(
                        "{name}在第 {} 行锁了 {}，第 {} 行等 {}",
                        first.line, first.lock, then.line, then.lock
                    )
                };
                let (mine, theirs) = (say(&name, &mine), say(&other_name, &theirs));
                format!("{mine}；{theirs}：两把锁，次序相反，谁也不放")
            }
            _ if proved => format!(
                "{name}等的锁在{other_name}手里，{other_name}等的锁在{name}手里：两把锁，次序相反"
            ),
            _ => return None,
        };
        let code = Code::LocksInOppositeOrder;
        let finding = Finding::new(code, Certainty::proved_if(proved), sentence);
        Some(finding.advises("每个线程都按同样的次序锁").blames(roster, thread))
    })
}

/// Another thread of the process has the lock, and waits for something else.
fn held_by_other(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let want = wanted(&one.frames);
    let of_lock = |guard: &Guard| want.as_ref().is_some_and(|want| want.lock == guard.lock);
    let others = roster.threads_of(one.pid).into_iter().filter(|other| *other != thread);
    // two that wait for the same lock have it neither
    let others = others.filter(|other| !same_lock(roster, thread, *other));
    let mut others = others.filter(|other| !is_others(roster, thread, roster.waiting[*other].tid));
    let (other, guard, proved) = others.find_map(|other| {
        let guard = has(roster, other).into_iter().find(of_lock);
        let proved = owner(roster, thread) == Some(roster.waiting[other].tid);
        (proved || guard.is_some()).then_some((other, guard, proved))
    })?;
    let (name, holder) = (roster.name(thread), roster.name(other));
    let waits = match &want {
        Some(want) => format!("{name}在第 {} 行等锁 {}", want.line, want.lock),
        None => format!("{name}在等一把锁"),
    };
    let has = match &guard {
        Some(guard) => format!("{holder}第 {} 行锁上了它", guard.line),
        None => format!("拿着它的是{holder}"),
    };
    let (sentence, advice) = match roster.joined(other) == Some(thread) {
        true => (
            format!("{waits}；{has}，还没有放，就在等{name}结束（join）"),
            "join 之前先放开锁".to_owned(),
        ),
        false => (
            format!("{waits}；{has}，还没有放，{holder}却{}", doing(roster, other)),
            "等别的东西之前先放开锁".to_owned(),
        ),
    };
    let finding = Finding::new(Code::LockHeldByWaiter, Certainty::proved_if(proved), sentence);
    Some(finding.advises(advice).blames(roster, other))
}

/// The lock says who has it, and that is no thread that could give it back any more.
fn owner_has_gone(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let owner = owner(roster, thread).filter(|owner| {
        roster.thread(*owner).is_none_or(|other| roster.waiting[other].pid != one.pid)
    })?;
    let name = roster.name(thread);
    let process = roster.endings.process_of(owner).unwrap_or(owner);
    let holder = roster.thread_name(process, owner);
    if roster.endings.has_ended(owner) && roster.endings.process_of(owner) == Some(one.pid) {
        let sentence = format!(
            "{name}在等一把锁，锁里记着拿着它的是{holder}，那个线程没有放就结束了：再也没有人会放"
        );
        let finding = Finding::new(Code::LockWithoutOwner, Certainty::Proved, sentence);
        return Some(
            finding.advises("线程结束之前放开锁，出错的路上也要放").blames(roster, thread),
        );
    }
    let parent = roster.endings.parent_of(one.pid)?;
    let of_parent = owner == parent || roster.endings.process_of(owner) == Some(parent);
    if !of_parent {
        return None;
    }
    let sentence = format!(
        "{name}在等一把锁，锁里记着拿着它的是{holder}，fork 的时候锁着，子进程里没有它，没有人会放"
    );
    let finding = Finding::new(Code::LockedAtFork, Certainty::Candidate, sentence);
    Some(finding.advises(BEFORE_FORK).blames(roster, thread))
}

/// What helps where a lock was locked when the process was made.
const BEFORE_FORK: &str =
    "先创建子进程，再创建线程；或者子进程里不用父进程的锁（multiprocessing 用 spawn）";

/// A thread or child that may have had the lock has ended with an error.
fn ended_with_error(roster: &Roster, thread: usize) -> Option<Finding> {
    let broken = roster.endings.broken(roster.waiting[thread].pid);
    let broken = broken.first()?;
    let who = roster.name_of(broken.pid, broken.tid);
    let sentence = format!(
        "{}在等一把锁；{who}因为错误结束了（{}），拿着锁没有放",
        roster.name(thread),
        broken.error
    );
    let finding = Finding::new(Code::LockWithoutOwner, Certainty::Candidate, sentence);
    let advice = "出错时也要放开锁：Python 用 with，C 的每一条返回的路上都放";
    Some(finding.advises(advice).blames(roster, thread))
}

/// A child was made while another thread of its parent had the lock: in the child that thread does not exist.
fn locked_at_fork(roster: &Roster, thread: usize) -> Option<Finding> {
    let one = &roster.waiting[thread];
    let alone = roster.threads_of(one.pid).len() == 1;
    if !alone || !roster.was_forked_among_threads(one.pid) {
        return None;
    }
    let sentence = format!(
        "{}在等一把锁：fork 的时候父进程有几个线程，别的线程正拿着锁；子进程里只有调用 fork 的那个线程，拿着锁的线程不在，没有人会放",
        roster.name(thread)
    );
    let finding = Finding::new(Code::LockedAtFork, Certainty::Candidate, sentence);
    Some(finding.advises(BEFORE_FORK).blames(roster, thread))
}

/// Nobody is left who could give the lock back.
fn without_owner(roster: &Roster, thread: usize) -> Option<Finding> {
    let alone = matches!(&roster.waiting[thread].on, On::Wake { others, .. } if others.is_empty());
    if !alone {
        return None;
    }
    let one = &roster.waiting[thread];
    let child = roster.is_child(one.pid);
    let forked = match child {
        true => "；或者 fork 的时候别的线程拿着它",
        false => "",
    };
    // a lock may lie in memory that processes share
    let family = |other: &usize| roster.terminal(&roster.waiting[*other]) == roster.terminal(one);
    let relatives = all(roster).filter(family).any(|other| roster.waiting[other].pid != one.pid);
    let shared = match relatives {
        true => "；或者几个进程共用这把锁，拿着它的是别的进程",
        false => "",
    };
    if !child && !relatives && roster.endings.was_always_alone(one.pid) {
        let sentence = format!(
            "{}在等一把锁，可是这个进程从来只有它一个线程：锁上它的就是它自己，还没有放，又锁了一次",
            roster.name(thread)
        );
        let finding = Finding::new(Code::LockTakenTwice, Certainty::Proved, sentence);
        return Some(finding.advises(ONCE).blames(roster, thread));
    }
    let sentence = format!(
        "{}在等一把锁，可是这个进程里没有别的线程会来放开它：它自己锁上还没有放，又锁了一次；或者拿着锁的线程没有放就结束了{forked}{shared}",
        roster.name(thread)
    );
    let certainty = Certainty::proved_if(!child && !relatives);
    Some(Finding::new(Code::LockWithoutOwner, certainty, sentence).blames(roster, thread))
}

/// One or more threads of a process wait for locks, and nothing tells who has them.
fn held(roster: &Roster, waiters: &[usize]) -> Option<Finding> {
    let first = *waiters.first()?;
    let process = roster.threads_of(roster.waiting[first].pid);
    let (locked, mut others): (Vec<usize>, Vec<usize>) =
        process.into_iter().partition(|one| waiters.contains(one));
    others.retain(|one| match roster.task(*one) {
        Task::Idle | Task::Helper => false,
        // it has given up the lock of its condition, and its source shows no other
        Task::Condition => !is_readable(roster, *one) || !has(roster, *one).is_empty(),
        _ => true,
    });
    let (code, blamed, sentence) = match locked.as_slice() {
        [thread] => one_waits(roster, *thread, &others),
        locked => many_wait(roster, locked, &others),
    };
    let finding = Finding::new(code, Certainty::Candidate, sentence).blames(roster, blamed);
    Some(match code {
        Code::LocksInOppositeOrder => finding.advises(IN_ONE_ORDER),
        _ => finding,
    })
}

/// Nothing tells that it is somebody else.
const OR_ITSELF: &str = "也可能就是它自己，锁上还没有放，又锁了一次";

/// What is said when one thread waits for a lock, and who is to blame.
fn one_waits(roster: &Roster, thread: usize, others: &[usize]) -> (Code, usize, String) {
    let name = roster.name(thread);
    let joins = others.iter().find(|other| {
        roster.joined(**other) == Some(thread)
            && !is_others(roster, thread, roster.waiting[**other].tid)
    });
    if let Some(other) = joins {
        let sentence = format!(
            "{waiting}在等{name}结束（join），{name}在等一把锁，拿着锁的人不放：{waiting}还拿着，或者{name}自己锁过、忘了放",
            waiting = roster.name(*other)
        );
        return (Code::LockHeldByWaiter, *other, sentence);
    }
    let [other] = others else {
        let sentence = format!("{name}在等一把锁，拿着它的不放（或者已经忘了放）：{OR_ITSELF}");
        return (Code::LockHeld, thread, sentence);
    };
    // whoever has it may be part of another standstill
    let busy = both_ends_in_words(roster)
        .unwrap_or_else(|| format!("{}{}", roster.name(*other), doing(roster, *other)));
    let sentence = format!("{name}在等一把锁，拿着它的不放（或者已经忘了放）；{busy}");
    (Code::LockHeldByWaiter, *other, sentence)
}

/// The same for several threads.
fn many_wait(roster: &Roster, locked: &[usize], others: &[usize]) -> (Code, usize, String) {
    let count = match locked.len() {
        2 => "两个线程".to_owned(),
        count => format!("{count} 个线程"),
    };
    let busy = others.iter().find(|other| {
        roster.joined(**other).is_none()
            && !matches!(roster.task(**other), Task::Join | Task::AtExit)
    });
    if let Some(busy) = busy {
        let (name, doing) = (roster.name(*busy), doing(roster, *busy));
        let sentence = format!("{count}在等锁，拿着锁的不放（或者已经忘了放）；{name}{doing}");
        return (Code::LockHeldByWaiter, *busy, sentence);
    }
    let each = match locked.len() {
        2 => "各拿着一把锁，等对方手里的那一把",
        _ => "各拿着一把锁，等别人手里的那一把",
    };
    // a mutex of std says 2 when it is held and waited for (std's futex mutex); only then the word is the lock's
    let word = |thread: usize| match roster.waiting[thread].on {
        On::Wake { lock: Some(lock), .. } => Some(lock),
        On::Wake { word, value: Some(2), .. } => Some(word),
        _ => None,
    };
    let words: Option<BTreeSet<u64>> = locked.iter().map(|thread| word(*thread)).collect();
    let (code, sentence) = match words.map(|words| words.len()) {
        Some(1) => {
            let sentence = format!(
                "{count}在等同一把锁，拿着它的不放（或者已经忘了放）：也可能就是它们中的一个，锁上还没有放，又锁了一次"
            );
            (Code::LockHeld, sentence)
        }
        Some(words) if words == locked.len() => {
            let lines = lines_of(roster, locked).unwrap_or_default();
            (Code::LocksInOppositeOrder, format!("{count}{each}{lines}"))
        }
        _ => {
            let lines = lines_of(roster, locked).unwrap_or_default();
            let sentence = format!("{count}都在等锁，谁也不放：多半是{each}{lines}");
            (Code::LocksInOppositeOrder, sentence)
        }
    };
    (code, locked[0], sentence)
}
