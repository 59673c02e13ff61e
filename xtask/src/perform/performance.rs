//! A scene that was played, judged and explained.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, Instant};

use course::catalog::Part;
use course::script::Scene;
use diagnose::{Cause, Certainty, Known, diagnose, other_order, tell_with, unkindness};
use events::{Clock, Event, Kind};
use judge::{Unchecked, Verdict, judge};
use stage::{Assignment, Detail, play};

use super::Theatre;

/// A scene in which no more happened is played once more to learn from which lines the calls of its mistakes were made.
const SHORT: usize = 20_000;

/// Why a scene could not be played although it should have been, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The machine failed it: alone it may be played.
    Machine(String),
    /// Its lesson is not as it must be: a program cannot be built.
    Lesson(String),
    /// It is no scene: a page, a script or a folder is not as it must be, and stands among the scenes to fail its lesson.
    Trouble(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Fault::Machine(why) | Fault::Lesson(why) | Fault::Trouble(why)) = self;
        f.write_str(why)
    }
}

/// A scene that was played and judged.
#[derive(Debug)]
pub struct Performance {
    /// As it was played.
    pub scene: Scene,
    /// What happened.
    pub events: Vec<Event>,
    /// What the judge says of it.
    pub verdict: Verdict,
    /// Why that went wrong, as far as it is known.
    pub causes: Vec<Cause>,
    /// How long it took.
    pub time: Duration,
    /// Among others it ran out of time or the machine failed it; this is its second result, alone.
    pub replayed: bool,
    /// The scene could not be played at all.
    pub fault: Option<Fault>,
    /// The scene was not played, because it needs what this machine does not have (in Chinese). Then it has neither
    /// passed nor failed, and its verdict names it as not checked.
    pub not_played: Option<String>,
    /// The kernel was unkind, as this seed says; played kindly, it had passed.
    pub harsh: Option<u64>,
    /// Why it was played in real time although its script does not say so (in Chinese): a program has a timer of the kernel.
    pub timer: Option<String>,
}

impl Performance {
    /// Of a scene that cannot be played here, for the reason `why`.
    pub fn not_played(scene: Scene, why: String) -> Performance {
        let line = scene.interface.map_or(scene.line, |interface| interface.line);
        let unchecked = vec![Unchecked { line, what: format!("整个场景：{why}") }];
        Performance {
            scene,
            events: Vec::new(),
            verdict: Verdict { unchecked, ..Verdict::default() },
            causes: Vec::new(),
            time: Duration::ZERO,
            replayed: false,
            fault: None,
            not_played: Some(why),
            harsh: None,
            timer: None,
        }
    }

    /// Of a scene that was played.
    fn judged(scene: Scene, events: Vec<Event>, time: Duration) -> Performance {
        let verdict = judge(&scene, &events);
        let causes = diagnose(&scene, &events, &verdict);
        let (replayed, fault, not_played, timer) = (false, None, None, None);
        let harsh = None;
        Performance {
            scene,
            events,
            verdict,
            causes,
            time,
            replayed,
            fault,
            not_played,
            harsh,
            timer,
        }
    }

    /// The same, judged once more with something that was known before it began.
    pub fn with_first(self, event: Event) -> Performance {
        if self.fault.is_some() {
            return self;
        }
        let Performance { scene, mut events, time, timer, .. } = self;
        events.insert(0, event);
        Performance { timer, ..Performance::judged(scene, events, time) }
    }

    /// Of a scene that could not be played.
    pub fn faulty(scene: Scene, fault: Fault) -> Performance {
        Performance {
            scene,
            events: Vec::new(),
            verdict: Verdict::default(),
            causes: Vec::new(),
            time: Duration::ZERO,
            replayed: false,
            fault: Some(fault),
            not_played: None,
            harsh: None,
            timer: None,
        }
    }

    /// It is a scene, and nothing else that keeps one from being played.
    pub fn is_scene(&self) -> bool {
        !matches!(self.fault, Some(Fault::Trouble(_)))
    }

    /// Why a failure came about: `failure` is an index into the verdict's. One that is proved, or candidates, the
    /// likeliest first; none: that is not known.
    pub fn causes(&self, failure: usize) -> Vec<&Cause> {
        self.causes.iter().filter(|cause| cause.failure == Some(failure)).collect()
    }

    /// What is said of a failure: why it came about, if that is known, then what the judge says.
    pub fn detail(&self, failure: usize) -> Cow<'_, str> {
        let detail = &self.verdict.failures[failure].detail;
        match self.causes(failure).as_slice() {
            [] => Cow::from(detail),
            causes => Cow::from(tell_with(causes, detail)),
        }
    }

    /// It was played, and everything that could be checked holds.
    pub fn passed(&self) -> bool {
        self.not_played.is_none() && self.fault.is_none() && self.verdict.passed()
    }

    /// It was played, or should have been, and something was wrong.
    pub fn failed(&self) -> bool {
        self.not_played.is_none() && !self.passed()
    }

    /// The clock that its programs saw; `None`: they were not traced.
    pub fn clock(&self) -> Option<Clock> {
        self.events.iter().find_map(|event| match event.kind {
            Kind::Tracing { clock } => Some(clock),
            _ => None,
        })
    }

    /// Time that passed for its programs, if that was not ours.
    pub fn virtual_time(&self) -> Option<Duration> {
        self.seed()?;
        self.events.last().map(|event| event.at)
    }

    /// The same, of a scene that has passed in its usual order: if nobody knows why it failed in this one, both are told.
    pub fn in_another_order(mut self, usual: &Performance) -> Performance {
        let Some(seed) = self.seed() else { return self };
        let Performance { scene, events, verdict, causes, .. } = &mut self;
        if causes.is_empty() {
            causes.extend(other_order(scene, &usual.events, events, verdict, seed));
        }
        self
    }

    /// A mistake was named, and not in which line. In virtual time the same happens once more, and the lines can be asked for.
    fn lacks_places(&self) -> bool {
        self.seed().is_some()
            && self.events.len() < SHORT
            && self.causes.iter().any(|cause| cause.place.is_none())
    }

    /// The same was wrong.
    fn is_like(&self, other: &Performance) -> bool {
        // subjects have numbers of processes, which differ each time
        let wrong = |one: &Performance| {
            let failures = one.verdict.failures.iter();
            failures.map(|failure| (failure.rule, failure.line)).collect::<Vec<_>>()
        };
        let named = |one: &Performance| {
            one.causes.iter().map(|cause| (cause.code, cause.failure)).collect::<Vec<_>>()
        };
        wrong(self) == wrong(other) && named(self) == named(other)
    }

    /// The number that decided the order of its threads; `None`: no number did.
    pub fn seed(&self) -> Option<u64> {
        match self.clock()? {
            Clock::Real => None,
            Clock::Virtual { seed } => Some(seed),
        }
    }
}

/// Plays a scene once, judges and explains it.
pub fn play_once(theatre: &Theatre, part: &Part, trace: Option<Clock>) -> Performance {
    play_with(theatre, part, trace, None)
}

/// Plays a scene that has passed once more, now that the kernel is as unkind as it may be.
pub fn play_harshly(theatre: &Theatre, part: &Part, clock: Clock, seed: u64) -> Performance {
    let mut performance = play_with(theatre, part, Some(clock), Some(seed));
    performance.harsh = Some(seed);
    let Performance { scene, events, verdict, causes, .. } = &mut performance;
    add_unkindness(causes, scene, events, verdict);
    performance
}

/// What an unkind kernel has kept from the programs is why they failed; but what is proved of a failure stays.
fn add_unkindness(causes: &mut Vec<Cause>, scene: &Scene, events: &[Event], verdict: &Verdict) {
    let Some(cause) = unkindness(scene, events, verdict) else { return };
    let is_known = |other: &Cause| other.failure == cause.failure && other.known() == Known::Cause;
    if cause.certainty == Certainty::Candidate && causes.iter().any(is_known) {
        return;
    }
    causes.retain(|other| other.failure != cause.failure);
    causes.insert(0, cause);
    causes.sort_by_key(Cause::known);
}

/// Why what was played went wrong, as `check` says it of the same events: nothing, where everything is as the script wants it,
/// also what failed on purpose. `harsh`: the kernel was unkind.
pub fn causes_of(scene: &Scene, events: &[Event], harsh: bool) -> Vec<Cause> {
    let verdict = judge(scene, events);
    if verdict.passed() {
        return Vec::new();
    }
    let mut causes = diagnose(scene, events, &verdict);
    if harsh {
        add_unkindness(&mut causes, scene, events, &verdict);
    }
    causes
}

fn play_with(
    theatre: &Theatre,
    part: &Part,
    trace: Option<Clock>,
    harsh: Option<u64>,
) -> Performance {
    let performance = play_and_judge(theatre, part, trace, harsh, false);
    if !performance.lacks_places() {
        return performance;
    }
    let again = play_and_judge(theatre, part, trace, harsh, true);
    match again.is_like(&performance) {
        true => Performance { time: performance.time + again.time, ..again },
        false => performance,
    }
}

/// `places`: it is told from which lines the programs make their calls, too.
fn play_and_judge(
    theatre: &Theatre,
    part: &Part,
    trace: Option<Clock>,
    harsh: Option<u64>,
    places: bool,
) -> Performance {
    let began = Instant::now();
    let played = theatre.assign(&part.scene, trace).and_then(|assignment| {
        let assignment = Assignment { detail: Detail::Verdict, harsh, places, ..assignment };
        let folder = assignment.folder.clone();
        let played = play::play(&theatre.xtask, assignment, |_| {});
        // what cannot be removed now is removed with all folders at the end, or by the next run
        let _ = stage::remove(&folder);
        played
    });
    let time = began.elapsed();
    match played {
        Ok((scene, events)) => Performance::judged(scene, events, time),
        Err(fault) => {
            let fault = Fault::Machine(format!("{fault:#}"));
            Performance { time, ..Performance::faulty(part.scene.clone(), fault) }
        }
    }
}
