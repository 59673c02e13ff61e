//! Writes what a scene has shown back into its script: events in, a text out. Nothing is played or written here.
//!
//! | file | task |
//! | --- | --- |
//! | `lanes` | which lane printed which line |
//! | `align` | a lane's lines against its part of the script: the cheapest changes |
//! | `retext` | another text for a line; names, gaps and the counter stay |
//! | `stderr` | the same for standard error |
//! | `exits` | another way to end |
//! | `draft` | the text with its edits |
//!
//! The [judge](crate::judge) decides what is wrong before and whether everything is right afterwards.

mod align;
mod draft;
mod exits;
mod lanes;
mod retext;
mod stderr;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::diagnose::diagnose;
use crate::judge::{Failure, Rule, Verdict, judge};
use crate::observe::{Event, Kind, Line, Stream};
use crate::script::{
    Action, Bindings, Expected, Mechanism, Part, Scene, Spelling, parse, pieces, spell,
    with_counter,
};

use align::{Alignment, Change, Item, New, align};
use draft::Draft;
use lanes::deal;

/// More new lines than this are not put into a scene.
const MOST_NEW: usize = 100;
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
        for cause in diagnose(&scene, events, &verdict) {
            let failure = &mut verdict.failures[cause.failure];
            failure.detail = cause.told_with(&failure.detail);
        }
        let Some(first) = verdict.failures.first() else {
            return Ok(Mended { text, complete: true });
        };
        let hopeless = |failure: &&Failure| !is_mendable(failure.rule);
        if let Some(failure) = verdict.failures.iter().find(hopeless) {
            return Err(Refusal::of(&scene, failure));
        }
        let next = Round::new(&text, &scene, events, &verdict).mend()?;
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

/// One look at the scene, and the edits that follow from it.
struct Round<'a> {
    text: &'a str,
    source: Vec<&'a str>,
    scene: &'a Scene,
    events: &'a [Event],
    verdict: &'a Verdict,
    /// The scene was ended early: what is lacking at the end says nothing.
    cut: bool,
}

impl<'a> Round<'a> {
    fn new(
        text: &'a str,
        scene: &'a Scene,
        events: &'a [Event],
        verdict: &'a Verdict,
    ) -> Round<'a> {
        let source = text.strip_prefix('\u{feff}').unwrap_or(text).lines().collect();
        let cut =
            verdict.failures.iter().any(|failure| matches!(failure.rule, Rule::Time | Rule::Hang));
        Round { text, source, scene, events, verdict, cut }
    }

    fn mend(&self) -> Result<String, Refusal> {
        let mut draft = Draft::new(self.text);
        let known = self.known_values();
        let mut new = 0;
        for terminal in 0..self.scene.terminals.len() {
            let broken = |rules: &[Rule]| {
                self.verdict.failures.iter().find(|failure| {
                    let about = failure.subject.terminal(self.scene);
                    rules.contains(&failure.rule) && about == Some(terminal)
                })
            };
            if broken(&[Rule::Text, Rule::Missing, Rule::Extra, Rule::Order]).is_some() {
                new += self.output(&mut draft, terminal, &known)?;
            }
            if let Some(failure) = broken(&[Rule::Stderr]) {
                self.stderr(&mut draft, terminal, &known, failure)?;
            }
            if let Some(failure) = broken(&[Rule::Exit])
                && !exits::mend(&mut draft, self.scene, self.events, terminal)
            {
                return Err(Refusal::of(self.scene, failure));
            }
        }
        if new > MOST_NEW {
            return Err(Refusal::new(
                self.scene.line,
                format!("多出 {new} 行输出，太多了"),
                "在剧本里自己写，用 {1..19} 或 |3 次| 写成几行",
            ));
        }
        Ok(draft.finish())
    }

    fn lines_of(&self, terminal: usize, stream: Stream) -> Vec<(usize, &'a Line)> {
        let lines = self.events.iter().enumerate().filter_map(|(index, event)| match &event.kind {
            Kind::Line(line) if line.terminal == terminal && line.stream == stream => {
                Some((index, line))
            }
            _ => None,
        });
        lines.collect()
    }

    fn item(&self, expected: &'a Expected) -> Option<Item<'a>> {
        let spelling = Spelling::of(self.source[expected.line - 1])?;
        let pieces = pieces(spelling.text, &expected.pattern);
        Some(Item { expected, pieces, counted: spelling.count.is_some() })
    }

    /// The lines of the script per lane of a terminal.
    fn items(&self, terminal: usize) -> BTreeMap<usize, Vec<Item<'a>>> {
        let mut items: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        let of_terminal = |one: &&Expected| self.scene.lanes[one.lane].terminal == terminal;
        for expected in self.scene.lines.iter().filter(of_terminal) {
            items.entry(expected.lane).or_default().extend(self.item(expected));
        }
        items
    }

    /// What the names stand for, as far as lines that did not change tell.
    fn known_values(&self) -> Bindings {
        let mut known = Bindings::new();
        for expected in &self.scene.lines {
            if expected.pattern.names().next().is_none() {
                continue;
            }
            let terminal = self.scene.lanes[expected.lane].terminal;
            let lines = self.lines_of(terminal, Stream::Out);
            let mut fitting = lines.iter().filter_map(|(_, line)| {
                expected.pattern.matches(&line.text, expected.counter, &Bindings::new())
            });
            // several lines that fit say nothing
            if let (Some(bound), None) = (fitting.next(), fitting.next()) {
                for (name, value) in bound {
                    known.entry(name).or_insert(value);
                }
            }
        }
        known
    }

    /// Standard output; returns how many lines are new.
    fn output(
        &self,
        draft: &mut Draft,
        terminal: usize,
        known: &Bindings,
    ) -> Result<usize, Refusal> {
        let items = self.items(terminal);
        let lines = self.lines_of(terminal, Stream::Out);
        let mut shares = deal(self.scene, terminal, &items, &lines).map_err(|doubtful| {
            Refusal::new(
                self.start_line(terminal),
                format!("多出一行「{}」，说不出是哪条道印的", doubtful.text),
                "在剧本里自己写上这一行，再检查一遍",
            )
        })?;
        let mut new = 0;
        for (lane, items) in &items {
            let printed = shares.remove(&Some(*lane)).unwrap_or_default();
            let Some(found) = align(items, &printed, self.cut, known) else {
                return Err(Refusal::new(
                    self.scene.line,
                    format!("「{}」的行太多，比不出改了哪些", self.scene.lane_name(*lane)),
                    "自己改剧本",
                ));
            };
            new += found.new.len();
            self.edit(draft, terminal, items, &found);
            self.hand_over_mechanism(draft, *lane, items);
        }
        // what is left belongs to a lane that has no line yet: the program's own
        for (_, printed) in shares {
            let Some(found) = align(&[], &printed, self.cut, known) else { continue };
            new += found.new.len();
            self.edit(draft, terminal, &[], &found);
        }
        Ok(new)
    }

    fn edit(&self, draft: &mut Draft, terminal: usize, items: &[Item], found: &Alignment) {
        for (item, change) in items.iter().zip(&found.changes) {
            let number = item.expected.line;
            if change.gone {
                draft.remove(number);
            } else if *change != Change::default()
                && let Some(line) = changed(self.source[number - 1], change)
            {
                draft.replace(number, line);
            }
        }
        for new in &found.new {
            let place = self.place(terminal, items, new);
            draft.insert_after(place, self.new_line(terminal, items, new));
        }
    }

    /// The line below which a new one belongs.
    fn place(&self, terminal: usize, items: &[Item], new: &New) -> usize {
        let cue = self.last_cue(terminal, new.printed.event);
        let before = new.before.checked_sub(1).and_then(|index| items.get(index));
        let next = items.get(new.before).map(|item| item.expected.line);
        let above = match (before, next) {
            (Some(before), _) => before.expected.line,
            // right above the lane's first line, unless one of the program's own directions stands between
            (None, Some(next)) => {
                let between = |line: usize| cue < line && line < next;
                let mut steps = self.scene.steps.iter().filter(|step| step.terminal == terminal);
                if steps.any(|step| between(step.line)) { cue } else { next - 1 }
            }
            (None, None) => {
                let of_terminal = |one: &&Expected| self.scene.lanes[one.lane].terminal == terminal;
                let lines = self.scene.lines.iter().filter(of_terminal).map(|one| one.line);
                lines.max().unwrap_or(cue)
            }
        };
        if cue > above && next.is_none_or(|next| cue < next) { cue } else { above }
    }

    /// The last direction of a terminal that was carried out before an event: the line stands below it.
    fn last_cue(&self, terminal: usize, event: usize) -> usize {
        let mut cues = self.scene.steps.iter().filter(|step| {
            let seen = matches!(
                step.action,
                Action::Listen(_)
                    | Action::Connect(_)
                    | Action::Type(_)
                    | Action::CloseInput
                    | Action::Stop(_)
            );
            step.terminal == terminal && seen
        });
        let mut line = self.start_line(terminal);
        for before in &self.events[..event] {
            let carried_out = match before.kind {
                Kind::Listening { terminal: of, .. }
                | Kind::Connected { terminal: of, .. }
                | Kind::Typed { terminal: of, .. }
                | Kind::Stopped { terminal: of, .. } => of == terminal,
                _ => false,
            };
            if carried_out && let Some(step) = cues.next() {
                line = step.line;
            }
        }
        line
    }

    fn start_line(&self, terminal: usize) -> usize {
        let mut steps = self.scene.steps.iter();
        let start = steps
            .find(|step| step.terminal == terminal && matches!(step.action, Action::Start { .. }));
        start.map_or(self.scene.line, |step| step.line)
    }

    fn new_line(&self, terminal: usize, items: &[Item], new: &New) -> String {
        if let Some(moved) = new.moved {
            return self.source[items[moved].expected.line - 1].to_owned();
        }
        let near = items.get(new.before.saturating_sub(1)).or(items.first());
        let head = match near {
            Some(near) => {
                let line = self.source[near.expected.line - 1];
                let head = Spelling::of(line).map_or("", |spelling| spelling.head);
                match new.before {
                    0 => head.to_owned(),
                    _ => without_mechanism(head),
                }
            }
            None => {
                let start = self.source[self.start_line(terminal) - 1];
                start[..start.find('$').unwrap_or(0)].to_owned()
            }
        };
        let chars: Vec<_> =
            new.printed.text.chars().map(|c| crate::script::Piece::Char(c, None)).collect();
        let text = spell(&chars);
        let times = words(&(new.printed.count..=new.printed.count));
        let count = (new.printed.count > 1).then_some(times.as_str());
        Spelling { head: &head, mark: '|', count, gap: " ", text: &text, tail: "" }.line()
    }

    /// The line that said what a lane is has gone: the next one says it.
    fn hand_over_mechanism(&self, draft: &mut Draft, lane: usize, items: &[Item]) {
        let word = match self.scene.lanes[lane].mechanism {
            Some(Mechanism::Process) => "进程",
            Some(Mechanism::Thread) => "线程",
            None => return,
        };
        let numbers = || items.iter().map(|item| item.expected.line);
        let says = |number: &usize| {
            let spelling = Spelling::of(self.source[number - 1]);
            spelling.is_some_and(|spelling| spelling.head.split_whitespace().nth(1) == Some(word))
        };
        let mut left = numbers().filter(|number| !draft.is_removed(*number));
        let Some(first) = left.next().filter(|first| !says(first)) else { return };
        let line = draft.line(first).to_owned();
        let Some(spelling) = Spelling::of(&line) else { return };
        let name = spelling.head.trim_end();
        let mut head = format!("{name} {word} ");
        // as wide as it was, if it was aligned
        head.extend(std::iter::repeat_n(
            ' ',
            spelling.head.chars().count().saturating_sub(head.chars().count()),
        ));
        let line = Spelling { head: &head, ..spelling }.line();
        draft.replace(first, line);
    }

    fn stderr(
        &self,
        draft: &mut Draft,
        terminal: usize,
        known: &Bindings,
        failure: &Failure,
    ) -> Result<(), Refusal> {
        let of_terminal = |one: &&Expected| self.scene.lanes[one.lane].terminal == terminal;
        let wanted = self.scene.stderr_lines.iter().filter(of_terminal);
        let mut items: Vec<Item> = wanted.filter_map(|expected| self.item(expected)).collect();
        let lines = self.lines_of(terminal, Stream::Err);
        let said: Vec<&str> = lines.iter().map(|(_, line)| line.text.as_str()).collect();
        let mut found = stderr::retexts(&items, &said, known);
        // of a scene that was ended early, the last lines may be lacking
        while found.is_err() && self.cut && items.len() > 1 {
            items.pop();
            found = stderr::retexts(&items, &said, known);
        }
        let Ok(found) = found else {
            let help = "在标准错误里找不到像它的一行；这一行若不会再印，在剧本里删去";
            return Err(Refusal { help: help.into(), ..Refusal::of(self.scene, failure) });
        };
        for (item, new) in items.iter().zip(found) {
            let number = item.expected.line;
            let change = Change { text: new.map(|new| new.source), ..Change::default() };
            if change.text.is_some()
                && let Some(line) = changed(self.source[number - 1], &change)
            {
                draft.replace(number, line);
            }
        }
        Ok(())
    }
}

/// A line of the script after a change.
fn changed(line: &str, change: &Change) -> Option<String> {
    let spelling = Spelling::of(line)?;
    let mut text = change.text.clone().unwrap_or_else(|| spelling.text.to_owned());
    if let Some(counter) = &change.counter {
        text = with_counter(&text, counter);
    }
    let times = change.times.as_ref().map(words);
    let count = match &change.times {
        Some(times) if *times == (1..=1) => None,
        Some(_) => times.as_deref(),
        None => spelling.count,
    };
    Some(Spelling { text: &text, count, ..spelling }.line())
}

/// `5..6 次`.
fn words(times: &RangeInclusive<u64>) -> String {
    match times.start() == times.end() {
        true => format!("{} 次", times.start()),
        false => format!("{}..{} 次", times.start(), times.end()),
    }
}

/// A head for a later line of the same lane, as wide as the first one's.
fn without_mechanism(head: &str) -> String {
    let mut words = head.split_whitespace();
    match (words.next(), words.next()) {
        (Some(_), Some(word @ ("进程" | "线程"))) => head.replacen(word, "  ", 1),
        _ => head.to_owned(),
    }
}
