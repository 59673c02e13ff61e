//! Who is who in a standstill, and what was said.

mod history;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use cast::Actors;
use course::script::Scene;
use events::{
    Activity, Call, CallResult, Event, Family, Kind, Line, Object, On, SocketKind, Stream, Waiting,
};

pub use history::{Direction, End, Got, History, Sent, Talk, Target};

use crate::reading;

use super::endings::Endings;
use super::library::{Task, task};

/// The threads that wait, and what their story tells of them. Threads are indices into `waiting`.
pub struct Roster<'a> {
    scene: &'a Scene,
    /// What the script waits for; `None`: it is done.
    direction: Option<usize>,
    pub waiting: &'a [Waiting],
    /// Who has ended.
    pub endings: Endings,
    /// Per process: its terminal.
    terminals: BTreeMap<i32, usize>,
    /// Everybody, with names.
    cast: Actors,
    /// The programs' first processes.
    roots: BTreeSet<i32>,
    /// Terminals whose program made processes.
    forked: BTreeSet<usize>,
    /// Threads beside the first that a process has now.
    threads: BTreeMap<i32, usize>,
    /// Processes that were made while their parent had other threads.
    among_threads: BTreeSet<i32>,
    /// What was said on the connections.
    pub history: History<'a>,
    /// Who listens where.
    listeners: BTreeMap<SocketAddr, i32>,
    /// Terminals whose program has accepted a client, or received a datagram.
    servers: BTreeSet<usize>,
    /// What a process has printed on its standard output.
    printed: BTreeMap<i32, Vec<&'a str>>,
    /// Sockets by process and descriptor.
    sockets: BTreeMap<(i32, i32), (Family, SocketKind)>,
}

impl<'a> Roster<'a> {
    /// `direction`: the direction of the script that was being waited for, an index into [`Scene::directions`].
    pub fn new(
        scene: &'a Scene,
        events: &'a [Event],
        direction: Option<usize>,
        waiting: &'a [Waiting],
    ) -> Roster<'a> {
        let mut roster = Roster {
            scene,
            direction,
            waiting,
            endings: Endings::of(events),
            terminals: BTreeMap::new(),
            cast: Actors::of(scene, events),
            roots: BTreeSet::new(),
            forked: BTreeSet::new(),
            threads: BTreeMap::new(),
            among_threads: BTreeSet::new(),
            history: History::default(),
            listeners: BTreeMap::new(),
            servers: BTreeSet::new(),
            printed: BTreeMap::new(),
            sockets: BTreeMap::new(),
        };
        for (index, event) in events.iter().enumerate() {
            match &event.kind {
                Kind::Started { terminal, pid, .. } => {
                    roster.roots.insert(*pid);
                    roster.terminals.insert(*pid, *terminal);
                }
                Kind::Traced { terminal, pid, tid, activity } => {
                    roster.terminals.insert(*pid, *terminal);
                    roster.note(*terminal, *pid, activity);
                    roster.history.note(index, *pid, *tid, activity);
                }
                Kind::Line(Line { stream: Stream::Out, source: Some(source), text, .. }) => {
                    roster.printed.entry(source.pid).or_default().push(text);
                }
                _ => {}
            }
        }
        for one in waiting {
            let terminal = roster.terminal(one);
            if !roster.roots.contains(&one.pid)
                && roster.roots.iter().any(|pid| roster.is_in(*pid, terminal))
            {
                roster.forked.insert(terminal);
            }
        }
        roster
    }

    fn note(&mut self, terminal: usize, pid: i32, activity: &Activity) {
        match activity {
            Activity::NewProcess { child } => {
                self.terminals.insert(*child, terminal);
                self.forked.insert(terminal);
                if self.threads.get(&pid).is_some_and(|threads| *threads > 0) {
                    self.among_threads.insert(*child);
                }
            }
            Activity::NewThread { .. } => *self.threads.entry(pid).or_default() += 1,
            Activity::ThreadEnded => {
                if let Some(threads) = self.threads.get_mut(&pid) {
                    *threads = threads.saturating_sub(1);
                }
            }
            Activity::Exec { .. } => {
                self.among_threads.remove(&pid);
                self.threads.remove(&pid);
                if self.roots.contains(&pid) {
                    // only what follows the last exec is the program that was meant: before it were shells and shims
                    self.forked.remove(&terminal);
                }
            }
            Activity::Leave {
                call: Call::Socket { family, kind },
                outcome: CallResult::Done(fd),
            } => {
                if let Ok(fd) = i32::try_from(*fd) {
                    self.sockets.insert((pid, fd), (*family, *kind));
                }
            }
            Activity::Leave {
                call: Call::Listen { addr: Some(addr), .. },
                outcome: CallResult::Done(_),
            } => {
                self.listeners.insert(*addr, pid);
            }
            Activity::Leave { call: Call::Accept { .. }, outcome: CallResult::Done(_) } => {
                self.servers.insert(terminal);
            }
            Activity::Leave { call: Call::Receive { data, .. }, outcome: CallResult::Done(_) }
                if data.is_datagram() =>
            {
                self.servers.insert(terminal);
            }
            _ => {}
        }
    }

    fn is_in(&self, pid: i32, terminal: usize) -> bool {
        self.terminals.get(&pid) == Some(&terminal)
    }

    /// Another process of its program has made it.
    pub fn is_child(&self, pid: i32) -> bool {
        self.terminals.contains_key(&pid) && !self.roots.contains(&pid)
    }

    /// It was made by a process that had other threads then.
    pub fn was_forked_among_threads(&self, pid: i32) -> bool {
        self.among_threads.contains(&pid)
    }

    /// The terminal of a thread.
    pub fn terminal(&self, one: &Waiting) -> usize {
        let known = self.terminal_of(one.pid).unwrap_or(one.program);
        known.min(self.scene.terminals.len().saturating_sub(1))
    }

    /// The program of a thread is given: it is not what has to change.
    pub fn is_given(&self, thread: usize) -> bool {
        self.runs_given(self.terminal(&self.waiting[thread]))
    }

    /// The program of a terminal is given.
    pub fn runs_given(&self, terminal: usize) -> bool {
        self.scene.is_given(terminal)
    }

    /// The terminal of a process.
    pub fn terminal_of(&self, pid: i32) -> Option<usize> {
        self.terminals.get(&pid).copied()
    }

    /// The threads of a process, the first thread first.
    pub fn threads_of(&self, pid: i32) -> Vec<usize> {
        let mut threads: Vec<usize> =
            (0..self.waiting.len()).filter(|one| self.waiting[*one].pid == pid).collect();
        threads.sort_by_key(|one| self.waiting[*one].tid != pid);
        threads
    }

    /// Whether a process runs a Python program, as far as the stacks of its threads tell.
    pub fn is_python(&self, pid: i32) -> bool {
        self.threads_of(pid).into_iter().any(|one| reading::is_python(&self.waiting[one]))
    }

    /// The thread with this number.
    pub fn thread(&self, tid: i32) -> Option<usize> {
        self.waiting.iter().position(|one| one.tid == tid)
    }

    /// A signal has stopped it.
    pub fn is_stopped(&self, pid: i32) -> bool {
        self.waiting.iter().any(|one| one.pid == pid && one.on == On::Stopped)
    }

    /// The two addresses of the connection that a thread waits on, its own first. Of one that waits for several
    /// descriptors, where only one connection comes into question.
    pub fn ends(&self, thread: usize) -> Option<Direction> {
        let one = &self.waiting[thread];
        match &one.call {
            Call::Send { object, .. } | Call::Receive { object, .. } => {
                self.history.direction(object)
            }
            Call::Poll { .. } => {
                let mut connections = self.polled(thread).into_iter();
                connections.next().filter(|_| connections.next().is_none())
            }
            _ => None,
        }
    }

    /// The connections that a thread in `poll(2)`, `select(2)` or `epoll_wait(2)` may wait for.
    pub fn polled(&self, thread: usize) -> BTreeSet<Direction> {
        let one = &self.waiting[thread];
        let Call::Poll { fds, .. } = &one.call else { return BTreeSet::new() };
        let targets: Vec<Target> =
            fds.iter().filter_map(|fd| self.history.target(one.pid, *fd)).collect();
        match targets.as_slice() {
            // a set (`epoll(7)`): what is in it is not known
            [] => self.history.connections_of(one.pid),
            known => known
                .iter()
                .filter_map(|target| match target {
                    Target::Connection(direction) => Some(*direction),
                    Target::Listener => None,
                })
                .collect(),
        }
    }

    /// Whether a thread waits for any of several descriptors.
    pub fn polls(&self, thread: usize) -> bool {
        matches!(self.waiting[thread].call, Call::Poll { .. })
    }

    /// The thread that waits on the other end of the same connection.
    pub fn other_end(&self, thread: usize) -> Option<usize> {
        let (local, peer) = self.ends(thread)?;
        let others = (0..self.waiting.len()).filter(|other| {
            // a forked process may have both ends
            *other != thread && self.ends(*other) == Some((peer, local))
        });
        others.min_by_key(|other| self.polls(*other))
    }

    /// What was said on the connection that a thread waits on, by its own side.
    pub fn said(&self, thread: usize) -> Option<&Talk<'a>> {
        self.history.talk(self.ends(thread)?)
    }

    /// What was said to the thread's side of the connection that it waits on.
    pub fn heard(&self, thread: usize) -> Option<&Talk<'a>> {
        let (local, peer) = self.ends(thread)?;
        self.history.talk((peer, local))
    }

    /// The kind of socket without a connection that a thread waits on.
    pub fn socket(&self, thread: usize) -> Option<&'static str> {
        let one = &self.waiting[thread];
        let Call::Receive { fd, object: Object::Socket { .. }, .. } = &one.call else {
            return None;
        };
        Some(match self.sockets.get(&(one.pid, *fd)) {
            Some((Family::Ipv4 | Family::Ipv6, SocketKind::Datagram)) => "数据报套接字（UDP）",
            Some((Family::Unix, _)) | None => "套接字",
            Some(_) => "没有连上的套接字",
        })
    }

    /// The only address whose datagrams the socket gets at which a thread waits: it was connected with that (`udp(7)`).
    pub fn hears_only(&self, thread: usize) -> Option<SocketAddr> {
        let one = &self.waiting[thread];
        let Call::Receive { fd, object: Object::Connection { peer, .. }, .. } = &one.call else {
            return None;
        };
        let kind = self.sockets.get(&(one.pid, *fd));
        matches!(kind, Some((Family::Ipv4 | Family::Ipv6, SocketKind::Datagram))).then_some(*peer)
    }

    /// The process that listens where a thread's connection leads to.
    pub fn server_of(&self, thread: usize) -> Option<i32> {
        let (_, End::Address(peer)) = self.ends(thread)? else { return None };
        let any = |addr: &SocketAddr| addr.ip().is_unspecified() && addr.port() == peer.port();
        let found = self.listeners.get(&peer).copied();
        found.or_else(|| Some(*self.listeners.iter().find(|(addr, _)| any(addr))?.1))
    }

    /// Whether a thread wants something from its connection or pipe, and does not give.
    pub fn receives(&self, thread: usize) -> bool {
        !matches!(self.waiting[thread].call, Call::Send { .. })
    }

    /// What a thread is in the middle of.
    pub fn task(&self, thread: usize) -> Task {
        task(&self.waiting[thread])
    }

    /// A thread that a thread waits to end (`pthread_join(3)`).
    pub fn joined(&self, thread: usize) -> Option<usize> {
        match &self.waiting[thread].on {
            On::Join { thread } => self.thread(*thread),
            // the end of a scope: for all of them
            On::Wake { others, hint: events::Hint::Join, .. } => {
                others.iter().find_map(|tid| self.thread(*tid))
            }
            // Python's threads are joined by a lock of theirs, which says nothing: it is clear where there is one only
            On::Wake { others, .. } => match (others.as_slice(), self.task(thread)) {
                ([only], Task::Join | Task::AtExit) => self.thread(*only),
                _ => None,
            },
            _ => None,
        }
    }

    /// The children that a thread waits for.
    pub fn children(&self, thread: usize) -> Vec<i32> {
        match &self.waiting[thread].on {
            On::Child { child: Some(child), .. } => vec![*child],
            On::Child { child: None, children } => children.clone(),
            _ => Vec::new(),
        }
    }

    /// What a process is called: by the name that it has in pictures.
    pub fn process_name(&self, pid: i32) -> String {
        let Some(terminal) = self.terminals.get(&pid) else { return format!("{pid} 号进程") };
        let name = format!("「{}」", self.scene.terminals[*terminal].name);
        if !self.forked.contains(terminal) {
            return name;
        }
        let process = if self.roots.contains(&pid) {
            "父进程".to_owned()
        } else {
            let child = self.cast.last(pid, pid).map(|actor| actor.name.as_str());
            match child {
                Some("") | None => format!("{pid} 号子进程"),
                Some("子进程") => "子进程".to_owned(),
                Some(name) => format!("「{name}」"),
            }
        };
        if self.scene.terminals.len() == 1 { process } else { format!("{name}的{process}") }
    }

    /// What a thread is called: the process alone, where no other thread of it waits.
    pub fn name(&self, thread: usize) -> String {
        let one = &self.waiting[thread];
        if self.threads_of(one.pid).len() == 1 && one.tid == one.pid {
            return self.process_name(one.pid);
        }
        self.thread_name(one.pid, one.tid)
    }

    /// What a thread is called, by the name that it has in pictures; also one that has ended.
    pub fn thread_name(&self, pid: i32, tid: i32) -> String {
        let thread = match self.cast.last(pid, tid).map(|actor| actor.name.as_str()) {
            _ if tid == pid => "主线程（main）".to_owned(),
            Some("") | None => format!("{tid} 号线程"),
            Some(name) => format!("「{name}」"),
        };
        let alone = self.scene.terminals.len() == 1 && self.forked.is_empty();
        if alone { thread } else { format!("{}的{thread}", self.process_name(pid)) }
    }

    /// What a thread is called that may have ended.
    pub fn name_of(&self, pid: i32, tid: i32) -> String {
        match self.thread(tid) {
            Some(thread) => self.name(thread),
            None if pid == tid => self.process_name(pid),
            None => self.thread_name(pid, tid),
        }
    }

    /// What several processes are called.
    pub fn process_names(&self, pids: &[i32]) -> String {
        let names: Vec<String> = pids.iter().map(|pid| self.process_name(*pid)).collect();
        names.join("、")
    }
}
