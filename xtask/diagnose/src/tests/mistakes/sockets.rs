//! Sockets of several kinds, and those that are open at the same time.

use super::*;

fn two(kinds: [SocketKind; 2], script: &str) -> Story {
    let mut story = Story::of(&format!("甲 $ lesson-x\n甲 做法 创建 2 个 TCP 套接字\n{script}"));
    for (fd, kind) in (3..).zip(kinds) {
        story.socket(10, fd, kind);
    }
    story
}

#[test]
fn a_socket_of_udp_is_wrong_only_where_one_of_tcp_is_lacking() {
    let named = |more: &[SocketKind], script| {
        let mut story = two([SocketKind::Stream, SocketKind::Datagram], script);
        for (fd, kind) in (5..).zip(more) {
            story.socket(10, fd, *kind);
        }
        story.exits(10, 0);
        story.breaks(Rule::Text, Subject::Terminal(0), None);
        story.named().contains(&Code::SocketOfWrongKind)
    };
    assert!(named(&[], ""));
    assert!(!named(&[SocketKind::Stream], ""), "there are two of TCP");
    assert!(!named(&[], "甲 做法 只用 1 个 UDP 套接字\n"), "it is wanted");
}

#[test]
fn two_sockets_may_both_be_open_unless_their_numbers_show_it() {
    let named = |expected: &str, got: &str| {
        let mut story = two([SocketKind::Stream; 2], "");
        story.exits(10, 0);
        let index = story.breaks(Rule::Text, Subject::Terminal(0), None);
        story.failures[index].expected = Some(expected.into());
        story.failures[index].got = Some(got.into());
        story.named().contains(&Code::DescriptorLeaked)
    };
    assert!(named("第2个：fd=3", "第2个：fd=4"));
    assert!(!named("第2个：fd=4，type=1", "第2个：fd=4，type=2"), "both should be open");
}
