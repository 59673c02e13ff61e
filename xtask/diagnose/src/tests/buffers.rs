//! Bytes that lie in a program's own buffer, or were lost with one.

use super::talk::*;
use super::*;

const READ: &[&str] = &["recv", "std::net::tcp::TcpStream as std::io::Read::read"];
const READ_LINE: &[&str] = &[
    "recv",
    "std::io::buffered::bufreader::BufReader as std::io::BufRead::fill_buf",
    "std::io::BufRead::read_line",
];

/// The client has sent these, the server has got them with one receive.
fn stuck_together(texts: &[&str], asked: u64) -> Vec<Event> {
    let mut story: Vec<Event> =
        texts.iter().flat_map(|text| says(CLIENT, text.as_bytes())).collect();
    story.extend(hears(SERVER, asked, texts.concat().as_bytes()));
    story
}

fn both(server: Waiting) -> Vec<Waiting> {
    vec![server, asks(CLIENT, 1024)]
}

#[test]
fn two_messages_in_one_receive() {
    let found = causes(stuck_together(&["a.txt", "the text"], 1024), both(asks(SERVER, 1024)));
    assert_candidates(&found, Code::MessagesStuckTogether);
    assert_eq!(found[0].culprit, Some(0));
    assert!(
        found[0].sentence.starts_with(
            "「客户端」分 2 次发的「a.txt」「the text」，「服务器端」一次接收就全收下了（13 字节"
        ),
        "{found:#?}"
    );
    // each with its own receive
    let story = [stuck_together(&["a.txt"], 1024), stuck_together(&["the text"], 1024)].concat();
    let found = causes(story, both(asks(SERVER, 1024)));
    assert!(found.iter().all(|cause| cause.code != Code::MessagesStuckTogether), "{found:#?}");
    // who reads to the end does not mind
    let to_end = ["recv", READ[1], "std::io::default_read_to_end"];
    let server = rust(asks(SERVER, 32), &to_end, "");
    let found = causes(stuck_together(&["a", "b"], 1024), both(server));
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
}

const LINE: &str = "fn line(s: &TcpStream) -> String {\n    let mut text = String::new();\n    BufReader::new(s).read_line(&mut text).unwrap(); // HERE\n    text\n}";

#[test]
fn a_buffer_that_was_dropped_with_the_second_line() {
    let waits = || both(rust(asks(SERVER, 8192), READ_LINE, LINE));
    let found = causes(stuck_together(&["小明\n", "你好\n"], 8192), waits());
    assert_candidates(&found, Code::BufferDropped);
    assert!(
        found[0].sentence.contains("把「小明」和后面的「你好」一起收进了 BufReader"),
        "{found:#?}"
    );
    // without a stack only the size tells of a buffer
    let found = causes(stuck_together(&["小明\n", "你好\n"], 8192), both(asks(SERVER, 8192)));
    assert_candidates(&found, Code::BufferDropped);
    assert!(found[0].sentence.starts_with("如果"), "{found:#?}");
    let found = causes(stuck_together(&["小明\n", "你好\n"], 100), both(asks(SERVER, 100)));
    assert_candidates(&found, Code::MessagesStuckTogether);
    // nothing stood behind the first line
    let found = causes(stuck_together(&["小明\n"], 8192), waits());
    assert!(found.iter().all(|cause| cause.code != Code::BufferDropped), "{found:#?}");
    // one reader for all lines: then it is more likely the end that is lacking
    let whole = "fn serve(s: &TcpStream) {\n    let mut r = BufReader::new(s);\n    for line in r.lines() { // HERE\n        all.push(line);\n    }\n}";
    let inner =
        [READ_LINE[0], READ_LINE[1], READ_LINE[2], "std::io::Lines as core::iter::Iterator::next"];
    let server = rust(asks(SERVER, 8192), &inner, whole);
    let found = causes(stuck_together(&["小明\n", "你好\n"], 8192), both(server));
    assert_candidates(&found, Code::HalfCloseMissing);
}

#[test]
fn a_body_that_was_read_with_the_head() {
    let source = "def serve(conn):\n    f = conn.makefile('r')\n    size = int(f.readline())\n    body = conn.recv(size, socket.MSG_WAITALL)  # HERE";
    let server = python(asks(SERVER, 5), &[], source);
    let found = causes(stuck_together(&["5\n", "hello"], 8192), both(server));
    assert!(found.iter().all(|cause| cause.certainty == Certainty::Candidate), "{found:#?}");
    assert_eq!(found[0].code, Code::BufferDropped, "{found:#?}");
}

const ECHO: &str = "fn main() {\n    let mut r = BufReader::new(s.try_clone().unwrap());\n    let mut w = BufWriter::new(s);\n    while r.read_line(&mut line).unwrap() > 0 { // HERE\n        write!(w, \"echo {line}\").unwrap();\n    }\n}";

#[test]
fn an_answer_that_was_not_flushed() {
    let waits = |source: &str| both(rust(asks(SERVER, 8192), READ_LINE, source));
    let found = causes(stuck_together(&["hello\n"], 8192), waits(ECHO));
    assert_candidates(&found, Code::BufferNotFlushed);
    assert_eq!(found[0].culprit, Some(0), "{found:#?}");
    // it flushes
    let flushes = ECHO.replace("unwrap();\n    }", "unwrap();\n        w.flush().unwrap();\n    }");
    let found = causes(stuck_together(&["hello\n"], 8192), waits(&flushes));
    assert_ne!(found[0].code, Code::BufferNotFlushed, "{found:#?}");
    // it writes into no buffer
    let plain = ECHO.replace("BufWriter::new(s)", "s");
    let found = causes(stuck_together(&["hello\n"], 8192), waits(&plain));
    assert!(found.iter().all(|cause| cause.code != Code::BufferNotFlushed), "{found:#?}");
    // it has answered
    let story =
        [stuck_together(&["hello\n"], 8192), says(SERVER, b"echo"), hears(CLIENT, 9, b"echo")];
    let found = causes(story.concat(), both(asks(SERVER, 8192)));
    let server = |cause: &Cause| cause.code == Code::BufferNotFlushed && cause.culprit == Some(0);
    assert!(!found.iter().any(server), "{found:#?}");
}

#[test]
fn the_first_word_that_was_not_flushed() {
    let source = "f = c.makefile('rw')\nf.write('hello\\n')\nprint(f.readline())  # HERE";
    let client = python(asks(CLIENT, 8192), &[READINTO], source);
    let found = causes(vec![], vec![asks(SERVER, 1024), client]);
    assert_candidates(&found, Code::BufferNotFlushed);
    assert_eq!(found[0].culprit, Some(1), "{found:#?}");
}

const ANEW: &str = "fn serve(mut s: &TcpStream) {\n    loop {\n        let mut line = String::new();\n        BufReader::new(s).read_line(&mut line).unwrap(); // HERE\n        writeln!(s, \"5\").unwrap();\n    }\n}";
const ONCE: &str = "fn serve(mut s: &TcpStream) {\n    let mut r = BufReader::new(s);\n    while let Ok(n) = r.read_line(&mut line) { // HERE\n        if n < 9 { break }\n        writeln!(s, \"5\").unwrap();\n    }\n}";
const BY_RECV: &str = "fn serve(mut s: &TcpStream) {\n    loop {\n        let count = s.read(&mut buffer).unwrap(); // HERE\n        if count == 0 {\n            return;\n        }\n        writeln!(s, \"5\").unwrap();\n    }\n}";

/// Three questions came at once, and one was answered.
fn answered_once(server: Waiting) -> Vec<Cause> {
    let mut story = stuck_together(&["a\nb\nc\n"], 8192);
    story.extend(says(SERVER, b"5\n"));
    story.extend(hears(CLIENT, 8192, b"5\n"));
    causes(story, both(server))
}

#[test]
fn questions_that_were_sent_together_and_the_first_answered() {
    let found = answered_once(rust(asks(SERVER, 8192), READ_LINE, ANEW));
    assert_candidates(&found, Code::BufferDropped);
    assert_eq!(found[0].culprit, Some(0));
    let found = answered_once(rust(asks(SERVER, 1024), READ, BY_RECV));
    assert_candidates(&found, Code::MessagesStuckTogether);
    assert!(found[0].sentence.contains("的 3 行（6 字节）一起收下了"), "{found:#?}");
    // one buffer for all lines has lost nothing
    let found = answered_once(rust(asks(SERVER, 8192), READ_LINE, ONCE));
    assert!(found.iter().all(|cause| cause.code != Code::BufferDropped), "{found:#?}");
}

#[test]
fn all_lines_of_a_reader_are_collected() {
    let source = "fn serve(s: &TcpStream) {\n    let all: Vec<String> = BufReader::new(s).lines().collect(); // HERE\n}";
    let lines = "std::io::Lines<B> as core::iter::traits::iterator::Iterator::next";
    let collects = |more: &str| {
        let inner = [
            READ_LINE[0],
            READ_LINE[1],
            READ_LINE[2],
            lines,
            more,
            "core::iter::traits::iterator::Iterator::collect",
        ];
        causes(stuck_together(&["a\nb\n"], 8192), both(rust(asks(SERVER, 8192), &inner, source)))
    };
    let found = collects("alloc::vec::Vec<T> as core::iter::FromIterator<T>::from_iter");
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
    // two of them are enough
    let found = collects(
        "core::iter::adapters::take::Take<I> as core::iter::traits::iterator::Iterator::next",
    );
    assert!(found.iter().all(|cause| cause.certainty == Certainty::Candidate), "{found:#?}");
}

#[test]
fn who_owes_answers_does_not_serve_too_few_clients() {
    let queued = || {
        let other = Object::Connection { local: addr("127.0.0.1:40001"), peer: addr(SERVER_ADDR) };
        let on = On::Peer {
            holders: vec![],
            unaccepted: true,
            unread: 0,
            unread_there: 0,
            closed_there: false,
            half_closed: false,
            by_line: false,
        };
        waiting(1, 30, 30, receive(other), on)
    };
    let waits = |asked: &[u8]| {
        let mut story = vec![listening()];
        story.extend(says(CLIENT, asked));
        story.extend(hears(SERVER, 1024, asked));
        story.extend(says(SERVER, b"5\n"));
        story.extend(hears(CLIENT, 8192, b"5\n"));
        let other = Object::Connection { local: addr("127.0.0.1:40001"), peer: addr(SERVER_ADDR) };
        let said = Call::Send { fd: 4, object: other, data: Data::new(b"d\n", 2) };
        story.push(traced(1, 30, Activity::Enter(said.clone())));
        story.push(traced(1, 30, Activity::Leave { call: said, outcome: CallResult::Done(2) }));
        let server = rust(asks(SERVER, 1024), READ, BY_RECV);
        causes(story, vec![server, asks(CLIENT, 1024), queued()])
    };
    assert_candidates(&waits(b"a\nb\nc\n"), Code::MessagesStuckTogether);
    assert_proved(&waits(b"a\n"), Code::ServesOneAtATime, Some(0));
}
