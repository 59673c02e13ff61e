//! From a scene and its events to the story that pictures are drawn from.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use course::script::{Action, Scene};
use events::{Call, Clock, Event, Kind, Object};

use super::Names;
use super::actors::{Actor, Actors, Role};
use super::arrows::{Arrow, Why, arrows};
use super::bars::{Bar, bars};
use super::deeds::{Act, Deed, collect};
use super::excess::leave_out;
use super::fold::fold;
use super::names::Namer;
use super::numbering::Program;
use super::rounds::fold_rounds;
use super::words::{Phrase, Speaker};

/// The `main.rs` of packages, where they have one: their numbered steps appear in the picture.
pub type Sources = BTreeMap<String, String>;

/// What happened, in the order in which it is told.
#[derive(Debug)]
pub struct Story {
    /// The scene's title.
    pub title: String,
    /// Names of the terminals.
    pub terminals: Vec<String>,
    /// Everybody; those who did something are marked.
    pub actors: Vec<Actor>,
    /// What they did.
    pub entries: Vec<Entry>,
    /// What led to what, by indices into the entries.
    pub arrows: Vec<Arrow>,
    /// When everybody ran, slept and waited.
    pub bars: Vec<Bar>,
    /// Threads that only waited to be told what to do, per terminal: they are not shown.
    pub idle: Vec<usize>,
    /// Times mean something to the reader: they come from a virtual clock, or real ones were asked for.
    pub timed: bool,
    /// Programs talked to each other over sockets.
    pub has_connections: bool,
}

/// One line of the story.
#[derive(Debug)]
pub struct Entry {
    /// When.
    pub at: Duration,
    /// Index into the actors.
    pub actor: usize,
    /// `④`, where a step of the lesson's source is about it.
    pub step: Option<String>,
    /// What.
    pub phrase: Phrase,
    /// How it looks.
    pub tone: Tone,
}

/// How an entry looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A call.
    Call,
    /// It waits or sleeps.
    Wait,
    /// A line of output or input.
    Print,
    /// A life begins or ends, a signal.
    Life,
    /// Something failed.
    Failure,
}

/// Tells the story of these events.
pub fn tell(scene: &Scene, events: &[Event], sources: &Sources, names: Names) -> Story {
    let mut actors = Actors::of(scene, events);
    let namer = Namer::new(scene, events, &actors, names);
    let mut deeds = collect(events, &mut actors, &namer);
    let numbers = number(scene, sources, &actors, &deeds);
    let shown = fold(&mut deeds);
    fold_rounds(&mut deeds);
    leave_out(&mut deeds);
    let arrows = arrows(&deeds, &shown, &actors);

    for deed in deeds.iter().filter(|deed| !deed.gone) {
        actors.all[deed.actor].shown = true;
    }
    let bars = bars(events, &actors, &namer);
    let terminals: Vec<String> = scene.terminals.iter().map(|one| one.name.clone()).collect();
    let idle = (0..terminals.len()).map(|terminal| idle_threads(&actors, terminal)).collect();
    let speaker = Speaker { actors: &actors, namer: &namer };
    let mut place: HashMap<usize, usize> = HashMap::new();
    let mut entries = Vec::new();
    for (index, deed) in deeds.iter().enumerate().filter(|(_, deed)| !deed.gone) {
        place.insert(index, entries.len());
        entries.push(Entry {
            at: deed.at,
            actor: deed.actor,
            step: numbers.get(&index).cloned(),
            phrase: speaker.phrase(deed),
            tone: tone(deed),
        });
    }
    let between = |arrow: Arrow| {
        let (from, to) = (*place.get(&arrow.from)?, *place.get(&arrow.to)?);
        Some(Arrow { from, to, ..arrow })
    };
    let arrows: Vec<Arrow> = arrows.into_iter().filter_map(between).collect();
    if names == Names::Real {
        for actor in &mut actors.all {
            let kind = if actor.role == Role::Thread { "tid" } else { "pid" };
            actor.name = format!("{}（{kind} {}）", actor.name, actor.tid);
        }
    }
    Story {
        title: scene.title.clone(),
        terminals,
        entries,
        bars,
        idle,
        timed: has_virtual_clock(events) || names == Names::Real,
        has_connections: deeds.iter().any(talks)
            || arrows.iter().any(|arrow| arrow.why == Why::Connection),
        arrows,
        actors: actors.all,
    }
}

/// How many threads of a terminal's program have nothing to show.
fn idle_threads(actors: &Actors, terminal: usize) -> usize {
    let mine = actors.all.iter().filter(|actor| actor.terminal == terminal);
    let threads = mine.filter(|actor| actor.role == Role::Thread && !actor.former);
    threads.filter(|actor| !actor.shown).count()
}

fn has_virtual_clock(events: &[Event]) -> bool {
    let is_virtual =
        |event: &Event| matches!(event.kind, Kind::Tracing { clock: Clock::Virtual { .. } });
    events.iter().any(is_virtual)
}

/// Whether a deed is about a connection.
fn talks(deed: &Deed) -> bool {
    let Act::Calls { call, .. } = &deed.act else { return false };
    matches!(
        call,
        Call::Connect { .. }
            | Call::Accept { .. }
            | Call::Send { object: Object::Connection { .. }, .. }
    )
}

/// The numbers of the deeds whose programs have numbered steps.
fn number(
    scene: &Scene,
    sources: &Sources,
    actors: &Actors,
    deeds: &[Deed],
) -> HashMap<usize, String> {
    let mut programs: HashMap<usize, Program<'_>> = HashMap::new();
    for direction in &scene.directions {
        if let Action::Start { package, .. } = &direction.action
            && let Some(source) = sources.get(package)
        {
            programs.insert(direction.terminal, Program::of(source));
        }
    }
    let mut numbers = HashMap::new();
    for (index, actor) in actors.all.iter().enumerate() {
        let Some(program) = programs.get(&actor.terminal) else { continue };
        let mine: Vec<usize> = (0..deeds.len())
            .filter(|deed| deeds[*deed].actor == index && !deeds[*deed].gone)
            .collect();
        let their: Vec<&Deed> = mine.iter().map(|deed| &deeds[*deed]).collect();
        for (deed, label) in mine.iter().zip(program.number(&their, actor.role == Role::Program)) {
            if let Some(label) = label {
                numbers.insert(*deed, label);
            }
        }
    }
    numbers
}

fn tone(deed: &Deed) -> Tone {
    use events::{CallResult, Exit};
    match &deed.act {
        Act::Calls { outcome: Some(CallResult::Failed(_)), .. } => Tone::Failure,
        Act::Ends { ended: Exit::Code(1..), .. } => Tone::Failure,
        Act::Waits(_) | Act::Sleeps(_) | Act::Calls { call: Call::Sleep { .. }, .. } => Tone::Wait,
        Act::Prints { .. } | Act::Typed(_) => Tone::Print,
        Act::Calls { .. } | Act::Runs { .. } => Tone::Call,
        Act::Repeats { .. } | Act::LeftOut { .. } => Tone::Wait,
        Act::Begins
        | Act::Makes { .. }
        | Act::Signalled { .. }
        | Act::Ends { .. }
        | Act::ThreadEnds => Tone::Life,
    }
}
