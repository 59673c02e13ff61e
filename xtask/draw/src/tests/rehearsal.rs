//! Events as the tracer tells them, without programs: a builder for tests.

use std::net::SocketAddr;
use std::time::Duration;

use course::script::{self, Scene};
use events::{
    Activity, Call, CallResult, Clock, Data, Event, Exit, Family, Half, Kind, Line, Object,
    SocketKind, Source, Stream, Window,
};

use super::super::Sources;

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
        self.events.push(Event { at: self.now, window, kind, place: None });
    }

    pub fn at(&mut self, milliseconds: u64) {
        self.now = Duration::from_millis(milliseconds);
    }

    pub fn start(&mut self, terminal: usize, pid: i32) -> Who {
        self.tell(Kind::Started { terminal, pid, parent: 1 });
        let who = Who(terminal, pid, pid);
        self.act(who, Activity::Exec { program: "/somewhere/lesson".into(), args: vec![] });
        who
    }

    pub fn act(&mut self, Who(terminal, pid, tid): Who, activity: Activity) {
        self.tell(Kind::Traced { terminal, pid, tid, activity });
    }

    pub fn enter(&mut self, who: Who, call: Call) {
        self.act(who, Activity::Enter(call));
    }

    pub fn leave(&mut self, who: Who, call: Call, value: i64) {
        self.act(who, Activity::Leave { call, outcome: CallResult::Done(value) });
    }

    pub fn fork(&mut self, who: Who, child: i32) -> Who {
        self.act(who, Activity::NewProcess { child });
        Who(who.0, child, child)
    }

    pub fn spawn(&mut self, who: Who, child: i32) -> Who {
        self.act(who, Activity::NewThread { child });
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
        self.act(who, Activity::Exited(Exit::Code(code)));
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
        self.enter(who, Call::Accept { fd, local: Some(addr(port)), peer: None, client: None });
    }

    pub fn accept_leave(&mut self, who: Who, fd: i32, port: u16, peer: u16, new: i32) {
        let call =
            Call::Accept { fd, local: Some(addr(port)), peer: Some(addr(peer)), client: None };
        self.leave(who, call, new.into());
    }

    pub fn connect(&mut self, who: Who, fd: i32, port: u16, own: u16) {
        self.socket(who, fd);
        self.enter(who, Call::Connect { fd, peer: Some(addr(port)), local: None, socket: None });
        let call =
            Call::Connect { fd, peer: Some(addr(port)), local: Some(addr(own)), socket: None };
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

    pub fn wait_leave(&mut self, who: Who, child: i32, ended: Exit) {
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
