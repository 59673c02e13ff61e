//! A program with a timer of the kernel, which no clock of ours moves: played in real time instead, and that is said.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use course::Course;
use serde_json::Value;

/// Waits for a timer that fires three times, and prints each time.
const PROGRAM: &str = r#"
use std::ffi::{c_int, c_long};
use std::sync::atomic::{AtomicU32, Ordering};

unsafe extern "C" {
    fn signal(number: c_int, handler: extern "C" fn(c_int)) -> usize;
    fn setitimer(which: c_int, new: *const [c_long; 4], old: *mut [c_long; 4]) -> c_int;
}

static FIRED: AtomicU32 = AtomicU32::new(0);

extern "C" fn fires(_: c_int) {
    FIRED.fetch_add(1, Ordering::Relaxed);
}

fn main() {
    unsafe {
        signal(14, fires);
        setitimer(0, &[0, 20_000, 0, 20_000], std::ptr::null_mut());
    }
    for times in 1..=3 {
        while FIRED.load(Ordering::Relaxed) < times {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
        println!("响了");
    }
}
"#;

#[test]
fn it_is_played_in_real_time_and_every_report_says_so() {
    let course = Course::new().lesson("01-x", "试").program("01-x", PROGRAM);
    let course = course
        .script("01-x", "场景 定时器\n主 $ lesson-01-x\n主 |3 次| 响了\n主 做法 创建 0 个子进程\n");
    let check = |format: &str| {
        let output = course.xtask(&["check", "--format", format]).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{out}");
        out
    };
    let report: Value = serde_json::from_str(&check("json")).unwrap();
    if !report["untraced"].is_null() {
        return eprintln!("not tested: this machine cannot trace");
    }
    let scene = &report["scenes"][0];
    assert_eq!((&scene["clock"], &scene["passed"]), (&"real".into(), &true.into()), "{report:#}");
    // traced all the same: everything was seen
    assert_eq!(report["unchecked"], 0, "{report:#}");
    let hint = scene["hints"][0].as_str().unwrap_or_else(|| panic!("no hint: {report:#}"));
    assert!(hint.ends_with("：这个场景改用真实的时间演。"), "{hint}");
    assert!(check("junit").contains(hint));
    let why = hint.strip_suffix("：这个场景改用真实的时间演。").unwrap();
    assert!(check("human").contains(&format!("「定时器」：{why}，改用真实的时间演。")));
}
