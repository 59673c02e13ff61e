//! What is laid on a mistake: not what somebody else does wrong, nor what showed before.

use super::*;

use std::collections::BTreeMap;

use events::{Ends, Half};
use nix::libc::EAGAIN;

/// Two servers, each with its own client.
const SCRIPT: &str = "甲 $ lesson-s\n甲 监听 127.0.0.1:8888\n乙 $ lesson-c\n乙 结束\n\
    丙 $ lesson-s\n丙 监听 127.0.0.1:9999\n丁 $ lesson-c\n丁 结束\n甲 停止\n丙 停止\n";
const OTHER: &str = "127.0.0.1:9999";

/// Somebody does this, and everything that can be broken is: now, and before anything was done.
struct Broken {
    story: Story,
    /// The failures that showed first.
    early: Vec<usize>,
}

fn broken(script: &str, does: impl Fn(&mut Story)) -> Broken {
    let mut story = Story::of(&format!("{SCRIPT}{script}"));
    does(&mut story);
    let other = story.talk(40, 50000, 30, OTHER);
    story.sends(&other, 30, b"welcome");
    story.receives(&other, 40, b"welcome", 100);
    story.everything_breaks();
    let early = (0..4).map(|one| story.breaks(Rule::Text, Subject::Terminal(one), Some(1)));
    let early = early.collect();
    Broken { story, early }
}

impl Broken {
    /// Per terminal, the rules whose failures are laid on this mistake.
    fn claimed(&self, code: Code) -> BTreeMap<usize, Vec<Rule>> {
        let claimed = self.story.claimed(code);
        let early: Vec<_> = claimed.iter().filter(|one| self.early.contains(one)).collect();
        assert!(early.is_empty(), "{code:?}: {early:?}");
        let mut all: BTreeMap<usize, Vec<Rule>> = BTreeMap::new();
        for index in claimed {
            let failure = &self.story.failures[index];
            if let Some(terminal) = failure.subject.terminal(&self.story.scene) {
                all.entry(terminal).or_default().push(failure.rule);
            }
        }
        all
    }

    /// Only of the first pair; of its client, too, if that did not get what it wanted.
    fn is_of_the_first_pair(&self, code: Code, client: bool) {
        let claimed = self.claimed(code);
        let terminals: Vec<usize> = claimed.keys().copied().collect();
        let expected: &[usize] = if client { &[0, 1] } else { &[0] };
        assert_eq!(terminals, expected, "{code:?}: {claimed:?}");
    }
}

fn listens_at(story: &mut Story, at: &str) {
    story.binds(10, at);
    story.listens(10, at);
}

#[test]
fn who_cannot_be_reached_is_blamed_for_its_own_clients_only() {
    let missing = broken("", |story| {
        story.listens(10, "0.0.0.0:41000");
        story.refused(20, SERVER_ADDR);
    });
    missing.is_of_the_first_pair(Code::BindMissing, true);
    for (at, code) in
        [("127.0.0.1:47138", Code::PortByteOrder), ("127.0.0.1:7777", Code::BoundElsewhere)]
    {
        let elsewhere = broken("", |story| {
            listens_at(story, at);
            story.refused(20, SERVER_ADDR);
        });
        elsewhere.is_of_the_first_pair(code, true);
    }
}

#[test]
fn who_listens_everywhere_has_not_hindered_those_who_came_the_right_way() {
    let comes = |to: &'static str| {
        broken("", move |story| {
            listens_at(story, "0.0.0.0:8888");
            story.talk(20, 40000, 10, to);
        })
    };
    comes(SERVER_ADDR).is_of_the_first_pair(Code::AllInterfaces, false);
    comes("192.0.2.1:8888").is_of_the_first_pair(Code::AllInterfaces, true);
}

#[test]
fn a_program_that_ignores_its_address_is_blamed_for_whom_it_did_not_reach() {
    let ignores = broken("", |story| {
        listens_at(story, SERVER_ADDR);
        story.runs(20, &["--addr", SERVER_ADDR]);
        story.refused(20, "127.0.0.1:1");
        let waits =
            Call::Receive { fd: 3, object: Object::Socket { id: 1 }, data: Data::default() };
        story.enters(10, waits);
    });
    ignores.is_of_the_first_pair(Code::ArgumentIgnored, true);
}

#[test]
fn a_server_that_has_ended_is_blamed_for_those_who_came_later() {
    let ended = |code: i32, comes: bool| {
        broken("", move |story| {
            listens_at(story, SERVER_ADDR);
            let talk = story.talk(20, 40000, 10, SERVER_ADDR);
            story.sends(&talk, 10, b"welcome");
            story.receives(&talk, 20, b"welcome", 100);
            story.exits(10, code);
            if comes {
                story.refused(20, SERVER_ADDR);
            }
        })
    };
    for (exit, code) in [(0, Code::EndsAfterClient), (1, Code::OneClientEndsServer)] {
        ended(exit, true).is_of_the_first_pair(code, true);
        ended(exit, false).is_of_the_first_pair(code, false);
    }
}

#[test]
fn a_server_that_ends_by_its_script_is_not_blamed_for_that() {
    let script = "甲 $ lesson-s\n甲 监听 127.0.0.1:8888\n乙 $ lesson-c\n乙 结束\n甲 结束\n";
    let ended = |script: &str, again: bool| {
        let mut story = Story::of(script);
        listens_at(&mut story, SERVER_ADDR);
        story.talk(20, 40000, 10, SERVER_ADDR);
        if again {
            let local = Some(addr(SERVER_ADDR));
            story.enters(10, Call::Accept { fd: 3, local, peer: None, client: None });
        }
        story.exits(10, 0);
        story.everything_breaks();
        let causes = story.causes();
        let found = causes.iter().find(|cause| cause.code == Code::EndsAfterClient);
        found.map(|cause| cause.certainty)
    };
    assert_eq!(ended(script, false), None);
    let goes_on = script.replace("甲 结束", "甲 停止");
    assert_eq!(ended(&goes_on, false), Some(Certainty::Proved));
    assert_eq!(ended(&goes_on, true), Some(Certainty::Candidate));
}

#[test]
fn a_listener_that_was_made_anew_is_blamed_for_those_who_came_in_between() {
    let anew = |comes: bool| {
        broken("", move |story| {
            listens_at(story, SERVER_ADDR);
            story.talk(20, 40000, 10, SERVER_ADDR);
            if comes {
                story.refused(20, SERVER_ADDR);
            }
            listens_at(story, SERVER_ADDR);
        })
    };
    anew(true).is_of_the_first_pair(Code::ListenerMadeAnew, true);
    anew(false).is_of_the_first_pair(Code::ListenerMadeAnew, false);
}

#[test]
fn a_client_is_blamed_for_its_own_server_only() {
    let twice = broken("", |story| {
        listens_at(story, SERVER_ADDR);
        story.talk(20, 40000, 10, SERVER_ADDR);
        story.talk(20, 40001, 10, SERVER_ADDR);
    });
    twice.is_of_the_first_pair(Code::SeveralConnections, true);
    let talks = |then: fn(&mut Story, &Talk)| {
        broken("", move |story| {
            listens_at(story, SERVER_ADDR);
            let talk = story.talk(20, 40000, 10, SERVER_ADDR);
            story.sends(&talk, 20, b"ten bytes.");
            story.receives(&talk, 10, b"ten bytes.", 100);
            then(story, &talk);
            story.asks_in_vain(&talk, 10, 1, EAGAIN);
            story.closes(&talk, 10);
        })
    };
    let shuts = talks(|story, talk| {
        let call = Call::Shutdown { fd: 4, object: talk.object(20), how: Half::Both };
        story.done(20, call, 0);
    });
    shuts.is_of_the_first_pair(Code::BothHalvesShut, true);
    let waits = talks(|story, talk| {
        story.asks(talk, 20, 100);
    });
    waits.is_of_the_first_pair(Code::HalfCloseMissing, true);
}

#[test]
fn who_prints_without_having_received_is_blamed_for_that_line() {
    let script = "乙 | 收到\n";
    let mut story = Story::of(&format!("{SCRIPT}{script}"));
    listens_at(&mut story, SERVER_ADDR);
    story.talk(20, 40000, 10, SERVER_ADDR);
    let line = story.prints(20, Stream::Out, "收到");
    let later = story.prints(20, Stream::Out, "再见！");
    let its = story.breaks(Rule::Order, Subject::Lane(0), Some(line));
    story.breaks(Rule::Text, Subject::Lane(0), Some(later));
    assert_eq!(story.claimed(Code::PrintedWithoutReceiving), [its]);
}

#[test]
fn a_limit_that_is_not_kept_is_blamed_for_what_was_late() {
    let late = broken("", |story| {
        story.runs(10, &["--timeout", "1"]);
        listens_at(story, SERVER_ADDR);
        let talk = story.talk(20, 40000, 10, SERVER_ADDR);
        story.asks_in_vain(&talk, 10, 9, EAGAIN);
        story.asks(&talk, 20, 100);
        story.closes(&talk, 10);
        story.now += Duration::from_secs(1);
    });
    late.is_of_the_first_pair(Code::TimeLimitNotKept, true);
}

#[test]
fn tcp_for_udp_is_blamed_for_its_own_clients_only() {
    let script = "甲 做法 只用 1 个 UDP 套接字\n";
    let datagram = |story: &mut Story| {
        let (own, other) = (addr(CLIENT_ADDR), Some(addr(SERVER_ADDR)));
        let ends = Some(Ends::Datagram { own, other });
        let (object, data) = (Object::Socket { id: 7 }, Data { ends, ..Data::new(b"hi", 2) });
        story.done(20, Call::Send { fd: 3, object: object.clone(), data: data.clone() }, 2);
        story.enters(20, Call::Receive { fd: 3, object, data });
    };
    let tcp = broken(script, |story| {
        story.socket(10, 3, SocketKind::Stream);
        datagram(story);
    });
    tcp.is_of_the_first_pair(Code::TcpForUdp, true);
    let many = broken(script, |story| {
        story.socket(10, 3, SocketKind::Datagram);
        story.socket(10, 4, SocketKind::Datagram);
        datagram(story);
    });
    many.is_of_the_first_pair(Code::SocketForEachDatagram, true);
}

/// A child makes two children, that do this.
fn grandchildren(does: impl Fn(&mut Story, i32)) -> Story {
    let mut story = Story::of("甲 $ lesson-x\n甲 做法 创建 1 个子进程\n乙 $ lesson-y\n");
    story.makes(10, 11, false);
    story.makes(11, 12, false);
    story.makes(11, 13, false);
    for pid in [12, 13] {
        does(&mut story, pid);
    }
    story.everything_breaks();
    story
}

#[test]
fn a_child_may_have_other_programs_run() {
    let runs = |story: &mut Story, pid: i32| {
        story.does(pid, Activity::Exec { program: "sh".into(), args: Vec::new() });
        // what a shell makes is the shell's
        story.makes(pid, pid + 10, false);
    };
    assert!(!grandchildren(runs).named().contains(&Code::ChildForksToo));
}

#[test]
fn a_child_that_forks_too_is_proved_by_what_is_done_twice_and_blamed_for_its_own_terminal() {
    let prints = |text: fn(i32) -> String| {
        grandchildren(move |story, pid| {
            story.prints(pid, Stream::Out, &text(pid));
        })
    };
    let other = prints(|pid| format!("我是 {pid}"));
    assert_eq!(other.cause(Code::ChildForksToo).certainty, Certainty::Candidate);
    let same = prints(|_| "听音乐".to_owned());
    assert_eq!(same.cause(Code::ChildForksToo).certainty, Certainty::Proved);
    let mut claimed = same.claimed(Code::ChildForksToo).into_iter();
    let is_own = |index: usize| same.failures[index].subject.terminal(&same.scene) == Some(0);
    assert!(claimed.all(is_own));
}

#[test]
fn two_mistakes_of_one_scene_are_both_named() {
    let both = broken("", |story| {
        story.listens(10, "0.0.0.0:41000");
        story.refused(20, SERVER_ADDR);
        story.binds(30, OTHER);
        story.listens(30, OTHER);
        let talk = story.talk(40, 40001, 30, OTHER);
        story.asks_in_vain(&talk, 30, 1, EAGAIN);
        story.exits(30, 1);
    });
    let named = both.story.named();
    assert!(named.contains(&Code::BindMissing), "{named:?}");
    assert!(named.contains(&Code::OneClientEndsServer), "{named:?}");
}
