//! Why programs went wrong of which nothing was expected: what `trace` says below its picture.

use course::script::Scene;
use diagnose::{Cause, Certainty, Code, tell};
use text::harmless;

use super::waiting;

/// The causes, those of one event together, each time with the facts that they rest on.
pub fn lines(scene: &Scene, causes: &[Cause]) -> Vec<String> {
    let mut lines = Vec::new();
    for of_one in
        causes.chunk_by(|one, next| (one.about, one.failure) == (next.about, next.failure))
    {
        lines.extend(names(of_one));
        let told = tell(&of_one.iter().collect::<Vec<_>>());
        lines.extend(told.iter().map(|line| harmless(line)));
        // candidates rest on the same facts
        let waiters = of_one.first().map(|cause| waiting::lines(scene, cause));
        lines.extend(waiters.into_iter().flatten().map(|line| format!("  {line}")));
    }
    lines
}

/// What they are called, and how to read more of the likeliest.
fn names(causes: &[Cause]) -> Option<String> {
    let first = causes.first()?;
    let how = match first.certainty {
        Certainty::Proved => "错误",
        Certainty::Candidate => "可能是",
    };
    let mut codes: Vec<Code> = Vec::new();
    for cause in causes {
        if !codes.contains(&cause.code) {
            codes.push(cause.code);
        }
    }
    let named = codes.iter().map(|code| format!("[{}]：{}", code.id(), code.title()));
    let named = named.collect::<Vec<_>>().join("，");
    Some(format!("{how}{named}（再多知道一点：cargo xtask explain {}）", first.code.id()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use course::script::parse;
    use events::{Call, Event, Kind, Waiting, Window};

    use super::*;

    #[test]
    fn a_cause_is_told_with_its_code_and_its_title() {
        let scene = parse("场景 试\n主 $ lesson-x\n").unwrap().scenes.remove(0);
        let event =
            |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
        let call = Call::AwaitSignal { timeout: None };
        let since = Duration::ZERO;
        let waiting = Waiting {
            pid: 10,
            tid: 10,
            program: 0,
            call,
            on: events::On::Signal,
            place: None,
            frames: Vec::new(),
            since,
        };
        let events = [
            event(Kind::Started { terminal: 0, pid: 10, parent: 1 }),
            event(Kind::Stuck { direction: None, waiting: vec![waiting] }),
        ];
        let causes = diagnose::explain(&scene, &events);
        let lines = lines(&scene, &causes);
        let names = "错误[signal-never-comes]：信号没有人发（再多知道一点：cargo xtask explain signal-never-comes）";
        assert_eq!(lines[0], names, "{lines:#?}");
        assert!(lines[1].starts_with("「主」在等一个信号，可没有人会发"), "{lines:#?}");
        // of several, all are named, and the first can be asked for
        let other = Cause { code: Code::WaitsAlone, ..causes[0].clone() };
        let maybe = |cause: Cause| Cause { certainty: Certainty::Candidate, ..cause };
        let both = [maybe(causes[0].clone()), maybe(other)];
        let named = super::names(&both).unwrap();
        assert!(named.starts_with("可能是[signal-never-comes]："), "{named}");
        assert!(named.contains("，[waits-alone]："), "{named}");
        assert!(named.ends_with("explain signal-never-comes）"), "{named}");
        assert_eq!(super::names(&[]), None);
    }
}
