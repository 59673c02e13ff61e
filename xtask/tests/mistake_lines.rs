//! A mistake that was named is shown in the line of the source where it was made.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use course::Course;
use serde_json::Value;
use stage::observe::probe_tracing;

const GREETS: &str = "fn main() {\n    let word = \"好\";\n    eprintln!(\"{word}\"); // 不对\n}\n";

#[test]
fn the_line_that_prints_to_the_wrong_stream_is_quoted() {
    if let Err(why) = probe_tracing(env!("CARGO_BIN_EXE_xtask").as_ref()) {
        return eprintln!("not tested: {why}");
    }
    let script = "场景 打招呼\n主 $ lesson-01-greets\n主 | 好\n";
    let course = Course::new().lesson("01-greets", "打招呼");
    let course = course.program("01-greets", GREETS).script("01-greets", script);
    let output = course.xtask(&["check"]).env("COLUMNS", "80").output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    for line in [
        "错误[output-on-stderr]",
        "--> lessons/01-greets/src/main.rs:3",
        " 3 | eprintln!(\"{word}\"); // 不对",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    let output = course.xtask(&["check", "--format", "json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json.to_string().contains("lessons/01-greets/src/main.rs"), "{json:#}");
}
