//! What never comes: a semaphore that an error has kept, the end of threads that join each other, the other's lock.

use events::{Excerpt, Frame, Language, Line, Source, Stream};

use super::*;

/// A thread of the first program in this function of `threading.py`, called on this line of `source`.
fn python(tid: i32, function: &str, source: &str, line: u32, others: &[i32]) -> Waiting {
    let mut one = wake(tid, Hint::Unknown, None, others);
    let library = Frame {
        function: function.into(),
        file: Some("/usr/lib/python3.11/threading.py".into()),
        line: Some(1),
        own: false,
        language: Language::Python,
        source: None,
    };
    let own = Frame {
        function: "work".into(),
        file: Some("own.py".into()),
        own: true,
        line: Some(line),
        source: Some(Excerpt { first: 1, lines: source.lines().map(str::to_owned).collect() }),
        ..library.clone()
    };
    one.frames = vec![library, own];
    one
}

fn told(story: Vec<Event>, waiting: Vec<Waiting>) -> Cause {
    explained(&one(), story, waiting)
}

fn said(tid: i32, text: &str) -> Event {
    let (stream, text) = (Stream::Err, text.to_owned());
    let source = Some(Source { pid: SERVER, tid });
    event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source }))
}

const PAIR: &str = "def task():\n    slots.acquire()\n    work()\n    slots.release()\n";

fn semaphore(tid: i32, source: &str, line: u32) -> Waiting {
    let mut one = python(tid, "acquire", source, line, &[SERVER]);
    one.frames.insert(0, Frame { function: "wait".into(), ..one.frames[0].clone() });
    one
}

#[test]
fn who_gives_back_what_it_asks_for_is_not_what_is_missing() {
    let main = || python(SERVER, "join", "t.join()\n", 1, &[11]);
    let failed = || {
        vec![
            traced(0, SERVER, Activity::NewThread { child: 12 }),
            said(12, "Traceback (most recent call last):"),
            said(12, "ValueError: x1"),
            event(Kind::Traced {
                terminal: 0,
                pid: SERVER,
                tid: 12,
                activity: Activity::ThreadEnded,
            }),
        ]
    };
    let cause = told(failed(), vec![main(), semaphore(11, PAIR, 2)]);
    assert_eq!((cause.code, cause.certainty), (Code::SemaphoreNeverReleased, Certainty::Candidate));
    assert!(cause.sentence.contains("因为错误结束了（ValueError: x1）"), "{}", cause.sentence);
    assert!(cause.advice.unwrap().contains("finally"));
    // with nobody who failed: every pair has to be whole
    let cause = told(vec![], vec![main(), semaphore(11, PAIR, 2)]);
    assert_eq!(cause.code, Code::SemaphoreNeverReleased);
    assert!(!cause.sentence.contains("第 4 行"), "{}", cause.sentence);
    assert!(cause.advice.unwrap().contains("每一次 acquire"));
    // who has it, and waits for something else, still is
    let holder = "slots.acquire()\nt.join()\nslots.release()\n";
    let holds = python(SERVER, "join", holder, 2, &[11]);
    let cause = told(failed(), vec![holds, semaphore(11, PAIR, 2)]);
    assert!(cause.sentence.contains("第 3 行才 slots.release()"), "{}", cause.sentence);
}

#[test]
fn threads_of_which_each_waits_for_the_end_of_another() {
    let joins = |tid: i32, others: &[i32]| python(tid, "join", "t.join()\n", 1, others);
    let all = || vec![joins(SERVER, &[11, 12]), joins(11, &[SERVER, 12]), joins(12, &[SERVER, 11])];
    let cause = told(vec![], all());
    assert_eq!((cause.code, cause.certainty), (Code::ThreadsJoinEachOther, Certainty::Candidate));
    assert!(cause.sentence.contains("绕成了一圈"), "{}", cause.sentence);
    // one that waits for something else, or of which nothing is known, could be the one that they wait for
    let mut all_but_one = all();
    all_but_one[2] = python(12, "wait", "ready.wait()\n", 1, &[SERVER, 11]);
    assert_ne!(told(vec![], all_but_one).code, Code::ThreadsJoinEachOther);
    let mut unseen = all();
    unseen[0] = joins(SERVER, &[11, 12, 13]);
    assert_ne!(told(vec![], unseen).code, Code::ThreadsJoinEachOther);
}

const TRANSFER: &str = "fn transfer() {\n    let mut source = from.lock().unwrap();\n    let mut target = to.lock().unwrap();\n}\n";

#[test]
fn the_same_lines_with_the_locks_changed_over() {
    let waits = |tid: i32, source: &str, line: u32| {
        let mut one = wake(tid, Hint::Lock, Some(2), &[SERVER]);
        let (first, lines) = (1, source.lines().map(str::to_owned).collect());
        one.frames = vec![Frame {
            function: "transfer".into(),
            file: Some("main.rs".into()),
            line: Some(line),
            own: true,
            language: Language::Native,
            source: Some(Excerpt { first, lines }),
        }];
        one
    };
    let (one, two) = (waits(11, TRANSFER, 3), waits(12, TRANSFER, 3));
    let cause = told(vec![], vec![join(11), one.clone(), two.clone()]);
    assert_eq!((cause.code, cause.certainty), (Code::LocksInOppositeOrder, Certainty::Candidate));
    assert!(cause.sentence.contains("都在第 2 行锁了 from，第 3 行等 to"), "{}", cause.sentence);
    // who wants its first lock has none
    let cause = told(vec![], vec![join(11), one.clone(), waits(12, TRANSFER, 2)]);
    assert!(!cause.sentence.contains("第 2 行锁了"), "{}", cause.sentence);
    // both wait for one and the same lock
    let mut same = two;
    same.on = one.on.clone();
    let cause = told(vec![], vec![join(11), one, same]);
    assert!(cause.sentence.contains("同一把锁"), "{}", cause.sentence);
}
