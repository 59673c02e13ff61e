//! Text that stays in its columns, the same standstill in all three reports, and every report byte for byte.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use course::catalog::{Catalog, Lesson, Part};
use course::page::Page;
use course::script::parse;
use diagnose::diagnose;
use events::{
    Call, Clock, Event, Excess, Exit, FileFinding, Kind, Line, Object, On, Place, Source, Stream,
    Waiting, Window,
};
use judge::judge;
use text::{harmless, pad, width};

use crate::perform::Performance;

use super::{Machine, human, json, junit};

mod screen;

const MACHINE: Machine = Machine { own_network: &Ok(()), tracing: &Ok(()) };

/// A program that reads what nobody types.
fn standstill() -> (Catalog, Part, Performance) {
    let script = parse("场景 试\n主 $ lesson-x\n主 结束\n").unwrap();
    let scene = script.scenes[0].clone();
    let call = Call::Receive { fd: 0, object: Object::Input, data: Default::default() };
    let place = Some(Place { file: "src/main.rs".into(), line: 9, function: "main".into() });
    let since = Duration::from_secs(2);
    let waiting = vec![Waiting {
        pid: 10,
        tid: 10,
        program: 0,
        call,
        on: On::Input,
        place,
        frames: Vec::new(),
        since,
    }];
    let kinds = [
        Kind::Tracing { clock: Clock::Virtual { seed: 7 } },
        Kind::Started { terminal: 0, pid: 10, parent: 1 },
        Kind::Stuck { direction: Some(1), waiting },
    ];
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    let events = kinds.map(event).to_vec();
    let verdict = judge(&scene, &events);
    let causes = diagnose(&scene, &events, &verdict);
    let lesson = Lesson {
        number: "98".into(),
        title: "试".into(),
        page: Some("docs/98-try.md".into()),
        packages: Vec::new(),
    };
    let catalog = Catalog {
        root: PathBuf::new(),
        lessons: vec![lesson],
        mistakes: Page::default(),
        troubles: Vec::new(),
    };
    let source = Arc::new(script.source);
    let script = PathBuf::from("lessons/x/script.txt");
    let part = Part { lesson: "98".into(), exercise: None, script, source, scene: scene.clone() };
    let time = Duration::ZERO;
    let (replayed, fault, not_played) = (false, None, None);
    let performance = Performance {
        scene,
        events,
        verdict,
        causes,
        time,
        replayed,
        fault,
        not_played,
        harsh: None,
        timer: None,
    };
    (catalog, part, performance)
}

fn text(print: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    print(&mut out);
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

#[test]
fn people_read_why_who_and_how_to_see_it_again() {
    let (catalog, part, performance) = standstill();
    let report = text(|out| {
        human::report(out, &catalog, (&[part], &[performance]), MACHINE, Duration::ZERO, true)
            .unwrap();
    });
    for line in [
        "  永远等下去：主",
        "    说明  「主」在等有人从键盘输入，可再也没有人输入。剧本停在第 3 行：在等它结束",
        "    等待  主  进程 10  读（read）  等有人输入；src/main.rs:9",
        "  用 cargo xtask check 98 --seed 7 可以重演这一次的先后次序",
        "共 1 个场景：0 个通过，1 个失败，0 项没有检查，用时 0.00 秒",
    ] {
        assert!(report.lines().any(|one| one == line), "{line}\n{report}");
    }
}

/// Among others it ran out of time, alone it did not.
#[test]
fn people_read_that_a_scene_was_played_again() {
    let (catalog, part, performance) = standstill();
    let kinds = [
        Kind::Started { terminal: 0, pid: 10, parent: 1 },
        Kind::Exited { terminal: 0, exit: Exit::Code(0) },
    ];
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    let events = kinds.map(event).to_vec();
    let verdict = judge(&performance.scene, &events);
    let causes = Vec::new();
    let again = Performance { events, verdict, causes, replayed: true, ..performance };
    let report = text(|out| {
        human::report(out, &catalog, (&[part], &[again]), MACHINE, Duration::ZERO, true).unwrap();
    });
    assert!(report.contains("单独重演一次通过：不是程序的错"), "{report}");
    assert!(report.ends_with("1 passed, 0 failed\n"), "{report}");
}

/// Two lines are compared; what was to be done and what was done are none.
#[test]
fn no_character_is_pointed_at_where_something_else_was_done() {
    let script = parse("场景 试\n主 $ lesson-x\n主 做法 创建 2 个子进程\n").unwrap();
    let (catalog, part, performance) = standstill();
    let part = Part { source: Arc::new(script.source), scene: script.scenes[0].clone(), ..part };
    let child = events::Activity::NewProcess { child: 11 };
    let kinds = [
        Kind::Tracing { clock: Clock::Virtual { seed: 0 } },
        Kind::Started { terminal: 0, pid: 10, parent: 1 },
        Kind::Traced { terminal: 0, pid: 10, tid: 10, activity: child },
        Kind::Exited { terminal: 0, exit: Exit::Code(0) },
    ];
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    let events = kinds.map(event).to_vec();
    let verdict = judge(&part.scene, &events);
    let (scene, causes) = (part.scene.clone(), Vec::new());
    let performance = Performance { scene, events, verdict, causes, ..performance };
    let report = text(|out| {
        human::report(out, &catalog, (&[part], &[performance]), MACHINE, Duration::ZERO, true)
            .unwrap();
    });
    assert!(
        report.contains("    期望  创建 2 个子进程\n    实际  创建了 1 个子进程\n"),
        "{report}"
    );
    assert!(!report.contains('^'), "{report}");
}

#[test]
fn programs_read_the_same() {
    let (catalog, part, performance) = standstill();
    let report = text(|out| {
        json::report(out, &catalog, &[part], &[performance], MACHINE, Duration::ZERO).unwrap();
    });
    let report: Value = serde_json::from_str(&report).unwrap();
    let scene = &report["scenes"][0];
    assert_eq!((&scene["clock"], &scene["seed"]), (&"virtual".into(), &7.into()));
    assert_eq!(scene["failures"][0]["rule"], "hang");
    let cause = &scene["failures"][0]["causes"][0];
    assert_eq!(
        (&cause["code"], &cause["title"]),
        (&"input-never-comes".into(), &"等键盘输入".into())
    );
    assert_eq!((&cause["program"], &cause["at"]), (&"lesson-x".into(), &9.into()));
    let facts = ["「主」，进程 10：停在读（read），等有人输入；src/main.rs:9"];
    assert_eq!(cause["evidence"], serde_json::json!(facts));
    let waiter = &scene["waiting"][0];
    assert_eq!(waiter["call"], "读（read）");
    assert_eq!((&waiter["pid"], &waiter["at"]), (&10.into(), &9.into()));
    assert_eq!(waiter["unread"], Value::Null);
    let schema = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/check.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let known = &schema["properties"]["scenes"]["items"]["properties"]["waiting"]["items"];
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&known["properties"]), keys(waiter));
    let failures = &schema["properties"]["scenes"]["items"]["properties"]["failures"]["items"];
    let known = &failures["properties"]["causes"]["items"];
    assert_eq!(keys(&known["properties"]), keys(cause));
    let required: BTreeSet<&str> =
        known["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(required, keys(cause).iter().map(String::as_str).collect());
}

#[test]
fn a_failure_names_the_page_and_what_the_notes_say_of_the_mistake() {
    let reports = |mistakes: &str| {
        let (mut catalog, part, performance) = standstill();
        catalog.mistakes = Page::of(mistakes);
        let (parts, performances) = ([part], [performance]);
        let human = text(|out| {
            human::report(out, &catalog, (&parts, &performances), MACHINE, Duration::ZERO, true)
                .unwrap();
        });
        let json = text(|out| {
            json::report(out, &catalog, &parts, &performances, MACHINE, Duration::ZERO).unwrap();
        });
        let json: Value = serde_json::from_str(&json).unwrap();
        (human, json["scenes"][0]["failures"][0]["notes"].clone())
    };
    let page = "    笔记  docs/98-try.md\n";
    let (human, notes) = reports("# 经典错误\n\n## 谁也走不动 {#rule-hang}\n");
    let mistake = "          docs/mistakes.md:3「谁也走不动」\n";
    assert!(human.contains(&format!("{page}{mistake}")), "{human}");
    assert_eq!(notes, serde_json::json!(["docs/98-try.md", "docs/mistakes.md#rule-hang"]));
    // nothing is promised that is not there
    let (human, notes) = reports("# 经典错误\n\n## 内容不符 {#rule-text}\n");
    assert!(human.contains(page) && !human.contains("mistakes.md"), "{human}");
    assert_eq!(notes, serde_json::json!(["docs/98-try.md"]));
}

#[test]
fn a_test_runner_reads_the_same() {
    let (catalog, part, performance) = standstill();
    let report =
        text(|out| junit::report(out, &catalog, &[part], &[performance], Duration::ZERO).unwrap());
    assert!(report.contains("<failure type=\"hang\" message=\"永远等下去：主\">"), "{report}");
    assert!(
        report.contains("  依据  「主」，进程 10：停在读（read），等有人输入；src/main.rs:9\n"),
        "{report}"
    );
    assert!(report.contains("--seed 7"), "{report}");
    let cause = "  原因  错误[input-never-comes]：等键盘输入：lesson-x，src/main.rs:9\n";
    assert!(report.contains(cause), "{report}");
}

/// What keeps nothing from passing is read by people and by programs.
#[test]
fn what_could_not_be_held_is_said_in_every_report() {
    let (catalog, part, mut performance) = standstill();
    let kind = Kind::NotContained { why: "试<试>".to_owned() };
    performance.events.push(Event {
        at: Duration::ZERO,
        window: Window::exact(0),
        kind,
        place: None,
    });
    performance.timer = Some("程序用了定时器".to_owned());
    let (parts, performances) = ([part], [performance]);
    let said = "关不住程序（试<试>）：写到场景的文件夹以外的，没有检查。";
    let timer = "程序用了定时器：这个场景改用真实的时间演。";
    let report = text(|out| {
        let (all, none) = ((&parts[..], &performances[..]), Duration::ZERO);
        human::report(out, &catalog, all, MACHINE, none, true).unwrap();
    });
    assert!(report.contains(said), "{report}");
    let report = text(|out| {
        json::report(out, &catalog, &parts, &performances, MACHINE, Duration::ZERO).unwrap();
    });
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["scenes"][0]["hints"], serde_json::json!([said, timer]));
    let report =
        text(|out| junit::report(out, &catalog, &parts, &performances, Duration::ZERO).unwrap());
    for line in [said, timer] {
        assert!(report.contains(&text::escape_xml(line).to_string()), "{report}");
    }
}

/// A scene in which something is wrong with a terminal, a lane, files, a process and the scene itself.
fn everything_wrong() -> (Part, Performance) {
    let text = "场景 全错\n主 $ lesson-x\n主 | 一\n主/p1 进程 | 二\n客 $ lesson-y\n客 | 三 <甲:数>\n\
                准备 a = 3 字节\n核对 b = a\n";
    let script = parse(text).unwrap();
    let scene = script.scenes[0].clone();
    let line = |terminal, pid, stream, text: &str| {
        let (text, source) = (text.to_owned(), Some(Source { pid, tid: pid }));
        Kind::Line(Line { terminal, stream, text, count: 1, whole: true, source })
    };
    let kinds = [
        Kind::Started { terminal: 0, pid: 10, parent: 1 },
        Kind::Started { terminal: 1, pid: 20, parent: 1 },
        line(0, 10, Stream::Out, "一"),
        line(0, 11, Stream::Out, "二二 \u{1b}[2J<&>"),
        line(1, 20, Stream::Err, "出错了"),
        Kind::Exited { terminal: 0, exit: Exit::Code(0) },
        Kind::Exited { terminal: 1, exit: Exit::Code(3) },
        Kind::Excess(Excess::Memory(300 << 20)),
        Kind::File { compared: 0, finding: FileFinding::Differs { at: 1, found: 3, expected: 3 } },
        Kind::StrayFile { path: "dir/多余".into(), bytes: 5 },
        Kind::Orphan { pid: 12, command: "/bin/sleep 100/3".into(), alive: true },
    ];
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    let events = kinds.map(event).to_vec();
    let verdict = judge(&scene, &events);
    let causes = diagnose(&scene, &events, &verdict);
    let source = Arc::new(script.source);
    let script = PathBuf::from("lessons/x/script.txt");
    let part = Part { lesson: "98".into(), exercise: None, script, source, scene: scene.clone() };
    let time = Duration::from_millis(1_500);
    let (replayed, fault, not_played) = (true, None, None);
    (
        part,
        Performance {
            scene,
            events,
            verdict,
            causes,
            time,
            replayed,
            fault,
            not_played,
            harsh: None,
            timer: None,
        },
    )
}

/// Whatever becomes of the types inside, what is printed stays as it is: byte for byte.
#[test]
fn the_reports_are_the_same_as_ever() {
    let (catalog, part, performance) = standstill();
    let (other_part, other) = everything_wrong();
    let (parts, performances) = ([part, other_part], [performance, other]);
    let time = Duration::from_secs(2);
    let [whole, screen] = [true, false].map(|all| {
        text(|out| {
            let played = (&parts[..], &performances[..]);
            human::report(out, &catalog, played, MACHINE, time, all).unwrap();
        })
    });
    let json = text(|out| {
        json::report(out, &catalog, &parts, &performances, MACHINE, time).unwrap();
    });
    let junit = text(|out| junit::report(out, &catalog, &parts, &performances, time).unwrap());
    assert_eq!(whole, include_str!("../golden/report.txt"));
    assert_eq!(screen, include_str!("../golden/screen.txt"));
    assert_eq!(json, include_str!("../golden/report.json"));
    assert_eq!(junit, include_str!("../golden/report.xml"));
}

/// Where the schema has numbers: `scenes[].failures[].line`.
fn numbers_of_schema(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    let is_number = |kind: &Value| kind == "integer" || kind == "number";
    let kind = &schema["type"];
    if is_number(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_number)) {
        found.insert(path.to_owned());
    }
    for (name, one) in schema["properties"].as_object().into_iter().flatten() {
        numbers_of_schema(one, &format!("{path}.{name}"), found);
    }
    if let Some(items) = schema.get("items") {
        numbers_of_schema(items, &format!("{path}[]"), found);
    }
}

/// Where a report has numbers that are not 0.
fn numbers_of_report(report: &Value, path: &str, found: &mut BTreeSet<String>) {
    match report {
        Value::Number(number) if number.as_f64() != Some(0.0) => {
            found.insert(path.to_owned());
        }
        Value::Array(all) => {
            for one in all {
                numbers_of_report(one, &format!("{path}[]"), found);
            }
        }
        Value::Object(fields) => {
            for (name, one) in fields {
                numbers_of_report(one, &format!("{path}.{name}"), found);
            }
        }
        _ => {}
    }
}

/// One scene of each kind: a field that nobody fills in would be 0 in all of them.
#[test]
fn every_number_that_programs_read_is_filled_in() {
    let (catalog, part, stuck) = standstill();
    let event = |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
    let again = |kinds: Vec<Kind>| {
        let events: Vec<Event> = kinds.into_iter().map(event).collect();
        let verdict = judge(&part.scene, &events);
        let causes = diagnose(&part.scene, &events, &verdict);
        let (_, _, performance) = standstill();
        Performance { events, verdict, causes, ..performance }
    };
    let started = Kind::Started { terminal: 0, pid: 10, parent: 1 };
    let ended = Kind::Exited { terminal: 0, exit: Exit::Code(0) };
    let why = Kind::Untraceable { terminal: None, why: "试".to_owned(), real_time: false };
    let passed = again(vec![why, started.clone(), ended]);
    let unread = {
        let Kind::Stuck { direction, mut waiting } = stuck.events[2].kind.clone() else { panic!() };
        let [local, peer] = ["127.0.0.1:1", "127.0.0.1:2"].map(|addr| addr.parse().unwrap());
        let object = Object::Connection { local, peer };
        waiting[0].call = Call::Receive { fd: 3, object, data: Default::default() };
        waiting[0].on = On::Peer {
            holders: vec![20],
            unaccepted: false,
            unread: 3,
            unread_there: 5,
            closed_there: false,
            half_closed: false,
            by_line: false,
        };
        again(vec![stuck.events[0].kind.clone(), started, Kind::Stuck { direction, waiting }])
    };
    let not_played = Performance::not_played(part.scene.clone(), "试".to_owned());
    let (other, wrong) = everything_wrong();
    let same = || standstill().1;
    let parts = [same(), same(), same(), same(), other];
    let unread = Performance { harsh: Some(3), ..unread };
    let performances = [stuck, passed, unread, not_played, wrong];
    let report = text(|out| {
        let time = Duration::from_secs(2);
        json::report(out, &catalog, &parts, &performances, MACHINE, time).unwrap();
    });
    let report: Value = serde_json::from_str(&report).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/check.schema.json")).unwrap();
    let (mut wanted, mut found) = (BTreeSet::new(), BTreeSet::new());
    numbers_of_schema(&schema, "", &mut wanted);
    numbers_of_report(&report, "", &mut found);
    assert!(wanted.len() > 10, "{wanted:?}");
    let always_0: Vec<_> = wanted.difference(&found).collect();
    assert!(always_0.is_empty(), "{always_0:?} in {report:#}");
}

#[test]
fn chinese_is_aligned_by_cells() {
    assert_eq!(pad("主", 4), "主  ");
    assert_eq!(width("服务器端/p1"), 11);
    assert_eq!(pad("太长了", 2), "太长了");
}

#[test]
fn a_program_cannot_repaint_the_report() {
    assert_eq!(harmless("\u{1b}[2J清\r屏"), "\\u{1b}[2J清\\r屏");
    assert!(harmless(&"长".repeat(5_000)).ends_with("5000 个字符）"));
}
