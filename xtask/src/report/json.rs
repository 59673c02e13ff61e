//! The result of a check for programs: JSON, as `docs/check.schema.json` says.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use course::catalog::{Catalog, MISTAKES, Part};
use course::script::Scene;
use diagnose::{Cause, Certainty, Waiter};
use events::{Clock, Event, Kind, Stream};
use judge::Rule;

use crate::perform::{Fault, Performance};

use super::hints::hints;
use super::{Machine, context_of, evidence, notes};

#[derive(Serialize)]
struct Report<'a> {
    /// Grows when a field changes its meaning or goes.
    version: u32,
    passed: usize,
    failed: usize,
    not_played: usize,
    unchecked: usize,
    seconds: f64,
    /// Why the scenes had no network of their own.
    shared_network: Option<&'a str>,
    untraced: Option<&'a str>,
    scenes: Vec<SceneReport<'a>>,
}

#[derive(Serialize)]
struct SceneReport<'a> {
    lesson: &'a str,
    title: &'a str,
    script: String,
    line: usize,
    packages: Vec<&'a str>,
    passed: bool,
    seconds: f64,
    replayed: bool,
    fault: Option<String>,
    /// `real`, `virtual`; `null`: not traced.
    clock: Option<&'static str>,
    seed: Option<u64>,
    harsh: Option<u64>,
    not_played: Option<&'a str>,
    failures: Vec<FailureReport<'a>>,
    /// Who waits, where nobody goes on.
    waiting: Vec<WaiterReport<'a>>,
    unchecked: Vec<UncheckedReport<'a>>,
    /// What is no mistake and should be known all the same.
    hints: Vec<String>,
}

#[derive(Serialize)]
struct FailureReport<'a> {
    rule: Rule,
    title: &'static str,
    line: usize,
    source: &'a str,
    who: Cow<'a, str>,
    expected: Option<&'a str>,
    got: Option<&'a str>,
    detail: Cow<'a, str>,
    /// Why: one that is proved, or candidates, the likeliest first; empty: not known.
    causes: Vec<CauseReport<'a>>,
    /// Where to read on: the lesson's page, then what the notes say of the rule, with its `#`.
    notes: Vec<String>,
    context: Vec<LineReport<'a>>,
}

#[derive(Serialize)]
struct CauseReport<'a> {
    /// The kind of cause: `Code::id`.
    code: &'static str,
    title: &'static str,
    proved: bool,
    /// The terminal whose program has to change; `null`: it may be any.
    culprit: Option<&'a str>,
    /// The package that runs there.
    program: Option<&'a str>,
    file: Option<&'a str>,
    at: Option<u32>,
    sentence: &'a str,
    /// The facts that it rests on, in Chinese; for a standstill, who waits for what.
    evidence: Vec<String>,
    advice: Option<&'a str>,
    /// What the notes say of it, with its `#`.
    notes: Option<String>,
}

#[derive(Serialize)]
struct WaiterReport<'a> {
    terminal: &'a str,
    pid: i32,
    tid: i32,
    threads: usize,
    call: &'a str,
    target: &'a str,
    unread: Option<u64>,
    unread_there: Option<u64>,
    file: Option<&'a str>,
    at: Option<u32>,
    function: Option<&'a str>,
    since: f64,
}

#[derive(Serialize)]
struct LineReport<'a> {
    terminal: &'a str,
    stream: &'static str,
    text: &'a str,
    count: u64,
    wrong: bool,
}

#[derive(Serialize)]
struct UncheckedReport<'a> {
    line: usize,
    what: &'a str,
}

/// Prints one JSON object.
///
/// # Errors
/// Standard output is closed.
pub fn report(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
    machine: Machine,
    time: Duration,
) -> io::Result<()> {
    let count =
        |which: fn(&Performance) -> bool| performances.iter().filter(|one| which(one)).count();
    let report = Report {
        version: 1,
        passed: count(Performance::passed),
        failed: count(Performance::failed),
        not_played: count(|performance| performance.not_played.is_some()),
        unchecked: performances.iter().map(|performance| performance.verdict.unchecked.len()).sum(),
        seconds: time.as_secs_f64(),
        shared_network: machine.own_network.as_ref().err().map(String::as_str),
        untraced: machine.tracing.as_ref().err().map(String::as_str),
        scenes: parts.iter().zip(performances).map(|played| scene(catalog, played)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn scene<'a>(
    catalog: &'a Catalog,
    (part, performance): (&'a Part, &'a Performance),
) -> SceneReport<'a> {
    let Performance { verdict, .. } = performance;
    let failures = verdict.failures.iter().enumerate().map(|(index, failure)| FailureReport {
        rule: failure.rule,
        title: failure.rule.title(),
        line: failure.line,
        source: part.source.get(failure.line - 1).map_or("", |line| line.trim()),
        who: failure.subject.name(&performance.scene),
        expected: failure.expected.as_deref(),
        got: failure.got.as_deref(),
        detail: performance.detail(index),
        causes: performance
            .causes(index)
            .into_iter()
            .map(|cause| self::cause(catalog, &performance.scene, cause))
            .collect(),
        notes: where_to_read(catalog, part, failure.rule),
        context: failure
            .event
            .map_or_else(Vec::new, |wrong| context(&performance.scene, &performance.events, wrong)),
    });
    // candidates rest on the same facts
    let waiters = performance.causes.first().into_iter().flat_map(Cause::waiters);
    SceneReport {
        lesson: &part.lesson,
        title: &part.scene.title,
        script: part.script.display().to_string(),
        line: part.scene.line,
        packages: part.scene.packages().collect(),
        passed: performance.passed(),
        seconds: performance.time.as_secs_f64(),
        replayed: performance.replayed,
        fault: performance.fault.as_ref().map(Fault::to_string),
        clock: performance.clock().map(|clock| match clock {
            Clock::Real => "real",
            Clock::Virtual { .. } => "virtual",
        }),
        seed: performance.seed(),
        harsh: performance.harsh,
        not_played: performance.not_played.as_deref(),
        failures: failures.collect(),
        waiting: waiters.map(|waiter| waiting(&performance.scene, waiter)).collect(),
        unchecked: verdict
            .unchecked
            .iter()
            .map(|one| UncheckedReport { line: one.line, what: &one.what })
            .collect(),
        hints: hints(performance),
    }
}

fn where_to_read(catalog: &Catalog, part: &Part, rule: Rule) -> Vec<String> {
    let (page, mistake) = notes(catalog, part, &[format!("rule-{}", rule.id())]);
    let mistake = mistake.map(|heading| format!("{MISTAKES}#{}", heading.id));
    page.map(str::to_owned).into_iter().chain(mistake).collect()
}

fn cause<'a>(catalog: &Catalog, scene: &'a Scene, cause: &'a Cause) -> CauseReport<'a> {
    let place = cause.place.as_ref();
    let anchor = format!("cause-{}", cause.code.id());
    CauseReport {
        code: cause.code.id(),
        title: cause.code.title(),
        proved: cause.certainty == Certainty::Proved,
        culprit: cause.culprit.map(|terminal| scene.terminals[terminal].name.as_str()),
        program: cause.culprit.and_then(|terminal| scene.package(terminal)),
        file: place.map(|place| place.file.as_str()),
        at: place.map(|place| place.line),
        sentence: &cause.sentence,
        evidence: evidence::lines(scene, cause),
        advice: cause.advice.as_deref(),
        notes: catalog.mistake(&anchor).map(|_| format!("{MISTAKES}#{anchor}")),
    }
}

fn waiting<'a>(scene: &'a Scene, waiter: &'a Waiter) -> WaiterReport<'a> {
    let place = waiter.place.as_ref();
    WaiterReport {
        terminal: &scene.terminals[waiter.terminal].name,
        pid: waiter.pid,
        tid: waiter.tid,
        threads: waiter.count,
        call: &waiter.call,
        target: &waiter.target,
        unread: waiter.unread.map(|(here, _)| here),
        unread_there: waiter.unread.map(|(_, there)| there),
        file: place.map(|place| place.file.as_str()),
        at: place.map(|place| place.line),
        function: place.map(|place| place.function.as_str()),
        since: waiter.since.as_secs_f64(),
    }
}

fn context<'a>(scene: &'a Scene, events: &'a [Event], wrong: usize) -> Vec<LineReport<'a>> {
    let lines = context_of(events, wrong).into_iter().filter_map(|index| {
        let Kind::Line(line) = &events[index].kind else { return None };
        Some(LineReport {
            terminal: &scene.terminals[line.terminal].name,
            stream: if line.stream == Stream::Out { "out" } else { "err" },
            text: &line.text,
            count: line.count,
            wrong: index == wrong,
        })
    });
    lines.collect()
}
