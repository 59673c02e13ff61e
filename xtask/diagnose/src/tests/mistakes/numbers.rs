//! Numbers of processes that are printed.

use super::*;

/// A child, 11, of 10, prints this where the script wants this.
fn prints(wanted: &str, text: &str) -> Vec<Code> {
    let mut story = Story::of(&format!("主 $ lesson-x\n主/子 进程 | {wanted}\n"));
    story.makes(10, 11, false);
    let event = story.prints(11, Stream::Out, text);
    story.breaks(Rule::Identity, Subject::Lane(story.scene.lines[0].lane), Some(event));
    story.failures[0].line = story.scene.lines[0].line;
    story.named()
}

#[test]
fn the_parents_number_stands_where_the_childs_belongs() {
    let both = "子:<子:进程号> 父:<父:父进程号>";
    assert_eq!(prints(both, "子:10 父:10"), [Code::PidTakenBeforeFork]);
    assert_eq!(
        prints(both, "子:10 父:1"),
        [Code::PidTakenBeforeFork],
        "both were taken before fork"
    );
    assert_eq!(prints("子:<子:进程号>", "子:10"), [Code::PidTakenBeforeFork]);
    assert_eq!(prints(both, "子:10 父:11"), [Code::PidAndParentSwapped]);
    assert_eq!(prints(both, "子:77 父:10"), [], "the parent's stands where it belongs");
}

const THREE: &str = "主 $ lesson-x\n主 做法 创建 2 个子进程\n主/二 进程 | 二<二:进程号>\n主/三 进程 | 三<三:进程号>在<二:父进程号>下面\n";

#[test]
fn who_should_have_been_made_by_a_child_was_made_by_main() {
    let named = |parent: i32, text: &str| {
        let mut story = Story::of(THREE);
        story.makes(10, 11, false);
        story.makes(parent, 12, false);
        let event = story.prints(12, Stream::Out, text);
        let line = &story.scene.lines[1];
        let (lane, line) = (line.lane, line.line);
        story.breaks(Rule::Value, Subject::Lane(lane), Some(event));
        story.failures[0].line = line;
        story.named()
    };
    assert_eq!(named(10, "三12在10下面"), [Code::SiblingForGrandchild]);
    assert_eq!(named(10, "三12在11下面"), [], "it does not say so");
    assert!(!named(11, "三12在11下面").contains(&Code::SiblingForGrandchild));
}

#[test]
fn a_child_that_is_to_make_a_child_is_not_told_to_make_none() {
    let makes = |script: &str| {
        let mut story = Story::of(script);
        for (parent, child) in [(10, 11), (10, 12), (11, 13)] {
            story.makes(parent, child, false);
        }
        story.everything_breaks();
        story
    };
    let deep = makes(THREE);
    assert!(!deep.named().contains(&Code::ChildForksToo));
    let said = deep.cause(Code::WorkersTooMany).sentence;
    assert!(said.contains("3 个子进程（其中 1 个是子进程创建的），应当有 2 个"), "{said}");
    let flat = makes("主 $ lesson-x\n主 做法 创建 2 个子进程\n");
    assert!(flat.named().contains(&Code::ChildForksToo));
}
