//! What the kernel holds after so many events, as far as they tell it: descriptors of sockets and pipes, queues of listeners,
//! connections with what is on its way, pipes, files as they grow, and who runs, waits or has ended.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Data, Ends, Event, Exit, Half, Kind, Object, SocketKind};

use super::super::names::Namer;
use super::super::words::Speaker;
use super::bytes::Queue;
use cast::{Actors, Role};

/// What is known of it.
pub struct Kernel<'a> {
    pub(super) namer: &'a Namer<'a>,
    pub(super) people: Vec<Life>,
    /// Per process: number to what it leads to. Of files only those are known that were used: they are not among them.
    pub(super) descriptors: BTreeMap<i32, BTreeMap<i32, Leads>>,
    /// In the order of their beginnings.
    pub(super) connections: Vec<Connection>,
    pub(super) listeners: BTreeMap<SocketAddr, Listener>,
    pub(super) pipes: BTreeMap<u64, Queue>,
    /// By the address where they are received.
    pub(super) datagrams: BTreeMap<SocketAddr, Queue>,
    /// Bytes of Unix sockets, by the number of the one that receives them.
    pub(super) unix: BTreeMap<u64, Queue>,
    /// Bytes that were written so far.
    pub(super) files: BTreeMap<String, u64>,
    /// Who sends, and how much of it was put into a queue when it began.
    pub(super) sending: HashMap<i32, u64>,
}

/// Somebody's state.
#[derive(Clone)]
pub(super) struct Life {
    pub(super) pid: i32,
    pub(super) role: Role,
    pub(super) parent: Option<usize>,
    /// It belongs to a shell or a shim that was there before the program.
    pub(super) former: bool,
    /// In words; `None`: has not begun.
    pub(super) state: Option<(String, &'static str)>,
    /// Where in its source it was last: an index into the film's sources, and a line.
    pub(super) place: Option<(usize, u32)>,
    /// Its parent has not waited for it.
    pub(super) over: bool,
    pub(super) reaped: bool,
}

/// What a descriptor leads to.
#[derive(Clone, PartialEq)]
pub(super) enum Leads {
    /// A socket that neither listens nor is connected; `at`: it is bound there.
    Socket {
        kind: SocketKind,
        at: Option<SocketAddr>,
    },
    Listener {
        at: SocketAddr,
    },
    Connection {
        local: SocketAddr,
        peer: SocketAddr,
    },
    PipeEnd {
        id: u64,
        write: bool,
    },
}

pub(super) struct Listener {
    pub(super) who: usize,
    pub(super) backlog: i32,
    /// Connected and not accepted yet: their addresses.
    pub(super) queue: Vec<SocketAddr>,
}

/// One end.
pub(super) struct End {
    pub(super) addr: SocketAddr,
    /// Who is known to have it first.
    pub(super) who: Option<usize>,
    /// What came here and was not received yet.
    pub(super) came: Queue,
    /// It has said that nothing more comes from it.
    pub(super) shut: bool,
    /// It has received the end.
    pub(super) saw_end: bool,
    /// Nobody has it any more.
    pub(super) closed: bool,
}

pub(super) struct Connection {
    pub(super) ends: [End; 2],
    pub(super) accepted: bool,
}

impl<'a> Kernel<'a> {
    /// Nothing has happened yet.
    pub fn new(actors: &Actors, namer: &'a Namer<'a>) -> Kernel<'a> {
        let life = |actor: &cast::Actor| Life {
            pid: actor.pid,
            role: actor.role,
            parent: actor.parent,
            former: actor.former,
            state: None,
            place: None,
            over: false,
            reaped: false,
        };
        Kernel {
            namer,
            people: actors.all.iter().map(life).collect(),
            descriptors: BTreeMap::new(),
            connections: Vec::new(),
            listeners: BTreeMap::new(),
            pipes: BTreeMap::new(),
            datagrams: BTreeMap::new(),
            unix: BTreeMap::new(),
            files: BTreeMap::new(),
            sending: HashMap::new(),
        }
    }

    /// This has happened, at this place and in this step of the film; `actors` has followed it.
    pub fn take(
        &mut self,
        event: &Event,
        (actor, place): (Option<usize>, Option<(usize, u32)>),
        actors: &Actors,
        speaker: &Speaker,
        step: usize,
    ) {
        let Some(actor) = actor else { return };
        let life = &mut self.people[actor];
        life.place = place.or(life.place);
        match &event.kind {
            Kind::Started { .. } => self.runs(actor),
            Kind::Traced { pid, tid, activity, .. } => match activity {
                Activity::Exec { .. } => {
                    // which of them close at exec nobody tells
                    self.descriptors.remove(pid);
                    self.runs(actor);
                }
                Activity::NewProcess { child } => {
                    let own = self.descriptors.get(pid).cloned().unwrap_or_default();
                    self.descriptors.insert(*child, own);
                    actors.who(*child, *child).inspect(|child| self.runs(*child));
                }
                Activity::NewThread { child } => {
                    actors.who(*pid, *child).inspect(|child| self.runs(*child));
                }
                Activity::Enter(call) => {
                    self.begins(actor, *tid, call, speaker, step);
                }
                Activity::Leave { call, outcome } => {
                    self.runs(actor);
                    self.ends_call(actor, *pid, *tid, (call, *outcome), actors, step);
                }
                Activity::ThreadEnded => self.is_over(actor, "线程结束了".to_owned()),
                Activity::Exited(exit) => self.exits(actor, *pid, *exit),
                _ => {}
            },
            _ => {}
        }
    }

    fn runs(&mut self, actor: usize) {
        let life = &mut self.people[actor];
        if !life.over {
            life.state = Some(("在运行".to_owned(), "run"));
        }
    }

    fn is_over(&mut self, actor: usize, words: String) {
        let life = &mut self.people[actor];
        life.state = Some((words, "over"));
        life.over = true;
    }

    fn exits(&mut self, actor: usize, pid: i32, exit: Exit) {
        let of_it: Vec<usize> = (0..self.people.len())
            .filter(|one| {
                let life = &self.people[*one];
                life.pid == pid && life.role == Role::Thread && life.state.is_some() && !life.over
            })
            .collect();
        for one in of_it {
            self.is_over(one, "随进程没了".to_owned());
        }
        self.is_over(actor, format!("结束了：{exit}"));
        let gone = self.descriptors.remove(&pid).unwrap_or_default();
        gone.into_values().for_each(|leads| self.let_go(&leads));
    }

    /// Somebody has given up a descriptor: it may have been the last that leads there.
    fn let_go(&mut self, leads: &Leads) {
        let held = self.descriptors.values().any(|own| own.values().any(|other| other == leads));
        if let (false, Leads::Connection { local, peer }) = (held, leads)
            && let Some((connection, end)) = self.end(*local, *peer)
        {
            let end = &mut self.connections[connection].ends[end];
            (end.closed, end.shut) = (true, true);
        }
        if let (false, Leads::Listener { at }) = (held, leads) {
            self.listeners.remove(at);
        }
    }

    /// The end of a connection that has this address here and that one there: which connection, and which end. The last one,
    /// for an address may be used again.
    fn end(&self, local: SocketAddr, peer: SocketAddr) -> Option<(usize, usize)> {
        let of = |one: &Connection| {
            (0..2).find(|end| one.ends[*end].addr == local && one.ends[1 - end].addr == peer)
        };
        let found = self.connections.iter().enumerate().rev();
        found.filter_map(|(index, one)| Some((index, of(one)?))).next()
    }

    /// A connection between these; `fresh`: one that has both ends closed is another.
    fn connection(&mut self, client: SocketAddr, server: SocketAddr) -> usize {
        let open = self.end(client, server).map(|(index, _)| index);
        let is_over = |one: &Connection| one.ends.iter().all(|end| end.closed);
        match open.filter(|index| !is_over(&self.connections[*index])) {
            Some(index) => index,
            None => {
                let end = |addr| End {
                    addr,
                    who: None,
                    came: Queue::default(),
                    shut: false,
                    saw_end: false,
                    closed: false,
                };
                let ends = [end(client), end(server)];
                self.connections.push(Connection { ends, accepted: false });
                self.connections.len() - 1
            }
        }
    }

    /// What somebody does until a call comes back.
    fn begins(&mut self, actor: usize, tid: i32, call: &Call, speaker: &Speaker, step: usize) {
        let waits = match call {
            Call::Sleep { length } => Some((format!("睡 {} 秒", length.as_secs_f64()), "sleep")),
            Call::Accept { .. }
            | Call::Receive { .. }
            | Call::Wait { .. }
            | Call::Futex { .. }
            | Call::Poll { .. }
            | Call::AwaitSignal { .. }
            | Call::LockFile { .. }
            | Call::Connect { .. } => {
                Some((speaker.wait(call).trim_end_matches('.').to_owned(), "wait"))
            }
            _ => None,
        };
        if let Some(waits) = waits.filter(|_| !self.people[actor].over) {
            self.people[actor].state = Some(waits);
        }
        // whoever receives may come back before whoever sends
        if let Call::Send { object, data, .. } = call
            && self.put(object, data, step)
        {
            self.sending.insert(tid, data.bytes);
        }
        match call {
            Call::Shutdown { object: Object::Connection { local, peer }, how, .. }
                if *how != Half::Read =>
            {
                if let Some((connection, end)) = self.end(*local, *peer) {
                    self.connections[connection].ends[end].shut = true;
                }
            }
            _ => {}
        }
    }

    /// Where bytes that are sent lie until they are received.
    fn queue(&mut self, object: &Object) -> Option<&mut Queue> {
        match object {
            Object::Connection { local, peer } => {
                let (connection, end) = self.end(*local, *peer)?;
                Some(&mut self.connections[connection].ends[1 - end].came)
            }
            Object::Pipe { id } => Some(self.pipes.entry(*id).or_default()),
            _ => None,
        }
    }

    fn put(&mut self, object: &Object, data: &Data, step: usize) -> bool {
        let Some(queue) = self.queue(object) else { return false };
        queue.put(data, step);
        true
    }

    /// A call has come back.
    fn ends_call(
        &mut self,
        actor: usize,
        pid: i32,
        tid: i32,
        (call, outcome): (&Call, CallResult),
        actors: &Actors,
        step: usize,
    ) {
        let done = match outcome {
            CallResult::Done(value) => Some(value),
            _ => None,
        };
        match call {
            Call::Send { object, data, .. } => self.sent(tid, object, data, done, step),
            Call::Receive { object, data, .. } if !data.peeked => {
                if let Some(bytes) = done {
                    self.received(object, data, u64::try_from(bytes).unwrap_or(0));
                }
            }
            Call::Close { fd, .. } if done.is_some() => {
                let own = self.descriptors.get_mut(&pid).and_then(|own| own.remove(fd));
                own.inspect(|leads| self.let_go(leads));
            }
            Call::Wait { .. } => {
                let child =
                    done.filter(|child| *child > 0).and_then(|child| i32::try_from(child).ok());
                let child = child.and_then(|child| actors.who(child, child));
                child.inspect(|child| self.people[*child].reaped = true);
            }
            Call::Rename { from, to } if done.is_some() => {
                let (from, to) = (self.namer.file(from), self.namer.file(to));
                if let Some(bytes) = self.files.remove(&from) {
                    self.files.insert(to, bytes);
                }
            }
            _ => {
                if let Some(value) = done {
                    self.opened(actor, pid, call, i32::try_from(value).unwrap_or(-1));
                }
            }
        }
    }

    fn sent(&mut self, tid: i32, object: &Object, data: &Data, done: Option<i64>, step: usize) {
        let bytes = done.map_or(0, |bytes| u64::try_from(bytes).unwrap_or(0));
        if let Some(begun) = self.sending.remove(&tid) {
            let by = begun.saturating_sub(bytes);
            if let Some(queue) = self.queue(object).filter(|_| by > 0) {
                queue.shorten_last(by);
            }
            return;
        }
        match (object, data.ends) {
            (Object::File { path }, _) => {
                *self.files.entry(self.namer.file(path)).or_default() += bytes;
            }
            (_, Some(Ends::Datagram { other: Some(other), .. })) if done.is_some() => {
                self.datagrams.entry(other).or_default().put_whole(data, step);
            }
            (_, Some(Ends::Unix { other, .. })) if bytes > 0 => {
                self.unix.entry(other).or_default().put(data, step);
            }
            _ => {}
        }
    }

    fn received(&mut self, object: &Object, data: &Data, bytes: u64) {
        match (object, data.ends) {
            (Object::Connection { local, peer }, None) => {
                let Some((connection, end)) = self.end(*local, *peer) else { return };
                let end = &mut self.connections[connection].ends[end];
                end.came.take(bytes);
                end.saw_end |= bytes == 0 && data.asked > 0;
            }
            (Object::Pipe { id }, _) => self.pipes.entry(*id).or_default().take(bytes),
            (_, Some(Ends::Datagram { own, .. })) => {
                self.datagrams.entry(own).or_default().take_whole();
            }
            (_, Some(Ends::Unix { own, .. })) => self.unix.entry(own).or_default().take(bytes),
            _ => {}
        }
    }

    /// Descriptors that are new, or lead to something else now.
    fn opened(&mut self, actor: usize, pid: i32, call: &Call, value: i32) {
        let mut open = |fd: i32, leads: Leads| {
            self.descriptors.entry(pid).or_default().insert(fd, leads);
        };
        match call {
            Call::Socket { kind, .. } => open(value, Leads::Socket { kind: *kind, at: None }),
            Call::Bind { fd, addr: Some(addr) } => {
                let own = self.descriptors.entry(pid).or_default();
                if let Some(Leads::Socket { at, .. }) = own.get_mut(fd) {
                    *at = Some(*addr);
                }
            }
            Call::Listen { fd, addr: Some(addr), backlog } => {
                open(*fd, Leads::Listener { at: *addr });
                let listener = Listener { who: actor, backlog: *backlog, queue: Vec::new() };
                self.listeners.entry(*addr).or_insert(listener);
            }
            Call::Accept { local: Some(local), peer: Some(peer), .. } => {
                open(value, Leads::Connection { local: *local, peer: *peer });
                let index = self.connection(*peer, *local);
                let connection = &mut self.connections[index];
                connection.accepted = true;
                connection.ends[1].who = Some(actor);
                if let Some(listener) = self.listener_of(*local) {
                    listener.queue.retain(|one| one != peer);
                }
            }
            Call::Connect { fd, peer: Some(peer), local: Some(local), .. } => {
                let own = self.descriptors.entry(pid).or_default();
                let before = own.insert(*fd, Leads::Connection { local: *local, peer: *peer });
                // of datagrams it only says whereto they go, though somebody may listen at the same port
                let is_stream =
                    matches!(before, Some(Leads::Socket { kind: SocketKind::Stream, .. }));
                if !is_stream || self.listener_of(*peer).is_none() {
                    return;
                }
                let index = self.connection(*local, *peer);
                let connection = &mut self.connections[index];
                connection.ends[0].who = Some(actor);
                let is_new = !connection.accepted;
                if let Some(listener) = self.listener_of(*peer)
                    && is_new
                {
                    listener.queue.push(*local);
                }
            }
            Call::Pipe { id, read, write } => {
                open(*read, Leads::PipeEnd { id: *id, write: false });
                open(*write, Leads::PipeEnd { id: *id, write: true });
                self.pipes.entry(*id).or_default();
            }
            _ => {}
        }
    }

    /// Who listens at this address, or at all addresses of its port.
    fn listener_of(&mut self, at: SocketAddr) -> Option<&mut Listener> {
        let all = |one: &SocketAddr| one.ip().is_unspecified() && one.port() == at.port();
        let key = self.listeners.keys().copied().find(|one| *one == at || all(one))?;
        self.listeners.get_mut(&key)
    }
}
