//! Whom a signal was sent to.

use super::*;

use nix::libc::{ESRCH, SIGKILL, SIGTERM};

const SCRIPT: &str = "主 $ lesson-x\n主 做法 创建 1 个子进程\n主 做法 终止子进程\n";

/// Its only child is 11.
fn story() -> Story {
    let mut story = Story::of(SCRIPT);
    story.makes(10, 11, false);
    story
}

fn sends(story: &mut Story, target: i32, signal: i32, errno: Option<i32>) {
    let call = Call::Kill { target, signal };
    story.enters(10, call.clone());
    match errno {
        Some(errno) => story.failed(10, call, errno),
        None => story.done(10, call, 0),
    }
}

fn reaches(story: &mut Story, pid: i32) {
    story.does(pid, Activity::Signal { number: SIGTERM, from: Some(10) });
}

fn named(mut story: Story, code: Code) -> bool {
    story.everything_breaks();
    story.named().contains(&code)
}

#[test]
fn a_group_that_the_child_is_in_is_no_wrong_process() {
    let mut story = story();
    sends(&mut story, -11, SIGTERM, None);
    reaches(&mut story, 11);
    assert!(!named(story, Code::SignalToWrongProcess));
}

#[test]
fn of_a_group_nobody_knows_who_is_in_it_unless_it_is_told() {
    let mut story = story();
    sends(&mut story, -11, SIGTERM, None);
    assert!(!named(story, Code::SignalToWrongProcess));
}

#[test]
fn a_group_that_there_is_not_is_a_wrong_one_but_it_may_be_tried() {
    let mut tried = story();
    sends(&mut tried, -11, SIGTERM, Some(ESRCH));
    sends(&mut tried, 11, SIGTERM, None);
    assert!(!named(tried, Code::SignalToWrongProcess));
    let mut story = story();
    sends(&mut story, -11, SIGTERM, Some(ESRCH));
    story.everything_breaks();
    let said = story.cause(Code::SignalToWrongProcess).sentence;
    assert!(said.contains("发给了进程组 11，那时没有这个进程组"), "{said}");
}

#[test]
fn the_group_that_it_is_in_itself_is_a_wrong_one() {
    let mut story = story();
    sends(&mut story, -10, SIGTERM, None);
    reaches(&mut story, 10);
    reaches(&mut story, 11);
    story.everything_breaks();
    let said = story.cause(Code::SignalToWrongProcess).sentence;
    assert!(said.contains("它自己所在的整个进程组"), "{said}");
}

#[test]
fn sigkill_to_the_childs_group_kills_it_outright() {
    let mut story = story();
    sends(&mut story, -11, SIGKILL, None);
    story.does(11, Activity::Exited(Exit::Signal(SIGKILL)));
    assert!(named(story, Code::KilledOutright));
}
