//! Programs that are wrong, and that pass wherever the kernel is kind: only an unkind one shows it. Those that are right pass
//! with it too.

#![cfg(target_os = "linux")]

#[path = "support/performance.rs"]
mod performance;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use course::script::parse;
use diagnose::{Certainty, unkindness};
use events::Clock;
use performance::{OWN_NETWORK, Performance, Played, example, program, xtask};
use stage::observe::probe_tracing;

static PIECES: LazyLock<PathBuf> = LazyLock::new(|| example("pieces"));

/// With so many seeds. `check` plays the first.
const SEEDS: std::ops::Range<u64> = 1..9;

const TALK: &str = "服务器端 | socket很好玩，很有趣\n";
const MUCH: &str = "服务器端 | 1048576\n";

fn script(server: &str, client: &str, lines: &str) -> String {
    format!(
        "服务器端 $ lesson-x {server}\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-x {client}\n{lines}"
    )
}

/// Played with an unkind kernel, if there is a seed; `None`: not here.
fn played(script: &str, harsh: Option<u64>) -> Option<Played> {
    if !*OWN_NETWORK || probe_tracing(xtask()).is_err() {
        eprintln!("not tested: no network of their own, or nothing can be traced here");
        return None;
    }
    let programs = BTreeMap::from([("lesson-x".to_owned(), program(&*PIECES))]);
    let clock = Some(Clock::Virtual { seed: 0 });
    Performance::of(script).with(programs).traced(clock).harshly(harsh).play().ok()
}

/// It passes when the kernel is kind. With the first seed it does not, and the reason is this.
fn caught(server: &str, client: &str, lines: &str, code: &str, words: &str) {
    let text = script(server, client, lines);
    let Some(kind) = played(&text, None) else { return };
    assert!(kind.verdict.passed(), "{server}: {:#?}", kind.verdict);
    let unkind = played(&text, Some(1)).unwrap();
    assert!(!unkind.verdict.passed(), "{server}, {client}");
    let scene = parse(&format!("场景 试\n{text}")).unwrap().scenes.remove(0);
    let cause = unkindness(&scene, &unkind.events, &unkind.verdict).unwrap();
    let said = format!("{} {}", cause.fact.unwrap_or_default(), cause.sentence);
    assert_eq!((cause.code.id(), cause.failure), (code, Some(0)), "{said}");
    assert!(said.contains(words) && said.contains("只在刁难时失败"), "{said}");
    println!("{said} {:?}", cause.advice);
    // the programs could as well have been unlucky once more
    assert!(cause.certainty == Certainty::Proved || !said.contains("再也没有"), "{said}");
    let failing = SEEDS.filter(|seed| !played(&text, Some(*seed)).unwrap().verdict.passed());
    println!("{server}, {client}: {} of {} seeds", failing.count(), SEEDS.count());
}

#[test]
fn one_read_is_taken_for_the_sentence() {
    caught("reads-once", "says", TALK, "one-read-for-all", "个字节（recv(2) 允许）");
    caught("shows-each-read", "says", TALK, "one-read-for-all", "个字节（recv(2) 允许）");
}

#[test]
fn one_write_is_taken_for_all() {
    caught("counts", "writes-once", MUCH, "send-cut-short", "send(2)、write(2) 允许");
    let much = "服务器端 | 100000\n";
    caught("counts", "ignores-the-count", much, "send-cut-short", "send(2)、write(2) 允许");
}

#[test]
fn both_send_first_and_count_on_big_buffers() {
    caught("sends-first", "sends-first-too", MUCH, "both-send", "发送缓冲区小（tcp(7) 允许）");
}

#[test]
fn who_is_right_passes_with_every_seed() {
    for seed in SEEDS {
        for (server, client, lines) in [("reads-all", "says", TALK), ("counts", "writes-all", MUCH)]
        {
            let Some(played) = played(&script(server, client, lines), Some(seed)) else { return };
            assert!(played.verdict.passed(), "{server} {seed}: {:#?}", played.verdict);
        }
    }
}

#[test]
fn a_script_says_whose_first_receive_stays_whole() {
    let text = script("reads-once", "says", &format!("{TALK}服务器端 一次收到\n"));
    for seed in SEEDS {
        let Some(played) = played(&text, Some(seed)) else { return };
        assert!(played.verdict.passed(), "{seed}: {:#?}", played.verdict);
    }
}
