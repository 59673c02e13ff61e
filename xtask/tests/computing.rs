//! Traced programs that never wait and never end: told apart from those that wait, with the line where they are.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;

use bank::{Played, pair, played};

use judge::Rule;

/// The only failure says this, and names a line that spins.
fn computing(script: &str, detail: &str) {
    let Some(Played { verdict, .. }) = played(script, 0) else { return };
    let failures = verdict.failures;
    let [failure] = failures.as_slice() else { panic!("{script}\n{failures:#?}") };
    assert_eq!(failure.rule, Rule::Computing, "{failure:#?}");
    assert!(failure.detail.contains(detail), "{failure:#?}");
    let (_, place) = failure.detail.split_once("它在 ").unwrap_or_else(|| panic!("{failure:#?}"));
    let (file, rest) = place.split_once(':').unwrap();
    let number: usize = rest.split_once('，').unwrap().0.parse().unwrap();
    let text = std::fs::read_to_string(bank::source(file)).unwrap();
    let lines: Vec<&str> = text.lines().skip(number.saturating_sub(2)).take(3).collect();
    assert!(lines.iter().any(|line| line.ends_with(" spins")), "{lines:#?}\n{failure:#?}");
}

fn alone(mode: &str, detail: &str) {
    computing(&format!("主 $ lesson-x {mode}\n"), detail);
}

#[test]
fn a_computation_without_end() {
    alone("computes", "秒处理器时间，没有做一次看得到的系统调用");
    alone("computes-in-a-thread", "秒处理器时间，没有做一次看得到的系统调用");
}

#[test]
fn a_computation_in_python() {
    let script = "主 $ lesson-py bank.py computes-in-a-function\n";
    computing(script, "秒处理器时间，没有做一次看得到的系统调用");
}

#[test]
fn a_loop_around_a_function_of_a_library() {
    alone("spins", "秒处理器时间，没有做一次看得到的系统调用");
    alone("tries-to-receive", "秒处理器时间，没有做一次看得到的系统调用");
    alone("tries-crossbeam", "秒处理器时间，没有做一次看得到的系统调用");
}

#[test]
fn a_question_that_is_asked_for_ever() {
    alone("yields", "一遍一遍地让出处理器（sched_yield）");
    alone("polls-accept", "一遍一遍地调用 accept，每次都还没有等到");
    alone("asks-for-a-child", "一遍一遍地调用 wait，每次都还没有等到");
    let script = pair("lesson-x polls-accept-and-keeps", "lesson-x says-nothing");
    computing(&script, "一遍一遍地调用 accept");
}

/// The clock moves on while somebody asks: those who sleep wake up.
#[test]
fn a_question_that_is_answered_later() {
    let Some(played) = played("主 $ lesson-x asks-while-others-sleep\n主 | hello\n", 0) else {
        return;
    };
    assert_eq!(played.verdict.failures, []);
}

/// It looks again every millisecond: only the scene's limit ends it.
#[test]
fn naps_without_end() {
    let Some(played) = played("限时 3 秒\n主 $ lesson-x polls-with-sleep\n", 0) else { return };
    let rules: Vec<Rule> = played.verdict.failures.iter().map(|failure| failure.rule).collect();
    assert_eq!(rules, [Rule::Time]);
}
