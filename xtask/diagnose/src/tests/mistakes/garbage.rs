//! What is no text, and whoever only waits for the end.

use super::*;

const SCRIPT: &str = "甲 $ lesson-s\n甲 监听 127.0.0.1:8888\n乙 $ lesson-c\n乙 结束\n甲 停止\n";

/// The client says this, and is left without an answer; then this is broken.
fn left(text: &[u8], rule: Rule, of: usize) -> Story {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, text);
    story.receives(&talk, 10, text, 100);
    story.closes(&talk, 10);
    story.receives(&talk, 20, b"", 100);
    story.exits(20, 0);
    story.breaks(rule, Subject::Terminal(of), None);
    story
}

#[test]
fn of_bytes_that_are_no_text_nothing_was_said() {
    let cause = left(b"\xff\xfe\n", Rule::Stderr, 0).cause(Code::ErrorSwallowed);
    assert_eq!(cause.certainty, Certainty::Candidate);
    assert!(cause.sentence.contains("收到的 3 字节不是 UTF-8，没有回复就关闭"), "{cause:?}");
    assert!(!left(b"hi\n", Rule::Stderr, 0).named().contains(&Code::ErrorSwallowed));
}

#[test]
fn who_only_waits_for_the_end_lacks_no_words() {
    assert!(!left(b"hi\n", Rule::Stderr, 0).named().contains(&Code::NothingSent));
    assert!(left(b"hi\n", Rule::Missing, 1).named().contains(&Code::NothingSent));
}
