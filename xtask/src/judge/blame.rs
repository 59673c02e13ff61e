//! Names a mistake: which smallest change would make the output right?
//!
//! When no state can take a line, every kind of change is tried on the lines that follow: another text, a
//! line more, a line less, two lines exchanged, another printer. The change after which the most lines
//! can be explained is the mistake; [`Rank`] decides between equals.

use strsim::normalized_levenshtein;

use crate::observe::{Event, Stream};
use crate::script::{Bindings, Expected, Identity, Scene};

use super::matcher::{Leniency, Matcher, Position, PrintedLine, State};
use super::printer::wrong_printer;
use super::{Failure, Rule, Subject, lines_of};

/// How many of the following lines a change is tried on.
const LOOK_AHEAD: usize = 400;
/// How many explanations of the lines before are considered.
const MOST_STATES: usize = 8;
/// From here on two texts are alike (1: equal).
const ALIKE: f64 = 0.4;
/// How far a line may have been displaced.
const REACH: usize = 60;

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

/// Explains why no state can take `rest[0]`.
pub fn explain(
    matcher: &Matcher,
    states: &[State],
    terminal: usize,
    rest: &[PrintedLine],
) -> Failure {
    let whole = rest.len() <= LOOK_AHEAD;
    let rest = &rest[..rest.len().min(LOOK_AHEAD)];
    let search = Search { matcher, terminal, rest, whole };
    let mut found = Vec::new();
    for state in states.iter().take(MOST_STATES) {
        search.exchanged(state, &mut found);
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

/// The output ended too early: what is lacking in the most complete explanation.
pub fn missing_at_end(
    matcher: &Matcher,
    states: &[State],
    terminal: usize,
    seen: &[PrintedLine],
) -> Vec<Failure> {
    let lacking = |state: &State| -> u64 {
        matcher
            .lanes_of(terminal)
            .flat_map(|lane| matcher.lacking(state, lane))
            .map(|(_, count)| count)
            .sum()
    };
    let Some(state) = states.iter().min_by_key(|state| lacking(state)) else { return Vec::new() };
    let mut failures = Vec::new();
    for lane in matcher.lanes_of(terminal) {
        let Some((at, _)) = matcher.lacking(state, lane).next() else { continue };
        let total: u64 = matcher.lacking(state, lane).map(|(_, count)| count).sum();
        let mut failure = missing(matcher, state, lane, at, total);
        failure.event = seen.last().map(|seen| seen.event);
        if seen.is_empty() {
            failure.detail = format!("{}；程序在标准输出里什么也没有印", failure.detail);
        }
        failures.push(failure);
    }
    failures
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

/// A line that is lacking on standard output and stands on standard error.
pub fn find_on_stderr(scene: &Scene, events: &[Event], failures: &mut [Failure]) {
    for failure in failures.iter_mut().filter(|failure| failure.rule == Rule::Missing) {
        let Some(terminal) = failure.subject.terminal(scene) else { continue };
        let mut said = lines_of(events, terminal, Stream::Err);
        if said.any(|(_, line)| is_line(scene, failure, &line.text)) {
            failure
                .detail
                .push_str("；它印到了标准错误（eprintln!），应当印到标准输出（println!）");
        }
    }
}

/// A line that one terminal lacks and another has too much was printed in the wrong terminal.
pub fn join_moved_lines(scene: &Scene, failures: &mut Vec<Failure>) {
    let mut index = 0;
    while index < failures.len() {
        let lacks = &failures[index];
        let moved = failures.iter().position(|other| {
            lacks.rule == Rule::Missing
                && other.rule == Rule::Extra
                && other.subject.terminal(scene) != lacks.subject.terminal(scene)
                && other.got.as_deref().is_some_and(|got| is_line(scene, lacks, got))
        });
        if let Some(moved) = moved {
            let other = failures[moved].clone();
            let lacks = &mut failures[index];
            let (wanted, found) = (lacks.subject.name(scene), other.subject.name(scene));
            let detail = format!("这一行应当由「{wanted}」印出，却出现在「{found}」");
            *lacks = Failure {
                rule: Rule::Terminal,
                got: other.got,
                event: other.event,
                detail,
                ..lacks.clone()
            };
            failures.remove(moved);
            index = 0;
        } else {
            index += 1;
        }
    }
}

fn is_line(scene: &Scene, lacks: &Failure, text: &str) -> bool {
    lacks.expected.as_deref() == Some(text)
        || scene
            .lines
            .iter()
            .any(|line| line.line == lacks.line && line.pattern.matches_alone(text, None))
}

struct Search<'a> {
    matcher: &'a Matcher<'a>,
    terminal: usize,
    rest: &'a [PrintedLine<'a>],
    /// `rest` goes on to the end of the output.
    whole: bool,
}

impl<'a> Search<'a> {
    /// The lines after one copy of `rest[0]`.
    fn after_first(&self) -> Vec<PrintedLine<'a>> {
        one_less(self.rest)
    }

    /// Whether the lines `rest`, from `states`, make the output complete, and how many of them fit.
    fn judge(&self, states: Vec<State>, rest: &[PrintedLine]) -> (bool, usize) {
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

    fn exchanged(&self, state: &State, found: &mut Vec<Hypothesis>) {
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
            let (complete, reach) = self.judge(vec![state.clone()], &rest);
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
            let (complete, reach) = self.judge(vec![state.clone()], &rest);
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

    fn other_printer(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let leniency = Leniency { sources: true, ..Leniency::default() };
        self.lenient(state, leniency, Rank::Source, found, |_, lane| {
            let source = self.rest[0].source;
            source
                .map_or_else(String::new, |source| wrong_printer(self.matcher, state, lane, source))
        });
    }

    fn other_value(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let leniency = Leniency { values: true, ..Leniency::default() };
        self.lenient(state, leniency, Rank::Value, found, |expected, _| {
            values_in_words(expected, &state.bindings, self.rest[0].text)
        });
    }

    fn untrue(&self, state: &State, found: &mut Vec<Hypothesis>) {
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
        let said: Vec<&str> = expected
            .pattern
            .names()
            .zip(loose.names())
            .map(|(_, loose)| found[loose].as_str())
            .collect();
        let wrong = expected.pattern.identities().find_map(|(name, identity)| {
            let place = expected.pattern.names().position(|one| one == name)?;
            let value = said[place];
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
        format!("{whose}是 {right}，<{name}> 这里印的是 {value}")
    }

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
        for (index, next) in self.matcher.step_lenient(state, self.terminal, first, leniency) {
            let expected = &self.matcher.scene.lines[index];
            let lane = expected.lane;
            let at = state.positions[lane];
            // only the true numbers are known without the line itself
            let known = if rank == Rank::Identity { &next } else { state };
            let failure = self.failure(rule, known, lane, at, expected);
            let (complete, reach) = self.judge(vec![next], &self.after_first());
            let failure = Failure { detail: detail(expected, lane), ..failure };
            found.push(Hypothesis { complete, reach, rank, cost: 0, failure });
        }
    }

    fn other_text(&self, state: &State, found: &mut Vec<Hypothesis>) {
        for lane in self.lanes() {
            let Some((at, expected)) = self.next(state, lane) else { continue };
            let mut failure = self.failure(Rule::Text, state, lane, at, expected);
            let wanted = failure.expected.as_deref().unwrap_or_default();
            if wanted == self.rest[0].text && self.rest[0].source.is_some() {
                // the text is right: it can only be that of another process or thread
                failure.rule = Rule::Source;
            }
            let wanted = failure.expected.as_deref().unwrap_or_default();
            let similarity = normalized_levenshtein(wanted, self.rest[0].text);
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
                (normalized_levenshtein(&wanted, seen.text) >= ALIKE).then_some(state)
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

    fn missing(&self, state: &State, found: &mut Vec<Hypothesis>) {
        for lane in self.lanes() {
            let Some((at, expected)) = self.later_place(state, lane, &self.rest[0]) else {
                continue;
            };
            // everything that would have had to come before is missing
            let mut next = state.clone();
            let mut first = None;
            let mut total = 0;
            for other in self.lanes() {
                for (place, count) in self.matcher.lacking(state, other) {
                    let here = other == lane;
                    let index = self.matcher.lanes[other][place.next];
                    let before = match here {
                        true => place.next < at.next,
                        false => self.matcher.scene.lines[index].section < expected.section,
                    };
                    let count = match here && place.next == at.next {
                        true => at.done - place.done,
                        false if before => count,
                        false => continue,
                    };
                    if count > 0 {
                        total += count;
                        first.get_or_insert((other, place));
                    }
                    if !here {
                        next.positions[other] = Position { next: place.next + 1, done: 0 };
                    }
                }
            }
            let Some((first_lane, first_at)) = first else { continue };
            next.positions[lane] = at;
            let (complete, reach) = self.judge(vec![next], self.rest);
            let mut failure = missing(self.matcher, state, first_lane, first_at, total);
            failure.got = Some(self.rest[0].text.to_owned());
            failure.event = Some(self.rest[0].event);
            found.push(Hypothesis { complete, reach, rank: Rank::Missing, cost: total, failure });
        }
    }

    fn extra(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let all = |count: usize| self.rest[count..].to_vec();
        let mut tries = vec![(1, self.after_first())];
        if self.rest[0].count > 1 {
            tries.push((self.rest[0].count, all(1)));
        }
        for count in 2..=3.min(self.rest.len()) {
            tries.push((self.rest[..count].iter().map(|seen| seen.count).sum(), all(count)));
        }
        for (lines, rest) in tries {
            let (complete, reach) = self.judge(vec![state.clone()], &rest);
            let failure = self.extra_failure(state, lines);
            found.push(Hypothesis { complete, reach, rank: Rank::Extra, cost: lines, failure });
        }
    }

    fn extra_failure(&self, state: &State, lines: u64) -> Failure {
        let first = &self.rest[0];
        let scene = self.matcher.scene;
        let again = self.lanes().find_map(|lane| {
            let places = 0..=state.positions[lane].next;
            places.rev().find_map(|place| {
                let expected = self.matcher.expected(lane, place)?;
                let printed = match place == state.positions[lane].next {
                    true => state.positions[lane].done,
                    false => (*expected.times.end()).min(1000),
                };
                let fits = (0..printed.min(1000))
                    .any(|done| self.fits(state, Position { next: place, done }, expected, first));
                fits.then_some((lane, expected))
            })
        });
        let (subject, line, detail) = match again {
            Some((lane, expected)) => {
                let detail = match *expected.times.end() {
                    most if most > 1 => format!("剧本里至多 {most} 次，又印了一遍"),
                    _ => "这一行已经印过，又印了一遍".to_owned(),
                };
                (Subject::Lane(lane), expected.line, detail)
            }
            None => {
                let next = self.lanes().find_map(|lane| self.next(state, lane));
                let line = next.map_or(scene.line, |(_, expected)| expected.line);
                let detail = "剧本里没有这一行".to_owned();
                (Subject::Terminal(self.terminal), line, detail)
            }
        };
        let detail =
            if lines > 1 { format!("{detail}（一共多出 {lines} 行）") } else { detail };
        Failure {
            rule: Rule::Extra,
            line,
            subject,
            expected: None,
            got: Some(first.text.to_owned()),
            detail,
            event: Some(first.event),
        }
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

fn missing(matcher: &Matcher, state: &State, lane: usize, at: Position, total: u64) -> Failure {
    let expected = matcher.expected(lane, at.next).expect("a lacking place is in its lane");
    let counter = expected.counter_at(at.done);
    Failure {
        rule: Rule::Missing,
        line: expected.line,
        subject: Subject::Lane(lane),
        expected: Some(expected.pattern.render(counter, &state.bindings)),
        got: None,
        detail: if total > 1 {
            format!("从这一行起一共缺 {total} 行")
        } else {
            "缺这一行".into()
        },
        event: None,
    }
}

/// Which name disagrees with what it stood for.
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
            return format!("<{name}> 应当是 {before}，这里是 {value}");
        }
    }
    String::new()
}
