//! Changes of one line: its text, a name's value, a number, its printer.

use strsim::normalized_levenshtein;

use course::script::{Bindings, Expected, Identity};

use super::super::matcher::{Leniency, Position, State};
use super::super::printer::wrong_printer;
use super::super::{Failure, Rule};
use super::{Hypothesis, LOOK_AHEAD, MOST_STATES, PrintedLine, Rank, Search, one_less};

/// From here on two texts are alike (1: equal).
const ALIKE: f64 = 0.4;
/// So many bytes of a text are compared: the time grows with the product of both lengths.
const COMPARED: usize = 2000;

/// How alike two texts are: 1 if they are equal, 0 if they have nothing in common. Of long ones the beginnings count, but
/// never more than their lengths allow.
fn similarity(one: &str, other: &str) -> f64 {
    let begin = |text: &str| {
        let mut ends = (0..=COMPARED.min(text.len())).rev();
        ends.find(|end| text.is_char_boundary(*end)).unwrap_or_default()
    };
    let of_beginnings = normalized_levenshtein(&one[..begin(one)], &other[..begin(other)]);
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    if longer <= COMPARED {
        of_beginnings
    } else {
        of_beginnings.min(shorter as f64 / longer as f64)
    }
}

impl Search<'_> {
    /// `rest[0]` is right, but another process or thread should have printed it.
    pub(super) fn other_printer(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let leniency = Leniency { sources: true, ..Leniency::default() };
        self.lenient(state, leniency, Rank::Source, found, |_, lane| {
            let source = self.rest[0].source;
            source
                .map_or_else(String::new, |source| wrong_printer(self.matcher, state, lane, source))
        });
    }

    /// A name in `rest[0]` has another value than before.
    pub(super) fn other_value(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let leniency = Leniency { values: true, ..Leniency::default() };
        self.lenient(state, leniency, Rank::Value, found, |expected, _| {
            values_in_words(expected, &state.bindings, self.rest[0].text)
        });
    }

    /// A number in `rest[0]` says of its printer what is not true.
    pub(super) fn untrue(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let leniency = Leniency { identities: true, ..Leniency::default() };
        self.lenient(state, leniency, Rank::Identity, found, |expected, _| {
            self.untrue_in_words(expected)
        });
    }

    /// Which number says of the printer of `rest[0]` what is not true.
    fn untrue_in_words(&self, expected: &Expected) -> String {
        let first = self.rest[0];
        let truth = &self.matcher.truth;
        let loose = expected.pattern.loosened();
        let found = loose.matches(first.text, expected.counter, &Bindings::new());
        let (Some(found), Some(source)) = (found, first.source) else { return String::new() };
        let wrong = expected.pattern.names().zip(loose.names()).find_map(|(name, loose)| {
            let identity = expected.pattern.identity_of(name)?;
            let value = found[loose].as_str();
            let is_false = truth.is_false(identity, source, first.event, value);
            is_false.then_some((name, identity, value))
        });
        let Some((name, identity, value)) = wrong else { return String::new() };
        let right = truth.value(identity, source, first.event).unwrap_or_default();
        let whose = match identity {
            Identity::Process => "印这一行的进程，编号（pid）",
            Identity::Parent => "印这一行的进程，父进程的编号（ppid）",
            Identity::Thread => "印这一行的线程，编号（tid）",
        };
        let number = |identity| truth.value(identity, source, first.event);
        let is = |identity| number(identity).is_some_and(|one| one.to_string() == value);
        // a process's first thread has its number
        let instead = match identity {
            Identity::Parent if is(Identity::Process) => "：那是它自己的编号（pid）",
            Identity::Process | Identity::Thread if is(Identity::Parent) => {
                "：那是它的父进程的编号（ppid）"
            }
            Identity::Thread if is(Identity::Process) => "：那是它的进程的编号（pid）",
            _ => "",
        };
        format!("{whose}是 {right}，<{name}> 这里印的是 {value}{instead}")
    }

    /// Takes `rest[0]` for whatever fits it when one thing about it may be wrong.
    fn lenient(
        &self,
        state: &State,
        leniency: Leniency,
        rank: Rank,
        found: &mut Vec<Hypothesis>,
        detail: impl Fn(&Expected, usize) -> String,
    ) {
        let first = PrintedLine { count: 1, ..self.rest[0] };
        let rule = match rank {
            Rank::Source => Rule::Source,
            Rank::Identity => Rule::Identity,
            _ => Rule::Value,
        };
        for (index, next) in self.matcher.advance_leniently(state, self.terminal, first, leniency) {
            let expected = &self.matcher.scene.lines[index];
            let lane = expected.lane;
            let at = state.positions[lane];
            // only the true numbers are known without the line itself
            let known = if rank == Rank::Identity { &next } else { state };
            let failure = self.failure(rule, known, lane, at, expected);
            let (complete, reach) = match rank {
                Rank::Identity => self.all_untrue(next, leniency),
                _ => self.reach(vec![next], &self.after_first()),
            };
            let failure = Failure { detail: detail(expected, lane), ..failure };
            found.push(Hypothesis { complete, reach, rank, cost: 0, failure });
        }
    }

    /// What fits from a state on, after `rest[0]`, where every later line that fits nowhere may say what is not true of its
    /// printer, too: each of several children makes the same slip.
    fn all_untrue(&self, state: State, leniency: Leniency) -> (bool, usize) {
        let mut states = vec![state];
        let mut rest = self.after_first();
        let mut reach = 0;
        for _ in 0..LOOK_AHEAD {
            let (followed, complete, at_end) = self.matcher.follow(states, self.terminal, &rest);
            reach += followed;
            if followed == rest.len() {
                return (complete && self.whole, reach);
            }
            let seen = PrintedLine { count: 1, ..rest[followed] };
            let untrue = |state: &State| {
                self.matcher.advance_leniently(state, self.terminal, seen, leniency)
            };
            states =
                at_end.iter().take(MOST_STATES).flat_map(untrue).map(|(_, next)| next).collect();
            states.truncate(MOST_STATES);
            if states.is_empty() {
                break;
            }
            rest.drain(..followed);
            rest = one_less(&rest);
        }
        (false, reach)
    }

    /// `rest[0]` should have had another text.
    pub(super) fn other_text(&self, state: &State, found: &mut Vec<Hypothesis>) {
        for lane in self.lanes() {
            let Some((at, expected)) = self.next(state, lane) else { continue };
            let mut failure = self.failure(Rule::Text, state, lane, at, expected);
            let wanted = failure.expected.as_deref().unwrap_or_default();
            if wanted == self.rest[0].text && self.rest[0].source.is_some() {
                // the text is right: it can only be that of another process or thread
                failure.rule = Rule::Source;
            }
            let wanted = failure.expected.as_deref().unwrap_or_default();
            let similarity = similarity(wanted, self.rest[0].text);
            let rank = if similarity >= ALIKE { Rank::SimilarText } else { Rank::OtherText };
            let cost = ((1.0 - similarity) * 1000.0) as u64;
            let (complete, reach) = self.retexted(state, lane, at);
            found.push(Hypothesis { complete, reach, rank, cost, failure });
        }
    }

    /// Takes `rest[0]` for the next line of a lane, and every later line that fits nowhere too, if it is alike: a
    /// slip in a loop is in all of its lines.
    fn retexted(&self, state: &State, lane: usize, at: Position) -> (bool, usize) {
        let mut next = state.clone();
        next.positions[lane] = self.matcher.one_more(lane, at);
        let mut states = vec![next];
        let mut rest = self.after_first();
        let mut reach = 0;
        for _ in 0..LOOK_AHEAD {
            let (followed, complete, at_end) = self.matcher.follow(states, self.terminal, &rest);
            reach += followed;
            if followed == rest.len() {
                return (complete && self.whole, reach);
            }
            let seen = rest[followed];
            let alike = |state: &State| {
                let (at, expected) = self.next(state, lane)?;
                let wanted = expected.pattern.render(expected.counter_at(at.done), &state.bindings);
                let mut state = state.clone();
                state.positions[lane] = self.matcher.one_more(lane, at);
                (similarity(&wanted, seen.text) >= ALIKE).then_some(state)
            };
            states = at_end.iter().take(MOST_STATES).filter_map(alike).collect();
            if states.is_empty() {
                break;
            }
            rest.drain(..followed);
            rest = one_less(&rest);
        }
        (false, reach)
    }
}

/// Which name disagrees with what it stood for; which of the two is right is not known.
fn values_in_words(expected: &Expected, known: &Bindings, text: &str) -> String {
    let loose = expected.pattern.loosened();
    let Some(found) = loose.matches(text, expected.counter, &Bindings::new()) else {
        return String::new();
    };
    let mut here: Bindings = known.clone();
    for (name, loose_name) in expected.pattern.names().zip(loose.names()) {
        let value = &found[loose_name];
        let before = here.entry(name.to_owned()).or_insert_with(|| value.clone());
        if before != value {
            return format!("<{name}> 前面是 {before}，这里是 {value}：两处应当相同");
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::similarity;

    #[test]
    fn long_texts_are_compared_by_their_beginnings_and_lengths() {
        let long = "长".repeat(1 << 20);
        assert_eq!(similarity(&long, &long), 1.0);
        assert!(similarity(&long, &"a".repeat(3 << 20)) < 0.01);
        assert!(similarity("长", &long) < 0.01);
        assert_eq!(similarity("一二三四", "一二三五"), 0.75);
    }
}
