//! What leads to what, and what leads nowhere: arrows, bytes that nobody read, children that nobody waited for.

use std::time::Duration;

use nix::errno::Errno;

use events::{Activity, Call, CallResult, Data, Ends, Exit, Kind, Object};

use super::super::{Names, Picture, Sources, Story, tell, text};
use super::rehearsal::*;

/// Two programs that say what they like.
fn story(r: &Rehearsal) -> Story {
    let script = "场景 一\n一 $ lesson-one\n二 $ lesson-two\n";
    tell(&scene(script, 0), &r.events, &Sources::new(), Names::Stable)
}

fn told(story: &Story) -> Vec<String> {
    story.entries.iter().map(|entry| entry.phrase.full()).collect()
}

fn arrows(story: &Story) -> Vec<(String, String)> {
    let told = told(story);
    story.arrows.iter().map(|one| (told[one.from].clone(), told[one.to].clone())).collect()
}

fn has(story: &Story, from: &str, to: &str) -> bool {
    arrows(story).iter().any(|(a, b)| a.contains(from) && b.contains(to))
}

#[test]
fn what_is_folded_on_one_side_does_not_lead_later_bytes_astray() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    for _ in 0..5 {
        r.send(one, 3, &ours, b"0123456789");
    }
    r.receive(two, 4, &theirs, &b"0123456789".repeat(5));
    r.send(two, 4, &theirs, b"answer");
    r.receive(one, 3, &ours, b"answer");
    r.send(one, 3, &ours, b"the last");
    r.receive(two, 4, &theirs, b"the last");
    let story = story(&r);
    assert!(has(&story, "「the last」", "收到 recv(fd=4) 「the last」"), "{:?}", arrows(&story));
    assert_eq!(story.arrows.len(), 3, "{:?}", arrows(&story));
}

#[test]
fn nothing_is_received_before_it_was_sent() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    for round in 0..6 {
        r.send(one, 3, &ours, b"0123456789");
        // what never repeats keeps the sends apart
        r.leave(one, Call::Close { fd: 20 + round, object: Object::Socket { id: 7 } }, 0);
        r.receive(two, 4, &theirs, b"0123456789");
    }
    let story = story(&r);
    let told = told(&story);
    let mut sent = 0;
    let mut received = 0;
    for line in &told {
        let count = |line: &str| match line.split_once("共 ") {
            Some((_, rest)) => rest.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0),
            None => 1,
        };
        sent += if line.starts_with("发送") { count(line) } else { 0 };
        received += if line.starts_with("收到") { count(line) } else { 0 };
        assert!(received <= sent, "{told:?}");
    }
    assert_eq!((sent, received), (6, 6), "{told:?}");
}

#[test]
fn the_last_one_who_closes_ends_a_connection() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    let child = r.fork(one, 302);
    r.close(one, 4, &ours);
    r.send(child, 4, &ours, b"bye");
    r.receive(two, 3, &theirs, b"bye");
    r.exit(child, 0);
    r.receive(two, 3, &theirs, b"");
    let story = story(&r);
    assert!(has(&story, "结束（退出码 0）", "收到结束 recv(fd=3) = 0"), "{:?}", arrows(&story));
    assert!(!has(&story, "关闭 close(fd=4)", "收到结束"), "{:?}", arrows(&story));
}

fn datagram(r: &mut Rehearsal, who: Who, send: bool, bytes: &[u8], own: u16, other: u16) {
    let ends = Some(Ends::Datagram { own: addr(own), other: Some(addr(other)) });
    let data = Data { ends, ..Data::new(bytes, bytes.len() as u64).asking(64) };
    let object = Object::Socket { id: own.into() };
    let call = match send {
        true => Call::Send { fd: 3, object, data },
        false => Call::Receive { fd: 3, object, data },
    };
    r.leave(who, call, bytes.len() as i64);
}

#[test]
fn datagrams_have_arrows_and_those_that_are_lost_have_none() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    datagram(&mut r, one, true, b"lost", 40_000, 9000);
    datagram(&mut r, one, true, b"first", 40_000, 9000);
    datagram(&mut r, one, true, b"elsewhere", 40_000, 9001);
    datagram(&mut r, two, false, b"first", 9000, 40_000);
    datagram(&mut r, two, true, b"back", 9000, 40_000);
    datagram(&mut r, one, false, b"back", 40_000, 9000);
    // an empty one is no end
    datagram(&mut r, one, true, b"", 40_000, 9000);
    datagram(&mut r, two, false, b"", 9000, 40_000);
    let story = story(&r);
    assert!(has(&story, "0 字节", "收到空的数据报 recv(fd=3) = 0"), "{:?}", arrows(&story));
    assert_eq!(story.arrows.len(), 3, "{:?}", arrows(&story));
    assert!(has(&story, "「first」", "收到 recv(fd=3) 「first」"));
    assert!(has(&story, "「back」", "收到 recv(fd=3) 「back」"));
    assert!(!told(&story).iter().any(|line| line.contains("没有人读")));
}

#[test]
fn unix_sockets_have_arrows() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    let connect = Call::Connect { fd: 3, peer: None, local: None, socket: Some(50) };
    r.leave(two, connect, 0);
    let accept = Call::Accept { fd: 3, local: None, peer: None, client: Some(50) };
    r.leave(one, accept, 4);
    // sent before anybody knew the other end
    r.send(two, 3, &Object::Socket { id: 50 }, b"hello");
    let ends = Some(Ends::Unix { own: 60, other: 50 });
    let receive = |bytes: &[u8]| {
        let data = Data { ends, ..Data::new(bytes, bytes.len() as u64) };
        Call::Receive { fd: 4, object: Object::Socket { id: 60 }, data }
    };
    r.leave(one, receive(b"hello"), 5);
    r.close(two, 3, &Object::Socket { id: 50 });
    r.leave(one, receive(b""), 0);
    let story = story(&r);
    assert!(has(&story, "连接 connect(fd=3", "接受 accept(fd=3) = 4"), "{:?}", arrows(&story));
    assert!(has(&story, "「hello」", "「hello」") && has(&story, "关闭 close(fd=3)", "收到结束"));
}

#[test]
fn bytes_that_nobody_read_are_told_where_everything_was_seen() {
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    let (ours, theirs) = (connection(8888, 40_000), connection(40_000, 8888));
    r.connect(two, 3, 8888, 40_000);
    r.send(one, 4, &ours, b"0123456789");
    r.receive(two, 3, &theirs, b"0123");
    r.send(one, 4, &ours, b"more");
    let whole = told(&story(&r));
    assert!(whole.iter().any(|line| line.ends_with("10 字节，其中 6 字节没有人读")), "{whole:?}");
    assert!(whole.iter().any(|line| line.ends_with("「more」 4 字节，没有人读")), "{whole:?}");
    // what splice takes is not told
    let unseen = Data { bytes: 9, cut: true, ..Data::default() };
    r.leave(two, Call::Send { fd: 9, object: Object::Pipe { id: 1 }, data: unseen }, 9);
    assert!(!told(&story(&r)).iter().any(|line| line.contains("没有人读")));
    // nor what happened after the tracer had seen enough
    let mut r = Rehearsal::new();
    let (one, two) = (r.start(0, 300), r.start(1, 301));
    r.connect(two, 3, 8888, 40_000);
    r.send(one, 4, &ours, b"0123456789");
    r.tell(Kind::Untold { events: 5 });
    assert!(!told(&story(&r)).iter().any(|line| line.contains("没有人读")));
}

#[test]
fn a_signal_comes_from_the_call_that_sent_it_to_this_process() {
    let mut r = Rehearsal::new();
    let main = r.start(0, 300);
    let children = [r.fork(main, 301), r.fork(main, 302)];
    let kill = |target, signal| Call::Kill { target, signal };
    for (target, signal) in [(301, 15), (302, 15), (301, 10)] {
        r.leave(main, kill(target, signal), 0);
    }
    let outcome = CallResult::Failed(Errno::EPERM as i32);
    r.act(main, Activity::Leave { call: kill(-1, 15), outcome });
    for child in children {
        r.act(child, Activity::Signal { number: 15, from: Some(300) });
        r.act(child, Activity::Exited(Exit::Signal(15)));
    }
    let mut sent = arrows(&story(&r));
    sent.retain(|(_, to)| to.contains("终止"));
    let sent: Vec<&str> = sent.iter().map(|(from, _)| from.as_str()).collect();
    let by = ["发信号 kill(<子进程1>, SIGTERM)", "发信号 kill(<子进程2>, SIGTERM)"];
    assert_eq!(sent, by, "not by another signal, nor by one that was refused");
}

#[test]
fn a_child_for_which_nobody_waits_is_a_zombie_only_where_it_was_found() {
    let run = |found: bool, waits: bool| {
        let mut r = Rehearsal::new();
        let main = r.start(0, 300);
        let child = r.fork(main, 302);
        r.exit(child, 0);
        r.at(500);
        if waits {
            r.wait_enter(main, 302);
            r.wait_leave(main, 302, Exit::Code(0));
        }
        r.exit(main, 0);
        if found {
            r.tell(Kind::Orphan { pid: 302, command: "x".into(), alive: false });
        }
        story(&r)
    };
    let says = |story: &Story| told(story).iter().any(|line| line.contains("僵尸进程"));
    assert!(says(&run(true, false)));
    // one that ignores SIGCHLD leaves none
    assert!(!says(&run(false, false)));
    let late = run(false, true);
    assert!(!says(&late));
    let drawn = text(&late, Picture::Timeline, 80);
    assert!(drawn.contains("zzz") && drawn.contains("z 僵尸"), "{drawn}");
}

#[test]
fn a_sleep_that_the_kernel_goes_on_with_is_one() {
    let sleep = |length| Call::Sleep { length: Duration::from_millis(length) };
    let interrupted = |r: &mut Rehearsal, who| {
        let outcome = CallResult::Interrupted;
        r.act(who, Activity::Leave { call: sleep(500), outcome });
    };
    let mut r = Rehearsal::new();
    let main = r.start(0, 300);
    r.enter(main, sleep(500));
    r.at(100);
    interrupted(&mut r, main);
    r.at(500);
    r.leave(main, sleep(400), 0);
    assert_eq!(told(&story(&r)), ["睡眠 0.5 秒"]);
    assert_eq!(story(&r).bars[0].rests.len(), 2);
    // the program itself sleeps once more
    let mut r = Rehearsal::new();
    let main = r.start(0, 300);
    r.enter(main, sleep(500));
    interrupted(&mut r, main);
    r.enter(main, sleep(400));
    r.leave(main, sleep(400), 0);
    assert_eq!(told(&story(&r)), ["睡眠 0.5 秒（被信号打断）", "睡眠 0.4 秒"]);
}
