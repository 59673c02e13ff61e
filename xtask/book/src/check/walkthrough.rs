//! ①②③ in the page of a lesson are those of its programs: none that does not exist, none that is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use course::catalog::Lesson;
use course::steps::{self, circled, number};

use super::{Notes, Problem, Source, problem};

/// What may stand between the first and the last of several steps.
const TO: [char; 7] = ['-', '–', '—', '～', '~', '到', '至'];

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    // by folder
    let mut programs: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for package in notes.catalog.packages() {
        let source = fs::read_to_string(package.folder.join("src/main.rs")).unwrap_or_default();
        programs.insert(folder(&package.name), steps::numbers(&steps::parse(&source)));
    }
    let pages = notes.catalog.lessons.iter();
    let pages = pages.filter_map(|lesson| {
        let page = lesson.page.as_ref()?;
        Some((lesson, page, notes.pages.get(page)?))
    });
    pages.flat_map(|(lesson, page, source)| check_page(lesson, page, source, &programs)).collect()
}

/// `lesson-04-upload-server` is in the folder `04-upload-server`.
fn folder(package: &str) -> String {
    package.trim_start_matches("lesson-").to_owned()
}

fn check_page(
    lesson: &Lesson,
    page: &str,
    source: &Source,
    programs: &BTreeMap<String, BTreeSet<usize>>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let own: Vec<String> = lesson.packages.iter().map(|package| folder(&package.name)).collect();
    // a page may also speak of the programs of other lessons
    let named =
        programs.iter().filter(|(name, _)| own.contains(name) || source.text.contains(*name));
    let known: BTreeSet<usize> = named.flat_map(|(_, steps)| steps.iter().copied()).collect();
    // where the page speaks of which program: below a link to it
    let mut speaks_of: Option<&String> = None;
    let mut spoken: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
    let mut in_block = false;
    for (index, line) in source.text.lines().enumerate() {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        let link = own.iter().find(|name| line.contains(&format!("lessons/{name}/src/main.rs")));
        speaks_of = link.or(speaks_of);
        // what is copied there is not said
        if line.trim_start().starts_with("<!-- #") {
            continue;
        }
        for step in mentions(line) {
            if !known.contains(&step) {
                let all: String = known.iter().map(|step| circled(*step)).collect();
                let what = format!("程序里没有步骤 {}，有的是 {all}", circled(step));
                problems.push(problem(page, index + 1, what));
            }
            if let Some(program) = speaks_of.filter(|_| !in_block) {
                spoken.entry(program).or_default().insert(step);
            }
        }
    }
    for program in &own {
        let spoken = spoken.remove(program).unwrap_or_default();
        let passed_over: String =
            programs[program].difference(&spoken).map(|step| circled(*step)).collect();
        if !passed_over.is_empty() {
            let what = format!(
                "到 lessons/{program}/src/main.rs 的链接下面没有说到步骤 {passed_over}（代码块里的不算）"
            );
            problems.push(problem(page, 1, what));
        }
    }
    problems
}

/// The steps that a line speaks of: `①`, `②③`, `④-⑥`.
fn mentions(line: &str) -> Vec<usize> {
    let chars: Vec<char> = line.chars().collect();
    let mut found = Vec::new();
    for (at, step) in chars.iter().enumerate().filter_map(|(at, c)| Some((at, number(*c)?))) {
        let range = at >= 2 && TO.contains(&chars[at - 1]);
        let from = range.then(|| number(chars[at - 2])).flatten();
        found.extend(from.map_or(step, |from| from + 1)..=step);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn single_steps_and_ranges_are_mentions() {
        assert_eq!(mentions("先 ①②，再 ④-⑥，没有 7"), [1, 2, 4, 5, 6]);
        assert_eq!(mentions("③ 到 ④"), [3, 4]);
        assert_eq!(mentions("①到③"), [1, 2, 3]);
    }
}
