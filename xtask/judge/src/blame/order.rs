//! Changes of the order: lines exchanged, a line that stands too far up, whole parts in another order.

use super::super::matcher::State;
use super::super::{Failure, Rule};
use super::{Hypothesis, PrintedLine, Rank, Search};

/// How far a line may have been displaced.
const REACH: usize = 60;

/// Among so many different lines another order is looked for: each place is tried with each of them.
const MOST_DIFFERENT: usize = 100;

/// What was changed when more than one line stands elsewhere: any smaller change is more telling.
const WHOLE_PARTS: u64 = 1 << 20;

impl Search<'_> {
    /// A later line should have come first.
    pub(super) fn exchanged(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let first = self.rest[0];
        for lane in self.lanes() {
            let Some((at, expected)) = self.next(state, lane) else { continue };
            let later =
                (1..self.rest.len()).find(|j| self.fits(state, at, expected, &self.rest[*j]));
            let Some(j) = later else { continue };
            let mut rest = self.rest.to_vec();
            let one = PrintedLine { count: 1, ..rest[j] };
            if rest[j].count > 1 {
                rest[j].count -= 1;
            } else {
                rest.remove(j);
            }
            rest.insert(0, one);
            let (complete, reach) = self.reach(vec![state.clone()], &rest);
            if reach == 0 || !self.belongs_to(state, lane, &first) {
                continue;
            }
            let failure = self.failure(Rule::Order, state, lane, at, expected);
            let detail = format!("「{}」应当在「{}」之前", one.text, first.text);
            let failure = Failure { detail, ..failure };
            found.push(Hypothesis { complete, reach, rank: Rank::Order, cost: j as u64, failure });
        }
        self.too_early(state, found);
    }

    /// Whether a line is one of those that a lane still has to print.
    fn belongs_to(&self, state: &State, lane: usize, seen: &PrintedLine) -> bool {
        self.later_place(state, lane, seen).is_some()
    }

    /// All lines are there, and in another order they would be right: two functions were called the wrong way round.
    pub(super) fn rearranged(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let Some(mut left) = different(self.all) else { return };
        let first = self.rest[0];
        let mut states = vec![state.clone()];
        let mut begins: Option<PrintedLine> = None;
        while !left.is_empty() {
            let next = left.iter().enumerate().find_map(|(index, line)| {
                let (followed, _, after) =
                    self.matcher.follow(states.clone(), self.terminal, &[*line]);
                (followed == 1).then_some((index, after))
            });
            let Some((index, after)) = next else { return };
            begins.get_or_insert(left.remove(index));
            states = after;
        }
        let complete = states.iter().any(|state| self.matcher.is_complete(state, self.terminal));
        let (Some(begins), true) = (begins, complete) else { return };
        let place = self.lanes().find_map(|lane| {
            let (at, expected) = self.next(state, lane)?;
            self.fits(state, at, expected, &begins).then_some((lane, at, expected))
        });
        let Some((lane, at, expected)) = place else { return };
        let failure = self.failure(Rule::Order, state, lane, at, expected);
        let detail =
            format!("要的行都在，次序不对：「{}」应当在「{}」之前", begins.text, first.text);
        let failure = Failure { detail, ..failure };
        let reach = self.rest.len();
        let cost = WHOLE_PARTS;
        found.push(Hypothesis { complete, reach, rank: Rank::Order, cost, failure });
    }

    /// `rest[0]` stands too far up: the output is right when it is moved down.
    fn too_early(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let first = self.rest[0];
        let lane = self.lanes().find(|lane| {
            self.later_place(state, *lane, &first)
                .is_some_and(|(at, _)| at != state.positions[*lane])
        });
        let Some((lane, (at, expected))) =
            lane.and_then(|lane| Some((lane, self.next(state, lane)?)))
        else {
            return;
        };
        for place in 2..self.rest.len().min(REACH) {
            let mut rest = self.after_first();
            if place > rest.len() {
                break;
            }
            rest.insert(place, PrintedLine { count: 1, ..first });
            let (complete, reach) = self.reach(vec![state.clone()], &rest);
            if complete {
                let failure = self.failure(Rule::Order, state, lane, at, expected);
                let detail = format!("「{}」出现得太早", first.text);
                let failure = Failure { detail, ..failure };
                let cost = place as u64;
                found.push(Hypothesis { complete, reach, rank: Rank::Order, cost, failure });
                return;
            }
        }
    }
}

/// Every line once, with how often it was printed; `None`: there are too many.
fn different<'a>(lines: &[PrintedLine<'a>]) -> Option<Vec<PrintedLine<'a>>> {
    let mut all: Vec<PrintedLine> = Vec::new();
    for line in lines {
        let same = |one: &PrintedLine| one.text == line.text && one.source == line.source;
        match all.iter().position(same) {
            Some(index) => all[index].count += line.count,
            None if all.len() == MOST_DIFFERENT => return None,
            None => all.push(*line),
        }
    }
    Some(all)
}
