//! Programs whose output is right and that did not do it the way they say: traced, each is rejected with its reason.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;

use bank::performance::OWN_NETWORK;
use bank::{Played, pair, played};

use course::script::parse;
use diagnose::{Certainty, Code, other_order};
use judge::{Failure, Rule};

/// What a scene with `lesson-x MODE` led to; `None`: not here.
fn failures(mode: &str, script: &str) -> Option<Vec<Failure>> {
    let Played { verdict, .. } = played(&format!("主 $ lesson-x {mode}\n{script}"), 0)?;
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

/// A program that a child runs is a process that was made; only what is said tells it from the others.
#[test]
fn another_program_is_a_child_process_too() {
    let counted =
        |count| format!("{CHILDREN}主 做法 创建 {count} 个子进程\n主 做法 等待每个子进程\n");
    honest("two-children-and-a-helper", &counted(3));
    let told = "创建了 3 个子进程（其中 1 个执行了 true）";
    caught("two-children-and-a-helper", &counted(2), Rule::Mechanism, told);
}

#[test]
fn one_process_prints_what_two_should() {
    caught("no-children", CHILDREN, Rule::Source, "来自程序自己的进程");
    caught("parent-helps", CHILDREN, Rule::Source, "应当来自另一个进程（fork 出来的子进程）");
    caught(
        "one-child-does-both",
        &format!("{CHILDREN}{COUNTED}"),
        Rule::Source,
        "「p1」的行也来自它：应当是两个不同的进程",
    );
    caught(
        "child-speaks-for-its-parent",
        &format!("主 | main\n{CHILDREN}"),
        Rule::Source,
        "应当来自程序自己的进程，不是它的子进程",
    );
}

#[test]
fn threads_and_processes_are_not_the_same() {
    caught("two-threads", CHILDREN, Rule::Source, "应当来自另一个进程（fork 出来的子进程）");
    caught("two-children", THREADS, Rule::Source, "应当来自「主」同一个进程里的一个线程");
    caught("one-thread-does-both", THREADS, Rule::Source, "应当是两个不同的线程");
    let lines = "主/谁都行 |任意次| <..>\n";
    let processes = format!("{lines}主 做法 创建 2 个子进程\n");
    let threads = format!("{lines}主 做法 创建 2 个线程\n");
    caught("no-children", &processes, Rule::Mechanism, "子进程和线程都没有创建");
    caught("two-threads", &processes, Rule::Mechanism, "线程在同一个进程里，不是另一个进程");
    caught("two-children", &threads, Rule::Mechanism, "子进程是另一个进程，不是同一个进程里的线程");
}

#[test]
fn numbers_must_be_true() {
    caught("lies-about-itself", "主 | pid <p:进程号>\n", Rule::Identity, "<p> 这里印的是 7");
    caught(
        "pid-of-the-sibling",
        "主/p1 进程 | p1 <a:进程号>\n主/p2 进程 | p2 <b:进程号>\n",
        Rule::Identity,
        "印这一行的进程，编号（pid）是",
    );
    caught(
        "false-parent",
        "主 | main <main:进程号>\n主/p1 进程 | p1 <上:父进程号>\n",
        Rule::Identity,
        "父进程的编号（ppid）是",
    );
    caught(
        "thread-prints-its-process",
        "主 | main <main:线程号>\n主/t1 线程 | t1 <t1:线程号>\n",
        Rule::Identity,
        "印这一行的线程，编号（tid）是",
    );
}

/// What is said of each order of the turns, where it is asked whether anybody sleeps with a lock.
fn sleeps_with_a_lock(mode: &str) -> Vec<String> {
    let script = format!("主 $ lesson-x {mode}\n主/谁都行 |任意次| <..>\n主 做法 没有拿着锁睡\n");
    let said = (0..4).filter_map(|seed| {
        let Played { verdict, .. } = played(&script, seed)?;
        let said = |failure: &Failure| failure.got.clone().unwrap_or_default();
        Some(verdict.failures.iter().map(said).collect::<Vec<_>>().join("\n"))
    });
    said.collect()
}

#[test]
fn whoever_sleeps_with_a_lock_for_which_another_waits_is_caught() {
    for (mode, did) in [
        ("sleeps-with-a-lock", "拿着一把锁睡着（sleep），有 0.4 秒线程 "),
        ("sleeps-with-a-lock-of-parking-lot", "拿着一把锁睡着（sleep），有 0.4 秒线程 "),
        ("receives-with-a-lock", "拿着一把锁等一个连接上的数据（recv），有 0.3 秒线程 "),
    ] {
        for said in sleeps_with_a_lock(mode) {
            assert!(said.contains(did) && said.ends_with(" 一直在等这把锁"), "{mode}: {said}");
        }
    }
}

#[test]
fn whoever_sleeps_without_a_lock_is_not_said_to_have_one() {
    for mode in [
        "sleeps-before-it-locks",
        "sleeps-while-another-has-the-lock",
        "sleeps-and-notifies",
        "sleeps-and-notifies-with-parking-lot",
        "sleeps-and-sends",
        "sleeps-and-unparks",
    ] {
        for said in sleeps_with_a_lock(mode) {
            assert_eq!(said, "", "{mode}");
        }
    }
}

#[test]
fn whoever_gives_a_lock_back_between_reading_and_writing_loses_something_in_another_order() {
    let script = |mode: &str| {
        format!("主 $ lesson-x {mode}\n主/线程 |任意次| n <..>\n--------\n主 | sum 20\n")
    };
    for seed in [0, 3, 6] {
        let Some(Played { verdict, .. }) = played(&script("loses-no-updates"), seed) else {
            return;
        };
        assert!(verdict.passed(), "{seed}: {verdict:#?}");
    }
    let text = script("loses-updates");
    let Some(usual) = played(&text, 0) else { return };
    assert!(usual.verdict.passed(), "{:#?}", usual.verdict);
    let other = played(&text, 3).unwrap();
    let scene = parse(&format!("场景 试\n{text}")).unwrap().scenes.remove(0);
    let cause = other_order(&scene, &usual.events, &other.events, &other.verdict, 3);
    let cause = cause.unwrap_or_else(|| panic!("{:#?}", other.verdict));
    assert_eq!((cause.code, cause.certainty), (Code::OthersCameFirst, Certainty::Candidate));
    let fact = cause.fact.unwrap();
    let begins = "平常的次序里「主」印的是「sum 20」，演通过；换一个次序（--seed 3）印的是「sum 1";
    println!("{fact}");
    assert!(fact.starts_with(begins), "{fact}");
}

#[test]
fn whoever_waits_until_his_time_is_up_may_not_have_been_notified() {
    let script = |mode: &str| format!("主 $ lesson-x {mode}\n主 | 5\n");
    for seed in 0..4 {
        let Some(played) = played(&script("is-notified"), seed) else { return };
        assert!(played.verdict.passed(), "{seed}: {:#?}", played.verdict);
    }
    let Some(Played { causes, .. }) = played(&script("is-never-notified"), 0) else { return };
    let [cause] = causes.as_slice() else { panic!("{causes:#?}") };
    assert_eq!((cause.code, cause.failure), (Code::ConditionNeverNotified, Some(0)));
    assert_eq!(cause.certainty, Certainty::Candidate);
    let fact = cause.fact.as_deref().unwrap();
    let says = "在条件变量上等了 1.5 秒，每次都等到时限；这期间没有一个线程去叫醒过";
    assert!(fact.contains(says), "{fact}");
}

#[test]
fn the_practice_must_be_what_is_taught() {
    let practice = |mode: &str, practice: &str, reason: &str| {
        let script = format!("主/谁都行 |任意次| <..>\n主 做法 {practice}\n");
        caught(mode, &script, Rule::Mechanism, reason);
    };
    // that nobody has waited for it in the end has a rule of its own
    let Some(found) =
        failures("does-not-wait", "主/谁都行 |任意次| <..>\n主 做法 等待每个子进程\n")
    else {
        return;
    };
    let rules: Vec<Rule> = found.iter().map(|failure| failure.rule).collect();
    assert_eq!(rules, [Rule::Mechanism, Rule::Orphan], "{found:#?}");
    assert_eq!(found[0].got.as_deref(), Some("创建了 2 个子进程，等到了 1 个"));
    if *OWN_NETWORK {
        let wanted = "先允许重用地址再绑定";
        practice("reuses-too-late", wanted, "先绑定（bind），后设置 SO_REUSEADDR");
        practice("never-reuses", wanted, "绑定（bind）之前没有设置 SO_REUSEADDR");
    } else {
        eprintln!("not tested: who does not reuse an address cannot have one that was just used");
    }
    let script = pair("lesson-x sentence-server", "lesson-x sentence-client");
    let script = format!("{script}服务器端 | hello\n客户端 | welcome\n客户端 做法 半关闭\n");
    let Some(Played { verdict, .. }) = played(&script, 0) else { return };
    let rules: Vec<Rule> = verdict.failures.iter().map(|failure| failure.rule).collect();
    assert_eq!(rules, [Rule::Mechanism], "{verdict:#?}");
    assert!(verdict.failures[0].got.as_deref().unwrap().contains("shutdown"), "{verdict:#?}");
}
