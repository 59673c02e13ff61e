//! Programs that are given are right: nobody is told to change them.

use super::talk::*;
use super::*;
use crate::explain;

const TO_THE_END: &[&str] = &[
    "recv",
    "std::net::tcp::TcpStream as std::io::Read::read",
    "std::io::default_read_to_end",
    "std::io::Read::read_to_string",
];
const READ_LINE: &[&str] = &[
    "recv",
    "std::io::buffered::bufreader::BufReader as std::io::BufRead::fill_buf",
    "std::io::BufRead::read_line",
];

/// The client, whose program is given, has said this, and both wait.
fn told(text: &[u8], server: Waiting) -> Vec<Cause> {
    let mut scene = two();
    scene.terminals[1].given = true;
    let mut events = vec![
        event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }),
        event(Kind::Started { terminal: 1, pid: CLIENT, parent: 1 }),
    ];
    events.extend(says(CLIENT, text));
    events.extend(hears(SERVER, 1024, text));
    let waiting = vec![server, asks(CLIENT, 1024)];
    events.push(event(Kind::Stuck { direction: None, waiting }));
    let causes = explain(&scene, &events);
    assert!(!causes.is_empty());
    assert!(causes.iter().all(|cause| cause.culprit != Some(1)), "{causes:#?}");
    causes
}

#[test]
fn who_reads_to_the_end_is_to_stop_at_what_was_agreed() {
    let found = told(b"hi\n", rust(asks(SERVER, 32), TO_THE_END, ""));
    assert_proved(&found, Code::AnswerNeverComes, Some(0));
    assert!(found[0].sentence.contains("读到流的末尾（read_to_string）才往下走"), "{found:#?}");
    let advice = found[0].advice.as_deref().unwrap();
    assert!(advice.contains("按行的收到换行") && !advice.contains("shutdown"), "{advice}");
}

#[test]
fn a_line_without_its_end_is_not_to_be_waited_for() {
    let found = told(b"hi", rust(asks(SERVER, 1024), READ_LINE, ""));
    assert!(found[0].code == Code::NewlineMissing && found[0].culprit == Some(0), "{found:#?}");
    assert!(found[0].advice.as_deref().unwrap().contains("不要等换行"), "{found:#?}");
}

#[test]
fn what_only_the_given_one_could_change_is_no_advice() {
    let mut scene = two();
    scene.terminals[1].given = true;
    let mut events = vec![event(Kind::Started { terminal: 1, pid: CLIENT, parent: 1 })];
    let input = waiting(1, CLIENT, CLIENT, receive(Object::Input), On::Input);
    events.push(event(Kind::Stuck { direction: None, waiting: vec![input] }));
    let found = explain(&scene, &events);
    assert_eq!(diagnosis(&found[0]), (Code::InputNeverComes, Certainty::Candidate, None));
    assert_eq!((&found[0].advice, &found[0].remedy, &found[0].place), (&None, &None, &None));
}

#[test]
fn whatever_is_not_known_blames_nobody_who_is_given() {
    for text in [&b"hi"[..], b"hi\n", b"a\nb\n", b"5\nhel"] {
        for asked in [1, 4, 100, 1024, 8192] {
            told(text, asks(SERVER, asked));
            told(text, rust(asks(SERVER, asked), READ_LINE, ""));
            told(text, rust(asks(SERVER, asked), TO_THE_END, ""));
        }
    }
}
