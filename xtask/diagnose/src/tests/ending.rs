//! Who waits until the other has said all; the head and the body of HTTP.

use super::talk::*;
use super::*;

const TO_THE_END: &str = "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break";
const HTTP: [(&str, &str); 2] = [READINTO, ("http/server.py", "handle_one_request")];

fn connected() -> Event {
    let (peer, local) = (Some(addr(SERVER_ADDR)), Some(addr(CLIENT_ADDR)));
    let call = Call::Connect { fd: 4, peer, local, socket: None };
    traced(1, CLIENT, Activity::Leave { call, outcome: CallResult::Done(0) })
}

/// The client asks, the server answers.
fn asked(question: &[u8], answer: &[u8]) -> Vec<Event> {
    let asked = [says(CLIENT, question), hears(SERVER, 9999, question)].concat();
    let answered = [says(SERVER, answer), hears(CLIENT, 9999, answer)].concat();
    [vec![connected()], asked, answered].concat()
}

#[test]
fn a_server_that_has_answered_and_does_not_close() {
    let client = python(asks(CLIENT, 9), &[], TO_THE_END);
    let found = causes(asked(b"hi\n", b"ok\n"), vec![asks(SERVER, 9), client]);
    // either may be right: it depends on what they want to say yet
    assert_proved(&found, Code::HalfCloseMissing, None);
    assert!(found[0].sentence.contains("没有关闭连接，也没有半关闭"), "{found:#?}");
}

#[test]
fn http_keeps_its_connections_open() {
    let waits = || vec![asks(SERVER, 9), python(asks(CLIENT, 9), &[], TO_THE_END)];
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let found = causes(asked(b"GET / HTTP/1.1\r\n\r\n", answer), waits());
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
    assert!(found[0].sentence.contains("keep-alive"), "{found:#?}");
    // it has said that it closes
    let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok";
    let found = causes(asked(b"GET / HTTP/1.1\r\n\r\n", answer), waits());
    assert!(!found[0].sentence.contains("keep-alive"), "{found:#?}");
}

#[test]
fn the_head_of_a_message_ends_with_an_empty_line() {
    let server = || python(asks(SERVER, 8192), &HTTP, "server.serve_forever()  # HERE");
    let said = |text: &[u8]| [says(CLIENT, text), hears(SERVER, 8192, text)].concat();
    let waits = || vec![server(), asks(CLIENT, 9)];
    let found = causes(said(b"GET / HTTP/1.0\r\nHost: x\r\n"), waits());
    assert_proved(&found, Code::NewlineMissing, Some(1));
    assert!(found[0].sentence.contains("空行"), "{found:#?}");
    let found = causes(said(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"), waits());
    assert!(found.iter().all(|cause| !cause.sentence.contains("空行")), "{found:#?}");
    let found = causes(said(b"POST / HTTP/1.0\r\nContent-Length: 9\r\n\r\n123"), waits());
    assert_candidates(&found, Code::BytesMissing);
    assert!(found[0].sentence.contains("是 9，头后面却只发了 3 字节"), "{found:#?}");
    // no HTTP at all
    let found = causes(said(b"hello\n"), vec![asks(SERVER, 8192), asks(CLIENT, 9)]);
    assert!(found.iter().all(|cause| !cause.sentence.contains("HTTP")), "{found:#?}");
}

#[test]
fn who_reads_to_the_end_of_a_greeting_may_be_the_one_to_change() {
    let greeted = [vec![connected()], says(SERVER, b"welcome"), hears(CLIENT, 9999, b"welcome")];
    let client = || python(asks(CLIENT, 9), &[], TO_THE_END);
    let found = causes(greeted.concat(), vec![asks(SERVER, 9), client()]);
    assert_candidates(&found, Code::AnswerNeverComes);
    assert_eq!(found[0].culprit, Some(1), "{found:#?}");
    // or the server should say that it is done
    assert!(found.iter().any(|cause| cause.code == Code::HalfCloseMissing), "{found:#?}");
}

#[test]
fn who_has_nothing_to_say_may_have_to_say_so() {
    let server = python(asks(SERVER, 9), &[], TO_THE_END);
    let found = causes(vec![connected()], vec![server, asks(CLIENT, 9)]);
    assert_candidates(&found, Code::HalfCloseMissing);
    assert_eq!(found[0].culprit, Some(1), "{found:#?}");
    assert_eq!(found[1].code, Code::BothListen, "{found:#?}");
    // both read to the end: neither is known to have nothing to say
    let both = [SERVER, CLIENT].map(|pid| python(asks(pid, 9), &[], TO_THE_END));
    assert_proved(&causes(vec![connected()], both.to_vec()), Code::BothListen, None);
}
