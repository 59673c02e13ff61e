//! From the explanations before a line to those after it.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Explained, Leniency, Matcher, PrintedLine, State, Trail};

/// More explanations than this at once: the script does not say enough.
const MOST_STATES: usize = 2_000;

/// Why a line leads no further.
pub enum DeadEnd {
    /// No explanation can take it: a mistake in the output.
    Nowhere {
        /// The explanations before it.
        before: Vec<Explained>,
        /// How many of its equal copies still fitted.
        fitted: u64,
    },
    /// More than [`MOST_STATES`] explanations can: the script does not say enough.
    TooMany(Vec<Explained>),
}

impl Matcher<'_> {
    /// Follows a line that may stand for many equal ones.
    pub fn advance_many(
        &self,
        mut from: Vec<Explained>,
        terminal: usize,
        seen: PrintedLine,
    ) -> Result<Vec<Explained>, DeadEnd> {
        let mut left = seen.count;
        while left > 0 {
            let next = self.advance(&from, terminal, seen, Leniency::default());
            if next.is_empty() {
                return Err(DeadEnd::Nowhere { before: from, fitted: seen.count - left });
            }
            if next.len() > MOST_STATES {
                return Err(DeadEnd::TooMany(from));
            }
            left -= 1;
            let settled = next.len() == from.len()
                && next.iter().zip(&from).all(|(next, from)| next.state == from.state);
            from = next;
            if settled {
                break;
            }
            // a million equal lines: as long as one lane must repeat its line, there is no choice
            if let [only] = from.as_mut_slice() {
                left -= self.repeat(&mut only.state, seen, left);
            }
        }
        Ok(from)
    }

    /// How many of `rest` can be explained from `states`, whether nothing is lacking after them, and the states there.
    pub fn follow(
        &self,
        states: Vec<State>,
        terminal: usize,
        rest: &[PrintedLine],
    ) -> (usize, bool, Vec<State>) {
        let mut now: Vec<Explained> =
            states.into_iter().map(|state| Explained { state, trail: None }).collect();
        let states = |all: Vec<Explained>| all.into_iter().map(|one| one.state).collect();
        for (index, seen) in rest.iter().enumerate() {
            match self.advance_many(now, terminal, *seen) {
                Ok(next) => now = next,
                Err(DeadEnd::Nowhere { before, .. } | DeadEnd::TooMany(before)) => {
                    return (index, false, states(before));
                }
            }
        }
        let complete = now.iter().any(|one| self.is_complete(&one.state, terminal));
        (rest.len(), complete, states(now))
    }

    /// One line from one state, with leniency: the script line that it was taken for, and the state.
    pub fn advance_leniently(
        &self,
        state: &State,
        terminal: usize,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Vec<(usize, State)> {
        let from = [Explained { state: state.clone(), trail: None }];
        let next = self.advance(&from, terminal, seen, leniency);
        next.into_iter().filter_map(|one| Some((one.trail.as_ref()?.expected, one.state))).collect()
    }

    /// All states that one line leads to.
    fn advance(
        &self,
        from: &[Explained],
        terminal: usize,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Vec<Explained> {
        let mut known = HashSet::new();
        let mut next = Vec::new();
        for Explained { state, trail } in from {
            for lane in self.lanes_of(terminal) {
                // of twins that stand at the same place, one is enough
                let same = |other: usize| {
                    self.twins[other] == self.twins[lane]
                        && state.positions[other] == state.positions[lane]
                        && state.sources[other] == state.sources[lane]
                };
                if (0..lane).any(same) {
                    continue;
                }
                for at in self.candidates(state, lane) {
                    let Some(state) = self.take(state, lane, at, seen, leniency) else { continue };
                    if known.insert(state.clone()) {
                        let trail = Some(Rc::new(Trail {
                            expected: self.lanes[lane][at.next],
                            event: seen.event,
                            before: trail.clone(),
                        }));
                        next.push(Explained { state, trail });
                    }
                }
            }
        }
        next
    }

    /// Advances the lane that has just printed `seen` as far as it *must* repeat it.
    fn repeat(&self, state: &mut State, seen: PrintedLine, left: u64) -> u64 {
        for lane in 0..self.lanes.len() {
            let at = state.positions[lane];
            let Some(expected) = self.expected(lane, at.next) else { continue };
            let must = expected.times.start().saturating_sub(at.done);
            if at.done > 0
                && must > 1
                && expected.counter.is_none()
                && expected.pattern.matches_alone(seen.text, None)
                && expected.pattern.is_fixed()
                && self.lanes_of(self.scene.lanes[lane].terminal).count() == 1
            {
                let times = left.min(must - 1);
                state.positions[lane].done += times;
                return times;
            }
        }
        0
    }
}
