//! `cargo xtask bless`: plays scenes, writes what they print into their scripts, and plays them once more to see
//! whether it is the same every time.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bless::{Refusal, mend, with_script_addresses};

use course::catalog::{Catalog, Part};
use course::script;
use stage::interrupt;
use text::harmless;

use crate::cli::{StageOptions, TraceOptions};
use crate::perform::{JOBS, Performance, Theatre, play_all};
use crate::report::{Progress, diff};

/// Nothing is to be shown that is not printed nearly always.
const KINDLY: TraceOptions =
    TraceOptions { no_trace: false, seed: None, harsh: Some(0), harsh_seed: None };
/// A scene that waits for a changed line shows only what comes before it: it is played again, at most this often.
const ROUNDS: usize = 8;

/// A script and what becomes of it.
struct Book {
    /// Relative to the workspace.
    path: PathBuf,
    before: String,
    now: String,
    scenes: Vec<Rehearsal>,
    refused: Vec<Refusal>,
}

/// A scene that is being played.
struct Rehearsal {
    part: Part,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not played yet, or ended early the last time.
    Open,
    /// Mended from a whole performance: the next one must pass.
    Mended,
    /// Passed with the script as it is now, or refused.
    Done,
}

/// Mends the scripts of `targets`.
pub fn run(
    catalog: &Catalog,
    targets: &[String],
    dry_run: bool,
    options: StageOptions,
) -> Result<ExitCode> {
    let parts = catalog.playbill(targets)?.sound()?;
    let theatre = Theatre::open(catalog, &parts, options)?.complete()?;
    interrupt::catch_interrupts()?;
    let mut books = books(catalog, parts)?;
    for _ in 0..ROUNDS {
        for book in &mut books {
            book.read_again()?;
        }
        let open = || books.iter().flat_map(Book::open);
        let parts: Vec<Part> = open().map(|scene| scene.part.clone()).collect();
        if parts.is_empty() {
            break;
        }
        let progress = Progress::new(parts.len());
        let outcomes = play_all(&theatre, &parts, JOBS.into(), KINDLY, &progress);
        progress.clear();
        if interrupt::interrupted() {
            eprintln!("已中断：剧本没有改");
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        let mut outcomes = outcomes.into_iter();
        for book in &mut books {
            book.learn(&mut outcomes);
        }
    }
    for book in &mut books {
        book.give_up();
    }
    finish(catalog, &books, dry_run)
}

fn books(catalog: &Catalog, parts: Vec<Part>) -> Result<Vec<Book>> {
    let mut books: Vec<Book> = Vec::new();
    for part in parts {
        let scene = Rehearsal { part, state: State::Open };
        match books.last_mut().filter(|book| book.path == scene.part.script) {
            Some(book) => book.scenes.push(scene),
            None => {
                let path = scene.part.script.clone();
                let before = fs::read_to_string(catalog.root.join(&path))
                    .with_context(|| format!("读不了 {}", path.display()))?;
                let now = before.clone();
                books.push(Book { path, before, now, scenes: vec![scene], refused: Vec::new() });
            }
        }
    }
    Ok(books)
}

impl Book {
    fn open(&self) -> impl Iterator<Item = &Rehearsal> {
        self.scenes.iter().filter(|scene| scene.state != State::Done)
    }

    /// The open scenes are played as the text has them now.
    fn read_again(&mut self) -> Result<()> {
        let script = script::parse(&self.now)?;
        let source = std::sync::Arc::new(script.source);
        for scene in script.scenes {
            let played = self.scenes.iter_mut().find(|one| one.part.scene.title == scene.title);
            if let Some(played) = played {
                played.part.scene = scene;
                played.part.source = source.clone();
            }
        }
        Ok(())
    }

    /// Mends the text after what the open scenes have shown; `outcomes` has theirs next.
    fn learn(&mut self, outcomes: &mut impl Iterator<Item = Performance>) {
        let open = self.scenes.iter_mut().filter(|scene| scene.state != State::Done);
        for (scene, outcome) in open.zip(outcomes) {
            let title = &scene.part.scene.title;
            let line = scene.part.scene.line;
            let result = match outcome.fault {
                Some(fault) => Err(Refusal {
                    line,
                    why: format!("这一幕没有演成：{fault}"),
                    help: "过一会儿再来一次".to_owned(),
                }),
                None => mend(&self.now, title, &with_script_addresses(&outcome.events)),
            };
            scene.state = match result {
                // ended early: the mended text shows more
                Ok(mended) if !mended.complete => {
                    self.now = mended.text;
                    State::Open
                }
                Ok(mended) if mended.text == self.now => State::Done,
                Ok(mended) if scene.state == State::Mended => {
                    let line = first_difference(&self.now, &mended.text);
                    self.refused.push(changes_every_time(line, &mended.text));
                    State::Done
                }
                Ok(mended) => {
                    self.now = mended.text;
                    State::Mended
                }
                Err(mut refusal) => {
                    if scene.state == State::Mended {
                        refusal.why =
                            format!("照第一遍的输出改好了，再演一遍又对不上：{}", refusal.why);
                    }
                    self.refused.push(refusal);
                    State::Done
                }
            };
        }
    }

    /// What is still open after all rounds never came to an end.
    fn give_up(&mut self) {
        let open: Vec<usize> = self.open().map(|scene| scene.part.scene.line).collect();
        self.refused.extend(open.into_iter().map(|line| Refusal {
            line,
            why: format!("演了 {ROUNDS} 遍，每一遍都有没见过的输出"),
            help: "先用 cargo xtask check 看清楚，自己改剧本".to_owned(),
        }));
    }
}

fn first_difference(before: &str, now: &str) -> usize {
    let same = before.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
    same + 1
}

fn changes_every_time(line: usize, text: &str) -> Refusal {
    let text = text.lines().nth(line - 1).unwrap_or_default().trim();
    Refusal {
        line,
        why: format!("演两遍，输出不一样，第二遍是「{text}」"),
        help: "每次都不同的部分，在剧本里写成 <名>、<名:数> 或 <..>".to_owned(),
    }
}

/// Shows and writes what can be written.
fn finish(catalog: &Catalog, books: &[Book], dry_run: bool) -> Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let mut written = 0;
    let mut refused = false;
    for book in books {
        for Refusal { line, why, help } in &book.refused {
            refused = true;
            out.flush()?;
            eprintln!("没有改 {}:{line}：{}", book.path.display(), harmless(why));
            eprintln!("  怎么办：{help}");
        }
        if !book.refused.is_empty() || book.now == book.before {
            continue;
        }
        diff::show(&mut out, &book.path, &book.before, &book.now)?;
        if !dry_run {
            replace(&catalog.root.join(&book.path), &book.before, &book.now)
                .with_context(|| format!("写不了 {}", book.path.display()))?;
        }
        written += 1;
    }
    match (written, dry_run) {
        (0, _) if refused => writeln!(out, "剧本一个也没有改")?,
        (0, _) => writeln!(out, "程序的输出和剧本一致，没有要改的")?,
        (_, true) => writeln!(out, "要改 {written} 个剧本；写了 --dry-run，文件没有动")?,
        (_, false) => writeln!(out, "改好了 {written} 个剧本；看清楚再提交")?,
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Puts `now` in the place of `before`, whole or not at all; a link stays a link.
fn replace(path: &Path, before: &str, now: &str) -> Result<()> {
    let path = fs::canonicalize(path)?;
    if fs::read_to_string(&path)? != before {
        anyhow::bail!("演出的时候，剧本被别人改了；再来一次");
    }
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let write = || -> Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.write_all(now.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        Ok(())
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
