//! From a scene and its events to the story that pictures are drawn from.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use course::script::{Action, Scene};
use events::{Call, Clock, Event, Kind, Object};

use super::Names;
use super::arrows::{Arrow, Why, arrows, links};
use super::bars::{Bar, bars};
use super::deeds::{Act, Deed, collect, is_being_made};
use super::excess::leave_out;
use super::fold::fold;
use super::names::Namer;
use super::neglect::{mark_unread, mark_unwaited};
use super::numbering::Program;
use super::rounds::fold_rounds;
use super::words::{Phrase, Speaker};
use cast::{Actor, Actors, Role};

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
    /// Who made, ended or waited for whom, and when.
    pub links: Vec<Link>,
    /// Threads that only waited to be told what to do, per terminal: they are not shown.
    pub idle: Vec<usize>,
    /// Times mean something to the reader: they come from a virtual clock, or real ones were asked for.
    pub timed: bool,
    /// Programs talked to each other over sockets.
    pub has_connections: bool,
}

/// Something between two actors at one moment.
#[derive(Debug)]
pub struct Link {
    /// Index into the actors.
    pub from: usize,
    /// Index into the actors.
    pub to: usize,
    /// When.
    pub at: Duration,
    /// What.
    pub why: Why,
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
    // what led to what is found before anything is folded: a deed that stands for many has the bytes of all
    let links = links(&deeds, &actors);
    mark_unread(&mut deeds, events);
    mark_unwaited(&mut deeds, &links, &actors, events);
    let shown = fold(&mut deeds, &links);
    fold_rounds(&mut deeds);
    leave_out(&mut deeds);
    let lives = lives(&links, &deeds);
    let arrows = arrows(links, &deeds, &shown);

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
    call_parents(&mut actors.all);
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
        links: lives,
        idle,
        timed: has_virtual_clock(events) || names == Names::Real,
        has_connections: deeds.iter().any(talks)
            || arrows.iter().any(|arrow| arrow.why == Why::Connection),
        arrows,
        actors: actors.all,
    }
}

/// Explanations speak of a parent and of a main thread: the picture says who that is.
fn call_parents(actors: &mut [Actor]) {
    let shown = |index: usize, role: Role| {
        let of_it = |one: &&Actor| one.terminal == actors[index].terminal && one.role == role;
        actors.iter().filter(of_it).any(|one| one.shown && !one.former)
    };
    let what = |index: usize| match actors[index].role {
        Role::Program if shown(index, Role::Process) => Some("父进程"),
        Role::Program if shown(index, Role::Thread) => Some("主线程"),
        _ => None,
    };
    let called: Vec<Option<&str>> = (0..actors.len()).map(what).collect();
    for (actor, what) in actors.iter_mut().zip(called) {
        if let Some(what) = what {
            actor.name = format!("{}（{what}）", actor.name);
        }
    }
}

/// Births, signals and ends that somebody waited for.
fn lives(links: &[Arrow], deeds: &[Deed]) -> Vec<Link> {
    let of_life = |link: &&Arrow| matches!(link.why, Why::Birth | Why::Signal | Why::Reaped);
    let link = |link: &Arrow| {
        let (from, to) = (&deeds[link.from], &deeds[link.to]);
        // who made somebody or sent a signal may have been told a little earlier: it arrives now
        Link { from: from.actor, to: to.actor, at: to.at, why: link.why }
    };
    links.iter().filter(of_life).map(link).filter(|link| link.from != link.to).collect()
}

/// How many threads of a terminal's program have nothing to show.
fn idle_threads(actors: &Actors, terminal: usize) -> usize {
    let mine = actors.all.iter().filter(|actor| actor.terminal == terminal);
    let threads = mine.filter(|actor| actor.role == Role::Thread && !actor.former);
    threads.filter(|actor| !actor.shown).count()
}

pub(super) fn has_virtual_clock(events: &[Event]) -> bool {
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
pub(super) fn number(
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

pub(super) fn tone(deed: &Deed) -> Tone {
    use events::{CallResult, Exit};
    match &deed.act {
        Act::Calls { call, outcome } if is_being_made(call, *outcome) => Tone::Call,
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
