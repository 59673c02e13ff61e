//! Writes what a scene has shown back into its script: events in, a text out. Nothing is played or written here.
//!
//! | file | task |
//! | --- | --- |
//! | `round` | one look at a scene, and the edits that follow from it |
//! | `place` | where a new line belongs |
//! | `write` | an edited line, as the script writes it |
//! | `lanes` | which lane printed which line |
//! | `align` | a lane's lines against its part of the script: the cheapest changes |
//! | `retext` | another text for a line; names, gaps and the counter stay |
//! | `stderr` | the same for standard error |
//! | `exits` | another way to end |
//! | `draft` | the text with its edits |
//!
//! The [judge](mod@judge) decides what is wrong before and whether everything is right afterwards.

mod align;
mod draft;
mod exits;
mod lanes;
mod place;
mod retext;
mod round;
mod stderr;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeSet;

use round::Round;

use course::script::spelling::Spelling;
use course::script::{Part, Scene, parse};
use diagnose::{diagnose, tell_with};
use events::{Event, Kind};
use judge::{Failure, Rule, judge};

/// One round mends what the judge sees; what it sees only then is mended in the next.
const ROUNDS: usize = 5;

/// A script's text after what a scene has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The whole text.
    pub text: String,
    /// The scene passes. Otherwise it was ended early and must be played again with this text to see more.
    pub complete: bool,
}

/// Why a script cannot be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The script's line that it is about, from 1.
    pub line: usize,
    /// What is in the way, in Chinese.
    pub why: String,
    /// What to do, in Chinese.
    pub help: String,
}

impl Refusal {
    fn new(line: usize, why: impl Into<String>, help: impl Into<String>) -> Refusal {
        Refusal { line, why: why.into(), help: help.into() }
    }

    /// A broken rule that is no change of what is printed.
    fn of(scene: &Scene, failure: &Failure) -> Refusal {
        let Failure { rule, line, subject, expected, got, detail, .. } = failure;
        let mut why = format!("{}：{}", rule.title(), subject.name(scene));
        for (label, text) in [("期望", expected), ("实际", got)] {
            why.extend(text.iter().map(|text| format!("；{label}「{text}」")));
        }
        if !detail.is_empty() {
            why.push_str(&format!("；{detail}"));
        }
        let help = match rule {
            Rule::Value | Rule::Distinct => {
                "名字的值前后对不上：程序有错就改程序；该印不同的值，就在剧本里换一个名字"
            }
            Rule::Time | Rule::Hang => {
                "等的那一行若不会再印，在剧本里删去；否则程序卡住了，先改程序"
            }
            Rule::Ambiguous => "先把剧本里各条道的行写得更分明",
            _ => "这不只是输出的文字变了：先改程序；确实该变的，自己改剧本",
        };
        Refusal::new(*line, why, help)
    }
}

/// Changes the scene `title` of the script `text` such that it agrees with `events`, and nothing else.
///
/// # Errors
/// Something is wrong that is no change of what the programs print, or it cannot be told what changed.
pub fn mend(text: &str, title: &str, events: &[Event]) -> Result<Mended, Refusal> {
    let mut text = text.to_owned();
    let mut changed = false;
    for _ in 0..ROUNDS {
        let scene = scene_of(&text, title)?;
        let mut verdict = judge(&scene, events);
        // who is refused wants to know why
        let causes = diagnose(&scene, events, &verdict);
        for (index, failure) in verdict.failures.iter_mut().enumerate() {
            let of_it = causes.iter().filter(|cause| cause.failure == Some(index));
            failure.detail = tell_with(&of_it.collect::<Vec<_>>(), &failure.detail);
        }
        let Some(first) = verdict.failures.first() else {
            return Ok(Mended { text, complete: true });
        };
        let hopeless = |failure: &&Failure| !is_mendable(failure.rule);
        if let Some(failure) = verdict.failures.iter().find(hopeless) {
            return Err(Refusal::of(&scene, failure));
        }
        let next = Round::new(&Spelling::of(&text), &scene, events, &verdict).mend()?;
        if next == text {
            if changed && matches!(first.rule, Rule::Time | Rule::Hang) {
                return Ok(Mended { text, complete: false });
            }
            return Err(Refusal::of(&scene, first));
        }
        let mended = scene_of(&next, title)?;
        if let Some((name, _)) = names(&scene).difference(&names(&mended)).next() {
            let line = line_of_name(&scene, name);
            return Err(Refusal::new(
                line,
                format!("<{name}> 所在的行变了，新的输出里看不出它在哪里"),
                "自己改这一行，说明新的输出里哪一段是这个名字",
            ));
        }
        text = next;
        changed = true;
    }
    Err(Refusal::new(
        scene_of(&text, title)?.line,
        "改了几遍，仍然和输出对不上",
        "用 cargo xtask check 看清楚，自己改剧本",
    ))
}

/// The events as they would have been in a network of the scene's own: with the addresses that the script has.
pub fn with_script_addresses(events: &[Event]) -> Vec<Event> {
    let pairs: Vec<(String, String)> = events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::Address { script, real } => Some((real.to_string(), script.to_string())),
            _ => None,
        })
        .collect();
    let mut events = events.to_vec();
    for event in &mut events {
        if let Kind::Line(line) = &mut event.kind {
            for (real, script) in &pairs {
                line.text = line.text.replace(real, script);
            }
        }
    }
    events
}

/// What may come from a change of the output. A scene that ran out of time or stands still may have waited for a changed line.
fn is_mendable(rule: Rule) -> bool {
    use Rule::{Exit, Extra, Hang, Missing, Order, Stderr, Text, Time};
    matches!(rule, Text | Missing | Extra | Order | Stderr | Exit | Time | Hang)
}

fn scene_of(text: &str, title: &str) -> Result<Scene, Refusal> {
    let script = parse(text).map_err(|error| {
        Refusal::new(
            error.line,
            format!("改好的一行读不回来：{}", error.message),
            format!("{}；自己改剧本", error.help),
        )
    })?;
    let scene = script.scenes.into_iter().find(|scene| scene.title == title);
    scene.ok_or_else(|| Refusal::new(1, format!("没有场景「{title}」"), "剧本改过了，再来一次"))
}

/// The names of a scene, and whether each stands for digits only.
fn names(scene: &Scene) -> BTreeSet<(String, bool)> {
    let parts = scene.lines.iter().chain(&scene.stderr_lines).flat_map(|one| &one.pattern.parts);
    let name = |part: &Part| match part {
        Part::Name { name, kind } => Some((name.clone(), kind.is_digits())),
        _ => None,
    };
    parts.filter_map(name).collect()
}

fn line_of_name(scene: &Scene, name: &str) -> usize {
    let mut lines = scene.lines.iter().chain(&scene.stderr_lines);
    let found = lines.find(|one| one.pattern.names().any(|other| other == name));
    found.map_or(scene.line, |one| one.line)
}
