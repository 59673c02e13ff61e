//! Clients that receive a file, which does not come to its end.

use super::*;

const BROKEN: &str =
    "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束 1\n";
const OLD: &str = "准备 a.txt = 「旧的」\n";

/// A client receives half of a file from a server that then closes, and does this in between and behind.
fn downloads(
    files: &str,
    between: impl Fn(&mut Story, &Talk),
    then: impl Fn(&mut Story, &Talk),
) -> Story {
    let mut story = Story::of(&format!(
        "{files}{BROKEN}{}",
        match files {
            OLD => "核对 a.txt = 「旧的」\n",
            _ => "核对 a.txt 不存在\n",
        }
    ));
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 10, b"half of a file");
    story.receives(&talk, 20, b"half of ", 8);
    between(&mut story, &talk);
    story.receives(&talk, 20, b"a file", 100);
    then(&mut story, &talk);
    story.everything_breaks();
    story
}

fn writes(story: &mut Story, _: &Talk) {
    story.writes(20, "a.txt", b"half of ");
}

/// It is told the end, and gives the file its name.
fn names(story: &mut Story, talk: &Talk) {
    story.receives(talk, 20, b"", 100);
    story.writes(20, "a.part", b"half of a file");
    story.renames(20, "a.part", "a.txt");
}

#[test]
fn who_writes_while_it_receives_leaves_half_a_file() {
    let goes_on = |story: &mut Story, talk: &Talk| {
        story.writes(20, "a.txt", b"a file");
        story.receives(talk, 20, b"", 100);
    };
    for (files, left) in [("", "留下的是半个文件"), (OLD, "原来的内容没有了")] {
        let story = downloads(files, writes, goes_on);
        let cause = story.cause(Code::HalfFileLeft);
        assert_eq!(cause.certainty, Certainty::Proved);
        assert!(cause.sentence.ends_with(left), "{}", cause.sentence);
        assert!(!story.named().contains(&Code::ExistingFileOverwritten));
    }
    // what came behind it may have been another file
    let other = |story: &mut Story, _: &Talk| story.writes(20, "b.txt", b"a file");
    assert!(!downloads("", writes, other).named().contains(&Code::HalfFileLeft));
}

#[test]
fn the_end_may_have_come_too_early() {
    for files in ["", OLD] {
        let story = downloads(files, |_, _| {}, names);
        let cause = story.cause(Code::HalfFileLeft);
        assert_eq!(cause.certainty, Certainty::Candidate);
        assert!(cause.sentence.contains("收到 14 字节"), "{}", cause.sentence);
    }
}

#[test]
fn no_number_is_missing_where_nobody_serves() {
    let alone = |story: &mut Story, talk: &Talk| story.writes(20, "a.txt", &[talk.client as u8]);
    let cause = downloads(OLD, |_, _| {}, alone).cause(Code::ExistingFileOverwritten);
    assert!(!cause.advice.unwrap().contains("空号"));
}
