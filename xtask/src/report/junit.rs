//! The result of a check as JUnit XML: a suite per lesson, a case per scene.

use std::io::{self, Write};
use std::time::Duration;

use crate::catalog::{Catalog, Part};

use super::{Outcome, waiting};

/// Prints one XML document.
///
/// # Errors
/// Standard output is closed.
pub fn report(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    outcomes: &[Outcome],
    time: Duration,
) -> io::Result<()> {
    let count = |outcomes: &[&Outcome]| {
        let count = |which: fn(&Outcome) -> bool| outcomes.iter().filter(|one| which(one)).count();
        let failures = count(|outcome| outcome.failed() && outcome.fault.is_none());
        let errors = count(|outcome| outcome.fault.is_some());
        (outcomes.len(), failures, errors, count(|outcome| outcome.not_played.is_some()))
    };
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let (tests, failures, errors, skipped) = count(&all);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"xtask check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{:.3}\">",
        time.as_secs_f64()
    )?;
    for lesson in &catalog.lessons {
        let cases: Vec<(&Part, &Outcome)> =
            parts.iter().zip(outcomes).filter(|(part, _)| part.lesson == lesson.number).collect();
        if cases.is_empty() {
            continue;
        }
        let outcomes: Vec<&Outcome> = cases.iter().map(|(_, outcome)| *outcome).collect();
        let (tests, failures, errors, skipped) = count(&outcomes);
        let seconds: f64 = outcomes.iter().map(|outcome| outcome.time.as_secs_f64()).sum();
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">",
            escape(&format!("{} {}", lesson.number, lesson.title))
        )?;
        for (part, outcome) in cases {
            case(out, part, outcome)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut impl Write, part: &Part, outcome: &Outcome) -> io::Result<()> {
    writeln!(
        out,
        "    <testcase classname=\"lesson-{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\">",
        part.lesson,
        escape(&part.scene.title),
        escape(&part.script.display().to_string()),
        part.scene.line,
        outcome.time.as_secs_f64()
    )?;
    if let Some(fault) = &outcome.fault {
        writeln!(out, "      <error message=\"{}\"/>", escape(fault))?;
    }
    if let Some(why) = &outcome.not_played {
        writeln!(out, "      <skipped message=\"{}\"/>", escape(why))?;
    }
    // JUnit has one failure a case: the first names it, all are in its text
    if let Some(first) = outcome.verdict.failures.first() {
        let message = format!("{}：{}", first.rule.title(), first.subject.name(&outcome.scene));
        writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">",
            first.rule.id(),
            escape(&message)
        )?;
        for (index, failure) in outcome.verdict.failures.iter().enumerate() {
            let mut text = format!(
                "{}:{} {}：{}\n",
                part.script.display(),
                failure.line,
                failure.rule.title(),
                failure.subject.name(&outcome.scene)
            );
            for (name, value) in [("期望", &failure.expected), ("实际", &failure.got)] {
                if let Some(value) = value {
                    text.push_str(&format!("  {name}  {value}\n"));
                }
            }
            let detail = outcome.detail(index);
            if !detail.is_empty() {
                text.push_str(&format!("  说明  {detail}\n"));
            }
            if let Some(cause) = outcome.cause(index) {
                for line in waiting::lines(&outcome.scene, cause) {
                    text.push_str(&format!("  等待  {line}\n"));
                }
            }
            write!(out, "{}", escape(&text))?;
        }
        writeln!(out, "      </failure>")?;
    }
    let mut notes: Vec<String> = outcome
        .verdict
        .unchecked
        .iter()
        .map(|one| format!("没有检查（第 {} 行）：{}", one.line, one.what))
        .collect();
    if outcome.replayed {
        notes.push(super::REPLAYED.to_owned());
    }
    if let Some(seed) = outcome.seed().filter(|_| !outcome.passed()) {
        notes.push(format!("先后次序：--seed {seed}"));
    }
    if !notes.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", escape(&notes.join("\n")))?;
    }
    writeln!(out, "    </testcase>")
}

/// Text for XML 1.0: the five special characters, and no character that XML does not allow (section 2.2).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.extend(c.escape_default());
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_program_prints_breaks_the_document() {
        assert_eq!(escape("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;");
        assert_eq!(escape("\u{1b}[2J\0\u{ffff}字"), "\\u{1b}[2J\\u{0}\\u{ffff}字");
    }
}
