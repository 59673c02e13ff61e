//! Failed calls: what the kernel says, what a manual page says, what forks and faults change.

use events::{Ends, Exit, Family, Line, PortState, PortUser, SocketKind, Source, Stream, Wakes};
use nix::errno::Errno;

use super::failures::{code, connect, exits, failed, leave, listens, refused, told};
use super::*;

/// What a made-up call of the server failed with.
fn misuse(call: Call, errno: Errno) -> Option<Code> {
    code(vec![failed(SERVER, call, errno)]).map(|(code, _)| code)
}

#[test]
fn a_forked_server_still_listens_and_still_has_its_connections() {
    let fork = || traced(0, SERVER, Activity::NewProcess { child: 11 });
    let closes_listener = || {
        let object = Object::Listener { local: addr(SERVER_ADDR) };
        leave(SERVER, Call::Close { fd: 3, object }, CallResult::Done(0))
    };
    let bind = Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let taken = failed(CLIENT, bind, Errno::EADDRINUSE);
    let causes = told(vec![listens(SERVER_ADDR), fork(), closes_listener(), exits(SERVER), taken]);
    assert_eq!(causes[0].code, Code::AddressHasListener);
    assert!(causes[0].sentence.contains("子进程正在"), "{}", causes[0].sentence);
    // the parent's copy is closed, the child's is not
    let (local, peer) = (Some(addr(SERVER_ADDR)), Some(addr(CLIENT_ADDR)));
    let accepts =
        leave(SERVER, Call::Accept { fd: 3, local, peer, client: None }, CallResult::Done(4));
    let closes =
        leave(SERVER, Call::Close { fd: 4, object: connection(SERVER) }, CallResult::Done(0));
    let child_ends = traced(0, 11, Activity::Exited(Exit::Code(0)));
    let broken = failed(CLIENT, send(connection(CLIENT)), Errno::EPIPE);
    let causes = told(vec![listens(SERVER_ADDR), accepts, fork(), closes, child_ends, broken]);
    assert_eq!(causes[0].code, Code::PeerHasClosed);
    assert!(causes[0].sentence.contains("子进程已经结束了"), "{}", causes[0].sentence);
}

#[test]
fn who_listens_and_is_reached_has_not_stopped_to_listen() {
    // a firewall, or a kernel that has no room: nothing that is known
    let causes = told(vec![listens(SERVER_ADDR), refused()]);
    assert!(causes.iter().all(|cause| cause.code != Code::NoLongerListens), "{causes:#?}");
    let only = Call::SetOption { fd: 3, option: "IPV6_V6ONLY".into(), value: Some(1) };
    let only = leave(SERVER, only, CallResult::Done(0));
    let story = vec![only, listens("[::]:8888"), refused()];
    assert_eq!(code(story).map(|(code, _)| code), Some(Code::ListensOnOtherFamily));
}

#[test]
fn the_kernel_says_who_has_a_port() {
    let bind = Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let taken = || failed(SERVER, bind.clone(), Errno::EADDRINUSE);
    let says = |state, peer: Option<&str>, holders: &[i32]| {
        let (local, peer, holders) = (addr(SERVER_ADDR), peer.map(addr), holders.to_vec());
        let by = vec![PortUser { local, peer, state, holders }];
        traced(0, SERVER, Activity::PortTaken { by })
    };
    let proved = |code| Some((code, Certainty::Proved));
    let left = PortState::Remains { left: Duration::from_secs(40) };
    let remains = vec![taken(), says(left, Some(CLIENT_ADDR), &[])];
    let causes = told(remains.clone());
    assert_eq!(code(remains), proved(Code::AddressInTimeWait));
    assert!(causes[0].sentence.contains("还要 40 秒"), "{}", causes[0].sentence);
    let stranger = vec![taken(), says(PortState::Listens, None, &[])];
    assert_eq!(code(stranger), proved(Code::PortTakenElsewhere));
    let kept = vec![taken(), says(PortState::Connected, Some(CLIENT_ADDR), &[CLIENT])];
    assert_eq!(code(kept), proved(Code::AddressHasConnection));
    assert_eq!(code(vec![taken(), traced(0, SERVER, Activity::PortTaken { by: vec![] })]), None);
}

#[test]
fn what_manual_pages_say_of_an_error() {
    let to_unix = || Call::Connect { fd: 3, peer: None, local: None, socket: None };
    let made = |family, kind| leave(SERVER, Call::Socket { family, kind }, CallResult::Done(3));
    let unix = || made(Family::Unix, SocketKind::Stream);
    let code = |story| code(story).map(|(code, _)| code);
    assert_eq!(misuse(connect(SERVER_ADDR), Errno::EISCONN), Some(Code::ConnectedTwice));
    assert_eq!(misuse(connect("8.8.8.8:53"), Errno::ENETUNREACH), Some(Code::NetworkUnreachable));
    assert_eq!(misuse(connect(SERVER_ADDR), Errno::EINPROGRESS), None);
    assert_eq!(misuse(to_unix(), Errno::ENOENT), None, "of what family it is is not known");
    let missing = vec![unix(), failed(SERVER, to_unix(), Errno::ENOENT)];
    assert_eq!(code(missing), Some(Code::NoSuchSocketFile));
    let stale = vec![unix(), failed(SERVER, to_unix(), Errno::ECONNREFUSED)];
    assert_eq!(code(stale), Some(Code::NobodyListens));
    let bind = |at| Call::Bind { fd: 3, addr: Some(addr(at)) };
    assert_eq!(misuse(bind("10.9.8.7:80"), Errno::EADDRNOTAVAIL), Some(Code::AddressNotHere));
    assert_eq!(misuse(bind("127.0.0.1:80"), Errno::EACCES), Some(Code::PortIsPrivileged));
    assert_eq!(misuse(bind("127.0.0.1:8080"), Errno::EACCES), None);
    let socket = Call::Socket { family: Family::Ipv4, kind: SocketKind::Stream };
    assert_eq!(misuse(socket, Errno::EMFILE), Some(Code::TooManyOpen));
    let accept = || Call::Accept { fd: 3, local: None, peer: None, client: None };
    assert_eq!(misuse(accept(), Errno::EBADF), Some(Code::NotOpen));
    assert_eq!(misuse(accept(), Errno::EAGAIN), None, "who does not wait is told so");
    let datagram = |bytes| {
        let call = |bytes| {
            let data = Data { bytes, ..Data::default() };
            Call::Send { fd: 3, object: Object::Socket { id: 7 }, data }
        };
        let enter = traced(0, SERVER, Activity::Enter(call(bytes)));
        let made = made(Family::Ipv4, SocketKind::Datagram);
        vec![made, enter, failed(SERVER, call(0), Errno::EMSGSIZE)]
    };
    assert_eq!(code(datagram(70_000)), Some(Code::DatagramTooLong));
    assert_eq!(code(datagram(1_000)), None);
}

#[test]
fn text_that_ends_inside_a_character() {
    let got = |bytes: &[u8]| {
        let data = Data::new(bytes, bytes.len() as u64).asking(4);
        let call = Call::Receive { fd: 4, object: connection(SERVER), data };
        leave(SERVER, call, CallResult::Done(bytes.len() as i64))
    };
    let says = |text: &str| {
        let (stream, text) = (Stream::Err, text.to_owned());
        event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source: None }))
    };
    let python = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe5: unexpected end of data";
    let cut = &"你好".as_bytes()[..4];
    // of a datagram nothing comes later: there may have been more of it, if it has filled the buffer
    let datagram = |asked: u64| {
        let own = addr(SERVER_ADDR);
        let ends = Some(Ends::Datagram { own, other: None });
        let data = Data { ends, ..Data::new(cut, 4).asking(asked) };
        let call = Call::Receive { fd: 4, object: Object::Socket { id: 1 }, data };
        code(vec![leave(SERVER, call, CallResult::Done(4)), says(python)])
    };
    assert_eq!(datagram(4), Some((Code::DatagramCut, Certainty::Candidate)));
    assert_eq!(datagram(100), None);
    let told = Some((Code::TextCutInCharacter, Certainty::Proved));
    assert_eq!(code(vec![got(cut), says(python)]), told);
    assert_eq!(code(vec![got("你好".as_bytes()), says(python)]), None, "it decodes something else");
    assert_eq!(code(vec![got(cut), says("hello")]), None);
}

#[test]
fn a_fault_is_not_a_signal_that_somebody_has_sent() {
    let killed = || traced(0, 11, Activity::Exited(Exit::Signal(11)));
    let signal = |from| traced(0, 11, Activity::Signal { number: 11, from });
    let fault = code(vec![forked(), signal(None), killed()]);
    assert_eq!(fault.map(|one| one.0), Some(Code::KilledByFault));
    assert_eq!(code(vec![forked(), signal(Some(SERVER)), killed()]), None);
    let terminated = traced(0, 11, Activity::Exited(Exit::Signal(15)));
    assert_eq!(code(vec![forked(), terminated]), None);
}

#[test]
fn who_was_killed_has_no_exit_code() {
    let waited = |ended| {
        let call = Call::Wait { child: Some(11), ended: Some(ended) };
        leave(SERVER, call, CallResult::Done(11))
    };
    let panics = || {
        let text = "called `Option::unwrap()` on a `None` value".to_owned();
        let source = Some(Source { pid: SERVER, tid: SERVER });
        let stream = Stream::Err;
        event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source }))
    };
    let told = Some((Code::NoExitCode, Certainty::Candidate));
    assert_eq!(code(vec![forked(), waited(Exit::Signal(9)), panics()]), told);
    assert_eq!(code(vec![forked(), waited(Exit::Code(9)), panics()]), None);
    let meanwhile = leave(SERVER, receive(connection(SERVER)), CallResult::Done(2));
    assert_eq!(code(vec![forked(), waited(Exit::Signal(9)), meanwhile, panics()]), None);
}

#[test]
fn who_computes_and_ends_was_not_lost() {
    let (terminal, pid, tid, cpu) = (0, SERVER, SERVER, Duration::from_secs(5));
    let computing =
        || event(Kind::Computing { terminal, pid, tid, cpu, repeats: None, place: None });
    assert_eq!(code(vec![computing()]).map(|one| one.0), Some(Code::ComputesForEver));
    assert_eq!(code(vec![computing(), exits(SERVER)]), None);
    let connects = leave(SERVER, connect(SERVER_ADDR), CallResult::Done(0));
    assert_eq!(code(vec![computing(), connects]), None, "it went on");
}

/// What it says of a thread of the server that was found to make a call again and again, after these events.
fn asks(mut story: Vec<Event>, call: &str) -> Vec<Cause> {
    let (terminal, pid, tid, cpu) = (0, SERVER, SERVER, Duration::from_secs(1));
    let repeats = Some(call.to_owned());
    story.push(event(Kind::Computing { terminal, pid, tid, cpu, repeats, place: None }));
    told(story)
}

#[test]
fn who_asks_for_a_child_that_has_ended() {
    let asked = || leave(SERVER, Call::Kill { target: 11, signal: 0 }, CallResult::Done(0));
    let ended = || traced(0, 11, Activity::Exited(Exit::Code(7)));
    let causes = asks(vec![forked(), asked(), ended(), asked(), asked()], "kill");
    assert_eq!(causes[0].code, Code::AsksForZombie);
    let says = &causes[0].sentence;
    assert!(says.contains("退出码 7") && says.contains("问了 2 次"), "{says}");
    // it lives, or is nobody's child here
    for story in [vec![forked(), asked()], vec![ended(), asked()]] {
        assert_eq!(asks(story, "kill")[0].code, Code::AsksForEver);
    }
    let wait = Call::Wait { child: Some(11), ended: Some(Exit::Code(7)) };
    let waits = leave(SERVER, wait, CallResult::Done(11));
    let story = vec![forked(), ended(), waits, asked()];
    assert_eq!(asks(story, "kill")[0].code, Code::AsksForEver, "it was waited for");
}

#[test]
fn who_asks_for_what_does_not_come() {
    let again = failed(SERVER, receive(connection(SERVER)), Errno::EAGAIN);
    let causes = asks(vec![again], "recv");
    let cause = causes.iter().find(|cause| cause.code == Code::AsksForEver).unwrap();
    assert!(cause.sentence.contains("一遍一遍地调用 recv"), "{}", cause.sentence);
    assert!(cause.sentence.ends_with("每次都是「现在还没有」（EAGAIN）"), "{}", cause.sentence);
    let ended = leave(SERVER, receive(connection(SERVER)), CallResult::Done(0));
    let causes = asks(vec![ended], "recv");
    let cause = causes.iter().find(|cause| cause.code == Code::AsksForEver).unwrap();
    assert!(cause.sentence.ends_with("每次都是 0 字节"), "{}", cause.sentence);
    let causes = asks(Vec::new(), "sched_yield");
    // what it computes in between nobody sees
    assert_eq!(
        causes[0].sentence,
        "「服务器端」一遍一遍地让出处理器（sched_yield），没有做别的看得到的系统调用"
    );
}

#[test]
fn who_asks_and_then_goes_on_was_not_lost() {
    let goes_on = |then: Vec<Event>| {
        let mut story = vec![event(Kind::Computing {
            terminal: 0,
            pid: SERVER,
            tid: SERVER,
            cpu: Duration::from_secs(1),
            repeats: Some("sched_yield".to_owned()),
            place: None,
        })];
        story.extend(then);
        code(story)
    };
    let lost = Some((Code::AsksForEver, Certainty::Proved));
    assert_eq!(goes_on(vec![exits(SERVER)]), None);
    assert_eq!(goes_on(vec![leave(SERVER, connect(SERVER_ADDR), CallResult::Done(0))]), None);
    let kill = Call::Kill { target: 11, signal: 0 };
    assert_eq!(goes_on(vec![leave(SERVER, kill, CallResult::Done(0))]), lost, "it may be the same");
    assert_eq!(goes_on(vec![exits(CLIENT)]), lost, "that was another");
}

/// Of a lull no cause is more than a candidate, and who wakes is said.
#[test]
fn who_wakes_from_time_to_time_may_have_something_in_mind() {
    let waits = vec![wait_for_child(), child_reads_pipe(&[SERVER])];
    let wakes =
        Wakes { pid: SERVER, tid: SERVER, every: Duration::from_secs(1), times: 59, signal: None };
    let (length, wakes) = (Duration::from_secs(60), vec![wakes]);
    let lull = event(Kind::Lull { length, waiting: waits, wakes, goes_on: false });
    let causes = crate::explain(&one(), &[forked(), lull]);
    assert_eq!(causes[0].certainty, Certainty::Candidate);
    let fact = causes[0].fact.as_deref().unwrap();
    assert!(fact.contains("60 秒里谁也没有做别的") && fact.contains("每 1.0 秒"), "{fact}");
}

/// What is said of a lull of the server's second thread, which the first waits for; then this happens.
fn lull(asleep: Call, signal: Option<i32>, then: Vec<Event>) -> Vec<Cause> {
    let sleeps = Waiting { tid: 11, ..waiting(0, SERVER, SERVER, asleep, On::Unknown) };
    let (every, times) = (Duration::from_millis(2), 5_000);
    let wakes = vec![Wakes { pid: SERVER, tid: 11, every, times, signal }];
    let (length, waiting) = (Duration::from_secs(10), vec![join(11), sleeps]);
    let lull = event(Kind::Lull { length, waiting, wakes, goes_on: true });
    crate::explain(&one(), &[vec![lull], then].concat())
}

#[test]
fn who_is_joined_while_he_sleeps_again_and_again_may_look_at_a_flag() {
    let sleep = || Call::Sleep { length: Duration::from_millis(2) };
    let causes = lull(sleep(), None, vec![]);
    let said = (causes[0].code, causes[0].certainty);
    assert_eq!(said, (Code::JoinedWhileItSleeps, Certainty::Candidate));
    assert!(causes[0].fact.as_deref().unwrap().contains("每 2.0 毫秒醒来一次"), "{causes:#?}");
    let polls = Call::Poll { fds: vec![3], timeout: Some(Duration::from_millis(2)) };
    assert_ne!(lull(polls, None, vec![])[0].code, Code::JoinedWhileItSleeps, "it may be answered");
    let fact = lull(sleep(), Some(14), vec![])[0].fact.clone().unwrap();
    assert!(fact.contains("每 2.0 毫秒收到一次定时器的 SIGALRM（5000 次了）"), "{fact}");
}

#[test]
fn a_lull_that_is_over_explains_nothing() {
    let sleep = || Call::Sleep { length: Duration::from_millis(2) };
    let up = Kind::OutOfTime { direction: None, listens: Vec::new(), waited: None };
    assert!(!lull(sleep(), None, vec![event(up)]).is_empty());
    assert!(lull(sleep(), None, vec![traced(0, SERVER, Activity::Enter(sleep()))]).is_empty());
}

/// The program ended badly: the report of that says why.
#[test]
fn a_bad_end_has_the_failed_call_as_its_cause() {
    let scene = two();
    let mut events = vec![event(Kind::Tracing { clock: Clock::Real })];
    for (terminal, pid) in [SERVER, CLIENT].into_iter().enumerate() {
        events.push(event(Kind::Started { terminal, pid, parent: 1 }));
    }
    events.push(refused());
    let ends = |code| {
        let mut events = events.clone();
        events.push(event(Kind::Exited { terminal: 1, exit: Exit::Code(code) }));
        let verdict = judge(&scene, &events);
        diagnose(&scene, &events, &verdict)
    };
    let causes = ends(1);
    assert_eq!(causes.iter().map(|cause| cause.code).collect::<Vec<_>>(), [Code::NobodyListens]);
    assert!(ends(0).is_empty(), "it has got over it");
    // the script says that it fails: that it does not is no matter of the connection
    let text = "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n客户端 结束 1\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    events.push(event(Kind::Exited { terminal: 1, exit: Exit::Code(0) }));
    let verdict = judge(&scene, &events);
    assert!(!verdict.failures.is_empty() && diagnose(&scene, &events, &verdict).is_empty());
}
