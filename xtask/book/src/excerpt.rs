//! Pieces of a program for the book: the lines of its numbered steps.

use anyhow::{Result, bail};

use course::steps::{self, Step, circled, indent};

/// The lines of the steps `from` to `to` of a source, moved to the left as far as they go.
///
/// # Errors
/// A step that the program does not have; the message names those that it has.
pub fn excerpt(source: &str, from: usize, to: usize) -> Result<String> {
    let steps = steps::parse(source);
    let numbers = steps::numbers(&steps);
    if let Some(unknown) = (from..=to).find(|number| !numbers.contains(number)) {
        let known: String = numbers.iter().map(|number| circled(*number)).collect();
        bail!("程序里没有步骤 {}，有的是 {known}", circled(unknown));
    }
    if from > to {
        bail!("步骤的次序反了：{}-{}", circled(from), circled(to));
    }
    let wanted = |step: &&Step<'_>| step.numbers.iter().any(|one| (from..=to).contains(one));
    let wanted: Vec<&Step<'_>> = steps.iter().filter(wanted).collect();
    let first = wanted.iter().map(|step| step.lines.start).min().unwrap_or(0);
    let end = wanted.iter().map(|step| step.lines.end).max().unwrap_or(0);
    let mut lines: Vec<&str> = source.lines().skip(first).take(end - first).collect();
    while lines.last().is_some_and(|line| line.trim().is_empty() || closes_more(&lines)) {
        lines.pop();
    }
    let shift = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line));
    let shift = shift.min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(shift..).unwrap_or("")).collect();
    Ok(lines.join("\n"))
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        super::excerpt(PROGRAM, from, to).unwrap()
    }

    #[test]
    fn a_step_ends_before_the_next_one_or_with_its_function() {
        assert_eq!(
            course::steps::numbers(&course::steps::parse(PROGRAM)),
            BTreeSet::from([1, 2, 3, 4, 5, 6])
        );
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
        let error = super::excerpt(PROGRAM, 3, 7).unwrap_err().to_string();
        assert_eq!(error, "程序里没有步骤 ⑦，有的是 ①②③④⑤⑥");
        assert!(super::excerpt(PROGRAM, 3, 2).is_err());
    }
}
