//! Commands can be typed as they are written, and packages and folders of lessons exist.

use std::fs;
use std::path::Path;

use super::{Notes, Problem, problem};
use course::catalog::Catalog;

/// The system shows so many bytes of a program's name (`TASK_COMM_LEN`, less the final zero).
const SHOWN_OF_A_NAME: usize = 15;

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    // CONTRIBUTING.md makes up a lesson for an example
    for (name, source) in notes.pages.iter().filter(|(name, _)| *name != "CONTRIBUTING.md") {
        for code in &source.page.code {
            for command in typed(&code.text) {
                if let Err(what) = can_be_typed(notes, &command) {
                    let what = format!("「{}」：{what}", command.words.join(" "));
                    problems.push(problem(name, code.line, what));
                }
            }
        }
        for (index, line) in source.text.lines().enumerate() {
            for wrong in unknown_names(&notes.catalog, notes.root, line) {
                problems.push(problem(name, index + 1, wrong));
            }
        }
    }
    problems
}

/// A cargo command in a piece of code.
struct Typed<'a> {
    words: Vec<&'a str>,
    /// A placeholder follows (`cargo xtask run 编号`): the command is not complete.
    open: bool,
}

/// The cargo commands in a line of code: up to the next two spaces, shell operator, quote, or word that is not
/// ASCII.
fn typed(code: &str) -> Vec<Typed<'_>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("cargo ") {
        if code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "/._-".contains(c)) {
            continue;
        }
        let rest = &code[at..];
        let end = rest.find("  ").unwrap_or(rest.len());
        let end = rest
            .find(['|', '>', '#', '&', ';', '（', '，', '。', '：', '`', '"'])
            .map_or(end, |stop| end.min(stop));
        let (mut words, mut open) = (Vec::new(), false);
        for word in rest[..end].split_whitespace() {
            let placeholder = !word.is_ascii() || word.starts_with('<') || word.starts_with('[');
            let argument = words.contains(&"--") && !word.starts_with('<');
            if placeholder && !argument {
                open = true;
                break;
            }
            words.push(word);
        }
        found.push(Typed { words, open });
    }
    found
}

fn can_be_typed(notes: &Notes<'_>, command: &Typed<'_>) -> Result<(), String> {
    let mut words = command.words[1..].iter().copied();
    // cargo's own options come first
    let Some(what) = words.find(|word| !word.starts_with('-')) else { return Ok(()) };
    let rest: Vec<&str> = words.collect();
    match what {
        "xtask" => xtask(notes, &rest, command.open),
        "run" | "build" | "test" => cargo_package(&notes.catalog, &rest),
        _ => Ok(()),
    }
}

/// What stands behind `cargo xtask`, read by the real command line.
fn xtask(notes: &Notes<'_>, words: &[&str], open: bool) -> Result<(), String> {
    // `cargo xtask` and `cargo xtask run` alone are names; a placeholder may stand for what is missing
    if words.is_empty() {
        return Ok(());
    }
    let open = open || words.len() == 1;
    let complete: Vec<&str> = words.iter().copied().chain(open.then_some("00")).collect();
    let targets = (notes.command_line)(words).or_else(|_| (notes.command_line)(&complete))?;
    notes.catalog.known(&targets).map(drop).map_err(|error| error.to_string())
}

/// What stands behind `cargo run`: its package, and the options that the package is given.
fn cargo_package(catalog: &Catalog, words: &[&str]) -> Result<(), String> {
    let (ours, theirs) = match words.iter().position(|word| *word == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &words[..0]),
    };
    let flag = ours.iter().position(|word| matches!(*word, "-p" | "--package"));
    let Some(name) = flag.and_then(|at| ours.get(at + 1)) else { return Ok(()) };
    let Some(package) = catalog.packages().find(|package| package.name == **name) else {
        let known = ["shared", "xtask"].contains(name)
            || catalog.root.join("xtask").join(name).join("Cargo.toml").is_file();
        return if known { Ok(()) } else { Err(format!("没有 {name} 这个包")) };
    };
    let source = fs::read_to_string(package.folder.join("src/main.rs")).unwrap_or_default();
    let options = theirs.iter().filter(|word| word.starts_with("--") && **word != "--help");
    for option in options {
        let option = option.split('=').next().unwrap_or(option);
        if !source.contains(&format!("\"{option}\"")) {
            return Err(format!("{name} 没有选项 {option}"));
        }
    }
    Ok(())
}

/// `lesson-NN-…` and `lessons/NN-…` that do not exist.
fn unknown_names(catalog: &Catalog, root: &Path, line: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, prefix) in line.match_indices("lesson-").chain(line.match_indices("lessons/")) {
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let folder = rest[..end].trim_end_matches('-');
        let numbered = folder.len() > 3
            && folder.as_bytes()[..2].iter().all(u8::is_ascii_digit)
            && folder.as_bytes()[2] == b'-';
        if !numbered || root.join("lessons").join(folder).join("Cargo.toml").is_file() {
            continue;
        }
        let name = format!("lesson-{folder}");
        let cut = |package: &str| name.len() == SHOWN_OF_A_NAME && package.starts_with(&name);
        if catalog.packages().any(|package| cut(&package.name)) {
            continue;
        }
        let known = catalog.packages().map(|package| package.name.as_str());
        let help =
            text::near(&name, known).map_or_else(String::new, |near| format!("，是不是 {near}？"));
        wrong.push(format!("没有 {name} 这个程序{help}"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> Vec<(String, bool)> {
        typed(code).into_iter().map(|one| (one.words.join(" "), one.open)).collect()
    }

    #[test]
    fn commands_end_where_the_shell_or_a_placeholder_begins() {
        let one = |text: &str, open: bool| vec![(text.to_owned(), open)];
        assert_eq!(words("$ cargo run -p a | head -3"), one("cargo run -p a", false));
        assert_eq!(words("cargo run -p a < /dev/null"), one("cargo run -p a", true));
        assert_eq!(words("cargo xtask run 编号"), one("cargo xtask run", true));
        assert_eq!(words(" cargo xtask check      one per scene"), one("cargo xtask check", false));
        assert_eq!(
            words("全班输入：cargo run -p a -- --addr 1"),
            one("cargo run -p a -- --addr 1", false)
        );
        assert_eq!(words(".cargo/config.toml, vendor/cargo x"), []);
    }
}
