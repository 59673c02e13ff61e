//! What is said of programs that do something else than a script asks, and of right ones that are written differently: from
//! what they did, and a verdict that is given.

mod downloads;
mod ends;
mod follows;
mod forked;
mod garbage;
mod helpers;
mod many;
mod nothing;
mod numbers;
mod pieces;
mod printed;
mod signals;
mod sockets;
mod stored;
mod tables;
mod waits;

use super::*;

use events::{Exit, Family, FileFinding, Line, SocketKind, Source, Stream};
use judge::{Failure, Subject, Verdict};

/// A story that is told step by step; everybody in it is a process, or a thread that was made.
struct Story {
    scene: Scene,
    events: Vec<Event>,
    failures: Vec<Failure>,
    now: Duration,
    /// Per process or thread: its process, and its terminal.
    who: Vec<(i32, i32, usize)>,
}

impl Story {
    /// The first process of the first terminal is 10, of the second 20, and so on.
    fn of(script: &str) -> Story {
        let scene = parse(&format!("场景 试\n{script}")).unwrap().scenes.remove(0);
        let mut story = Story::new(scene);
        for terminal in 0..story.scene.terminals.len() {
            story.starts(terminal);
        }
        story
    }

    fn new(scene: Scene) -> Story {
        let events = vec![event(Kind::Tracing { clock: Clock::Virtual { seed: 0 } })];
        Story { scene, events, failures: Vec::new(), now: Duration::ZERO, who: Vec::new() }
    }

    fn starts(&mut self, terminal: usize) {
        let pid = (terminal as i32 + 1) * 10;
        self.who.push((pid, pid, terminal));
        self.tell(Kind::Started { terminal, pid, parent: 1 });
        self.does(pid, Activity::Exec { program: "x".into(), args: Vec::new() });
    }

    /// It has these arguments.
    fn runs(&mut self, pid: i32, args: &[&str]) {
        let args = args.iter().map(|one| (*one).to_owned()).collect();
        self.does(pid, Activity::Exec { program: "x".into(), args });
    }

    fn tell(&mut self, kind: Kind) {
        self.events.push(Event { at: self.now, ..event(kind) });
    }

    fn does(&mut self, tid: i32, activity: Activity) {
        let (_, pid, terminal) = *self.who.iter().find(|(one, ..)| *one == tid).unwrap();
        self.tell(Kind::Traced { terminal, pid, tid, activity });
    }

    fn enters(&mut self, tid: i32, call: Call) {
        self.does(tid, Activity::Enter(call));
    }

    fn done(&mut self, tid: i32, call: Call, value: i64) {
        self.does(tid, Activity::Leave { call, outcome: CallResult::Done(value) });
    }

    fn failed(&mut self, tid: i32, call: Call, errno: i32) {
        self.does(tid, Activity::Leave { call, outcome: CallResult::Failed(errno) });
    }

    fn makes(&mut self, tid: i32, child: i32, is_thread: bool) {
        let (_, pid, terminal) = *self.who.iter().find(|(one, ..)| *one == tid).unwrap();
        self.who.push((child, if is_thread { pid } else { child }, terminal));
        self.does(
            tid,
            match is_thread {
                true => Activity::NewThread { child },
                false => Activity::NewProcess { child },
            },
        );
    }

    fn socket(&mut self, tid: i32, fd: i32, kind: SocketKind) {
        self.done(tid, Call::Socket { family: Family::Ipv4, kind }, fd.into());
    }

    fn binds(&mut self, tid: i32, to: &str) {
        self.done(tid, Call::Bind { fd: 3, addr: Some(addr(to)) }, 0);
    }

    fn listens(&mut self, tid: i32, at: &str) {
        self.done(tid, Call::Listen { fd: 3, addr: Some(addr(at)), backlog: 5 }, 0);
    }

    /// A client connects from a port to a server's address, and is accepted.
    fn talk(&mut self, client: i32, port: u16, server: i32, at: &str) -> Talk {
        let talk = Talk {
            server,
            client,
            there: addr(at),
            here: SocketAddr::from(([127, 0, 0, 1], port)),
        };
        self.connects(client, talk.here, at);
        self.accepts(&talk);
        talk
    }

    fn connects(&mut self, client: i32, from: SocketAddr, to: &str) {
        self.socket(client, 3, SocketKind::Stream);
        let call = |local| Call::Connect { fd: 3, peer: Some(addr(to)), local, socket: None };
        self.enters(client, call(None));
        self.done(client, call(Some(from)), 0);
    }

    fn refused(&mut self, client: i32, to: &str) {
        self.socket(client, 3, SocketKind::Stream);
        let call = Call::Connect { fd: 3, peer: Some(addr(to)), local: None, socket: None };
        self.failed(client, call, nix::libc::ECONNREFUSED);
    }

    fn accepts(&mut self, talk: &Talk) {
        let (local, peer) = (Some(talk.there), Some(talk.here));
        self.done(talk.server, Call::Accept { fd: 3, local, peer, client: None }, 4);
    }

    fn sends(&mut self, talk: &Talk, tid: i32, text: &[u8]) {
        let (object, bytes) = (talk.object(tid), text.len() as u64);
        let call =
            Call::Send { fd: talk.fd(tid), object, data: Data::new(text, bytes).asking(bytes) };
        self.enters(tid, call.clone());
        self.done(tid, call, bytes as i64);
    }

    fn asks(&mut self, talk: &Talk, tid: i32, asked: u64) -> Call {
        let data = Data::default().asking(asked);
        let call = Call::Receive { fd: talk.fd(tid), object: talk.object(tid), data };
        self.enters(tid, call.clone());
        call
    }

    /// No bytes: the end.
    fn receives(&mut self, talk: &Talk, tid: i32, text: &[u8], asked: u64) {
        self.asks(talk, tid, asked);
        let (object, bytes) = (talk.object(tid), text.len() as u64);
        let call =
            Call::Receive { fd: talk.fd(tid), object, data: Data::new(text, bytes).asking(asked) };
        self.done(tid, call, bytes as i64);
    }

    /// It asks for bytes, waits so long, and gets an error.
    fn asks_in_vain(&mut self, talk: &Talk, tid: i32, seconds: u64, errno: i32) {
        let call = self.asks(talk, tid, 1024);
        self.now += Duration::from_secs(seconds);
        self.failed(tid, call, errno);
    }

    fn closes(&mut self, talk: &Talk, tid: i32) {
        self.done(tid, Call::Close { fd: talk.fd(tid), object: talk.object(tid) }, 0);
    }

    fn writes(&mut self, tid: i32, path: &str, text: &[u8]) {
        let bytes = text.len() as u64;
        let object = Object::File { path: format!("/scene/{path}") };
        let call = Call::Send { fd: 5, object, data: Data::new(text, bytes).asking(bytes) };
        self.done(tid, call, bytes as i64);
    }

    fn renames(&mut self, tid: i32, from: &str, to: &str) {
        self.done(tid, Call::Rename { from: from.into(), to: to.into() }, 0);
    }

    /// The index of the event is given back.
    fn prints(&mut self, tid: i32, stream: Stream, text: &str) -> usize {
        let (_, pid, terminal) = *self.who.iter().find(|(one, ..)| *one == tid).unwrap();
        let source = Some(Source { pid, tid });
        let line = Line { terminal, stream, text: text.into(), count: 1, whole: true, source };
        self.tell(Kind::Line(line));
        self.events.len() - 1
    }

    fn exits(&mut self, pid: i32, code: i32) {
        self.does(pid, Activity::Exited(Exit::Code(code)));
        let (_, _, terminal) = *self.who.iter().find(|(one, ..)| *one == pid).unwrap();
        if pid == (terminal as i32 + 1) * 10 {
            self.tell(Kind::Exited { terminal, exit: Exit::Code(code) });
        }
    }

    /// What is found of the file that the script compares first.
    fn differs(&mut self, found: u64, expected: u64) {
        let finding = FileFinding::Differs { at: found.min(expected), found, expected };
        self.tell(Kind::File { compared: 0, finding });
    }

    /// This is broken; its index is given back.
    fn breaks(&mut self, rule: Rule, subject: Subject, event: Option<usize>) -> usize {
        let (line, detail) = (self.scene.line, String::new());
        let (expected, got) = (None, None);
        self.failures.push(Failure { rule, line, subject, expected, got, detail, event });
        self.failures.len() - 1
    }

    fn demand(&mut self, terminal: usize, practice: &str) -> usize {
        let index = self.breaks(Rule::Mechanism, Subject::Terminal(terminal), None);
        self.failures[index].expected = Some(practice.into());
        index
    }

    fn file(&mut self, path: &str) -> usize {
        let event = self.events.len() - 1;
        self.breaks(Rule::File, Subject::File(path.into()), Some(event))
    }

    /// Everything that could be wrong with a terminal and the files is.
    fn everything_breaks(&mut self) {
        let last = self.events.len() - 1;
        for terminal in 0..self.scene.terminals.len() {
            for rule in Rule::all().filter(|rule| *rule != Rule::Mechanism) {
                self.breaks(rule, Subject::Terminal(terminal), Some(last));
            }
        }
        for path in self.scene.compared.iter().map(|one| one.path.clone()).collect::<Vec<_>>() {
            self.file(&path);
        }
        for demand in self.scene.demands.clone() {
            self.demand(demand.terminal, &demand.practice.to_string());
        }
    }

    fn causes(&self) -> Vec<Cause> {
        let verdict = Verdict { failures: self.failures.clone(), unchecked: Vec::new() };
        diagnose(&self.scene, &self.events, &verdict)
    }

    /// The mistakes that are named.
    fn named(&self) -> Vec<Code> {
        self.causes().iter().map(|cause| cause.code).collect()
    }

    /// The cause that is of this kind.
    fn cause(&self, code: Code) -> Cause {
        let causes = self.causes();
        let found = causes.iter().find(|cause| cause.code == code).cloned();
        found.unwrap_or_else(|| panic!("{causes:#?}"))
    }

    /// All the failures that are laid on this cause.
    fn claimed(&self, code: Code) -> Vec<usize> {
        let cause = self.cause(code);
        let mut all: Vec<usize> = cause.failure.into_iter().chain(cause.consequences).collect();
        all.sort_unstable();
        all
    }
}

/// A connection: who has which end.
#[derive(Clone, Copy)]
struct Talk {
    server: i32,
    client: i32,
    there: SocketAddr,
    here: SocketAddr,
}

impl Talk {
    /// The descriptor, as `connects` and `accepts` gave it.
    fn fd(&self, tid: i32) -> i32 {
        if tid == self.client { 3 } else { 4 }
    }

    fn object(&self, tid: i32) -> Object {
        match tid == self.client {
            true => Object::Connection { local: self.here, peer: self.there },
            false => Object::Connection { local: self.there, peer: self.here },
        }
    }
}
