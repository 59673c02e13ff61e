//! What came of an exercise, as it stands in a table: one of a few words, and the first mistake.

use course::exercise::Exercise;

use crate::perform::Performance;
use crate::report::{Named, first_mistake, junit};

use super::attempt::Verdict;
use super::compiler::in_chinese;

/// How far a student has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Everything holds.
    Passed,
    /// Something is wrong.
    Failed,
    /// A gap is still there.
    Unfinished,
    /// There is no file.
    NotBegun,
    /// The machine failed, not the student: nothing is known.
    Unjudged,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How far it is.
    pub state: State,
    /// In a word, for programs.
    pub word: &'static str,
    /// By what the mistake is known: a cause, a rule, an error of the compiler.
    pub code: Option<String>,
    /// The same in Chinese.
    pub title: String,
    /// It is so; else it is the likeliest of what may be.
    pub proved: bool,
    /// File and line.
    pub place: Option<(String, u32)>,
}

impl State {
    /// In Chinese.
    pub fn word(self) -> &'static str {
        match self {
            State::Passed => "通过",
            State::Failed => "未通过",
            State::Unfinished => "没写完",
            State::NotBegun => "没做",
            State::Unjudged => "没能判",
        }
    }
}

impl Outcome {
    /// Of a look at an exercise.
    pub fn of(verdict: &Verdict) -> Outcome {
        let failed = |word, code: &str, title: &str| Outcome {
            state: State::Failed,
            word,
            code: Some(code.to_owned()),
            title: title.to_owned(),
            proved: true,
            place: None,
        };
        match verdict {
            Verdict::NoFile(why) => failed("no-file", "no-file", why),
            Verdict::Unbuilt(why) => failed("unbuilt", "unbuilt", why),
            Verdict::Gap { file, gap } => Outcome {
                state: State::Unfinished,
                word: "gap",
                code: None,
                title: gap.what.clone(),
                proved: true,
                place: u32::try_from(gap.line).ok().map(|line| (file.clone(), line)),
            },
            Verdict::Uncompiled(errors) => {
                let first = errors.first();
                let code = first.and_then(|error| error.code.as_deref()).unwrap_or("uncompiled");
                let english = first.map_or("", |error| error.message.as_str());
                let title = first.and_then(in_chinese).unwrap_or(english);
                let place = first.and_then(|error| error.place.clone());
                Outcome { place, ..failed("uncompiled", code, title) }
            }
            Verdict::Played(_) if verdict.passed() => Outcome {
                state: State::Passed,
                word: "passed",
                code: None,
                title: String::new(),
                proved: true,
                place: None,
            },
            Verdict::Played(stage) => match first_mistake(&stage.parts, &stage.performances) {
                Some(Named { code, title, proved, place }) => {
                    Outcome { place, proved, ..failed("failed", code, title) }
                }
                None => Outcome::unjudged(why_not_played(&stage.performances)),
            },
        }
    }

    /// Of an exercise of which a student has no file.
    pub fn not_begun() -> Outcome {
        Outcome {
            state: State::NotBegun,
            word: "not-begun",
            code: None,
            title: String::new(),
            proved: true,
            place: None,
        }
    }

    /// Of one that could not be judged, for this reason.
    pub fn unjudged(why: String) -> Outcome {
        Outcome {
            state: State::Unjudged,
            word: "unjudged",
            code: None,
            title: why,
            proved: true,
            place: None,
        }
    }
}

impl Outcome {
    /// The mistake in Chinese, with the word that it may be another.
    pub fn mistake(&self) -> String {
        if self.proved { self.title.clone() } else { format!("可能是：{}", self.title) }
    }

    /// The same as a case of JUnit; `class`: what it belongs to.
    pub fn told(&self, exercise: &Exercise, class: &str) -> junit::Told {
        let Outcome { state, word, code, title, place, .. } = self;
        let mistake = self.mistake();
        let what = match code {
            Some(code) => format!("{code}：{mistake}"),
            None => format!("{}：{mistake}", state.word()),
        };
        let result = match state {
            State::Passed => junit::Outcome::Passed,
            State::Failed => junit::Outcome::Failed(code.as_deref().unwrap_or(word).into(), what),
            State::Unfinished => junit::Outcome::Failed((*word).to_owned(), what),
            State::NotBegun => junit::Outcome::Skipped(state.word().to_owned()),
            State::Unjudged => junit::Outcome::Error(title.clone()),
        };
        let name = format!("{} {}", exercise.id, exercise.title);
        junit::Told { class: class.to_owned(), name, place: place.clone(), result }
    }
}

fn why_not_played(performances: &[Performance]) -> String {
    let why = performances.iter().find_map(|one| {
        let fault = one.fault.as_ref().map(ToString::to_string);
        fault.or_else(|| one.not_played.clone())
    });
    why.unwrap_or_else(|| "有的场景没有演成".to_owned())
}
