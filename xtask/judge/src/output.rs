//! Is a program's output an interleaving of its lanes?
//!
//! A line that no explanation ([`Matcher`]) can take is a mistake; [`blame`] says which. Names are shared by
//! all terminals, so the explanations that are left after one terminal are where the next one begins.

use std::rc::Rc;

use course::script::{Action, Bindings, Direction, Expected, Mechanism, Scene};
use events::{Event, Kind, Stream};

use super::facts::is_cut;
use super::matcher::{DeadEnd, Explained, Matcher, PrintedLine, State};
use super::{Failure, Rule, Subject, Unchecked, blame, is_traced, lines_of};

/// Which event showed which line of the script.
pub struct Matched {
    /// Index into [`Scene::lines`].
    pub expected: usize,
    /// Index into the scene's events.
    pub event: usize,
}

/// The outcome for all terminals.
pub struct Output {
    pub failures: Vec<Failure>,
    pub unchecked: Vec<Unchecked>,
    /// One explanation of the output, if there is one.
    pub matched: Vec<Matched>,
}

/// Checks the output of every terminal.
pub fn check(scene: &Scene, events: &[Event]) -> Output {
    let matcher = Matcher::new(scene, events);
    let mut failures = Vec::new();
    let mut now = vec![Explained { state: matcher.start(), trail: None }];
    for terminal in 0..scene.terminals.len() {
        let seen: Vec<PrintedLine> = lines_of(events, terminal, Stream::Out)
            .map(|(event, line)| PrintedLine::new(event, line))
            .collect();
        now = check_terminal(&matcher, now, terminal, &seen, &mut failures);
        now = check_stderr(scene, events, now, terminal, &mut failures);
    }
    blame::join_moved_lines(scene, &mut failures);
    blame::find_on_stderr(scene, events, &mut failures);
    check_newlines(scene, events, &mut failures);
    let distinct = |one: &Explained| broken_distinct(scene, &one.state.bindings);
    if failures.is_empty()
        && let Some(failure) = now.iter().map(distinct).min_by_key(|failure| failure.is_some())
    {
        failures.extend(failure);
    }
    let mut matched = Vec::new();
    if failures.is_empty() {
        let mut trail = now.first().and_then(|one| one.trail.clone());
        while let Some(step) = trail {
            matched.push(Matched { expected: step.expected, event: step.event });
            trail = step.before.clone();
        }
    }
    Output { failures, unchecked: unchecked(scene, events), matched }
}

fn check_terminal(
    matcher: &Matcher,
    mut now: Vec<Explained>,
    terminal: usize,
    seen: &[PrintedLine],
    failures: &mut Vec<Failure>,
) -> Vec<Explained> {
    for (index, line) in seen.iter().enumerate() {
        match matcher.advance_many(now, terminal, *line) {
            Ok(next) => now = next,
            Err(DeadEnd::TooMany(before)) => {
                failures.push(blame::ambiguous(matcher, terminal, line));
                return before;
            }
            Err(DeadEnd::Nowhere { before, fitted }) => {
                let mut rest = seen[index..].to_vec();
                rest[0].count -= fitted;
                let states: Vec<State> = before.iter().map(|one| one.state.clone()).collect();
                failures.push(blame::mistake(matcher, &states, terminal, &rest));
                return before;
            }
        }
    }
    let complete: Vec<Explained> =
        now.iter().filter(|one| matcher.is_complete(&one.state, terminal)).cloned().collect();
    if !complete.is_empty() {
        return complete;
    }
    let states: Vec<State> = now.iter().map(|one| one.state.clone()).collect();
    failures.extend(blame::missing_at_end(matcher, &states, terminal, seen));
    now
}

/// Standard error: the script's lines in order, others between them are allowed.
fn check_stderr(
    scene: &Scene,
    events: &[Event],
    now: Vec<Explained>,
    terminal: usize,
    failures: &mut Vec<Failure>,
) -> Vec<Explained> {
    let wanted: Vec<&Expected> = scene
        .stderr_lines
        .iter()
        .filter(|expected| scene.lanes[expected.lane].terminal == terminal)
        .collect();
    if wanted.is_empty() {
        return now;
    }
    let mut kept = Vec::new();
    let mut furthest = 0;
    for mut one in now.iter().cloned() {
        let mut found = 0;
        for (_, line) in lines_of(events, terminal, Stream::Err) {
            let Some(expected) = wanted.get(found) else { break };
            if let Some(bound) = expected.pattern.matches(&line.text, None, &one.state.bindings) {
                Rc::make_mut(&mut one.state.bindings).extend(bound);
                found += 1;
            }
        }
        furthest = furthest.max(found);
        if found == wanted.len() {
            kept.push(one);
        }
    }
    if !kept.is_empty() {
        return kept;
    }
    let expected = wanted[furthest];
    let mut printed: Vec<String> =
        lines_of(events, terminal, Stream::Err).map(|(_, line)| line.text.clone()).collect();
    // the last ones say most
    printed.drain(..printed.len().saturating_sub(5));
    failures.push(Failure {
        rule: Rule::Stderr,
        line: expected.line,
        subject: Subject::Terminal(terminal),
        expected: Some(expected.pattern.render(None, &now[0].state.bindings)),
        got: (!printed.is_empty()).then(|| printed.join("\n")),
        detail: if printed.is_empty() {
            "标准错误里什么也没有".into()
        } else {
            String::new()
        },
        event: None,
    });
    now
}

/// A last line without a newline: half a line.
fn check_newlines(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for (index, event) in events.iter().enumerate() {
        let Kind::Line(line) = &event.kind else { continue };
        if line.whole || line.stream == Stream::Err || is_cut(events) {
            continue;
        }
        // the text itself is wrong too: one report is enough
        if failures.iter().any(|failure| failure.event == Some(index)) {
            continue;
        }
        failures.push(Failure {
            rule: Rule::Newline,
            line: scene.line,
            subject: Subject::Terminal(line.terminal),
            expected: None,
            got: Some(line.text.clone()),
            detail: "每一行都应当以换行结束".into(),
            event: Some(index),
        });
    }
}

fn broken_distinct(scene: &Scene, bindings: &Bindings) -> Option<Failure> {
    for rule in &scene.distinct {
        for (index, name) in rule.names.iter().enumerate() {
            let Some(value) = bindings.get(name) else { continue };
            let Some(other) =
                rule.names[..index].iter().find(|other| bindings.get(*other) == Some(value))
            else {
                continue;
            };
            return Some(Failure {
                rule: Rule::Distinct,
                line: rule.line,
                subject: Subject::Scene,
                expected: Some(format!("<{other}> 与 <{name}> 不同")),
                got: Some(format!("两个都是 {value}")),
                detail: String::new(),
                event: None,
            });
        }
    }
    None
}

/// Lanes whose process or thread the observer could not see, and numbers that only it knows.
fn unchecked(scene: &Scene, events: &[Event]) -> Vec<Unchecked> {
    let seen_sources = |terminal| {
        is_traced(events)
            || lines_of(events, terminal, Stream::Out).any(|(_, line)| line.source.is_some())
    };
    let mut unchecked = Vec::new();
    for (index, lane) in scene.lanes.iter().enumerate() {
        let what = match lane.mechanism {
            Some(Mechanism::Process) => "来自另一个进程",
            Some(Mechanism::Thread) => "来自另一个线程",
            None => continue,
        };
        if !seen_sources(lane.terminal) {
            let what = format!("「{}」的各行是否{what}", scene.lane_name(index));
            unchecked.push(Unchecked { line: lane.line, what });
        }
    }
    for expected in &scene.lines {
        if seen_sources(scene.lanes[expected.lane].terminal) {
            continue;
        }
        for (name, identity) in expected.pattern.identities() {
            let what = format!("<{name}> 是不是真的{}", identity.word());
            unchecked.push(Unchecked { line: expected.line, what });
        }
    }
    for event in events {
        let Kind::Connected { terminal, seen: false } = event.kind else { continue };
        let connects = |direction: &&Direction| {
            direction.terminal == terminal && matches!(direction.action, Action::Connect(_))
        };
        let line =
            scene.directions.iter().find(connects).map_or(scene.line, |direction| direction.line);
        let what = format!("「{}」是否已经连上", scene.terminals[terminal].name);
        unchecked.push(Unchecked { line, what });
    }
    unchecked
}
