//! Every shape of a standstill, and what is said of it.

mod facts;
mod failures;
mod locks;
mod neglect;
mod never;
mod waits;

use std::net::SocketAddr;
use std::time::Duration;

use course::script::{Scene, parse};
use events::{
    Activity, Call, CallResult, Clock, Data, Event, Hint, Kind, Object, On, Place, Waiting, Window,
};
use judge::{Rule, judge};

mod buffers;
mod connections;
mod ending;
mod first_words;
mod framing;
mod inputs;
mod lengths;
mod talk;

use super::{Cause, Certainty, Code, Evidence, Remedy, Waiter, diagnose, tell_with};

const SERVER: i32 = 10;
const CLIENT: i32 = 20;
const SERVER_ADDR: &str = "127.0.0.1:8888";
const CLIENT_ADDR: &str = "127.0.0.1:40000";

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// The connection as the server or the client sees it.
fn connection(pid: i32) -> Object {
    match pid {
        SERVER => Object::Connection { local: addr(SERVER_ADDR), peer: addr(CLIENT_ADDR) },
        _ => Object::Connection { local: addr(CLIENT_ADDR), peer: addr(SERVER_ADDR) },
    }
}

fn waiting(program: usize, pid: i32, tid: i32, call: Call, on: On) -> Waiting {
    let place = Some(Place { file: "src/main.rs".into(), line: 7, function: "run".into() });
    Waiting {
        pid,
        tid,
        program,
        call,
        on,
        place,
        frames: Vec::new(),
        since: Duration::from_secs(1),
    }
}

fn receive(object: Object) -> Call {
    Call::Receive { fd: 4, object, data: Data::default() }
}

fn send(object: Object) -> Call {
    Call::Send { fd: 4, object, data: Data::new(b"hi", 2) }
}

/// Waits on the connection for `holder`.
fn peer(holder: i32) -> On {
    On::Peer {
        holders: vec![holder],
        unaccepted: false,
        unread: 0,
        unread_there: 0,
        closed_there: false,
        half_closed: false,
        by_line: false,
    }
}

fn server_receives() -> Waiting {
    waiting(0, SERVER, SERVER, receive(connection(SERVER)), peer(CLIENT))
}

fn client_receives() -> Waiting {
    waiting(1, CLIENT, CLIENT, receive(connection(CLIENT)), peer(SERVER))
}

fn accepts() -> Waiting {
    let call = Call::Accept { fd: 3, local: Some(addr(SERVER_ADDR)), peer: None, client: None };
    waiting(0, SERVER, SERVER, call, On::Client { queue: 0 })
}

/// A thread of the first program that another has to wake.
fn wake(tid: i32, hint: Hint, value: Option<u32>, others: &[i32]) -> Waiting {
    let word = 0x1000 + u64::from(tid.unsigned_abs());
    let call = Call::Futex { word, value: 0, timeout: None };
    waiting(
        0,
        SERVER,
        tid,
        call,
        On::Wake { word, value, lock: None, owner: None, others: others.to_vec(), hint },
    )
}

fn join(thread: i32) -> Waiting {
    waiting(
        0,
        SERVER,
        SERVER,
        Call::Futex { word: 1, value: 0, timeout: None },
        On::Join { thread },
    )
}

/// The first process of the first program waits for its child 11.
fn wait_for_child() -> Waiting {
    let call = Call::Wait { child: Some(11), ended: None };
    waiting(0, SERVER, SERVER, call, On::Child { child: Some(11), children: vec![11] })
}

fn child_reads_pipe(holders: &[i32]) -> Waiting {
    let on = On::Pipe { id: 1, holders: holders.to_vec(), unread: 0 };
    waiting(0, 11, 11, receive(Object::Pipe { id: 1 }), on)
}

fn event(kind: Kind) -> Event {
    Event { at: Duration::ZERO, window: Window::exact(0), kind }
}

fn traced(terminal: usize, pid: i32, activity: Activity) -> Event {
    event(Kind::Traced { terminal, pid, tid: pid, activity })
}

fn sent(pid: i32) -> Event {
    traced(usize::from(pid == CLIENT), pid, Activity::Enter(send(connection(pid))))
}

fn forked() -> Event {
    traced(0, SERVER, Activity::NewProcess { child: 11 })
}

fn listening() -> Event {
    let call = Call::Listen { fd: 3, addr: Some(addr(SERVER_ADDR)), backlog: 5 };
    traced(0, SERVER, Activity::Leave { call, outcome: CallResult::Done(0) })
}

fn one() -> Scene {
    parse("场景 试\n主 $ lesson-x\n主 结束\n").unwrap().scenes.remove(0)
}

fn two() -> Scene {
    let text = "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n客户端 结束\n";
    parse(text).unwrap().scenes.remove(0)
}

fn explained(scene: &Scene, story: Vec<Event>, waiting: Vec<Waiting>) -> Cause {
    let mut events = vec![event(Kind::Tracing { clock: Clock::Virtual { seed: 0 } })];
    for (terminal, pid) in [SERVER, CLIENT].into_iter().take(scene.terminals.len()).enumerate() {
        events.push(event(Kind::Started { terminal, pid, parent: 1 }));
    }
    events.extend(story);
    events.push(event(Kind::Stuck { direction: Some(1), waiting }));
    let verdict = judge(scene, &events);
    let mut causes = diagnose(scene, &events, &verdict);
    assert!(!causes.is_empty());
    let cause = causes.remove(0);
    assert_eq!(verdict.failures[cause.failure.unwrap()].rule, Rule::Hang);
    cause
}

fn sentence(scene: &Scene, story: Vec<Event>, waiting: Vec<Waiting>) -> String {
    explained(scene, story, waiting).sentence
}

#[test]
fn a_parent_that_keeps_the_writing_end_open() {
    let found =
        sentence(&one(), vec![forked()], vec![wait_for_child(), child_reads_pipe(&[SERVER])]);
    assert_eq!(
        found,
        "父进程等子进程结束，子进程等管道里的数据，可管道的写端只有父进程自己还开着（没有关），它也不写"
    );
    let both =
        sentence(&one(), vec![forked()], vec![wait_for_child(), child_reads_pipe(&[11, SERVER])]);
    assert!(both.ends_with("只有父进程和子进程自己还开着（都没有关）"), "{both}");
    let own = sentence(&one(), vec![forked()], vec![child_reads_pipe(&[11])]);
    assert!(own.starts_with("子进程在读管道，可管道的写端只有它自己还开着"), "{own}");
}

#[test]
fn pipes_that_are_full_and_pipes_of_each_other() {
    let on = On::Pipe { id: 1, holders: vec![SERVER], unread: 65_536 };
    let writes = waiting(0, 11, 11, send(Object::Pipe { id: 1 }), on);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), writes]);
    assert!(found.contains("管道满了（65536 字节），可没有人读"), "{found}");
    let on = On::Pipe { id: 2, holders: vec![11, SERVER], unread: 0 };
    let parent = waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 2 }), on);
    let found = sentence(&one(), vec![forked()], vec![parent, child_reads_pipe(&[SERVER])]);
    assert_eq!(found, "父进程在等子进程往管道里写，子进程也在等父进程往管道里写");
}

#[test]
fn two_locks_in_opposite_order() {
    let all = vec![
        join(11),
        wake(11, Hint::Lock, Some(2), &[10, 12]),
        wake(12, Hint::Lock, Some(2), &[10, 11]),
    ];
    assert_eq!(sentence(&one(), vec![], all), "两个线程各拿着一把锁，等对方手里的那一把");
    // the word of a parking_lot lock belongs to the one who waits: which lock it is cannot be known
    let all = vec![wake(11, Hint::Lock, Some(1), &[12]), wake(12, Hint::Lock, Some(1), &[11])];
    assert!(sentence(&one(), vec![], all).contains("多半是各拿着一把锁"));
    let mut all = vec![wake(11, Hint::Lock, Some(2), &[12]), wake(12, Hint::Lock, Some(2), &[11])];
    let On::Wake { word, .. } = all[0].on else { panic!() };
    if let On::Wake { word: other, .. } = &mut all[1].on {
        *other = word;
    }
    assert!(sentence(&one(), vec![], all).starts_with("两个线程在等同一把锁"));
    let all = vec![
        waiting(0, SERVER, SERVER, receive(Object::Input), On::Input),
        wake(11, Hint::Lock, Some(2), &[10, 12]),
        wake(12, Hint::Lock, Some(2), &[10, 11]),
    ];
    let found = sentence(&one(), vec![], all);
    assert!(found.ends_with("：主线程（main）在等有人输入"), "{found}");
}

#[test]
fn a_lock_that_nobody_gives_back() {
    let found = sentence(&one(), vec![], vec![wake(SERVER, Hint::Lock, Some(2), &[])]);
    assert!(found.starts_with("「主」在等一把锁，可是这个进程里没有别的线程会来放开它"), "{found}");
    let found = sentence(&one(), vec![], vec![join(11), wake(11, Hint::Lock, Some(2), &[10])]);
    assert!(
        found.contains("主线程（main）在等 11 号线程结束（join），11 号线程在等一把锁"),
        "{found}"
    );
}

/// As `cast` names them, and pictures show them.
#[test]
fn everybody_is_called_as_in_the_picture() {
    let started = event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 });
    let spawned = |child| traced(0, SERVER, Activity::NewThread { child });
    let all = || vec![join(12), wake(12, Hint::Lock, Some(2), &[10])];
    let found = sentence(&one(), vec![started.clone(), spawned(12)], all());
    assert!(
        found.contains("主线程（main）在等「线程」结束（join），「线程」在等一把锁"),
        "{found}"
    );
    let found = sentence(&one(), vec![started.clone(), spawned(11), spawned(12)], all());
    assert!(found.contains("在等「线程 2」结束（join），「线程 2」在等一把锁"), "{found}");
    let forked = |child| traced(0, SERVER, Activity::NewProcess { child });
    let on = On::Child { child: Some(12), children: vec![11, 12] };
    let waits = waiting(0, SERVER, SERVER, Call::Wait { child: Some(12), ended: None }, on);
    let pauses = waiting(0, 12, 12, Call::AwaitSignal { timeout: None }, On::Signal);
    let found = sentence(&one(), vec![started, forked(11), forked(12)], vec![waits, pauses]);
    assert_eq!(found, "父进程在等「子进程 2」结束，「子进程 2」却在等一个信号");
}

#[test]
fn a_channel_that_nobody_sends_into() {
    let found = sentence(&one(), vec![], vec![join(11), wake(11, Hint::Receive, None, &[10])]);
    assert!(
        found.starts_with(
            "主线程（main）在等 11 号线程结束（join），11 号线程在等一个再也没有人发送的通道"
        ),
        "{found}"
    );
    let found = sentence(&one(), vec![], vec![wake(SERVER, Hint::Receive, None, &[])]);
    assert!(found.starts_with("「主」在等一个再也没有人发送的通道"), "{found}");
}

#[test]
fn children_that_are_stopped_or_busy() {
    let call = Call::Sleep { length: Duration::ZERO };
    let stopped = waiting(0, 11, 11, call, On::Stopped);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), stopped.clone()]);
    assert!(found.starts_with("父进程在等子进程结束，可子进程被信号暂停了"), "{found}");
    let found = sentence(&one(), vec![forked()], vec![stopped]);
    assert!(found.starts_with("子进程被信号暂停了（SIGSTOP）"), "{found}");
    let pauses = waiting(0, 11, 11, Call::AwaitSignal { timeout: None }, On::Signal);
    let found = sentence(&one(), vec![forked()], vec![wait_for_child(), pauses]);
    assert_eq!(found, "父进程在等子进程结束，子进程却在等一个信号");
}

#[test]
fn what_nobody_types_or_sends() {
    let reads = waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    assert_eq!(sentence(&one(), vec![], vec![reads]), "「主」在等有人从键盘输入，可再也没有人输入");
    let pauses = waiting(0, SERVER, SERVER, Call::AwaitSignal { timeout: None }, On::Signal);
    assert_eq!(sentence(&one(), vec![], vec![pauses]), "「主」在等一个信号，可没有人会发");
}

#[test]
fn what_nobody_understands_is_still_told_truly() {
    let other = |pid| waiting(0, pid, pid, Call::Other { number: 70 }, On::Unknown);
    assert_eq!(
        sentence(&one(), vec![], vec![other(SERVER)]),
        "「主」停在系统调用（70 号），可再也等不到"
    );
    let found = explained(&one(), vec![forked()], vec![other(SERVER), other(11)]);
    assert_eq!(found.sentence, "每一个都在等别的，没有一个能接着运行");
    let nobody = explained(&one(), vec![], vec![]);
    assert_eq!(nobody.sentence, "每一个都在等别的，没有一个能接着运行");
}

#[test]
fn many_threads_that_wait_for_the_same_are_told_once() {
    let mut all = vec![server_receives(), client_receives()];
    all.extend((0..64).map(|one| wake(100 + one, Hint::Receive, None, &[SERVER])));
    let found = explained(&two(), vec![], all);
    assert!(found.sentence.contains("先说话"), "{}", found.sentence);
    let waiters: Vec<&Waiter> = found.waiters().collect();
    let counts: Vec<usize> = waiters.iter().map(|waiter| waiter.count).collect();
    assert_eq!(counts, [1, 1, 64]);
    assert_eq!(waiters[2].call, "从通道接收（recv）");
}

/// Kind, certainty and culprit of the cause.
fn diagnosis(cause: &Cause) -> (Code, Certainty, Option<usize>) {
    (cause.code, cause.certainty, cause.culprit)
}

#[test]
fn what_locks_and_threads_wait_for_is_proved_only_where_nobody_else_is_left() {
    use Certainty::{Candidate, Proved};
    let locks = || vec![wake(11, Hint::Lock, Some(2), &[12]), wake(12, Hint::Lock, Some(2), &[11])];
    let joins = |tid, thread| {
        waiting(
            0,
            SERVER,
            tid,
            Call::Futex { word: 1, value: 0, timeout: None },
            On::Join { thread },
        )
    };
    let with = |first: Waiting, mut rest: Vec<Waiting>| {
        rest.insert(0, first);
        rest
    };
    let reads = waiting(0, SERVER, SERVER, receive(Object::Input), On::Input);
    for (waiting, code, certainty) in [
        (vec![wake(SERVER, Hint::Lock, Some(2), &[])], Code::LockWithoutOwner, Proved),
        (locks(), Code::LocksInOppositeOrder, Candidate),
        (with(reads, locks()), Code::LockHeldByWaiter, Candidate),
        (vec![wake(SERVER, Hint::Lock, Some(2), &[9])], Code::LockHeld, Candidate),
        (vec![joins(SERVER, 11), joins(11, SERVER)], Code::ThreadsJoinEachOther, Proved),
        (
            vec![joins(SERVER, 11), wake(11, Hint::Receive, None, &[SERVER])],
            Code::ChannelNeverSent,
            Candidate,
        ),
        (vec![wake(SERVER, Hint::Receive, None, &[])], Code::ChannelNeverSent, Proved),
        (vec![wake(SERVER, Hint::Send, None, &[])], Code::ChannelNeverReceived, Proved),
        (vec![wake(SERVER, Hint::Select, None, &[])], Code::SelectNeverReady, Proved),
        (vec![wake(SERVER, Hint::Condition, None, &[9])], Code::ConditionNeverNotified, Candidate),
        (vec![wake(SERVER, Hint::Barrier, None, &[9])], Code::BarrierTooFew, Candidate),
        (vec![wake(SERVER, Hint::WaitGroup, None, &[9])], Code::WaitGroupNeverDone, Candidate),
        (vec![wake(SERVER, Hint::Park, None, &[9])], Code::ParkNeverUnparked, Candidate),
        (vec![wake(SERVER, Hint::Unknown, None, &[9])], Code::NeverWoken, Candidate),
    ] {
        let cause = explained(&one(), vec![], waiting);
        assert_eq!(diagnosis(&cause), (code, certainty, Some(0)), "{cause:#?}");
    }
}

#[test]
fn a_pipe_is_proved_only_where_nobody_else_could_write_or_read() {
    use Certainty::{Candidate, Proved};
    let parent_reads = |holders: &[i32]| {
        let on = On::Pipe { id: 2, holders: holders.to_vec(), unread: 0 };
        waiting(0, SERVER, SERVER, receive(Object::Pipe { id: 2 }), on)
    };
    let writes = |holders: &[i32]| {
        let on = On::Pipe { id: 1, holders: holders.to_vec(), unread: 65_536 };
        waiting(0, 11, 11, send(Object::Pipe { id: 1 }), on)
    };
    let locked = |holders: &[i32]| {
        let on = On::FileLock { holders: holders.to_vec() };
        waiting(0, SERVER, SERVER, Call::Other { number: 73 }, on)
    };
    let fifo = waiting(0, SERVER, SERVER, receive(Object::Input), On::Fifo { path: "f".into() });
    for (waiting, code, certainty, remedy) in [
        (
            vec![wait_for_child(), child_reads_pipe(&[SERVER])],
            Code::PipeEndLeftOpen,
            Proved,
            Some(Remedy::ClosePipeEnds),
        ),
        (vec![child_reads_pipe(&[11])], Code::PipeEndLeftOpen, Proved, Some(Remedy::ClosePipeEnds)),
        (
            vec![wait_for_child(), child_reads_pipe(&[SERVER, 77])],
            Code::PipeWriterIdle,
            Candidate,
            None,
        ),
        (
            vec![wait_for_child(), writes(&[SERVER])],
            Code::PipeNeverRead,
            Proved,
            Some(Remedy::ReadPipe),
        ),
        (
            vec![wait_for_child(), writes(&[SERVER, 77])],
            Code::PipeNeverRead,
            Candidate,
            Some(Remedy::ReadPipe),
        ),
        (
            vec![parent_reads(&[11]), child_reads_pipe(&[SERVER])],
            Code::PipesOfEachOther,
            Proved,
            None,
        ),
        (
            vec![parent_reads(&[11, 77]), child_reads_pipe(&[SERVER])],
            Code::PipesOfEachOther,
            Candidate,
            None,
        ),
        (vec![locked(&[SERVER])], Code::FileLockTakenTwice, Proved, Some(Remedy::UnlockFile)),
        (vec![locked(&[])], Code::FileLockHeld, Candidate, Some(Remedy::UnlockFile)),
        (vec![fifo], Code::FifoNeverOpened, Proved, None),
    ] {
        let cause = explained(&one(), vec![forked()], waiting);
        assert_eq!(
            (cause.code, cause.certainty, cause.remedy),
            (code, certainty, remedy),
            "{cause:#?}"
        );
    }
}

#[test]
fn input_that_the_script_would_still_type_may_come() {
    let text = "场景 试\n主 $ lesson-x\n主 | 好了\n主 < 一行\n主 结束\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    let reads = || vec![waiting(0, SERVER, SERVER, receive(Object::Input), On::Input)];
    let cause = explained(&scene, vec![], reads());
    let expected = (Code::InputNeverComes, Certainty::Candidate, Some(0));
    assert_eq!(diagnosis(&cause), expected);
    assert_eq!(explained(&one(), vec![], reads()).certainty, Certainty::Proved);
}

#[test]
fn what_is_no_standstill_has_no_cause_yet() {
    let scene = one();
    let ended = Kind::Exited { terminal: 0, exit: events::Exit::Code(3) };
    let events = [event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }), event(ended)];
    let verdict = judge(&scene, &events);
    assert_eq!(verdict.failures.len(), 1);
    assert_eq!(diagnose(&scene, &events, &verdict), []);
}
