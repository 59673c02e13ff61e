//! Names a mistake: which smallest change would make the output right?
//!
//! When no state can take a line, every kind of change is tried on the lines that follow: another text, a
//! line more, a line less, two lines exchanged, another printer. The change after which the most lines
//! can be explained is the mistake; [`Rank`] decides between equals.
//!
//! | file | changes of |
//! | --- | --- |
//! | `order` | lines exchanged, a line that stands too far up, whole parts in another order |
//! | `text` | one line: its text, a name's value, a number, its printer |
//! | `count` | a line less, a line more |
//! | `elsewhere` | the place: another terminal, standard error |

mod count;
mod elsewhere;
mod order;
mod text;

use course::script::Expected;

use super::matcher::{Matcher, Position, PrintedLine, State};
use super::{Failure, Rule, Subject};

pub use count::missing_at_end;
pub use elsewhere::{find_on_stderr, join_moved_lines};

/// How many of the following lines a change is tried on.
const LOOK_AHEAD: usize = 400;
/// How many explanations of the lines before are considered.
const MOST_STATES: usize = 8;

/// The more telling change first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Order,
    Source,
    Identity,
    Value,
    SimilarText,
    Missing,
    Extra,
    OtherText,
}

struct Hypothesis {
    /// Nothing is lacking after the change.
    complete: bool,
    /// So many lines fit after it.
    reach: usize,
    rank: Rank,
    /// How much was changed.
    cost: u64,
    failure: Failure,
}

/// Why no state can take `rest[0]`.
pub fn mistake(
    matcher: &Matcher,
    states: &[State],
    terminal: usize,
    rest: &[PrintedLine],
) -> Failure {
    let whole = rest.len() <= LOOK_AHEAD;
    let all = rest;
    let rest = &rest[..rest.len().min(LOOK_AHEAD)];
    let search = Search { matcher, terminal, rest, whole, all };
    let mut found = Vec::new();
    for state in states.iter().take(MOST_STATES) {
        search.exchanged(state, &mut found);
        search.rearranged(state, &mut found);
        search.other_printer(state, &mut found);
        search.untrue(state, &mut found);
        search.other_value(state, &mut found);
        search.other_text(state, &mut found);
        search.missing(state, &mut found);
        search.extra(state, &mut found);
    }
    let best = found
        .into_iter()
        .min_by_key(|one| (!one.complete, std::cmp::Reverse(one.reach), one.rank, one.cost));
    best.map_or_else(|| search.unknown(), |best| best.failure)
}

/// The script allows too many explanations.
pub fn ambiguous(matcher: &Matcher, terminal: usize, seen: &PrintedLine) -> Failure {
    Failure {
        rule: Rule::Ambiguous,
        line: matcher.scene.line,
        subject: Subject::Terminal(terminal),
        expected: None,
        got: Some(seen.text.to_owned()),
        detail: "到这一行为止，剧本有两千种以上的解释：把各条道的行写得更分明".into(),
        event: Some(seen.event),
    }
}

struct Search<'a> {
    matcher: &'a Matcher<'a>,
    terminal: usize,
    rest: &'a [PrintedLine<'a>],
    /// `rest` goes on to the end of the output.
    whole: bool,
    /// `rest` and whatever comes after it.
    all: &'a [PrintedLine<'a>],
}

impl<'a> Search<'a> {
    /// The lines after one copy of `rest[0]`.
    fn after_first(&self) -> Vec<PrintedLine<'a>> {
        one_less(self.rest)
    }

    /// Whether the lines `rest`, from `states`, make the output complete, and how many of them fit.
    fn reach(&self, states: Vec<State>, rest: &[PrintedLine]) -> (bool, usize) {
        let (followed, complete, _) = self.matcher.follow(states, self.terminal, rest);
        (complete && self.whole, followed)
    }

    fn lanes(&self) -> impl Iterator<Item = usize> + '_ {
        self.matcher.lanes_of(self.terminal)
    }

    /// The next line of a lane, required or not.
    fn next(&self, state: &State, lane: usize) -> Option<(Position, &'a Expected)> {
        let at = state.positions[lane];
        self.matcher.expected(lane, at.next).map(|expected| (at, expected))
    }

    fn fits(&self, state: &State, at: Position, expected: &Expected, seen: &PrintedLine) -> bool {
        expected.pattern.matches(seen.text, expected.counter_at(at.done), &state.bindings).is_some()
    }

    /// The first place of a lane, from where it stands, that `seen` fits.
    fn later_place(
        &self,
        state: &State,
        lane: usize,
        seen: &PrintedLine,
    ) -> Option<(Position, &'a Expected)> {
        let from = state.positions[lane];
        for place in from.next..self.matcher.lanes[lane].len() {
            let expected = self.matcher.expected(lane, place)?;
            let first = if place == from.next { from.done } else { 0 };
            // only a counter makes one repetition differ from the next
            let last = if expected.counter.is_some() { *expected.times.end() } else { first + 1 };
            let fitting = (first..last.min(first + 1000))
                .map(|done| Position { next: place, done })
                .find(|at| self.fits(state, *at, expected, seen));
            if let Some(at) = fitting {
                return Some((at, expected));
            }
        }
        None
    }

    fn failure(
        &self,
        rule: Rule,
        state: &State,
        lane: usize,
        at: Position,
        expected: &Expected,
    ) -> Failure {
        let counter = expected.counter_at(at.done);
        Failure {
            rule,
            line: expected.line,
            subject: Subject::Lane(lane),
            expected: Some(expected.pattern.render(counter, &state.bindings)),
            got: Some(self.rest[0].text.to_owned()),
            detail: String::new(),
            event: Some(self.rest[0].event),
        }
    }

    /// No change helps at all; only possible when the terminal has no lane.
    fn unknown(&self) -> Failure {
        let scene = self.matcher.scene;
        Failure {
            rule: Rule::Extra,
            line: scene.line,
            subject: Subject::Terminal(self.terminal),
            expected: None,
            got: Some(self.rest[0].text.to_owned()),
            detail: "剧本里没有这一行".into(),
            event: Some(self.rest[0].event),
        }
    }
}

/// The lines without one copy of the first.
fn one_less<'a>(lines: &[PrintedLine<'a>]) -> Vec<PrintedLine<'a>> {
    let mut rest = lines.to_vec();
    if rest[0].count > 1 {
        rest[0].count -= 1;
    } else {
        rest.remove(0);
    }
    rest
}
