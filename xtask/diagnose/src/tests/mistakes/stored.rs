//! What goes into which file, and when.

use super::*;

const SCRIPT: &str = "服务器端 $ lesson-s\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-c\n客户端 结束\n服务器端 停止\n核对 data/my.txt = 「好」\n";

/// A server receives so many bytes at a time, then writes so many at a time under a name that is not the last one.
fn writes(received: &[usize], written: &[usize], found: u64) -> Story {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    let all: usize = received.iter().sum();
    story.sends(&talk, 20, &vec![b'x'; all]);
    for bytes in received {
        story.receives(&talk, 10, &vec![b'x'; *bytes], 4096);
    }
    for bytes in written {
        story.writes(10, "data/.part", &vec![b'x'; *bytes]);
    }
    story.renames(10, "data/.part", "data/my.txt");
    story.differs(found, 3);
    story.everything_breaks();
    story
}

#[test]
fn who_collects_what_came_and_writes_when_its_own_buffer_is_full_writes_no_more_than_came() {
    let collects = writes(&[4000, 100], &[4096, 4], 4100);
    assert!(!collects.named().contains(&Code::WholeBufferWritten));
    let whole = writes(&[100], &[4096], 4096);
    assert_eq!(whole.cause(Code::WholeBufferWritten).certainty, Certainty::Proved);
    // a file that has not got too much is meant to have more than came
    let padded = writes(&[100], &[4096], 3);
    assert_eq!(padded.cause(Code::WholeBufferWritten).certainty, Certainty::Candidate);
}

#[test]
fn whole_buffers_that_were_collected_are_more_than_came() {
    let whole = writes(&[4000, 100], &[8192], 8192);
    assert_eq!(whole.cause(Code::WholeBufferWritten).certainty, Certainty::Proved);
    let padded = writes(&[4000, 100], &[8192], 3);
    assert_eq!(padded.cause(Code::WholeBufferWritten).certainty, Certainty::Candidate);
    let full = writes(&[4096, 4096], &[8192], 8192);
    assert!(!full.named().contains(&Code::WholeBufferWritten));
}

/// A client reads so much of a file at a time, then sends so much at a time.
fn sends(read: &[usize], sent: &[usize]) -> bool {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    for bytes in read {
        let object = Object::File { path: "/scene/a".into() };
        let data = Data::new(&vec![b'x'; *bytes], *bytes as u64).asking(4096);
        story.done(20, Call::Receive { fd: 5, object, data }, *bytes as i64);
    }
    for bytes in sent {
        story.sends(&talk, 20, &vec![b'x'; *bytes]);
    }
    story.everything_breaks();
    story.named().contains(&Code::WholeBufferSent)
}

#[test]
fn who_collects_what_it_read_sends_no_more_than_it_read() {
    assert!(!sends(&[4000, 100], &[4096]));
    assert!(sends(&[100], &[4096]));
}

/// A server receives something, replies, and does this before it closes.
fn replies(first: impl Fn(&mut Story), then: impl Fn(&mut Story)) -> Story {
    replies_in(SCRIPT, first, then)
}

fn replies_in(script: &str, first: impl Fn(&mut Story), then: impl Fn(&mut Story)) -> Story {
    let mut story = Story::of(script);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 10, b"welcome");
    story.sends(&talk, 20, b"a long file");
    story.receives(&talk, 10, b"a long file", 4096);
    first(&mut story);
    story.sends(&talk, 10, b"done");
    then(&mut story);
    story.closes(&talk, 10);
    story.everything_breaks();
    story
}

fn stores(story: &mut Story) {
    story.writes(10, "data/.part", b"a long file");
    story.renames(10, "data/.part", "data/my.txt");
}

#[test]
fn a_log_that_is_written_after_the_reply_is_not_the_file() {
    let named = |story: &Story| story.named().contains(&Code::ReplyBeforeStored);
    let logs = |story: &mut Story| {
        story.writes(10, "log/.new", b"one more client\n");
        story.renames(10, "log/.new", "log/today");
    };
    assert!(!named(&replies(stores, logs)));
    assert!(!named(&replies(|_| {}, logs)));
    assert!(named(&replies(|_| {}, stores)));
    // a script may compare a log, too
    let compared =
        format!("{SCRIPT}核对 log/today = 「one more client<换行>」\n服务器端 做法 先存好再回复\n");
    assert!(!named(&replies_in(&compared, |_| {}, logs)));
    // the script does not compare it, but it has what came
    let elsewhere = |story: &mut Story| story.writes(10, "other", b"a long file");
    assert!(named(&replies(|_| {}, elsewhere)));
}

#[test]
fn what_is_still_in_a_buffer_has_not_been_written_at_all() {
    let said = |story: Story| {
        let cause = story.cause(Code::ReplyBeforeStored);
        (cause.sentence, cause.advice.unwrap())
    };
    let (sentence, advice) = said(replies(|_| {}, stores));
    assert!(sentence.contains("文件（data/my.txt）里一个字节也还没有写（write(2)）"), "{sentence}");
    assert!(advice.contains("先 flush"), "{advice}");
    let begins = |story: &mut Story| story.writes(10, "data/.part", b"a long");
    let (sentence, _) = said(replies(begins, stores));
    assert!(sentence.contains("文件（data/my.txt）还没有写完"), "{sentence}");
    // it is in another file
    let elsewhere = |story: &mut Story| story.writes(10, "data/.first", b"a long file");
    let (sentence, _) = said(replies(elsewhere, stores));
    assert!(sentence.contains("还没有写完"), "{sentence}");
    // all is there, and not under its name
    let writes = |story: &mut Story| story.writes(10, "data/.part", b"a long file");
    let names = |story: &mut Story| story.renames(10, "data/.part", "data/my.txt");
    let (sentence, advice) = said(replies(writes, names));
    assert!(
        sentence.contains("还没有它的名字") && !advice.contains("flush"),
        "{sentence} {advice}"
    );
}

#[test]
fn a_greeting_is_no_reply_unless_a_script_says_that_nothing_comes_first() {
    let named = |script: &str| {
        let story = replies_in(script, stores, |_| {});
        story.named().contains(&Code::ReplyBeforeStored)
    };
    assert!(!named(SCRIPT));
    assert!(named(&format!("{SCRIPT}服务器端 做法 先存好再回复\n")));
}

/// A client sends what it has in itself, all of which is stored, or something else of the same size is.
fn has_less(stored: &[u8]) -> Certainty {
    let mut story = Story::of(SCRIPT);
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"the first half");
    story.closes(&talk, 20);
    story.receives(&talk, 10, b"the first half", 4096);
    story.receives(&talk, 10, b"", 4096);
    story.writes(10, "data/.part", stored);
    story.renames(10, "data/.part", "data/my.txt");
    story.differs(14, 28);
    story.everything_breaks();
    story.cause(Code::SentOnlyPart).certainty
}

#[test]
fn a_file_of_the_same_size_may_be_another_clients() {
    assert_eq!(has_less(b"the first half"), Certainty::Proved);
    assert_eq!(has_less(b"somebody elses"), Certainty::Candidate);
}

/// A server is sent a file of 11 bytes, receives so many, writes under the final name, and then does this.
fn names_early(received: &[u8], then: impl Fn(&mut Story, &Talk)) -> bool {
    let script = SCRIPT.replace("「好」", "「a long file」");
    let mut story = Story::of(&format!("{script}服务器端 做法 收完再起名\n"));
    let talk = story.talk(20, 40000, 10, SERVER_ADDR);
    story.sends(&talk, 20, b"a long file");
    story.receives(&talk, 10, received, 4096);
    story.writes(10, "data/my.txt", received);
    then(&mut story, &talk);
    story.everything_breaks();
    story.named().contains(&Code::HalfFileLeft)
}

#[test]
fn who_was_told_a_length_needs_no_end() {
    assert!(names_early(b"a long file", |story, talk| story.receives(talk, 10, b"", 4096)));
    assert!(names_early(b"a long", |story, talk| story.receives(talk, 10, b" file", 4096)));
    assert!(!names_early(b"a long file", |story, talk| story.sends(talk, 10, b"done")));
    assert!(!names_early(b"a long file", |story, talk| story.receives(talk, 10, b"more", 4096)));
    assert!(!names_early(b"a long file", |_, _| {}));
}
