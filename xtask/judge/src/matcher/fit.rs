//! Does a line fit a line of the script: its text, its numbers, its printer?

use std::rc::Rc;

use course::script::{Bindings, Expected, Mechanism};
use events::Source;

use super::{Matcher, Position, PrintedLine, State};

/// What a line may ignore when a mistake is being explained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leniency {
    /// Names may have other values.
    pub values: bool,
    /// The numbers of processes and threads need not be true.
    pub identities: bool,
    /// Any process or thread may have printed it.
    pub sources: bool,
}

impl Matcher<'_> {
    /// The state after `text` was printed as the line at `at` of `lane`; `None`: it does not fit.
    pub(super) fn take(
        &self,
        state: &State,
        lane: usize,
        at: Position,
        seen: PrintedLine,
        leniency: Leniency,
    ) -> Option<State> {
        let expected = self.expected(lane, at.next)?;
        let counter = expected.counter_at(at.done);
        let bound = match leniency.values {
            true => expected.pattern.loosened().matches(seen.text, counter, &Bindings::new())?,
            false if leniency.identities => self.take_untrue(state, expected, counter, seen)?,
            false => expected.pattern.matches(seen.text, counter, &state.bindings)?,
        };
        if leniency == Leniency::default()
            && self.is_untrue(expected, &state.bindings, &bound, seen)
        {
            return None;
        }
        let mut next = state.clone();
        if !bound.is_empty() && !leniency.values {
            Rc::make_mut(&mut next.bindings).extend(bound);
        }
        if leniency.sources {
            // a printer that fits is not what is wrong with the line
            if seen.source.is_none_or(|source| self.may_print(state, lane, source)) {
                return None;
            }
            // which of the lines so far came from the wrong place is not known: begin anew
            for lane in self.lanes_of(self.scene.lanes[lane].terminal) {
                next.sources[lane] = None;
            }
        } else if let Some(source) = seen.source {
            if !self.may_print(state, lane, source) {
                return None;
            }
            next.sources[lane] = Some(source);
        }
        next.positions[lane] = self.one_more(lane, at);
        Some(next)
    }

    /// Whether a number in the line says of its printer what is not true.
    fn is_untrue(
        &self,
        expected: &Expected,
        known: &Bindings,
        bound: &Bindings,
        seen: PrintedLine,
    ) -> bool {
        let Some(source) = seen.source else { return false };
        expected.pattern.identities().any(|(name, identity)| {
            let value = bound.get(name).or_else(|| known.get(name));
            value.is_some_and(|value| self.truth.is_false(identity, source, seen.event, value))
        })
    }

    /// Matches a line that is wrong in nothing but such numbers, one of them or several; the names are bound to the true ones.
    fn take_untrue(
        &self,
        state: &State,
        expected: &Expected,
        counter: Option<u64>,
        seen: PrintedLine,
    ) -> Option<Bindings> {
        let source = seen.source?;
        let loose = expected.pattern.loosened();
        let found = loose.matches(seen.text, counter, &Bindings::new())?;
        let mut bound = Bindings::new();
        let mut wrong = false;
        for (name, loose) in expected.pattern.names().zip(loose.names()) {
            let value = &found[loose];
            if let Some(identity) = expected.pattern.identity_of(name) {
                wrong |= self.truth.is_false(identity, source, seen.event, value);
                let right = self.truth.value(identity, source, seen.event);
                bound.insert(name.to_owned(), right.map_or(value.clone(), |one| one.to_string()));
                continue;
            }
            let before = state.bindings.get(name).or(bound.get(name));
            if before.is_some_and(|before| before != value) {
                return None;
            }
            bound.insert(name.to_owned(), value.clone());
        }
        wrong.then_some(bound)
    }

    /// Whether `source` can be the printer of `lane`, given who prints the other lanes.
    fn may_print(&self, state: &State, lane: usize, source: Source) -> bool {
        let what = &self.scene.lanes[lane];
        let root = self.roots[what.terminal];
        let others = || {
            self.lanes_of(what.terminal)
                .filter(|other| *other != lane)
                .filter_map(|other| state.sources[other])
        };
        let fits = match (what.mechanism, &what.name) {
            (Some(Mechanism::Process), _) => {
                root != Some(source.pid) && others().all(|other| other.pid != source.pid)
            }
            (Some(Mechanism::Thread), _) => {
                root.is_none_or(|root| root == source.pid)
                    && source.tid != source.pid
                    && others().all(|other| other.tid != source.tid)
            }
            // the program's own lane: its first process, and its first thread if others are claimed
            (None, None) => {
                let threads = self
                    .lanes_of(what.terminal)
                    .any(|lane| self.scene.lanes[lane].mechanism == Some(Mechanism::Thread));
                root.is_none_or(|root| root == source.pid) && (!threads || source.tid == source.pid)
            }
            // nothing is claimed
            (None, Some(_)) => return true,
        };
        let same = |before: Source| match what.mechanism {
            Some(Mechanism::Thread) => before == source,
            _ => before.pid == source.pid,
        };
        fits && state.sources[lane].is_none_or(same)
    }
}
