//! The run as a film: the steps of the story, and after each of them what the kernel holds. Pure: the same events give the
//! same film. What stands in the page is the JSON of [`Film`].
//!
//! | file | task |
//! | --- | --- |
//! | `kernel` | what the kernel holds after so many events: descriptors, connections, pipes, files, who runs and who waits |
//! | `cells` | the same as it is shown |
//! | `bytes` | bytes that were sent and not yet received |
//! | `page` | one HTML file with the player and the film in it |

mod bytes;
mod cells;
mod kernel;
mod page;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use course::script::Scene;
use events::{Event, Kind};

use super::Names;
use super::arrows::{arrows, links};
use super::deeds::{Act, Deed, collect};
use super::excess::leave_out;
use super::fold::fold;
use super::names::Namer;
use super::neglect::{mark_unread, mark_unwaited};
use super::rounds::fold_rounds;
use super::story::{Sources, Tone, has_virtual_clock, number, tone};
use super::words::Speaker;
use cast::{Actors, Role};
use kernel::Kernel;
pub use page::html;

/// A film with more steps is folded, as pictures are: many equal ones become one.
const MOST: usize = 120;

/// A film.
#[derive(Debug, Serialize)]
pub struct Film {
    /// The scene's title.
    pub title: String,
    /// Names of the terminals.
    pub terminals: Vec<String>,
    /// Everybody who does something.
    pub actors: Vec<Person>,
    /// The sources in which somebody was.
    pub sources: Vec<Text>,
    /// What they did, in order.
    pub steps: Vec<Step>,
    /// What terminals showed.
    pub lines: Vec<Shown>,
    /// What went wrong, and what the film does not show.
    pub remarks: Vec<Remark>,
    /// The times are those of a clock that is made.
    pub is_virtual: bool,
}

/// A process or thread.
#[derive(Debug, Serialize)]
pub struct Person {
    /// What it is called.
    pub name: String,
    /// Index into the terminals.
    pub terminal: usize,
    /// `program`, `process` or `thread`.
    pub role: &'static str,
    /// Who made it: an index into the actors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
}

/// A source file.
#[derive(Debug, Serialize)]
pub struct Text {
    /// Its path, as it is told.
    pub name: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// One step.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Seconds since the scene began.
    pub at: f64,
    /// Index into the actors.
    pub actor: usize,
    /// What was done, in words.
    pub words: String,
    /// `call`, `wait`, `print`, `life` or `failure`.
    pub tone: &'static str,
    /// `④`, where a step of the lesson's source is about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Where in its source: an index into the sources, and a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(usize, u32)>,
    /// The step that led to it: what was sent, whoever connected, made or ended somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// What the kernel holds now and did not before, by name; `null`: it is gone.
    pub set: BTreeMap<String, Value>,
}

/// A line on a terminal.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The step with which it appeared.
    pub step: usize,
    /// Index into the terminals.
    pub terminal: usize,
    /// `out`, `err` or `in`.
    pub stream: &'static str,
    /// The text.
    pub text: String,
    /// How many times in a row.
    pub count: u64,
}

/// A sentence about a moment.
#[derive(Debug, Clone, Serialize)]
pub struct Remark {
    /// Before: index of an event; in a film: of a step. `None`: about all of it.
    #[serde(rename = "step", skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// A mistake's code and title, or nothing.
    pub title: String,
    /// The sentence.
    pub text: String,
}

/// Makes the film of these events. `sources`: the `main.rs` of packages, for their numbered steps; `files`: what stands in the
/// files that places name; the `remarks` name events.
pub fn film(
    scene: &Scene,
    events: &[Event],
    (sources, files): (&Sources, &BTreeMap<String, String>),
    remarks: &[Remark],
) -> Film {
    let mut actors = Actors::of(scene, events);
    let namer = Namer::new(scene, events, &actors, Names::Stable);
    let mut deeds = collect(events, &mut actors, &namer);
    let numbers = number(scene, sources, &actors, &deeds);
    let links = links(&deeds, &actors);
    mark_unread(&mut deeds, events);
    mark_unwaited(&mut deeds, &links, &actors, events);
    let mut shown: Vec<usize> = (0..deeds.len()).collect();
    if deeds.iter().filter(|deed| !deed.gone).count() > MOST {
        shown = fold(&mut deeds, &links);
        fold_rounds(&mut deeds);
    }
    leave_out(&mut deeds);
    let arrows = arrows(links, &deeds, &shown);
    let told: Vec<usize> = (0..deeds.len()).filter(|index| !deeds[*index].gone).collect();
    let step_of: HashMap<usize, usize> =
        told.iter().enumerate().map(|(step, deed)| (*deed, step)).collect();
    let mut from: HashMap<usize, usize> = HashMap::new();
    for arrow in &arrows {
        if let (Some(one), Some(other)) = (step_of.get(&arrow.from), step_of.get(&arrow.to))
            && one < other
        {
            from.insert(*other, *one);
        }
    }
    let mut shelf = Shelf { files, texts: Vec::new(), known: HashMap::new() };
    let starts: Vec<usize> = told.iter().map(|index| deeds[*index].event).collect();
    let mut kernel = Kernel::new(&actors, &namer);
    let mut walker = Actors::rewound(&actors);
    let mut next = 0;
    let mut before: BTreeMap<String, Value> = BTreeMap::new();
    let mut lines = Vec::new();
    let mut steps = Vec::new();
    let speaker = Speaker { actors: &actors, namer: &namer };
    for (step, index) in told.iter().enumerate() {
        let deed = &deeds[*index];
        // what has begun before the next step belongs to this one
        let end = starts.get(step + 1).copied().unwrap_or(events.len()).max(deed.event);
        while next < end {
            let event = &events[next];
            let actor = walker.follow(event);
            let place = event.place.as_ref().and_then(|place| shelf.find(place));
            kernel.take(event, (actor, place), &walker, &speaker, step);
            lines.extend(line_of(event, step, &namer));
            next += 1;
        }
        let now = kernel.cells();
        let set = changed(&before, &now);
        before = now;
        steps.push(Step {
            at: deed.at.as_secs_f64(),
            actor: deed.actor,
            words: speaker.phrase(deed).full(),
            tone: tone_name(tone(deed)),
            mark: numbers.get(index).cloned(),
            place: place(&events[deed.event], deed).and_then(|place| shelf.find(place)),
            from: from.get(&step).copied(),
            set,
        });
    }
    let people = actors.all.iter().map(|actor| Person {
        name: actor.name.clone(),
        terminal: actor.terminal,
        role: match actor.role {
            Role::Program => "program",
            Role::Process => "process",
            Role::Thread => "thread",
        },
        parent: actor.parent,
    });
    let remarks = remarks.iter().map(|remark| {
        let at = remark.at.map(|event| starts.partition_point(|start| *start <= event));
        Remark { at: at.map(|step| step.saturating_sub(1)), ..remark.clone() }
    });
    Film {
        title: scene.title.clone(),
        terminals: scene.terminals.iter().map(|one| one.name.clone()).collect(),
        actors: people.collect(),
        remarks: remarks.collect(),
        sources: shelf.texts,
        steps,
        lines,
        is_virtual: has_virtual_clock(events),
    }
}

/// Where in its source something was done; what happens to somebody has no place.
fn place<'a>(event: &'a Event, deed: &Deed) -> Option<&'a events::Place> {
    let is_own = !matches!(deed.act, Act::Begins | Act::LeftOut { .. } | Act::Typed(_));
    event.place.as_ref().filter(|_| is_own)
}

fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Call => "call",
        Tone::Wait => "wait",
        Tone::Print => "print",
        Tone::Life => "life",
        Tone::Failure => "failure",
    }
}

/// What stands on a terminal with this event.
fn line_of(event: &Event, step: usize, namer: &Namer) -> Option<Shown> {
    match &event.kind {
        Kind::Line(line) => Some(Shown {
            step,
            terminal: line.terminal,
            stream: match line.stream {
                events::Stream::Out => "out",
                events::Stream::Err => "err",
            },
            text: namer.line(line.terminal, &line.text),
            count: line.count,
        }),
        Kind::Typed { terminal, text: Some(text) } => {
            Some(Shown { step, terminal: *terminal, stream: "in", text: text.clone(), count: 1 })
        }
        _ => None,
    }
}

/// What is new or other than before; what is gone is null.
fn changed(
    before: &BTreeMap<String, Value>,
    now: &BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let new = now.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let gone = before.keys().filter(|key| !now.contains_key(*key));
    let new = new.map(|(key, value)| (key.clone(), value.clone()));
    new.chain(gone.map(|key| (key.clone(), Value::Null))).collect()
}

/// The sources that are needed.
struct Shelf<'a> {
    files: &'a BTreeMap<String, String>,
    texts: Vec<Text>,
    known: HashMap<String, usize>,
}

impl Shelf<'_> {
    fn find(&mut self, place: &events::Place) -> Option<(usize, u32)> {
        let text = self.files.get(&place.file)?;
        let index = *self.known.entry(place.file.clone()).or_insert_with(|| {
            let lines = text.lines().map(str::to_owned).collect();
            self.texts.push(Text { name: place.file.clone(), lines });
            self.texts.len() - 1
        });
        Some((index, place.line))
    }
}
