//! The result of a check, in Chinese.

use std::io::{self, Write};
use std::time::Duration;

use course::catalog::{Catalog, Part};
use diagnose::Certainty;
use events::{Event, Kind};
use text::{hang, pad, width};

use crate::perform::{Fault, Performance};

use super::full::of_lesson;
use super::hints::{not_contained, wrote_too_often};
use super::mistake::mistakes;
use super::{
    BAD, FAINT, GOOD, Machine, REPLAYED, STRONG, brief, full, paint, seconds, terminal_width,
};

/// As many lines and cells as the smallest terminal has: a mistake is told on one screen.
const SCREEN: (usize, usize) = (24, 80);

/// Before the first mistake, and before the end.
const BLANK: usize = 2;

/// So many lines the first mistake has in any case.
const LEAST: usize = 10;

/// So many lessons are named that have failed.
const MOST_LESSONS: usize = 3;

/// Prints what came out; the last line is `N passed, N failed`. Unless `all` is asked for, only the first mistake is told in
/// full.
///
/// # Errors
/// Standard output is closed.
pub fn report(
    out: &mut impl Write,
    catalog: &Catalog,
    (parts, performances): (&[Part], &[Performance]),
    machine: Machine,
    time: Duration,
    all: bool,
) -> io::Result<()> {
    match all || !performances.iter().any(Performance::failed) {
        true => whole(out, catalog, (parts, performances), machine, time),
        false => one_screen(out, catalog, (parts, performances), machine, time),
    }
}

/// Every scene, every failure.
fn whole(
    out: &mut impl Write,
    catalog: &Catalog,
    (parts, performances): (&[Part], &[Performance]),
    machine: Machine,
    time: Duration,
) -> io::Result<()> {
    list(out, catalog, parts, performances)?;
    faults(out, catalog, parts, performances)?;
    let failed = parts.iter().zip(performances).filter(|(_, one)| one.failed());
    for (part, performance) in failed.filter(|(_, one)| one.fault.is_none()) {
        writeln!(out)?;
        full::explain(out, catalog, part, performance)?;
    }
    writeln!(out)?;
    notices(out, performances, machine)?;
    counts(out, performances, time, false)
}

/// How many lines and cells there are.
fn screen() -> (usize, usize) {
    let (height, cells) = SCREEN;
    (height, terminal_width().map_or(cells, |width| cells.min(width.into())).max(40))
}

/// How much is told of a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldOf {
    /// What was expected and what came: whoever looks for the mistake finds it himself.
    Symptom,
    /// Its name and its proof.
    Mistake {
        /// What to change, too.
        remedy: bool,
    },
}

/// The first mistake alone, as much of it as is told, for whoever has only the scenes of one exercise.
///
/// # Errors
/// Standard output is closed.
pub fn mistake_on_one_screen(
    out: &mut impl Write,
    catalog: &Catalog,
    (parts, performances): (&[Part], &[Performance]),
    told: ToldOf,
) -> io::Result<()> {
    let (height, cells) = screen();
    faults(out, catalog, parts, performances)?;
    let mistakes = mistakes(parts, performances);
    let Some(mistake) = mistakes.first() else { return Ok(()) };
    let room = height - 2 * BLANK;
    let told = match told {
        ToldOf::Symptom => brief::symptom(mistake, room, cells),
        ToldOf::Mistake { remedy } => brief::lines(catalog, mistake, remedy, room, cells),
    };
    let others = brief::in_short(&mistake.first, &mistakes[1..], 1, cells);
    for line in told.into_iter().chain(others) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// By what a mistake is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The code of its likeliest cause, or the rule that was broken.
    pub code: &'static str,
    /// The same in Chinese.
    pub title: &'static str,
    /// It is so; else it is the likeliest of what may be.
    pub proved: bool,
    /// File and line, if they are known.
    pub place: Option<(String, u32)>,
}

/// The first mistake: what is to be mended before all others.
pub fn first_mistake(parts: &[Part], performances: &[Performance]) -> Option<Named> {
    let mistakes = mistakes(parts, performances);
    let first = &mistakes.first()?.first;
    let causes = first.causes();
    let cause = causes.first();
    let title = cause.map_or(first.failure().rule.title(), |cause| cause.code.title());
    let place = cause.and_then(|cause| cause.place.as_ref());
    let place = place.map(|place| (place.file.clone(), place.line));
    let proved = cause.is_none_or(|cause| cause.certainty == Certainty::Proved);
    Some(Named { code: first.id(), title, proved, place })
}

/// The scene in which the first mistake shows: an index.
pub fn first_scene(parts: &[Part], performances: &[Performance]) -> Option<usize> {
    let mistakes = mistakes(parts, performances);
    let first = mistakes.first()?.first.performance;
    performances.iter().position(|one| std::ptr::eq(one, first))
}

/// The first mistake in full, on one screen.
fn one_screen(
    out: &mut impl Write,
    catalog: &Catalog,
    (parts, performances): (&[Part], &[Performance]),
    machine: Machine,
    time: Duration,
) -> io::Result<()> {
    let (height, cells) = screen();
    let fitted = |text: &str| hang(text, cells);
    let lessons = lessons_in_short(catalog, parts, performances);
    let lessons: Vec<String> = lessons.iter().map(|line| fitted(line)).collect();
    let mistakes = mistakes(parts, performances);
    let mut end = Vec::new();
    notices(&mut end, performances, machine)?;
    counts(&mut end, performances, time, true)?;
    let end = fitted(&String::from_utf8_lossy(&end));
    for line in &lessons {
        writeln!(out, "{line}")?;
    }
    faults(out, catalog, parts, performances)?;
    if let Some(mistake) = mistakes.first() {
        let others = &mistakes[1..];
        let room = height.saturating_sub(lessons.len() + end.lines().count() + BLANK);
        // of the others one line at least
        let theirs = if others.is_empty() { 0 } else { 2 };
        let room_of_first = room.saturating_sub(theirs).max(LEAST);
        let told = brief::lines(catalog, mistake, true, room_of_first, cells);
        let room = room.saturating_sub(told.len() + 1);
        let others = brief::in_short(&mistake.first, others, room, cells);
        let blank = (!others.is_empty()).then(String::new);
        let first = std::iter::once(String::new());
        for line in first.chain(told).chain(blank).chain(others) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    write!(out, "{end}")
}

/// What kept scenes from being played at all, each reason once.
fn faults(
    out: &mut impl Write,
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
) -> io::Result<()> {
    let mut explained: Vec<&Fault> = Vec::new();
    for (part, performance) in parts.iter().zip(performances) {
        let Some(fault) = performance.fault.as_ref().filter(|_| performance.failed()) else {
            continue;
        };
        // a program that cannot be built keeps many scenes from being played
        if !explained.contains(&fault) {
            explained.push(fault);
            writeln!(out)?;
            full::explain(out, catalog, part, performance)?;
        }
    }
    Ok(())
}

/// How many scenes have failed of which lesson, and what else is wrong with it.
fn lessons_in_short(
    catalog: &Catalog,
    parts: &[Part],
    performances: &[Performance],
) -> Vec<String> {
    let mut lessons: Vec<&str> = parts.iter().map(|part| part.lesson.as_str()).collect();
    lessons.dedup();
    let of = |lesson: &str| {
        let its = parts.iter().zip(performances).filter(move |(part, _)| part.lesson == lesson);
        its.map(|(_, performance)| performance).collect::<Vec<_>>()
    };
    let count = |lesson: &str, which: fn(&Performance) -> bool| {
        of(lesson).into_iter().filter(|performance| which(performance)).count()
    };
    let (failed, others): (Vec<&str>, Vec<&str>) =
        lessons.into_iter().partition(|lesson| count(lesson, Performance::failed) > 0);
    let mut lines: Vec<String> = failed
        .iter()
        .take(MOST_LESSONS)
        .map(|lesson| {
            let bad = count(lesson, |one| one.failed() && one.is_scene());
            let good = count(lesson, Performance::passed);
            let title = paint(STRONG, &titled(catalog, lesson));
            let scenes = match (bad, good) {
                (0, 0) => None,
                (0, good) => Some(format!("{good} 个场景通过")),
                (bad, good) => Some(format!("{bad} 个场景失败，{good} 个通过")),
            };
            let troubles = troubles(&of(lesson)).map(|what| format!("{what}有问题"));
            let told: Vec<String> = troubles.into_iter().chain(scenes).collect();
            format!("{title}：{}", told.join("，"))
        })
        .collect();
    if failed.len() > MOST_LESSONS {
        lines.push(format!("此外还有 {} 课失败", failed.len() - MOST_LESSONS));
    }
    if !others.is_empty() {
        lines.push(format!("其余 {} 课没有失败", others.len()));
    }
    lines
}

/// What is not as it must be and is no scene, in a word each; `None`: nothing.
fn troubles(performances: &[&Performance]) -> Option<String> {
    let others = performances.iter().filter(|one| !one.is_scene());
    let mut named: Vec<&str> = others.map(|one| one.scene.title.as_str()).collect();
    named.sort_unstable();
    named.dedup();
    (!named.is_empty()).then(|| named.join("、"))
}

/// A lesson's number and title.
fn titled(catalog: &Catalog, lesson: &str) -> String {
    let title = catalog.lessons.iter().find(|one| one.number == lesson);
    let title = title.map_or_else(String::new, |lesson| format!(" {}", lesson.title));
    format!("{}{title}", of_lesson(lesson))
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
            writeln!(out, "{}", paint(STRONG, &titled(catalog, lesson)))?;
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

/// How many scenes passed, failed, were not played, and how much was not checked.
fn count(performances: &[Performance]) -> (usize, usize, usize, usize) {
    let scenes = || performances.iter().filter(|one| one.is_scene());
    let count = |which: fn(&Performance) -> bool| scenes().filter(|one| which(one)).count();
    let (passed, failed) = (count(Performance::passed), count(Performance::failed));
    let unchecked = performances.iter().map(|performance| performance.verdict.unchecked.len());
    (passed, failed, scenes().count() - passed - failed, unchecked.sum())
}

/// What could not be checked, and why.
fn notices(out: &mut impl Write, performances: &[Performance], machine: Machine) -> io::Result<()> {
    let (.., not_played, unchecked) = count(performances);
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
    Ok(())
}

/// How many passed; `short`: what there is none of is not counted.
fn counts(
    out: &mut impl Write,
    performances: &[Performance],
    time: Duration,
    short: bool,
) -> io::Result<()> {
    let (passed, failed, not_played, unchecked) = count(performances);
    let not_played = match not_played {
        0 => String::new(),
        count => format!("{count} 个没有演，"),
    };
    let unchecked = match unchecked {
        0 if short => String::new(),
        count => format!("{count} 项没有检查，"),
    };
    let theirs: Duration = performances.iter().filter_map(Performance::virtual_time).sum();
    let theirs = match theirs.is_zero() {
        true => String::new(),
        false => format!("（程序里过了 {}）", seconds(theirs)),
    };
    let all: Vec<&Performance> = performances.iter().collect();
    let others = performances.iter().filter(|one| !one.is_scene()).count();
    let troubles = troubles(&all)
        .map_or_else(String::new, |what| format!("另有 {others} 处问题不在场景里（{what}），"));
    writeln!(
        out,
        "共 {} 个场景：{passed} 个通过，{failed} 个失败，{not_played}{troubles}{unchecked}用时 {}{theirs}",
        performances.len() - others,
        seconds(time)
    )?;
    // whoever reads only this line has to see that something failed
    writeln!(out, "{passed} passed, {} failed", failed + others)
}
