//! The table for a spreadsheet: CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know that.

use crate::practice::Outcome;

use super::table::Table;

/// Before everything else: this is UTF-8.
const MARK: &str = "\u{feff}";

/// With such a character a cell begins that a spreadsheet would take for a formula.
const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// A line for each student and exercise.
pub fn csv(table: &Table) -> String {
    let mut text = MARK.to_owned();
    line(&mut text, &["学生", "练习", "题目", "结果", "代码", "错误", "位置"]);
    for (student, exercise, outcome) in table.cells() {
        let Outcome { state, code, place, .. } = outcome;
        let title = outcome.mistake();
        let place = place.as_ref().map_or_else(String::new, |(file, at)| format!("{file}:{at}"));
        // "01-1" alone would become a date
        let id = format!("练习 {}", exercise.id);
        let code = code.as_deref().unwrap_or_default();
        line(&mut text, &[student, &id, &exercise.title, state.word(), code, &title, &place]);
    }
    text
}

fn line(text: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell: always in quotes, and never a formula.
fn cell(text: &str) -> String {
    let harmless = if text.starts_with(BEGINS_FORMULA) { "'" } else { "" };
    format!("\"{harmless}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{exercise, failed, judged};
    use super::*;

    #[test]
    fn a_name_is_never_a_formula_and_never_ends_its_cell() {
        let one = exercise("01-1", "甲,乙");
        let names = ["=HYPERLINK(\"x\")", "李\"四", "-2"];
        let students = names.map(|name| judged(name, vec![failed("x", "错")]));
        let text = csv(&Table::of(vec![&one], students.into(), false));
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}\"学生\",\"练习\""));
        let rest = "\"练习 01-1\",\"甲,乙\",\"未通过\",\"x\",\"错\",\"01-1-server.rs:7\"";
        assert_eq!(lines[1], format!("\"'=HYPERLINK(\"\"x\"\")\",{rest}"));
        assert_eq!(lines[2], format!("\"李\"\"四\",{rest}"));
        assert_eq!(lines[3], format!("\"'-2\",{rest}"));
        assert_eq!(lines[4], "");
    }
}
