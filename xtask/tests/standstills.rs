//! Traced programs that come to no end, or do not do what they say: what the judge says of each.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use xtask::judge::{Rule, Verdict, judge};
use xtask::observe::{Clock, probe_tracing};
use xtask::play::play;
use xtask::script::parse;
use xtask::stage::{Assignment, Program, network};

/// The example `standstill`; `None`: this system lets nobody trace.
static PROGRAMS: LazyLock<Option<BTreeMap<String, Program>>> = LazyLock::new(|| {
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    if let Err(why) = probe_tracing(xtask) {
        eprintln!("not tested: {why}");
        return None;
    }
    // `cargo test --test` alone does not build examples
    let example = ["build", "--quiet", "--package", "xtask", "--example", "standstill"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = Command::new(env!("CARGO")).current_dir(root).args(example).status().unwrap();
    assert!(status.success());
    let path = xtask.parent().unwrap().join("examples/standstill");
    Some(BTreeMap::from([("lesson-x".to_owned(), Program { path, address: None })]))
});

fn verdict(script: &str) -> Option<Verdict> {
    let programs = PROGRAMS.clone()?;
    let scene = parse(&format!("场景 试\n{script}")).unwrap().scenes.remove(0);
    let folder = tempfile::tempdir().unwrap();
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    let assignment = Assignment {
        scene,
        folder: folder.path().to_owned(),
        lessons: folder.path().to_owned(),
        programs,
        own_network: network::probe(xtask, &[]).is_ok(),
        trace: Some(Clock::Virtual { seed: 0 }),
        directory: None,
        parent: std::process::id() as i32,
    };
    let (scene, events) = play(xtask, assignment, |_| {}).unwrap();
    let verdict = judge(&scene, &events);
    assert_eq!(verdict.unchecked, []);
    Some(verdict)
}

/// The standstill of one program must be explained with `sentence`.
fn alone(mode: &str, sentence: &str) {
    explained(&format!("主 $ lesson-x {mode}\n"), sentence);
}

/// The standstill of two programs.
fn pair(server: &str, client: &str, sentence: &str) {
    explained(
        &format!(
            "服务器端 $ lesson-x {server}\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-x {client}\n客户端 结束\n"
        ),
        sentence,
    );
}

fn explained(script: &str, sentence: &str) {
    let Some(verdict) = verdict(script) else { return };
    let rules: Vec<Rule> = verdict.failures.iter().map(|failure| failure.rule).collect();
    assert_eq!(rules, [Rule::Hang], "{script}\n{verdict:#?}");
    let hang = verdict.hang.unwrap();
    assert!(hang.sentence.contains(sentence), "{script}\n{hang:#?}");
    for waiter in &hang.waiters {
        let place = waiter.place.as_ref().map(|place| place.file.as_str());
        assert!(place.is_some_and(|file| file.ends_with("standstill.rs")), "{waiter:#?}");
    }
}

#[test]
fn two_programs_that_wait_for_each_other() {
    pair(
        "listens-to-the-first-word",
        "says-nothing",
        "「服务器端」在等「客户端」先说话，「客户端」也在等「服务器端」先说话",
    );
    pair("reads-to-the-end", "does-not-half-close", "「客户端」没有半关闭（shutdown）");
    pair("neglects", "says-nothing", "「服务器端」却在等下一个客户端（accept）");
}

#[test]
fn a_client_that_never_comes_or_is_never_accepted() {
    alone("accepts-for-ever", "「主」在 accept 等下一个客户端，可是再没有客户端会来");
    let script = "服务器端 $ lesson-x never-accepts\n服务器端 监听 127.0.0.1:8888\n服务器端 < 一\n\
         客户端 $ lesson-x says-nothing\n客户端 结束\n";
    explained(script, "「服务器端」没有接受（accept）它，「服务器端」在等有人输入");
}

#[test]
fn what_nobody_types() {
    explained("主 $ lesson-x reads-input\n主 < 一行\n主 结束\n", "「主」在等有人从键盘输入");
}

#[test]
fn a_parent_and_its_child() {
    alone("keeps-the-pipe", "可管道的写端只有父进程自己还开着（忘了关）");
    alone("stops-its-child", "父进程在等子进程结束，可子进程被信号暂停了");
}

#[test]
fn threads_of_one_process() {
    alone("locks-crosswise", "两个线程各拿着一把锁，等对方手里的那一把");
    alone("locks-twice", "「主」在等一把锁，可是没有别的线程会来放开它");
    alone("joins-a-receiver", "在等一个再也没有人发送的通道");
}

#[test]
fn a_computation_without_end() {
    let Some(verdict) = verdict("主 $ lesson-x computes\n主 | 完\n") else { return };
    let [failure] = verdict.failures.as_slice() else { panic!("{verdict:#?}") };
    assert_eq!(failure.rule, Rule::Computing);
    assert!(failure.detail.contains("standstill.rs:"), "{failure:#?}");
}

fn rules(script: &str) -> Option<Vec<Rule>> {
    Some(verdict(script)?.failures.iter().map(|failure| failure.rule).collect())
}

#[test]
fn numbers_must_be_true() {
    let Some(found) = rules("主 $ lesson-x lies-about-itself\n主 | pid <p:进程号>\n") else {
        return;
    };
    assert_eq!(found, [Rule::Identity]);
    let script = "主 $ lesson-x tells-the-truth\n主 | pid <p:进程号> <上:父进程号>\n\
         主/子 进程 | pid <子:进程号> <p:父进程号>\n";
    assert_eq!(rules(script), Some(vec![]));
}

#[test]
fn the_practice_must_be_what_is_taught() {
    let practice = |mode: &str, practice: &str| {
        rules(&format!("主 $ lesson-x {mode}\n主 |任意次| <..>\n主 做法 {practice}\n"))
    };
    let Some(found) = practice("uses-threads", "创建 2 个线程") else { return };
    assert_eq!(found, []);
    assert_eq!(practice("uses-threads", "创建 2 个子进程"), Some(vec![Rule::Mechanism]));
    let unwaited = practice("leaves-a-child-unwaited", "等待每个子进程").unwrap();
    assert_eq!(unwaited[0], Rule::Mechanism);
}
