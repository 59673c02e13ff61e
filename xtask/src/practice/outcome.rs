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

impl Verdict {
    /// The scenes of an exercise as a suite of JUnit; or what kept them from being played.
    pub fn suite(&self, exercise: &Exercise) -> junit::Suite<'_> {
        let name = format!("{} {}", exercise.id, exercise.title);
        let cases = match self {
            Verdict::Played(stage) if stage.performances.len() == stage.parts.len() => {
                let played = stage.parts.iter().zip(&stage.performances);
                played.map(|(part, performance)| junit::Case::Played(part, performance)).collect()
            }
            _ => {
                let class = format!("exercise-{}", exercise.id);
                vec![junit::Case::Told(Outcome::of(self).told(exercise, &class))]
            }
        };
        junit::Suite { name, cases }
    }
}

fn why_not_played(performances: &[Performance]) -> String {
    let why = performances.iter().find_map(|one| {
        let fault = one.fault.as_ref().map(ToString::to_string);
        fault.or_else(|| one.not_played.clone())
    });
    why.unwrap_or_else(|| "有的场景没有演成".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use course::exercise::{Exercises, Gap};

    use super::*;
    use crate::cargo::CompileError;

    #[test]
    fn machines_read_a_whole_document_whatever_keeps_an_exercise_from_being_played() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let exercises = Exercises::load(&root);
        let gap = Gap { line: 3, what: "③ <发出去>".into() };
        let error = CompileError {
            code: None,
            message: "expected `;`, found \"x\"".into(),
            rendered: String::new(),
            place: Some(("01-1-server.rs".into(), 7)),
        };
        let verdicts = [
            Verdict::NoFile("practice/a.rs：是空的".into()),
            Verdict::Gap { file: "practice/a.rs".into(), gap },
            Verdict::Uncompiled(vec![error]),
            Verdict::Unbuilt("编译了 30 秒还没有完，停了它".into()),
        ];
        let all = exercises.all.iter().zip(&verdicts);
        let all: Vec<junit::Suite> = all.map(|(one, verdict)| verdict.suite(one)).collect();
        let mut xml = Vec::new();
        junit::suites(&mut xml, "xtask practice", &all, Duration::ZERO).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        assert!(xml.contains("tests=\"4\" failures=\"4\" errors=\"0\""), "{xml}");
        for wanted in [
            "type=\"no-file\" message=\"no-file：practice/a.rs：是空的\"",
            "type=\"gap\" message=\"没写完：③ &lt;发出去&gt;\"",
            "file=\"01-1-server.rs\" line=\"7\"",
            "type=\"unbuilt\"",
        ] {
            assert!(xml.contains(wanted), "{wanted} not in {xml}");
        }
        assert!(xml.trim_end().ends_with("</testsuites>"));
    }
}
