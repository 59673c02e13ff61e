//! The table for a browser: one file, that needs nothing else.

use text::escape_xml;

use crate::practice::{Outcome, State};

use super::table::{Common, Table};

/// How it looks, in light and in dark. No state is told by its colour alone.
const STYLE: &str = include_str!("page.css");

/// So many mistakes are seen at once.
const MOST: usize = 6;

/// A mistake is told once; a cell leads to it.
const MARK: &str = "e-";

/// What is said of a code in one line, and what to type to read more.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// The line; may be empty.
    pub line: String,
    /// The command; may be empty.
    pub command: String,
}

/// The page. `explained`: what is said of a code.
pub fn page(table: &Table, explained: impl Fn(&str) -> Explained) -> String {
    let common = table.common();
    let count = |state| table.students.iter().map(|one| one.count(state)).sum::<usize>();
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>批改</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>批改</h1>\n\
         <p>{} 个学生，{} 个练习。{}</p>\n",
        table.students.len(),
        table.exercises.len(),
        in_words(count),
    );
    html += &mistakes(&common, explained);
    html += &matrix(table);
    html += &unjudged(table);
    html += &titles(table);
    html + "</body>\n</html>\n"
}

/// How many cells are in which state; those that none is in are left out.
fn in_words(count: impl Fn(State) -> usize) -> String {
    let all = [State::Passed, State::Failed, State::Unfinished, State::NotBegun, State::Unjudged];
    let told = all.into_iter().filter(|state| count(*state) > 0);
    let told: Vec<String> =
        told.map(|state| format!("{} {}", state.word(), count(state))).collect();
    match told.is_empty() {
        true => String::new(),
        false => format!("{}。", told.join("，")),
    }
}

/// The commonest mistakes, each with what is said of it and who has made it.
fn mistakes(common: &[Common], explained: impl Fn(&str) -> Explained) -> String {
    let mut html = "<h2>今天最常见的错</h2>\n".to_owned();
    if common.is_empty() {
        return html + "<p>没有。</p>\n";
    }
    let (first, others) = common.split_at(common.len().min(MOST));
    html += &list(first, 1, &explained);
    if !others.is_empty() {
        let list = list(others, MOST + 1, &explained);
        html +=
            &format!("<details><summary>另有 {} 种</summary>\n{list}</details>\n", others.len());
    }
    html
}

fn list(common: &[Common], start: usize, explained: &impl Fn(&str) -> Explained) -> String {
    let mut html = format!("<ol class=\"mistakes\" start=\"{start}\">\n");
    for one in common {
        let Common { code, count, students, .. } = one;
        let escaped = escape_xml(code);
        let Explained { line, command } = explained(code);
        let command = match command.is_empty() {
            true => command,
            false => format!("<br><code>{}</code>", escape_xml(&command)),
        };
        let who: Vec<String> = students
            .iter()
            .map(|(name, exercises)| {
                format!("<b>{}</b>（{}）", escape_xml(name), exercises.join("、"))
            })
            .collect();
        html += &format!(
            "<li id=\"{MARK}{escaped}\"><strong>{}</strong> <code>{escaped}</code>\
             <span class=\"count\">{} 个学生，{count} 次</span>\n\
             <p>{}{command}</p>\n<p class=\"who\">{}</p></li>\n",
            escape_xml(&one.told()),
            students.len(),
            escape_xml(&line),
            who.join("、"),
        );
    }
    html + "</ol>\n"
}

/// Students by exercises.
fn matrix(table: &Table) -> String {
    let mut html =
        "<h2>谁做到了哪里</h2>\n<div class=\"wide\" tabindex=\"0\">\n<table>\n<thead><tr>\
                    <th scope=\"col\">学生</th><th scope=\"col\">通过</th>"
            .to_owned();
    for exercise in &table.exercises {
        html += &format!(
            "<th scope=\"col\" title=\"{}\">{}</th>",
            escape_xml(&exercise.title),
            escape_xml(&exercise.id)
        );
    }
    html += "</tr></thead>\n<tbody>\n";
    for student in &table.students {
        html += &format!(
            "<tr><th scope=\"row\">{}</th><td class=\"sum\">{}/{}</td>",
            escape_xml(&student.student),
            student.count(State::Passed),
            student.outcomes.len()
        );
        student.outcomes.iter().for_each(|outcome| html += &cell(outcome));
        html += "</tr>\n";
    }
    html + "</tbody>\n</table>\n</div>\n"
}

fn cell(outcome: &Outcome) -> String {
    let Outcome { state, code, place, .. } = outcome;
    let title = outcome.mistake();
    let class = match state {
        State::Passed => "passed",
        State::Failed => "failed",
        State::Unfinished => "unfinished",
        State::NotBegun => "not-begun",
        State::Unjudged => "unjudged",
    };
    let code = code.as_deref().map(escape_xml);
    // beside the code, not in its name
    let maybe = if outcome.proved { "" } else { "可能 " };
    let code = code.map_or_else(String::new, |code| {
        format!("<small>{maybe}<a href=\"#{MARK}{code}\">{code}</a></small>")
    });
    let place = place.as_ref().map_or_else(String::new, |(file, line)| {
        format!("<small>{}:{line}</small>", escape_xml(file))
    });
    let hover = match title.is_empty() {
        true => String::new(),
        false => format!(" title=\"{}\"", escape_xml(&title)),
    };
    format!("<td class=\"{class}\"{hover}><span>{}</span>{code}{place}</td>", state.word())
}

/// What could not be judged.
fn unjudged(table: &Table) -> String {
    let all = table.unjudged();
    if all.is_empty() {
        return String::new();
    }
    let mut html = "<h2>没能判的</h2>\n<ul>\n".to_owned();
    for (student, exercise, why) in all {
        html +=
            &format!("<li>{}，练习 {exercise}：{}</li>\n", escape_xml(student), escape_xml(why));
    }
    html + "</ul>\n"
}

/// The titles of the exercises.
fn titles(table: &Table) -> String {
    let mut html = "<h2>练习</h2>\n<ul class=\"titles\">\n".to_owned();
    for exercise in &table.exercises {
        html += &format!(
            "<li><code>{}</code> {}（{}，{}）</li>\n",
            escape_xml(&exercise.id),
            escape_xml(&exercise.title),
            exercise.level.word(),
            exercise.form.word()
        );
    }
    html + "</ul>\n"
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{exercise, failed, judged};
    use super::*;

    #[test]
    fn what_a_student_has_named_is_text_and_a_cell_leads_to_its_mistake() {
        let one = exercise("01-1", "甲");
        let students = vec![
            judged("<script>alert(1)</script>", vec![failed("half-close-missing", "没有半关闭")]),
            judged("李", vec![failed("E0425", "</style>\"><b>")]),
        ];
        let table = Table::of(vec![&one], students, false);
        let said = |code: &str| match code {
            "half-close-missing" => Explained { line: "发完<就".into(), command: "看".into() },
            _ => Explained::default(),
        };
        let html = page(&table, said);
        assert!(!html.contains("<script") && !html.contains("<b>\""), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(html.contains("href=\"#e-half-close-missing\""));
        assert!(html.contains("id=\"e-half-close-missing\""));
        assert!(html.contains("<p>发完&lt;就<br><code>看</code></p>"));
        assert_eq!(html.matches("</style>").count(), 1);
        for network in ["http://", "https://", "src=", "<link", "url("] {
            assert!(!html.contains(network), "{network}");
        }
    }
}
