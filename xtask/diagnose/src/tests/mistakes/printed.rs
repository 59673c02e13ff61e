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
