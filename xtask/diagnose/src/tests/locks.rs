//! Who has a lock, as far as it can be known.

use events::{Excerpt, Frame, Language};

use super::*;

/// A thread of the first program that waits for a lock on this line of this function.
fn waits(tid: i32, language: Language, source: &str, line: u32, owner: Option<i32>) -> Waiting {
    let others = [SERVER, 11, 12].into_iter().filter(|other| *other != tid).collect::<Vec<_>>();
    let mut one = wake(tid, Hint::Lock, None, &others);
    if let On::Wake { owner: has, .. } = &mut one.on {
        *has = owner;
    }
    one.frames = vec![frame(language, source, line)];
    one
}

fn frame(language: Language, source: &str, line: u32) -> Frame {
    Frame {
        function: "work".into(),
        file: Some("main".into()),
        line: Some(line),
        own: true,
        language,
        source: Some(Excerpt { first: 1, lines: source.lines().map(str::to_owned).collect() }),
    }
}

const FIRST: &str = "def first():\n    with a:\n        with b:\n            pass\n";
const SECOND: &str = "def second():\n    with b:\n        with a:\n            pass\n";

fn told(waiting: Vec<Waiting>) -> Cause {
    explained(&one(), vec![], waiting)
}

#[test]
fn two_locks_in_opposite_order_are_told_with_their_lines() {
    let main = join(11);
    let python = Language::Python;
    let one = waits(11, python, FIRST, 3, None);
    let two = waits(12, python, SECOND, 3, None);
    let cause = told(vec![main.clone(), one.clone(), two]);
    assert_eq!((cause.code, cause.certainty), (Code::LocksInOppositeOrder, Certainty::Candidate));
    assert!(cause.sentence.contains("第 2 行锁了 a，第 3 行等 b"), "{}", cause.sentence);
    assert!(cause.sentence.contains("第 2 行锁了 b，第 3 行等 a"), "{}", cause.sentence);
    // both in the same order: another must have it
    let same = waits(12, python, FIRST, 3, None);
    let cause = told(vec![main, one, same]);
    assert!(!cause.sentence.contains("次序相反"), "{cause:#?}");
}

#[test]
fn glibc_says_who_has_a_lock() {
    let unknown = "void f() {\n  pthread_mutex_lock(&m);\n}\n";
    let one = waits(11, Language::Native, unknown, 2, Some(12));
    let two = waits(12, Language::Native, unknown, 2, Some(11));
    let cause = told(vec![one, two]);
    assert_eq!((cause.code, cause.certainty), (Code::LocksInOppositeOrder, Certainty::Proved));
    let itself = waits(11, Language::Native, unknown, 2, Some(11));
    let cause = told(vec![join(11), itself]);
    assert_eq!((cause.code, cause.certainty), (Code::LockTakenTwice, Certainty::Proved));
    let of_main = waits(11, Language::Native, unknown, 2, Some(SERVER));
    let cause = told(vec![join(11), of_main]);
    assert_eq!((cause.code, cause.certainty), (Code::LockHeldByWaiter, Certainty::Proved));
    assert!(cause.sentence.contains("还没有放，就在等"), "{}", cause.sentence);
}

#[test]
fn a_temporary_keeps_its_lock_to_the_end_of_the_block() {
    let source = "fn main() {\n    while let Some(n) = names.lock().unwrap().pop() {\n        names.lock();\n    }\n}\n";
    let mut one = waits(SERVER, Language::Native, source, 3, None);
    let cause = told(vec![one.clone()]);
    assert_eq!((cause.code, cause.certainty), (Code::LockTakenTwice, Certainty::Candidate));
    assert!(cause.sentence.contains("临时值"), "{}", cause.sentence);
    // another lock is another lock
    one.frames =
        vec![frame(Language::Native, &source.replace("        names", "        other"), 3)];
    assert_ne!(told(vec![one]).code, Code::LockTakenTwice);
}

#[test]
fn a_child_that_was_forked_among_threads_may_have_copied_a_locked_lock() {
    let mut child = wake(11, Hint::Lock, None, &[]);
    child.pid = 11;
    let threads = traced(0, SERVER, Activity::NewThread { child: 12 });
    let cause = explained(&one(), vec![threads, forked()], vec![wait_for_child(), child.clone()]);
    assert_eq!((cause.code, cause.certainty), (Code::LockedAtFork, Certainty::Candidate));
    let cause = explained(&one(), vec![forked()], vec![wait_for_child(), child]);
    assert_eq!((cause.code, cause.certainty), (Code::LockWithoutOwner, Certainty::Candidate));
    assert!(cause.sentence.contains("fork"), "{}", cause.sentence);
}

#[test]
fn what_the_lock_itself_says_counts_more_than_the_lines_above() {
    // the same name, but another thread has it
    let twice = "def f():\n    with a:\n        with a:\n            pass\n";
    let one = waits(11, Language::Python, twice, 3, Some(12));
    let mut busy = wake(12, Hint::Receive, None, &[SERVER, 11]);
    busy.frames = Vec::new();
    let cause = told(vec![one, busy]);
    assert_eq!((cause.code, cause.certainty), (Code::LockHeldByWaiter, Certainty::Proved));
    // two that wait for one lock have it neither
    let same = |tid, source| {
        let mut one = waits(tid, Language::Python, source, 3, None);
        if let On::Wake { lock, .. } = &mut one.on {
            *lock = Some(7);
        }
        one
    };
    let cause = told(vec![same(11, FIRST), same(12, SECOND)]);
    assert_ne!(cause.code, Code::LocksInOppositeOrder, "{cause:#?}");
}

#[test]
fn an_owner_that_has_ended_gives_nothing_back() {
    let source = "void f() {\n  pthread_mutex_lock(&m);\n}\n";
    let waits_for = |owner| vec![waits(SERVER, Language::Native, source, 2, Some(owner))];
    let ended = Activity::ThreadEnded;
    let story = || {
        vec![
            traced(0, SERVER, Activity::NewThread { child: 15 }),
            event(Kind::Traced { terminal: 0, pid: SERVER, tid: 15, activity: ended.clone() }),
        ]
    };
    let cause = explained(&one(), story(), waits_for(15));
    assert_eq!((cause.code, cause.certainty), (Code::LockWithoutOwner, Certainty::Proved));
    assert!(cause.sentence.contains("「线程」，那个线程没有放就结束了"), "{}", cause.sentence);
    let cause = explained(&one(), story(), waits_for(16));
    assert!(!cause.sentence.contains("结束了"), "{}", cause.sentence);
}

#[test]
fn a_with_that_is_left_is_no_lock() {
    // at the end of its block a pool waits for its threads, on the line of the `with`
    let source = "with pool:\n    pool.submit(f)\n";
    let mut one = waits(SERVER, Language::Python, source, 1, None);
    let inner = Frame {
        function: "shutdown".into(),
        file: Some("/usr/lib/python3.11/concurrent/futures/thread.py".into()),
        own: false,
        source: None,
        ..one.frames[0].clone()
    };
    if let On::Wake { hint, .. } = &mut one.on {
        *hint = Hint::Unknown;
    }
    one.frames.insert(0, inner);
    let cause = told(vec![one]);
    assert!(!cause.sentence.contains('锁'), "{}", cause.sentence);
}
