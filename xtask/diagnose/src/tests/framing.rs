//! Where the one thinks that a message ends, and the other does not.

use super::talk::*;
use super::*;

const READ_TO_END: &[&str] = &[
    "__libc_recv",
    "std::net::tcp::TcpStream as std::io::Read::read",
    "std::io::default_read_to_end",
];
const READ_LINE: &[&str] = &[
    "recv",
    "std::net::tcp::TcpStream as std::io::Read::read",
    "std::io::buffered::bufreader::BufReader as std::io::BufRead::fill_buf",
    "std::io::read_until",
    "std::io::BufRead::read_line",
];
const READ_EXACT: &[&str] =
    &["recv", "std::net::tcp::TcpStream as std::io::Read::read", "std::io::default_read_exact"];

/// The client has said something, the server has got it, and both wait.
fn said(text: &[u8]) -> Vec<Event> {
    [says(CLIENT, text), hears(SERVER, 1024, text)].concat()
}

fn both(server: Waiting) -> Vec<Waiting> {
    vec![server, asks(CLIENT, 1024)]
}

#[test]
fn without_stacks_there_are_facts_and_candidates() {
    let found = causes(said("你好".as_bytes()), both(asks(SERVER, 8192)));
    assert_candidates(&found, Code::NewlineMissing);
    assert_eq!(
        found[0].fact.as_deref(),
        Some(
            "「服务器端」和「客户端」都在等对方的数据：「客户端」发来的 6 字节「服务器端」都收下了，「服务器端」什么也没有发"
        )
    );
    assert!(found.iter().all(|cause| cause.sentence.starts_with("如果")), "{found:#?}");
    assert!(found.iter().any(|cause| cause.code == Code::HalfCloseMissing), "{found:#?}");
}

#[test]
fn the_end_is_lacking_only_where_the_reader_reads_to_it() {
    let waits = |inner: &[&str]| both(rust(asks(SERVER, 32), inner, ""));
    let found = causes(said(b"hi\n"), waits(READ_TO_END));
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
    assert!(found[0].sentence.contains("「客户端」没有半关闭（shutdown）"), "{found:#?}");
    // a type of the program's own may give what it reads another end
    let own_type = ["recv", "mine::Framed as std::io::Read::read", "std::io::default_read_to_end"];
    assert_candidates(&causes(said(b"hi\n"), waits(&own_type)), Code::HalfCloseMissing);
    let limited =
        [READ_TO_END[0], READ_TO_END[1], "std::io::Take as std::io::Read::read", READ_TO_END[2]];
    assert_proved(&causes(said(b"hi\n"), waits(&limited)), Code::BytesMissing, Some(0));
    // what is half-closed lacks no half-close
    let mut story = said(b"hi\n");
    let call = Call::Shutdown { fd: 4, object: connection(CLIENT), how: events::Half::Write };
    story.push(traced(1, CLIENT, Activity::Leave { call, outcome: CallResult::Done(0) }));
    let found = causes(story, waits(READ_TO_END));
    assert!(found.iter().all(|cause| cause.code != Code::HalfCloseMissing), "{found:#?}");
}

#[test]
fn a_line_is_awaited_only_where_the_reader_reads_lines() {
    let waits = || both(rust(asks(SERVER, 8192), READ_LINE, ""));
    let found = causes(said(b"one\ntwo"), waits());
    assert_proved(&found, Code::NewlineMissing, Some(1));
    assert!(found[0].sentence.contains("「two」"), "{found:#?}");
    // the line is whole: then something else is lacking
    let found = causes(said(b"one\n"), waits());
    assert!(found.iter().all(|cause| cause.code != Code::NewlineMissing), "{found:#?}");
    assert_candidates(&found, Code::BufferNotFlushed);
    // of a long text only its last bytes are known, and those are enough
    let long = "x".repeat(500);
    let mut story = said(format!("{long}\n").as_bytes());
    for event in &mut story {
        if let Kind::Traced {
            activity:
                Activity::Enter(Call::Send { data, .. })
                | Activity::Leave { call: Call::Send { data, .. }, .. },
            ..
        } = &mut event.kind
        {
            data.tail = b"xxx\n".to_vec();
        }
    }
    let found = causes(story, waits());
    assert!(found.iter().all(|cause| cause.code != Code::NewlineMissing), "{found:#?}");
    let found = causes(said(long.as_bytes()), waits());
    assert!(found.iter().all(|cause| cause.code != Code::NewlineMissing), "{found:#?}");
}

#[test]
fn a_line_may_have_to_end_with_two_characters() {
    let source = "def line(s):\n    buf = b''\n    while b'\\r\\n' not in buf:\n        buf += s.recv(1024)  # HERE\n    return buf";
    let waits = || both(python(asks(SERVER, 1024), &[], source));
    let found = causes(said(b"HELO me\n"), waits());
    assert_proved(&found, Code::NewlineMissing, Some(1));
    assert!(found[0].sentence.contains("只有 \\n"), "{found:#?}");
    let found = causes(said(b"HELO me\r\n"), waits());
    assert!(found.iter().all(|cause| cause.code != Code::NewlineMissing), "{found:#?}");
}

#[test]
fn python_says_with_its_line_how_it_reads() {
    for (line, code) in [
        ("line = f.readline()", Code::NewlineMissing),
        ("for line in f:", Code::NewlineMissing),
        ("text = f.read()", Code::HalfCloseMissing),
        ("lines = f.readlines()", Code::HalfCloseMissing),
        ("text = f.read(10)", Code::BytesMissing),
    ] {
        let source = format!("def serve(f):\n    {line}  # HERE\n");
        let waits = both(python(asks(SERVER, 8192), &[READINTO], &source));
        let found = causes(said(b"hi"), waits);
        assert_eq!(codes(&found), (vec![code], true), "{line} {found:#?}");
    }
    let copies = [READINTO, ("shutil.py", "copyfileobj")];
    let source = "shutil.copyfileobj(f, g)  # HERE";
    let found = causes(said(b"hi"), both(python(asks(SERVER, 8192), &copies, source)));
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
    // a library in between may know another end
    let other = [READINTO, ("client.py", "_safe_read")];
    let source = "text = answer.read()  # HERE";
    let found = causes(said(b"hi"), both(python(asks(SERVER, 8192), &other, source)));
    assert_candidates(&found, Code::NewlineMissing);
}

/// What a loop around a receive waits for.
#[test]
fn loops_end_where_their_source_says() {
    use Code::{BytesMissing, HalfCloseMissing, NewlineMissing};
    let python_loops = [
        (
            "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break\n    all += d",
            Some(HalfCloseMissing),
        ),
        (
            "while True:\n    d = s.recv(9)  # HERE\n    if d == b'': break\n    all += d",
            Some(HalfCloseMissing),
        ),
        ("while d := s.recv(9):  # HERE\n    all += d", Some(HalfCloseMissing)),
        (
            "d = s.recv(9)\nwhile d:\n    all += d\n    d = s.recv(9)  # HERE",
            Some(HalfCloseMissing),
        ),
        ("for d in iter(lambda: s.recv(9), b''):  # HERE\n    all += d", Some(HalfCloseMissing)),
        (
            "while len(all) < size:\n    d = s.recv(9)  # HERE\n    if not d:\n        raise EOFError\n    all += d",
            Some(BytesMissing),
        ),
        (
            "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break\n    all += d\n    if len(all) >= size:\n        break",
            Some(BytesMissing),
        ),
        ("while not all.endswith(b'\\n'):\n    all += s.recv(9)  # HERE", Some(NewlineMissing)),
        (
            "while True:\n    d = s.recv(9)  # HERE\n    all += d\n    if b'\\n' in all or not d:\n        break",
            None,
        ),
        ("while got < want:\n    d = s.recv(9)  # HERE\n    got += len(d)", Some(BytesMissing)),
        // so many messages, not bytes
        ("while count < 3:\n    d = s.recv(9)  # HERE\n    count += 1", None),
        ("while True:\n    d = s.recv(9)  # HERE\n    if all == b'bye':\n        break", None),
        ("for i in range(3):\n    d = s.recv(9)  # HERE\n    all += d", None),
        // what else ends it is not known
        (
            "while True:\n    d = s.recv(9)  # HERE\n    if not d or d == b'bye':\n        break",
            None,
        ),
        ("while running:\n    d = s.recv(9)  # HERE\n    if not d:\n        break", None),
        (
            "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break\n    if done(d):\n        return",
            None,
        ),
        ("while True:\n    d = s.recv(9)  # HERE\n    print(d)", None),
        ("d = s.recv(9)  # HERE\nwhile True:\n    if not d:\n        break", None),
    ];
    for (source, code) in python_loops {
        let found = causes(said(b"hi"), both(python(asks(SERVER, 9), &[], source)));
        assert_eq!(
            (codes(&found).0.first().copied(), codes(&found).1),
            match code {
                Some(code) => (Some(code), true),
                None => (found.first().map(|cause| cause.code), false),
            },
            "{source} {found:#?}"
        );
    }
    let rust_loops = [
        (
            "fn f() {\n    loop {\n        let n =\n            s.read(&mut buf).with_context(|| format!(\"x\"))?; // HERE\n        if n == 0 {\n            break;\n        }\n    }\n}",
            Some(HalfCloseMissing),
        ),
        (
            "fn f() {\n    while count < 3 {\n        let n = s.read(&mut buf)?; // HERE\n        count += 1;\n    }\n}",
            None,
        ),
        (
            "fn f() {\n    loop {\n        let n = s.read(&mut buf)?; // HERE\n        if n == 0 {\n            break;\n        }\n        all.extend(&buf[..n]);\n    }\n}",
            Some(HalfCloseMissing),
        ),
        (
            "fn f() {\n    while let Ok(n) = s.read(&mut buf) { // HERE\n        if n == 0 { break; }\n        all.extend(&buf[..n]);\n    }\n}",
            Some(HalfCloseMissing),
        ),
        (
            "fn f() {\n    loop {\n        match s.read(&mut buf) { // HERE\n            Ok(0) => break,\n            Ok(n) => all.extend(&buf[..n]),\n            Err(_) => return,\n        }\n    }\n}",
            Some(HalfCloseMissing),
        ),
        (
            "fn f() {\n    while got < want {\n        got += s.read(&mut buf)?; // HERE\n    }\n}",
            Some(BytesMissing),
        ),
        (
            "fn f() {\n    loop {\n        let n = s.read(&mut buf)?; // HERE\n        if n == 0 || stop {\n            break;\n        }\n    }\n}",
            None,
        ),
        (
            "fn f() {\n    loop {\n        let n = s.read(&mut buf)?; // HERE\n        println!(\"{n}\");\n    }\n}",
            None,
        ),
        ("fn f() {\n    let n = s.read(&mut buf)?; // HERE\n}", None),
    ];
    for (source, code) in rust_loops {
        let found = causes(said(b"hi"), both(rust(asks(SERVER, 9), &READ_EXACT[..2], source)));
        assert_eq!(
            (codes(&found).0.first().copied(), codes(&found).1),
            match code {
                Some(code) => (Some(code), true),
                None => (found.first().map(|cause| cause.code), false),
            },
            "{source} {found:#?}"
        );
    }
}

#[test]
fn who_answers_on_the_way_does_not_wait_for_the_end_to_answer() {
    let echo =
        "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break\n    s.sendall(d)";
    let story = [said(b"hi"), says(SERVER, b"hi"), hears(CLIENT, 1024, b"hi")].concat();
    let waits = vec![python(asks(SERVER, 9), &[], echo), asks(CLIENT, 8)];
    let found = causes(story, waits);
    assert!(
        found
            .iter()
            .all(|cause| cause.code != Code::HalfCloseMissing
                || cause.certainty == Certainty::Candidate),
        "{found:#?}"
    );
}

#[test]
fn what_is_written_on_the_way_may_go_into_a_file() {
    let source =
        "while True:\n    d = s.recv(9)  # HERE\n    if not d:\n        break\n    file.write(d)";
    let found = causes(said(b"hi"), both(python(asks(SERVER, 9), &[], source)));
    assert_proved(&found, Code::HalfCloseMissing, Some(1));
}

#[test]
fn bytes_that_are_still_lacking_are_counted() {
    let found = causes(said(b"hello"), both(rust(asks(SERVER, 59), READ_EXACT, "")));
    assert_proved(&found, Code::BytesMissing, Some(0));
    assert!(found[0].sentence.contains("还差 59 字节；「客户端」一共发来 5 字节"), "{found:#?}");
    // without a stack: it asks for what is lacking
    let story = [says(CLIENT, b"hello"), hears(SERVER, 64, b"hello")].concat();
    let found = causes(story.clone(), both(asks(SERVER, 59)));
    assert_candidates(&found, Code::BytesMissing);
    // who takes what comes asks for the same again
    let found = causes(story, both(asks(SERVER, 64)));
    assert!(found.iter().all(|cause| cause.code != Code::BytesMissing), "{found:#?}");
    // who fills a buffer asks for what is left of that
    let story = [says(CLIENT, b"hello"), hears(SERVER, 8192, b"hello")].concat();
    let found = causes(story.clone(), both(asks(SERVER, 8187)));
    assert!(found.iter().all(|cause| !cause.sentence.contains("8187")), "{found:#?}");
    let server = python(asks(SERVER, 8187), &[READINTO], "text = f.read(100)  # HERE");
    let found = causes(story, both(server));
    assert_proved(&found, Code::BytesMissing, Some(0));
    assert!(found[0].sentence.contains("字节还不够"), "{found:#?}");
    // a buffered reader asks for its buffer
    let buffered = [
        "recv",
        READ_LINE[2],
        "std::io::buffered::bufreader::BufReader as std::io::Read::read_exact",
    ];
    let found = causes(said(b"hello"), both(rust(asks(SERVER, 8192), &buffered, "")));
    assert!(!found[0].sentence.contains("8192"), "{found:#?}");
}

#[test]
fn a_call_that_waits_for_all_of_it_has_a_part_already() {
    let story = says(CLIENT, b"hello");
    let found = causes(story, both(asks(SERVER, 64)));
    assert_candidates(&found, Code::BytesMissing);
    assert!(found[0].sentence.contains("还差 59 字节"), "{found:#?}");
}

#[test]
fn a_length_in_the_other_byte_order_would_fit() {
    let header = [5, 0, 0, 0];
    let story = |body: &[u8]| {
        let sends = [says(CLIENT, &header), says(CLIENT, body)].concat();
        [sends, hears(SERVER, 4, &header), hears(SERVER, 0x0500_0000, body)].concat()
    };
    let waits = || both(asks(SERVER, 0x0500_0000 - 5));
    let found = causes(story(b"hello"), waits());
    assert_candidates(&found, Code::ByteOrderDiffers);
    assert!(found[0].sentence.contains("正好是 5"), "{found:#?}");
    // it does not fit: only that fewer have come
    let story = [story(b"hell"), says(CLIENT, b""), vec![]].concat();
    let found = causes(story, both(asks(SERVER, 0x0500_0000 - 4)));
    assert_candidates(&found, Code::BytesMissing);
    assert!(found[0].sentence.contains("后面却只发了 4 字节"), "{found:#?}");
}

#[test]
fn text_that_is_taken_for_a_length() {
    // two characters were announced, and six bytes sent
    let (header, body) = ([0, 0, 0, 8], b"abcdefghijkl");
    let sends = [says(CLIENT, &header), says(CLIENT, body)].concat();
    let gets =
        [hears(SERVER, 4, &header), hears(SERVER, 8, b"abcdefgh"), hears(SERVER, 4, b"ijkl")];
    let story = [sends, gets.concat()].concat();
    let found = causes(story, both(asks(SERVER, 0x696a_6b6c)));
    assert_candidates(&found, Code::TextTakenForLength);
    assert_eq!(found[0].culprit, Some(1));
    // a length that is a length
    let header = [0, 0, 0, 20];
    let story = [
        says(CLIENT, b"x"),
        hears(SERVER, 1, b"x"),
        says(CLIENT, &header),
        hears(SERVER, 4, &header),
    ];
    let found = causes(story.concat(), both(asks(SERVER, 20)));
    assert!(found.iter().all(|cause| cause.code != Code::TextTakenForLength), "{found:#?}");
}

#[test]
fn a_send_that_took_a_part() {
    let much = [b'z'; 100];
    let part = || [gives(CLIENT, &much, 40), hears(SERVER, 1024, &much[..40])].concat();
    let found = causes(part(), both(asks(SERVER, 1024)));
    assert_proved(&found, Code::SendCutShort, Some(1));
    assert!(found[0].sentence.contains("要发 100 字节，内核只收下 40 字节"), "{found:#?}");
    // the rest was sent, too
    let story = [part(), says(CLIENT, &much[40..]), hears(SERVER, 1024, &much[40..])].concat();
    let found = causes(story, both(asks(SERVER, 1024)));
    assert!(found.iter().all(|cause| cause.code != Code::SendCutShort), "{found:#?}");
}

#[test]
fn a_receive_that_was_filled_to_the_brim() {
    let source = "while True:\n    d = s.recv(1024)  # HERE\n    all += d\n    if len(d) < 1024:\n        break";
    let waits = || both(python(asks(SERVER, 1024), &[], source));
    let found = causes(said(&[b'x'; 1024]), waits());
    assert_proved(&found, Code::FullReadTakenForPart, Some(0));
    let found = causes(said(&[b'x'; 1024]), both(asks(SERVER, 1024)));
    assert!(found.iter().any(|cause| cause.code == Code::FullReadTakenForPart), "{found:#?}");
    let found = causes(said(b"hi"), both(asks(SERVER, 1024)));
    assert!(found.iter().all(|cause| cause.code != Code::FullReadTakenForPart), "{found:#?}");
}
