//! For tests: events as the tracer tells them, without programs.

use std::net::SocketAddr;
use std::time::Duration;

use tracer::{Call, Data, Ended, Family, Half, Object, Outcome, SocketKind, Step};

use super::Sources;
use crate::observe::{Clock, Event, Kind, Line, Source, Stream, Window};
use crate::script::{self, Scene};

/// A scene of a lesson's script, from 0.
pub fn scene(script: &str, nth: usize) -> Scene {
    let script = script::parse(script).expect("the lessons' scripts are right");
    script.scenes[nth].clone()
}

/// The `main.rs` of some packages.
pub fn sources(of: &[(&str, &str)]) -> Sources {
    of.iter().map(|(package, source)| ((*package).to_owned(), (*source).to_owned())).collect()
}

/// Events, told one after the other.
pub struct Rehearsal {
    pub events: Vec<Event>,
    now: Duration,
}

/// Somebody who acts: terminal, process, thread.
#[derive(Debug, Clone, Copy)]
pub struct Who(pub usize, pub i32, pub i32);

pub fn addr(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// This side's port and the other's.
pub fn connection(local: u16, peer: u16) -> Object {
    Object::Connection { local: addr(local), peer: addr(peer) }
}

impl Rehearsal {
    pub fn new() -> Rehearsal {
        let mut new = Rehearsal { events: vec![], now: Duration::ZERO };
        new.tell(Kind::Tracing { clock: Clock::Virtual { seed: 0 } });
        new
    }

    pub fn tell(&mut self, kind: Kind) {
        let window = Window::exact(self.events.len() as u64);
        self.events.push(Event { at: self.now, window, kind });
    }

    pub fn at(&mut self, milliseconds: u64) {
        self.now = Duration::from_millis(milliseconds);
    }

    pub fn start(&mut self, terminal: usize, pid: i32) -> Who {
        self.tell(Kind::Started { terminal, pid, parent: 1 });
        let who = Who(terminal, pid, pid);
        self.step(who, Step::Exec { program: "/somewhere/lesson".into(), args: vec![] });
        who
    }

    pub fn step(&mut self, Who(terminal, pid, tid): Who, step: Step) {
        self.tell(Kind::Traced { terminal, pid, tid, step });
    }

    pub fn enter(&mut self, who: Who, call: Call) {
        self.step(who, Step::Enter(call));
    }

    pub fn leave(&mut self, who: Who, call: Call, value: i64) {
        self.step(who, Step::Leave { call, outcome: Outcome::Done(value) });
    }

    pub fn fork(&mut self, who: Who, child: i32) -> Who {
        self.step(who, Step::NewProcess { child });
        Who(who.0, child, child)
    }

    pub fn spawn(&mut self, who: Who, child: i32) -> Who {
        self.step(who, Step::NewThread { child });
        Who(who.0, who.1, child)
    }

    pub fn print(&mut self, who: Who, stream: Stream, text: &str) {
        let object = match stream {
            Stream::Out => Object::Output { program: who.0 },
            Stream::Err => Object::Errors { program: who.0 },
        };
        let data = Data::new(format!("{text}\n").as_bytes(), text.len() as u64 + 1);
        let length = data.bytes as i64;
        let fd = if stream == Stream::Out { 1 } else { 2 };
        self.enter(who, Call::Send { fd, object: object.clone(), data: data.clone() });
        self.tell(Kind::Line(Line {
            terminal: who.0,
            stream,
            text: text.to_owned(),
            count: 1,
            whole: true,
            source: Some(Source { pid: who.1, tid: who.2 }),
        }));
        self.leave(who, Call::Send { fd, object, data }, length);
    }

    pub fn exit(&mut self, who: Who, code: i32) {
        self.step(who, Step::Ended(Ended::Code(code)));
    }

    pub fn socket(&mut self, who: Who, fd: i32) {
        self.leave(who, Call::Socket { family: Family::Ipv4, kind: SocketKind::Stream }, fd.into());
    }

    /// socket, setsockopt, bind, listen.
    pub fn listen(&mut self, who: Who, fd: i32, port: u16, backlog: i32) {
        self.socket(who, fd);
        let option = "SO_REUSEADDR".to_owned();
        self.leave(who, Call::SetOption { fd, option, value: Some(1) }, 0);
        self.leave(who, Call::Bind { fd, addr: Some(addr(port)) }, 0);
        self.leave(who, Call::Listen { fd, addr: Some(addr(port)), backlog }, 0);
        // how the server finds out the addresses that it shows
        self.leave(who, Call::Socket { family: Family::Other(16), kind: SocketKind::Other(3) }, 9);
        let object = Object::Socket { id: 77 };
        self.leave(who, Call::Close { fd: 9, object }, 0);
        self.print(who, Stream::Err, &format!("正在监听 127.0.0.1:{port}"));
    }

    pub fn accept_enter(&mut self, who: Who, fd: i32, port: u16) {
        self.enter(who, Call::Accept { fd, local: Some(addr(port)), peer: None });
    }

    pub fn accept_leave(&mut self, who: Who, fd: i32, port: u16, peer: u16, new: i32) {
        let call = Call::Accept { fd, local: Some(addr(port)), peer: Some(addr(peer)) };
        self.leave(who, call, new.into());
    }

    pub fn connect(&mut self, who: Who, fd: i32, port: u16, own: u16) {
        self.socket(who, fd);
        self.enter(who, Call::Connect { fd, peer: Some(addr(port)), local: None });
        let call = Call::Connect { fd, peer: Some(addr(port)), local: Some(addr(own)) };
        self.leave(who, call, 0);
    }

    pub fn send(&mut self, who: Who, fd: i32, object: &Object, bytes: &[u8]) {
        let data = Data::new(bytes, bytes.len() as u64);
        let call = Call::Send { fd, object: object.clone(), data };
        self.enter(who, call.clone());
        self.leave(who, call, bytes.len() as i64);
    }

    pub fn receive_enter(&mut self, who: Who, fd: i32, object: &Object) {
        self.enter(who, Call::Receive { fd, object: object.clone(), data: Data::default() });
    }

    pub fn receive_leave(&mut self, who: Who, fd: i32, object: &Object, bytes: &[u8]) {
        let data = Data::new(bytes, bytes.len() as u64);
        let call = Call::Receive { fd, object: object.clone(), data };
        self.leave(who, call, bytes.len() as i64);
    }

    pub fn receive(&mut self, who: Who, fd: i32, object: &Object, bytes: &[u8]) {
        self.receive_enter(who, fd, object);
        self.receive_leave(who, fd, object, bytes);
    }

    pub fn half_close(&mut self, who: Who, fd: i32, object: &Object) {
        self.leave(who, Call::Shutdown { fd, object: object.clone(), how: Half::Write }, 0);
    }

    pub fn close(&mut self, who: Who, fd: i32, object: &Object) {
        self.leave(who, Call::Close { fd, object: object.clone() }, 0);
    }

    pub fn sleep_enter(&mut self, who: Who, milliseconds: u64) {
        self.enter(who, Call::Sleep { length: Duration::from_millis(milliseconds) });
    }

    pub fn sleep_leave(&mut self, who: Who, milliseconds: u64) {
        self.leave(who, Call::Sleep { length: Duration::from_millis(milliseconds) }, 0);
    }

    pub fn wait_enter(&mut self, who: Who, child: i32) {
        self.enter(who, Call::Wait { child: Some(child), ended: None });
    }

    pub fn wait_leave(&mut self, who: Who, child: i32, ended: Ended) {
        let call = Call::Wait { child: Some(child), ended: Some(ended) };
        self.leave(who, call, child.into());
    }

    pub fn join_enter(&mut self, who: Who, thread: i32) {
        self.enter(who, Call::Futex { word: 8, value: thread as u32, timeout: None });
    }

    pub fn join_leave(&mut self, who: Who, thread: i32) {
        self.leave(who, Call::Futex { word: 8, value: thread as u32, timeout: None }, 0);
    }

    pub fn futex_enter(&mut self, who: Who) {
        self.enter(who, Call::Futex { word: 64, value: 2, timeout: None });
    }

    pub fn futex_leave(&mut self, who: Who) {
        self.leave(who, Call::Futex { word: 64, value: 2, timeout: None }, 0);
    }
}

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
    r.wait_leave(main, 701, Ended::Code(0));
    r.wait_enter(main, 702);
    r.wait_leave(main, 702, Ended::Code(0));
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
    r.step(child, Step::Signal { number: 15, from: Some(900) });
    r.step(child, Step::Ended(Ended::Signal(15)));
    r.wait_leave(main, 901, Ended::Signal(15));
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
        r.step(who, Step::ThreadEnded);
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
