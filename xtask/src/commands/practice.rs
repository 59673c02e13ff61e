//! `cargo xtask practice`: a student writes, and what is wrong is said as soon as a file is saved.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use course::catalog::{Catalog, UsageError};
use course::exercise::{Exercise, Exercises};
use draw::Sources;
use events::Clock;
use stage::{Assignment, interrupt, play};

use crate::cli::{DrawingOptions, Format, PracticeOptions, TraceOptions};
use crate::practice::{
    Attempt, Begun, Bench, Desk, Key, Outcome, Progress, Verdict, Watch, end_with_terminal,
    in_short, list, show, task,
};
use crate::report::junit;

/// What the keys do.
const KEYS: &str = "h 提示   t 画出做了什么   r 自己运行   l 全部练习   s 跳过   q 结束   ? 帮助";
const HELP: &str = "\
保存文件，就再检查一遍。
  h  下一条提示：先是一个问题，再是笔记里的地方，最后差不多是答案
  t  画出程序真的做了什么：系统调用、谁等谁
  r  怎样在终端里自己运行
  l  全部的练习，做到哪里了
  s  跳过这一个，做下一个（以后可以再回来）
  n  通过以后，做下一个
  q  结束；你写的留在 practice 里，下次接着写";

/// Carries out the command.
pub fn run(catalog: &Catalog, options: &PracticeOptions) -> Result<ExitCode> {
    let exercises = Exercises::load(&catalog.root);
    let desk = Desk::new(&catalog.root);
    if options.list {
        let mut out = anstream::stdout().lock();
        list(&mut out, catalog, &exercises, &desk, &Progress::load(&desk))?;
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
        let hint = &exercise.hints[usize::from(number) - 1];
        writeln!(anstream::stdout(), "提示 {number}/3：{hint}")?;
        return Ok(ExitCode::SUCCESS);
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
        show(&mut out, self.catalog, exercise, &verdict)?;
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

    /// Looks again whenever a file is saved, until the student goes.
    fn watch(&self, first: &'a Exercise) -> Result<ExitCode> {
        end_with_terminal();
        let mut exercise = first;
        let mut skipped: Vec<&str> = Vec::new();
        loop {
            match self.work_at(exercise)? {
                Key::Quit => {
                    writeln!(
                        anstream::stdout(),
                        "你写的在 practice 里。接着做：cargo xtask practice"
                    )?;
                    return Ok(ExitCode::SUCCESS);
                }
                _ => {
                    skipped.push(&exercise.id);
                    let progress = Progress::load(self.desk);
                    let open = |one: &&Exercise| {
                        !progress.is_done(&one.id) && !skipped.contains(&one.id.as_str())
                    };
                    let place = self.exercises.all.iter().position(|one| one.id == exercise.id);
                    let (before, after) = self.exercises.all.split_at(place.unwrap_or(0));
                    match after.iter().chain(before).find(open) {
                        Some(next) => exercise = next,
                        None => {
                            writeln!(
                                anstream::stdout(),
                                "没有别的练习了：cargo xtask practice --list"
                            )?;
                            return Ok(ExitCode::SUCCESS);
                        }
                    }
                }
            }
        }
    }

    /// One exercise, until the student wants another or none.
    fn work_at(&self, exercise: &'a Exercise) -> Result<Key> {
        let begun = self.desk.begin(self.exercises, exercise)?;
        let watch = Watch::of(&self.desk.folder)?;
        let files: Vec<PathBuf> =
            exercise.own_programs().map(|program| self.desk.file(exercise, program)).collect();
        let mut hints = 0;
        let mut out = anstream::stdout();
        let bench = self.bench(vec![exercise]);
        let mut verdict = self.look(&bench, exercise)?;
        self.say_begun(&begun)?;
        loop {
            let end = match verdict.passed() {
                true => "n 下一个   l 全部练习   q 结束",
                false => KEYS,
            };
            writeln!(out, "\n{end}")?;
            let key = watch.next(&files)?;
            match key {
                Key::Again => verdict = self.look(&bench, exercise)?,
                Key::Hint => {
                    hints = (hints + 1).min(exercise.hints.len());
                    let last =
                        if hints == exercise.hints.len() { "（最后一条）" } else { "" };
                    writeln!(out, "提示 {hints}/3{last}：{}", exercise.hints[hints - 1])?;
                }
                // what keeps it from being drawn is no reason to leave
                Key::Trace => {
                    if let Err(error) = self.trace(exercise, &verdict) {
                        writeln!(out, "画不出来：{error:#}")?;
                    }
                }
                Key::Run => self.by_hand(exercise)?,
                Key::List => {
                    let progress = Progress::load(self.desk);
                    list(&mut out, self.catalog, self.exercises, self.desk, &progress)?;
                }
                Key::Help => writeln!(out, "{HELP}")?,
                Key::Next if !verdict.passed() => {
                    writeln!(out, "这一个还没有通过；要跳过，按 s")?;
                }
                Key::Next | Key::Skip | Key::Quit => return Ok(key),
            }
        }
    }

    /// Clears the screen and looks once.
    fn look(&self, bench: &Bench, exercise: &Exercise) -> Result<Verdict> {
        let mut out = anstream::stdout();
        // to the first line, and clear all below
        write!(out, "\x1b[H\x1b[2J")?;
        task(&mut out, self.desk, exercise)?;
        writeln!(out)?;
        let verdict = self.verdict(bench, exercise)?;
        show(&mut out, self.catalog, exercise, &verdict)?;
        self.remember(exercise, &verdict)?;
        Ok(verdict)
    }

    /// The picture of the scene that failed, or of the first.
    fn trace(&self, exercise: &'a Exercise, verdict: &Verdict) -> Result<()> {
        let mut out = anstream::stdout();
        let Verdict::Played(stage) = verdict else {
            writeln!(out, "还没有演过：先写完，编译通过")?;
            return Ok(());
        };
        let failed = stage.performances.iter().position(|one| one.failed()).unwrap_or(0);
        let scene = &stage.parts[failed].scene;
        let clock = Clock::Virtual { seed: stage.performances[failed].seed().unwrap_or(0) };
        let assignment = stage.theatre.assign(scene, Some(clock))?;
        let assignment = Assignment { harsh: stage.performances[failed].harsh, ..assignment };
        let played = play::play(&stage.theatre.xtask, assignment, |_| {})?;
        writeln!(out, "练习 {}「{}」", exercise.id, scene.title)?;
        super::trace::show(&played, &Sources::new(), &DrawingOptions::default())?;
        Ok(())
    }

    /// What to type in which terminal.
    fn by_hand(&self, exercise: &'a Exercise) -> Result<()> {
        let mut out = anstream::stdout();
        let several = exercise.programs.len() > 1;
        for (index, program) in exercise.programs.iter().enumerate() {
            let terminal = if several {
                format!("终端{}：", ["一", "二", "三", "四"][index.min(3)])
            } else {
                String::new()
            };
            writeln!(
                out,
                "{terminal}cargo run --manifest-path practice/Cargo.toml --target-dir target --bin {}",
                exercise.binary(program)
            )?;
        }
        Ok(())
    }
}
