//! Copies of programs and scripts in the pages are what they were copied from, and a link to the whole file stands above
//! each.

use course::exercise::FOLDER;

use super::{Notes, Problem, problem};
use crate::appendix::local;
use crate::directive::{Copied, Directive, copies};

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, source) in notes.pages.iter().filter(|(name, _)| name.starts_with("docs/")) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            if line.trim_start().starts_with("{{#") {
                let what = "没有 mdBook 的人看不到这一段：写成 <!-- #steps 文件夹 ① --> 的样子";
                problems.push(problem(name, index + 1, what.to_owned()));
            }
        }
        for Copied { at, directive, copy } in copies(&lines) {
            let line = at + 1;
            let text = directive
                .and_then(|quote| Ok((quote.text(notes.root, &notes.root.join(name))?, quote)));
            let (text, quote) = match text {
                Ok(text) => text,
                Err(error) => {
                    problems.push(problem(name, line, format!("{error:#}")));
                    continue;
                }
            };
            let Some(file) = file(&quote, name) else { continue };
            let leads_there =
                |target: &str| local(name, target).is_some_and(|there| there.file == file);
            let above = source.page.links.iter().filter(|link| link.line <= line);
            // no page needs a link to itself
            if file != *name && !above.into_iter().any(|link| leads_there(&link.target)) {
                let what = format!("上面没有到 {file} 的链接：想看整个文件的人找不到它");
                problems.push(problem(name, line, what));
            }
            if copy.is_none_or(|copy| lines[copy].join("\n") != text) {
                let from = match quote {
                    Directive::Exercises { .. } | Directive::Answers => FOLDER,
                    _ => &file,
                };
                let what = format!("下面的代码块和 {from} 不一样：cargo xtask notes 把它抄过来");
                problems.push(problem(name, line, what));
            }
        }
    }
    problems
}

/// The file that is quoted, relative to the workspace; of exercises, the page that says how they are done.
fn file(quote: &Directive<'_>, page: &str) -> Option<String> {
    match quote {
        Directive::Steps { folder, .. } => Some(format!("lessons/{folder}/src/main.rs")),
        Directive::Script { folder, .. } => Some(format!("lessons/{folder}/script.txt")),
        Directive::Include { path } => local(page, path).map(|there| there.file),
        Directive::Exercises { .. } | Directive::Answers => Some("docs/exercises.md".to_owned()),
    }
}
