//! Threads that wait for others by way of a library: queues, events, conditions, channels, pools. What is said rests on
//! the functions of their stacks and on the lines of their sources; where something else is true, it is not said.

use events::{Excerpt, Exit, Frame, Language, Line, Source, Stream};

use super::*;

const T: &str = "threading.py";
const OWN: &str = "own.py";

/// A thread of the first program in these functions of Python's library (innermost first), called on this line of `source`.
fn python(tid: i32, inside: &[(&str, &str)], source: &str, line: u32) -> Waiting {
    let others = [SERVER, 11, 12].into_iter().filter(|other| *other != tid).collect::<Vec<_>>();
    let mut one = wake(tid, Hint::Unknown, None, &others);
    one.frames = inside.iter().map(|(function, file)| library(function, file)).collect();
    if !source.is_empty() {
        one.frames.push(own(Language::Python, source, line));
    }
    one
}

fn library(function: &str, file: &str) -> Frame {
    Frame {
        function: function.into(),
        file: Some(format!("/usr/lib/python3.11/{file}")),
        line: Some(1),
        own: false,
        language: Language::Python,
        source: None,
    }
}

fn own(language: Language, source: &str, line: u32) -> Frame {
    Frame {
        function: "work".into(),
        file: Some(OWN.into()),
        line: Some(line),
        own: true,
        language,
        source: Some(Excerpt { first: 1, lines: source.lines().map(str::to_owned).collect() }),
    }
}

fn native(tid: i32, hint: Hint, source: &str, line: u32) -> Waiting {
    let others = [SERVER, 11].into_iter().filter(|other| *other != tid).collect::<Vec<_>>();
    let mut one = wake(tid, hint, None, &others);
    one.frames = vec![own(Language::Native, source, line)];
    one
}

fn told(story: Vec<Event>, waiting: Vec<Waiting>) -> Cause {
    explained(&one(), story, waiting)
}

fn said(pid: i32, tid: i32, text: &str) -> Event {
    let (stream, text, source) = (Stream::Err, text.to_owned(), Some(Source { pid, tid }));
    event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source }))
}

/// Thread 12 of the first program has ended with an error.
fn broken() -> Vec<Event> {
    let ended = Activity::ThreadEnded;
    vec![
        traced(0, SERVER, Activity::NewThread { child: 12 }),
        said(SERVER, 12, "Exception in thread Thread-2 (work):"),
        said(SERVER, 12, "Traceback (most recent call last):"),
        said(SERVER, 12, "ValueError: 坏了"),
        event(Kind::Traced { terminal: 0, pid: SERVER, tid: 12, activity: ended }),
    ]
}

const JOIN: [(&str, &str); 2] = [("_wait_for_tstate_lock", T), ("join", T)];
const EVENT: [(&str, &str); 2] = [("wait", T), ("wait", T)];
const GET: [(&str, &str); 2] = [("wait", T), ("get", "queue.py")];

fn waits_for_event() -> Waiting {
    python(11, &EVENT, "def work():\n    ready.wait()\n", 2)
}

#[test]
fn what_would_wake_it_stands_below_where_another_waits() {
    let main = |source| vec![python(SERVER, &JOIN, source, 1), waits_for_event()];
    let cause = told(vec![], main("t.join()\nready.set()\n"));
    assert_eq!((cause.code, cause.certainty), (Code::EventNeverSet, Certainty::Candidate));
    assert!(cause.sentence.contains("主线程（main）第 2 行才 ready.set()"), "{}", cause.sentence);
    // another event, or another function
    for source in ["t.join()\nother.set()\n", "t.join()\ndef f():\n    ready.set()\n"] {
        let cause = told(vec![], main(source));
        assert_eq!(cause.code, Code::EventNeverSet);
        assert!(!cause.sentence.contains("行才"), "{}", cause.sentence);
    }
}

#[test]
fn who_has_ended_with_an_error_wakes_nobody() {
    let barrier = [("wait", T), ("wait_for", T), ("_wait", T), ("wait", T)];
    let waits = || vec![python(11, &barrier, "def work():\n    b.wait()\n", 2)];
    let cause = told(broken(), waits());
    assert_eq!(cause.code, Code::BarrierTooFew);
    assert!(cause.sentence.contains("」因为错误结束了（ValueError: 坏了），没有来到 barrier"));
    // one that has ended as it should
    let mut story = broken();
    story.retain(|event| matches!(event.kind, Kind::Traced { .. }));
    assert!(!told(story, waits()).sentence.contains("错误"));
}

#[test]
fn a_queue_needs_an_end_mark_only_where_a_loop_takes_for_ever() {
    let source = "def work():\n    while True:\n        item = q.get()\n";
    let main = || python(SERVER, &JOIN, "t.join()\n", 1);
    let cause = told(vec![], vec![main(), python(11, &GET, source, 3)]);
    assert_eq!((cause.code, cause.certainty), (Code::QueueNeverFilled, Certainty::Candidate));
    assert!(cause.advice.unwrap().contains("结束标记"));
    let once = "def work():\n    item = q.get()\n";
    let cause = told(vec![], vec![main(), python(11, &GET, once, 2)]);
    assert_eq!((cause.code, cause.advice), (Code::QueueNeverFilled, None));
    // the function of a file of the program's own that is called so is none of the library
    let other = [("get", "my/queue.py.d/x.py")];
    let cause = told(vec![], vec![main(), python(11, &other, once, 2)]);
    assert_ne!(cause.code, Code::QueueNeverFilled);
}

#[test]
fn who_takes_from_a_queue_has_to_say_that_it_is_done() {
    let done = [("wait", T), ("join", "queue.py")];
    let main = || python(SERVER, &done, "q.join()\n", 1);
    let without = "def work():\n    while True:\n        print(q.get())\n";
    let cause = told(vec![], vec![main(), python(11, &GET, without, 3)]);
    assert_eq!(cause.code, Code::TaskNeverDone);
    assert!(cause.sentence.contains("它的函数里没有 task_done"), "{}", cause.sentence);
    let with = "def work():\n    while True:\n        x = q.get()\n        q.task_done()\n";
    let cause = told(vec![], vec![main(), python(11, &GET, with, 3)]);
    assert!(!cause.sentence.contains("没有 task_done"), "{}", cause.sentence);
}

#[test]
fn a_notification_may_have_come_first_only_where_nothing_is_looked_at() {
    let condition = [("wait", T)];
    let waits = |source, line| vec![python(SERVER, &condition, source, line)];
    let blind = "with cond:\n    cond.wait()\n";
    let cause = told(vec![], waits(blind, 2));
    assert_eq!(cause.code, Code::ConditionNeverNotified);
    assert!(cause.sentence.contains("notify 来得比 wait 早"), "{}", cause.sentence);
    let looks = "with cond:\n    while not ready:\n        cond.wait()\n";
    let cause = told(vec![], waits(looks, 3));
    assert_eq!(cause.code, Code::ConditionNeverNotified);
    assert!(!cause.sentence.contains("notify 来得"), "{}", cause.sentence);
    // what it waits with it has given up: it keeps nobody from it
    let other = python(11, &[], "def f():\n    with cond:\n        pass\n", 2);
    let cause = told(vec![], vec![waits(blind, 2).remove(0), other]);
    assert_ne!(cause.code, Code::LockHeldByWaiter, "{cause:#?}");
}

const RECEIVES: &str = "fn main() {\n    let (tx, rx) = mpsc::channel();\n    spawn(tx.clone());\n    for x in rx.recv() {\n    }\n}\n";

#[test]
fn a_sender_that_the_receiver_itself_still_has() {
    let cause = told(vec![], vec![native(SERVER, Hint::Receive, RECEIVES, 4)]);
    assert_eq!(cause.code, Code::ChannelNeverSent);
    assert!(cause.sentence.contains("第 2 行的发送端 tx 到第 4 行还在"), "{}", cause.sentence);
    assert_eq!(cause.advice.as_deref(), Some("线程都拿到自己的发送端之后，drop(tx)"));
    let given = RECEIVES.replace("tx.clone()", "tx");
    let cause = told(vec![], vec![native(SERVER, Hint::Receive, &given, 4)]);
    assert!(!cause.sentence.contains("tx"), "{}", cause.sentence);
}

#[test]
fn tasks_of_a_full_pool_that_wait_for_tasks() {
    const FUTURES: &str = "concurrent/futures/thread.py";
    let result = ("result", "concurrent/futures/_base.py");
    let outer = "def outer():\n    f.result()\n";
    let mut worker = python(11, &[("wait", T), result], outer, 2);
    worker.frames.extend([library("run", FUTURES), library("_worker", FUTURES)]);
    let main = python(SERVER, &[("wait", T), result], "f.result()\n", 1);
    let cause = told(vec![], vec![main.clone(), worker.clone()]);
    assert_eq!(cause.code, Code::PoolTasksWaitForEachOther);
    // one that has nothing to do could do it
    let idle = python(12, &[("_worker", FUTURES)], "", 0);
    let cause = told(vec![], vec![main, worker, idle]);
    assert_ne!(cause.code, Code::PoolTasksWaitForEachOther, "{cause:#?}");
}

/// A pool of processes: its user, one of its threads, and a worker that has nothing to do.
fn pool() -> Vec<Waiting> {
    const POOL: &str = "multiprocessing/pool.py";
    let main = python(SERVER, &[("wait", T), ("get", POOL), ("map", POOL)], "p.map(f)\n", 1);
    let reads = |pid: i32, tid: i32, id: u64, holders: &[i32]| {
        let on = On::Pipe { id, holders: holders.to_vec(), unread: 0 };
        waiting(0, pid, tid, receive(Object::Pipe { id }), on)
    };
    let mut helper = reads(SERVER, 12, 1, &[11]);
    helper.frames =
        vec![library("recv", "multiprocessing/connection.py"), library("_handle_results", POOL)];
    let mut worker = reads(11, 11, 2, &[SERVER]);
    worker.frames = vec![library("get", "multiprocessing/queues.py"), library("worker", POOL)];
    vec![main, helper, worker]
}

#[test]
fn idle_workers_of_a_pool_wait_for_nobody() {
    let cause = told(vec![forked()], pool());
    assert_eq!(cause.code, Code::PoolResultNeverComes, "{cause:#?}");
    let killed = |pid| traced(0, pid, Activity::Exited(Exit::Signal(9)));
    let child = |child| traced(0, SERVER, Activity::NewProcess { child });
    let cause = told(vec![forked(), child(13), killed(13)], pool());
    assert_eq!((cause.code, cause.certainty), (Code::PoolWorkerDied, Certainty::Candidate));
    assert!(
        cause.sentence.contains("可工作进程「子进程 2」被信号 SIGKILL 终止"),
        "{}",
        cause.sentence
    );
    assert!(cause.sentence.contains("别的工作进程都在等下一个任务"), "{}", cause.sentence);
}

#[test]
fn a_child_that_was_killed_counts_where_nothing_else_is_known() {
    let killed = traced(0, 11, Activity::Exited(Exit::Signal(9)));
    let on = On::Pipe { id: 1, holders: vec![SERVER], unread: 0 };
    let reads = || vec![waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 1 }), on.clone())];
    let cause = told(vec![forked(), killed.clone()], reads());
    assert_eq!((cause.code, cause.certainty), (Code::PoolWorkerDied, Certainty::Candidate));
    // its parent has killed it itself
    let kill = Activity::Enter(Call::Kill { target: 11, signal: 9 });
    let cause = told(vec![forked(), traced(0, SERVER, kill), killed], reads());
    assert_eq!(cause.code, Code::PipeEndLeftOpen);
}

#[test]
fn a_queue_of_processes_is_no_pipe_that_somebody_forgot() {
    let get = |tid: i32, holders: &[i32]| {
        let on = On::Pipe { id: 1, holders: holders.to_vec(), unread: 0 };
        let mut one = waiting(0, tid, tid, receive(Object::Pipe { id: 1 }), on);
        one.frames = vec![
            library("_recv", "multiprocessing/connection.py"),
            library("get", "multiprocessing/queues.py"),
            own(Language::Python, "def f(q):\n    q.get()\n", 2),
        ];
        one
    };
    let cause = told(vec![], vec![get(SERVER, &[SERVER])]);
    assert_eq!(cause.code, Code::QueueNeverFilled, "{cause:#?}");
    let cause = told(vec![forked()], vec![wait_for_child(), get(11, &[SERVER, 11])]);
    assert_eq!(cause.code, Code::QueueNeverFilled, "{cause:#?}");
    assert!(cause.sentence.starts_with("父进程在等子进程结束，"), "{}", cause.sentence);
}

#[test]
fn what_was_put_into_a_queue_has_to_be_taken_before_the_end() {
    let on = On::Pipe { id: 1, holders: vec![SERVER, 11], unread: 65_536 };
    let mut feeder = waiting(0, 11, 12, send(Object::Pipe { id: 1 }), on);
    feeder.frames = vec![library("_feed", "multiprocessing/queues.py")];
    let mut parent = wait_for_child();
    let source = "p.join()\nprint(q.get())\n";
    parent.frames =
        vec![library("join", "multiprocessing/process.py"), own(Language::Python, source, 1)];
    let cause = told(vec![forked()], vec![parent, feeder]);
    assert_eq!((cause.code, cause.certainty), (Code::PipeNeverRead, Certainty::Proved));
    assert!(cause.sentence.contains("父进程第 2 行才 q.get()"), "{}", cause.sentence);
    assert!(cause.advice.unwrap().contains("先从队列里取"));
}

#[test]
fn a_pipe_is_held_by_whoever_does_something_else() {
    let pauses = |pid| waiting(0, pid, pid, Call::AwaitSignal { timeout: None }, On::Input);
    let reads = |holders: &[i32]| {
        let on = On::Pipe { id: 1, holders: holders.to_vec(), unread: 0 };
        waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 1 }), on)
    };
    let mut busy = pauses(11);
    busy.on = On::Unknown;
    let cause = told(vec![forked()], vec![reads(&[11]), busy.clone()]);
    assert_eq!((cause.code, cause.certainty), (Code::PipeHoldersWaitElsewhere, Certainty::Proved));
    // one that is not known to wait could still write
    let cause = told(vec![forked()], vec![reads(&[11, 77]), busy]);
    assert_eq!(cause.certainty, Certainty::Candidate);
}

#[test]
fn a_line_of_parents_and_children_is_told_to_its_end() {
    let mut shell = wait_for_child();
    (shell.pid, shell.tid) = (11, 11);
    shell.on = On::Child { child: Some(12), children: vec![12] };
    let reads = waiting(0, 12, 12, Call::AwaitSignal { timeout: None }, On::Signal);
    let story = vec![forked(), traced(0, 11, Activity::NewProcess { child: 12 })];
    let cause = told(story, vec![wait_for_child(), shell, reads]);
    assert_eq!(cause.code, Code::ChildNeverEnds);
    assert_eq!(
        cause.sentence,
        "父进程在等「子进程 1」结束，「子进程 1」在等「子进程 2」结束，「子进程 2」却在等一个信号"
    );
}
