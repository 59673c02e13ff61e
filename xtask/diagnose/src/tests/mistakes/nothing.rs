//! Who waits for nobody, and who sends nothing although it is typed.

use super::*;

use events::{Half, StopSignal};

const STOPPED: &str = "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束\n服务器端 停止\n服务器端 结束\n";

/// A server is told to end; its client goes before that, or so many seconds after, or never; then it waits so long.
fn ends(gone: Option<u64>, waits: u64, code: i32) -> Vec<Code> {
    let mut story = Story::of(STOPPED);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"ten bytes.");
    story.receives(&talk, 10, b"ten bytes.", 100);
    if gone == Some(0) {
        story.closes(&talk, 10);
    }
    story.tell(Kind::Stopped { terminal: 0, signal: StopSignal::Int });
    if let Some(seconds @ 1..) = gone {
        story.now += Duration::from_secs(seconds);
        story.closes(&talk, 10);
    }
    story.now += Duration::from_secs(waits);
    story.exits(10, code);
    story.everything_breaks();
    story.named()
}

#[test]
fn a_server_waits_for_clients_that_are_there() {
    let named = |gone, waits, code| ends(gone, waits, code).contains(&Code::WaitedForNobody);
    assert!(named(Some(0), 10, 1), "{:?}", ends(Some(0), 10, 1));
    assert!(named(Some(3), 7, 1), "the last one went while it waited");
    assert!(!named(None, 10, 1), "one is there");
    assert!(!named(Some(10), 0, 1), "it waited for one who was there");
    assert!(!named(Some(0), 10, 101), "a panic");
    assert!(!named(Some(0), 10, 0), "it may have had something else to do");
}

/// A client of which somebody types what it sends; it reads so much of it, and then says that this was all.
fn sends(script: &str, args: &[&str], read: &[u8], sent: &[u8]) -> bool {
    let mut story = Story::of(script);
    story.runs(20, args);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    if !read.is_empty() {
        let data = Data::new(read, read.len() as u64);
        story.done(20, Call::Receive { fd: 0, object: Object::Input, data }, read.len() as i64);
    }
    if !sent.is_empty() {
        story.sends(&talk, 20, sent);
    }
    story.done(20, Call::Shutdown { fd: 3, object: talk.object(20), how: Half::Write }, 0);
    story.receives(&talk, 10, sent, 100);
    story.sends(&talk, 10, b"done");
    story.receives(&talk, 20, b"done", 100);
    story.everything_breaks();
    story.named().contains(&Code::InputNotRead)
}

#[test]
fn what_is_typed_is_read_before_all_is_said() {
    const TYPED: &str = "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 < 一行\n客户端 输入完\n客户端 结束\n";
    assert!(sends(TYPED, &[], b"", b""));
    assert!(!sends(TYPED, &[], b"one", b""), "it has read something");
    assert!(!sends(TYPED, &[], b"", b"one"), "it has read in a way that is not seen");
    assert!(sends(STOPPED, &["/dev/stdin"], b"", b""));
    assert!(!sends(STOPPED, &["empty.txt"], b"", b""), "there is nothing to read");
}

/// A client should say of its file that there is none; it connects, and says this before.
fn looks(said: Option<&str>, script: &str) -> bool {
    let mut story =
        Story::of(&format!("客户端 $ lesson-c a.txt\n客户端 ! {script}\n客户端 结束 1\n"));
    story.runs(10, &["a.txt", "--addr", SERVER_ADDR]);
    if let Some(text) = said {
        story.prints(10, Stream::Err, text);
    }
    story.refused(10, SERVER_ADDR);
    story.prints(10, Stream::Err, "错误：连接不上");
    story.exits(10, 1);
    let missing = story.breaks(Rule::Stderr, Subject::Terminal(0), None);
    story.failures[missing].expected = Some(script.to_owned());
    story.named().contains(&Code::ConnectedFirst)
}

#[test]
fn a_file_is_looked_at_before_anybody_is_connected() {
    const NONE: &str = "错误：打开 a.txt：没有这个文件";
    assert!(looks(None, NONE));
    assert!(!looks(Some("a.txt 有问题"), NONE), "it has spoken of it, with other words");
    assert!(!looks(None, "错误：连接服务器 127.0.0.1:8888：没有在监听"));
    assert!(!looks(None, "错误：上传 a.txt：服务器 127.0.0.1:8888 不收"), "it has to connect");
}
