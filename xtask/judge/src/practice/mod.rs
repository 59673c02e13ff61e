//! Did the programs do what their lesson teaches (`做法`), and not only print the same?
//!
//! Only a traced scene can tell, and only one that came to its end.
//!
//! | file | task |
//! | --- | --- |
//! | `processes` | processes and threads: how many, and who waits for them |
//! | `connections` | accepted connections: how many, how many at once, closed or not |
//! | `datagrams` | UDP: how many sockets, how many datagrams |
//! | `sockets` | options before a socket is bound, half a close, how many sockets of TCP |
//! | `together` | who lives at the same time |
//! | `sequence` | what comes before a line, or before a file gets its name |
//! | `storing` | whether what was received is stored before it is answered |
//! | `locks` | who sleeps with a lock for which another waits |
//! | `memory` | whose memory grows with what it receives |
//! | `asking` | who asks again and again instead of waiting |
//! | `serving` | which clients are served at the same time, and by how many threads |
//! | `clients` | whether the addresses of clients are printed |

mod asking;
mod clients;
mod connections;
mod datagrams;
mod locks;
mod memory;
mod processes;
mod sequence;
mod serving;
mod sockets;
mod storing;
#[cfg(test)]
mod tests;
mod together;

use course::script::{Demand, Practice, Scene};
use events::{Activity, Event, Kind, Line, Stream};

use super::facts::is_cut;
use super::{Failure, Rule, Subject, Unchecked, is_traced, lines_of};

/// The demands that were not met.
pub fn check(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    if !is_traced(events) || is_cut(events) {
        return Vec::new();
    }
    let failures = scene.demands.iter().filter_map(|demand| {
        let deeds = Deeds::of(events, demand.terminal)?;
        let (got, detail, event) = deeds.against(demand, scene)?;
        Some(Failure {
            rule: Rule::Mechanism,
            line: demand.line,
            subject: Subject::Terminal(demand.terminal),
            expected: Some(demand.practice.to_string()),
            got: Some(got),
            detail,
            event,
        })
    });
    failures.collect()
}

/// The demands, where nobody saw what the programs did.
pub fn unchecked(scene: &Scene, events: &[Event]) -> Vec<Unchecked> {
    if is_traced(events) {
        return Vec::new();
    }
    let what = |demand: &Demand| {
        let name = &scene.terminals[demand.terminal].name;
        let what = format!("「{name}」是不是真的这样做：{}", demand.practice);
        Unchecked { line: demand.line, what }
    };
    scene.demands.iter().map(what).collect()
}

/// Something that a thread of the program did.
struct Deed<'a> {
    /// Index into the scene's events.
    event: usize,
    pid: i32,
    tid: i32,
    activity: &'a Activity,
}

/// What the processes of one terminal did since its program runs.
struct Deeds<'a> {
    root: i32,
    /// What it printed, on both streams, with the events.
    lines: Vec<(usize, &'a Line)>,
    deeds: Vec<Deed<'a>>,
    /// When the script stopped it.
    stopped: Option<usize>,
    /// When it printed its first line on standard output, and the line.
    printed: Option<(usize, &'a str)>,
}

/// What was done instead, and a sentence about it.
type Instead = Option<(String, String)>;

/// The same, and the event that shows it.
type Shown = Option<(String, String, usize)>;

impl<'a> Deeds<'a> {
    /// `None`: the program was never started.
    fn of(events: &'a [Event], terminal: usize) -> Option<Deeds<'a>> {
        let root = events.iter().find_map(|event| match event.kind {
            Kind::Started { terminal: t, pid, .. } if t == terminal => Some(pid),
            _ => None,
        })?;
        let stopped = events.iter().position(
            |event| matches!(event.kind, Kind::Stopped { terminal: t, .. } if t == terminal),
        );
        let traced = events.iter().enumerate().filter_map(|(index, event)| match &event.kind {
            Kind::Traced { terminal: t, pid, tid, activity } if *t == terminal => {
                Some(Deed { event: index, pid: *pid, tid: *tid, activity })
            }
            _ => None,
        });
        let mut deeds: Vec<Deed> = traced.collect();
        // what comes before belongs to whoever starts it
        let exec = |deed: &Deed| deed.pid == root && matches!(deed.activity, Activity::Exec { .. });
        if let Some(begin) = deeds.iter().position(exec) {
            deeds.drain(..=begin);
        }
        let mut lines: Vec<_> = lines_of(events, terminal, Stream::Out).collect();
        lines.extend(lines_of(events, terminal, Stream::Err));
        lines.sort_by_key(|(event, _)| *event);
        let printed = lines_of(events, terminal, Stream::Out).next();
        let printed = printed.map(|(event, line)| (event, line.text.as_str()));
        Some(Deeds { root, lines, deeds, stopped, printed })
    }

    /// What a thread is called.
    fn thread(&self, pid: i32, tid: i32) -> String {
        match (pid == self.root, tid == pid) {
            (true, true) => "主线程".to_owned(),
            (false, true) => format!("子进程 {pid} "),
            _ => format!("线程 {tid} "),
        }
    }

    fn against(&self, demand: &Demand, scene: &Scene) -> Option<(String, String, Option<usize>)> {
        let shown = match demand.practice {
            Practice::NoBusyWaiting => self.asks_in_vain(),
            Practice::NoLockWhileSleeping => self.sleeps_with_a_lock(),
            Practice::FlatMemory => self.keeps_what_it_receives(),
            Practice::ServedAtOnce(count) => self.serves_more_than(count),
            Practice::ServingThreads(count) => self.serves_with_less_than(count),
            Practice::ClientPort => self.hides_client_ports(),
            Practice::WaitFirst => self.prints_before_waiting(),
            Practice::MainAtOnce => self.main_runs_alone(),
            _ => None,
        };
        if let Some((got, detail, event)) = shown {
            return Some((got, detail, Some(event)));
        }
        let (got, detail) = self.instead(demand, scene)?;
        Some((got, detail, None))
    }

    fn instead(&self, demand: &Demand, scene: &Scene) -> Instead {
        match demand.practice {
            Practice::Processes(count) => {
                self.processes(count, scene.wants_grandchildren(demand.terminal))
            }
            Practice::Threads(count) => self.threads(count),
            Practice::WaitForChildren => {
                let is_counted = |other: &Demand| {
                    other.terminal == demand.terminal
                        && matches!(other.practice, Practice::Processes(1..))
                };
                self.waits(scene.demands.iter().any(is_counted))
            }
            Practice::TerminateChild => self.terminates(),
            Practice::ReuseAddress => self.reuses_address(),
            Practice::HalfClose => self.half_closes(),
            Practice::ConnectionsAtOnce(count) => {
                let connections = self.connections();
                let enough = connections.most >= count as usize;
                (!enough).then(|| (connections.in_words(), String::new()))
            }
            Practice::OneConnection => {
                let connections = self.connections();
                let detail = "关闭（close）这个客户端的连接，再接受（accept）下一个";
                (connections.most != 1).then(|| (connections.in_words(), detail.to_owned()))
            }
            Practice::CloseConnections => self.closes(),
            Practice::AtOnce => self.at_once(),
            Practice::StoreFirst => self.stores_first(scene),
            Practice::NameLast => self.names_last(scene),
            Practice::ListenOnce => self.listens_once(),
            Practice::ReceiveFirst => self.receives_first(),
            Practice::TcpSockets(count) => self.tcp_sockets(count),
            Practice::UdpSockets(count) => self.udp_sockets(count),
            Practice::Datagrams(count) => self.datagrams(count),
            Practice::NoBusyWaiting
            | Practice::NoLockWhileSleeping
            | Practice::FlatMemory
            | Practice::ServedAtOnce(_)
            | Practice::ServingThreads(_)
            | Practice::ClientPort
            | Practice::WaitFirst
            | Practice::MainAtOnce => None,
        }
    }
}
