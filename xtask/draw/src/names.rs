//! Names for what differs from run to run: process ids, the ports that the kernel chooses, temporary files.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use course::script::{Action, Bindings, Scene};
use events::{Activity, Call, Data, Ends, Event, Kind};

use super::Names;
use cast::Actors;

/// Chinese counts things with these.
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

/// The least port that the kernel chooses by itself, unless told otherwise (`ip_local_port_range`, `ip(7)`).
const FIRST_CHOSEN: u16 = 32_768;

/// Knows what to call everything.
#[derive(Debug)]
pub struct Namer<'a> {
    scene: &'a Scene,
    names: Names,
    /// Ports that the kernel chose, and their names.
    ports: BTreeMap<u16, String>,
    /// Ports that stood for ports of the script.
    stand_ins: BTreeMap<u16, u16>,
    /// Process and thread ids, and whose they are.
    pids: BTreeMap<i32, String>,
}

/// The port of the socket that sent or got a datagram.
fn own_port(data: &Data) -> Option<u16> {
    match data.ends {
        Some(Ends::Datagram { own, .. }) => Some(own.port()),
        _ => None,
    }
}

/// The port where a datagram came from.
fn from_port(data: &Data) -> Option<u16> {
    match data.ends {
        Some(Ends::Datagram { other, .. }) => other.map(|from| from.port()),
        _ => None,
    }
}

impl<'a> Namer<'a> {
    /// From everything that happened.
    pub fn new(scene: &'a Scene, events: &[Event], actors: &Actors, names: Names) -> Namer<'a> {
        let mut fixed: BTreeSet<u16> = scene
            .directions
            .iter()
            .filter_map(|direction| match direction.action {
                Action::Listen(addr) | Action::Connect(addr) => Some(addr.addr.port()),
                _ => None,
            })
            .collect();
        let mut stand_ins = BTreeMap::new();
        let mut seen: Vec<u16> = Vec::new();
        for event in events {
            match &event.kind {
                Kind::Address { script, real } => {
                    stand_ins.insert(real.port(), script.port());
                }
                Kind::Traced {
                    activity: Activity::Enter(call) | Activity::Leave { call, .. },
                    ..
                } => {
                    let (ours, chosen) = match call {
                        Call::Bind { addr, .. } | Call::Listen { addr, .. } => (addr, &None),
                        Call::Accept { local, peer, .. } => (local, peer),
                        Call::Connect { peer, local, .. } => (peer, local),
                        // a datagram socket may be neither bound nor connected by its program; whereto one
                        // sends, the program has said
                        Call::Send { data, .. } => {
                            seen.extend(own_port(data));
                            continue;
                        }
                        Call::Receive { data, .. } => {
                            seen.extend(own_port(data).into_iter().chain(from_port(data)));
                            continue;
                        }
                        _ => continue,
                    };
                    fixed.extend(ours.map(|addr| addr.port()));
                    seen.extend(chosen.map(|addr| addr.port()));
                }
                _ => {}
            }
        }
        let mut ports = BTreeMap::new();
        for port in seen {
            if port != 0 && !fixed.contains(&port) && !ports.contains_key(&port) {
                let stem = STEMS.get(ports.len()).map(|stem| (*stem).to_owned());
                let stem = stem.unwrap_or_else(|| format!("{}", ports.len() + 1));
                ports.insert(port, format!("端口{stem}"));
            }
        }
        let pids = actors
            .all
            .iter()
            .map(|actor| (actor.tid, format!("<{}>", actor.name.replace(' ', ""))))
            .collect();
        Namer { scene, names, ports, stand_ins, pids }
    }

    /// An address.
    pub fn address(&self, addr: SocketAddr) -> String {
        if self.names == Names::Real {
            return addr.to_string();
        }
        let port = addr.port();
        let port = match (self.ports.get(&port), self.stand_ins.get(&port)) {
            (Some(name), _) => name.clone(),
            (None, Some(script)) => script.to_string(),
            (None, None) => port.to_string(),
        };
        match addr {
            SocketAddr::V4(addr) => format!("{}:{port}", addr.ip()),
            SocketAddr::V6(addr) => format!("[{}]:{port}", addr.ip()),
        }
    }

    /// A process or thread of the scene.
    pub fn process(&self, pid: i32) -> String {
        match (self.names, self.pids.get(&pid)) {
            (Names::Real, _) => pid.to_string(),
            (Names::Stable, Some(name)) => name.clone(),
            (Names::Stable, None) => "<别的进程>".to_owned(),
        }
    }

    /// Those to whom `kill(2)` sends a signal with this target.
    pub fn receivers(&self, target: i32) -> String {
        match target {
            1.. => self.process(target),
            0 => "整个进程组".to_owned(),
            -1 => "所有进程".to_owned(),
            group => format!("进程组 {}", self.process(group.wrapping_neg())),
        }
    }

    /// A file: its name alone, for its folder differs from run to run.
    pub fn file(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let nameless = path.ends_with("(deleted)") || path.contains("/#");
        match self.names {
            Names::Real => path.to_owned(),
            Names::Stable if nameless || path.starts_with("/proc/") => "临时文件".to_owned(),
            Names::Stable => self.text(name),
        }
    }

    /// A line that a program printed: what the script has a name for is shown by that name.
    pub fn line(&self, terminal: usize, text: &str) -> String {
        if self.names == Names::Real {
            return text.to_owned();
        }
        let scene = self.scene;
        let mine =
            scene.lines.iter().chain(&scene.stderr_lines).filter(|line| {
                scene.lanes[line.lane].terminal == terminal && line.counter.is_none()
            });
        for line in mine {
            if line.pattern.names().next().is_none() {
                continue;
            }
            let Some(bound) = line.pattern.matches(text, None, &Bindings::new()) else { continue };
            let shown = bound.into_iter().map(|(name, value)| {
                let port = value.parse().ok().and_then(|port: u16| self.ports.get(&port));
                let shown = port.cloned().unwrap_or_else(|| format!("<{name}>"));
                (name, shown)
            });
            return line.pattern.render(None, &shown.collect());
        }
        self.text(text)
    }

    /// Any text: known process ids and ports in it are replaced.
    pub fn text(&self, text: &str) -> String {
        if self.names == Names::Real {
            return text.to_owned();
        }
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let (digits, after) = from.split_at(end);
            shown.push_str(before);
            let port = digits.parse().ok().filter(|_| before.ends_with(':'));
            let port: Option<u16> = port;
            // a short number in a text is rather a count than a process id
            let pid = digits.parse::<i32>().ok().filter(|_| digits.len() >= 3);
            let stand_in = port.and_then(|port| self.stand_ins.get(&port)).map(u16::to_string);
            let name = port.and_then(|port| self.ports.get(&port)).cloned().or(stand_in);
            // Python writes an address as ('127.0.0.1', 43382); no count is as great as a port that the kernel chooses
            let chosen = digits.parse().ok().filter(|port| *port >= FIRST_CHOSEN);
            let name = name.or_else(|| chosen.and_then(|port| self.ports.get(&port)).cloned());
            let name = name.or_else(|| pid.and_then(|pid| self.pids.get(&pid)).cloned());
            shown.push_str(&name.unwrap_or_else(|| digits.to_owned()));
            rest = after;
        }
        shown.push_str(rest);
        shown
    }
}
