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
