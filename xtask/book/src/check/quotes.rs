//! Pieces of programs and scripts that pages quote exist, and a link to the file stands above each: in an editor,
//! without mdBook, the link is all that there is.

use super::{Notes, Problem, problem};
use crate::appendix::local;
use crate::directive::Directive;

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, source) in notes.pages.iter().filter(|(name, _)| name.starts_with("docs/")) {
        for (index, line) in source.text.lines().enumerate() {
            let Some(directive) = Directive::of(line) else { continue };
            let line = index + 1;
            let text = directive
                .and_then(|quote| quote.text(notes.root, &notes.root.join(name)).map(|_| quote));
            let quote = match text {
                Ok(quote) => quote,
                Err(error) => {
                    problems.push(problem(name, line, format!("{error:#}")));
                    continue;
                }
            };
            let Some(file) = file(&quote, name) else { continue };
            let leads_there =
                |target: &str| local(name, target).is_some_and(|there| there.file == file);
            let above = source.page.links.iter().filter(|link| link.line <= line);
            if !above.into_iter().any(|link| leads_there(&link.target)) {
                let what = format!("上面没有到 {file} 的链接：没有 mdBook 的人就看不到这一段");
                problems.push(problem(name, line, what));
            }
        }
    }
    problems
}

/// The file that is quoted, relative to the workspace.
fn file(quote: &Directive<'_>, page: &str) -> Option<String> {
    match quote {
        Directive::Steps { folder, .. } => Some(format!("lessons/{folder}/src/main.rs")),
        Directive::Script { folder, .. } => Some(format!("lessons/{folder}/script.txt")),
        Directive::Include { path } => local(page, path).map(|there| there.file),
    }
}
