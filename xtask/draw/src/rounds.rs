//! Loops: what an actor does again and again, round after round, is told once.

use std::collections::HashMap;

use events::{Call, CallResult};

use super::deeds::{Act, Deed};
use super::fold::without_numbers;

/// A round has at most so many deeds.
const LONGEST: usize = 48;
/// From so many rounds on it is a loop.
const ROUNDS: usize = 4;
/// It is told once only where that saves so many lines.
const SAVED: usize = 8;

/// Deeds of one actor that repeat, as places in its own list.
#[derive(Debug, PartialEq, Eq)]
struct Loop {
    from: usize,
    /// Deeds of a round.
    period: usize,
    rounds: usize,
}

/// Folds in place: of every loop the first round stays, a note takes the place of the others. Each actor's loops are its
/// own, whatever the others do meanwhile; what it gives and takes in its first round stays where it was.
pub fn fold_rounds(deeds: &mut [Deed]) {
    let mut by_actor: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, deed) in deeds.iter().enumerate().filter(|(_, deed)| !deed.gone) {
        by_actor.entry(deed.actor).or_default().push(index);
    }
    for mine in by_actor.into_values() {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let shapes: Vec<u32> = mine
            .iter()
            .map(|index| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(shape(&deeds[*index])).or_insert(next)
            })
            .collect();
        for one in loops(&shapes) {
            let again = &mine[one.from + one.period..one.from + one.period * one.rounds];
            note(deeds, again, &one);
        }
    }
}

/// The first of `again` says what the loop did after its first round; the others are gone.
fn note(deeds: &mut [Deed], again: &[usize], one: &Loop) {
    let (Some(first), Some(last)) = (again.first(), again.last()) else { return };
    let until = deeds[*last].until;
    let bytes = again.iter().map(|index| deeds[*index].bytes).sum();
    for index in &again[1..] {
        deeds[*index].gone = true;
    }
    let deed = &mut deeds[*first];
    deed.act = Act::Repeats { steps: one.period, times: one.rounds - 1 };
    (deed.until, deed.count, deed.bytes) = (until, 1, bytes);
}

/// All loops in what an actor did. Of several that begin at one place the one that goes furthest; of those the
/// shortest rounds.
fn loops(shapes: &[u32]) -> Vec<Loop> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < shapes.len() {
        let best = (1..=LONGEST.min((shapes.len() - from) / ROUNDS))
            .filter_map(|period| {
                let same = shapes[from + period..]
                    .iter()
                    .zip(&shapes[from..])
                    .take_while(|(later, earlier)| later == earlier)
                    .count();
                let rounds = same / period + 1;
                let folds = rounds >= ROUNDS && (rounds - 1) * period >= SAVED;
                folds.then_some(Loop { from, period, rounds })
            })
            .max_by_key(|one| (one.period * one.rounds, usize::MAX - one.period));
        match best {
            Some(one) => {
                from += one.period * one.rounds;
                found.push(one);
            }
            None => from += 1,
        }
    }
    found
}

/// What has to be equal, round after round: the kind of the deed, on which descriptor, and how it ended, but neither
/// what was carried nor to whom.
fn shape(deed: &Deed) -> String {
    let act = match &deed.act {
        Act::Calls { call, outcome } => {
            let outcome = match outcome {
                None => "未".to_owned(),
                Some(CallResult::Done(value)) => (value.signum()).to_string(),
                Some(other) => format!("{other:?}"),
            };
            let peer = match call {
                Call::Connect { peer, .. } => *peer,
                _ => None,
            };
            format!("{} {:?} {peer:?} {outcome}", call.name(), descriptor(call))
        }
        Act::Waits(call) => format!("等 {} {:?}", call.name(), descriptor(call)),
        Act::Prints { stream, first, .. } => format!("{stream:?} {}", without_numbers(first)),
        Act::Makes { thread, .. } => format!("make {thread}"),
        Act::Signalled { number, .. } => format!("signal {number}"),
        // those end or begin something: no two are alike
        other => format!("{other:?} {:?}", deed.at),
    };
    format!("{act} {}", deed.count)
}

fn descriptor(call: &Call) -> Option<i32> {
    match call {
        Call::Send { fd, .. }
        | Call::Receive { fd, .. }
        | Call::Accept { fd, .. }
        | Call::Close { fd, .. }
        | Call::Shutdown { fd, .. } => Some(*fd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_that_goes_furthest_is_found_with_its_shortest_round() {
        let dialogue: Vec<u32> = [9].into_iter().chain([1, 2].repeat(50)).chain([3]).collect();
        assert_eq!(loops(&dialogue), [Loop { from: 1, period: 2, rounds: 50 }]);
        assert_eq!(loops(&[1; 20]), [Loop { from: 0, period: 1, rounds: 20 }]);
        assert_eq!(loops(&[1, 2, 1, 2, 1, 2]), [], "three times are no loop");
        let two: Vec<u32> = [1, 2, 3].repeat(5).into_iter().chain([4; 12]).collect();
        assert_eq!(loops(&two).len(), 2);
    }

    #[test]
    fn a_long_story_takes_no_longer_than_it_is_long() {
        let without_end: Vec<u32> = (0..200_000).collect();
        assert_eq!(loops(&without_end), []);
        let one = loops(&[1, 2, 3, 4].repeat(50_000));
        assert_eq!(one, [Loop { from: 0, period: 4, rounds: 50_000 }]);
    }
}
