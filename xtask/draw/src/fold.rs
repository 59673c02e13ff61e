//! Many equal things become one: 3200 sends, 19 lines that differ in a number, 64 threads.

use std::collections::HashMap;
use std::time::Duration;

use events::{Call, CallResult, Object, Stream};

use super::arrows::{Arrow, Why};
use super::deeds::{Act, Deed};
use super::words::seconds;

/// From so many on they are told as one.
const FROM: u64 = 4;

/// What has to be equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Shape {
    Send(i32, Object),
    Receive(i32, Object),
    Write(String),
    Print(Stream, String),
    Sleep,
    Make(bool),
}

/// Folds in place: the first of a group stands for all, the others are gone. Returns for every deed the one that
/// stands for it.
///
/// Things of different shapes may take turns (read, send, read, send): each shape is folded by itself, until its
/// actor does something that never repeats. Sending and receiving on one connection is a dialogue: each ends the other.
/// What is received is never told before it was sent: `links` say what led to what.
pub fn fold(deeds: &mut [Deed], links: &[Arrow]) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..deeds.len()).collect();
    let receives = |group: &Vec<usize>| {
        matches!(deeds[group[0]].act, Act::Calls { call: Call::Receive { .. }, .. })
    };
    let (received, mut groups): (Vec<_>, Vec<_>) = groups(deeds).into_iter().partition(receives);
    groups.retain(|group| is_worth_folding(deeds, group));
    for group in &groups {
        for index in &group[1..] {
            shown[*index] = group[0];
        }
    }
    let mut latest: HashMap<usize, usize> = HashMap::new();
    for link in links.iter().filter(|link| link.why == Why::Bytes) {
        let sent = latest.entry(link.to).or_default();
        *sent = (*sent).max(shown[link.from]);
    }
    for group in received {
        let parts = split(&group, &latest);
        groups.extend(parts.into_iter().filter(|part| is_worth_folding(deeds, part)));
    }
    for group in &groups {
        merge(deeds, group);
        for index in &group[1..] {
            shown[*index] = group[0];
        }
    }
    // that every one of a crowd of threads begins goes without saying
    for maker in groups.into_iter().flatten() {
        let Act::Makes { child, thread: true } = deeds[maker].act else { continue };
        let begins = |deed: &&mut Deed| deed.actor == child && matches!(deed.act, Act::Begins);
        if let Some(deed) = deeds.iter_mut().find(begins) {
            deed.gone = true;
        }
    }
    shown
}

/// The deeds of one shape that nothing interrupts, in the order in which their first ones happened.
fn groups(deeds: &[Deed]) -> Vec<Vec<usize>> {
    let mut open: HashMap<usize, HashMap<Shape, usize>> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, deed) in deeds.iter().enumerate() {
        if deed.gone || matches!(deed.act, Act::Waits(Call::Receive { .. })) {
            continue;
        }
        let mine = open.entry(deed.actor).or_default();
        let Some(shape) = shape(&deed.act) else {
            mine.clear();
            continue;
        };
        match &shape {
            Shape::Send(_, object) => {
                mine.retain(|one, _| !matches!(one, Shape::Receive(_, other) if other == object))
            }
            Shape::Receive(_, object) => {
                mine.retain(|one, _| !matches!(one, Shape::Send(_, other) if other == object))
            }
            // what is printed keeps its order: another line in between ends a row of lines
            Shape::Print(..) => {
                mine.retain(|one, group| match one {
                    Shape::Print(..) => *one == shape && goes_on(deeds, &groups[*group], index),
                    _ => true,
                });
            }
            _ => {}
        }
        let group = *mine.entry(shape).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(index);
    }
    groups
}

/// Splits a group of receives so that all that a part stands for was sent before its first; `latest`: where the last bytes
/// that each receives are told to have been sent.
fn split(group: &[usize], latest: &HashMap<usize, usize>) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for index in group {
        match parts.last_mut() {
            Some(part) if latest.get(index).is_none_or(|sent| *sent < part[0]) => part.push(*index),
            _ => parts.push(vec![*index]),
        }
    }
    parts
}

/// Whether a line goes on counting as the lines of the group do: every number grows by as much as before.
fn goes_on(deeds: &[Deed], group: &[usize], next: usize) -> bool {
    let numbers = |index: usize| match &deeds[index].act {
        Act::Prints { first, .. } => numbers_in(first),
        _ => None,
    };
    let steps = |from: usize, to: usize| -> Option<Vec<i128>> {
        Some(numbers(from)?.into_iter().zip(numbers(to)?).map(|(from, to)| to - from).collect())
    };
    match group {
        [] | [_] => true,
        [.., before, last] => match (steps(*before, *last), steps(*last, next)) {
            (Some(before), Some(now)) => before == now,
            _ => false,
        },
    }
}

/// The numbers in a text; `None`: one of them is too long.
fn numbers_in(text: &str) -> Option<Vec<i128>> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    digits.map(|digits| digits.parse().ok()).collect()
}

/// Many of them; of what is written to a file, two are many.
fn is_worth_folding(deeds: &[Deed], group: &[usize]) -> bool {
    let count: u64 = group.iter().map(|index| deeds[*index].count).sum();
    let written = matches!(
        deeds[group[0]].act,
        Act::Calls { call: Call::Send { object: Object::File { .. }, .. }, .. }
    );
    group.len() >= 2 && (count >= FROM || written)
}

/// The first of a group comes to stand for all.
fn merge(deeds: &mut [Deed], group: &[usize]) {
    let count = group.iter().map(|index| deeds[*index].count).sum();
    let bytes = group.iter().map(|index| deeds[*index].bytes).sum();
    let unread = group.iter().map(|index| deeds[*index].unread).sum();
    let last = deeds[group[group.len() - 1]].clone();
    let naps: Vec<Duration> = group.iter().filter_map(|index| nap(&deeds[*index])).collect();
    let first = &mut deeds[group[0]];
    (first.count, first.bytes, first.until) = (count, bytes, last.until);
    first.unread = unread;
    if let (Act::Prints { last, .. }, Act::Prints { last: latest, .. }) = (&mut first.act, last.act)
    {
        *last = latest;
    }
    // who sleeps until a moment sleeps a little shorter each time, but it reads the same
    if naps.iter().any(|nap| seconds(*nap) != seconds(naps[0])) {
        first.act = Act::Sleeps(naps.iter().sum());
    }
    for index in &group[1..] {
        deeds[*index].gone = true;
    }
}

fn nap(deed: &Deed) -> Option<Duration> {
    match deed.act {
        Act::Calls { call: Call::Sleep { length }, .. } => Some(length),
        _ => None,
    }
}

fn shape(act: &Act) -> Option<Shape> {
    match act {
        Act::Calls { call, outcome: Some(CallResult::Done(value)) } => match call {
            Call::Send { object: Object::File { path }, .. } => Some(Shape::Write(path.clone())),
            Call::Send { fd, object, .. } => Some(Shape::Send(*fd, object.clone())),
            Call::Receive { fd, object, data } if *value > 0 && !data.peeked => {
                Some(Shape::Receive(*fd, object.clone()))
            }
            Call::Sleep { .. } => Some(Shape::Sleep),
            _ => None,
        },
        // a sleep that a signal broke off
        Act::Calls { call: Call::Sleep { .. }, .. } => Some(Shape::Sleep),
        Act::Prints { stream, first, .. } => Some(Shape::Print(*stream, without_numbers(first))),
        Act::Makes { thread, .. } => Some(Shape::Make(*thread)),
        _ => None,
    }
}

/// A text with every number replaced by one sign.
pub fn without_numbers(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(c),
        }
    }
    shape
}
