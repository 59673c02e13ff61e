//! The result of a check, in Chinese.

use std::io::{self, Write};
use std::time::Duration;

use course::catalog::{Catalog, MISTAKES, Part};
use course::script::Scene;
use events::{Event, Kind, Stream};
use judge::{Failure, Rule};
use text::{harmless, pad, width};

use crate::perform::{Fault, Performance};

use super::hints::{not_contained, wrote_too_often};
use super::{
    BAD, FAINT, GOOD, HARSH, Machine, REPLAYED, REPLAYED_AND_FAILED, STRONG, context_of, notes,
    paint, seconds, waiting,
};

/// How many mistakes of one scene are shown in full.
const MOST_FAILURES: usize = 4;

/// Prints everything; the last line is `N passed, N failed`.
///
/// # Errors
/// Standard output is closed.
pub fn report(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
    machine: Machine,
    time: Duration,
) -> io::Result<()> {
    list(out, catalog, parts, performances)?;
    let failed = parts.iter().zip(performances).filter(|(_, one)| one.failed());
    let mut explained: Vec<&Fault> = Vec::new();
    for (part, performance) in failed {
        if let Some(fault @ Fault::Lesson(_)) = &performance.fault {
            // a program that cannot be built keeps many scenes from being played
            if explained.contains(&fault) {
                continue;
            }
            explained.push(fault);
        }
        writeln!(out)?;
        explain(out, catalog, part, performance)?;
    }
    writeln!(out)?;
    summary(out, performances, machine, time)
}

/// A line for each scene, below its lesson.
fn list(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
) -> io::Result<()> {
    let titles = parts.iter().map(|part| width(&part.scene.title)).max().unwrap_or(0);
    let mut lesson = "";
    for (part, performance) in parts.iter().zip(performances) {
        if part.lesson != lesson {
            lesson = &part.lesson;
            let title = catalog.lessons.iter().find(|one| one.number == lesson);
            let title = title.map_or_else(String::new, |lesson| format!(" {}", lesson.title));
            writeln!(out, "{}", paint(STRONG, &format!("{}{title}", of_lesson(lesson))))?;
        }
        let mark = match performance {
            performance if performance.passed() => paint(GOOD, "通过"),
            performance if performance.failed() => paint(BAD, "失败"),
            _ => paint(FAINT, "没演"),
        };
        let title = pad(&part.scene.title, titles);
        writeln!(out, "  {mark}  {title}  {}", paint(FAINT, &seconds(performance.time)))?;
        if performance.replayed && performance.passed() {
            writeln!(out, "        {REPLAYED}")?;
        }
        if let Some(why) = &performance.not_played {
            writeln!(out, "        没有检查：{why}")?;
        }
    }
    Ok(())
}

/// What a lesson is called: `第 04 课`; a folder that is none, by its name.
pub fn of_lesson(lesson: &str) -> String {
    match lesson.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("第 {lesson} 课"),
        false => format!("lessons/{lesson}"),
    }
}

/// What could not be checked, and how many passed.
fn summary(
    out: &mut impl Write,
    performances: &[Performance],
    machine: Machine,
    time: Duration,
) -> io::Result<()> {
    let count =
        |which: fn(&Performance) -> bool| performances.iter().filter(|one| which(one)).count();
    let (passed, failed) = (count(Performance::passed), count(Performance::failed));
    let not_played = performances.len() - passed - failed;
    let unchecked: usize =
        performances.iter().map(|performance| performance.verdict.unchecked.len()).sum();
    // a scene that was not played is one of them, and has been explained above
    let sources = unchecked - not_played;
    if sources > 0 {
        writeln!(
            out,
            "这里没法检查的 {sources} 项：来自哪个进程或线程、编号的真假、用的做法，只读输出看不出来。"
        )?;
    }
    let untraceable = |event: &Event| match &event.kind {
        Kind::Untraceable { why, .. } => Some(why.clone()),
        _ => None,
    };
    if let Some(why) = performances.iter().flat_map(|one| &one.events).find_map(untraceable) {
        writeln!(out, "不能跟踪程序（{why}），只读了它们的输出。")?;
    }
    for (what, advice) in performances.iter().filter_map(wrote_too_often) {
        writeln!(out, "{what}\n  {advice}")?;
    }
    for performance in performances {
        if let Some(why) = &performance.timer {
            writeln!(out, "「{}」：{why}，改用真实的时间演。", performance.scene.title)?;
        }
    }
    if let Some(why) = performances.iter().find_map(not_contained) {
        writeln!(out, "关不住程序（{why}）：写到场景的文件夹以外的，没有检查。")?;
    }
    if let Err(why) = machine.tracing {
        writeln!(out, "没有跟踪程序（{why}）：只读它们的输出，睡眠要真的等。")?;
    }
    if let Err(why) = machine.own_network {
        writeln!(out, "场景没有单独的网络（{why}），服务器端用的是空闲的端口。")?;
    }
    let not_played = match not_played {
        0 => String::new(),
        count => format!("{count} 个没有演，"),
    };
    let theirs: Duration = performances.iter().filter_map(Performance::virtual_time).sum();
    let theirs = match theirs.is_zero() {
        true => String::new(),
        false => format!("（程序里过了 {}）", seconds(theirs)),
    };
    writeln!(
        out,
        "共 {} 个场景：{passed} 个通过，{failed} 个失败，{not_played}{unchecked} 项没有检查，用时 {}{theirs}",
        performances.len(),
        seconds(time)
    )?;
    writeln!(out, "{passed} passed, {failed} failed")
}

/// Everything about one scene that failed.
fn explain(
    out: &mut impl Write,
    catalog: &Catalog,
    part: &Part,
    performance: &Performance,
) -> io::Result<()> {
    let heading = format!("--- {}「{}」失败 ---", of_lesson(&part.lesson), part.scene.title);
    writeln!(out, "{}", paint(BAD, &heading))?;
    match &performance.fault {
        Some(fault @ Fault::Machine(_)) => writeln!(out, "  这一幕没有演成：{fault}")?,
        Some(Fault::Lesson(reason)) => {
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
    for (index, failure) in failures.iter().enumerate().take(MOST_FAILURES) {
        explain_one(out, part, performance, index)?;
        where_to_read(out, catalog, part, failure)?;
    }
    if failures.len() > MOST_FAILURES {
        writeln!(out, "  此外还有 {} 处", failures.len() - MOST_FAILURES)?;
    }
    if let Some(seed) = performance.seed().filter(|seed| *seed != 0) {
        let lesson = &part.lesson;
        writeln!(out, "  用 cargo xtask check {lesson} --seed {seed} 可以重演这一次的先后次序")?;
    }
    if let Some(seed) = performance.harsh {
        let lesson = &part.lesson;
        writeln!(out, "  用 cargo xtask check {lesson} --harsh-seed {seed} 可以照样刁难一遍")?;
    }
    match part.scene.check_only {
        false => writeln!(out, "  现场再看一遍：cargo xtask run {}", part.lesson),
        true => again(out, part),
    }
}

/// What to type when it has been mended.
fn again(out: &mut impl Write, part: &Part) -> io::Result<()> {
    writeln!(out, "  改好以后再检查：cargo xtask check {}", part.lesson)
}

fn explain_one(
    out: &mut impl Write,
    part: &Part,
    performance: &Performance,
    index: usize,
) -> io::Result<()> {
    let Failure { rule, line, subject, expected, got, event, .. } =
        &performance.verdict.failures[index];
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
        context(out, &performance.scene, &performance.events, *event)?;
    }
    Ok(())
}

/// The page of the lesson, and what the notes say of this mistake.
fn where_to_read(
    out: &mut impl Write,
    catalog: &Catalog,
    part: &Part,
    failure: &Failure,
) -> io::Result<()> {
    let (page, mistake) = notes(catalog, part, failure.rule);
    let mistake = mistake.map(|heading| format!("{MISTAKES}:{}「{}」", heading.line, heading.text));
    for (index, place) in page.map(str::to_owned).into_iter().chain(mistake).enumerate() {
        writeln!(out, "    {}  {place}", if index == 0 { "笔记" } else { "    " })?;
    }
    Ok(())
}

/// What is expected and what came are both lines that a program prints.
fn speaks_of_lines(rule: Rule) -> bool {
    use Rule::{Extra, Missing, Order, Stderr, Text, Value};
    matches!(rule, Text | Missing | Extra | Order | Stderr | Value)
}

/// `^` below the first character of `got` that differs from `expected`, when the two are alike at all.
fn difference(expected: &str, got: &str) -> Option<String> {
    if got.contains('\n') || expected.contains('<') {
        return None;
    }
    let common: String =
        expected.chars().zip(got.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    if common.is_empty() || expected == got {
        return None;
    }
    let at = common.chars().count() + 1;
    Some(format!("{}^ 从第 {at} 个字符起不同", " ".repeat(width(&harmless(&common)))))
}

/// The lines of all programs around the mistake.
fn context(out: &mut impl Write, scene: &Scene, events: &[Event], wrong: usize) -> io::Result<()> {
    let names = scene.terminals.iter().map(|terminal| width(&terminal.name)).max().unwrap_or(0);
    let mut first = true;
    for index in context_of(events, wrong) {
        let Kind::Line(line) = &events[index].kind else { continue };
        let label = if std::mem::take(&mut first) { "前后" } else { "    " };
        let mark = if index == wrong { ">" } else { " " };
        let name = pad(&scene.terminals[line.terminal].name, names);
        let bar = if line.stream == Stream::Out { "|" } else { "!" };
        let times = match line.count {
            1 => String::new(),
            count => paint(FAINT, &format!("（连续 {count} 行）")),
        };
        writeln!(out, "    {label} {mark} {name} {bar} {}{times}", harmless(&line.text))?;
    }
    Ok(())
}
