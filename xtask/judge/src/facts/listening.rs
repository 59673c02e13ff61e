//! Did the programs listen and connect where the script says?

use std::net::{SocketAddr, SocketAddrV4};

use course::script::{Action, Scene};
use events::{Activity, Call, CallResult, Event, Kind};

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
            None if was_ended_early(events) => match traced_listeners(events, direction.terminal) {
                addrs if addrs.is_empty() || addrs.contains(&addr) => continue,
                addrs => listens_elsewhere(&addrs),
            },
            None => listening_in_words(events),
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
fn listens_at_the_limit(events: &[Event]) -> &[SocketAddrV4] {
    let found = events.iter().find_map(|event| match &event.kind {
        Kind::OutOfTime { listens, .. } => Some(listens.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Whether something listens at the script's `addr`, or at the one that stood for it.
fn found_at(events: &[Event], addr: SocketAddrV4) -> bool {
    listens_at_the_limit(events).contains(&addr)
        || events
            .iter()
            .any(|event| matches!(event.kind, Kind::Address { script, .. } if script == addr))
}

/// Why a program that still runs does not listen as it should, when time is up.
fn listening_in_words(events: &[Event]) -> String {
    match listens_at_the_limit(events) {
        [] => "等到时限，程序还没有监听".to_owned(),
        addrs => listens_elsewhere(addrs),
    }
}

fn listens_elsewhere(addrs: &[impl ToString]) -> String {
    let addrs: Vec<String> = addrs.iter().map(ToString::to_string).collect();
    format!("它监听的是 {}", addrs.join("、"))
}

/// The scene was ended because its programs come to no end, whatever time is left.
fn was_ended_early(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event.kind, Kind::Stuck { .. } | Kind::Computing { .. }))
}

/// Where a traced program listens.
fn traced_listeners(events: &[Event], terminal: usize) -> Vec<SocketAddrV4> {
    let listens = events.iter().filter_map(|event| match &event.kind {
        Kind::Traced {
            terminal: t,
            activity:
                Activity::Leave {
                    call: Call::Listen { addr: Some(SocketAddr::V4(addr)), .. },
                    outcome: CallResult::Done(_),
                },
            ..
        } if *t == terminal => Some(*addr),
        _ => None,
    });
    listens.collect()
}

/// What the program said last, to be put behind a sentence.
fn last_words_behind(events: &[Event], terminal: usize) -> String {
    last_words(events, terminal).map_or_else(String::new, |said| format!("；{said}"))
}
