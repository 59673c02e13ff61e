//! Everything about the scenes that failed: what `--all` asks for.

use std::io::{self, Write};

use course::catalog::{Catalog, MISTAKES, Part};
use course::script::Scene;
use events::{Event, Kind, Stream};
use judge::{Failure, Rule};
use text::{harmless, pad, width};

use crate::perform::{Fault, Performance};

use super::mistake::Told;
use super::{BAD, HARSH, REPLAYED_AND_FAILED, STRONG, brief, context_of, notes, paint, waiting};

/// Everything about one scene that failed.
///
/// # Errors
/// Standard output is closed.
pub fn explain(
    out: &mut impl Write,
    catalog: &Catalog,
    part: &Part,
    performance: &Performance,
) -> io::Result<()> {
    let heading = format!("--- {}「{}」失败 ---", of_part(part), part.scene.title);
    writeln!(out, "{}", paint(BAD, &heading))?;
    match &performance.fault {
        Some(fault @ Fault::Machine(_)) => writeln!(out, "  这一幕没有演成：{fault}")?,
        Some(Fault::Lesson(reason) | Fault::Trouble(reason)) => {
            for line in reason.lines() {
                writeln!(out, "  {line}")?;
            }
            return again(out, part);
        }
        None => {}
    }
    if performance.replayed {
        writeln!(out, "  {REPLAYED_AND_FAILED}")?;
    }
    if performance.harsh.is_some() {
        writeln!(out, "  {HARSH}")?;
    }
    let failures = &performance.verdict.failures;
    for index in 0..failures.len() {
        let told = Told { part, performance, index };
        explain_one(out, &told)?;
        where_to_read(out, catalog, &told)?;
    }
    if let Some(seed) = performance.seed().filter(|seed| *seed != 0) {
        let check = check_command(part);
        writeln!(out, "  用 {check} --seed {seed} 可以重演这一次的先后次序")?;
    }
    if let Some(seed) = performance.harsh {
        let check = check_command(part);
        writeln!(out, "  用 {check} --harsh-seed {seed} 可以照样刁难一遍")?;
    }
    match part.scene.check_only || part.exercise.is_some() {
        false => writeln!(out, "  现场再看一遍：cargo xtask run {}", part.lesson),
        true => again(out, part),
    }
}

/// What a lesson is called: `第 04 课`; a folder that is none, by its name.
pub fn of_lesson(lesson: &str) -> String {
    match lesson.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("第 {lesson} 课"),
        false => format!("lessons/{lesson}"),
    }
}

/// What a scene is a part of: `第 04 课`, or `练习 04-2`.
pub fn of_part(part: &Part) -> String {
    match &part.exercise {
        Some(exercise) => format!("练习 {exercise}"),
        None => of_lesson(&part.lesson),
    }
}

/// What to type to have it checked.
pub fn check_command(part: &Part) -> String {
    match &part.exercise {
        Some(exercise) => format!("cargo xtask practice {exercise} --once"),
        None => format!("cargo xtask check {}", part.lesson),
    }
}

/// What to type when it has been mended.
fn again(out: &mut impl Write, part: &Part) -> io::Result<()> {
    writeln!(out, "  改好以后再检查：{}", check_command(part))
}

fn explain_one(out: &mut impl Write, told: &Told) -> io::Result<()> {
    let Told { part, performance, index } = *told;
    let Failure { rule, line, subject, expected, got, event, .. } = told.failure();
    let who = subject.name(&performance.scene);
    writeln!(out, "  {}：{}", paint(STRONG, rule.title()), harmless(&who))?;
    let source = part.source.get(line - 1).map_or("", |text| text.trim());
    writeln!(out, "    剧本  {}:{line}", part.script.display())?;
    writeln!(out, "          {source}")?;
    for (name, text) in [("期望", expected), ("实际", got)] {
        let Some(text) = text else { continue };
        for (index, text) in text.lines().enumerate() {
            let name = if index == 0 { name } else { "    " };
            writeln!(out, "    {name}  {}", harmless(text))?;
        }
    }
    if speaks_of_lines(*rule)
        && let (Some(expected), Some(got)) = (expected, got)
        && let Some(difference) = difference(expected, got)
    {
        writeln!(out, "          {difference}")?;
    }
    for cause in told.causes() {
        writeln!(out, "    原因  {}", brief::in_a_line(&performance.scene, cause))?;
    }
    let detail = performance.detail(index);
    if !detail.is_empty() {
        for (index, line) in detail.lines().enumerate() {
            writeln!(out, "    {}  {}", if index == 0 { "说明" } else { "    " }, harmless(line))?;
        }
    }
    // candidates rest on the same facts
    if let Some(cause) = performance.causes(index).first() {
        for (index, line) in waiting::lines(&performance.scene, cause).iter().enumerate() {
            writeln!(out, "    {}  {line}", if index == 0 { "等待" } else { "    " })?;
        }
    }
    if let Some(event) = event {
        for line in context(&performance.scene, &performance.events, *event) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// The page of the lesson, what the notes say of this mistake, and how to read that on the terminal.
fn where_to_read(out: &mut impl Write, catalog: &Catalog, told: &Told) -> io::Result<()> {
    let (page, mistake) = notes(catalog, told.part, &told.anchors());
    let mistake = mistake.map(|heading| format!("{MISTAKES}:{}「{}」", heading.line, heading.text));
    let explain = format!("cargo xtask explain {}", told.id());
    let places = page.map(str::to_owned).into_iter().chain(mistake).chain([explain]);
    for (index, place) in places.enumerate() {
        writeln!(out, "    {}  {place}", if index == 0 { "笔记" } else { "    " })?;
    }
    Ok(())
}

/// What is expected and what came are both lines that a program prints.
pub fn speaks_of_lines(rule: Rule) -> bool {
    use Rule::{Extra, Missing, Order, Stderr, Text, Value};
    matches!(rule, Text | Missing | Extra | Order | Stderr | Value)
}

/// `^` below the first character of `got` that differs from `expected`, when the two are alike at all.
pub fn difference(expected: &str, got: &str) -> Option<String> {
    if got.contains('\n') || expected.contains('<') {
        return None;
    }
    let common: String =
        expected.chars().zip(got.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    if common.is_empty() || expected == got {
        return None;
    }
    let at = common.chars().count() + 1;
    let shown = harmless(&common);
    // it may end among many equal characters that are shown as one
    let below = harmless(got).starts_with(&shown).then(|| " ".repeat(width(&shown)));
    Some(match below {
        Some(margin) => format!("{margin}^ 从第 {at} 个字符起不同"),
        None => format!("从第 {at} 个字符起不同"),
    })
}

/// The lines of all programs around the mistake.
pub fn context(scene: &Scene, events: &[Event], wrong: usize) -> Vec<String> {
    let names = scene.terminals.iter().map(|terminal| width(&terminal.name)).max().unwrap_or(0);
    let lines = context_of(events, wrong).into_iter().filter_map(|index| {
        let Kind::Line(line) = &events[index].kind else { return None };
        let mark = if index == wrong { ">" } else { " " };
        let name = pad(&scene.terminals[line.terminal].name, names);
        let bar = if line.stream == Stream::Out { "|" } else { "!" };
        let times = match line.count {
            1 => String::new(),
            count => format!("（连续 {count} 行）"),
        };
        Some(format!("{mark} {name} {bar} {}{times}", harmless(&line.text)))
    });
    let labels = std::iter::once("前后").chain(std::iter::repeat("    "));
    labels.zip(lines).map(|(label, line)| format!("{label} {line}")).collect()
}
