//! Programs that write their output little by little: never wrong for that, and not followed one call after the other.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use course::Course;
use serde_json::Value;

/// More lines than are followed, each written by a call of its own: so `println!` does.
const PROGRAM: &str =
    "fn main() {\n    for _ in 0..30_000 {\n        println!(\"一行\");\n    }\n}\n";

/// Exit code and standard output of a check, in this format.
fn check_as(format: &str, program: &str, script: &str) -> (Option<i32>, String) {
    let course = Course::new().lesson("01-x", "试").program("01-x", program);
    let course = course.script("01-x", script);
    let output = course.xtask(&["check", "--format", format]).output().unwrap();
    let (out, err) = (output.stdout, String::from_utf8(output.stderr).unwrap());
    let out = String::from_utf8(out).unwrap();
    assert!(!out.is_empty(), "{err}");
    (output.status.code(), out)
}

fn check(program: &str, script: &str) -> (Option<i32>, String) {
    check_as("human", program, script)
}

/// What was demanded and not seen, and what to do.
const UNCHECKED: &str = "这不算错，但是没有检查「主」是不是真的这样做：创建 0 个子进程。攒起来再写（例如 Rust 的 BufWriter），写的次数就少得多，就能检查。";

fn script(times: u32) -> String {
    format!("场景 许多行\n主 $ lesson-01-x\n主 做法 创建 0 个子进程\n主 |{times} 次| 一行\n")
}

#[test]
fn who_writes_a_line_at_a_time_passes_and_is_given_a_hint() {
    let (code, out) = check(PROGRAM, &script(30_000));
    assert_eq!(code, Some(0), "{out}");
    if out.contains("没有跟踪程序") {
        eprintln!("not tested: this machine cannot trace");
        return;
    }
    assert!(out.contains("写到第 20,000 次，这一次是「主」"), "{out}");
    assert!(out.contains(UNCHECKED), "{out}");
    // that nobody saw each step, and so not what was demanded, is said
    assert!(out.contains("1 个通过，0 个失败，2 项没有检查"), "{out}");
    assert!(out.ends_with("1 passed, 0 failed\n"), "{out}");
}

#[test]
fn programs_read_the_hint_too() {
    let (code, out) = check_as("json", PROGRAM, &script(30_000));
    assert_eq!(code, Some(0), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    if !report["untraced"].is_null() {
        return eprintln!("not tested: this machine cannot trace");
    }
    let scene = &report["scenes"][0];
    let hint = scene["hints"][0].as_str().unwrap_or_else(|| panic!("no hint: {report:#}"));
    assert!(hint.contains("写到第 20,000 次") && hint.ends_with(UNCHECKED), "{hint}");
    assert_eq!(scene["unchecked"].as_array().unwrap().len(), 2, "{report:#}");
    assert_eq!((&scene["passed"], &report["unchecked"]), (&true.into(), &2.into()));

    let (code, out) = check_as("junit", PROGRAM, &script(30_000));
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("没有检查（第 3 行）：「主」是不是真的这样做：创建 0 个子进程"), "{out}");
    assert!(out.contains(UNCHECKED) && out.contains("failures=\"0\""), "{out}");
}

#[test]
fn what_is_wrong_is_found_all_the_same() {
    let (code, out) = check(PROGRAM, &script(30_001));
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("缺少输出：主") && !out.contains("超过了时限"), "{out}");
}

#[test]
fn who_writes_much_at_a_time_is_followed_to_the_end() {
    let program = PROGRAM
        .replace("fn main() {", "fn main() {\n    use std::io::Write;\n    let mut out = std::io::BufWriter::new(std::io::stdout().lock());")
        .replace("println!(\"一行\")", "writeln!(out, \"一行\").unwrap()");
    let (code, out) = check(&program, &script(30_000));
    assert_eq!(code, Some(0), "{out}");
    assert!(!out.contains("写到第"), "{out}");
    assert!(
        out.contains("没有跟踪程序") || out.contains("1 个通过，0 个失败，0 项没有检查"),
        "{out}"
    );
}
