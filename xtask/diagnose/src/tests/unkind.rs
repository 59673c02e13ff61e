//! What an unkind kernel kept, and which mistake that shows.

use super::*;

use crate::unkindness;
use events::Withheld;
use judge::{Failure, Subject, Verdict};

fn data(text: &str, asked: u64, withheld: Option<Withheld>) -> Data {
    Data { withheld, ..Data::new(text.as_bytes(), text.len() as u64).asking(asked) }
}

fn done(pid: i32, call: Call, value: i64) -> Event {
    traced(
        usize::from(pid == CLIENT),
        pid,
        Activity::Leave { call, outcome: CallResult::Done(value) },
    )
}

fn sends(pid: i32, text: &str, withheld: Option<Withheld>) -> Vec<Event> {
    let data = data(text, text.len() as u64, withheld);
    let call = Call::Send { fd: 4, object: connection(pid), data };
    let begins = traced(usize::from(pid == CLIENT), pid, Activity::Enter(call.clone()));
    vec![begins, done(pid, call, text.len() as i64)]
}

fn gets(pid: i32, text: &str, withheld: Option<Withheld>) -> Event {
    let call = Call::Receive { fd: 4, object: connection(pid), data: data(text, 100, withheld) };
    done(pid, call, text.len() as i64)
}

fn shown(story: Vec<Event>) -> Option<Cause> {
    let mut events = vec![event(Kind::Tracing { clock: Clock::Virtual { seed: 0 } })];
    for (terminal, pid) in [SERVER, CLIENT].into_iter().enumerate() {
        events.push(event(Kind::Started { terminal, pid, parent: 1 }));
    }
    events.extend(story);
    let failure = Failure {
        rule: Rule::Order,
        line: 1,
        subject: Subject::Terminal(0),
        expected: None,
        got: None,
        detail: String::new(),
        event: None,
    };
    unkindness(&two(), &events, &Verdict { failures: vec![failure], unchecked: Vec::new() })
}

fn late(sent: &[&str], got: &str) -> Code {
    let mut story: Vec<Event> = sent.iter().flat_map(|text| sends(CLIENT, text, None)).collect();
    story.push(gets(SERVER, got, Some(Withheld::Turn)));
    shown(story).unwrap().code
}

#[test]
fn who_came_late_and_got_one_message_has_not_got_two_of_them() {
    assert_eq!(late(&["one", "two"], "onetwo"), Code::MessagesStuckTogether);
    assert_eq!(late(&["one", "two"], "one"), Code::OthersCameFirst);
    // the end
    assert_eq!(late(&["one"], ""), Code::OthersCameFirst);
}

#[test]
fn who_waited_for_room_has_let_others_go_first() {
    let big = "x".repeat(100);
    let [begins, ends] = sends(CLIENT, &big, Some(Withheld::Room)).try_into().unwrap();
    assert!(shown(vec![begins.clone(), ends.clone()]).is_none(), "nobody went on meanwhile");
    let cause = shown(vec![begins, gets(SERVER, &big, None), ends]).unwrap();
    assert_eq!((cause.code, cause.certainty), (Code::OthersCameFirst, Certainty::Candidate));
    let fact = cause.fact.unwrap();
    assert!(fact.contains("要发 100 字节，发送缓冲区小"), "{fact}");
}

#[test]
fn a_send_that_is_refused_for_want_of_room_is_one_that_was_cut() {
    let data = data("hi", 2, Some(Withheld::Room));
    let call = Call::Send { fd: 4, object: connection(CLIENT), data };
    let outcome = CallResult::Failed(nix::libc::EAGAIN);
    let cause = shown(vec![traced(1, CLIENT, Activity::Leave { call, outcome })]).unwrap();
    assert_eq!(cause.code, Code::SendCutShort);
    assert!(cause.sentence.contains("一个字节也没有收下（EAGAIN）"), "{}", cause.sentence);
}

#[test]
fn who_waits_for_room_for_ever_is_told_with_its_descriptor() {
    let big = "x".repeat(100);
    let begins = sends(CLIENT, &big, Some(Withheld::Room)).remove(0);
    let waiting = vec![
        waiting(0, SERVER, SERVER, send(connection(SERVER)), peer(CLIENT)),
        waiting(1, CLIENT, CLIENT, send(connection(CLIENT)), peer(SERVER)),
    ];
    let cause = shown(vec![begins, event(Kind::Stuck { direction: Some(1), waiting })]).unwrap();
    let words = format!("{cause:?}");
    assert!(words.contains("的 send(fd=4) 要发 100 字节，发送缓冲区小"), "{words}");
}

#[test]
fn who_asks_for_the_rest_of_a_length_does_not_take_one_read_for_all() {
    let asks = |text: &str, asked, withheld| {
        let data = data(text, asked, withheld);
        let call = Call::Receive { fd: 4, object: connection(SERVER), data };
        done(SERVER, call, text.len() as i64)
    };
    let cause = shown(vec![
        asks("len", 8, Some(Withheld::Rest)),
        asks("gth:9", 5, None),
        asks("a part", 90, Some(Withheld::Rest)),
        asks("and mor", 8, None),
    ]);
    let fact = cause.unwrap().fact.unwrap();
    assert!(fact.contains("最多要 90 字节"), "{fact}");
}
