//! What is an end of a connection, and what is trouble on it.

use super::*;

use nix::libc::{EAGAIN, ECONNRESET, EINTR};

const SCRIPT: &str = "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束\n服务器端 停止\n";

fn story() -> Story {
    let mut story = Story::of(SCRIPT);
    story.binds(10, SERVER_ADDR);
    story.listens(10, SERVER_ADDR);
    story
}

#[test]
fn sockets_of_udp_that_have_an_address_to_send_to_are_no_connections() {
    let told = |kind| {
        let mut story = story();
        // as getaddrinfo(3) does to put addresses in order, also in a child
        story.socket(20, 3, kind);
        story.makes(20, 21, false);
        for (pid, port) in [(20, 40000), (21, 40001)] {
            let local = Some(SocketAddr::from(([127, 0, 0, 1], port)));
            let call = Call::Connect { fd: 3, peer: Some(addr(SERVER_ADDR)), local, socket: None };
            story.done(pid, call, 0);
        }
        story.everything_breaks();
        story.named().contains(&Code::SeveralConnections)
    };
    assert!(told(SocketKind::Stream));
    assert!(!told(SocketKind::Datagram));
}

/// A server that ends its talk with the first client after this.
fn after(errno: i32, seconds: u64) -> Story {
    let mut story = story();
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.asks_in_vain(&talk, 10, seconds, errno);
    story.closes(&talk, 10);
    story
}

#[test]
fn what_may_just_be_made_again_is_no_trouble() {
    let named = |mut story: Story| {
        story.everything_breaks();
        story.named().contains(&Code::ErrorSwallowed)
    };
    assert!(named(after(ECONNRESET, 0)));
    // its time was up
    assert!(named(after(EAGAIN, 1)));
    // it does not wait: it has taken all that lies there
    assert!(!named(after(EAGAIN, 0)));
    assert!(!named(after(EINTR, 1)));
}

#[test]
fn a_server_that_ends_with_its_time_limit_has_had_no_error() {
    let mut story = after(EAGAIN, 1);
    story.exits(10, 1);
    story.everything_breaks();
    let said = story.cause(Code::OneClientEndsServer).sentence;
    assert!(said.contains("等到了时限") && !said.contains("出了错"), "{said}");
}

/// The client has sent all and waits; then the server does this.
fn asked(then: impl Fn(&mut Story, &Talk)) -> Vec<Code> {
    let mut story = story();
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"ten bytes.");
    let asks = story.asks(&talk, 20, 100);
    story.receives(&talk, 10, b"ten bytes.", 10);
    then(&mut story, &talk);
    story.closes(&talk, 10);
    story.done(20, asks, 0);
    story.everything_breaks();
    let both = [Code::HalfCloseMissing, Code::NothingSent];
    story.named().into_iter().filter(|code| both.contains(code)).collect()
}

#[test]
fn who_says_nothing_and_who_cannot_know_the_end_are_never_both_blamed() {
    // it knew that it had all, and closed without a word
    assert_eq!(asked(|_, _| {}), [Code::NothingSent]);
    // it waited for more, until its time was up
    let waits = |story: &mut Story, talk: &Talk| story.asks_in_vain(talk, 10, 1, EAGAIN);
    assert_eq!(asked(waits), [Code::HalfCloseMissing]);
    // so did poll, of which only the time is seen
    let polls = |story: &mut Story, _: &Talk| story.now += Duration::from_secs(1);
    assert_eq!(asked(polls), []);
}

#[test]
fn a_connection_that_a_child_has_too_is_not_closed_by_its_parent() {
    let told = |then: &dyn Fn(&mut Story, &Talk)| {
        let mut story = story();
        let talk = story.talk(20, 40000, 10, SERVER_ADDR);
        let asks = story.asks(&talk, 20, 100);
        story.makes(10, 11, false);
        story.closes(&talk, 10);
        then(&mut story, &talk);
        story.done(20, asks, 0);
        story.everything_breaks();
        story.named().contains(&Code::NothingSent)
    };
    let stopped = |story: &mut Story, _: &Talk| {
        story.tell(Kind::Stopped { terminal: 0, signal: course::script::StopSignal::Int });
        story.does(11, Activity::Exited(Exit::Code(0)));
    };
    assert!(!told(&stopped), "the script has ended it");
    assert!(!told(&|_, _| {}), "the child still has it");
    let closes = |story: &mut Story, talk: &Talk| {
        let object = Object::Connection { local: talk.there, peer: talk.here };
        story.done(11, Call::Close { fd: 4, object }, 0);
    };
    assert!(told(&closes));
}

#[test]
fn only_a_script_makes_the_half_close_a_must() {
    let certainty = |script: &str| {
        let mut story = Story::of(&format!("{SCRIPT}{script}"));
        let talk = story.talk(20, 40000, 10, SERVER_ADDR);
        story.sends(&talk, 20, b"ten bytes.");
        story.receives(&talk, 10, b"ten bytes.", 100);
        story.asks(&talk, 20, 100);
        story.asks_in_vain(&talk, 10, 1, EAGAIN);
        story.closes(&talk, 10);
        story.everything_breaks();
        story.cause(Code::HalfCloseMissing).certainty
    };
    assert_eq!(certainty("客户端 做法 半关闭\n"), Certainty::Proved);
    assert_eq!(certainty(""), Certainty::Candidate);
}

/// A server that has received a part ends so; whether it is told that it stopped receiving.
fn stopped_receiving(ends: impl Fn(&mut Story, &Talk)) -> bool {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"ten bytes.");
    story.receives(&talk, 10, b"ten", 3);
    ends(&mut story, &talk);
    story.everything_breaks();
    story.named().contains(&Code::ReceivedOnlyPart)
}

#[test]
fn who_is_killed_or_panics_has_not_stopped_receiving() {
    assert!(stopped_receiving(|story, _| story.exits(10, 0)));
    assert!(!stopped_receiving(|story, _| {
        story.does(10, Activity::Exited(Exit::Signal(nix::libc::SIGABRT)));
    }));
    // unwinding closes what it has
    let panics = "thread 'main' panicked at src/main.rs:2:5:";
    assert!(!stopped_receiving(|story, talk| {
        story.prints(10, Stream::Err, panics);
        story.closes(talk, 10);
        story.exits(10, 101);
    }));
    assert!(stopped_receiving(|story, talk| {
        story.closes(talk, 10);
        story.prints(10, Stream::Err, panics);
        story.exits(10, 101);
    }));
}
