//! Text that came in pieces.

use super::*;

const SCRIPT: &str = "甲 $ lesson-s\n甲 监听 127.0.0.1:8888\n甲 结束\n乙 $ lesson-c\n乙 结束\n";
const TEXT: &str = "山重水复疑";

/// The server receives the text eight bytes at a time, as often as this.
fn in_eights(times: usize) -> Story {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, TEXT.as_bytes());
    for piece in TEXT.as_bytes().chunks(8).take(times) {
        story.receives(&talk, 10, piece, 8);
    }
    story
}

#[test]
fn who_broke_off_in_a_character_has_not_left_the_rest() {
    let ends = |text: &str, code: i32| {
        let mut story = in_eights(1);
        story.prints(10, Stream::Err, text);
        story.exits(10, code);
        let event = story.events.len() - 1;
        story.breaks(Rule::Panic, Subject::Terminal(0), Some(event));
        story.named()
    };
    let cut =
        "thread 'main' panicked at server.rs:16:55: Utf8Error { valid_up_to: 6, error_len: None }";
    let named = ends(cut, 101);
    assert_eq!(named.first(), Some(&Code::TextCutInCharacter), "{named:?}");
    assert!(!named.contains(&Code::ReceivedOnlyPart), "{named:?}");
    assert!(ends("", 0).contains(&Code::ReceivedOnlyPart));
}

#[test]
fn whole_buffers_were_printed() {
    let prints = |text: &str| {
        let mut story = in_eights(2);
        let event = story.prints(10, Stream::Out, text);
        story.breaks(Rule::Text, Subject::Terminal(0), Some(event));
        story.named()
    };
    let stale = &TEXT.as_bytes()[7..8];
    let whole = String::from_utf8_lossy(&[TEXT.as_bytes(), stale].concat()).into_owned();
    assert_eq!(prints(&whole).first(), Some(&Code::WholeBufferPrinted));
    assert!(!prints(TEXT).contains(&Code::WholeBufferPrinted));
}
