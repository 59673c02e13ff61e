//! What a student sees of an exercise, in Chinese.

use std::fs;
use std::io::{self, Write};

use anstream::adapter::strip_str;

use course::catalog::Catalog;
use course::exercise::{Exercise, Exercises, Form, task as task_of};
use text::{hang, pad, width};

use crate::cargo::CompileError;
use crate::perform::Performance;
use crate::report::{BAD, FAINT, GOOD, STRONG, ToldOf, mistake_on_one_screen, paint};

use super::attempt::{Stage, Verdict};
use super::compiler::in_chinese;
use super::desk::{Desk, FOLDER};
use super::outcome::Outcome;
use super::progress::Progress;

/// So many errors of the compiler are shown: the others often follow from them.
const MOST_ERRORS: usize = 2;

/// The narrowest terminal: no line of a task is longer.
pub const CELLS: usize = 80;

/// So many lines of the compiler's first error are shown, and of the others only where they are.
const MOST_OF_AN_ERROR: usize = 18;

/// How much is told of a mistake after so many hints: whoever looks for one is not told at once which it is.
pub fn told_after(exercise: &Exercise, hints: usize) -> ToldOf {
    match (exercise.form, hints) {
        (Form::Debugging, 0) => ToldOf::Symptom,
        (Form::Debugging, _) => ToldOf::Mistake { remedy: hints >= exercise.hints.len() },
        _ => ToldOf::Mistake { remedy: true },
    }
}

/// The heading of an exercise and its task.
///
/// # Errors
/// Standard output is closed.
pub fn task(out: &mut impl Write, desk: &Desk, exercise: &Exercise) -> io::Result<()> {
    heading(out, exercise)?;
    let first = exercise.own_programs().next();
    let source = first.map(|program| exercise.source(program));
    let text = source.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    // its first line is the heading
    for line in task_of(&text).iter().skip(1) {
        writeln!(out, "{}", hang(&format!("  {line}"), CELLS))?;
    }
    let files: Vec<String> =
        exercise.own_programs().map(|program| desk.shown(exercise, program)).collect();
    writeln!(out, "\n你的文件：{}", files.join("、"))
}

/// Which exercise it is.
///
/// # Errors
/// Standard output is closed.
pub fn heading(out: &mut impl Write, exercise: &Exercise) -> io::Result<()> {
    let Exercise { id, title, level, form, minutes, .. } = exercise;
    let what = format!("（{} · {} · 约 {minutes} 分钟）", level.word(), form.word());
    let name = paint(STRONG, &format!("练习 {id} {title}"));
    writeln!(out, "{name}{}", paint(FAINT, &what))
}

/// What came of a look at it.
///
/// # Errors
/// Standard output is closed.
pub fn show(
    out: &mut impl Write,
    catalog: &Catalog,
    exercise: &Exercise,
    verdict: &Verdict,
    told: ToldOf,
) -> io::Result<()> {
    match verdict {
        Verdict::NoFile(why) => writeln!(out, "{}：{why}", paint(BAD, "没法检查")),
        Verdict::Gap { file, gap } => {
            let what = if gap.what.is_empty() { "这一步" } else { &gap.what };
            let place = paint(FAINT, &format!("{file}:{}", gap.line));
            writeln!(out, "{}：{what}\n  {place}", paint(BAD, "还没写"))
        }
        Verdict::Uncompiled(errors) => uncompiled(out, errors),
        Verdict::Unbuilt(why) => writeln!(out, "{}：{why}", paint(BAD, "没有编译")),
        Verdict::Played(stage) if verdict.passed() => {
            writeln!(out, "{}：练习 {} {}", paint(GOOD, "通过"), exercise.id, exercise.title)?;
            let unchecked = stage.unchecked();
            if !unchecked.is_empty() {
                writeln!(out, "这里没法检查的：{}", unchecked.join("、"))?;
            }
            Ok(())
        }
        Verdict::Played(stage) if !stage.performances.iter().any(Performance::failed) => {
            writeln!(out, "{}：有的场景没有演成，再保存一次", paint(BAD, "没有演完"))
        }
        Verdict::Played(stage) => {
            let Stage { parts, performances, .. } = stage.as_ref();
            mistake_on_one_screen(out, catalog, (parts, performances), told)
        }
    }
}

/// What came of it, in one line.
///
/// # Errors
/// Standard output is closed.
pub fn in_short(out: &mut impl Write, exercise: &Exercise, verdict: &Verdict) -> io::Result<()> {
    let what = match verdict {
        Verdict::NoFile(why) => format!("{}  {why}", paint(BAD, "没文件")),
        Verdict::Gap { gap, .. } => format!("{}  {}", paint(BAD, "还没写"), gap.what),
        Verdict::Uncompiled(errors) => {
            let first = errors.first().map_or("", |error| &error.message);
            format!("{}  {first}", paint(BAD, "编译不过"))
        }
        Verdict::Unbuilt(why) => format!("{}  {why}", paint(BAD, "没有编译")),
        Verdict::Played(_) if verdict.passed() => paint(GOOD, "通过"),
        Verdict::Played(_) => {
            format!(
                "{}  {}",
                paint(BAD, "失败"),
                Outcome::of(verdict).code.as_deref().unwrap_or("没有演成")
            )
        }
    };
    writeln!(out, "{}  {}：{what}", exercise.id, exercise.title)
}

fn uncompiled(out: &mut impl Write, errors: &[CompileError]) -> io::Result<()> {
    for (index, error) in errors.iter().take(MOST_ERRORS).enumerate() {
        let code = error.code.as_ref().map_or_else(String::new, |code| format!("[{code}]"));
        let words = in_chinese(error).map_or_else(String::new, |words| format!("：{words}"));
        writeln!(out, "{}{words}", paint(BAD, &format!("编译不过{code}")))?;
        let lines = without_notes(&error.rendered);
        // the first error in full, of the others what and where
        let most = if index == 0 { MOST_OF_AN_ERROR } else { 2 };
        for line in lines.iter().take(most) {
            writeln!(out, "{}", with_folder(line))?;
        }
        if index == 0 && lines.len() > most {
            writeln!(out, "{}", paint(FAINT, "  ……"))?;
        }
    }
    if errors.len() > MOST_ERRORS {
        writeln!(out, "另有 {} 处编译不过，先改上面的", errors.len() - MOST_ERRORS)?;
    }
    Ok(())
}

/// What the compiler says without its notes, which lead into the sources of libraries; its help stays.
fn without_notes(rendered: &str) -> Vec<&str> {
    let mut in_note = false;
    let mut lines = Vec::new();
    for line in rendered.trim_end().lines() {
        let plain = strip_str(line).to_string();
        if plain.starts_with("note:") || plain.starts_with("help:") {
            in_note = plain.starts_with("note:");
        }
        if !in_note {
            lines.push(line);
        }
    }
    lines
}

/// The compiler names files as they are seen from the student's folder; here they are told as seen from the workspace.
fn with_folder(line: &str) -> String {
    let Some((before, place)) = line.split_once("--> ") else { return line.to_owned() };
    // what is a colour may stand before the place
    let start = place.find(|first: char| first.is_ascii_digit() && !place.starts_with('\x1b'));
    match start {
        Some(0) => format!("{before}--> {FOLDER}/{place}"),
        _ => line.to_owned(),
    }
}

/// These of the exercises, by lesson, with what is done of them and of all.
///
/// # Errors
/// Standard output is closed.
pub fn list(
    out: &mut impl Write,
    catalog: &Catalog,
    exercises: &Exercises,
    shown: &[&Exercise],
    desk: &Desk,
    progress: &Progress,
) -> io::Result<()> {
    let widest = shown.iter().map(|one| width(&one.title)).max().unwrap_or(0);
    for of_one in shown.chunk_by(|one, next| one.lesson == next.lesson) {
        let lesson = &of_one[0].lesson;
        let done = of_one.iter().filter(|one| progress.is_done(&one.id)).count();
        let title = catalog.lessons.iter().find(|one| one.number == *lesson);
        let title = title.map_or("", |lesson| lesson.title.as_str());
        let heading = format!("第 {lesson} 课 {title}");
        writeln!(out, "{}  {done}/{}", paint(STRONG, &heading), of_one.len())?;
        for one in of_one {
            let mark = match (progress.is_done(&one.id), desk.has_begun(one)) {
                (true, _) => paint(GOOD, "通过"),
                (_, true) => "在写".to_owned(),
                _ => paint(FAINT, "    "),
            };
            writeln!(
                out,
                "  {mark}  {}  {}  {}  {}  约 {} 分钟",
                one.id,
                pad(&one.title, widest),
                one.level.word(),
                pad(one.form.word(), 6),
                one.minutes
            )?;
        }
    }
    let done = exercises.all.iter().filter(|one| progress.is_done(&one.id)).count();
    let all = match shown.len() < exercises.all.len() {
        true => "；列出全部：cargo xtask practice --list",
        false => "",
    };
    writeln!(out, "\n通过 {done}/{}。下一个：cargo xtask practice{all}", exercises.all.len())?;
    for flaw in &exercises.flaws {
        writeln!(out, "练习有错：{flaw}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_of_the_compiler_stays_and_its_notes_go() {
        let rendered = "error[E0308]: mismatched types\n --> 01-1-server.rs:3:5\n  |\n3 |     x\n  |     ^ expected\n\
                        note: function defined here\n --> /rustc/1/library/std/src/x.rs:1:1\nhelp: try adding\n  |\n3 ~     Ok(())\n\n";
        let lines = without_notes(rendered);
        assert!(lines.iter().all(|line| !line.contains("/rustc/")), "{lines:?}");
        assert!(lines.contains(&"help: try adding") && lines.contains(&"3 ~     Ok(())"));
        assert_eq!(with_folder(lines[1]), " --> practice/01-1-server.rs:3:5");
        assert_eq!(with_folder(" --> /usr/lib/x.rs:3:5"), " --> /usr/lib/x.rs:3:5");
    }
}
