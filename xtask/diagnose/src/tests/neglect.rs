//! The program at the other end does something else.

use super::talk::*;
use super::*;

const CHILD: i32 = 11;
const TO_THE_END: &str = "while d := s.recv(9):  # HERE\n    all += d";

/// The server's child has said something on the server's connection.
fn child_says(text: &[u8]) -> Vec<Event> {
    let mut story = vec![forked()];
    for mut event in says(SERVER, text) {
        if let Kind::Traced { pid, tid, .. } = &mut event.kind {
            (*pid, *tid) = (CHILD, CHILD);
        }
        story.push(event);
    }
    story.extend(hears(CLIENT, 9, text));
    story
}

fn child_closes() -> Event {
    let call = Call::Close { fd: 4, object: connection(SERVER) };
    traced(0, CHILD, Activity::Leave { call, outcome: CallResult::Done(0) })
}

#[test]
fn a_parent_that_still_holds_the_connection() {
    let client = || python(asks(CLIENT, 9), &[], TO_THE_END);
    let closed = || [child_says(b"hello"), vec![child_closes()]].concat();
    let found = causes(closed(), vec![accepts(), client()]);
    assert_proved(&found, Code::ConnectionKeptOpen, Some(0));
    assert_eq!(
        found[0].sentence,
        "「客户端」要读到流的末尾；「服务器端」的子进程已经关了它的那一份，可「服务器端」的父进程还开着这个连接（fork 时两边各有一份）：最后一份也关掉，「客户端」才会收到末尾"
    );
    // without its stack it is not known that the client waits for the end
    let found = causes(closed(), vec![accepts(), asks(CLIENT, 9)]);
    assert_eq!(codes(&found), (vec![Code::ConnectionKeptOpen], false), "{found:#?}");
    // the child has not closed its copy
    let found = causes(child_says(b"hello"), vec![accepts(), client()]);
    assert_ne!(found[0].code, Code::ConnectionKeptOpen, "{found:#?}");
    // the parent serves the connection itself
    let found = causes(closed(), vec![asks(SERVER, 9), client()]);
    assert_ne!(found[0].code, Code::ConnectionKeptOpen, "{found:#?}");
}

#[test]
fn a_server_that_reads_one_message_of_each_connection() {
    let mut client = asks(CLIENT, 9);
    if let On::Peer { unread_there, .. } = &mut client.on {
        *unread_there = 3;
    }
    let story = [says(CLIENT, b"one"), hears(SERVER, 9, b"one"), says(CLIENT, b"two")].concat();
    let found = causes(story, vec![accepts(), client]);
    assert_proved(&found, Code::ConnectionNeglected, Some(0));
    assert!(found[0].sentence.contains("（它只收过 1 次）；「客户端」发来的 3 字节"), "{found:#?}");
}

#[test]
fn whoever_would_speak_waits_for_somebody_who_types() {
    let types = waiting(1, CLIENT, CLIENT, receive(Object::Input), On::Input);
    let listens = Waiting { tid: 21, ..client_receives() };
    let found = causes(vec![], vec![server_receives(), types, listens]);
    assert_eq!(found[0].code, Code::PeerWaitsElsewhere, "{found:#?}");
    assert!(found[0].sentence.ends_with("却在等有人输入"), "{found:#?}");
}

#[test]
fn a_server_that_serves_one_at_a_time() {
    let other = || {
        let object = Object::Connection { local: addr("127.0.0.1:40001"), peer: addr(SERVER_ADDR) };
        let mut one = waiting(1, 30, 30, receive(object), peer(SERVER));
        if let On::Peer { unread_there, .. } = &mut one.on {
            *unread_there = 5;
        }
        one
    };
    let found = causes(vec![], vec![server_receives(), client_receives(), other()]);
    assert_candidates(&found, Code::ServesOneAtATime);
    assert_eq!(found[0].culprit, Some(0));
    // nobody else has said anything
    let mut silent = other();
    if let On::Peer { unread_there, .. } = &mut silent.on {
        *unread_there = 0;
    }
    let found = causes(vec![], vec![server_receives(), client_receives(), silent]);
    assert_proved(&found, Code::BothListen, None);
}

/// It has answered a client that has nothing more to say, and another who has spoken stands in its queue.
#[test]
fn who_has_polled_may_be_meant_to_serve_several() {
    let next = || Object::Connection { local: addr("127.0.0.1:40001"), peer: addr(SERVER_ADDR) };
    let mut queued = waiting(1, 30, 30, receive(next()), peer(SERVER));
    if let On::Peer { holders, unaccepted, .. } = &mut queued.on {
        holders.clear();
        *unaccepted = true;
    }
    let greets = [Activity::Enter(send(next())), {
        Activity::Leave { call: send(next()), outcome: CallResult::Done(2) }
    }];
    let story = || {
        let talk = [says(CLIENT, b"hi"), hears(SERVER, 9, b"hi"), says(SERVER, b"hi")].concat();
        let greets = greets.iter().map(|activity| traced(1, 30, activity.clone()));
        [vec![listening()], talk, hears(CLIENT, 9, b"hi"), greets.collect()].concat()
    };
    let all = || vec![server_receives(), client_receives(), queued.clone()];
    assert_proved(&causes(story(), all()), Code::ServesOneAtATime, Some(0));
    let poll = Call::Poll { fds: vec![3], timeout: None };
    let polled = traced(0, SERVER, Activity::Leave { call: poll, outcome: CallResult::Done(1) });
    let found = causes([story(), vec![polled]].concat(), all());
    assert_candidates(&found, Code::ServesOneAtATime);
}

/// With the ends between which the bytes of a call went.
fn between(mut event: Event, ends: events::Ends) -> Event {
    let Kind::Traced { activity, .. } = &mut event.kind else { panic!() };
    if let Activity::Leave {
        call: Call::Send { data, object, .. } | Call::Receive { data, object, .. },
        ..
    } = activity
    {
        data.ends = Some(ends);
        *object =
            Object::Socket { id: if let events::Ends::Unix { own, .. } = ends { own } else { 7 } };
    }
    event
}

#[test]
fn unix_sockets_have_two_ends_too() {
    use events::Ends::Unix;
    let sent = between(says(CLIENT, b"hello").remove(1), Unix { own: 2, other: 1 });
    let got = between(hears(SERVER, 9, b"hello").remove(0), Unix { own: 1, other: 2 });
    let waits =
        |program, pid, id| waiting(program, pid, pid, receive(Object::Socket { id }), On::Unknown);
    let all = || vec![waits(0, SERVER, 1), waits(1, CLIENT, 2)];
    let found = causes(vec![sent, got], all());
    assert_candidates(&found, Code::NewlineMissing);
    assert_eq!(found[0].culprit, Some(1));
    // nothing tells that they are connected
    let found = causes(vec![], all());
    assert_eq!(found[0].code, Code::SocketNeverSpokenTo, "{found:#?}");
}

#[test]
fn a_datagram_that_went_where_nobody_is() {
    let made = Call::Socket { family: events::Family::Ipv4, kind: events::SocketKind::Datagram };
    let made = traced(0, SERVER, Activity::Leave { call: made, outcome: CallResult::Done(4) });
    let bound = Call::Bind { fd: 4, addr: Some(addr(SERVER_ADDR)) };
    let bound = traced(0, SERVER, Activity::Leave { call: bound, outcome: CallResult::Done(0) });
    let sent = |to: &str| {
        let ends = events::Ends::Datagram { own: addr(CLIENT_ADDR), other: Some(addr(to)) };
        between(says(CLIENT, b"hi").remove(1), ends)
    };
    let waits = || vec![waiting(0, SERVER, SERVER, receive(Object::Socket { id: 1 }), On::Unknown)];
    let found = causes(vec![made.clone(), bound.clone(), sent("127.0.0.1:8889")], waits());
    assert_proved(&found, Code::SocketNeverSpokenTo, Some(1));
    assert!(
        found[0].sentence.ends_with("发到了 127.0.0.1:8889，没有哪个程序绑定（bind）在那里"),
        "{found:#?}"
    );
    let found = causes(vec![made, bound, sent(SERVER_ADDR)], waits());
    assert_proved(&found, Code::SocketNeverSpokenTo, Some(0));
}

#[test]
fn a_datagram_that_was_cut_is_not_proved_to_keep_a_server_that_is_only_to_be_stopped() {
    let datagram = |pid: i32| {
        let (own, other) = match pid {
            CLIENT => (addr(CLIENT_ADDR), addr(SERVER_ADDR)),
            _ => (addr(SERVER_ADDR), addr(CLIENT_ADDR)),
        };
        events::Ends::Datagram { own, other: Some(other) }
    };
    let made = Call::Socket { family: events::Family::Ipv4, kind: events::SocketKind::Datagram };
    let made = traced(0, SERVER, Activity::Leave { call: made, outcome: CallResult::Done(4) });
    let sent = between(says(CLIENT, b"temp=11;wave=2").remove(1), datagram(CLIENT));
    let got = between(hears(SERVER, 8, b"temp=11;").remove(0), datagram(SERVER));
    let certainty = |awaited: &str| {
        let text = format!("场景 试\n服务器端 $ lesson-s\n服务器端 {awaited}\n客户端 $ lesson-c\n");
        let scene = parse(&text).unwrap().scenes.remove(0);
        let waits = waiting(0, SERVER, SERVER, receive(Object::Socket { id: 7 }), On::Unknown);
        let story = vec![made.clone(), sent.clone(), got.clone()];
        let cause = explained(&scene, story, vec![waits]);
        (cause.code, cause.certainty)
    };
    assert_eq!(certainty("结束"), (Code::DatagramCut, Certainty::Proved));
    assert_eq!(certainty("停止"), (Code::DatagramCut, Certainty::Candidate));
}

/// A socket of UDP that was connected, with which a process waits.
fn connected_socket(pid: i32) -> Vec<Event> {
    let made = Call::Socket { family: events::Family::Ipv4, kind: events::SocketKind::Datagram };
    let made = Activity::Leave { call: made, outcome: CallResult::Done(4) };
    vec![traced(usize::from(pid == CLIENT), pid, made)]
}

#[test]
fn two_sockets_of_udp_have_neither_lines_nor_an_end() {
    let ends = |pid: i32| {
        let (own, other) = match pid {
            CLIENT => (addr(CLIENT_ADDR), addr(SERVER_ADDR)),
            _ => (addr(SERVER_ADDR), addr(CLIENT_ADDR)),
        };
        events::Ends::Datagram { own, other: Some(other) }
    };
    let sockets = [connected_socket(SERVER), connected_socket(CLIENT)].concat();
    let found = |sent: &[u8], got: &[u8]| {
        let sent = between(says(CLIENT, sent).remove(1), ends(CLIENT));
        let got = between(hears(SERVER, 8, got).remove(0), ends(SERVER));
        let story = [sockets.clone(), vec![sent, got]].concat();
        causes(story, vec![server_receives(), client_receives()])
    };
    // what came ends inside a character
    let sent = "明信片\n".as_bytes();
    let cut = found(sent, &sent[..8]);
    assert_proved(&cut, Code::DatagramCut, Some(0));
    assert!(cut[0].sentence.contains("放不下的 2 字节被内核扔掉了（recv(2)）"), "{cut:#?}");
    let whole = found(b"hi", b"hi");
    assert_eq!((whole.len(), whole[0].code), (1, Code::AnswerNeverComes), "{whole:#?}");
    assert_eq!(whole[0].certainty, Certainty::Candidate);
    let silent = causes(sockets.clone(), vec![server_receives(), client_receives()]);
    assert_proved(&silent, Code::BothListen, None);
}

#[test]
fn whoever_reads_to_the_end_waits_until_the_connection_is_closed() {
    let to_end =
        ["recv", "std::net::tcp::TcpStream as std::io::Read::read", "std::io::default_read_to_end"];
    let story = [
        says(CLIENT, b"one\n"),
        hears(SERVER, 1024, b"one\n"),
        says(SERVER, b"first"),
        hears(CLIENT, 32, b"first"),
    ];
    let advice = |client| {
        let found = causes(story.concat(), vec![accepts(), client]);
        assert_proved(&found, Code::ConnectionNeglected, Some(0));
        found[0].advice.clone().unwrap()
    };
    let said = advice(rust(asks(CLIENT, 32), &to_end, ""));
    assert!(
        said.starts_with("「服务器端」答完就关闭这个连接") && !said.contains("循环接收"),
        "{said}"
    );
    assert!(advice(asks(CLIENT, 32)).starts_with("「服务器端」说完了就关闭这个连接"));
}
