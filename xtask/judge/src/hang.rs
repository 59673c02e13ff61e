//! A scene that came to no end although nobody was out of time: all wait for each other, or one computes for ever.

use course::script::{Action, Scene};
use events::{Activity, Call, CallResult, Event, Kind, Waiting};

use super::facts::{start_line, waiting_in_words};
use super::{Failure, Rule, Subject};

/// The standstill, or the endless computation. Why nobody goes on is not the judge's business.
pub fn check(scene: &Scene, events: &[Event]) -> Option<Failure> {
    events.iter().enumerate().find_map(|(index, event)| match &event.kind {
        Kind::Stuck { direction, waiting } => Some(standstill(scene, *direction, waiting, index)),
        Kind::Computing { terminal, pid, tid, cpu, repeats, place } => {
            let place = place.as_ref().map_or_else(String::new, |place| {
                format!("；它在 {place}，函数 {}", place.function)
            });
            let detail = match repeats {
                Some(call) if call == "sched_yield" => format!(
                    "进程 {pid} 一遍一遍地让出处理器（sched_yield），等别的线程做什么，可再没有谁会做{place}"
                ),
                Some(call) if call == "kill" => format!(
                    "进程 {pid} 一遍一遍地问一个进程还在不在（kill，信号 0），每次都还在{place}"
                ),
                Some(call) if got_the_end(&events[..index], *tid) => format!(
                    "进程 {pid} 一遍一遍地调用 {call}，每次都是 0 字节，再也不会有数据{place}"
                ),
                Some(call) => format!(
                    "进程 {pid} 一遍一遍地调用 {call}，每次都还没有等到，可再没有谁会让它等到{place}"
                ),
                None => format!(
                    "{}用了 {:.1} 秒处理器时间，没有做一次看得到的系统调用{place}。\
                     它在计算，或者在循环里一遍一遍地看内存里的一个值\
                     （例如 is_finished()、AtomicBool、不等待的 try_lock()、try_recv()）",
                    thread_in_words(*pid, *tid),
                    cpu.as_secs_f64()
                ),
            };
            Some(Failure {
                rule: Rule::Computing,
                line: start_line(scene, *terminal),
                subject: Subject::Terminal(*terminal),
                expected: None,
                got: None,
                detail,
                event: Some(index),
            })
        }
        _ => None,
    })
}

/// Which thread, where its process may have others.
fn thread_in_words(pid: i32, tid: i32) -> String {
    match pid == tid {
        true => format!("进程 {pid} 的主线程"),
        false => format!("进程 {pid} 的线程 {tid} "),
    }
}

/// The last thing that a thread got is the end of what it reads.
fn got_the_end(events: &[Event], of: i32) -> bool {
    let last = events.iter().rev().find_map(|event| match &event.kind {
        Kind::Traced { tid, activity: Activity::Leave { call, outcome }, .. } if *tid == of => {
            Some((call, outcome))
        }
        _ => None,
    });
    // a datagram may be empty
    matches!(last, Some((Call::Receive { data, .. }, CallResult::Done(0))) if !data.is_datagram())
}

/// The direction of the script that was being waited for in a standstill: an index into [`Scene::directions`].
pub fn direction(events: &[Event]) -> Option<usize> {
    events.iter().find_map(|event| match event.kind {
        Kind::Stuck { direction, .. } => direction,
        _ => None,
    })
}

fn standstill(
    scene: &Scene,
    direction: Option<usize>,
    waiting: &[Waiting],
    event: usize,
) -> Failure {
    let direction = direction.map(|direction| &scene.directions[direction]);
    let first = waiting.first().map_or(0, |one| one.program);
    let terminal = direction.map_or(first, |direction| direction.terminal);
    let line = direction.map_or_else(|| start_line(scene, terminal), |direction| direction.line);
    let detail = match direction {
        Some(direction) => {
            let waiting = match &direction.action {
                Action::Listen(_) => "在等它监听，并且印出写在「监听」上面的行",
                action => waiting_in_words(Some(action)),
            };
            format!("剧本停在第 {line} 行：{waiting}")
        }
        None => format!("剧本{}", waiting_in_words(None)),
    };
    let subject = Subject::Terminal(terminal);
    Failure {
        rule: Rule::Hang,
        line,
        subject,
        expected: None,
        got: None,
        detail,
        event: Some(event),
    }
}

/// Whether a failure is only what a standstill kept from being shown. `direction`: what the script waited for.
///
/// Lines that the script waits for before it goes on are not: they may be lacking because they have another text now,
/// and then everybody stands still because the script does.
pub fn is_consequence(scene: &Scene, direction: Option<usize>, failure: &Failure) -> bool {
    let lacking = match failure.rule {
        Rule::Missing => failure.got.is_none(),
        Rule::Stderr => true,
        _ => false,
    };
    let terminal = failure.subject.terminal(scene);
    let waited_for =
        direction.map(|direction| &scene.directions[direction]).is_some_and(|direction| {
            let waits =
                matches!(direction.action, Action::Listen(_) | Action::Await | Action::Stop(_));
            waits && terminal == Some(direction.terminal) && failure.line < direction.line
        });
    lacking && !waited_for
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::{Activity, Call, CallResult, Object, On, Place};

    use crate::{Verdict, judge};
    use course::script::parse;
    use events::{Clock, Exit, Line, Stream, Window};

    use super::*;

    const SCRIPT: &str = "场景 试\n主 $ lesson-x\n主 监听 127.0.0.1:8888\n主 | 第一行\n主 | 第二行\n主 ! 说过\n主 结束\n主 做法 半关闭\n";

    fn line(text: &str) -> Kind {
        let (stream, text) = (Stream::Out, text.to_owned());
        Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source: None })
    }

    fn stuck(direction: usize) -> Kind {
        let call = Call::Receive { fd: 0, object: Object::Input, data: Default::default() };
        let place = Some(Place { file: "src/main.rs".into(), line: 9, function: "main".into() });
        let since = Duration::ZERO;
        let waiting = Waiting {
            pid: 10,
            tid: 10,
            program: 0,
            call,
            on: On::Input,
            place,
            frames: Vec::new(),
            since,
        };
        Kind::Stuck { direction: Some(direction), waiting: vec![waiting] }
    }

    fn listening() -> Kind {
        Kind::Listening { terminal: 0, addr: "127.0.0.1:8888".parse().unwrap() }
    }

    fn listens(addr: &str) -> Kind {
        let call = Call::Listen { fd: 3, addr: Some(addr.parse().unwrap()), backlog: 5 };
        let activity = Activity::Leave { call, outcome: CallResult::Done(0) };
        Kind::Traced { terminal: 0, pid: 10, tid: 10, activity }
    }

    fn verdict(middle: Vec<Kind>) -> Verdict {
        let mut kinds = vec![
            Kind::Tracing { clock: Clock::Virtual { seed: 3 } },
            Kind::Started { terminal: 0, pid: 10, parent: 1 },
        ];
        kinds.extend(middle);
        // the runner ends what is left
        kinds.push(Kind::Exited { terminal: 0, exit: Exit::Signal(9) });
        let event =
            |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
        let events: Vec<Event> = kinds.into_iter().map(event).collect();
        judge(&parse(SCRIPT).unwrap().scenes[0], &events)
    }

    fn rules(verdict: &Verdict) -> Vec<Rule> {
        verdict.failures.iter().map(|failure| failure.rule).collect()
    }

    #[test]
    fn a_standstill_is_one_failure_and_names_the_step() {
        let verdict = verdict(vec![listening(), line("第一行"), stuck(2)]);
        assert_eq!(rules(&verdict), [Rule::Hang]);
        assert_eq!(verdict.failures[0].line, 7);
        assert_eq!(verdict.failures[0].detail, "剧本停在第 7 行：在等它结束");
        assert_eq!(verdict.unchecked, []);
    }

    #[test]
    fn what_was_wrong_before_the_standstill_comes_first() {
        let verdict = verdict(vec![listening(), line("第错行"), stuck(2)]);
        assert_eq!(rules(&verdict), [Rule::Text, Rule::Hang]);
    }

    #[test]
    fn a_server_that_stands_still_before_it_listens() {
        assert_eq!(rules(&verdict(vec![stuck(1)])), [Rule::Hang]);
        assert_eq!(rules(&verdict(vec![listens("127.0.0.1:8888"), stuck(1)])), [Rule::Hang]);
        let elsewhere = verdict(vec![listens("127.0.0.1:9999"), stuck(1)]);
        assert_eq!(rules(&elsewhere), [Rule::Listen]);
        assert_eq!(elsewhere.failures[0].detail, "它监听的是 127.0.0.1:9999");
    }

    #[test]
    fn a_line_that_the_script_waits_for_is_named_before_the_standstill() {
        let script =
            "场景 试\n主 $ lesson-x\n主 ! 开始\n主 监听 127.0.0.1:8888\n主 | 来了\n主 停止\n";
        let scene = parse(script).unwrap().scenes.remove(0);
        let judged = |kinds: Vec<Kind>| {
            let event =
                |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
            let mut events = vec![event(Kind::Tracing { clock: Clock::Real })];
            events.push(event(Kind::Started { terminal: 0, pid: 10, parent: 1 }));
            events.extend(kinds.into_iter().map(event));
            rules(&judge(&scene, &events))
        };
        // it says something else than what the script waits for
        let addr = "127.0.0.1:8888";
        assert_eq!(judged(vec![listens(addr), stuck(1)]), [Rule::Stderr, Rule::Hang]);
        let said = Kind::Line(Line {
            terminal: 0,
            stream: Stream::Err,
            text: "开始".into(),
            count: 1,
            whole: true,
            source: None,
        });
        let all = vec![listens(addr), said.clone(), listening(), stuck(2)];
        assert_eq!(judged(all), [Rule::Missing, Rule::Hang]);
    }

    #[test]
    fn a_computation_names_its_place() {
        let place = Some(Place { file: "src/main.rs".into(), line: 9, function: "work".into() });
        let cpu = Duration::from_millis(1500);
        let repeats = None;
        let computing = Kind::Computing { terminal: 0, pid: 10, tid: 10, cpu, repeats, place };
        let verdict = verdict(vec![line("第一行"), computing]);
        assert_eq!(rules(&verdict), [Rule::Computing]);
        assert_eq!(
            verdict.failures[0].detail,
            "进程 10 的主线程用了 1.5 秒处理器时间，没有做一次看得到的系统调用；它在 src/main.rs:9，函数 work。\
             它在计算，或者在循环里一遍一遍地看内存里的一个值\
             （例如 is_finished()、AtomicBool、不等待的 try_lock()、try_recv()）"
        );
    }

    #[test]
    fn what_cannot_be_traced_is_not_checked() {
        let why = "没有权限".to_owned();
        let verdict = verdict(vec![Kind::Untraceable { terminal: Some(0), why, real_time: false }]);
        let what: Vec<&str> = verdict.unchecked.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(
            what,
            ["「主」是不是真的这样做：半关闭", "程序的每一步：这里不能跟踪（没有权限）"]
        );
    }
}
