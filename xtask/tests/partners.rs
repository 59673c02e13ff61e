//! Partners (对手) on the stage, played with each other: what they do, and that nobody is blamed for it.

#![cfg(target_os = "linux")]

#[path = "support/performance.rs"]
mod performance;

use std::time::Duration;

use course::script::parse;
use events::{Clock, Kind, Line, Stream};
use judge::Rule;
use performance::{Performance, Played, xtask};
use stage::observe::probe_tracing;

/// A scene of partners, whose script has no heading.
fn played(script: &str, trace: Option<Clock>, harsh: Option<u64>) -> Played {
    let scene = parse(&format!("检查 试\n{script}")).unwrap().scenes.remove(0);
    Performance::of_scene(scene).traced(trace).harshly(harsh).play().unwrap()
}

/// On every clock that there is here, and with a kernel that is kind and unkind.
fn played_on_all(script: &str) -> Vec<Played> {
    let mut all = vec![played(script, None, None)];
    if probe_tracing(xtask()).is_ok() {
        let made = Some(Clock::Virtual { seed: 0 });
        all.extend((0..4).map(|seed| played(script, made, (seed > 0).then_some(seed))));
    }
    all
}

fn said(played: &Played, terminal: usize) -> Vec<String> {
    let lines = played.events.iter().filter_map(|event| match &event.kind {
        Kind::Line(Line { terminal: of, text, stream: Stream::Err, .. }) if *of == terminal => {
            Some(text.clone())
        }
        _ => None,
    });
    lines.collect()
}

const SERVER: &str =
    "服 $ 对手 监听 127.0.0.1:7777，接受，收完，发「好」，关闭\n服 监听 127.0.0.1:7777\n";

#[test]
fn they_talk_and_say_nothing_on_standard_output() {
    let client = "客 $ 对手 连接 127.0.0.1:7777，发 3 字节，每 0.1 秒 1 字节，半关闭，收 3 字节\n";
    for played in played_on_all(&format!("{SERVER}{client}")) {
        assert!(played.verdict.passed(), "{:#?}", played.verdict);
        assert_eq!(said(&played, 1), ["收到 3 字节：好"]);
        assert_eq!(said(&played, 0).len(), 2, "{:?}", said(&played, 0));
    }
}

#[test]
fn whoever_waits_for_a_reset_is_told_of_it_by_any_kernel() {
    let client = "客 $ 对手 连接 127.0.0.1:7777，发 5 字节，重置\n客 结束\n服 结束 1\n";
    for played in played_on_all(&format!("{SERVER}{client}")) {
        assert!(played.verdict.passed(), "{:#?}", played.verdict);
        let told = said(&played, 0).pop().unwrap();
        assert!(told.starts_with("对手没有做成「收完」：收到 5 字节，"), "{told}");
        assert!(told.contains("ECONNRESET"), "{told}");
    }
}

#[test]
fn whoever_dies_closes_like_one_that_is_done() {
    let client = "客 $ 对手 连接 127.0.0.1:7777，发 5 字节，被杀\n客 结束 被 KILL\n";
    for played in played_on_all(&format!("{SERVER}{client}")) {
        assert!(played.verdict.passed(), "{:#?}", played.verdict);
        assert!(said(&played, 0)[1].starts_with("收到 5 字节"), "{:?}", said(&played, 0));
    }
}

#[test]
fn pauses_cost_nothing_where_the_clock_is_made() {
    if let Err(why) = probe_tracing(xtask()) {
        return eprintln!("not tested: {why}");
    }
    let client = "客 $ 对手 连接 127.0.0.1:7777，发 100 字节，每 30 秒 1 字节\n";
    let script = format!("限时 3600 秒\n{SERVER}{client}");
    let played = played(&script, Some(Clock::Virtual { seed: 0 }), None);
    assert!(played.verdict.passed(), "{:#?}", played.verdict);
    let theirs = played.events.last().unwrap().at;
    assert!(theirs >= Duration::from_secs(99 * 30), "{theirs:?}");
    assert!(played.time < theirs / 10, "{:?}", played.time);
}

#[test]
fn nobody_says_that_a_partner_has_to_change() {
    if let Err(why) = probe_tracing(xtask()) {
        return eprintln!("not tested: {why}");
    }
    let client = "客 $ 对手 连接 127.0.0.1:7777，发 5 字节，收完\n";
    let played = played(&format!("{SERVER}{client}"), Some(Clock::Virtual { seed: 0 }), None);
    assert_eq!(played.rules(), [Rule::Hang]);
    assert!(played.causes.iter().all(|cause| cause.culprit.is_none()), "{:#?}", played.causes);
    let waiting = played.events.iter().find_map(|event| match &event.kind {
        Kind::Stuck { waiting, .. } => Some(waiting),
        _ => None,
    });
    assert!(waiting.unwrap().iter().all(|one| one.place.is_none() && one.frames.is_empty()));
}
