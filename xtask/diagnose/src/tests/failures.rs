//! Calls that failed, and what ends left undone.

use events::{Exit, Half};
use nix::errno::Errno;

use super::super::explain;
use super::*;

const DONE: CallResult = CallResult::Done(0);

pub(super) fn leave(pid: i32, call: Call, outcome: CallResult) -> Event {
    traced(usize::from(pid == CLIENT), pid, Activity::Leave { call, outcome })
}

pub(super) fn failed(pid: i32, call: Call, errno: Errno) -> Event {
    leave(pid, call, CallResult::Failed(errno as i32))
}

pub(super) fn connect(to: &str) -> Call {
    Call::Connect { fd: 3, peer: Some(addr(to)), local: None, socket: None }
}

pub(super) fn refused() -> Event {
    failed(CLIENT, connect(SERVER_ADDR), Errno::ECONNREFUSED)
}

pub(super) fn listens(at: &str) -> Event {
    let call = Call::Listen { fd: 3, addr: Some(addr(at)), backlog: 5 };
    leave(SERVER, call, CallResult::Done(0))
}

pub(super) fn exits(pid: i32) -> Event {
    traced(usize::from(pid == CLIENT), pid, Activity::Exited(Exit::Code(0)))
}

fn closes(pid: i32) -> Event {
    let call = Call::Close { fd: 4, object: connection(pid) };
    leave(pid, call, CallResult::Done(0))
}

pub(super) fn told(story: Vec<Event>) -> Vec<Cause> {
    let mut events = vec![event(Kind::Tracing { clock: Clock::Real })];
    for (terminal, pid) in [SERVER, CLIENT].into_iter().enumerate() {
        events.push(event(Kind::Started { terminal, pid, parent: 1 }));
    }
    events.extend(story);
    explain(&two(), &events)
}

pub(super) fn code(story: Vec<Event>) -> Option<(Code, Certainty)> {
    let causes = told(story);
    assert!(causes.len() <= 1, "{causes:#?}");
    causes.first().map(|cause| (cause.code, cause.certainty))
}

#[test]
fn a_refused_connection_says_who_listens_where_and_when() {
    let proved = |code| Some((code, Certainty::Proved));
    assert_eq!(code(vec![refused()]), proved(Code::NobodyListens));
    assert_eq!(code(vec![listens("[::1]:8888"), refused()]), proved(Code::ListensOnOtherFamily));
    assert_eq!(
        code(vec![listens("127.0.0.2:8888"), refused()]),
        proved(Code::ListensOnOtherAddress)
    );
    assert_eq!(code(vec![listens("127.0.0.1:8889"), refused()]), proved(Code::ListensOnOtherPort));
    // 8888 is 0x22b8, 47138 is 0xb822
    let swapped = code(vec![listens("127.0.0.1:47138"), refused()]);
    assert_eq!(swapped, Some((Code::PortByteOrder, Certainty::Candidate)));
    let ended = vec![listens(SERVER_ADDR), exits(SERVER), refused()];
    assert_eq!(code(ended), proved(Code::NoLongerListens));
    assert_eq!(code(vec![refused(), listens(SERVER_ADDR)]), proved(Code::NotYetListening));
    let bind = Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let unbound = vec![failed(SERVER, bind, Errno::EACCES), refused()];
    assert_eq!(code(unbound), proved(Code::ServerCouldNotBind));
}

#[test]
fn who_gets_through_in_the_end_was_not_refused() {
    let again = leave(CLIENT, connect(SERVER_ADDR), CallResult::Done(0));
    assert_eq!(code(vec![refused(), listens(SERVER_ADDR), again]), None);
    let first = failed(CLIENT, connect("[::1]:8888"), Errno::ECONNREFUSED);
    let other = leave(CLIENT, connect(SERVER_ADDR), CallResult::Done(0));
    assert_eq!(code(vec![listens(SERVER_ADDR), first, other]), None, "one address after the other");
    assert_eq!(code(vec![failed(CLIENT, connect(SERVER_ADDR), Errno::EINPROGRESS)]), None);
}

#[test]
fn an_address_in_use_has_an_owner() {
    let bind = || Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let taken = || failed(CLIENT, bind(), Errno::EADDRINUSE);
    let causes = told(vec![listens(SERVER_ADDR), taken()]);
    assert_eq!(causes[0].code, Code::AddressHasListener);
    assert!(causes[0].sentence.contains("「服务器端」正在"), "{}", causes[0].sentence);
    assert_eq!(
        code(vec![listens("0.0.0.0:8888"), taken()]),
        Some((causes[0].code, Certainty::Proved))
    );
    assert_eq!(code(vec![listens("127.0.0.2:8888"), taken()]), None, "the port of another address");
    let closed_first = vec![sent(SERVER), closes(SERVER), closes(CLIENT), taken()];
    assert_eq!(code(closed_first), Some((Code::AddressInTimeWait, Certainty::Candidate)));
    // the client closed first: nothing of it stays at the server's port
    assert_eq!(code(vec![sent(SERVER), closes(CLIENT), closes(SERVER), taken()]), None);
}

#[test]
fn a_reset_says_how_much_was_not_read() {
    let receive = || receive(connection(SERVER));
    let reset = || failed(SERVER, receive(), Errno::ECONNRESET);
    let is_sent = || leave(SERVER, send(connection(SERVER)), CallResult::Done(2));
    // the other may be told to have closed while the send is not yet told to be over
    let unsure = vec![sent(SERVER), closes(CLIENT), is_sent(), reset()];
    assert_eq!(code(unsure), Some((Code::ResetWithUnread, Certainty::Proved)));
    let told_late = vec![sent(SERVER), is_sent(), reset(), closes(CLIENT)];
    assert_eq!(code(told_late), Some((Code::ResetWithUnread, Certainty::Proved)));
    let story = vec![sent(SERVER), is_sent(), closes(CLIENT), reset()];
    let causes = told(story);
    assert_eq!((causes[0].code, causes[0].certainty), (Code::ResetWithUnread, Certainty::Proved));
    assert!(causes[0].sentence.contains("2 字节没有读"), "{}", causes[0].sentence);
    let broken = failed(SERVER, send(connection(SERVER)), Errno::EPIPE);
    let read_all = {
        let data = Data::new(b"hi", 2);
        let call = Call::Receive { fd: 4, object: connection(CLIENT), data };
        leave(CLIENT, call, CallResult::Done(2))
    };
    let story = vec![sent(SERVER), read_all, closes(CLIENT), broken];
    assert_eq!(code(story), Some((Code::PeerHasClosed, Certainty::Proved)));
    assert_eq!(code(vec![reset()]), None, "nothing is known of it");
    let half = Call::Shutdown { fd: 4, object: connection(CLIENT), how: Half::Write };
    let half = leave(CLIENT, half, CallResult::Done(0));
    assert_eq!(code(vec![half, sent(SERVER)]), None);
}

/// The sentence about the server's write into a pipe that the client has read from, which failed between these events.
fn broken_pipe(before: Vec<Event>, after: Vec<Event>) -> String {
    let pipe = || Object::Pipe { id: 1 };
    let data = Data::new(b"hello", 5);
    let reads = Call::Receive { fd: 0, object: pipe(), data };
    let reads = leave(CLIENT, reads, CallResult::Done(5));
    let writes = failed(SERVER, send(pipe()), Errno::EPIPE);
    let causes = told([vec![reads], before, vec![writes], after].concat());
    assert_eq!((causes[0].code, causes[0].certainty), (Code::PipeHasNoReader, Certainty::Proved));
    causes[0].sentence.clone()
}

#[test]
fn a_broken_pipe_says_how_its_reader_left() {
    let ended = |code| traced(1, CLIENT, Activity::Exited(Exit::Code(code)));
    let closes = || leave(CLIENT, Call::Close { fd: 0, object: Object::Pipe { id: 1 } }, DONE);
    let said = broken_pipe(vec![ended(0)], vec![]);
    assert!(said.ends_with("读它的「客户端」读了 5 字节，就正常结束了（退出码 0）"), "{said}");
    let said = broken_pipe(vec![ended(1)], vec![]);
    assert!(said.ends_with("就结束了（退出码 1）"), "{said}");
    let said = broken_pipe(vec![closes()], vec![ended(1)]);
    assert!(said.ends_with("就结束了（退出码 1）"), "its end is told a little late: {said}");
    let said =
        broken_pipe(vec![closes()], vec![leave(CLIENT, connect(SERVER_ADDR), DONE), ended(1)]);
    assert!(said.ends_with("就关闭了读端"), "it went on, and ended for another reason: {said}");
    let said = broken_pipe(vec![closes()], vec![]);
    assert!(said.ends_with("就关闭了读端"), "{said}");
}

#[test]
fn calls_in_the_wrong_order() {
    let accept = Call::Accept { fd: 3, local: None, peer: None, client: None };
    let accepts = failed(SERVER, accept, Errno::EINVAL);
    assert_eq!(code(vec![accepts]), Some((Code::AcceptWithoutListen, Certainty::Proved)));
    let bind = || Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let first = leave(SERVER, bind(), CallResult::Done(0));
    let second = || failed(SERVER, bind(), Errno::EINVAL);
    assert_eq!(code(vec![first, second()]), Some((Code::BoundTwice, Certainty::Proved)));
    assert_eq!(code(vec![second()]), None, "EINVAL has other reasons");
}

#[test]
fn threads_that_sleep_when_main_ends_are_gone_and_those_that_wait_are_not_missed() {
    let made = || traced(0, SERVER, Activity::NewThread { child: 11 });
    let of_thread = |activity| event(Kind::Traced { terminal: 0, pid: SERVER, tid: 11, activity });
    let sleeps = || of_thread(Activity::Enter(Call::Sleep { length: Duration::from_secs(1) }));
    let left = Some((Code::ThreadsLeftBehind, Certainty::Proved));
    assert_eq!(code(vec![made(), sleeps(), exits(SERVER)]), left);
    let perhaps = Some((Code::ThreadsLeftBehind, Certainty::Candidate));
    assert_eq!(
        code(vec![made(), exits(SERVER)]),
        perhaps,
        "it may wait in a call that is not told"
    );
    let program = "/usr/bin/python3".to_owned();
    let python = traced(0, SERVER, Activity::Exec { program, args: vec![] });
    assert_eq!(code(vec![python, made(), exits(SERVER)]), None, "Python joins those it cares for");
    let ended = of_thread(Activity::ThreadEnded);
    assert_eq!(code(vec![made(), sleeps(), ended, exits(SERVER)]), None);
    let waits = of_thread(Activity::Enter(receive(connection(SERVER))));
    assert_eq!(code(vec![made(), waits, exits(SERVER)]), None);
}

/// That a process has ended says neither that its main thread ended it, nor what its threads had still to do.
#[test]
fn of_threads_left_behind_no_more_is_said_than_was_seen() {
    let made = |child| traced(0, SERVER, Activity::NewThread { child });
    let sleeps = |tid| {
        let activity = Activity::Enter(Call::Sleep { length: Duration::from_secs(1) });
        event(Kind::Traced { terminal: 0, pid: SERVER, tid, activity })
    };
    let said = |story| told(story).remove(0).sentence;
    assert_eq!(
        said(vec![made(11), made(12), sleeps(11), sleeps(12), exits(SERVER)]),
        "「服务器端」结束时，它还有 2 个线程在睡眠：进程一结束，它们也没了"
    );
    assert_eq!(
        said(vec![made(11), made(12), sleeps(11), exits(SERVER)]),
        "「服务器端」结束时，它还有 1 个线程在睡眠：进程一结束，它们也没了"
    );
    assert_eq!(
        said(vec![made(11), exits(SERVER)]),
        "「服务器端」结束时，它的 1 个线程还没有结束，也没有看到它们做过什么：进程一结束，它们也没了"
    );
}

#[test]
fn an_end_that_is_received_again_and_again_is_ignored() {
    let asks = |asked| {
        let data = Data::default().asking(asked);
        Call::Receive { fd: 4, object: connection(SERVER), data }
    };
    let nothing = || leave(SERVER, asks(100), CallResult::Done(0));
    let of_nothing = (0..150).map(|_| leave(SERVER, asks(0), CallResult::Done(0))).collect();
    assert_eq!(code(of_nothing), None, "who asks for 0 bytes gets them");
    let spins = (0..150).map(|_| nothing()).collect();
    assert_eq!(code(spins), Some((Code::EndIgnored, Certainty::Proved)));
    let some = || leave(SERVER, receive(connection(SERVER)), CallResult::Done(3));
    let works = (0..150).flat_map(|_| [some(), nothing()]).collect();
    assert_eq!(code(works), None);
    let at_end = |object: Object| {
        let data = Data::default().asking(100);
        leave(SERVER, Call::Receive { fd: 4, object, data }, CallResult::Done(0))
    };
    let peer = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let one_by_one = (0..150)
        .map(|index| at_end(Object::Connection { local: peer(7000), peer: peer(20_000 + index) }));
    assert_eq!(code(one_by_one.collect()), None, "each is another connection");
    let grows = (0..150).map(|_| at_end(Object::File { path: "log".to_owned() }));
    assert_eq!(code(grows.collect()), None, "a file may grow");
    let empty = (0..150).map(|_| at_end(Object::Socket { id: 7 }));
    assert_eq!(code(empty.collect()), None, "datagrams may be empty");
}

#[test]
fn what_a_shim_forked_before_it_became_the_program_is_none_of_its_children() {
    let fork = traced(1, CLIENT, Activity::NewProcess { child: 21 });
    let program = "/usr/bin/python3".to_owned();
    let exec = traced(1, CLIENT, Activity::Exec { program, args: vec![] });
    let causes = told(vec![fork, exec, refused()]);
    assert!(causes[0].sentence.starts_with("「客户端」连接"), "{}", causes[0].sentence);
}

#[test]
fn a_socket_that_does_not_wait_is_told_apart_from_a_time_limit() {
    let again = || failed(CLIENT, receive(connection(CLIENT)), Errno::EAGAIN);
    let bad = || event(Kind::Exited { terminal: 1, exit: Exit::Code(1) });
    assert_eq!(code(vec![again(), bad()]), Some((Code::NotReadyYet, Certainty::Proved)));
    assert_eq!(code(vec![again(), event(Kind::Exited { terminal: 1, exit: Exit::Code(0) })]), None);
    let enter = traced(1, CLIENT, Activity::Enter(receive(connection(CLIENT))));
    assert_eq!(code(vec![again(), enter, bad()]), None, "it asks again");
    let option = Call::SetOption { fd: 3, option: "SO_RCVTIMEO".into(), value: None };
    let limit = leave(CLIENT, option, CallResult::Done(0));
    assert_eq!(code(vec![limit, again(), bad()]), None, "it may be the limit");
}

#[test]
fn whose_time_is_up_after_a_send_cut_short_should_send_the_rest() {
    let line = |text: &str| {
        let (terminal, stream) = (1, events::Stream::Err);
        let (count, whole, source) = (1, true, None);
        let text = text.to_owned();
        event(Kind::Line(events::Line { terminal, stream, text, count, whole, source }))
    };
    let bad = || event(Kind::Exited { terminal: 1, exit: Exit::Code(1) });
    let poll = Call::Poll { fds: vec![4], timeout: Some(Duration::from_millis(1500)) };
    let in_vain = || leave(CLIENT, poll.clone(), CallResult::Done(0));
    let says = || line("TimeoutError: timed out");
    let causes = told(vec![in_vain(), says(), bad()]);
    assert_eq!(causes[0].code, Code::TimeLimitReached);
    assert!(causes[0].sentence.contains("1.5 秒"), "{}", causes[0].sentence);
    let data = Data::new(b"hi", 2).asking(9);
    let part = Call::Send { fd: 4, object: connection(CLIENT), data };
    let part = || leave(CLIENT, part.clone(), CallResult::Done(2));
    let causes = told(vec![part(), in_vain(), says(), bad()]);
    assert_eq!(causes[0].code, Code::SendCutShort);
    let data = Data::new(b"rest", 7).asking(7);
    let rest = Call::Send { fd: 4, object: connection(CLIENT), data };
    let rest = leave(CLIENT, rest, CallResult::Done(7));
    let causes = told(vec![part(), rest, in_vain(), says(), bad()]);
    assert_eq!(causes[0].code, Code::TimeLimitReached);
    assert_eq!(code(vec![in_vain(), bad()]), None, "it does not say that this was why");
    let traceback = line("    s.sendall(b'x' * 100_000_000)");
    let causes = told(vec![part(), in_vain(), traceback, says(), bad()]);
    assert_eq!(causes[0].code, Code::TimeLimitReached, "it was sending all");
}

#[test]
fn datagrams_that_nobody_hears_and_files_that_are_there_already() {
    let connected = leave(CLIENT, connect(SERVER_ADDR), CallResult::Done(0));
    let object = Object::Socket { id: 7 };
    let call = Call::Receive { fd: 3, object, data: Data::default() };
    let refused = || failed(CLIENT, call.clone(), Errno::ECONNREFUSED);
    let found = code(vec![connected, refused()]);
    assert_eq!(found, Some((Code::DatagramRefused, Certainty::Proved)));
    assert_eq!(code(vec![refused()]), None, "where it was connected to is not known");
    let socket = |family| {
        let call = Call::Socket { family, kind: events::SocketKind::Stream };
        leave(SERVER, call, CallResult::Done(3))
    };
    let bind = || failed(SERVER, Call::Bind { fd: 3, addr: None }, Errno::EADDRINUSE);
    let unix = code(vec![socket(events::Family::Unix), bind()]);
    assert_eq!(unix, Some((Code::SocketFileExists, Certainty::Proved)));
    assert_eq!(code(vec![socket(events::Family::Other(16)), bind()]), None);
}

#[test]
fn a_descriptor_that_was_closed_too_early_and_where() {
    let at = |line, activity| Event {
        place: Some(Place { file: "src/main.rs".into(), line, function: "main".into() }),
        ..traced(0, SERVER, activity)
    };
    let close = Call::Close { fd: 3, object: Object::Other };
    let bind = Call::Bind { fd: 3, addr: Some(addr(SERVER_ADDR)) };
    let socket = Call::Socket { family: events::Family::Ipv4, kind: events::SocketKind::Stream };
    let events = [
        event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }),
        at(4, Activity::Leave { call: socket, outcome: CallResult::Done(3) }),
        at(5, Activity::Leave { call: close, outcome: CallResult::Done(0) }),
        at(6, Activity::Leave { call: bind, outcome: CallResult::Failed(nix::libc::EBADF) }),
    ];
    let found = crate::explain(&one(), &events);
    assert_eq!((found[0].code, found[0].place.as_ref().unwrap().line), (Code::NotOpen, 6));
    assert!(found[0].sentence.contains("已经关闭了（在 src/main.rs:5"), "{}", found[0].sentence);
}
