//! `cargo xtask practice`: a student writes, and what is wrong is said as soon as a file is saved.

mod watching;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use course::catalog::{Catalog, UsageError};
use course::exercise::{Exercise, Exercises};
use stage::interrupt;
use text::hang;

use crate::cli::{Format, PracticeOptions, TraceOptions};
use crate::practice::{
    Attempt, Begun, Bench, CELLS, Desk, Outcome, Progress, Verdict, in_short, list, show, task,
    told_after,
};
use crate::report::{ToldOf, junit};

/// Carries out the command.
pub fn run(catalog: &Catalog, options: &PracticeOptions) -> Result<ExitCode> {
    let exercises = Exercises::load(&catalog.root);
    let desk = Desk::new(&catalog.root);
    if options.list {
        let mut out = anstream::stdout().lock();
        let meant = match &options.target {
            Some(target) => exercises.named(target)?,
            None => exercises.all.iter().collect(),
        };
        list(&mut out, catalog, &exercises, &meant, &desk, &Progress::load(&desk))?;
        return Ok(ExitCode::SUCCESS);
    }
    if options.all {
        interrupt::catch_interrupts()?;
        return Session { catalog, exercises: &exercises, desk: &desk, options }.all();
    }
    let Some(exercise) = chosen(&exercises, &Progress::load(&desk), options)? else {
        writeln!(anstream::stdout(), "全部的练习都通过了。再做一个：cargo xtask practice 编号")?;
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(number) = options.hint {
        hint(exercise, number.into())?;
        if !options.once {
            return Ok(ExitCode::SUCCESS);
        }
    }
    if options.reset {
        return reset(&exercises, &desk, exercise, options.undo);
    }
    interrupt::catch_interrupts()?;
    let session = Session { catalog, exercises: &exercises, desk: &desk, options };
    match options.once || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        true => session.once(exercise),
        false => session.watch(exercise),
    }
}

/// The exercise that is meant; without one, the first that is not done. `None`: all are.
fn chosen<'a>(
    exercises: &'a Exercises,
    progress: &Progress,
    options: &PracticeOptions,
) -> Result<Option<&'a Exercise>> {
    if exercises.all.is_empty() {
        let flaws: Vec<String> = exercises.flaws.iter().map(ToString::to_string).collect();
        anyhow::bail!("没有一个练习\n{}", flaws.join("\n"));
    }
    let Some(target) = &options.target else {
        let open = exercises.all.iter().find(|one| !progress.is_done(&one.id));
        return match open {
            None if options.once => {
                Err(UsageError("要检查哪一个？例如 practice 01-1 --once".into()).into())
            }
            open => Ok(open),
        };
    };
    let meant = exercises.named(target)?;
    let open = meant.iter().find(|one| !progress.is_done(&one.id));
    Ok(open.or(meant.first()).copied())
}

fn hint(exercise: &Exercise, number: usize) -> io::Result<()> {
    let last = if number == exercise.hints.len() { "（最后一条）" } else { "" };
    let hint = hang(&format!("提示 {number}/3{last}：{}", exercise.hints[number - 1]), CELLS);
    writeln!(anstream::stdout(), "{hint}")
}

/// Whether less is told than is known.
fn is_held_back(exercise: &Exercise, verdict: &Verdict, hints: usize) -> bool {
    let failed = matches!(verdict, Verdict::Played(_)) && !verdict.passed();
    failed && told_after(exercise, hints) == ToldOf::Symptom
}

fn reset(exercises: &Exercises, desk: &Desk, exercise: &Exercise, undo: bool) -> Result<ExitCode> {
    let mut out = anstream::stdout();
    if undo {
        desk.undo_reset(exercise)?;
        writeln!(out, "练习 {}：换回来了", exercise.id)?;
    } else {
        desk.begin(exercises, exercise)?;
        let kept = desk.reset(exercise)?;
        let kept: Vec<String> = kept.iter().map(|path| shown(desk, path)).collect();
        writeln!(out, "练习 {}：换上了开始时的文件；你写的在 {}", exercise.id, kept.join("、"))?;
        writeln!(out, "要换回来：cargo xtask practice {} --reset --undo", exercise.id)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(desk: &Desk, path: &std::path::Path) -> String {
    path.strip_prefix(&desk.root).unwrap_or(path).display().to_string()
}

/// What came of an exercise, for programs.
fn as_json(exercise: &Exercise, verdict: &Verdict) -> serde_json::Value {
    let outcome = Outcome::of(verdict);
    let mistake = outcome.mistake();
    let Outcome { word, code, place, .. } = outcome;
    let (file, line) = place.unzip();
    json!({
        "exercise": exercise.id,
        "title": exercise.title,
        "state": word,
        "code": code,
        "mistake": mistake,
        "file": file,
        "line": line,
    })
}

/// A student at work.
#[derive(Clone, Copy)]
struct Session<'a> {
    catalog: &'a Catalog,
    exercises: &'a Exercises,
    desk: &'a Desk,
    options: &'a PracticeOptions,
}

impl<'a> Session<'a> {
    fn verdict(&self, bench: &Bench, exercise: &Exercise) -> Result<Verdict> {
        let PracticeOptions { stage, trace, .. } = *self.options;
        Attempt { catalog: self.catalog, source: bench, exercise, stage, trace }.verdict()
    }

    /// For these exercises.
    fn bench(&self, wanted: Vec<&'a Exercise>) -> Bench<'a> {
        Bench::of(self.desk, self.catalog, self.exercises, wanted, self.options.stage)
    }

    /// Looks at every exercise that was begun.
    fn all(&self) -> Result<ExitCode> {
        let began = Instant::now();
        let format = match self.options.json {
            true => Format::Json,
            false => self.options.format.unwrap_or(Format::Human),
        };
        let mut out = anstream::stdout();
        let mut seen = Vec::new();
        let begun = self.exercises.all.iter().filter(|one| self.desk.has_begun(one));
        let begun: Vec<&Exercise> = begun.collect();
        let bench = self.bench(begun.clone());
        for exercise in begun {
            self.desk.describe(self.exercises)?;
            let verdict = self.verdict(&bench, exercise)?;
            if interrupt::interrupted() {
                return Ok(ExitCode::from(interrupt::EXIT_CODE));
            }
            self.remember(exercise, &verdict)?;
            if format == Format::Human {
                in_short(&mut out, exercise, &verdict)?;
            }
            seen.push((exercise, verdict));
        }
        match format {
            Format::Human if seen.is_empty() => {
                writeln!(out, "还没有开始一个练习：cargo xtask practice")?;
            }
            Format::Human => {}
            Format::Json => {
                let all: Vec<_> = seen.iter().map(|(one, verdict)| as_json(one, verdict)).collect();
                writeln!(out, "{}", json!({ "exercises": all }))?;
            }
            Format::Junit => {
                let all: Vec<junit::Suite> =
                    seen.iter().map(|(one, verdict)| verdict.suite(one)).collect();
                junit::suites(&mut out, "xtask practice", &all, began.elapsed())?;
            }
        }
        let all_passed = seen.iter().all(|(_, verdict)| verdict.passed());
        Ok(if all_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Looks once; nobody presses keys.
    fn once(&self, exercise: &'a Exercise) -> Result<ExitCode> {
        let mut out = anstream::stdout();
        let is_new = !self.desk.has_begun(exercise);
        self.say_begun(&self.desk.begin(self.exercises, exercise)?)?;
        if is_new {
            task(&mut out, self.desk, exercise)?;
            writeln!(out)?;
        }
        let verdict = self.verdict(&self.bench(vec![exercise]), exercise)?;
        if interrupt::interrupted() {
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        let hints = self.options.hint.unwrap_or(0).into();
        show(&mut out, self.catalog, exercise, &verdict, told_after(exercise, hints))?;
        if is_held_back(exercise, &verdict, hints) {
            writeln!(
                out,
                "这是一个找错的练习：先自己找，cargo xtask practice {id} 里按 t 看程序做了什么。\n\
                 要诊断，加上提示：cargo xtask practice {id} --once --hint",
                id = exercise.id
            )?;
        }
        self.remember(exercise, &verdict)?;
        Ok(if verdict.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// It has passed, unless less was looked at than usual.
    fn remember(&self, exercise: &Exercise, verdict: &Verdict) -> Result<()> {
        let TraceOptions { no_trace, seed, harsh, harsh_seed } = self.options.trace;
        let is_whole = !no_trace && seed.is_none() && harsh_seed.is_none() && harsh != Some(0);
        let mut progress = Progress::load(self.desk);
        if is_whole
            && !interrupt::interrupted()
            && verdict.passed()
            && !progress.is_done(&exercise.id)
        {
            progress.done(&exercise.id)?;
        }
        Ok(())
    }

    fn say_begun(&self, begun: &Begun) -> Result<()> {
        let mut out = anstream::stdout();
        for (own, beside) in &begun.changed {
            writeln!(
                out,
                "这个练习改过了：你的 {} 没有动，新的放在 {}",
                shown(self.desk, own),
                shown(self.desk, beside)
            )?;
        }
        Ok(())
    }
}
