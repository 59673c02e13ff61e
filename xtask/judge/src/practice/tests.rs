//! Every practice: done, and what is said when it is not.

use std::net::SocketAddr;
use std::time::Duration;

use course::script::parse;
use events::{
    Activity, Call, CallResult, Clock, Data, Ends, Exit, Family, Half, Object, SocketKind,
    StopSignal, Window,
};

use crate::judge;

use super::*;

mod storing;
mod truths;

const ROOT: i32 = 10;

fn done(pid: i32, call: Call, value: i64) -> (i32, Activity) {
    (pid, Activity::Leave { call, outcome: CallResult::Done(value) })
}

fn fork(pid: i32, child: i32) -> (i32, Activity) {
    (pid, Activity::NewProcess { child })
}

fn thread(child: i32) -> (i32, Activity) {
    (ROOT, Activity::NewThread { child })
}

fn wait(child: i32) -> (i32, Activity) {
    let call = Call::Wait { child: Some(child), ended: Some(Exit::Code(0)) };
    done(ROOT, call, child.into())
}

fn ended(pid: i32) -> (i32, Activity) {
    (pid, Activity::Exited(Exit::Code(0)))
}

fn accept(fd: i64) -> (i32, Activity) {
    done(ROOT, Call::Accept { fd: 3, local: None, peer: None, client: None }, fd)
}

fn connection() -> Object {
    let addr: SocketAddr = "127.0.0.1:1".parse().unwrap();
    Object::Connection { local: addr, peer: addr }
}

fn close(pid: i32, fd: i32) -> (i32, Activity) {
    done(pid, Call::Close { fd, object: connection() }, 0)
}

fn socket() -> (i32, Activity) {
    done(ROOT, Call::Socket { family: Family::Ipv4, kind: SocketKind::Stream }, 3)
}

fn reuse(value: i32) -> (i32, Activity) {
    let option = "SO_REUSEADDR".to_owned();
    done(ROOT, Call::SetOption { fd: 3, option, value: Some(value) }, 0)
}

fn bind() -> (i32, Activity) {
    done(ROOT, Call::Bind { fd: 3, addr: None }, 0)
}

fn shutdown(how: Half) -> (i32, Activity) {
    (ROOT, Activity::Enter(Call::Shutdown { fd: 4, object: connection(), how }))
}

fn receive() -> (i32, Activity) {
    let call = Call::Receive { fd: 4, object: connection(), data: Default::default() };
    (ROOT, Activity::Enter(call))
}

fn kill(target: i32) -> (i32, Activity) {
    (ROOT, Activity::Enter(Call::Kill { target, signal: 15 }))
}

fn events(deeds: &[(i32, Activity)], tracing: bool) -> Vec<Event> {
    let mut kinds = Vec::new();
    if tracing {
        kinds.push(Kind::Tracing { clock: Clock::Virtual { seed: 0 } });
    }
    kinds.push(Kind::Started { terminal: 0, pid: ROOT, parent: 1 });
    // whoever starts the program may do what it likes
    let before = [fork(ROOT, 90), (ROOT, Activity::Exec { program: "x".into(), args: vec![] })];
    for (pid, activity) in before.iter().chain(deeds).cloned() {
        kinds.push(Kind::Traced { terminal: 0, pid, tid: pid, activity });
    }
    kinds.push(Kind::Exited { terminal: 0, exit: Exit::Code(0) });
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    kinds.into_iter().map(event).collect()
}

fn scene(practice: &str) -> Scene {
    let text = format!("场景 试\n主 $ lesson-x\n主 做法 {practice}\n");
    parse(&text).unwrap().scenes.remove(0)
}

/// What is said to have been done instead; empty: nothing is wrong.
fn got(practice: &str, deeds: &[(i32, Activity)]) -> String {
    let verdict = judge(&scene(practice), &events(deeds, true));
    assert_eq!(verdict.unchecked, []);
    let [failure] = verdict.failures.as_slice() else { return String::new() };
    assert_eq!((failure.rule, failure.line), (Rule::Mechanism, 3));
    assert_eq!(failure.expected.as_deref(), Some(practice));
    format!("{}；{}", failure.got.as_deref().unwrap(), failure.detail)
}

#[test]
fn processes_and_threads_are_counted_exactly() {
    let two = [fork(ROOT, 11), fork(ROOT, 12)];
    assert_eq!(got("创建 2 个子进程", &two), "");
    assert_eq!(got("创建 1 个子进程", &two), "创建了 2 个子进程；");
    let runaway = [fork(ROOT, 11), fork(11, 12)];
    assert!(got("创建 1 个子进程", &runaway).contains("1 个是子进程创建的"));
    let threads = [thread(11), thread(12)];
    assert_eq!(got("创建 2 个线程", &threads), "");
    assert!(got("创建 2 个子进程", &threads).contains("不是另一个进程"));
    assert!(got("创建 2 个线程", &two).contains("子进程是另一个进程"));
    assert_eq!(got("创建 0 个子进程", &threads), "");
    assert_eq!(got("创建 0 个线程", &[]), "");
}

#[test]
fn a_child_that_runs_another_program_is_a_child_and_is_named() {
    let exec =
        |pid, program: &str| (pid, Activity::Exec { program: program.into(), args: Vec::new() });
    let helper = [fork(ROOT, 9), exec(9, "/usr/bin/true"), ended(9), wait(9)];
    let with = |rest: &[(i32, Activity)]| [&helper[..], rest].concat();
    let two = "创建 2 个子进程";
    let children = [fork(ROOT, 11), fork(ROOT, 12), wait(11), wait(12)];
    let told = got(two, &with(&children));
    assert!(told.starts_with("创建了 3 个子进程（其中 1 个执行了 true）；"), "{told}");
    assert_eq!(got("创建 3 个子进程", &with(&children)), "");
    // what a shell makes is not what comes of a fork that a child goes past
    let shell = [fork(ROOT, 11), exec(11, "/bin/sh"), fork(11, 12), exec(12, "/bin/kill")];
    let told = got(two, &with(&shell));
    let named = "创建了 3 个子进程（其中 1 个执行了 kill、1 个执行了 sh、1 个执行了 true）；";
    assert!(told.starts_with(named) && !told.contains("接着做了"), "{told}");
    let left = got("等待每个子进程", &[fork(ROOT, 9), exec(9, "/usr/bin/true"), ended(9)]);
    assert!(left.contains("没有等的是进程 9（执行了 true）："), "{left}");
}

#[test]
fn every_child_must_be_waited_for() {
    let right = [fork(ROOT, 11), fork(ROOT, 12), wait(12), wait(11)];
    assert_eq!(got("等待每个子进程", &right), "");
    let wrong = got("等待每个子进程", &right[..3]);
    assert!(wrong.starts_with("创建了 2 个子进程，等到了 1 个") && wrong.contains("进程 11"));
    assert_eq!(got("等待每个子进程", &[]), "没有创建子进程；");
}

#[test]
fn a_signal_must_reach_a_living_child() {
    assert_eq!(got("终止子进程", &[fork(ROOT, 11), kill(11)]), "");
    let signal = (11, Activity::Signal { number: 15, from: Some(ROOT) });
    assert_eq!(got("终止子进程", &[fork(ROOT, 11), kill(-10), signal]), "");
    let unseen = got("终止子进程", &[fork(ROOT, 11), kill(-11)]);
    assert!(unseen.starts_with("信号发给了进程组 11，没有看到它的哪个子进程收到"), "{unseen}");
    let outright = Call::Kill { target: -11, signal: 9 };
    let outright = [(ROOT, Activity::Enter(outright.clone())), ended(11), done(ROOT, outright, 0)];
    let killed = got("终止子进程", &[&[fork(ROOT, 11)][..], &outright].concat());
    assert!(killed.starts_with("发给子进程的是 SIGKILL"), "{killed}");
    assert!(got("终止子进程", &[fork(ROOT, 11)]).contains("没有发过信号"));
    assert!(got("终止子进程", &[fork(ROOT, 11), ended(11), kill(11)]).contains("发给了 11"));
}

#[test]
fn the_address_must_be_allowed_again_before_it_is_bound() {
    let phrase = "先允许重用地址再绑定";
    assert_eq!(got(phrase, &[socket(), reuse(1), bind()]), "");
    assert!(got(phrase, &[socket(), bind(), reuse(1)]).contains("先绑定"));
    assert!(got(phrase, &[socket(), bind()]).contains("没有设置"));
    assert!(got(phrase, &[socket(), reuse(1), reuse(0), bind()]).contains("没有设置"));
    // another socket with the same number
    assert!(got(phrase, &[socket(), reuse(1), socket(), bind()]).contains("没有设置"));
    // one without the option that has been closed has been bound all the same
    assert!(got(phrase, &[socket(), bind(), socket(), reuse(1), bind()]).contains("没有设置"));
    assert!(got(phrase, &[socket()]).contains("没有绑定过"));
}

#[test]
fn half_a_close_leaves_the_other_half_open() {
    assert_eq!(got("半关闭", &[shutdown(Half::Write), receive()]), "");
    assert!(got("半关闭", &[receive()]).contains("没有调用 shutdown"));
    assert!(got("半关闭", &[shutdown(Half::Both), receive()]).contains("一起关闭"));
    assert!(got("半关闭", &[receive(), shutdown(Half::Write)]).contains("之后没有再接收"));
}

#[test]
fn connections_are_counted_while_anybody_holds_them() {
    let two = [accept(4), accept(5), close(ROOT, 4), close(ROOT, 5)];
    let in_turn = [accept(4), close(ROOT, 4), accept(4), close(ROOT, 4)];
    assert_eq!(got("同时至少 2 个连接", &two), "");
    assert!(got("同时至少 2 个连接", &in_turn).contains("一共接受了 2 个连接，同时最多 1 个"));
    assert_eq!(got("每次只有 1 个连接", &in_turn), "");
    assert!(got("每次只有 1 个连接", &two).contains("同时最多 2 个"));
    assert!(got("每次只有 1 个连接", &[]).contains("没有接受过连接"));
    // a child has the connection, the parent accepts the next
    let child = [accept(4), fork(ROOT, 11), close(ROOT, 4), accept(4), ended(11)];
    assert_eq!(got("同时至少 2 个连接", &child), "");
    let child = [accept(4), fork(ROOT, 11), close(ROOT, 4), ended(11), accept(4)];
    assert_eq!(got("每次只有 1 个连接", &child), "");
}

#[test]
fn connections_must_be_closed_by_a_program_that_ends_by_itself() {
    let right = [accept(4), close(ROOT, 4), ended(ROOT)];
    assert_eq!(got("连接全部关闭", &right), "");
    let wrong = [accept(4), accept(5), close(ROOT, 4), ended(ROOT)];
    assert!(got("连接全部关闭", &wrong).contains("有 1 个没有关闭"));
    let mut stopped = events(&wrong, true);
    let kind = Kind::Stopped { terminal: 0, signal: StopSignal::Int };
    stopped.insert(5, Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None });
    assert_eq!(check(&scene("连接全部关闭"), &stopped), []);
}

#[test]
fn a_number_may_be_given_away_before_its_close_is_left() {
    let activity = |tid, activity| (tid, activity);
    let closing = Call::Close { fd: 4, object: connection() };
    let steps = [
        activity(ROOT, accept(4).1),
        activity(ROOT, Activity::Enter(closing)),
        activity(77, accept(4).1),
        activity(ROOT, close(ROOT, 4).1),
        activity(77, accept(5).1),
    ];
    let mut kinds = events(&[], true);
    for (tid, activity) in steps {
        let kind = Kind::Traced { terminal: 0, pid: ROOT, tid, activity };
        kinds.push(Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None });
    }
    assert_eq!(check(&scene("同时至少 2 个连接"), &kinds), []);
}

#[test]
fn datagrams_and_their_sockets_are_counted() {
    let socket = |kind| done(ROOT, Call::Socket { family: Family::Ipv4, kind }, 3);
    let (udp, tcp) = (socket(SocketKind::Datagram), socket(SocketKind::Stream));
    let addr: SocketAddr = "127.0.0.1:1".parse().unwrap();
    let ends = Some(Ends::Datagram { own: addr, other: Some(addr) });
    let sends = |ends| {
        let data = Data { ends, ..Data::default() };
        done(ROOT, Call::Send { fd: 3, object: Object::Socket { id: 1 }, data }, 0)
    };
    let one = "只用 1 个 UDP 套接字";
    assert_eq!(got(one, std::slice::from_ref(&udp)), "");
    assert!(got(one, &[]).starts_with("没有创建过 UDP 或 TCP 的套接字；"));
    let two = got(one, &[udp.clone(), udp.clone()]);
    assert!(two.starts_with("创建了 2 个 UDP 套接字；"), "{two}");
    let both = got(one, &[udp.clone(), tcp]);
    assert!(both.starts_with("创建了 1 个 UDP 套接字，1 个 TCP 套接字；"), "{both}");
    // an empty one is one, too; what goes elsewhere is none
    let steps = [udp, sends(ends), sends(ends), sends(None)];
    assert_eq!(got("发出 2 个数据报", &steps), "");
    assert!(got("发出 3 个数据报", &steps).starts_with("看到它发出了 2 个数据报；"));
}

#[test]
fn who_is_made_only_after_the_one_before_is_not_at_once() {
    let at_once = "同时运行";
    assert_eq!(got(at_once, &[fork(ROOT, 11), fork(ROOT, 12), wait(11), wait(12)]), "");
    // it may be that quick
    assert_eq!(got(at_once, &[fork(ROOT, 11), ended(11), fork(ROOT, 12), wait(11), wait(12)]), "");
    let late = [fork(ROOT, 11), ended(11), wait(11), fork(ROOT, 12), ended(12), wait(12)];
    assert!(got(at_once, &late).starts_with("11 已经结束了，才创建 12；"));
    let over = |tid| (tid, Activity::ThreadEnded);
    assert_eq!(got(at_once, &[thread(21), thread(22), over(21), over(22)]), "");
    let late = got(at_once, &[thread(21), over(21), thread(22), over(22)]);
    assert!(late.starts_with("21 已经结束了，才创建 22；"), "{late}");
}

#[test]
fn a_server_listens_once() {
    let once = "只监听一次";
    let listen = || done(ROOT, Call::Listen { fd: 3, addr: None, backlog: 5 }, 0);
    assert_eq!(got(once, &[listen()]), "");
    assert!(got(once, &[listen(), listen()]).starts_with("监听了 2 次（listen）；"));
}

#[test]
fn a_file_gets_its_name_when_all_is_there() {
    let receive = |bytes| {
        let call = Call::Receive { fd: 4, object: connection(), data: Default::default() };
        done(ROOT, call, bytes)
    };
    let write = |path: &str| {
        let object = Object::File { path: path.into() };
        done(ROOT, Call::Send { fd: 5, object, data: Data::default() }, 5)
    };
    let text = "场景 试\n主 $ lesson-x\n准备 a = 5 字节\n核对 data/b = a\n主 做法 收完再起名\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    let failures = |deeds: &[(i32, Activity)]| check(&scene, &events(deeds, true));
    assert_eq!(failures(&[receive(5), write("/x/data/b.part"), receive(0)]), []);
    assert_eq!(failures(&[receive(5), receive(0), write("/x/data/b")]), []);
    let [failure] = &failures(&[receive(5), write("/x/data/b"), receive(0)])[..] else { panic!() };
    assert_eq!(failure.got.as_deref(), Some("还没有收到文件结束，就写在正式的名字下面"));
    // whoever was told a length has all of it, and another file may come behind it
    assert_eq!(failures(&[receive(5), write("/x/data/b")]), []);
    assert_eq!(failures(&[receive(5), write("/x/data/b"), receive(7)]), []);
    assert_eq!(failures(&[receive(3), write("/x/data/b"), receive(2)]).len(), 1);
}

#[test]
fn what_is_printed_was_received() {
    let line = |text: &str| {
        let (stream, text) = (Stream::Out, text.to_owned());
        Kind::Line(events::Line { terminal: 0, stream, text, count: 1, whole: true, source: None })
    };
    let call = Call::Receive { fd: 4, object: connection(), data: Default::default() };
    let printed_behind = |deeds: &[(i32, Activity)], later: &[(i32, Activity)]| {
        let mut kinds = events(deeds, true);
        let at = kinds.len() - 1;
        kinds.insert(
            at,
            Event { at: Duration::ZERO, window: Window::exact(0), kind: line("好"), place: None },
        );
        let later = later.iter().cloned().map(|(pid, activity)| {
            let kind = Kind::Traced { terminal: 0, pid, tid: pid, activity };
            Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None }
        });
        kinds.splice(at + 1..at + 1, later);
        check(&scene("先收到再打印"), &kinds)
    };
    let received = [done(ROOT, call.clone(), 5)];
    assert_eq!(printed_behind(&received, &[]), []);
    for failures in [printed_behind(&[done(ROOT, call, 0)], &[]), printed_behind(&[], &received)] {
        let [failure] = failures.as_slice() else { panic!("{failures:?}") };
        let got = "印「好」之前，没有从连接里收到过一个字节";
        assert_eq!(failure.got.as_deref(), Some(got));
    }
}

#[test]
fn sockets_of_tcp_are_counted_and_a_child_is_not_killed_outright() {
    let two = "创建 2 个 TCP 套接字";
    assert_eq!(got(two, &[socket(), close(ROOT, 3), socket()]), "");
    assert!(got(two, &[socket()]).starts_with("创建了 1 个 TCP 套接字（socket）；"));
    let udp = Call::Socket { family: Family::Ipv4, kind: SocketKind::Datagram };
    assert!(got(two, &[done(ROOT, udp, 3)]).starts_with("创建了 0 个 TCP 套接字"));
    let outright = (ROOT, Activity::Enter(Call::Kill { target: 11, signal: 9 }));
    let terminates = "终止子进程";
    let killed = got(terminates, &[fork(ROOT, 11), outright.clone()]);
    assert!(killed.starts_with("发给子进程的是 SIGKILL"), "{killed}");
    // who was asked before
    assert_eq!(got(terminates, &[fork(ROOT, 11), kill(11), outright]), "");
}

#[test]
fn without_tracing_nothing_is_passed_and_nothing_fails() {
    let verdict = judge(&scene("半关闭"), &events(&[], false));
    assert!(verdict.passed());
    let [unchecked] = verdict.unchecked.as_slice() else { panic!("{verdict:?}") };
    assert_eq!((unchecked.line, unchecked.what.as_str()), (3, "「主」是不是真的这样做：半关闭"));
    let mut cut = events(&[], true);
    let kind = Kind::OutOfTime { direction: None, listens: Vec::new(), waited: None };
    cut.push(Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None });
    assert_eq!(check(&scene("半关闭"), &cut), [], "what was cut off may still have come");
}
