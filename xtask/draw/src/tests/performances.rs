//! What the programs of the lessons do, as the tracer tells it.

use events::{Activity, Call, Event, Exit, Kind, Object, Stream};

use super::rehearsal::{Rehearsal, Who, addr, connection};

/// Lesson 01: one server, one client; `ports` is the client's, `pid` the first process id.
pub fn one_sentence(port: u16, pid: i32) -> Vec<Event> {
    let mut r = Rehearsal::new();
    let server = r.start(0, pid);
    r.listen(server, 3, 8888, 5);
    r.accept_enter(server, 3, 8888);
    let client = r.start(1, pid + 1);
    let (ours, theirs) = (connection(8888, port), connection(port, 8888));
    r.connect(client, 3, 8888, port);
    r.receive_enter(client, 3, &theirs);
    r.accept_leave(server, 3, 8888, port, 4);
    r.send(server, 4, &ours, b"welcome to socket");
    r.receive_enter(server, 4, &ours);
    r.receive_leave(client, 3, &theirs, b"welcome to socket");
    r.print(client, Stream::Out, "客户端收到:welcome to socket");
    let words = "socket很好玩，很有趣，我很喜欢！";
    r.send(client, 3, &theirs, words.as_bytes());
    r.close(client, 3, &theirs);
    r.exit(client, 0);
    r.receive_leave(server, 4, &ours, words.as_bytes());
    r.receive(server, 4, &ours, b"");
    let text = format!("服务器端收到来自127.0.0.1:{port}的信息:{words}");
    r.print(server, Stream::Out, &text);
    r.close(server, 4, &ours);
    r.close(server, 3, &Object::Listener { local: addr(8888) });
    r.exit(server, 0);
    r.events
}

/// Lesson 04: 3200 sends of 64 KiB, received and written in as many pieces.
pub fn upload() -> Vec<Event> {
    let mut r = Rehearsal::new();
    let server = r.start(0, 500);
    r.listen(server, 3, 9999, 128);
    r.accept_enter(server, 3, 9999);
    let client = r.start(1, 501);
    let (ours, theirs) = (connection(9999, 40_000), connection(40_000, 9999));
    r.connect(client, 4, 9999, 40_000);
    r.accept_leave(server, 3, 9999, 40_000, 4);
    let piece = vec![0; 65_536];
    let file = Object::File { path: "/somewhere/data/#5312 (deleted)".into() };
    for _ in 0..3200 {
        r.send(client, 4, &theirs, &piece);
        r.receive(server, 4, &ours, &piece);
        r.send(server, 5, &file, &piece);
    }
    r.half_close(client, 4, &theirs);
    r.receive_enter(client, 4, &theirs);
    r.receive(server, 4, &ours, b"");
    let rename =
        Call::Rename { from: "/proc/self/fd/5".into(), to: "/somewhere/data/my.txt".into() };
    r.leave(server, rename, 0);
    let reply = "文件上传成功!";
    r.send(server, 4, &ours, reply.as_bytes());
    r.close(server, 4, &ours);
    r.receive_leave(client, 4, &theirs, reply.as_bytes());
    r.receive(client, 4, &theirs, b"");
    r.print(client, Stream::Out, "客户端收到:文件上传成功!");
    r.exit(client, 0);
    r.exit(server, 0);
    r.events
}

/// Lesson 06: two child processes, 19 lines each, 0.1 s before each.
pub fn two_processes() -> Vec<Event> {
    let mut r = Rehearsal::new();
    let main = r.start(0, 700);
    let children = [r.fork(main, 701), r.fork(main, 702)];
    r.wait_enter(main, 701);
    for child in children {
        r.sleep_enter(child, 100);
    }
    for i in 1..20 {
        r.at(i * 100);
        for (child, text) in children.into_iter().zip(["正在敲第#遍代码", "正在听第#遍音乐"])
        {
            r.sleep_leave(child, 100);
            r.print(child, Stream::Out, &text.replace('#', &i.to_string()));
            if i < 19 {
                r.sleep_enter(child, 100);
            }
        }
    }
    for child in children {
        r.exit(child, 0);
    }
    r.wait_leave(main, 701, Exit::Code(0));
    r.wait_enter(main, 702);
    r.wait_leave(main, 702, Exit::Code(0));
    r.exit(main, 0);
    r.events
}

/// Lesson 09: after 1 s the child is terminated.
pub fn terminate() -> Vec<Event> {
    let mut r = Rehearsal::new();
    let main = r.start(0, 900);
    let child = r.fork(main, 901);
    r.sleep_enter(main, 1000);
    for i in 0..5 {
        r.at(i * 200);
        if i > 0 {
            r.sleep_leave(child, 200);
        }
        r.print(child, Stream::Out, "我努力工作中.....");
        r.sleep_enter(child, 200);
    }
    r.at(1000);
    r.sleep_leave(main, 1000);
    let kill = Call::Kill { target: 901, signal: 15 };
    r.enter(main, kill.clone());
    r.leave(main, kill, 0);
    r.wait_enter(main, 901);
    r.act(child, Activity::Signal { number: 15, from: Some(900) });
    r.act(child, Activity::Exited(Exit::Signal(15)));
    r.wait_leave(main, 901, Exit::Signal(15));
    r.print(main, Stream::Out, "main进程结束了");
    r.exit(main, 0);
    r.events
}

/// Lesson 10: three threads, two of them with 199 lines.
pub fn three_threads() -> Vec<Event> {
    let mut r = Rehearsal::new();
    let main = r.start(0, 1000);
    let threads = [r.spawn(main, 1001), r.spawn(main, 1002)];
    for who in [main, threads[0], threads[1]] {
        r.sleep_enter(who, 100);
    }
    for i in 1..200 {
        r.at(i * 100);
        if i < 20 {
            r.sleep_leave(main, 100);
            r.print(main, Stream::Out, &format!("main{i}"));
            if i < 19 {
                r.sleep_enter(main, 100);
            } else {
                r.futex_enter(main);
            }
        }
        for (who, text) in threads.into_iter().zip(["正在敲第#遍代码", "正在听第#遍音乐"])
        {
            r.sleep_leave(who, 100);
            r.print(who, Stream::Out, &text.replace('#', &i.to_string()));
            if i < 199 {
                r.sleep_enter(who, 100);
            }
        }
    }
    for who in threads {
        r.act(who, Activity::ThreadEnded);
    }
    r.futex_leave(main);
    r.exit(main, 0);
    r.events
}

/// Lesson 11: a slow client and two fast ones at a server with 64 workers, of whom three have something to do.
pub fn concurrent() -> Vec<Event> {
    let mut r = Rehearsal::new();
    let server = r.start(0, 1100);
    r.listen(server, 3, 9999, 128);
    let workers: Vec<Who> = (1..=64).map(|n| r.spawn(server, 1100 + n)).collect();
    for worker in &workers {
        r.futex_enter(*worker);
    }
    let door = r.spawn(server, 1165);
    r.accept_enter(door, 4, 9999);
    r.enter(server, Call::AwaitSignal { timeout: None });
    let slow = r.start(1, 1200);
    r.connect(slow, 3, 9999, 41_000);
    r.accept_leave(door, 4, 9999, 41_000, 5);
    let serve = |r: &mut Rehearsal, worker: Who, client: Who, port: u16, fd: i32, n: u32| {
        let (ours, theirs) = (connection(9999, port), connection(port, 9999));
        for _ in 0..n {
            r.send(client, 3, &theirs, &[0; 1000]);
            r.receive(worker, fd, &ours, &[0; 1000]);
        }
    };
    let finish = |r: &mut Rehearsal, worker: Who, client: Who, port: u16, fd: i32| {
        let (ours, theirs) = (connection(9999, port), connection(port, 9999));
        r.half_close(client, 3, &theirs);
        r.receive_enter(client, 3, &theirs);
        r.receive(worker, fd, &ours, b"");
        r.send(worker, fd, &ours, "文件上传成功!".as_bytes());
        r.close(worker, fd, &ours);
        r.receive_leave(client, 3, &theirs, "文件上传成功!".as_bytes());
        r.receive(client, 3, &theirs, b"");
        r.print(client, Stream::Out, "客户端收到:文件上传成功!");
        r.exit(client, 0);
    };
    r.futex_leave(workers[0]);
    r.tell(Kind::Typed { terminal: 1, text: Some("第一行".into()) });
    serve(&mut r, workers[0], slow, 41_000, 5, 1);
    for (terminal, pid, port, worker, pieces) in
        [(2, 1201, 41_001, workers[1], 50), (3, 1202, 41_002, workers[2], 80)]
    {
        r.accept_enter(door, 4, 9999);
        let client = r.start(terminal, pid);
        r.connect(client, 3, 9999, port);
        r.accept_leave(door, 4, 9999, port, 6);
        r.futex_leave(worker);
        serve(&mut r, worker, client, port, 6, pieces);
        finish(&mut r, worker, client, port, 6);
    }
    r.accept_enter(door, 4, 9999);
    r.tell(Kind::Typed { terminal: 1, text: Some("第二行".into()) });
    serve(&mut r, workers[0], slow, 41_000, 5, 1);
    r.tell(Kind::Typed { terminal: 1, text: None });
    finish(&mut r, workers[0], slow, 41_000, 5);
    r.leave(server, Call::AwaitSignal { timeout: None }, 2);
    r.exit(server, 0);
    r.events
}
