//! One look at a scene: what of its script is not as it was shown, terminal by terminal, and the edits for it.

use std::collections::BTreeMap;

use course::script::spelling::{Line, Spelling, pieces};
use course::script::{Bindings, Expected, Scene};
use events::{Event, Kind, Line as Shown, Stream};
use judge::{Failure, Rule, Verdict};

use super::align::{Alignment, Change, Item, New, align};
use super::draft::Draft;
use super::lanes::deal;
use super::{Refusal, exits, place, stderr, write};

/// More new lines than this are not put into a scene.
const MOST_NEW: usize = 100;

/// One look at the scene, and the edits that follow from it.
pub struct Round<'a> {
    spelling: &'a Spelling<'a>,
    scene: &'a Scene,
    events: &'a [Event],
    verdict: &'a Verdict,
    /// The scene was ended early: what is lacking at the end says nothing.
    cut: bool,
}

impl<'a> Round<'a> {
    /// A look at `scene`, which `verdict` says is not what `events` show.
    pub fn new(
        spelling: &'a Spelling<'a>,
        scene: &'a Scene,
        events: &'a [Event],
        verdict: &'a Verdict,
    ) -> Round<'a> {
        let cut =
            verdict.failures.iter().any(|failure| matches!(failure.rule, Rule::Time | Rule::Hang));
        Round { spelling, scene, events, verdict, cut }
    }

    /// The whole text with the edits.
    ///
    /// # Errors
    /// It cannot be told what changed.
    pub fn mend(&self) -> Result<String, Refusal> {
        let mut draft = Draft::new(self.spelling);
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

    fn lines_of(&self, terminal: usize, stream: Stream) -> Vec<(usize, &'a Shown)> {
        let lines = self.events.iter().enumerate().filter_map(|(index, event)| match &event.kind {
            Kind::Line(line) if line.terminal == terminal && line.stream == stream => {
                Some((index, line))
            }
            _ => None,
        });
        lines.collect()
    }

    fn item(&self, expected: &'a Expected) -> Option<Item<'a>> {
        let (_, printed) = self.line(expected.line).printed()?;
        let pieces = pieces(printed.text, &expected.pattern);
        Some(Item { expected, pieces, counted: printed.count.is_some() })
    }

    /// A line of the script.
    fn line(&self, number: usize) -> &'a Line<'a> {
        &self.spelling.lines[number - 1]
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
                place::start(self.scene, terminal),
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
                && let Some(line) = write::changed(self.line(number), change)
            {
                draft.replace(number, line);
            }
        }
        for new in &found.new {
            let above = place::above(self.scene, self.events, terminal, items, new);
            draft.insert_after(above, self.new_line(terminal, items, new));
        }
    }

    /// A line for what a lane has printed anew.
    fn new_line(&self, terminal: usize, items: &[Item], new: &New) -> String {
        let line = |item: &Item| self.line(item.expected.line);
        if let Some(moved) = new.moved {
            return line(&items[moved]).text.to_owned();
        }
        let near = items.get(new.before.saturating_sub(1)).or(items.first());
        let written = match near {
            Some(near) if new.before == 0 => write::like(line(near), &new.printed),
            Some(near) => write::below(line(near), &new.printed),
            None => {
                let start = self.line(place::start(self.scene, terminal));
                write::first(start, &new.printed)
            }
        };
        written.expect("items are lines of output, and a terminal is one that starts a program")
    }

    /// The line that said what a lane is has gone: the next one says it.
    fn hand_over_mechanism(&self, draft: &mut Draft, lane: usize, items: &[Item]) {
        let Some(mechanism) = self.scene.lanes[lane].mechanism else { return };
        let mut numbers = items.iter().map(|item| item.expected.line);
        let Some(first) = numbers.find(|number| !draft.is_removed(*number)) else { return };
        let line = Line::of(first, draft.line(first));
        let says = line.printed().is_none_or(|(stage, _)| stage.mechanism.is_some());
        if !says && let Some(line) = write::with_mechanism(&line, mechanism) {
            draft.replace(first, line);
        }
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
                && let Some(line) = write::changed(self.line(number), &change)
            {
                draft.replace(number, line);
            }
        }
        Ok(())
    }
}
