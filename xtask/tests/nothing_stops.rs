//! A lesson that is not as it must be fails with its reason, and nothing else: every other lesson is checked, and what
//! machines read is whole.

#[path = "support/course.rs"]
mod course;

use std::fs;
use std::process::{Command, Output};
use std::sync::LazyLock;

use course::Course;
use serde_json::Value;

const GREETS: &str = "fn main() {\n    println!(\"好\");\n}\n";
const BROKEN: &str = "fn main() {\n    let number: i32 = \"好\";\n}\n";

fn script(folder: &str) -> String {
    format!("场景 打招呼\n主 $ lesson-{folder}\n主 | 好\n")
}

/// With a lesson that greets, and whose script says so.
fn with(course: Course, folder: &str) -> Course {
    let course = course.lesson(folder, "打招呼").program(folder, GREETS);
    course.script(folder, &script(folder))
}

/// Everything that can be wrong with a lesson, and two that are right.
static COURSE: LazyLock<Course> = LazyLock::new(|| {
    let good = ["01-good", "19-good"];
    let mut course = good.iter().fold(Course::new(), |course, folder| with(course, folder));
    course = with(course, "02-broken").program("02-broken", BROKEN);
    let script = "场景 乙\n主 $ lesson-02-broken\n主 | 好\n";
    course.write("lessons/02-broken/script.txt", &format!("{}{script}", self::script("02-broken")));
    course = with(course, "03-slip").script("03-slip", "场景 甲\n主 $ lesson-03-slip\n主 结书\n");
    course = with(course, "04-no-page");
    fs::remove_file(course.file("docs/04-no-page.md")).unwrap();
    course = with(course, "05-binary");
    fs::write(course.file("lessons/05-binary/script.txt"), [0x7f, b'E', b'L', b'F', 0, 255])
        .unwrap();
    course = with(course, "06-endless").script("06-endless", &"场\n".repeat(1_000_000));
    // as long as a script may be, and all of it one wrong line
    course = with(course, "07-one-line").script("07-one-line", &"错".repeat(300_000));
    course = with(course, "08-no-script");
    fs::remove_file(course.file("lessons/08-no-script/script.txt")).unwrap();
    course = with(course, "09-folder-for-a-script");
    fs::remove_file(course.file("lessons/09-folder-for-a-script/script.txt")).unwrap();
    course.write("lessons/09-folder-for-a-script/script.txt/a", "");
    course = with(course, "10-other-heading");
    course.write("docs/10-other-heading.md", "你好\n");
    course.write("lessons/notes/readme.txt", "");
    course
});

/// What each lesson that is not right fails with: its number, what of it, and words of the reason.
const TROUBLES: [(&str, &str, &str); 9] = [
    ("03", "剧本", "lessons/03-slip/script.txt：第 3 行第 3 列：不认识「结书」"),
    ("04", "笔记", "第 04 课没有笔记：写一页 docs/04-名字.md"),
    ("05", "剧本", "lessons/05-binary/script.txt：第 1 行里有 0 字节，这不是文本"),
    ("06", "剧本", "lessons/06-endless/script.txt：有 4000000 字节，剧本至多 1048576 字节"),
    ("07", "剧本", "lessons/07-one-line/script.txt：第 1 行第 1 列：场景还没有开始"),
    ("08", "剧本", "没有一个剧本演到 lesson-08-no-script"),
    ("09", "剧本", "lessons/09-folder-for-a-script/script.txt：不是一个文件"),
    ("10", "笔记", "docs/10-other-heading.md:1：第一行应当是「# 第 10 课 题目」，现在是「你好」"),
    ("notes", "文件夹", "lessons/notes：课的文件夹要以两位数字和「-」开头"),
];

const BUILD: &str =
    "lesson-02-broken 编译不过：lessons/02-broken/src/main.rs:2:23：mismatched types（E0308）";

fn check(args: &[&str]) -> (Option<i32>, String, String) {
    let all: Vec<&str> = ["check"].into_iter().chain(args.iter().copied()).collect();
    let Output { status, stdout, stderr } = COURSE.xtask(&all).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn people_read_of_each_why_and_that_all_others_pass() {
    let (code, out, err) = check(&[]);
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(out.ends_with("\n4 passed, 11 failed\n"), "{out}{err}");
    // two scenes cannot be played; a page, a script or a folder is no scene
    let counted = format!(
        "共 6 个场景：4 个通过，2 个失败，另有 {} 处问题不在场景里（剧本、文件夹、笔记），",
        TROUBLES.len()
    );
    assert!(out.contains(&counted), "{out}");
    for (number, what, reason) in TROUBLES {
        let heading = match number {
            "notes" => format!("--- lessons/notes「{what}」失败 ---\n  {reason}"),
            _ => format!("--- 第 {number} 课「{what}」失败 ---\n  {reason}"),
        };
        assert!(out.contains(&heading), "{heading}\n{out}");
    }
    // once, though two scenes cannot be played
    assert_eq!(out.matches(BUILD).count(), 1, "{out}");
    assert!(err.contains("expected `i32`, found `&str`"), "the compiler's own words: {err}");
    let longest = out.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest < 500, "a line of {longest} characters");
}

#[test]
fn machines_read_the_same_and_all_of_it() {
    let (code, out, err) = check(&["--format", "json"]);
    assert_eq!(code, Some(1), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["passed"], &report["failed"]), (&4.into(), &11.into()), "{out}");
    let scenes = report["scenes"].as_array().unwrap();
    let faults: Vec<_> = scenes
        .iter()
        .filter(|scene| scene["passed"] == false)
        .map(|scene| {
            let word = |key: &str| scene[key].as_str().unwrap_or_default();
            (word("lesson"), word("title"), word("fault"))
        })
        .collect();
    for (number, what, reason) in TROUBLES {
        let found = |fault: &&(&str, &str, &str)| (fault.0, fault.1) == (number, what);
        let (.., fault) = faults.iter().find(found).unwrap_or_else(|| panic!("{number} {out}"));
        assert!(fault.contains(reason), "{fault}");
    }
    assert_eq!(faults.iter().filter(|fault| fault.2 == BUILD).count(), 2, "{faults:?}");

    let (code, out, err) = check(&["--format", "junit"]);
    assert_eq!(code, Some(1), "{err}");
    assert!(out.ends_with("</testsuites>\n"), "{out}");
    assert_eq!(out.matches("<testcase ").count(), 15, "{out}");
    assert_eq!(out.matches("<error message=").count(), 11, "{out}");
    assert!(out.contains("tests=\"15\" failures=\"0\" errors=\"11\""), "{out}");
}

/// Only what is asked for is looked at; a number may be short.
#[test]
fn a_right_lesson_beside_wrong_ones_passes() {
    let (code, out, err) = check(&["1", "lesson-19-good"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.ends_with("\n2 passed, 0 failed\n"), "{out}");
    let (code, out, _) = check(&["3"]);
    assert_eq!(code, Some(1));
    assert!(out.ends_with("\n0 passed, 1 failed\n"), "{out}");
    let run = COURSE.xtask(&["run", "01", "02"]).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let out = String::from_utf8(run.stdout).unwrap();
    assert!(out.contains("主 | 好") && out.contains(&format!("没有演：{BUILD}")), "{out}");
}

/// Cargo takes a workspace whole or not at all.
#[test]
fn what_cargo_refuses_keeps_no_other_lesson_from_being_checked() {
    let course = with(with(Course::new(), "01-good"), "02-good");
    course.write("lessons/03-empty/src/readme.txt", "");
    course.write("lessons/04-slip/Cargo.toml", "[package\n");
    course.write("lessons/04-slip/src/main.rs", GREETS);
    course.write(
        "lessons/05-nothing/Cargo.toml",
        "[package]\nname = \"lesson-05-nothing\"\ndescription = \"试\"\n",
    );
    course.write("lessons/05-nothing/src/readme.txt", "");
    let output = course.xtask(&["check", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let scenes = report["scenes"].as_array().unwrap();
    let told: Vec<_> = scenes
        .iter()
        .map(|scene| (scene["lesson"].as_str().unwrap(), scene["passed"] == true))
        .collect();
    let wanted = [("01", true), ("02", true), ("03", false), ("04", false), ("05", false)];
    assert_eq!(told, wanted, "{report:#}");
    let faults: String = scenes.iter().filter_map(|scene| scene["fault"].as_str()).collect();
    for reason in [
        "lessons/03-empty：这里没有 Cargo.toml，不是一课",
        "看不懂 lessons/04-slip/Cargo.toml：第 1 行：",
        "lessons/05-nothing：这里没有 src/main.rs",
    ] {
        assert!(faults.contains(reason), "{reason}: {faults}");
    }
    assert_eq!(output.status.code(), Some(1));
}

/// Of a folder without a program cargo does not speak at all: it starts the runner, which says what is wrong with it.
#[test]
fn a_folder_with_nothing_in_it_keeps_cargo_from_nothing() {
    let course = with(Course::new(), "01-good");
    course.write("lessons/13-new/readme.txt", "");
    let metadata = ["metadata", "--no-deps", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(metadata).current_dir(course.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(found.contains("lesson-01-good") && !found.contains("13-new"), "{found}");
    let manifest = "[package]\nname = \"lesson-13-new\"\ndescription = \"试\"\n";
    for (manifest, missing) in
        [(None, "这里没有 Cargo.toml，不是一课"), (Some(manifest), "这里没有 src/main.rs")]
    {
        if let Some(text) = manifest {
            course.write("lessons/13-new/Cargo.toml", text);
        }
        let output = course.xtask(&["check"]).output().unwrap();
        let (out, err) = (output.stdout, String::from_utf8(output.stderr).unwrap());
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains(&format!("  lessons/13-new：{missing}")), "{out}");
        assert!(out.ends_with("\n1 passed, 1 failed\n") && !err.contains("error"), "{out}{err}");
    }
}

/// Somebody who looks for lesson 13 is told of the folder that is not named like one.
#[test]
fn a_folder_with_a_wrong_name_is_named_to_who_looks_for_it() {
    let course = with(Course::new(), "01-good");
    course.write("lessons/13_new/readme.txt", "");
    let output = course.xtask(&["check", "13"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("没有「13」这一课"), "{err}");
    assert!(
        err.contains("lessons/13_new 的名字不是课的：cargo xtask check 13_new 说为什么"),
        "{err}"
    );
    let output = course.xtask(&["check", "13_new"]).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("lessons/13_new：课的文件夹要以两位数字和「-」开头"), "{out}");
}

/// A library that all lessons use: each fails with its first error.
#[test]
fn an_error_in_what_lessons_use_is_named_for_each() {
    let course = with(with(Course::new(), "01-one"), "02-two");
    course.write(
        "lessons/00-common/Cargo.toml",
        "[package]\nname = \"lesson-00-common\"\ndescription = \"试\"\n",
    );
    course.write("lessons/00-common/src/lib.rs", "pub fn f() -> i32 {\n    missing\n}\n");
    let manifest = "[package]\nname = \"lesson-01-one\"\ndescription = \"试\"\nedition = \"2024\"\n[dependencies]\nlesson-00-common = { path = \"../00-common\" }\n";
    course.write("lessons/01-one/Cargo.toml", manifest);
    let output = course.xtask(&["check", "1", "2"]).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.ends_with("\n1 passed, 1 failed\n"), "{out}");
    let why = "lesson-00-common 编译不过：lessons/00-common/src/lib.rs:2:5：cannot find value `missing` in this scope（E0425）";
    assert!(out.contains(why), "{out}");
}
