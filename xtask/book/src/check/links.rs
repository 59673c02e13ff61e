//! Links lead to files and headings that exist, pictures are there and say in words what they show.

use super::contents::SUMMARY;
use super::{Notes, Problem, problem};
use crate::appendix::local;
use course::page::Link;

pub(super) fn check(notes: &Notes<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, source) in &notes.pages {
        for link in &source.page.links {
            if let Some(what) = wrong(notes, name, link) {
                problems.push(problem(name, link.line, what));
            }
        }
    }
    problems
}

fn wrong(notes: &Notes<'_>, page: &str, link: &Link) -> Option<String> {
    let Link { target, place, text, picture, .. } = link;
    if text.trim().is_empty() {
        return Some(match picture {
            true => format!("图 {target} 没有说明：在 [] 里写出图上是什么"),
            false => format!("链接 {target} 没有文字"),
        });
    }
    let Some(there) = local(page, target) else {
        let elsewhere = ["https://", "http://", "mailto:"];
        return match elsewhere.iter().any(|start| target.starts_with(start)) {
            true => None,
            false => Some(format!("链接 {target} 指到仓库外面")),
        };
    };
    if place.is_none() {
        return Some(format!("链接 {target} 写成 [文字](地址)，书里才改得了它"));
    }
    if !notes.root.join(&there.file).is_file() {
        return Some(format!("没有 {} 这个文件", there.file));
    }
    if there.file == SUMMARY {
        return Some(format!("{SUMMARY} 在书里不是一页，不能链接"));
    }
    let anchor = there.anchor?;
    let Some(source) = notes.pages.get(&there.file) else {
        return Some(format!("{} 不是笔记的一页，不能有 #{anchor}", there.file));
    };
    if source.page.ids.contains(&anchor) {
        return None;
    }
    let near = text::near(&anchor, source.page.ids.iter().map(String::as_str));
    let help = near.map_or_else(String::new, |near| format!("，是不是 #{near}？"));
    Some(format!("{} 里没有 #{anchor}{help}", there.file))
}
