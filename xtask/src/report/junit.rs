//! The result of a check as JUnit XML: a suite per lesson, a case per scene.
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

/// Prints one XML document.
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
    let count = |performances: &[&Performance]| {
        let count =
            |which: fn(&Performance) -> bool| performances.iter().filter(|one| which(one)).count();
        let failures = count(|performance| performance.failed() && performance.fault.is_none());
        let errors = count(|performance| performance.fault.is_some());
        (
            performances.len(),
            failures,
            errors,
            count(|performance| performance.not_played.is_some()),
        )
    };
    let all: Vec<&Performance> = performances.iter().collect();
    let (tests, failures, errors, skipped) = count(&all);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"xtask check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{:.3}\">",
        time.as_secs_f64()
    )?;
    let mut lessons: Vec<&str> = parts.iter().map(|part| part.lesson.as_str()).collect();
    lessons.dedup();
    for lesson in lessons {
        let title = catalog.lessons.iter().find(|one| one.number == lesson);
        let title = title.map_or("", |lesson| lesson.title.as_str());
        let cases: Vec<(&Part, &Performance)> =
            parts.iter().zip(performances).filter(|(part, _)| part.lesson == lesson).collect();
        let performances: Vec<&Performance> =
            cases.iter().map(|(_, performance)| *performance).collect();
        let (tests, failures, errors, skipped) = count(&performances);
        let seconds: f64 =
            performances.iter().map(|performance| performance.time.as_secs_f64()).sum();
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">",
            escape_xml(format!("{lesson} {title}").trim_end())
        )?;
        for (part, performance) in cases {
            case(out, part, performance)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut impl Write, part: &Part, performance: &Performance) -> io::Result<()> {
    writeln!(
        out,
        "    <testcase classname=\"lesson-{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\">",
        part.lesson,
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
