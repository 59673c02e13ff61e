//! What went wrong, told once however many scenes it has failed: the failures that have one cause, or look alike.

use course::catalog::Part;
use course::script::Scene;
use diagnose::{Cause, Known};
use judge::Failure;

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
        let Some(main) = all.min_by_key(|told| (told.known(), told.rank())) else { continue };
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
