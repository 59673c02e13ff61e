//! Programs whose output is right and that did not do it the way they say: traced, each is rejected with its reason.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;

use std::time::Duration;

use bank::{Played, pair, played};
use xtask::judge::{Failure, Rule};

/// What a scene with `lesson-x MODE` led to; `None`: not here.
fn failures(mode: &str, script: &str) -> Option<Vec<Failure>> {
    let Played { verdict, time } = played(&format!("主 $ lesson-x {mode}\n{script}"), 0)?;
    // no standstill: it comes to its end at once
    assert!(time < Duration::from_secs(100), "{mode}: {time:?}");
    Some(verdict.failures)
}

/// It is rejected for this alone, and the reason says so.
fn caught(mode: &str, script: &str, rule: Rule, reason: &str) {
    let Some(failures) = failures(mode, script) else { return };
    let rules: Vec<Rule> = failures.iter().map(|failure| failure.rule).collect();
    assert_eq!(rules, [rule], "{mode}\n{failures:#?}");
    let Failure { detail, got, .. } = &failures[0];
    let said = format!("{}；{detail}", got.as_deref().unwrap_or_default());
    assert!(said.contains(reason), "{mode}: {said}");
}

fn honest(mode: &str, script: &str) {
    assert!(failures(mode, script).is_none_or(|failures| failures.is_empty()), "{mode}");
}

const CHILDREN: &str = "主/p1 进程 | p1\n主/p2 进程 | p2\n";
const THREADS: &str = "主/t1 线程 | p1\n主/t2 线程 | p2\n";
const COUNTED: &str = "主 做法 创建 2 个子进程\n主 做法 等待每个子进程\n";

#[test]
fn who_tells_the_truth_passes() {
    honest("two-children", &format!("{CHILDREN}{COUNTED}"));
    honest("two-threads", &format!("{THREADS}主 做法 创建 2 个线程\n"));
    let script = "主 | pid <p:进程号> <上:父进程号>\n主/子 进程 | pid <子:进程号> <p:父进程号>\n";
    honest("tells-the-truth", script);
}

#[test]
fn one_process_prints_the_lanes_of_two() {
    caught("no-children", CHILDREN, Rule::Source, "同一个进程");
    caught("one-child-does-both", CHILDREN, Rule::Source, "同一个进程");
    caught("two-threads", CHILDREN, Rule::Source, "同一个进程");
    caught(
        "parent-helps",
        &format!("主 | 一\n{CHILDREN}").replace("主 | 一\n", ""),
        Rule::Source,
        "进程",
    );
}

#[test]
fn show() {
    for (mode, script) in [
        ("no-children", CHILDREN.to_owned()),
        ("no-children", COUNTED.to_owned() + CHILDREN),
        ("one-child-does-both", CHILDREN.to_owned()),
        ("one-child-does-both", COUNTED.to_owned() + CHILDREN),
        ("two-threads", CHILDREN.to_owned()),
        ("two-threads", COUNTED.to_owned() + CHILDREN),
        ("parent-helps", CHILDREN.to_owned()),
        ("two-children", THREADS.to_owned()),
        ("two-children", "主 做法 创建 2 个线程\n".to_owned() + CHILDREN),
        ("child-speaks-for-its-parent", format!("主 | main\n{CHILDREN}")),
        ("does-not-wait", COUNTED.to_owned() + CHILDREN),
        (
            "pid-of-the-sibling",
            "主/p1 进程 | p1 <a:进程号>\n主/p2 进程 | p2 <b:进程号>\n".to_owned(),
        ),
        ("false-parent", "主 | main <main:进程号>\n主/p1 进程 | p1 <x:父进程号>\n".to_owned()),
        (
            "thread-prints-its-process",
            "主 | main <main:线程号>\n主/t1 线程 | t1 <x:线程号>\n".to_owned(),
        ),
        ("processes-for-threads", "主/t1 线程 | t1\n主/t2 线程 | t2\n".to_owned()),
        ("one-thread-does-both", "主/t1 线程 | t1\n主/t2 线程 | t2\n".to_owned()),
        ("reuses-too-late", "主 做法 先允许重用地址再绑定\n".to_owned()),
        ("never-reuses", "主 做法 先允许重用地址再绑定\n".to_owned()),
        ("lies-about-itself", "主 | pid <p:进程号>\n".to_owned()),
    ] {
        let f = failures(mode, &script).unwrap();
        println!("== {mode} / {script}");
        for f in f {
            println!("   {:?} exp={:?} got={:?} {}", f.rule, f.expected, f.got, f.detail);
        }
    }
}
