//! `docs/SUMMARY.md`: every page once, under its own title; a page for every lesson and a lesson for every such page.

use std::collections::BTreeMap;

use super::{Notes, Problem, problem};

/// mdBook makes the table of contents of it; in the book it is no page.
pub(super) const SUMMARY: &str = "docs/SUMMARY.md";

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let Some(summary) = notes.pages.get(SUMMARY) else {
        return vec![problem(SUMMARY, 1, "没有这一页：书的目录写在这里".to_owned())];
    };
    let mut problems = Vec::new();
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for link in &summary.page.links {
        let name = format!("docs/{}", link.target);
        let Some(source) = notes.pages.get(&name) else {
            problems.push(problem(SUMMARY, link.line, format!("没有 {name} 这一页")));
            continue;
        };
        let title = source.page.headings.first().map_or("", |heading| heading.text.as_str());
        if link.text != title {
            let what = format!("题目不同：这里写「{}」，{name} 里写「{title}」", link.text);
            problems.push(problem(SUMMARY, link.line, what));
        }
        if let Some(first) = listed.insert(name.clone(), link.line) {
            let what = format!("{name} 列了两次，第一次在第 {first} 行");
            problems.push(problem(SUMMARY, link.line, what));
        }
    }
    for name in notes.pages.keys().filter(|name| name.starts_with("docs/") && *name != SUMMARY) {
        if !listed.contains_key(name) {
            problems.push(problem(SUMMARY, 1, format!("目录里没有 {name}")));
        }
        let number: String = name["docs/".len()..].chars().take(2).collect();
        let is_lesson = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_lesson
            && !notes.catalog.lessons.iter().any(|lesson| lesson.page.as_ref() == Some(name))
        {
            problems.push(problem(name, 1, format!("lessons/ 里没有第 {number} 课，或它有两页")));
        }
    }
    problems
}
