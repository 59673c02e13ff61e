//! Every shape of a standstill, and what is said of it.

mod at_rest;
mod buffers;
mod connections;
mod cut;
mod ending;
mod everybody;
mod facts;
mod failures;
mod first_words;
mod framing;
mod given;
mod inputs;
mod lengths;
mod locks;
mod mistakes;
mod neglect;
mod never;
mod shared_pipes;
mod talk;
mod threads;
mod unkind;
mod waits;

use std::net::SocketAddr;
use std::time::Duration;

use course::script::{Scene, parse};
use events::{
    Activity, Call, CallResult, Clock, Data, Event, Hint, Kind, Object, On, Place, Waiting, Window,
};
use judge::{Rule, judge};

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
    Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None }
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

/// Kind, certainty and culprit of the cause.
fn diagnosis(cause: &Cause) -> (Code, Certainty, Option<usize>) {
    (cause.code, cause.certainty, cause.culprit)
}
