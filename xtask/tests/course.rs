//! The whole course, and the commands as they are typed: real processes, real sockets, real files.

#[path = "support/course.rs"]
mod course;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use course::Course;
use judge::Rule;
#[cfg(target_os = "linux")]
use nix::sys::signal::{Signal, kill};
#[cfg(target_os = "linux")]
use nix::unistd::Pid;
use serde_json::Value;

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    outcome(xtask().args(args).output().unwrap())
}

fn outcome(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_whole_course_passes() {
    let (code, out, err) = run(&["check"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let last = out.lines().last().unwrap();
    let passed = last.strip_suffix(" passed, 0 failed").expect(last);
    assert!(passed.parse::<usize>().unwrap() >= 17, "{last}");
}

/// What a machine without namespaces does.
#[test]
fn the_short_lessons_pass_without_a_network_of_their_own() {
    let (code, out, err) =
        run(&["check", "--shared-network", "00", "01", "02", "03", "04", "05", "11"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("场景没有单独的网络"), "{out}");
}

#[test]
fn a_lesson_is_played_live_with_the_printer_named() {
    let (code, out, err) = run(&["run", "01"]);
    assert_eq!(code, Some(0), "{out}{err}");
    for line in [
        "服务器端 $ lesson-01-one-sentence-server",
        "服务器端 ! 正在监听 127.0.0.1:8888",
        "客户端   | 客户端收到:welcome to socket",
    ] {
        assert!(out.contains(line), "{line} not in\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "no colour without a terminal");
}

#[test]
fn a_million_equal_lines_are_folded() {
    let (code, out, _) = run(&["run", "05"]);
    assert_eq!(code, Some(0));
    assert!(out.lines().count() < 15, "{out}");
    assert!(out.contains("……同样的行还有 999,999 行"), "{out}");
}

#[test]
fn the_doctor_says_something_about_everything_and_changes_nothing() {
    let (code, out, err) = run(&["doctor"]);
    assert_eq!(code, Some(0), "{err}");
    for name in [
        "单独的网络",
        "第二张网卡",
        "收养孤儿进程",
        "查看监听端口",
        "跟踪程序",
        "Python 的行号",
        "处理器",
        "内存",
        "进程数的上限",
        "内核",
        "Rust",
    ] {
        assert!(out.lines().any(|line| line.starts_with(name)), "{name} not in\n{out}");
    }
    // whatever is missing has its reason
    let missing = out.lines().filter(|line| line.contains("  没有  ")).count();
    assert_eq!(out.lines().filter(|line| line.trim().starts_with("原因：")).count(), missing);
}

#[test]
fn every_package_is_listed() {
    let (code, out, _) = run(&["list"]);
    assert_eq!(code, Some(0));
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons");
    let folders = fs::read_dir(lessons).unwrap().flatten();
    for folder in folders.filter(|folder| folder.path().join("Cargo.toml").exists()) {
        let package = format!("lesson-{}", folder.file_name().to_string_lossy());
        assert!(out.contains(&package), "cargo xtask list 没有列出 {package}：\n{out}");
    }
}

#[test]
fn usage_errors_name_the_nearest_word_and_exit_with_2() {
    for (args, message) in [
        (&["chek"][..], "是不是 check？"),
        (&["check", "lesson-04-upload-sever"], "最接近的是 lesson-04-upload-server"),
        (&["run", "99"], "没有「99」这一课"),
        (&["check", "--jobs", "many"], "不能是「many」"),
        (&[], "没有写命令"),
    ] {
        let (code, out, err) = run(args);
        assert_eq!(code, Some(2), "{args:?}");
        assert!(err.contains(message) && out.is_empty(), "{args:?}: {err}");
    }
}

/// What `check` says of a course of one lesson, whose script is `script`.
fn checked(script: Option<&str>) -> (Option<i32>, String) {
    checked_with_page(script, "# 第 05 课 单任务\n")
}

fn checked_with_page(script: Option<&str>, page: &str) -> (Option<i32>, String) {
    let mut course = Course::new().lesson("05-single-task", "单任务");
    course.write("docs/05-single-task.md", page);
    if let Some(script) = script {
        course = course.script("05-single-task", script);
    }
    let (code, out, err) = outcome(course.xtask(&["check"]).output().unwrap());
    assert!(out.lines().last().is_some_and(|line| line.contains(" passed, ")), "{out}{err}");
    (code, out)
}

#[test]
fn a_mistake_in_a_script_has_its_line_and_column() {
    let (code, err) = checked(Some("场景 甲\n主 $ lesson-05-single-task\n主 结书\n"));
    assert_eq!(code, Some(1));
    assert!(err.contains("lessons/05-single-task/script.txt：第 3 行第 3 列"), "{err}");
    assert!(err.contains("是不是「结束」？"), "{err}");
}

#[test]
fn a_lesson_without_a_script_and_a_script_without_its_program_are_named() {
    let (code, err) = checked(None);
    assert_eq!(code, Some(1));
    assert!(err.contains("没有一个剧本演到 lesson-05-single-task"), "{err}");
    let (code, err) = checked(Some("场景 甲\n主 $ lesson-05-singel-task\n"));
    assert_eq!(code, Some(1));
    assert!(err.contains("第 2 行第 5 列：没有叫 lesson-05-singel-task 的程序"), "{err}");
    assert!(err.contains("是不是 lesson-05-single-task？"), "{err}");
    let (code, err) = checked(Some("场景 甲\n主 $ lesson-05-single-task\n核对 a = 课程:没有/a\n"));
    assert_eq!(code, Some(1));
    assert!(err.contains("第 3 行第 11 列：课程里没有这个文件"), "{err}");
}

/// Where `value` does not have the keys and the enumerated values that its schema says.
fn against_schema(schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        wrong.push(format!("{place}: {value}"));
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let object = value.as_object().unwrap_or_else(|| panic!("{place} is no object"));
        let (known, found): (BTreeSet<_>, BTreeSet<_>) =
            (properties.keys().collect(), object.keys().collect());
        if known != found {
            wrong.push(format!("{place}: {known:?} and {found:?}"));
        }
        for (key, value) in object.iter().filter(|(key, _)| properties.contains_key(*key)) {
            against_schema(&properties[key], value, &format!("{place}.{key}"), wrong);
        }
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for (index, value) in values.iter().enumerate() {
            against_schema(items, value, &format!("{place}[{index}]"), wrong);
        }
    }
}

#[test]
fn the_json_report_is_as_its_schema_says() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/check.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let (code, out, err) = run(&["check", "--format", "json", "00", "lesson-06-multi-process"]);
    assert_eq!(code, Some(0), "{err}");
    let report: Value =
        serde_json::from_str(&out).expect("standard output is JSON and nothing else");
    let mut wrong = Vec::new();
    against_schema(&schema, &report, "report", &mut wrong);
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(report["failed"], 0);
    let scenes = report["scenes"].as_array().unwrap();
    assert_eq!(report["passed"], scenes.len());
    assert!(scenes.iter().all(|scene| scene["passed"] == true));
    // every rule that can be broken, and no other, is in the schema
    let rules = &schema["properties"]["scenes"]["items"]["properties"]["failures"]["items"];
    let rules: BTreeSet<String> =
        serde_json::from_value(rules["properties"]["rule"]["enum"].clone()).unwrap();
    assert_eq!(rules, Rule::all().map(|rule| rule.id().to_owned()).collect());
}

/// A scene with a second interface, where there can be none: neither passed nor failed, and named as not checked.
#[test]
fn a_scene_that_cannot_be_played_here_is_neither_passed_nor_failed() {
    let (code, out, err) = run(&["check", "--shared-network", "--format", "json", "01"]);
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let scenes = report["scenes"].as_array().unwrap();
    let not_played: Vec<&Value> =
        scenes.iter().filter(|scene| !scene["not_played"].is_null()).collect();
    assert!(!not_played.is_empty(), "{out}");
    for scene in &not_played {
        assert_eq!(scene["passed"], false);
        assert_eq!(scene["failures"], Value::Array(Vec::new()));
        let what = scene["unchecked"][0]["what"].as_str().unwrap();
        assert!(what.starts_with("整个场景：要第二张网卡 192.0.2.1"), "{what}");
    }
    assert_eq!(report["not_played"], not_played.len());
    assert_eq!(report["passed"], scenes.len() - not_played.len());
    assert_eq!(report["failed"], 0);
}

#[test]
fn the_junit_report_has_a_case_for_every_scene() {
    let (code, out, err) = run(&["check", "--format", "junit", "00", "01"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("<?xml"), "{out}");
    assert_eq!(out.matches("<testcase ").count(), out.matches("</testcase>").count());
    assert_eq!(out.matches("<testsuite ").count(), 2);
    assert!(out.contains("failures=\"0\" errors=\"0\"") && !out.contains("<failure"), "{out}");
}

#[test]
fn a_page_without_its_heading_is_named() {
    let (code, err) = checked_with_page(None, "你好\n");
    assert_eq!(code, Some(1));
    assert!(err.contains("第一行应当是「# 第 05 课 题目」，现在是「你好」"), "{err}");
}

#[test]
fn the_readme_names_every_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for folder in fs::read_dir(root.join("lessons")).unwrap().flatten() {
        let package = format!("lesson-{}", folder.file_name().to_string_lossy());
        assert!(
            !folder.path().join("Cargo.toml").exists() || readme.contains(&package),
            "README.md 的课程表里没有 {package}：加一行，写上它的题目和命令"
        );
    }
}

#[test]
fn a_closed_reader_ends_quietly() {
    let mut child =
        xtask().arg("list").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    child.wait().unwrap();
    assert_eq!(err, "");
}

/// All processes below `pid`.
#[cfg(target_os = "linux")]
fn descendants(pid: i32) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    let mut open = vec![pid];
    while let Some(pid) = open.pop() {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|word| word.parse().ok()) {
                if found.insert(child) {
                    open.push(child);
                }
            }
        }
    }
    found
}

/// Whether a process is there and not a zombie (the init of a container may never wait for it).
#[cfg(target_os = "linux")]
fn runs(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

#[cfg(target_os = "linux")]
fn until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(600), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Starts a long check, waits until its programs run, sends `signal`; nothing may be left.
#[cfg(target_os = "linux")]
fn interrupted_by(signal: Signal) -> Option<i32> {
    let mut check = xtask()
        .args(["check", "07", "09", "10"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = check.id() as i32;
    // helpers, their programs, and the programs' own children
    until("the programs do not start", || descendants(pid).len() >= 10);
    let family = descendants(pid);
    kill(Pid::from_raw(pid), signal).unwrap();
    let code = check.wait().unwrap().code();
    until("processes were left", || !family.iter().any(|pid| runs(*pid)));
    code
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_check_leaves_no_process_and_no_folder() {
    let folders = || -> usize {
        let target = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().unwrap().parent().unwrap();
        fs::read_dir(target.join("xtask-scenes")).map_or(0, |entries| entries.count())
    };
    assert_eq!(interrupted_by(Signal::SIGINT), Some(130));
    assert_eq!(interrupted_by(Signal::SIGTERM), Some(130));
    assert_eq!(interrupted_by(Signal::SIGKILL), None);
    // whatever the killed one left is gone after the next
    let (code, out, err) = run(&["check", "00"]);
    assert_eq!(code, Some(0), "{out}{err}");
    // other tests of this file may be at work with folders of their own
    until("folders were left", || folders() == 0);
}
