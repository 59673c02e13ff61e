//! Servers that wait as they should, while the script waits for a line that they have not printed, or printed otherwise.

use events::{Family, SocketKind};

use super::*;

/// The script is at its last step: it waits for a line before it stops the server.
fn named(script: &str, story: Vec<Event>, waiting: Vec<Waiting>) -> Vec<Code> {
    let scene = parse(&format!("场景 试\n主 $ lesson-x\n{script}")).unwrap().scenes.remove(0);
    let mut events = vec![event(Kind::Tracing { clock: Clock::Virtual { seed: 0 } })];
    events.push(event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }));
    events.extend(story);
    let direction = Some(scene.directions.len() - 1);
    events.push(event(Kind::Stuck { direction, waiting }));
    let verdict = judge(&scene, &events);
    assert!(verdict.failures.iter().any(|failure| failure.rule == Rule::Hang));
    diagnose(&scene, &events, &verdict).iter().map(|cause| cause.code).collect()
}

fn does(call: Call, value: i64) -> Event {
    traced(0, SERVER, Activity::Leave { call, outcome: CallResult::Done(value) })
}

/// A socket of UDP, on which a datagram has come.
fn datagram() -> Vec<Event> {
    let ends = events::Ends::Datagram { own: addr(SERVER_ADDR), other: Some(addr(CLIENT_ADDR)) };
    let data = Data { ends: Some(ends), ..Data::new(b"hi", 2) };
    let object = Object::Socket { id: 1 };
    vec![
        does(Call::Socket { family: Family::Ipv4, kind: SocketKind::Datagram }, 4),
        does(Call::Receive { fd: 4, object, data }, 2),
    ]
}

fn accepted() -> Event {
    let (local, peer) = (Some(addr(SERVER_ADDR)), Some(addr(CLIENT_ADDR)));
    does(Call::Accept { fd: 3, local, peer, client: None }, 4)
}

/// The first thread waits for the next datagram.
fn hears() -> Waiting {
    waiting(0, SERVER, SERVER, receive(Object::Socket { id: 1 }), On::Unknown)
}

fn worker() -> Waiting {
    wake(11, Hint::Receive, None, &[SERVER])
}

const STOPS: &str = "主 ! 收到了\n主 停止\n";

#[test]
fn workers_that_wait_for_the_next_client_are_not_to_blame() {
    assert_eq!(named(STOPS, datagram(), vec![hears(), worker()]), []);
    assert_eq!(named(STOPS, datagram(), vec![hears()]), []);
    assert_eq!(named(STOPS, vec![listening(), accepted()], vec![accepts(), worker()]), []);
    assert_eq!(named(STOPS, vec![listening(), accepted()], vec![accepts()]), []);
    let joins = Waiting { tid: 12, ..join(11) };
    assert_eq!(named(STOPS, datagram(), vec![hears(), joins, worker()]), []);
    // before it says that it listens
    let listens = "主 ! 开始\n主 监听 127.0.0.1:8888\n";
    assert_eq!(named(listens, vec![listening()], vec![accepts(), worker()]).first(), None);
    // the signal is what the script would send
    let signal = waiting(0, SERVER, SERVER, Call::AwaitSignal { timeout: None }, On::Signal);
    assert_eq!(named(STOPS, vec![], vec![signal.clone(), worker()]), []);
    assert_eq!(named("主 结束\n", vec![], vec![signal]), [Code::SignalNeverComes]);
}

#[test]
fn who_serves_nobody_any_more_is_told_what_it_waits_for() {
    // nobody is left that could give the worker its work
    let alone = wake(SERVER, Hint::Receive, None, &[]);
    assert_eq!(named(STOPS, vec![], vec![alone]), [Code::ChannelNeverSent]);
    let ends = "主 结束\n";
    assert_eq!(named(ends, datagram(), vec![hears(), worker()]), [Code::ChannelNeverSent]);
    // nobody has come at all
    assert_eq!(named(STOPS, vec![listening()], vec![accepts()]), [Code::ClientNeverComes]);
}
