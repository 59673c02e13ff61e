//! The numbered steps (①②③) of a program, as its comments write them.
//!
//! A step begins with a comment whose text begins with its number: `// ① …`, `// ①②③ …` for three steps in one, or
//! `// ① …  ② …` (two spaces) for two. When several comments begin with the same number, the one that is indented
//! least is the step and the others only speak of it. A step that begins a function or a loop takes its head along; it
//! ends before the next step, or with its function.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

/// The circled numbers, in order: the step's number is the position, from 1.
const CIRCLED: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

/// The number of a circled digit.
pub fn number(c: char) -> Option<usize> {
    CIRCLED.chars().position(|circled| circled == c).map(|at| at + 1)
}

/// The circled digit of a number.
pub fn circled(number: usize) -> char {
    CIRCLED.chars().nth(number - 1).unwrap_or('?')
}

/// The steps of one program.
#[derive(Debug)]
pub struct Steps<'a> {
    lines: Vec<&'a str>,
    /// In the order of the file.
    parts: Vec<Part>,
}

/// One comment with numbers, and what belongs to it.
#[derive(Debug)]
struct Part {
    numbers: Vec<usize>,
    indent: usize,
    /// Line of the comment, from 0.
    comment: usize,
    /// First line, from 0: that of the comment, or the head of the block that it begins.
    first: usize,
    /// The line after the last.
    end: usize,
}

impl<'a> Steps<'a> {
    /// Reads a program.
    pub fn of(source: &'a str) -> Steps<'a> {
        let lines: Vec<&str> = source.lines().collect();
        let mut parts: Vec<Part> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let Some(text) = line.trim_start().strip_prefix("//") else { continue };
            let numbers = leading_numbers(text.trim_start());
            if numbers.is_empty() {
                continue;
            }
            let indent = indent(line);
            let same = |part: &Part| part.numbers.iter().any(|number| numbers.contains(number));
            match parts.iter().position(same) {
                // it speaks of a step
                Some(other) if parts[other].indent <= indent => continue,
                // the other one spoke of this step
                Some(other) => drop(parts.remove(other)),
                None => {}
            }
            let first = head(&lines, at);
            parts.push(Part { numbers, indent, comment: at, first, end: 0 });
        }
        for index in 0..parts.len() {
            let next = parts.get(index + 1).map_or(lines.len(), |next| next.first);
            // a `}` in the first column ends the function; what follows belongs to nobody
            let comment = parts[index].comment;
            let closed = lines[comment..next].iter().position(|line| *line == "}");
            parts[index].end = closed.map_or(next, |at| comment + at + 1);
        }
        Steps { lines, parts }
    }

    /// The numbers that exist.
    pub fn numbers(&self) -> BTreeSet<usize> {
        self.parts.iter().flat_map(|part| part.numbers.iter().copied()).collect()
    }

    /// The lines of the steps `from` to `to`, moved to the left as far as they go.
    ///
    /// # Errors
    /// A step that the program does not have; the message names those that it has.
    pub fn excerpt(&self, from: usize, to: usize) -> Result<String> {
        let numbers = self.numbers();
        if let Some(unknown) = (from..=to).find(|number| !numbers.contains(number)) {
            let known: String = numbers.iter().map(|number| circled(*number)).collect();
            bail!("程序里没有步骤 {}，有的是 {known}", circled(unknown));
        }
        if from > to {
            bail!("步骤的次序反了：{}-{}", circled(from), circled(to));
        }
        let wanted = |part: &&Part| part.numbers.iter().any(|number| (from..=to).contains(number));
        let parts: Vec<&Part> = self.parts.iter().filter(wanted).collect();
        let first = parts.iter().map(|part| part.first).min().unwrap_or(0);
        let end = parts.iter().map(|part| part.end).max().unwrap_or(0);
        let mut lines = self.lines[first..end].to_vec();
        while lines.last().is_some_and(|line| line.trim().is_empty() || closes_more(&lines)) {
            lines.pop();
        }
        let shift = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line));
        let shift = shift.min().unwrap_or(0);
        let lines: Vec<&str> = lines.iter().map(|line| line.get(shift..).unwrap_or("")).collect();
        Ok(lines.join("\n"))
    }
}

/// The numbers with which a comment begins.
fn leading_numbers(text: &str) -> Vec<usize> {
    let mut numbers: Vec<usize> = text.chars().map_while(number).collect();
    if !numbers.is_empty() {
        let others = text.split("  ").skip(1);
        numbers.extend(others.flat_map(|part| part.chars().map_while(number).collect::<Vec<_>>()));
    }
    numbers
}

/// The comment at `at`, or the line above it that opens the block which the comment begins.
fn head(lines: &[&str], at: usize) -> usize {
    match at.checked_sub(1) {
        Some(before) if lines[before].ends_with('{') => before,
        _ => at,
    }
}

/// Whether the last line only closes something that was opened before the first.
fn closes_more(lines: &[&str]) -> bool {
    let Some((last, before)) = lines.split_last() else { return false };
    if !last.trim().chars().all(|c| matches!(c, '}' | ')' | ']' | ';' | ',')) {
        return false;
    }
    let mut depth = 0;
    let mut lowest = 0;
    for c in before.iter().flat_map(|line| line.chars()) {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        lowest = lowest.min(depth);
    }
    depth <= lowest
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "\
fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ①② 创建，  绑定
    let listener = bind()?;
    let door = move || {
        // ④ 关了门，循环结束
        go();
    };

    // ③ 等待。走不到 ④
    listener.accept()?;

    // ④ 关门  ⑤ 收工
    close();
    Ok(())
}

fn serve() {
    // ⑥ 接待
    if ready() {
        answer();
    }
}

fn helper() {}
";

    fn excerpt(from: usize, to: usize) -> String {
        Steps::of(PROGRAM).excerpt(from, to).unwrap()
    }

    #[test]
    fn a_step_ends_before_the_next_one_or_with_its_function() {
        assert_eq!(Steps::of(PROGRAM).numbers(), BTreeSet::from([1, 2, 3, 4, 5, 6]));
        assert_eq!(excerpt(3, 3), "// ③ 等待。走不到 ④\nlistener.accept()?;");
        assert_eq!(excerpt(4, 5), "// ④ 关门  ⑤ 收工\nclose();\nOk(())");
        assert!(excerpt(1, 1).starts_with("// ①② 创建") && excerpt(1, 1).ends_with("};"));
        assert_eq!(excerpt(1, 2), excerpt(2, 2));
        assert!(excerpt(1, 3).ends_with("listener.accept()?;"));
    }

    #[test]
    fn a_step_that_begins_a_block_takes_its_head_along() {
        let whole = "fn serve() {\n    // ⑥ 接待\n    if ready() {\n        answer();\n    }\n}";
        assert_eq!(excerpt(6, 6), whole);
        assert_eq!(excerpt(4, 4), "// ④ 关门  ⑤ 收工\nclose();\nOk(())");
    }

    #[test]
    fn an_unknown_step_is_named_with_those_that_exist() {
        let error = Steps::of(PROGRAM).excerpt(3, 7).unwrap_err().to_string();
        assert_eq!(error, "程序里没有步骤 ⑦，有的是 ①②③④⑤⑥");
        assert!(Steps::of(PROGRAM).excerpt(3, 2).is_err());
    }
}
