//! Changes of how many lines there are: a line less, a line more.

use super::super::matcher::{Matcher, Position, State};
use super::super::{Failure, Rule, Subject};
use super::{Hypothesis, PrintedLine, Rank, Search};

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

impl Search<'_> {
    /// `rest[0]` comes later in its lane: what is before it was not printed.
    pub(super) fn missing(&self, state: &State, found: &mut Vec<Hypothesis>) {
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
            let (complete, reach) = self.reach(vec![next], self.rest);
            let mut failure = missing(self.matcher, state, first_lane, first_at, total);
            failure.got = Some(self.rest[0].text.to_owned());
            failure.event = Some(self.rest[0].event);
            found.push(Hypothesis { complete, reach, rank: Rank::Missing, cost: total, failure });
        }
    }

    /// `rest[0]`, or a few lines from there on, should not have been printed.
    pub(super) fn extra(&self, state: &State, found: &mut Vec<Hypothesis>) {
        let all = |count: usize| self.rest[count..].to_vec();
        let mut tries = vec![(1, self.after_first())];
        if self.rest[0].count > 1 {
            tries.push((self.rest[0].count, all(1)));
        }
        for count in 2..=3.min(self.rest.len()) {
            tries.push((self.rest[..count].iter().map(|seen| seen.count).sum(), all(count)));
        }
        for (lines, rest) in tries {
            let (complete, reach) = self.reach(vec![state.clone()], &rest);
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
