//! Truths of programs that do several things at once.

use events::Source;

use super::*;

fn asked(call: &str, tid: i32, idle: bool) -> (i32, Activity) {
    (tid, Activity::AskedInVain { call: call.into(), times: 1000, idle })
}

fn client(port: u16) -> (SocketAddr, SocketAddr) {
    ("127.0.0.1:9999".parse().unwrap(), SocketAddr::from(([127, 0, 0, 1], port)))
}

fn accepted(port: u16, fd: i64) -> (i32, Activity) {
    let (local, peer) = client(port);
    let call = Call::Accept { fd: 3, local: Some(local), peer: Some(peer), client: None };
    done(ROOT, call, fd)
}

fn of(port: u16) -> Object {
    let (local, peer) = client(port);
    Object::Connection { local, peer }
}

fn got_bytes(who: i32, fd: i32, port: u16, bytes: i64) -> (i32, Activity) {
    done(who, Call::Receive { fd, object: of(port), data: Data::default() }, bytes)
}

fn answered(who: i32, fd: i32, port: u16) -> (i32, Activity) {
    done(who, Call::Send { fd, object: of(port), data: Data::default() }, 3)
}

fn waits_for_bytes(who: i32, fd: i32, port: u16) -> (i32, Activity) {
    (who, Activity::Enter(Call::Receive { fd, object: of(port), data: Data::default() }))
}

fn closed(who: i32, fd: i32, port: u16) -> (i32, Activity) {
    done(who, Call::Close { fd, object: of(port) }, 0)
}

/// What is said when these lines come right before the program's end or, with `at`, before so many of the deeds.
fn with_lines(practice: &str, deeds: &[(i32, Activity)], lines: &[(usize, &str)]) -> String {
    let mut all = events(deeds, true);
    let begin = all.len() - 1 - deeds.len();
    for (at, text) in lines.iter().rev() {
        let source = Some(Source { pid: ROOT, tid: ROOT });
        let (text, count, whole) = ((*text).to_owned(), 1, true);
        let line = Line { terminal: 0, stream: Stream::Out, text, count, whole, source };
        let kind = Kind::Line(line);
        all.insert(
            begin + at,
            Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None },
        );
    }
    let said: Vec<String> = check(&scene(practice), &all)
        .into_iter()
        .map(|failure| format!("{}；{}", failure.got.unwrap(), failure.detail))
        .collect();
    said.join("\n")
}

#[test]
fn whoever_asks_in_vain_is_named_with_its_call() {
    assert_eq!(got("没有忙等", &[fork(ROOT, 11), wait(11)]), "");
    let busy = got("没有忙等", &[fork(ROOT, 11), asked("wait", ROOT, true), wait(11)]);
    let fact = "主线程问了 1000 次 wait，每次都没有等到；中间没有看到它做成别的事；";
    assert_eq!(busy, format!("{fact}这不是等，是一直问，每问一次都要用处理器"));
    let naps = got("没有忙等", &[fork(ROOT, 11), asked("sleep", 11, true), wait(11)]);
    assert!(naps.starts_with("子进程 11 睡了 1000 次（sleep），每次不到 1 毫秒；"), "{naps}");
}

#[test]
fn whoever_sleeps_with_a_lock_for_which_another_waits_is_named() {
    let kept = |call: &str, millis| {
        let length = Duration::from_millis(millis);
        let (call, since) = (call.to_owned(), Duration::ZERO);
        (ROOT, Activity::KeptWaiting { waiter: 12, call, since, length })
    };
    let practice = "没有拿着锁睡";
    assert_eq!(got(practice, &[thread(12)]), "");
    let said = got(practice, &[thread(12), kept("sleep", 3000)]);
    let fact = "主线程拿着一把锁睡着（sleep），有 3.0 秒线程 12 一直在等这把锁；";
    assert_eq!(said, format!("{fact}先放开锁，再睡、再等：拿着锁睡，等锁的也跟着睡"));
    let said = got(practice, &[thread(12), kept("recv", 40)]);
    assert!(said.contains("等一个连接上的数据（recv），有 40 毫秒线程 12 一直"), "{said}");
}

#[test]
fn whoever_keeps_all_that_it_receives_is_named() {
    let grew = |from| (ROOT, Activity::MemoryGrew { from, received: 3_000_017, grown: 3_010_560 });
    assert_eq!(got("内存不随数据增长", &[receive()]), "");
    let said = got("内存不随数据增长", &[grew(connection())]);
    let fact = "主线程从连接收的时候，收了 3000017 字节，进程的内存跟着多了 3010560 字节；";
    assert_eq!(said, format!("{fact}收到多少，内存就多多少：文件多大，就要多大的内存"));
    let path = "/tmp/1/大文件.bin".to_owned();
    let said = got("内存不随数据增长", &[grew(Object::File { path })]);
    assert!(said.starts_with("主线程从文件 大文件.bin 读的时候，"), "{said}");
}

#[test]
fn whoever_may_have_worked_between_is_not_said_to_have_only_asked() {
    for call in ["wait", "sleep", "sched_yield"] {
        let said = got("没有忙等", &[fork(ROOT, 11), asked(call, ROOT, false), wait(11)]);
        assert!(said.ends_with("；可能是一直问，也可能是每做一小块就问一下或者让一下"), "{said}");
        assert!(said.contains("；中间没有看到它做成别的事；"), "{said}");
    }
}

#[test]
fn those_who_wait_in_a_queue_are_not_served() {
    let queued = [
        accepted(1, 4),
        accepted(2, 5),
        got_bytes(21, 4, 1, 3),
        closed(21, 4, 1),
        got_bytes(21, 5, 2, 3),
        closed(21, 5, 2),
    ];
    assert_eq!(got("同时最多接待 1 个客户端", &queued), "");
    let at_once =
        [accepted(1, 4), accepted(2, 5), waits_for_bytes(21, 4, 1), got_bytes(22, 5, 2, 1)];
    let said = got("同时最多接待 1 个客户端", &at_once);
    assert!(said.starts_with("同时接待 2 个客户端：127.0.0.1:1、127.0.0.1:2；"), "{said}");
    assert_eq!(got("同时最多接待 2 个客户端", &at_once), "");
    let own = [accepted(1, 4), waits_for_bytes(21, 4, 1), got_bytes(21, 7, 2, 1)];
    assert_eq!(got("同时最多接待 1 个客户端", &own), "", "not accepted: a connection of its own");
    let children = [
        accepted(1, 4),
        fork(ROOT, 11),
        waits_for_bytes(11, 4, 1),
        closed(ROOT, 4, 1),
        accepted(2, 4),
        fork(ROOT, 12),
        waits_for_bytes(12, 4, 2),
    ];
    assert!(got("同时最多接待 1 个客户端", &children).contains("同时接待 2 个客户端"));
}

#[test]
fn a_client_is_served_until_the_last_time_that_something_is_received_or_sent() {
    // whoever has answered gives the place back, and closes then
    let before_close = [
        accepted(1, 4),
        accepted(2, 5),
        got_bytes(21, 4, 1, 3),
        answered(21, 4, 1),
        waits_for_bytes(22, 5, 2),
        closed(21, 4, 1),
        got_bytes(22, 5, 2, 3),
        closed(22, 5, 2),
    ];
    assert_eq!(got("同时最多接待 1 个客户端", &before_close), "");
    // between two pieces it is served, too, and by whoever waits for it
    let between = [accepted(1, 4), accepted(2, 5), got_bytes(21, 4, 1, 3), got_bytes(22, 5, 2, 3)];
    assert_eq!(got("同时最多接待 1 个客户端", &between), "", "nothing comes of the first any more");
    let then = [&between[..], &[answered(21, 4, 1)]].concat();
    assert!(got("同时最多接待 1 个客户端", &then).starts_with("同时接待 2 个客户端"));
    let waits = [&between[..3], &[waits_for_bytes(21, 4, 1), got_bytes(22, 5, 2, 3)]].concat();
    assert!(got("同时最多接待 1 个客户端", &waits).starts_with("同时接待 2 个客户端"));
    // one that has ended waits no more
    let gone = [
        accepted(1, 4),
        accepted(2, 5),
        fork(ROOT, 11),
        waits_for_bytes(11, 4, 1),
        ended(11),
        got_bytes(ROOT, 5, 2, 3),
    ];
    assert_eq!(got("同时最多接待 1 个客户端", &gone), "");
    // a client's port may come again
    let again = [
        accepted(1, 4),
        got_bytes(21, 4, 1, 3),
        closed(21, 4, 1),
        accepted(2, 5),
        got_bytes(22, 5, 2, 3),
        closed(22, 5, 2),
        accepted(1, 4),
        got_bytes(21, 4, 1, 3),
    ];
    assert_eq!(got("同时最多接待 1 个客户端", &again), "");
}

#[test]
fn threads_that_serve_are_counted() {
    let both = [accepted(1, 4), accepted(2, 5), got_bytes(21, 4, 1, 3), got_bytes(22, 5, 2, 3)];
    assert_eq!(got("至少 2 个线程接待过客户端", &both), "");
    let one = [accepted(1, 4), accepted(2, 5), got_bytes(21, 4, 1, 3), got_bytes(21, 5, 2, 3)];
    let said = got("至少 2 个线程接待过客户端", &one);
    assert!(said.starts_with("接受了 2 个客户端，从它们收过东西的线程有 1 个；"), "{said}");
    let ends = [accepted(1, 4), got_bytes(21, 4, 1, 3), got_bytes(22, 4, 1, 0)];
    assert!(got("至少 2 个线程接待过客户端", &ends).contains("有 1 个"), "the end is nothing");
}

#[test]
fn the_port_of_each_client_is_printed() {
    let practice = "印出客户端的端口";
    let deeds = [accepted(40001, 4), got_bytes(ROOT, 4, 40001, 3), closed(ROOT, 4, 40001)];
    assert_eq!(with_lines(practice, &deeds, &[(3, "来自127.0.0.1:40001的信息")]), "");
    let own = with_lines(practice, &deeds, &[(3, "来自127.0.0.1:9999的信息")]);
    assert!(own.starts_with("客户端的地址是 127.0.0.1:40001，哪一行里都没有端口 40001；"), "{own}");
    assert!(own.contains("里的 9999 和服务器端自己的端口一样"), "{own}");
    let announced = with_lines(practice, &deeds, &[(0, "正在监听 127.0.0.1:9999")]);
    assert!(announced.ends_with("哪一行里都没有端口 40001；"), "{announced}");
    let both = [(0, "正在监听 127.0.0.1:9999"), (2, "收到：你好")];
    let both = with_lines(practice, &deeds, &both);
    assert!(both.ends_with("哪一行里都没有端口 40001；"), "{both}");
    let longer = with_lines(practice, &deeds, &[(3, "来自127.0.0.1:140001的信息")]);
    assert!(longer.contains("没有端口 40001"), "{longer}");
    assert_eq!(with_lines(practice, &deeds[..2], &[(2, "等着")]), "", "it may still be printed");
}

#[test]
fn whoever_prints_has_waited_before() {
    let practice = "等到子进程再打印";
    let deeds = [fork(ROOT, 11), kill(11), ended(11), wait(11)];
    assert_eq!(with_lines(practice, &deeds, &[(4, "结束了")]), "");
    assert_eq!(with_lines(practice, &deeds, &[(0, "开始"), (3, "结束了")]), "", "the first line");
    let early = with_lines(practice, &deeds, &[(3, "结束了")]);
    assert!(early.starts_with("印「结束了」的时候，还没有等到子进程 11（wait）；"), "{early}");
}

#[test]
fn the_first_thread_prints_while_others_live() {
    let practice = "main 也同时运行";
    let over = |tid: i32| (tid, Activity::ThreadEnded);
    let deeds = [thread(21), thread(22), over(21), over(22)];
    assert_eq!(with_lines(practice, &deeds, &[(2, "main1"), (4, "main2")]), "");
    let late = with_lines(practice, &deeds, &[(4, "main1"), (4, "main2")]);
    assert!(late.starts_with("印「main1」的时候，它创建的线程或子进程都已经结束了；"), "{late}");
    let early = with_lines(practice, &deeds, &[(0, "main1"), (0, "main2")]);
    assert!(early.starts_with("印完「main2」，才创建第一个线程或子进程；"), "{early}");
    let between = [fork(ROOT, 11), ended(11), fork(ROOT, 12), ended(12)];
    let alone = with_lines(practice, &between, &[(2, "main1")]);
    assert!(alone.starts_with("它自己印的时候，没有一个线程或子进程在运行；"), "{alone}");
    assert_eq!(with_lines(practice, &[], &[(0, "main1")]), "", "another demand says so");
}
