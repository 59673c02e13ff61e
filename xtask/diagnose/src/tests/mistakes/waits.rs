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
