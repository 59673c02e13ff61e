//! The numbered steps (①②③) of a lesson's source, as its comments write them.
//!
//! The rules, for whoever writes a lesson and for all who read one:
//!
//! - A step begins with a comment whose text begins with its number: `// ④ 等待连接：…`. A number in the middle of a
//!   sentence only speaks of a step.
//! - `// ① 创建套接字  ② 连接服务器` (two spaces) are two steps in the same lines, `// ①②③ 创建套接字、绑定、监听`
//!   three: as many parts of its first sentence as numbers. Where the parts are not as many, it is one step with
//!   several numbers.
//! - When several comments begin with the same number, the one that is indented least is the step and the others only
//!   speak of it: their lines belong to the step that they stand in.
//! - A step that begins a function or a loop takes its head along. It ends before the next step, or with its function
//!   (a `}` in the first column). The order of the numbers does not matter: a function may stand below its caller.

use std::collections::BTreeSet;
use std::ops::Range;

/// The circled numbers, in order: the step's number is the position, from 1.
const CIRCLED: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";

/// A numbered step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// Its numbers: one, or several where the comment does not tell them apart. Never empty.
    pub numbers: Vec<usize>,
    /// What it does: the first sentence behind the number, or its part of that; no further than the end of the line.
    pub title: &'a str,
    /// Its lines, from 0: from its comment, or the head of the block that it begins, to the line before the next step.
    pub lines: Range<usize>,
    /// Its lines that are not comments, without their indentation; each ends with a newline.
    pub code: String,
}

impl Step<'_> {
    /// `④`, or `①②③`.
    pub fn label(&self) -> String {
        self.numbers.iter().map(|number| circled(*number)).collect()
    }

    /// The clauses of its title.
    pub fn clauses(&self) -> impl Iterator<Item = &str> {
        self.title.split(['：', '，', '、', '；']).map(str::trim)
    }
}

/// The steps of a source, in the order in which they stand there.
pub fn parse(source: &str) -> Vec<Step<'_>> {
    let lines: Vec<&str> = source.lines().collect();
    let comments = numbered_comments(&lines);
    let mut steps = Vec::new();
    for (index, comment) in comments.iter().enumerate() {
        let first = head(&lines, comment.line);
        let next = comments.get(index + 1).map_or(lines.len(), |next| head(&lines, next.line));
        // a `}` in the first column ends the function; what follows belongs to nobody
        let closed = lines[comment.line..next].iter().position(|line| *line == "}");
        let end = closed.map_or(next, |at| comment.line + at + 1);
        let code: String = lines[first..end]
            .iter()
            .map(|line| line.trim())
            .filter(|line| !line.starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        steps.extend(comment.titles.iter().map(|(numbers, title)| Step {
            numbers: numbers.clone(),
            title,
            lines: first..end,
            code: code.clone(),
        }));
    }
    steps
}

/// The numbers that these steps have.
pub fn numbers(steps: &[Step<'_>]) -> BTreeSet<usize> {
    steps.iter().flat_map(|step| step.numbers.iter().copied()).collect()
}

/// The number of a circled digit.
pub fn number(c: char) -> Option<usize> {
    CIRCLED.chars().position(|circled| circled == c).map(|at| at + 1)
}

/// The circled digit of a number.
pub fn circled(number: usize) -> char {
    CIRCLED.chars().nth(number.wrapping_sub(1)).unwrap_or('?')
}

/// How many spaces a line begins with.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// A comment that begins with a number.
struct Comment<'a> {
    /// Its line, from 0.
    line: usize,
    indent: usize,
    titles: Vec<(Vec<usize>, &'a str)>,
}

impl Comment<'_> {
    fn has(&self, number: usize) -> bool {
        self.titles.iter().any(|(numbers, _)| numbers.contains(&number))
    }
}

/// The comments that begin steps; those that only speak of a step that another one begins are left out.
fn numbered_comments<'a>(lines: &[&'a str]) -> Vec<Comment<'a>> {
    let mut comments: Vec<Comment<'_>> = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let Some(words) = text.trim_start().strip_prefix("//") else { continue };
        let titles = titles(words.trim_start());
        if titles.is_empty() {
            continue;
        }
        let new = Comment { line, indent: indent(text), titles };
        let same = |other: &Comment<'_>| {
            new.titles.iter().flat_map(|(numbers, _)| numbers).any(|number| other.has(*number))
        };
        match comments.iter().position(same) {
            // it speaks of a step
            Some(other) if comments[other].indent <= new.indent => continue,
            // the other one spoke of this step
            Some(other) => drop(comments.remove(other)),
            None => {}
        }
        comments.push(new);
    }
    comments
}

/// The numbers and titles in a comment; none, unless it begins with a number.
fn titles(comment: &str) -> Vec<(Vec<usize>, &str)> {
    let mut titles = Vec::new();
    for part in comment.split("  ") {
        let numbers: Vec<usize> = part.chars().map_while(number).collect();
        if numbers.is_empty() {
            match titles.is_empty() {
                true => break,
                false => continue,
            }
        }
        let words = part.trim_start_matches(|c| number(c).is_some());
        let sentence = words.split('。').next().unwrap_or_default().trim();
        let pieces: Vec<&str> = sentence.split('、').map(str::trim).collect();
        if pieces.len() == numbers.len() {
            titles.extend(numbers.into_iter().map(|number| vec![number]).zip(pieces));
        } else {
            titles.push((numbers, sentence));
        }
    }
    titles
}

/// The comment at `at`, or the line above it that opens the block which the comment begins.
fn head(lines: &[&str], at: usize) -> usize {
    match at.checked_sub(1) {
        Some(before) if lines[before].ends_with('{') => before,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "\
fn run() {
    // ①②③ 创建套接字、绑定、监听
    let listener = bind();

    // ④ 门口：等待连接，走不到 ⑤。接待在别处
    //    说明的第二行
    loop {
        // ⑥ 关了门，accept 就出错
        listener.accept(); // 一行末尾的说明
    }

    // ⑥ 关门
    close();
}

fn serve() {
    // ⑤ 接待
    answer();
}

fn helper() {}
";

    fn labels(source: &str) -> Vec<String> {
        parse(source).iter().map(Step::label).collect()
    }

    #[test]
    fn a_step_has_a_label_a_title_lines_and_code() {
        let steps = parse(PROGRAM);
        assert_eq!(labels(PROGRAM), ["①", "②", "③", "④", "⑥", "⑤"]);
        assert_eq!(numbers(&steps), BTreeSet::from([1, 2, 3, 4, 5, 6]));
        assert_eq!(steps[1].title, "绑定");
        // the first one takes the head of its function along
        assert_eq!((&steps[0].lines, &steps[2].lines), (&(0..4), &(0..4)));
        assert_eq!(steps[0].code, "fn run() {\nlet listener = bind();\n\n");
        let door = &steps[3];
        assert_eq!(door.title, "门口：等待连接，走不到 ⑤");
        assert_eq!(door.clauses().collect::<Vec<_>>(), ["门口", "等待连接", "走不到 ⑤"]);
        // a step ends with its function
        assert_eq!(steps[5].code, "fn serve() {\nanswer();\n}\n");
        assert_eq!(steps[5].lines, 15..19);
    }

    #[test]
    fn a_word_about_another_step_does_not_take_the_code() {
        let steps = parse(PROGRAM);
        assert!(steps[3].code.contains("accept()"), "{steps:?}");
        assert_eq!(steps[4].title, "关门");
        assert!(!steps[3].code.contains("close()") && steps[4].code.contains("close()"));
        // also where it stands behind the step that it speaks of
        let behind =
            "    // ① 甲\n    // ② 乙\n    if x {\n        // ① 还是甲\n        a();\n    }\n";
        assert_eq!(labels(behind), ["①", "②"]);
        assert!(parse(behind)[1].code.contains("a();"));
    }

    #[test]
    fn several_numbers_in_one_comment() {
        let two = parse("    // ① 创建套接字  ② 连接服务器：一行\n    connect();\n");
        assert_eq!((two[0].title, two[1].title), ("创建套接字", "连接服务器：一行"));
        assert_eq!((&two[0].code, &two[0].lines), (&two[1].code, &two[1].lines));
        let untold = parse("    // ①②③ 一行做完四个系统调用\n    bind();\n");
        assert_eq!((untold.len(), untold[0].label().as_str()), (1, "①②③"));
        // only behind two spaces a number begins something
        assert_eq!(labels("// ① 一百万行，走不到 ②\n"), ["①"]);
        assert_eq!(labels("// 走不到 ②\nlet x = 1; // ③\n/// ④\n"), Vec::<String>::new());
    }

    #[test]
    fn numbers_and_circled_digits() {
        assert_eq!((number('①'), number('⑳'), number('1')), (Some(1), Some(20), None));
        assert_eq!((circled(1), circled(20), circled(0), circled(21)), ('①', '⑳', '?', '?'));
        assert_eq!(labels("// ⑪ 十一\n// ⑳ 二十\n"), ["⑪", "⑳"]);
    }
}
