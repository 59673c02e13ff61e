//! What went wrong, told once however many scenes it has failed: the failures that have one cause, or look alike.

use course::catalog::Part;
use course::script::Scene;
use diagnose::{Cause, Code, Known};
use events::Kind;
use judge::{Failure, Rule};

use crate::perform::Performance;

/// A failure, with the scene in which it came about.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub part: &'a Part,
    pub performance: &'a Performance,
    /// An index into the verdict's failures.
    pub index: usize,
}

/// One mistake, in all the scenes where it shows.
#[derive(Debug)]
pub struct Mistake<'a> {
    pub first: Told<'a>,
    /// The other scenes.
    pub others: Vec<Told<'a>>,
}

impl<'a> Told<'a> {
    pub fn failure(&self) -> &'a Failure {
        &self.performance.verdict.failures[self.index]
    }

    pub fn causes(&self) -> Vec<&'a Cause> {
        self.performance.causes(self.index)
    }

    pub fn scene(&self) -> &'a Scene {
        &self.performance.scene
    }

    /// The program that has to change, or whose failure it is.
    pub fn program(&self) -> Option<&'a str> {
        let blamed = self.causes().first().and_then(|cause| cause.culprit);
        let terminal = blamed.or_else(|| self.failure().subject.terminal(self.scene()))?;
        self.scene().package(terminal)
    }

    /// By what `explain` knows it: its likeliest cause, or the rule that was broken.
    pub fn id(&self) -> &'static str {
        let cause = self.causes().first().map(|cause| cause.code.id());
        cause.unwrap_or(self.failure().rule.id())
    }

    /// The ids of the sections in the notes that help with it, the best first.
    pub fn anchors(&self) -> Vec<String> {
        let cause = self.causes().first().map(|cause| format!("cause-{}", cause.code.id()));
        cause.into_iter().chain([format!("rule-{}", self.failure().rule.id())]).collect()
    }

    /// How much is known of why.
    pub fn known(&self) -> Known {
        self.causes().first().map_or(Known::Symptom, |cause| cause.known())
    }

    /// Which of the scene's causes explains it first: they come in the order in which they should be mended.
    fn rank(&self) -> usize {
        let causes = &self.performance.causes;
        let first = causes.iter().position(|cause| cause.failure == Some(self.index));
        first.unwrap_or(causes.len())
    }

    /// A program that the student writes has ended of itself, without a cause that is known, before what only may be why
    /// another went wrong, or before that other was told that nobody was there any more: its own last words come first.
    fn is_an_end_before(&self, other: &Told) -> bool {
        let failure = self.failure();
        let Some(terminal) = failure.subject.terminal(self.scene()) else { return false };
        let Some(cause) = other.causes().first().copied() else { return false };
        let follows = cause.code == Code::ResetWithUnread || cause.known() != Known::Cause;
        matches!(failure.rule, Rule::Panic | Rule::Exit)
            && follows
            && self.causes().is_empty()
            && other.failure().subject != failure.subject
            && !self.scene().is_given(terminal)
            && self.end_of(terminal).is_some_and(|end| end < cause.about)
    }

    /// When a terminal's program said that it broke off, or ended.
    fn end_of(&self, terminal: usize) -> Option<usize> {
        let is_end =
            |kind: &Kind| matches!(kind, Kind::Exited { terminal: one, .. } if *one == terminal);
        let mut events = self.performance.events.iter();
        let ended = || events.position(|event| is_end(&event.kind));
        self.failure().event.filter(|_| self.failure().rule == Rule::Panic).or_else(ended)
    }

    /// It follows from the mistake that another failure of its scene shows.
    pub fn follows_from(&self, other: &Told) -> bool {
        other.causes().first().is_some_and(|cause| cause.consequences.contains(&self.index))
    }

    /// It has a cause of the same kind as another's first, wherever that is.
    pub fn is_of_kind(&self, other: &Told) -> bool {
        let kind = |told: &Told| told.causes().first().map(|cause| cause.code);
        kind(self).is_some_and(|code| kind(other) == Some(code))
    }

    /// What two failures have in common that are one mistake.
    fn likeness(&self) -> (&'static str, Option<&'a str>, Vec<String>) {
        let said = |text: &str| likened(self.scene(), text);
        match self.causes().first() {
            Some(cause) => {
                let place = cause.place.as_ref().map(ToString::to_string);
                let where_or_what = place.unwrap_or_else(|| said(&cause.sentence));
                (cause.code.id(), self.program(), vec![where_or_what])
            }
            None => {
                let Failure { rule, subject, expected, got, detail, .. } = self.failure();
                let texts = [Some(subject.name(self.scene()).into_owned()), expected.clone()];
                let texts = texts.into_iter().chain([got.clone(), Some(detail.clone())]);
                let texts = texts.map(|text| said(&text.unwrap_or_default()));
                (rule.id(), self.program(), texts.collect())
            }
        }
    }
}

/// A text without what differs from scene to scene: numbers, and the names of terminals.
fn likened(scene: &Scene, text: &str) -> String {
    let mut names: Vec<&str> = scene.terminals.iter().map(|one| one.name.as_str()).collect();
    // one name may begin another
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let text = names.into_iter().fold(text.to_owned(), |text, name| text.replace(name, "@"));
    let is_digit = |c: char| c.is_ascii_digit();
    let words = text.split(is_digit).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("#")
}

/// The mistakes, in the order in which they should be mended: first those whose cause is known.
pub fn mistakes<'a>(parts: &'a [Part], performances: &'a [Performance]) -> Vec<Mistake<'a>> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    for (part, performance) in parts.iter().zip(performances) {
        let failures = 0..performance.verdict.failures.len();
        let all = failures.map(|index| Told { part, performance, index });
        let Some(main) = all.clone().min_by_key(|told| (told.known(), told.rank())) else {
            continue;
        };
        let main = all.clone().find(|told| told.is_an_end_before(&main)).unwrap_or(main);
        let likeness = main.likeness();
        match mistakes.iter_mut().find(|mistake| mistake.first.likeness() == likeness) {
            // of the same mistake that scene comes first in which most is known
            Some(mistake) if main.known() < mistake.first.known() => {
                let first = std::mem::replace(&mut mistake.first, main);
                mistake.others.insert(0, first);
            }
            Some(mistake) => mistake.others.push(main),
            None => mistakes.push(Mistake { first: main, others: Vec::new() }),
        }
    }
    mistakes.sort_by_key(|mistake| mistake.first.known());
    mistakes
}
