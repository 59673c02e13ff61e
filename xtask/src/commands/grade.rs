//! `cargo xtask grade`: judges the exercises of a class and writes one table.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use course::catalog::{Catalog, UsageError};
use course::exercise::{Exercise, Exercises};
use stage::interrupt;

use crate::cli::{Format, GradeOptions};
use crate::grade::{Common, Explained, Judged, Judging, Student, Table, csv, find, page};
use crate::practice::State;
use crate::report::{BAD, FAINT, GOOD, STRONG, junit, paint};

use super::explain::in_one_line;

/// So many students are judged at once, if nobody says how many.
const MOST_JOBS: usize = 4;
/// So many mistakes are told at the end, and so many of those who have made one.
const MOST_MISTAKES: usize = 5;
const MOST_NAMES: usize = 6;

/// Carries out the command.
pub fn run(catalog: &Catalog, options: &GradeOptions) -> Result<ExitCode> {
    let exercises = Exercises::load(&catalog.root);
    let wanted = wanted(&exercises, &options.exercise)?;
    let class = find(&options.folders, &exercises)?;
    let output = options.output.clone().unwrap_or_else(|| catalog.root.join("target/grade"));
    is_possible(&output)?;
    let judging = Judging::open(
        catalog,
        (&exercises, &wanted),
        &options.folders,
        (options.stage, options.trace),
    )?;
    interrupt::catch_interrupts()?;
    let began = Instant::now();
    class.remarks.iter().for_each(|remark| tell(remark));
    let jobs = options.jobs.map_or_else(usual_jobs, usize::from);
    let is_human = options.format == Format::Human;
    // where a machine reads the result, people read the other stream
    let turn = Mutex::new(());
    let told = |student: &Student, judged: &Judged| {
        let _turn = turn.lock();
        let lines = lines_of(student, judged, !options.exercise.is_empty());
        match is_human {
            // nobody who reads it: what counts is in the files
            true => lines.iter().for_each(|line| {
                let _ = writeln!(anstream::stdout(), "{line}");
            }),
            false => lines.iter().for_each(|line| tell(line)),
        }
    };
    let judged = judging.judge(&class.students, &wanted, jobs, told);
    if interrupt::interrupted() {
        eprintln!("已中断：判完的没有写进表里，所有程序都已结束");
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    let table = Table::of(wanted, judged, !options.exercise.is_empty());
    let files = write(catalog, &table, &output)?;
    let time = began.elapsed();
    let mut out = anstream::stdout().lock();
    match options.format {
        Format::Human => summary(&mut out, &table, &files, time)?,
        Format::Json => writeln!(out, "{}", as_json(&table))?,
        Format::Junit => junit::suites(&mut out, "xtask grade", &as_suites(&table), time)?,
    }
    let unjudged = table.unjudged();
    for (student, exercise, why) in &unjudged {
        tell(&format!("没能判：{student}，练习 {exercise}：{why}"));
    }
    Ok(if unjudged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The exercises that are meant; without a word, all.
fn wanted<'a>(exercises: &'a Exercises, named: &[String]) -> Result<Vec<&'a Exercise>, UsageError> {
    if named.is_empty() {
        return Ok(exercises.all.iter().collect());
    }
    let mut wanted: Vec<&Exercise> = Vec::new();
    for target in named {
        wanted.extend(exercises.named(target)?);
    }
    wanted.sort_by_key(|one| &one.name);
    wanted.dedup_by_key(|one| &one.name);
    Ok(wanted)
}

/// The tables can be written there: that is to be known before everything has been judged.
fn is_possible(output: &Path) -> Result<(), UsageError> {
    let wrong = |error: io::Error| {
        UsageError(format!("--output：写不了文件夹 {}：{}", output.display(), in_words(&error)))
    };
    fs::create_dir_all(output).map_err(wrong)?;
    let probe = output.join(format!(".probe-{}", std::process::id()));
    fs::write(&probe, "").and_then(|()| fs::remove_file(&probe)).map_err(wrong)
}

fn in_words(error: &io::Error) -> String {
    events::error_in_words(error)
}

fn usual_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_JOBS)
}

/// Says something that is not the result.
fn tell(text: &str) {
    // nobody who reads it: no harm
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// A student in a line, and what is to be known of his folder. `asked`: the exercises were named, so it counts which are not
/// begun.
fn lines_of(student: &Student, judged: &Judged, asked: bool) -> Vec<String> {
    let nothing = judged.count(State::NotBegun) == judged.outcomes.len();
    let codes: Vec<&str> =
        judged.outcomes.iter().filter_map(|outcome| outcome.code.as_deref()).collect();
    let part = |state: State| {
        let count = judged.count(state);
        let style = match state {
            State::Passed => GOOD,
            State::NotBegun => FAINT,
            _ => BAD,
        };
        let codes = match state {
            State::Failed => format!("（{}）", codes.join("、")),
            State::NotBegun if nothing => return Some(paint(FAINT, "一个也没做")),
            _ => String::new(),
        };
        let is_told = count > 0 && (state != State::NotBegun || asked || nothing);
        is_told.then(|| format!("{} {count}{codes}", paint(style, state.word())))
    };
    let all = [State::Passed, State::Failed, State::Unfinished, State::Unjudged, State::NotBegun];
    let all: Vec<String> = all.into_iter().filter_map(part).collect();
    let line = format!("{}：{}", paint(STRONG, &judged.student), all.join("，"));
    let remarks = student.remarks.iter().map(|remark| format!("  {remark}"));
    std::iter::once(line).chain(remarks).collect()
}

/// What is said of a code: by the notes, or of an error of the compiler.
fn explained(catalog: &Catalog, code: &str) -> Explained {
    if let Some(line) = in_one_line(catalog, code) {
        return Explained { line, command: format!("cargo xtask explain {code}") };
    }
    let is_error = code.strip_prefix('E').is_some_and(|number| number.parse::<u16>().is_ok());
    // its title has said already what there is to say in Chinese
    let command = if is_error { format!("rustc --explain {code}") } else { String::new() };
    Explained { command, ..Explained::default() }
}

/// Writes both tables, each whole or not at all.
fn write(catalog: &Catalog, table: &Table, output: &Path) -> Result<[PathBuf; 2]> {
    let html = page(table, |code| explained(catalog, code));
    let files = [("grade.csv", csv(table)), ("grade.html", html)];
    files
        .map(|(name, text)| {
            let path = output.join(name);
            let beside = output.join(format!(".{name}.part"));
            fs::write(&beside, text)
                .and_then(|()| fs::rename(&beside, &path))
                .with_context(|| format!("写不了 {}", path.display()))
                .map(|()| path)
        })
        .into_iter()
        .collect::<Result<Vec<_>>>()
        .map(|all| [all[0].clone(), all[1].clone()])
}

/// The commonest mistakes, and where to read on.
fn summary(
    out: &mut impl Write,
    table: &Table,
    files: &[PathBuf],
    time: Duration,
) -> io::Result<()> {
    let common = table.common();
    if !common.is_empty() {
        writeln!(out, "\n{}", paint(STRONG, "今天最常见的错"))?;
    }
    for one in common.iter().take(MOST_MISTAKES) {
        let Common { code, count, students, .. } = one;
        let title = one.told();
        let names: Vec<&str> =
            students.iter().take(MOST_NAMES).map(|(name, _)| name.as_str()).collect();
        let more = match students.len() > MOST_NAMES {
            true => format!(" 等 {} 人", students.len()),
            false => String::new(),
        };
        let names = names.join("、");
        writeln!(out, "  {count} 次  {title}（{code}）：{names}{more}")?;
    }
    if common.len() > MOST_MISTAKES {
        writeln!(out, "  另有 {} 种，见下面的表", common.len() - MOST_MISTAKES)?;
    }
    let passed: usize = table.students.iter().map(|one| one.count(State::Passed)).sum();
    let begun = table.cells().filter(|(.., one)| one.state != State::NotBegun).count();
    writeln!(
        out,
        "\n{} 个学生，做了的 {begun} 份里通过 {passed} 份，用了 {:.1} 秒",
        table.students.len(),
        time.as_secs_f64()
    )?;
    for file in files {
        let file = file.canonicalize().unwrap_or_else(|_| file.clone());
        writeln!(out, "表：{}", file.display())?;
    }
    Ok(())
}

fn as_json(table: &Table) -> serde_json::Value {
    let cells = table.cells().map(|(student, exercise, outcome)| {
        let (file, line) = outcome.place.clone().unzip();
        json!({
            "student": student,
            "exercise": exercise.id,
            "title": exercise.title,
            "state": outcome.word,
            "code": outcome.code,
            "mistake": outcome.mistake(),
            "file": file,
            "line": line,
        })
    });
    let cells: Vec<_> = cells.collect();
    let common = table.common().into_iter().map(|one| {
        let title = one.told();
        let students: Vec<_> = one.students.into_iter().map(|(name, _)| name).collect();
        json!({ "code": one.code, "title": title, "count": one.count, "students": students })
    });
    json!({ "results": cells, "mistakes": common.collect::<Vec<_>>() })
}

/// A suite for each student.
fn as_suites<'a>(table: &Table) -> Vec<junit::Suite<'a>> {
    let suite = |judged: &Judged| {
        let outcomes = table.exercises.iter().zip(&judged.outcomes);
        let cases = outcomes
            .map(|(exercise, outcome)| junit::Case::Told(outcome.told(exercise, &judged.student)));
        junit::Suite { name: judged.student.clone(), cases: cases.collect() }
    };
    table.students.iter().map(suite).collect()
}
