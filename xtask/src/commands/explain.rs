//! `cargo xtask explain`: what the notes say of one kind of mistake.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use course::catalog::{Catalog, MISTAKES, UsageError};
use course::section::{Block, Section};
use diagnose::Code;
use judge::Rule;
use text::{near, pad, width};

use crate::report::{manual, terminal_width};

/// So wide is text where there is no terminal, and no wider on one.
const WIDEST: u16 = 80;

/// So many are named where none is meant.
const MOST_NEAR: usize = 3;

/// What can be explained.
struct Entry {
    /// As a report has it in brackets.
    id: &'static str,
    title: &'static str,
    /// Of its section in the notes.
    anchor: String,
}

/// Prints the section of `wanted`, a code or a title; `None`: the list of all.
pub fn run(catalog: &Catalog, wanted: Option<&str>) -> Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let [causes, rules] = entries();
    let Some(wanted) = wanted else {
        writeln!(out, "原因：")?;
        list(&mut out, &causes)?;
        writeln!(out, "\n规则（不知道原因时，报告里是这些）：")?;
        list(&mut out, &rules)?;
        writeln!(out, "\n看一种：cargo xtask explain {}", Code::HalfCloseMissing.id())?;
        return Ok(ExitCode::SUCCESS);
    };
    let all: Vec<Entry> = causes.into_iter().chain(rules).collect();
    let Some(entry) = all.iter().find(|entry| entry.id == wanted || entry.title == wanted) else {
        return Err(UsageError(unknown(wanted, &all)).into());
    };
    let notes = fs::read_to_string(catalog.root.join(MISTAKES)).unwrap_or_default();
    writeln!(out, "{}", manual::heading(entry.id, entry.title))?;
    match Section::of(&notes, &catalog.mistakes, &entry.anchor) {
        Some(section) => {
            let cells = terminal_width().unwrap_or(WIDEST).min(WIDEST);
            for line in manual::lines(&section, cells.into()) {
                writeln!(out, "{line}")?;
            }
            writeln!(out, "\n出处：{MISTAKES}:{}「{}」", section.line, section.title)?;
        }
        None => writeln!(out, "{MISTAKES} 里没有讲这一种")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What the notes say of a code in one line; `None`: nothing.
pub fn in_one_line(catalog: &Catalog, code: &str) -> Option<String> {
    let [causes, rules] = entries();
    let entry = causes.into_iter().chain(rules).find(|entry| entry.id == code)?;
    let notes = fs::read_to_string(catalog.root.join(MISTAKES)).ok()?;
    let section = Section::of(&notes, &catalog.mistakes, &entry.anchor)?;
    let texts = section.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) | Block::Item(text) => Some(text.as_str()),
        Block::Code(_) => None,
    });
    let texts: Vec<&str> = texts.collect();
    let begins_with = |word: &str| texts.iter().find_map(|text| text.strip_prefix(word));
    // where one section tells of several, what begins with its title; else that of the section: what it is, if that stands there
    // and no example, or why it is, or what is to be done
    let own = || {
        let rest = begins_with(entry.title)?;
        // （EACCES）
        let rest =
            rest.strip_prefix('（').and_then(|rest| rest.split_once('）')).map_or(rest, |it| it.1);
        rest.strip_prefix('：')
    };
    let first = || match section.blocks.first()? {
        Block::Paragraph(text) => {
            text.split_inclusive('。').next().filter(|one| one.ends_with('。'))
        }
        _ => None,
    };
    let why = || begins_with("为什么：")?.split_inclusive('。').next();
    let whole = || first().or_else(|| begins_with("怎么办：")).or_else(why);
    let line = match own() {
        Some(own) => own,
        None if section.title == entry.title => whole()?,
        None => texts.iter().find_map(|text| {
            let (titles, rest) = text.split_once('：')?;
            titles.split('、').any(|title| title == entry.title).then_some(rest)
        })?,
    };
    Some(line.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The causes, then the rules.
fn entries() -> [Vec<Entry>; 2] {
    let cause = |code: &Code| {
        let (id, title) = (code.id(), code.title());
        Entry { id, title, anchor: format!("cause-{id}") }
    };
    let rule = |rule: Rule| {
        let (id, title) = (rule.id(), rule.title());
        Entry { id, title, anchor: format!("rule-{id}") }
    };
    [Code::ALL.iter().map(cause).collect(), Rule::all().map(rule).collect()]
}

fn list(out: &mut impl Write, entries: &[Entry]) -> Result<()> {
    let widest = entries.iter().map(|entry| width(entry.id)).max().unwrap_or(0);
    for Entry { id, title, .. } in entries {
        writeln!(out, "  {}  {title}", pad(id, widest))?;
    }
    Ok(())
}

fn unknown(wanted: &str, all: &[Entry]) -> String {
    let mut known: Vec<&str> = all.iter().flat_map(|entry| [entry.id, entry.title]).collect();
    let mut nearest = Vec::new();
    while let Some(one) = near(wanted, known.iter().copied()) {
        nearest.push(one);
        known.retain(|other| *other != one);
        if nearest.len() == MOST_NEAR {
            break;
        }
    }
    match nearest.as_slice() {
        [] => format!("没有「{wanted}」这个代码：cargo xtask explain 列出全部"),
        nearest => format!("没有「{wanted}」这个代码，是不是 {}？", nearest.join("、")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn whatever_a_report_names_has_its_section_that_calls_it_by_its_title() {
        let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(MISTAKES);
        let notes = fs::read_to_string(notes).unwrap();
        let page = course::page::Page::of(&notes);
        let [causes, rules] = entries();
        let mut lacking = Vec::new();
        for Entry { id, title, anchor } in causes.iter().chain(&rules) {
            let told = Section::of(&notes, &page, anchor).is_some_and(|section| {
                let told = manual::lines(&section, 80).concat();
                section.title == *title
                    || told.contains(&format!("{title}："))
                    || told.contains(&format!("{title}（"))
            });
            if !told {
                lacking.push(format!("{id}：{title}"));
            }
        }
        assert!(lacking.is_empty(), "no section with this title in {MISTAKES}: {lacking:#?}");
    }

    #[test]
    fn nothing_has_the_name_of_another() {
        let [causes, rules] = entries();
        let ids: BTreeSet<&str> = causes.iter().chain(&rules).map(|entry| entry.id).collect();
        assert_eq!(ids.len(), causes.len() + rules.len());
    }

    #[test]
    fn whatever_a_report_names_is_told_in_one_line() {
        let catalog = Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
        let [causes, rules] = entries();
        for Entry { id, .. } in causes.iter().chain(&rules) {
            let line = in_one_line(&catalog, id).unwrap_or_default();
            let length = line.chars().count();
            assert!(length > 3 && !line.contains('\n') && !line.ends_with('：'), "{id}: {line}");
        }
        let line = in_one_line(&catalog, "half-close-missing").unwrap();
        assert!(line.contains("shutdown"), "{line}");
    }

    #[test]
    fn a_slip_names_what_is_near() {
        let [causes, rules] = entries();
        let all: Vec<Entry> = causes.into_iter().chain(rules).collect();
        let said = unknown("half-close-mising", &all);
        assert_eq!(said, "没有「half-close-mising」这个代码，是不是 half-close-missing？");
        assert!(unknown("listens-on-other", &all).matches('、').count() == 2);
        assert!(unknown("完全不同", &all).contains("列出全部"));
    }
}
