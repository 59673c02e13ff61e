//! What stands before the lines that a script wants.

use super::*;

const TWO: &str = "主 $ lesson-x\n主/p1 进程 | 敲{1..2}\n主/p2 进程 | 听{1..2}\n";

/// Two children print these lines; whether that looks like a buffer that was copied.
fn looks_copied(first: [&str; 2], second: [&str; 2]) -> bool {
    let mut story = Story::of(TWO);
    story.makes(10, 11, false);
    story.makes(10, 12, false);
    for (child, lines) in [(11, first), (12, second)] {
        for text in lines {
            story.prints(child, Stream::Out, text);
        }
    }
    story.everything_breaks();
    story.named().contains(&Code::BufferCopiedByFork)
}

#[test]
fn what_is_copied_by_fork_comes_once_before_the_first_line() {
    assert!(looks_copied(["开始：敲1", "敲2"], ["开始：听1", "听2"]));
    assert!(!looks_copied(["> 敲1", "> 敲2"], ["> 听1", "> 听2"]), "before each line");
    assert!(!looks_copied(["敲1", "末：敲2"], ["听1", "末：听2"]), "before the last");
}

#[test]
fn whose_line_is_wanted_just_so_has_printed_it_too() {
    let mut story = Story::of("主 $ lesson-x\n主 | 开工:2个人\n主/p1 进程 | 敲\n主/p2 进程 | 听\n");
    for (child, text) in [(11, "开工:敲"), (12, "开工:听")] {
        story.makes(10, child, false);
        story.prints(child, Stream::Out, text);
    }
    story.prints(10, Stream::Out, "开工:2个人");
    story.everything_breaks();
    let said = story.cause(Code::BufferCopiedByFork).sentence;
    assert!(said.starts_with("「开工:」由 3 个进程各印了一遍"), "{said}");
}

/// The only process prints this, whole or cut off, where a script wants ten numbered lines.
fn ends_early(lines: &[&str], is_cut: bool, rule: Rule) -> Vec<Code> {
    let mut story = Story::of("主 $ lesson-x\n主 | 第{1..10}只羊\n主 | 数完了\n");
    let mut last = None;
    for text in lines {
        last = Some(story.prints(10, Stream::Out, text));
    }
    if let Some(Kind::Line(line)) = last.map(|last| &mut story.events[last].kind) {
        line.whole = !is_cut;
    }
    story.exits(10, 0);
    story.breaks(rule, Subject::Terminal(0), last);
    story.failures[0].expected = Some("第2只羊".into());
    story.named()
}

#[test]
fn output_that_is_cut_in_a_line_or_never_comes_may_be_in_a_buffer() {
    assert_eq!(ends_early(&["第1只羊", "第2"], true, Rule::Text), [Code::OutputNotFlushed]);
    assert_eq!(ends_early(&["第1只羊", "第3"], true, Rule::Text), [], "not the beginning");
    assert_eq!(ends_early(&["第1只羊", "第2"], false, Rule::Text), [], "a whole line");
    assert_eq!(ends_early(&[], false, Rule::Missing), [Code::OutputNotFlushed]);
}
