//! What was cut: sends, receives, datagrams, locks; and who sleeps again and again.

use events::{Ends, Exit, Line, Source, Stream};

use super::failures::{code, leave, told};
use super::talk::{gives, hears, says};
use super::*;

fn ends_with(pid: i32, exit: i32) -> Vec<Event> {
    let terminal = usize::from(pid == CLIENT);
    let exit = Exit::Code(exit);
    vec![traced(terminal, pid, Activity::Exited(exit)), event(Kind::Exited { terminal, exit })]
}

#[test]
fn what_a_send_did_not_take_and_nobody_sent_again() {
    let cut = || gives(CLIENT, b"hello", 2);
    let proved = Some((Code::SendCutShort, Certainty::Proved));
    assert_eq!(code([cut(), ends_with(CLIENT, 1)].concat()), proved);
    assert_eq!(code([cut(), ends_with(CLIENT, 0)].concat()), None, "nothing went wrong");
    let rest = says(CLIENT, b"llo");
    assert_eq!(code([cut(), rest, ends_with(CLIENT, 1)].concat()), None);
    let data = Data::new(b"llo", 3);
    let rest = Activity::Enter(Call::Send { fd: 4, object: connection(CLIENT), data });
    let begun = vec![traced(1, CLIENT, rest)];
    assert_eq!(code([cut(), begun, ends_with(CLIENT, 1)].concat()), None, "it is sending the rest");
}

#[test]
fn one_receive_is_not_a_message() {
    let part = || [says(SERVER, b"10 20 "), hears(CLIENT, 1024, b"10 20 ")].concat();
    let rest = || says(SERVER, b"30 40\n");
    let candidate = Some((Code::ReceivedInPart, Certainty::Candidate));
    assert_eq!(code([part(), ends_with(CLIENT, 1), rest()].concat()), candidate);
    assert_eq!(code([part(), rest(), ends_with(CLIENT, 1)].concat()), candidate);
    assert_eq!(code([part(), ends_with(CLIENT, 1)].concat()), None, "that was all");
    assert_eq!(code([part(), rest(), ends_with(CLIENT, 0)].concat()), None);
    let answers = says(CLIENT, b"thanks");
    assert_eq!(code([part(), answers, rest(), ends_with(CLIENT, 1)].concat()), None);
}

fn says_error(tid: i32, text: &str) -> Event {
    let source = Some(Source { pid: SERVER, tid });
    let (stream, text) = (Stream::Err, text.to_owned());
    event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source }))
}

#[test]
fn a_poisoned_lock_is_the_consequence_of_a_panic() {
    let panics = |tid: i32, message: &str| {
        let at = format!("thread 'x' ({tid}) panicked at /home/a/src/main.rs:{tid}:5:");
        vec![says_error(tid, ""), says_error(tid, &at), says_error(tid, message)]
    };
    let poison = "called `Result::unwrap()` on an `Err` value: PoisonError { .. }";
    let causes = told([panics(11, "no price"), panics(SERVER, poison)].concat());
    assert_eq!((causes[0].code, causes[0].certainty), (Code::LockPoisoned, Certainty::Proved));
    assert!(causes[0].sentence.contains("main.rs:11「no price」"), "{}", causes[0].sentence);
    // which of two had it is not known
    let two = [panics(11, "no price"), panics(12, "no paper"), panics(SERVER, poison)].concat();
    assert_eq!(code(two), Some((Code::LockPoisoned, Certainty::Candidate)));
    assert_eq!(code(panics(SERVER, poison)), None, "it was poisoned unseen");
    assert_eq!(code(panics(11, "no price")), None);
}

#[test]
fn a_datagram_that_did_not_fit() {
    let datagram = |pid: i32, own: &str, other: &str, bytes: &[u8], asked: u64| {
        let ends = Some(Ends::Datagram { own: addr(own), other: Some(addr(other)) });
        let data = Data { ends, ..Data::new(bytes, bytes.len() as u64).asking(asked) };
        let object = Object::Socket { id: u64::from(pid.unsigned_abs()) };
        let call = match pid {
            CLIENT => Call::Send { fd: 4, object, data },
            _ => Call::Receive { fd: 4, object, data },
        };
        leave(pid, call, CallResult::Done(bytes.len() as i64))
    };
    let sent = || datagram(CLIENT, "127.0.0.1:5000", "127.0.0.1:7000", b"temp=11;wave=2", 14);
    let got = |bytes: &[u8]| datagram(SERVER, "0.0.0.0:7000", "127.0.0.1:5000", bytes, 8);
    let story = |bytes| [vec![sent(), got(bytes)], ends_with(SERVER, 1)].concat();
    assert_eq!(code(story(b"temp=11;")), Some((Code::DatagramCut, Certainty::Proved)));
    let told_late = [vec![got(b"temp=11;"), sent()], ends_with(SERVER, 1)].concat();
    assert_eq!(code(told_late), Some((Code::DatagramCut, Certainty::Proved)));
    // another datagram, of which nobody saw the sending
    assert_eq!(code(story(b"wind=123")), None);
    let well = [vec![sent(), got(b"temp=11;")], ends_with(SERVER, 0)].concat();
    assert_eq!(code(well), None);
}

#[test]
fn who_sleeps_again_and_again_is_not_missed() {
    let of_thread = |activity| event(Kind::Traced { terminal: 0, pid: SERVER, tid: 11, activity });
    let sleep = || {
        let call = Call::Sleep { length: Duration::from_millis(250) };
        let over = Activity::Leave { call: call.clone(), outcome: CallResult::Done(0) };
        [of_thread(Activity::Enter(call)), of_thread(over)]
    };
    let begun = || traced(0, SERVER, Activity::NewThread { child: 11 });
    let falls_asleep = || sleep()[0].clone();
    let once = [vec![begun(), falls_asleep()], ends_with(SERVER, 0)].concat();
    assert_eq!(code(once), Some((Code::ThreadsLeftBehind, Certainty::Proved)));
    let again = [vec![begun()], sleep().to_vec(), vec![falls_asleep()], ends_with(SERVER, 0)];
    assert_eq!(code(again.concat()), None);
    let printed = says_error(11, "one more");
    let works =
        [vec![begun()], sleep().to_vec(), vec![printed, falls_asleep()], ends_with(SERVER, 0)];
    assert_eq!(code(works.concat()), Some((Code::ThreadsLeftBehind, Certainty::Proved)));
}
