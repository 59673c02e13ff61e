//! The result of a check as JUnit XML: a suite per lesson, a case per scene; of exercises: a suite per exercise or student.
//!
//! Written by hand: six elements and one function that escapes. The crate quick-junit would add about ten more (chrono,
//! uuid, quick-xml ...) and several CPU seconds to a clean build.

use std::io::{self, Write};
use std::time::Duration;

use course::catalog::{Catalog, Part};
use text::escape_xml;

use crate::perform::Performance;

use super::hints::hints;
use super::{HARSH, REPLAYED, REPLAYED_AND_FAILED, brief, evidence};

/// What comes of one thing that is checked.
pub enum Case<'a> {
    /// A scene.
    Played(&'a Part, &'a Performance),
    /// Anything else.
    Told(Told),
}

/// What is told of something that is no scene.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it belongs to.
    pub class: String,
    /// Its own name.
    pub name: String,
    /// Where, if that is known.
    pub place: Option<(String, u32)>,
    /// How it was.
    pub result: Outcome,
}

/// How it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Right.
    Passed,
    /// Wrong: by what it is known, and in words.
    Failed(String, String),
    /// It could not be judged; why.
    Error(String),
    /// It was not looked at; why.
    Skipped(String),
}

/// Cases that belong together.
pub struct Suite<'a> {
    /// What they are called.
    pub name: String,
    /// In order.
    pub cases: Vec<Case<'a>>,
}

/// How many cases there are, and how many of them failed, had errors, were skipped; and how long they took, in seconds.
#[derive(Default, Clone, Copy)]
struct Counts([usize; 4], f64);

impl Case<'_> {
    fn counts(&self) -> Counts {
        let [failed, error, skipped] = match self {
            Case::Played(_, one) => {
                [one.failed() && one.fault.is_none(), one.fault.is_some(), one.not_played.is_some()]
            }
            Case::Told(Told { result, .. }) => [
                matches!(result, Outcome::Failed(..)),
                matches!(result, Outcome::Error(_)),
                matches!(result, Outcome::Skipped(_)),
            ],
        };
        let time = match self {
            Case::Played(_, one) => one.time.as_secs_f64(),
            Case::Told(_) => 0.0,
        };
        Counts([1, failed.into(), error.into(), skipped.into()], time)
    }
}

impl Counts {
    fn of<'a, 'b: 'a>(cases: impl Iterator<Item = &'a Case<'b>>) -> Counts {
        cases.map(Case::counts).fold(Counts::default(), |Counts(sum, time), Counts(one, more)| {
            Counts(std::array::from_fn(|index| sum[index] + one[index]), time + more)
        })
    }

    fn attributes(self, time: f64) -> String {
        let Counts([tests, failures, errors, skipped], _) = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time:.3}\""
        )
    }
}

/// Prints one XML document: the scenes of a check, by lesson.
///
/// # Errors
/// Standard output is closed.
pub fn report(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
    time: Duration,
) -> io::Result<()> {
    let mut lessons: Vec<&str> = parts.iter().map(|part| part.lesson.as_str()).collect();
    lessons.dedup();
    let suite = |lesson: &str| {
        let title = catalog.lessons.iter().find(|one| one.number == lesson);
        let title = title.map_or("", |lesson| lesson.title.as_str());
        let played = parts.iter().zip(performances).filter(|(part, _)| part.lesson == lesson);
        let cases = played.map(|(part, performance)| Case::Played(part, performance)).collect();
        Suite { name: format!("{lesson} {title}").trim_end().to_owned(), cases }
    };
    let all: Vec<Suite> = lessons.into_iter().map(suite).collect();
    suites(out, "xtask check", &all, time)
}

/// Prints one XML document.
///
/// # Errors
/// Standard output is closed.
pub fn suites(out: &mut impl Write, name: &str, all: &[Suite], time: Duration) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let counts = Counts::of(all.iter().flat_map(|suite| &suite.cases));
    let counts = counts.attributes(time.as_secs_f64());
    writeln!(out, "<testsuites name=\"{}\" {counts}>", escape_xml(name))?;
    for Suite { name, cases } in all {
        let counts = Counts::of(cases.iter());
        let counts = counts.attributes(counts.1);
        writeln!(out, "  <testsuite name=\"{}\" {counts}>", escape_xml(name))?;
        for one in cases {
            match one {
                Case::Played(part, performance) => case(out, part, performance)?,
                Case::Told(one) => told(out, one)?,
            }
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn told(out: &mut impl Write, one: &Told) -> io::Result<()> {
    let Told { class, name, place, result } = one;
    let place = place.as_ref().map_or_else(String::new, |(file, line)| {
        format!(" file=\"{}\" line=\"{line}\"", escape_xml(file))
    });
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\"{place} time=\"0.000\">",
        escape_xml(class),
        escape_xml(name)
    )?;
    match result {
        Outcome::Passed => {}
        Outcome::Failed(kind, what) => writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\"/>",
            escape_xml(kind),
            escape_xml(what)
        )?,
        Outcome::Error(why) => writeln!(out, "      <error message=\"{}\"/>", escape_xml(why))?,
        Outcome::Skipped(why) => {
            writeln!(out, "      <skipped message=\"{}\"/>", escape_xml(why))?;
        }
    }
    writeln!(out, "    </testcase>")
}

fn case(out: &mut impl Write, part: &Part, performance: &Performance) -> io::Result<()> {
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\">",
        part.exercise
            .as_ref()
            .map_or_else(|| format!("lesson-{}", part.lesson), |id| format!("exercise-{id}")),
        escape_xml(&part.scene.title),
        escape_xml(&part.script.display().to_string()),
        part.scene.line,
        performance.time.as_secs_f64()
    )?;
    if let Some(fault) = &performance.fault {
        writeln!(out, "      <error message=\"{}\"/>", escape_xml(&fault.to_string()))?;
    }
    if let Some(why) = &performance.not_played {
        writeln!(out, "      <skipped message=\"{}\"/>", escape_xml(why))?;
    }
    failures(out, part, performance)?;
    let mut notes: Vec<String> = performance
        .verdict
        .unchecked
        .iter()
        .map(|one| format!("没有检查（第 {} 行）：{}", one.line, one.what))
        .collect();
    notes.extend(hints(performance));
    if performance.replayed {
        let how = if performance.passed() { REPLAYED } else { REPLAYED_AND_FAILED };
        notes.push(how.to_owned());
    }
    if let Some(seed) = performance.seed().filter(|_| !performance.passed()) {
        notes.push(format!("先后次序：--seed {seed}"));
    }
    if let Some(seed) = performance.harsh {
        notes.push(format!("{HARSH} --harsh-seed {seed}"));
    }
    if !notes.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", escape_xml(&notes.join("\n")))?;
    }
    writeln!(out, "    </testcase>")
}

/// What is wrong with a case.
fn failures(out: &mut impl Write, part: &Part, performance: &Performance) -> io::Result<()> {
    // JUnit has one failure a case: the first names it, all are in its text
    let Some(first) = performance.verdict.failures.first() else { return Ok(()) };
    let message = format!("{}：{}", first.rule.title(), first.subject.name(&performance.scene));
    writeln!(
        out,
        "      <failure type=\"{}\" message=\"{}\">",
        first.rule.id(),
        escape_xml(&message)
    )?;
    for (index, failure) in performance.verdict.failures.iter().enumerate() {
        let mut text = format!(
            "{}:{} {}：{}\n",
            part.script.display(),
            failure.line,
            failure.rule.title(),
            failure.subject.name(&performance.scene)
        );
        for (name, value) in [("期望", &failure.expected), ("实际", &failure.got)] {
            if let Some(value) = value {
                text.push_str(&format!("  {name}  {value}\n"));
            }
        }
        let causes = performance.causes(index);
        for cause in &causes {
            text.push_str(&format!("  原因  {}\n", brief::in_a_line(&performance.scene, cause)));
        }
        let detail = performance.detail(index);
        if !detail.is_empty() {
            text.push_str(&format!("  说明  {detail}\n"));
        }
        // candidates rest on the same facts
        if let Some(cause) = causes.first() {
            for fact in evidence::lines(&performance.scene, cause) {
                text.push_str(&format!("  依据  {fact}\n"));
            }
        }
        write!(out, "{}", escape_xml(&text))?;
    }
    writeln!(out, "      </failure>")
}
