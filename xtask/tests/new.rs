//! `cargo xtask new` as it is typed: what is there afterwards, what the compiler and the other commands say of it, and what
//! is said when it cannot be done.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/course.rs"]
mod course;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/wrong.rs"]
mod wrong;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bank::performance;
use course::Course;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A course whose lesson 05 prints a line.
fn small() -> Course {
    let course = Course::new().lesson("05-work", "试");
    let program = "fn main() {\n    println!(\"好\");\n}\n";
    course.program("05-work", program).script("05-work", "场景 甲\n主 $ lesson-05-work\n主 | 好\n")
}

fn run(course: &Course, args: &[&str]) -> (Option<i32>, String, String) {
    outcome(course.xtask(args).output().unwrap())
}

fn outcome(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Every path below a folder, in order.
fn all(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        found.push(path.display().to_string());
        if path.is_dir() {
            found.extend(all(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn what_a_new_lesson_begins_with_compiles() {
    let course = Course::new();
    fs::create_dir(course.file("lessons")).unwrap();
    fs::create_dir(course.file("docs")).unwrap();
    let new = [
        &["13-hello"][..],
        &["14-a-server", "--address", "127.0.0.1:8888"],
        &["14-a-client"],
        &["15-b", "--address", "192.168.100.200:65535"],
    ];
    let args = wrong::with_crates(&wrong::scenes());
    for one in new {
        let (code, out, err) = run(&course, &[&["new", "lesson"], one].concat());
        assert_eq!(code, Some(0), "{out}{err}");
        let source = course.file("lessons").join(one[0]).join("src/main.rs");
        let compiled = Command::new("rustc")
            .args(&args)
            .args(["--crate-name", "lesson", "--emit", "metadata", "-D", "warnings", "-o"])
            .arg(course.file("out"))
            .arg(&source)
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let formatted = Command::new("rustfmt")
            .args(["--check", "--edition", "2024", "--config-path"])
            .arg(root().join("rustfmt.toml"))
            .arg(&source)
            .output();
        // not every machine has one
        let (code, out, _) = formatted.map_or((Some(0), String::new(), String::new()), outcome);
        assert_eq!(code, Some(0), "{out}");
    }
    // in the workspace that they are made for, with these members alone
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let from = workspace.find("members = [").unwrap();
    let to = from + workspace[from..].find("]\n\n").unwrap();
    let (before, after) = (&workspace[..from], &workspace[to..]);
    let members = "members = [\"lessons/[0-9][0-9]-*/src/..\"";
    std::os::unix::fs::symlink(
        root().canonicalize().unwrap().join("shared"),
        course.file("shared"),
    )
    .unwrap();
    course.write("Cargo.toml", &format!("{before}{members}{after}"));
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(course.path())
        .output()
        .unwrap();
    let (code, out, err) = outcome(metadata);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        new.iter().all(|one| out.contains(&format!("\"name\":\"lesson-{}\"", one[0]))),
        "{out}"
    );
}

#[test]
fn a_new_lesson_is_told_incomplete_and_keeps_nothing_else_from_being_checked() {
    let course = small();
    let (code, out, err) = run(&course, &["new", "lesson", "13-hello"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("docs/13-hello.md") && out.contains("cargo xtask check 13"), "{out}");
    // here is no crate that it uses
    course.write(
        "lessons/13-hello/Cargo.toml",
        "[package]\nname = \"lesson-13-hello\"\ndescription = \"「待写：题目」\"\nedition = \"2024\"\n",
    );
    let (code, out, err) = run(&course, &["check", "05"]);
    assert_eq!((code, out.lines().last()), (Some(0), Some("1 passed, 0 failed")), "{out}{err}");

    let (code, out, _) = run(&course, &["check", "13", "--all"]);
    assert_eq!(code, Some(1), "{out}");
    for missing in [
        "lessons/13-hello/Cargo.toml：还没有写完，有 1 处「待写」",
        "lessons/13-hello/src/main.rs：还没有写完，有 6 处「待写」",
        "lessons/13-hello/script.txt：还没有写完，有 4 处「待写」",
        "docs/13-hello.md：还没有写完",
    ] {
        assert!(out.contains(missing), "{missing}\n{out}");
    }
    let (code, out, _) = run(&course, &["list"]);
    assert!(code == Some(0) && out.contains("第 13 课有错：docs/13-hello.md：还没有写完"), "{out}");
    let (code, out, err) = run(&course, &["notes"]);
    assert_eq!(code, Some(0), "{out}{err}");

    course.write(
        "lessons/13-hello/Cargo.toml",
        "[package]\nname = \"lesson-13-hello\"\ndescription = \"试\"\nedition = \"2024\"\n",
    );
    let course = course
        .program("13-hello", "fn main() {\n    println!(\"你好\");\n}\n")
        .script("13-hello", "场景 两行\n主 $ lesson-13-hello\n主 | 你好\n");
    let (code, out, _) = run(&course, &["check", "13"]);
    assert_eq!((code, out.lines().last()), (Some(1), Some("1 passed, 1 failed")), "{out}");
    course.write("docs/13-hello.md", "# 第 13 课 打招呼\n");
    let (code, out, _) = run(&course, &["check"]);
    assert_eq!((code, out.lines().last()), (Some(0), Some("2 passed, 0 failed")), "{out}");
}

#[test]
fn what_cannot_be_begun_is_one_sentence_and_leaves_nothing() {
    let course = small();
    course.write("lessons/exercises", "");
    let before = all(course.path());
    for (args, wanted, exit) in [
        (&["new"][..], "没有写新的什么", 2),
        (&["new", "lesson"], "缺少参数 <名字>", 2),
        (&["new", "lesson", "05-other"], "编号 05 已经有了", 2),
        (&["new", "lesson", "05-work"], "编号 05 已经有了", 2),
        (&["new", "lesson", "Hello"], "「Hello」不能作名字", 2),
        (&["new", "lesson", "../13-x"], "「../13-x」不能作名字", 2),
        (&["new", "lesson", "13-x", "--address", "8888"], "--address 要的是 IPv4", 2),
        (&["new", "exercise", "07-x"], "没有第 07 课", 2),
        (&["new", "exercise", "05-x", "--form", "问答"], "可以写 填空、找错、自己写", 2),
        // a file stands where the exercises would be
        (&["new", "exercise", "05-x"], "建不了 lessons/exercises/05-1-x，什么也没有留下", 1),
    ] {
        let (code, out, err) = run(&course, args);
        assert_eq!((code, out.as_str()), (Some(exit), ""), "{args:?} {err}");
        let first = err.lines().next().unwrap_or_default();
        assert!(first.starts_with("错误：") && first.contains(wanted), "{args:?}: {err}");
        assert!(err.lines().count() <= 2, "{err}");
        assert_eq!(all(course.path()), before, "{args:?}");
    }
    // a folder with this number that is no lesson
    fs::create_dir(course.file("lessons/13-left")).unwrap();
    let (code, _, err) = run(&course, &["new", "lesson", "13-x"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("编号 13 已经有了（lessons/13-left）：编号只往后加，下一个是 14"),
        "{err}"
    );
}
