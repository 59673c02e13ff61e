//! Connections that children have, too: one process that closes its own has not closed them.

use super::*;

use nix::libc::ECONNRESET;

const SCRIPT: &str = "服务器端 $ lesson-s\n服务器端 做法 连接全部关闭\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束\n服务器端 结束\n核对 data/a = 「好」\n";

/// A server gives the client to its child, closes its own, and the child does this.
fn child(does: impl Fn(&mut Story, &Talk)) -> Story {
    let mut story = Story::of(SCRIPT);
    story.binds(10, SERVER_ADDR);
    story.listens(10, SERVER_ADDR);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"ten bytes.");
    story.makes(10, 11, false);
    story.receives(&talk, 11, b"ten", 3);
    story.closes(&talk, 10);
    does(&mut story, &talk);
    story
}

fn named(mut story: Story, code: Code) -> bool {
    story.exits(11, 0);
    story.exits(10, 0);
    story.everything_breaks();
    story.named().contains(&code)
}

#[test]
fn a_child_receives_what_its_parent_has_closed() {
    let all = |story: &mut Story, talk: &Talk| story.receives(talk, 11, b" bytes.", 100);
    assert!(!named(child(all), Code::ReceivedOnlyPart));
    let more = |story: &mut Story, talk: &Talk| {
        story.sends(talk, 20, b"more");
        story.receives(talk, 11, b" bytes.more", 100);
    };
    assert!(!named(child(more), Code::ReceivedOnlyPart));
    assert!(named(child(|_, _| {}), Code::ReceivedOnlyPart), "the child ended without it");
    let closes = |story: &mut Story, talk: &Talk| story.closes(talk, 11);
    assert!(named(child(closes), Code::ReceivedOnlyPart));
}

#[test]
fn what_a_child_has_open_is_not_what_its_parent_left_open() {
    let mut story = Story::of(&format!("{SCRIPT}乙 $ lesson-c\n乙 结束\n"));
    let first = story.talk(20, 40000, 10, SERVER_ADDR);
    story.makes(10, 11, false);
    story.closes(&first, 10);
    story.talk(30, 40001, 10, SERVER_ADDR);
    story.exits(10, 0);
    story.closes(&first, 11);
    story.everything_breaks();
    let said = story.cause(Code::ConnectionNotClosed).sentence;
    assert!(said.contains("127.0.0.1:40001"), "{said}");
}

#[test]
fn an_error_is_not_swallowed_while_a_child_may_still_speak_of_it() {
    let fails = |story: &mut Story, talk: &Talk| story.asks_in_vain(talk, 11, 0, ECONNRESET);
    let mut open = child(fails);
    open.everything_breaks();
    assert!(!open.named().contains(&Code::ErrorSwallowed));
    assert!(named(child(fails), Code::ErrorSwallowed));
}

#[test]
fn another_descriptor_of_the_same_connection_is_not_the_last_one() {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"ten bytes.");
    // a clone, as BufReader gets one
    let on = |fd, data| Call::Receive { fd, object: talk.object(10), data };
    story.enters(10, on(5, Data::default().asking(3)));
    story.done(10, on(5, Data::new(b"ten", 3).asking(3)), 3);
    story.done(10, Call::Close { fd: 5, object: talk.object(10) }, 0);
    story.receives(&talk, 10, b" bytes.", 100);
    story.closes(&talk, 10);
    assert!(!named(story_with_child(story), Code::ReceivedOnlyPart));
}

/// Somebody who ends like the others, and does nothing.
fn story_with_child(mut story: Story) -> Story {
    story.makes(10, 11, false);
    story
}
