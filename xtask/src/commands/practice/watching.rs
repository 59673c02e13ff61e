//! A student at work: it is looked at again whenever a file is saved, and keys are answered.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use course::exercise::{Exercise, Form};
use draw::Sources;
use events::Clock;
use stage::{Assignment, interrupt, play};

use crate::cli::DrawingOptions;
use crate::practice::{
    Bench, Key, Progress, Quiet, Verdict, Watch, by_hand, end_with_terminal, heading, list, show,
    task, told_after,
};

use super::super::trace;
use super::{Session, hint, is_held_back};

/// What the keys do.
const KEYS: &str = "h 提示   t 画出做了什么   r 自己运行   l 这课练习   s 跳过   q 结束   ? 帮助";
/// The same, when it has passed.
const KEYS_PASSED: &str = "n 下一个   t 画出做了什么   l 这课练习   q 结束";
/// The same, after a key: they have just been told.
const KEYS_AGAIN: &str = "保存文件，或按 Enter，就再检查一遍   ? 帮助";
const HELP: &str = "\
保存文件，就再检查一遍。
  h  下一条提示：先是一个问题，再是笔记里的地方，最后差不多是答案
  t  画出程序真的做了什么：系统调用、谁等谁
  r  怎样在终端里自己运行
  l  这一课的练习，做到哪里了
  s  跳过这一个，做下一个（以后可以再回来）
  n  通过以后，做下一个
  q  结束；你写的留在 practice 里，下次接着写";
/// Below a report: an empty line and the keys, and the line on which the cursor stands.
const BELOW: usize = 3;

impl<'a> Session<'a> {
    /// Looks again whenever a file is saved, until the student goes.
    pub(super) fn watch(&self, first: &'a Exercise) -> Result<ExitCode> {
        end_with_terminal();
        let mut exercise = first;
        let mut skipped: Vec<&str> = Vec::new();
        // keys that are pressed while programs play are answered afterwards
        let _quiet = Quiet::enter();
        loop {
            if self.work_at(exercise)? == Key::Quit {
                writeln!(anstream::stdout(), "你写的在 practice 里。接着做：cargo xtask practice")?;
                return Ok(ExitCode::SUCCESS);
            }
            skipped.push(&exercise.id);
            let progress = Progress::load(self.desk);
            let open =
                |one: &&Exercise| !progress.is_done(&one.id) && !skipped.contains(&one.id.as_str());
            let place = self.exercises.all.iter().position(|one| one.id == exercise.id);
            let (before, after) = self.exercises.all.split_at(place.unwrap_or(0));
            let Some(next) = after.iter().chain(before).find(open) else {
                writeln!(anstream::stdout(), "没有别的练习了：cargo xtask practice --list")?;
                return Ok(ExitCode::SUCCESS);
            };
            exercise = next;
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
        let mut verdict = self.look(&bench, exercise, hints)?;
        self.say_begun(&begun)?;
        let mut is_fresh = true;
        loop {
            let keys = match (is_fresh, verdict.passed()) {
                (true, true) => KEYS_PASSED,
                (true, false) => KEYS,
                (false, _) => KEYS_AGAIN,
            };
            writeln!(out, "\n{keys}")?;
            let key = watch.next(&files)?;
            is_fresh = key == Key::Again;
            match key {
                Key::Again => verdict = self.look(&bench, exercise, hints)?,
                Key::Hint => {
                    let told = told_after(exercise, hints);
                    hints = (hints + 1).min(exercise.hints.len());
                    // more is told of the mistake than before
                    if told != told_after(exercise, hints) && matches!(verdict, Verdict::Played(_))
                    {
                        self.say(exercise, &verdict, hints)?;
                        writeln!(out)?;
                    }
                    hint(exercise, hints)?;
                }
                // what keeps it from being drawn is no reason to leave
                Key::Trace => {
                    if let Err(error) = self.trace(exercise, &verdict, hints) {
                        writeln!(out, "画不出来：{error:#}")?;
                    }
                }
                Key::Run => by_hand(&mut out, exercise, &verdict)?,
                Key::List => {
                    let progress = Progress::load(self.desk);
                    let near: Vec<&Exercise> = self
                        .exercises
                        .all
                        .iter()
                        .filter(|one| one.lesson == exercise.lesson)
                        .collect();
                    list(&mut out, self.catalog, self.exercises, &near, self.desk, &progress)?;
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
    fn look(&self, bench: &Bench, exercise: &Exercise, hints: usize) -> Result<Verdict> {
        let mut out = anstream::stdout();
        clear(&mut out)?;
        let mut above = Vec::new();
        task(&mut above, self.desk, exercise)?;
        out.write_all(&above)?;
        writeln!(out, "\n正在检查……")?;
        let verdict = self.verdict(bench, exercise)?;
        let mut told = Vec::new();
        self.tell(&mut told, exercise, &verdict, hints)?;
        clear(&mut out)?;
        let rows = crossterm::terminal::size().map_or(usize::MAX, |(_, rows)| rows.into());
        let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
        // a heading that has scrolled away helps nobody: the task stands in the file, too
        if lines(&above) + 1 + lines(&told) + BELOW > rows {
            heading(&mut out, exercise)?;
            writeln!(out, "（题目在文件的开头）")?;
        } else {
            out.write_all(&above)?;
        }
        writeln!(out)?;
        out.write_all(&told)?;
        self.remember(exercise, &verdict)?;
        Ok(verdict)
    }

    /// What came of a look at it.
    fn say(&self, exercise: &Exercise, verdict: &Verdict, hints: usize) -> io::Result<()> {
        self.tell(&mut anstream::stdout(), exercise, verdict, hints)
    }

    fn tell(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
        verdict: &Verdict,
        hints: usize,
    ) -> io::Result<()> {
        show(out, self.catalog, exercise, verdict, told_after(exercise, hints))?;
        if is_held_back(exercise, verdict, hints) {
            writeln!(out, "找一找：按 t 看程序真的做了什么。按 h 有提示，也说出这是哪一种错误")?;
        } else if exercise.form == Form::Debugging
            && hints < exercise.hints.len()
            && !verdict.passed()
        {
            writeln!(out, "怎样改，再按 h")?;
        }
        Ok(())
    }

    /// The picture of the scene with the mistake that is named first, or of the first.
    fn trace(&self, exercise: &'a Exercise, verdict: &Verdict, hints: usize) -> Result<()> {
        let mut out = anstream::stdout();
        let Verdict::Played(stage) = verdict else {
            writeln!(out, "还没有演过：先写完，编译通过")?;
            return Ok(());
        };
        let failed = stage.first_mistake();
        let scene = &stage.parts[failed].scene;
        let clock = Clock::Virtual { seed: stage.performances[failed].seed().unwrap_or(0) };
        let assignment = stage.theatre.assign(scene, Some(clock))?;
        let harsh = stage.performances[failed].harsh;
        let assignment = Assignment { harsh, ..assignment };
        let played = play::play(&stage.theatre.xtask, assignment, |_| {})?;
        if interrupt::interrupted() {
            return Ok(());
        }
        writeln!(out, "练习 {}「{}」", exercise.id, scene.title)?;
        // whoever looks for it himself is not told what went wrong
        let causes = match is_held_back(exercise, verdict, hints) {
            true => Vec::new(),
            false => trace::causes(&played, harsh),
        };
        trace::show(&played, &causes, &Sources::new(), &DrawingOptions::default())?;
        Ok(())
    }
}

/// To the first line, and all below is cleared.
fn clear(out: &mut impl Write) -> io::Result<()> {
    write!(out, "\x1b[H\x1b[2J")
}
