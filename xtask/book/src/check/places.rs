//! The places that a lesson has beside its own page: the tables of lessons with their sums, and the link at the end of the
//! page before it. Whoever adds a lesson forgets one of them easily, and it would be missing there without a word.

use super::{Notes, Problem, problem};
use course::catalog::Lesson;

const README: &str = "README.md";
const INDEX: &str = "docs/README.md";
const TEACHERS: &str = "docs/teachers.md";

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let lessons: Vec<Placed<'_>> = notes.catalog.lessons.iter().filter_map(Placed::of).collect();
    let mut problems = in_the_tables(notes, &lessons);
    problems.extend(commands(notes));
    problems.extend(sums(notes, lessons.len()));
    let neighbours = lessons.windows(2);
    problems.extend(neighbours.filter_map(|pair| followed(notes, &pair[0], &pair[1])));
    problems
}

/// A lesson with a page.
struct Placed<'a> {
    lesson: &'a Lesson,
    /// Relative to the workspace.
    page: &'a str,
    /// Relative to `docs/`.
    file: &'a str,
}

impl<'a> Placed<'a> {
    fn of(lesson: &'a Lesson) -> Option<Self> {
        let page = lesson.page.as_deref()?;
        Some(Self { lesson, page, file: page.strip_prefix("docs/")? })
    }

    /// The link to it from a page in `docs/`.
    fn link(&self) -> String {
        format!("[第 {} 课 {}]({})", self.lesson.number, self.lesson.title, self.file)
    }

    /// The link to it in the table of a page.
    fn link_in(&self, table: &str) -> String {
        let Lesson { number, title, .. } = self.lesson;
        match table {
            README => format!("[{number} {title}]({})", self.page),
            TEACHERS => format!("[{number}]({})", self.file),
            _ => self.link(),
        }
    }
}

/// Every lesson has a row.
fn in_the_tables(notes: &Notes<'_>, lessons: &[Placed<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for table in [README, INDEX, TEACHERS] {
        let text = notes.pages.get(table).map_or("", |source| source.text.as_str());
        for lesson in lessons {
            let link = lesson.link_in(table);
            let is_row = |line: &str| line.starts_with("| ") && line.contains(&link);
            if !text.lines().any(is_row) {
                let what =
                    format!("课的表里没有第 {} 课：加一行，写上 {link}", lesson.lesson.number);
                problems.push(problem(table, 1, what));
            }
        }
    }
    problems
}

/// The README says how each program is run.
fn commands(notes: &Notes<'_>) -> Vec<Problem> {
    let text = notes.pages.get(README).map_or("", |source| source.text.as_str());
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let missing = notes.catalog.packages().filter_map(|package| {
        let command = format!("cargo run -p {}", package.name);
        let mut rests = text.split(&command).skip(1);
        // the name of one may begin with that of another
        let is_there = rests.any(|rest| !rest.starts_with(is_part));
        let what = format!("课的表里没有 {command}：写在它那一课的一行里");
        (!is_there).then(|| problem(README, 1, what))
    });
    missing.collect()
}

/// How many programs and lessons there are, and how many minutes they take.
fn sums(notes: &Notes<'_>, lessons: usize) -> Vec<Problem> {
    let programs = notes.catalog.packages().count();
    let teachers = notes.pages.get(TEACHERS).map_or("", |source| source.text.as_str());
    let minutes: u32 = teachers.lines().filter_map(minutes).sum();
    let wanted = [
        (README, format!("{programs} 个小程序，分成 {lessons} 课"), "个小程序"),
        (README, format!("{programs} small programs"), "small programs"),
        (TEACHERS, format!("合计 {minutes} 分钟"), "合计"),
    ];
    let missing = wanted.into_iter().filter_map(|(page, words, sign)| {
        let text = &notes.pages.get(page)?.text;
        let line = text.lines().position(|line| line.contains(sign)).map_or(1, |at| at + 1);
        let what = format!("数一数是「{words}」，这一页里没有这句话");
        (!text.contains(&words)).then(|| problem(page, line, what))
    });
    missing.collect()
}

/// The second cell of the row of a lesson: `| [01](01-one-sentence.md) | 60 |`.
fn minutes(line: &str) -> Option<u32> {
    let (lesson, rest) = line.strip_prefix("| [")?.split_once(" | ")?;
    let is_lesson = lesson.get(..2)?.bytes().all(|byte| byte.is_ascii_digit());
    rest.split_once(" |").filter(|_| is_lesson)?.0.trim().parse().ok()
}

/// The page of a lesson, or one that stands between the two, ends with the link to the next lesson.
fn followed(notes: &Notes<'_>, one: &Placed<'_>, next: &Placed<'_>) -> Option<Problem> {
    let link = next.link();
    let ends = |text: &str| text.trim_end().lines().last().is_some_and(|line| line.contains(&link));
    if notes.pages.values().any(|source| ends(&source.text)) {
        return None;
    }
    let lines = notes.pages.get(one.page)?.text.trim_end().lines().count();
    Some(problem(one.page, lines, format!("末尾没有到下一课的链接：写「下一课：{link}」")))
}
