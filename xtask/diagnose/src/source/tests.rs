//! Lines of functions, and what stands around them.

use super::*;

fn excerpt(source: &str) -> Excerpt {
    Excerpt { first: 1, lines: source.lines().map(str::to_owned).collect() }
}

fn kept(source: &str) -> Option<(String, u32)> {
    let excerpt = excerpt(source);
    let at = excerpt.lines.iter().position(|line| line.contains("rx.recv"))?;
    Spot { excerpt: &excerpt, at, language: Language::Native }.kept_sender()
}

#[test]
fn a_sender_is_kept_until_it_is_dropped_or_given_away() {
    let begin = "fn main() {\n    let (tx, rx) = mpsc::channel();\n";
    let end = "    while let Ok(x) = rx.recv() {\n    }\n}\n";
    let some = Some(("tx".to_owned(), 2));
    for (middle, expected) in [
        (
            "    for i in 0..3 {\n        let tx = tx.clone();\n        thread::spawn(move || {\n            tx.send(i);\n        });\n    }\n",
            some.clone(),
        ),
        ("    let one = tx.clone();\n    thread::spawn(move || one.send(1));\n", some.clone()),
        ("    tx.send(1).unwrap();\n", some.clone()),
        ("    thread::spawn(move || tx.send(1));\n", None),
        ("    thread::spawn(move || {\n        tx.send(1);\n    });\n", None),
        ("    drop(tx);\n", None),
        ("    work(tx);\n", None),
    ] {
        assert_eq!(kept(&format!("{begin}{middle}{end}")), expected, "{middle}");
    }
    let ended =
        "fn main() {\n    {\n        let (tx, r) = mpsc::channel();\n    }\n    rx.recv();\n}\n";
    assert_eq!(kept(ended), None);
}

fn below(source: &str, line: usize, language: Language) -> Option<(u32, String)> {
    let excerpt = excerpt(source);
    Spot { excerpt: &excerpt, at: line - 1, language }.call_below(&["set"], |name| name == "ready")
}

#[test]
fn what_comes_after_a_line_is_told_from_what_stands_below_it() {
    let python = Language::Python;
    let source = "def main():\n    t.join()\n    self.ready.set()\n";
    assert_eq!(below(source, 2, python), Some((3, "ready.set()".to_owned())));
    assert_eq!(below(source, 3, python), None);
    let other = "t.join()\ndef work():\n    ready.set()\nother.set()\n";
    assert_eq!(below(other, 1, python), None, "another function, another event");
    let branch = "def f():\n    if x:\n        t.join()\n    else:\n        ready.set()\n";
    assert_eq!(below(branch, 3, python), None);
    let native = Language::Native;
    let arm = "match x {\n    1 => {\n        t.join();\n    }\n    2 => {\n        ready.set();\n    }\n}\nready.set()\n";
    assert_eq!(below(arm, 3, native), Some((9, "ready.set()".to_owned())));
    let other = "t.join();\nlet (ready, x) = new();\nready.set();\n";
    assert_eq!(below(other, 1, native), None);
    let closure = "t.join();\nspawn(move || ready.set());\n";
    assert_eq!(below(closure, 1, native), None);
}

#[test]
fn a_continue_skips_what_stands_below_it() {
    let spot = |source: &str| {
        let excerpt = excerpt(source);
        Spot { excerpt: &excerpt, at: 1, language: Language::Python }.skipped("task_done")
    };
    let head = "while True:\n    x = q.get()\n    if bad(x):\n";
    let skips = format!("{head}        continue\n    work(x)\n    q.task_done()\n");
    assert_eq!(spot(&skips), Some((4, 6)));
    let both = format!("{head}        q.task_done()\n        continue\n    q.task_done()\n");
    assert_eq!(spot(&both), None);
}

#[test]
fn a_thread_is_started_below_only_where_that_is_come_to() {
    let below = |source: &str, line: usize, name: Option<&str>| {
        let excerpt = excerpt(source);
        let language = Language::Native;
        Spot { excerpt: &excerpt, at: line - 1, language }.start_below(name)
    };
    let source = "fn main() {\n    let (tx, rx) = sync_channel(1);\n    for i in 0..3 {\n        tx.send(i);\n    }\n    spawn(move || eat(rx));\n}\n";
    let process = "fn main() {\n    rx.recv();\n    Command::new(a).spawn();\n}\n";
    assert_eq!(below(process, 2, None), None);
    assert_eq!(below(source, 4, Some("rx")), Some(6));
    assert_eq!(below(source, 4, Some("other")), None, "it gets another end");
    let other = "fn main() {\n    tx.send(1);\n}\nfn more() {\n    thread::spawn(f);\n}\n";
    assert_eq!(below(other, 2, None), None);
    let excerpt = excerpt(source);
    let spot = Spot { excerpt: &excerpt, at: 3, language: Language::Native };
    assert_eq!(spot.receiver_of_sender().as_deref(), Some("rx"));
}

#[test]
fn conditions_and_endless_loops_are_seen_around_a_line() {
    let source = "def f():\n    while True:\n        with cond:\n            while not x:\n                cond.wait()\n            cond.wait()\n";
    let excerpt = excerpt(source);
    let spot = |line: usize| Spot { excerpt: &excerpt, at: line - 1, language: Language::Python };
    assert!(spot(5).is_in_condition() && !spot(6).is_in_condition());
    assert_eq!(spot(6).endless_loop(), Some(2));
    assert_eq!(spot(5).receiver(&["wait"]).as_deref(), Some("cond"));
    assert_eq!(spot(3).receiver(&["wait"]).as_deref(), Some("cond"));
    assert_eq!(spot(2).endless_loop(), Some(2));
}
