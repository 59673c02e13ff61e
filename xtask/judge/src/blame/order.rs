//! Changes of the order: lines exchanged, a line that stands too far up.

use super::super::matcher::State;
use super::super::{Failure, Rule};
use super::{Hypothesis, PrintedLine, Rank, Search};

/// How far a line may have been displaced.
const REACH: usize = 60;

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
