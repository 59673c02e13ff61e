//! What the kernel holds, as it is shown: cells by name, which a step of the film sets or takes away.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use events::SocketKind;

use super::kernel::{End, Kernel, Leads, Life};
use cast::Role;

impl Kernel<'_> {
    /// Everything that is shown, by name.
    pub fn cells(&self) -> BTreeMap<String, Value> {
        let mut cells = BTreeMap::new();
        for (index, life) in self.people.iter().enumerate() {
            if let Some(cell) = self.person(index, life) {
                cells.insert(format!("actor:{index:04}"), cell);
            }
        }
        for (index, one) in self.connections.iter().enumerate() {
            let ends: Vec<Value> = one.ends.iter().map(|end| self.end_cell(end)).collect();
            let cell = json!({ "ends": ends, "accepted": one.accepted });
            cells.insert(format!("connection:{index:04}"), cell);
        }
        for (addr, one) in &self.listeners {
            let queue: Vec<String> = one.queue.iter().map(|at| self.namer.address(*at)).collect();
            let addr = self.namer.address(*addr);
            let cell =
                json!({ "at": addr, "who": one.who, "backlog": one.backlog, "queue": queue });
            cells.insert(format!("listener:{addr}"), cell);
        }
        for (number, (id, queue)) in self.pipes.iter().enumerate() {
            let held = |write: bool| self.holders(&Leads::PipeEnd { id: *id, write });
            // with its last descriptor it is gone, and what was in it
            if held(false).is_empty() && held(true).is_empty() {
                continue;
            }
            let cell = json!({
                "number": number + 1,
                "bytes": queue.bytes(),
                "pieces": queue.seen(),
                "readers": held(false),
                "writers": held(true),
            });
            cells.insert(format!("pipe:{number:04}"), cell);
        }
        for (addr, queue) in self.datagrams.iter().filter(|(_, queue)| !queue.is_empty()) {
            let addr = self.namer.address(*addr);
            let cell = json!({ "at": addr, "pieces": queue.seen() });
            cells.insert(format!("datagrams:{addr}"), cell);
        }
        for (number, queue) in self.unix.values().enumerate() {
            if !queue.is_empty() {
                let cell = json!({ "bytes": queue.bytes(), "pieces": queue.seen() });
                cells.insert(format!("unix:{number:04}"), cell);
            }
        }
        for (name, bytes) in &self.files {
            cells.insert(format!("file:{name}"), json!({ "name": name, "bytes": bytes }));
        }
        cells
    }

    /// Which processes have it: indices into the actors.
    fn holders(&self, leads: &Leads) -> Vec<usize> {
        let pids: BTreeSet<i32> = self
            .descriptors
            .iter()
            .filter(|(_, own)| own.values().any(|other| other == leads))
            .map(|(pid, _)| *pid)
            .collect();
        let is_it = |life: &Life| {
            pids.contains(&life.pid)
                && life.role != Role::Thread
                && life.state.is_some()
                && !life.over
        };
        (0..self.people.len()).filter(|index| is_it(&self.people[*index])).collect()
    }

    fn end_cell(&self, end: &End) -> Value {
        json!({
            "at": self.namer.address(end.addr),
            "who": end.who,
            "came": end.came.bytes(),
            "pieces": end.came.seen(),
            "shut": end.shut,
            "sawEnd": end.saw_end,
            "closed": end.closed,
        })
    }

    fn person(&self, index: usize, life: &Life) -> Option<Value> {
        let (state, tone) = life.state.as_ref().filter(|_| !life.former)?;
        let parent = life.parent.map(|parent| &self.people[parent]);
        let alone = parent.is_some_and(|parent| parent.over && life.role == Role::Process);
        let (state, tone) = match (life.over, life.role) {
            (true, Role::Process) if life.reaped => (format!("{state}，父进程已经等过它"), "gone"),
            (true, Role::Process) if alone => {
                (format!("{state}；父进程先没了，由收养它的进程收"), "gone")
            }
            (true, Role::Process) => (format!("{state}，父进程还没有等它：僵尸进程"), "zombie"),
            (true, _) => (state.clone(), "gone"),
            (false, _) if alone => (format!("{state}；父进程已经没了：孤儿进程"), *tone),
            (false, _) => (state.clone(), *tone),
        };
        let own =
            self.descriptors.get(&life.pid).filter(|_| life.role != Role::Thread && !life.over);
        let descriptors: Vec<Value> =
            own.into_iter().flatten().map(|(fd, leads)| json!([fd, self.leads(leads)])).collect();
        Some(json!({
            "actor": index,
            "state": state,
            "tone": tone,
            "fds": descriptors,
            "place": life.place,
        }))
    }

    fn leads(&self, leads: &Leads) -> String {
        match leads {
            Leads::Socket { kind, at } => {
                let what = match kind {
                    SocketKind::Stream => "TCP 套接字",
                    SocketKind::Datagram => "UDP 套接字",
                    SocketKind::Other(_) => "套接字",
                };
                let bound = at.map(|at| format!("，绑定在 {}", self.namer.address(at)));
                format!("{what}{}", bound.unwrap_or_default())
            }
            Leads::Listener { at } => format!("在 {} 监听", self.namer.address(*at)),
            Leads::Connection { local, peer } => {
                format!("{} 到 {}", self.namer.address(*local), self.namer.address(*peer))
            }
            Leads::PipeEnd { id, write } => {
                let number = self.pipes.keys().position(|one| one == id).map_or(1, |at| at + 1);
                let end = if *write { "写" } else { "读" };
                format!("管道 {number} 的{end}端")
            }
        }
    }
}
