//! Who does everything in a great many pieces waits no longer for his mistake than the pieces are many.

use super::*;

const SCRIPT: &str = "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束\n服务器端 停止\n核对 data/my.txt = 「好」\n";

/// So many times the client reads, sends, the server receives, writes and prints a piece; `ended`: with an error.
fn pieces(count: usize, ended: bool) -> Story {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    for piece in 0..count {
        let object = Object::File { path: "/scene/a".into() };
        let data = Data::new(b"0123456789", 10).asking(10);
        story.done(20, Call::Receive { fd: 5, object, data }, 10);
        story.sends(&talk, 20, b"0123456789");
        // now and then something comes in two
        match piece % 3 {
            0 => story.receives(&talk, 10, b"0123456789", 4096),
            _ => {
                story.receives(&talk, 10, b"0123", 4096);
                story.receives(&talk, 10, b"456789", 4096);
            }
        }
        story.writes(10, "data/.part", b"0123456789");
        if piece % 7 == 0 {
            story.prints(10, Stream::Out, "0123456789");
            story.prints(20, Stream::Err, "0123456789");
            story.sends(&talk, 10, b"more");
            story.receives(&talk, 20, b"more", 100);
        }
    }
    if ended {
        story.exits(20, 1);
        story.exits(10, 1);
    }
    story.differs(count as u64 * 10, 3);
    story.everything_breaks();
    story
}

/// A rule that looked at everything for every piece would need minutes for these.
#[test]
fn twenty_thousand_pieces_are_not_looked_at_twenty_thousand_times_each() {
    for ended in [false, true] {
        assert_ne!(pieces(20_001, ended).named(), []);
    }
}
