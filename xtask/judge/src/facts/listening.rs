//! Did the programs listen and connect where the script says?

use std::collections::BTreeSet;

use course::script::{Action, Scene};
use events::{Activity, Call, CallResult, Endpoint, Event, Family, Kind, SocketKind, Transport};

use super::{Failure, Rule, exit_of, failure, is_cut, last_words};

/// A program that does not listen where the script waits for it.
pub(super) fn not_listening(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    let stuck = events.iter().find_map(|event| match event.kind {
        Kind::OutOfTime { direction, .. } | Kind::Stuck { direction, .. } => direction,
        _ => None,
    });
    for (index, direction) in scene.directions.iter().enumerate() {
        let Action::Listen(addr) = direction.action else { continue };
        if stuck.is_some_and(|stuck| stuck < index) {
            continue; // never asked
        }
        let of_terminal = |one: &&course::script::Direction| {
            one.terminal == direction.terminal && matches!(one.action, Action::Listen(_))
        };
        let before = scene.directions[..index].iter().filter(of_terminal).count();
        let found = events.iter().filter(
            |event| matches!(event.kind, Kind::Listening { terminal, .. } if terminal == direction.terminal),
        );
        let listens = found.count() > before;
        let started = events.iter().any(
            |event| matches!(event.kind, Kind::Started { terminal, .. } if terminal == direction.terminal),
        );
        if listens || !started {
            continue;
        }
        let detail = match exit_of(events, direction.terminal) {
            Some((_, exit)) => format!(
                "程序已经结束（{}），一直没有监听{}",
                exit,
                last_words_behind(events, direction.terminal)
            ),
            // it listens, but is waited for because of what it has not printed: out of time
            None if found_at(events, addr) => continue,
            // a standstill or a computation says more than that it does not listen
            None if was_ended_early(events) => {
                let found = traced_listeners(events, direction.terminal);
                match instead_of(addr, &found) {
                    found if found.is_empty() || found.contains(&addr) => continue,
                    found => listens_elsewhere(addr, &found),
                }
            }
            None => match instead_of(addr, listens_at_the_limit(events)) {
                found if found.is_empty() => "等到时限，程序还没有监听".to_owned(),
                found => listens_elsewhere(addr, &found),
            },
        };
        let mut failure = failure(Rule::Listen, direction.line, direction.terminal, &detail, None);
        failure.expected = Some(format!("监听 {addr}"));
        failures.push(failure);
    }
}

/// A program that should have been connected and ended instead. (Still running: out of time.)
pub(super) fn not_connected(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for direction in &scene.directions {
        let Action::Connect(addr) = direction.action else { continue };
        let connected = events.iter().any(
            |event| matches!(event.kind, Kind::Connected { terminal, .. } if terminal == direction.terminal),
        );
        let Some((_, exit)) = exit_of(events, direction.terminal) else { continue };
        if connected || is_cut(events) {
            continue;
        }
        let last = last_words_behind(events, direction.terminal);
        let detail = format!("程序已经结束（{}），没有见到它连上{last}", exit);
        let mut failure = failure(Rule::Connect, direction.line, direction.terminal, &detail, None);
        failure.expected = Some(format!("连接 {addr}"));
        failures.push(failure);
    }
}

/// Where the program listens that the scene was waiting for when its time was up.
fn listens_at_the_limit(events: &[Event]) -> &[Endpoint] {
    let found = events.iter().find_map(|event| match &event.kind {
        Kind::OutOfTime { listens, .. } => Some(listens.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Whether something listens at the script's `addr`, or at the one that stood for it.
fn found_at(events: &[Event], addr: Endpoint) -> bool {
    listens_at_the_limit(events).contains(&addr)
        || events
            .iter()
            .any(|event| matches!(event.kind, Kind::Address { script, .. } if script == addr.addr))
}

/// What may have been meant: a datagram socket of any other port may be a client's.
fn instead_of(wanted: Endpoint, found: &[Endpoint]) -> Vec<Endpoint> {
    let meant = |one: &&Endpoint| match (wanted.transport, one.transport) {
        (Transport::Tcp, Transport::Udp) => one.addr.port() == wanted.addr.port(),
        _ => true,
    };
    found.iter().filter(meant).copied().collect()
}

/// Where it listens instead; TCP is named where UDP was meant.
fn listens_elsewhere(wanted: Endpoint, found: &[Endpoint]) -> String {
    let named = |one: &Endpoint| match (wanted.transport, one.transport) {
        (Transport::Udp, Transport::Tcp) => format!("TCP {one}"),
        _ => one.to_string(),
    };
    let found: Vec<String> = found.iter().map(named).collect();
    format!("它监听的是 {}", found.join("、"))
}

/// The scene was ended because its programs come to no end, whatever time is left.
fn was_ended_early(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event.kind, Kind::Stuck { .. } | Kind::Computing { .. }))
}

/// Where a traced program listens, or has bound a datagram socket.
fn traced_listeners(events: &[Event], terminal: usize) -> Vec<Endpoint> {
    let mut datagrams = BTreeSet::new();
    let mut found = Vec::new();
    for event in events {
        let Kind::Traced { terminal: t, pid, activity, .. } = &event.kind else { continue };
        let Activity::Leave { call, outcome: CallResult::Done(value) } = activity else { continue };
        if *t != terminal {
            continue;
        }
        match call {
            Call::Socket { family: Family::Ipv4 | Family::Ipv6, kind } => {
                let socket = (*pid, *value);
                match kind {
                    SocketKind::Datagram => datagrams.insert(socket),
                    _ => datagrams.remove(&socket),
                };
            }
            Call::Bind { fd, addr: Some(addr) }
                if datagrams.contains(&(*pid, i64::from(*fd))) && addr.port() != 0 =>
            {
                found.push(Endpoint::udp(*addr));
            }
            Call::Listen { addr: Some(addr), .. } => found.push(Endpoint::tcp(*addr)),
            _ => {}
        }
    }
    found
}

/// What the program said last, to be put behind a sentence.
fn last_words_behind(events: &[Event], terminal: usize) -> String {
    last_words(events, terminal).map_or_else(String::new, |said| format!("；{said}"))
}
