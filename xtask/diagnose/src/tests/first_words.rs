//! Who waits for the first word.

use super::talk::*;
use super::*;

/// Both wait for the first word; the client's source is this.
fn silent(source: &str) -> Vec<Cause> {
    let client = python(asks(CLIENT, 8192), &[READINTO], source);
    causes(vec![], vec![asks(SERVER, 1024), client])
}

/// A line on the standard output of the client.
fn printed(text: &str) -> Event {
    event(Kind::Line(events::Line {
        terminal: 1,
        stream: events::Stream::Out,
        text: text.into(),
        count: 1,
        whole: true,
        source: Some(events::Source { pid: CLIENT, tid: CLIENT }),
    }))
}

#[test]
fn a_question_that_was_printed_has_not_been_sent() {
    let found =
        |line: &str| causes(vec![printed(line)], vec![server_receives(), client_receives()]);
    let asked = found("你叫什么名字？");
    assert_proved(&asked, Code::BothListen, None);
    assert!(asked[0].sentence.contains("「客户端」把「你叫什么名字？」印到了"), "{asked:#?}");
    let other = found("连上了");
    assert_proved(&other, Code::BothListen, None);
    assert!(other[0].place.is_some(), "where one of the two waits");
}

#[test]
fn what_the_script_wants_to_see_at_the_other_side_was_to_be_sent() {
    let text = "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n客户端 | 我说早上好\n服务器端 | 客户端:早上好\n客户端 结束\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    let found = |line: &str| {
        let waiting = vec![server_receives(), client_receives()];
        explained(&scene, vec![printed(line)], waiting)
    };
    assert_eq!(found("早上好").culprit, Some(1));
    for other in ["我说早上好", "好", "晚安"] {
        assert_eq!(found(other).culprit, None, "{other}");
    }
}

#[test]
fn who_writes_only_after_the_answer_has_nothing_to_flush() {
    for source in [
        "f = c.makefile('rw')\nprint(f.readline())  # HERE\nf.write('hello\\n')\nf.flush()",
        "f = c.makefile('rw')\nprint('connected')\nx = f.readline()  # HERE\nf.write(x)",
        "f = c.makefile('rw')\nwhile True:\n    x = f.readline()  # HERE\n    f.write(x)",
        "with c.makefile('rw') as f:\n    x = f.readline()  # HERE\n    print(x, file=f)",
    ] {
        assert_proved(&silent(source), Code::BothListen, None);
    }
}

#[test]
fn who_may_have_written_before_may_have_to_flush() {
    for source in [
        "f = c.makefile('rw')\nprint('hello', file=f)\nx = f.readline()  # HERE",
        "f = c.makefile('rw')\nf.write('hello\\n'); x = f.readline()  # HERE",
        // another function has got it, and a second line is written here
        "f = c.makefile('rw')\ngreet(f)\nx = f.readline()  # HERE\nf.write(x)",
        "r, w = c.makefile('r'), c.makefile('w')\ngreet(w)\nx = r.readline()  # HERE\nw.write(x)",
        // not the first time round
        "f = c.makefile('rw')\nfor i in range(3):\n    if i > 0:\n        x = f.readline()  # HERE\n    f.write('a\\n')",
    ] {
        let found = silent(source);
        assert_candidates(&found, Code::BufferNotFlushed);
        assert_eq!(found[0].culprit, Some(1), "{source} {found:#?}");
    }
    // who has got something may have answered, further down in its loop
    let source = "f = c.makefile('rw')\nwhile True:\n    x = f.readline()  # HERE\n    f.write(x)";
    let story = [says(CLIENT, b"hi\n"), hears(SERVER, 8192, b"hi\n")].concat();
    let server = python(asks(SERVER, 8192), &[READINTO], source);
    let found = causes(story, vec![server, asks(CLIENT, 1024)]);
    assert_candidates(&found, Code::BufferNotFlushed);
}

#[test]
fn a_buffer_may_be_used_by_those_who_were_given_it() {
    let outer = "f = c.makefile('rw')\ntalk(f)  # HERE\nf.write('bye')";
    let with = |inner: &str| {
        let inner = python(asks(CLIENT, 8192), &[READINTO], inner);
        let outer = python(asks(CLIENT, 8192), &[], outer);
        let frames = inner.frames.iter().chain(&outer.frames).cloned().collect();
        causes(vec![], vec![asks(SERVER, 1024), Waiting { frames, ..inner }])
    };
    let found = with("def talk(g):\n    greet(g)\n    return g.readline()  # HERE");
    assert_candidates(&found, Code::BufferNotFlushed);
    let found = with("def talk(g):\n    return g.readline()  # HERE");
    assert_proved(&found, Code::BothListen, None);
}
