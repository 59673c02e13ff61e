//! `cargo xtask new`: begins an exercise or a lesson, and says what remains to be done.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use course::catalog::Catalog;
use course::exercise::Form;
use stage::interrupt;

use crate::cli::{New, NewForm};
use crate::scaffold::{self, Draft, ExerciseParts, LessonParts};

/// Carries out the command.
pub fn run(catalog: &Catalog, what: &New) -> Result<ExitCode> {
    // Ctrl-C leaves nothing half-made: it is over before anybody could wait for it
    interrupt::catch_interrupts()?;
    match what {
        New::Exercise { name, form, programs, given } => {
            let form = match form {
                NewForm::Gaps => Form::Gaps,
                NewForm::Debugging => Form::Debugging,
                NewForm::Open => Form::Open,
            };
            let parts = ExerciseParts { name, form, programs, given };
            let (id, draft) = scaffold::exercise(catalog, &parts)?;
            draft.put(&catalog.root)?;
            told(&draft)?;
            after_exercise(catalog, &id)?;
        }
        New::Lesson { name, address } => {
            let parts = LessonParts { name, address: address.as_deref() };
            let (number, draft) = scaffold::lesson(catalog, &parts)?;
            draft.put(&catalog.root)?;
            told(&draft)?;
            after_lesson(&number, &draft)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Which files there are now.
fn told(draft: &Draft) -> io::Result<()> {
    let mut out = anstream::stdout();
    writeln!(out, "建好了，有 {} 处「待写」：", draft.unwritten())?;
    for path in draft.paths() {
        writeln!(out, "  {}", path.display())?;
    }
    writeln!(out)
}

fn after_exercise(catalog: &Catalog, id: &str) -> io::Result<()> {
    let lesson = id.split('-').next().unwrap_or_default();
    let page = catalog.lessons.iter().find(|one| one.number == lesson);
    let page = page.and_then(|lesson| lesson.page.clone());
    let list = format!("<!-- #exercises {lesson} -->");
    let text = page.as_ref().map(|page| fs::read_to_string(catalog.root.join(page)));
    let lists = text.is_some_and(|text| text.is_ok_and(|text| text.contains(&list)));
    let page = page.unwrap_or_else(|| format!("docs/{lesson}-名字.md"));
    let list = match lists {
        true => format!("cargo xtask notes 把它写进 {page} 末尾的练习里"),
        false => format!("{page} 末尾还没有练习：写一行 {list}，再 cargo xtask notes"),
    };
    writeln!(
        anstream::stdout(),
        "接着做（docs/exercises.md「加一个练习」）：
  1. 写完每一处「待写」；exercise.toml、script.txt、start 里的写完以前，学生看不到这个练习
  2. 自己做一遍：cargo xtask practice {id}
  3. 核对：EXERCISE={id} cargo test -p xtask --test exercises；还有哪里没写，它也说
  4. {list}
  5. cargo test -p xtask --test book"
    )
}

fn after_lesson(number: &str, draft: &Draft) -> io::Result<()> {
    let mut out = anstream::stdout();
    let Some((page, _)) = &draft.page else {
        return writeln!(
            out,
            "接着做：
  1. 写完每一处「待写」
  2. 服务器端的剧本里启动它，笔记的页里讲它：<!-- #steps {folder} ①-② -->
  3. README.md 的课程表、开头的程序数里加上它；cargo xtask check {number} 说还缺什么",
            folder = draft.folder.file_name().map(PathBuf::from).unwrap_or_default().display(),
        );
    };
    writeln!(
        out,
        "接着做（CONTRIBUTING.md「加一课」）：
  1. 写完每一处「待写」：cargo xtask check {number} 说还有哪些；程序、剧本写好以后 cargo xtask notes 把它们抄进 {page}
  2. 放进别的页：README.md 的课程表和开头的程序数、课数，docs/README.md 的表，docs/SUMMARY.md，docs/teachers.md 的表和合计；前一课末尾换成「下一课」的链接；新词放进 docs/glossary.md
  3. 画图：cargo xtask pictures，放进 {page}
  4. 检查：cargo xtask check，cargo test -p xtask --test book，cargo fmt --all --check，cargo clippy --workspace --all-targets，cargo test --workspace，cargo xtask book
  5. 提交，连同 Cargo.lock",
        page = page.display(),
    )
}
