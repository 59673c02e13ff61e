//! Who ends, or prints, before others are done.

use super::*;

const THREADS: &str = "主 $ lesson-x\n主/t1 线程 | 一\n主/t1 | 二\n主/t2 线程 | 三\n";

/// Main makes three threads, who print these lines, and ends.
fn ends_over(script: &str, lines: &[(i32, &str)]) -> Story {
    let mut story = Story::of(script);
    for tid in [11, 12, 13] {
        story.makes(10, tid, true);
    }
    for (tid, text) in lines {
        story.prints(*tid, Stream::Out, text);
    }
    story.exits(10, 0);
    for lane in 0..story.scene.lanes.len() {
        story.breaks(Rule::Missing, Subject::Lane(lane), None);
    }
    story
}

#[test]
fn threads_that_wait_for_more_work_may_be_left() {
    let left = |lines: &[(i32, &str)]| {
        let story = ends_over(THREADS, lines);
        story.causes().first().map(|cause| (cause.code, cause.certainty))
    };
    let found = |certainty| Some((Code::ThreadsLeftBehind, certainty));
    // one of three was not needed; the others are done
    assert_eq!(left(&[(11, "一"), (11, "二"), (12, "三")]), None);
    assert_eq!(left(&[(11, "一"), (12, "三")]), found(Certainty::Proved));
    assert_eq!(left(&[(11, "一"), (11, "二")]), found(Certainty::Candidate));
}

#[test]
fn main_s_own_lines_are_not_lacking_because_threads_were_left() {
    let script = "主 $ lesson-x\n主 | 完\n主/t1 线程 | 一\n主/t1 | 二\n";
    let story = ends_over(script, &[(11, "一")]);
    let lane = |index: usize| story.scene.lane_name(index);
    let claimed = story.claimed(Code::ThreadsLeftBehind);
    assert_eq!(claimed.into_iter().map(lane).collect::<Vec<_>>(), ["主/t1"]);
}

const LAST: &str = "主 $ lesson-x\n主/子 进程 | 工作\n--------\n主 | 都完了\n";

/// Main makes a child, that runs something else or not, prints this, and then its child does.
fn prints(text: &str, child: &[&str], helps: bool) -> Option<Certainty> {
    let mut story = Story::of(LAST);
    story.makes(10, 11, false);
    if helps {
        story.makes(10, 12, false);
        story.does(12, Activity::Exec { program: "sh".into(), args: Vec::new() });
    }
    let (before, after) = if helps { (child, &[][..]) } else { (&[][..], child) };
    for text in before {
        story.prints(11, Stream::Out, text);
    }
    if helps {
        story.exits(11, 0);
    }
    story.prints(10, Stream::Out, text);
    for text in after {
        story.prints(11, Stream::Out, text);
    }
    let lane = |name: &str| (0..2).find(|lane| story.scene.lane_name(*lane) == name).unwrap();
    let lane = lane("主");
    story.breaks(Rule::Order, Subject::Lane(lane), None);
    let causes = story.causes();
    let early = causes.iter().find(|cause| cause.code == Code::PrintedBeforeEnd);
    early.map(|cause| cause.certainty)
}

#[test]
fn only_the_line_that_the_script_wants_after_the_children_can_be_too_early() {
    assert_eq!(prints("都完了", &["工作"], false), Some(Certainty::Proved));
    assert_eq!(prints("现在开始", &["工作"], false), None);
    // what still runs has nothing to print
    assert_eq!(prints("都完了", &["工作"], true), None);
}

#[test]
fn nobody_outlives_to_be_killed_or_waited_for() {
    let early = |before: &dyn Fn(&mut Story)| {
        let mut story = Story::of(LAST);
        story.makes(10, 11, false);
        story.prints(11, Stream::Out, "工作");
        before(&mut story);
        story.prints(10, Stream::Out, "都完了");
        // that it has ended may be told later
        story.exits(11, 0);
        story.breaks(Rule::Order, Subject::Lane(0), None);
        story.everything_breaks();
        story.named().contains(&Code::PrintedBeforeEnd)
    };
    assert!(early(&|_| {}));
    assert!(early(&|story| story.done(10, Call::Kill { target: 11, signal: 15 }, 0)));
    assert!(!early(&|story| story.done(10, Call::Kill { target: 11, signal: 9 }, 0)));
    let wait = || Call::Wait { child: Some(11), ended: Some(Exit::Signal(9)) };
    assert!(!early(&|story| story.done(10, wait(), 11)));
}

#[test]
fn a_child_that_is_to_make_a_child_has_to_wait_for_it() {
    let script = "主 $ lesson-x\n主 做法 等待每个子进程\n主/二 进程 | 二<二:进程号>\n主/三 进程 | 三<三:进程号>在<二:父进程号>下面\n";
    let story = |waits: bool| {
        let mut story = Story::of(script);
        story.makes(10, 11, false);
        story.makes(11, 12, false);
        let wait = |child: i32| Call::Wait { child: Some(child), ended: Some(Exit::Code(0)) };
        if waits {
            story.exits(12, 0);
            story.done(11, wait(12), 12);
        }
        story.exits(11, 0);
        story.done(10, wait(11), 11);
        story.exits(10, 0);
        story.everything_breaks();
        story
    };
    let said = story(false).cause(Code::ChildNotWaited).sentence;
    assert!(said.contains("的子进程 11 没有等它自己的子进程 12 就结束了"), "{said}");
    assert!(!story(true).named().contains(&Code::ChildNotWaited));
}
