//! Text that was decoded by another code table.

use super::*;

const SCRIPT: &str = "甲 $ lesson-s\n甲 监听 127.0.0.1:8888\n甲 | 收到:你好\n乙 $ lesson-c\n乙 | 答复:你好\n乙 结束\n甲 停止\n";

/// The client says 你好 in UTF-8, and the server the same; then this one prints something else.
fn printed(by: i32, expected: &str, got: &str) -> Story {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    for (from, to) in [(20, 10), (10, 20)] {
        story.sends(&talk, from, "你好".as_bytes());
        story.receives(&talk, to, "你好".as_bytes(), 100);
    }
    let event = story.prints(by, Stream::Out, got);
    let terminal = usize::try_from(by / 10 - 1).unwrap();
    let index = story.breaks(Rule::Text, Subject::Terminal(terminal), Some(event));
    story.failures[index].expected = Some(expected.into());
    story.failures[index].got = Some(got.into());
    story
}

#[test]
fn what_was_printed_is_the_right_text_by_the_wrong_table() {
    let cause = printed(10, "收到:你好", "收到:浣犲ソ").cause(Code::WrongCodeTable);
    assert_eq!((cause.certainty, cause.culprit), (Certainty::Proved, Some(0)));
    assert!(cause.sentence.contains("「浣犲ソ」，就是「你好」的 UTF-8 字节（是「乙」发的）"));
    assert!(!printed(10, "收到:你好", "收到:您好").named().contains(&Code::WrongCodeTable));
}

#[test]
fn whoever_is_given_decodes_rightly() {
    let mut story = printed(20, "答复:你好", "答复:浣犲ソ");
    story.scene.terminals[1].given = true;
    let cause = story.cause(Code::WrongCodeTable);
    assert_eq!(cause.culprit, Some(0));
    assert!(cause.advice.unwrap().contains("GBK.encode"));
}

#[test]
fn the_bytes_of_the_same_text_are_another_table_and_a_piece_of_a_character_is_none() {
    let cause = printed(10, "b'\\xba\\xda'", "b'\\xe9\\xbb\\x91'").cause(Code::WrongCodeTable);
    assert!(cause.sentence.contains("「黑」的 UTF-8"), "{}", cause.sentence);
    let (wanted, got) = ("接着 b'\\x91'：得到「黑」", "接着 b''：得到「\u{fffd}」");
    assert_eq!(printed(10, wanted, got).named(), [Code::ReplacementPrinted]);
    let longer = printed(10, "单独 b'\\xe9\\xbb'", "单独 b'\\xe9\\xbb\\x91'");
    assert!(!longer.named().contains(&Code::WrongCodeTable));
}
