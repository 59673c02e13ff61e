//! What a teacher types in front of the class: `run`, scene by scene and step by step; and what is said when it is typed
//! wrong.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.stdin(Stdio::null());
    command
}

/// Exit code, standard output, standard error.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = xtask().args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// `run` says which process or thread printed a line, where the script has more than one.
#[test]
fn a_live_scene_names_the_process_or_thread_of_every_line() {
    for (package, names, what) in [
        ("lesson-06-multi-process", ["主/p1", "主/p2"], "这是进程 "),
        ("lesson-10-threads-sharing", ["主/写", "主/读"], "的线程 "),
    ] {
        let (code, out, err) = run(&["run", package]);
        assert_eq!(code, Some(0), "{out}{err}");
        if stage::observe::probe_tracing(Path::new(env!("CARGO_BIN_EXE_xtask"))).is_err() {
            continue;
        }
        for name in names {
            let introduced = |line: &str| line.starts_with(name) && line.contains(what);
            assert_eq!(out.lines().filter(|line| introduced(line)).count(), 1, "{out}");
            assert!(out.lines().any(|line| line.starts_with(&format!("{name} |"))), "{out}");
        }
    }
}

#[test]
fn a_long_scene_is_played_live_only_when_it_is_named() {
    let (code, out, err) = run(&["run", "09"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(!out.contains("lesson-09-daemon-terminate wait"), "{out}");
    let told = "还有一个长的场景「等待：子进程做完一百次」：cargo xtask run 09 --scene";
    assert!(out.contains(told), "{out}");
    let (code, out, _) = run(&["run", "09", "--scene", "守护"]);
    assert_eq!(code, Some(0));
    assert_eq!(out.lines().filter(|line| line.starts_with("===")).count(), 1, "{out}");
    assert!(out.contains("lesson-09-daemon-terminate daemon"), "{out}");
    let (code, _, err) = run(&["run", "09", "--scene", "量子"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("没有「量子」这个场景，有的是「终止子进程，再结束」"), "{err}");
}

/// The next direction waits for its key: none before, one for each.
#[test]
fn a_scene_can_be_played_step_by_step() {
    let mut child = xtask()
        .args(["run", "lesson-01-one-sentence-server", "--step"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut until = |wanted: &str| -> Vec<String> {
        let mut seen = Vec::new();
        for line in lines.by_ref() {
            let found = line.contains(wanted);
            seen.push(line);
            if found {
                break;
            }
        }
        assert!(seen.last().is_some_and(|line| line.contains(wanted)), "{wanted}: {seen:?}");
        seen
    };
    let seen = until("[按回车] 服务器端 $ lesson-01-one-sentence-server");
    assert!(!seen.iter().any(|line| line.contains("* ")), "{seen:?}");
    keys.write_all(b"\n").unwrap();
    let seen = until("[按回车] 客户端 $ lesson-01-one-sentence-client");
    assert!(seen.iter().any(|line| line.starts_with("服务器端 ! 正在监听")), "{seen:?}");
    assert!(!seen.iter().any(|line| line.starts_with("客户端   |")), "{seen:?}");
    keys.write_all(b"\n").unwrap();
    until("客户端收到:welcome to socket");
    // nobody is there any more: what is left goes on by itself
    drop(keys);
    for _ in lines {}
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// What `trace` is asked for and cannot do is said before anything is built or played.
#[test]
fn a_wrong_trace_says_what_it_can_do() {
    for (args, wanted) in [
        (&["trace", "01", "02"][..], "trace 一次画一课，这里写了 01、02"),
        (&["trace", "09", "--svg"], "要写文件名"),
        (&["trace", "09", "--svg", "x.svg"], "用 --scene 选一个：「终止子进程，再结束」、「守护"),
    ] {
        let (code, out, err) = run(args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}");
        assert!(err.contains(wanted), "{err}");
    }
}

/// What fails for a reason of the system says it in Chinese.
#[test]
fn reasons_of_the_system_are_chinese() {
    let long = "长".repeat(100);
    for (name, wanted) in [("没有", "ENOENT"), (long.as_str(), "名字太长（ENAMETOOLONG）")]
    {
        let (code, _, err) = run(&["trace", "--input", name, "--", "true"]);
        assert_eq!(code, Some(1), "{err}");
        assert!(err.contains(wanted) && !err.contains("os error"), "{err}");
    }
    if Path::new("/dev/full").exists() {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = xtask().arg("list").stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(err, "错误：磁盘已满（ENOSPC）\n");
    }
}
