//! Made-up talks over a connection, and stacks.

use events::{Frame, Language};

use super::*;
use crate::explain;

/// A program sends this.
pub fn says(pid: i32, bytes: &[u8]) -> Vec<Event> {
    gives(pid, bytes, bytes.len())
}

/// A program wants to send this, and only so much is taken.
pub fn gives(pid: i32, bytes: &[u8], taken: usize) -> Vec<Event> {
    let asked = bytes.len() as u64;
    let call = |bytes: &[u8]| {
        let data = Data::new(bytes, bytes.len() as u64).asking(asked);
        Call::Send { fd: 4, object: connection(pid), data }
    };
    let outcome = CallResult::Done(taken as i64);
    let enter = Activity::Enter(call(bytes));
    [enter, Activity::Leave { call: call(&bytes[..taken]), outcome }]
        .map(|activity| traced(usize::from(pid == CLIENT), pid, activity))
        .to_vec()
}

/// A program receives this with a call that asked for so much.
pub fn hears(pid: i32, asked: u64, bytes: &[u8]) -> Vec<Event> {
    let data = Data::new(bytes, bytes.len() as u64).asking(asked);
    let call = Call::Receive { fd: 4, object: connection(pid), data };
    let outcome = CallResult::Done(bytes.len() as i64);
    vec![traced(usize::from(pid == CLIENT), pid, Activity::Leave { call, outcome })]
}

/// A program waits for the other, with a call that asks for so much.
pub fn asks(pid: i32, asked: u64) -> Waiting {
    let mut one = if pid == SERVER { server_receives() } else { client_receives() };
    if let Call::Receive { data, .. } = &mut one.call {
        data.asked = asked;
    }
    one
}

fn frame(function: &str, language: Language, own: bool) -> Frame {
    let file = own.then(|| "src/main.rs".to_owned());
    Frame { function: function.into(), file, line: None, own, language, source: None }
}

/// A function of the program itself: the line that ends in `HERE` is being carried out.
fn own(language: Language, source: &str) -> Frame {
    let lines: Vec<String> = source.lines().map(str::to_owned).collect();
    let here = lines.iter().position(|line| line.ends_with("HERE")).unwrap();
    let line = u32::try_from(here).unwrap() + 11;
    Frame {
        line: Some(line),
        source: Some(events::Excerpt { first: 11, lines }),
        ..frame("run", language, true)
    }
}

/// Its stack: functions of the standard library, then one of the program with this source.
pub fn rust(one: Waiting, inner: &[&str], source: &str) -> Waiting {
    let inner = inner.iter().map(|name| frame(name, Language::Native, false));
    let own = (!source.is_empty()).then(|| own(Language::Native, source));
    Waiting { frames: inner.chain(own).collect(), ..one }
}

/// The same of Python; `inner`: file and function.
pub fn python(one: Waiting, inner: &[(&str, &str)], source: &str) -> Waiting {
    let inner = inner.iter().map(|(file, function)| Frame {
        file: Some(format!("/usr/lib/python3.12/{file}")),
        ..frame(function, Language::Python, false)
    });
    let frames = inner.chain([own(Language::Python, source)]).collect();
    Waiting { frames, ..one }
}

/// What a file-like object calls.
pub const READINTO: (&str, &str) = ("socket.py", "readinto");

/// Every cause, the likeliest first.
pub fn causes(story: Vec<Event>, waiting: Vec<Waiting>) -> Vec<Cause> {
    let mut events = vec![
        event(Kind::Started { terminal: 0, pid: SERVER, parent: 1 }),
        event(Kind::Started { terminal: 1, pid: CLIENT, parent: 1 }),
    ];
    events.extend(story);
    events.push(event(Kind::Stuck { direction: None, waiting }));
    explain(&two(), &events)
}

/// Kinds of the causes, the likeliest first; and whether the first is proved.
pub fn codes(causes: &[Cause]) -> (Vec<Code>, bool) {
    let codes = causes.iter().map(|cause| cause.code).collect();
    (codes, causes[0].certainty == Certainty::Proved)
}

/// Of what is not proved nothing is said as a fact.
pub fn assert_candidates(causes: &[Cause], first: Code) {
    assert_eq!(causes[0].code, first, "{causes:#?}");
    for cause in causes {
        assert_eq!(cause.certainty, Certainty::Candidate, "{cause:#?}");
        assert!(cause.fact.is_some(), "{cause:#?}");
    }
}

/// It is proved, and said alone.
pub fn assert_proved(causes: &[Cause], code: Code, culprit: Option<usize>) {
    assert_eq!(codes(causes), (vec![code], true), "{causes:#?}");
    assert_eq!(causes[0].culprit, culprit, "{causes:#?}");
}
