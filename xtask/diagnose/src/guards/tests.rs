//! Locks that a thread has, by its source.

use super::*;

fn frame(language: Language, source: &str, line: u32) -> Frame {
    let lines = source.lines().map(str::to_owned).collect();
    Frame {
        function: "f".into(),
        file: Some("main".into()),
        line: Some(line),
        own: true,
        language,
        source: Some(Excerpt { first: 1, lines }),
    }
}

fn names(guards: &[Guard]) -> Vec<(&str, u32)> {
    guards.iter().map(|guard| (guard.lock.as_str(), guard.line)).collect()
}

trait ConcatNames {
    fn concat_names(&self) -> String;
}

impl ConcatNames for Vec<(&str, u32)> {
    fn concat_names(&self) -> String {
        self.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    }
}

const RUST: &str = "\
fn main() {
    let a = Mutex::new(1);
    let one = a.lock().unwrap();
    {
        let two = b.lock().unwrap();
    }
    let mut three = self.c.lock();
    drop(three);
    let n = d.lock().unwrap().len();
    let _ = e.lock();
    while let Some(n) = names.lock().unwrap().pop() {
        other
            .lock();
    }
    f.lock();
}
";

#[test]
fn a_guard_lives_to_the_end_of_its_block() {
    let at = |line| names(&held(&[frame(Language::Native, RUST, line)])).len();
    assert_eq!(names(&held(&[frame(Language::Native, RUST, 6)])), [("b", 5), ("a", 3)]);
    assert_eq!(names(&held(&[frame(Language::Native, RUST, 8)])), [("c", 7), ("a", 3)]);
    assert_eq!(names(&held(&[frame(Language::Native, RUST, 9)])), [("a", 3)]);
    assert_eq!(at(11), 1, "neither a temporary nor `_` keeps a lock");
    let inside = held(&[frame(Language::Native, RUST, 13)]);
    assert_eq!(names(&inside), [("names", 11), ("a", 3)]);
    assert!(inside[0].temporary && !inside[1].temporary);
    assert_eq!(at(15), 1);
}

#[test]
fn what_is_locked_around_a_closure_is_the_callers() {
    let source = "fn main() {
    let held = lock.lock().unwrap();
    let thread = thread::spawn(move || {
        let one = first.lock().unwrap();
        lock.lock();
    });
    scope.spawn(|| lock.lock());
    let ok = a || b;
    if let Ok(mut g) = x.lock() {
        drop(g);
        match y.lock().unwrap().len() {
            1 | 2 => {
                thread.join();
            }
        }
    }
}
";
    let at = |line| names(&held(&[frame(Language::Native, source, line)])).concat_names();
    assert_eq!(at(5), "first");
    assert_eq!(at(7), "");
    assert_eq!(at(8), "lock");
    assert_eq!(at(10), "x lock");
    assert_eq!(at(13), "y lock", "x is dropped");
}

#[test]
fn who_waits_for_a_condition_has_given_up_its_lock() {
    let rust = "fn f() {\n let a = one.lock().unwrap();\n let mut b = two.lock().unwrap();\n b = ready.wait(b).unwrap();\n}\n";
    let rust = frame(Language::Native, rust, 4);
    assert_eq!(names(&held_in_condition(&[rust])), [("one", 2)]);
    let python = "def f():\n    with cond:\n        with other:\n            cond.wait()\n";
    let python = frame(Language::Python, python, 4);
    assert_eq!(names(&held_in_condition(&[python])), [("other", 3)]);
    let python = "def f():\n    with lock:\n        cond.wait()\n";
    assert!(held_in_condition(&[frame(Language::Python, python, 3)]).is_empty());
}

#[test]
fn another_function_on_the_same_page_is_not_this_one() {
    let source = "def main():
    def work():
        lock.acquire()
        print()
    if x:
        other.acquire()
    third.acquire()
    lock.acquire()
";
    assert_eq!(names(&held(&[frame(Language::Python, source, 8)])), [("third", 7)]);
}

#[test]
fn what_is_wanted_stands_on_the_line() {
    let want = |line| wanted(&[frame(Language::Native, RUST, line)]).map(|guard| guard.lock);
    assert_eq!(want(3).as_deref(), Some("a"));
    assert_eq!(want(13).as_deref(), Some("other"));
    assert_eq!(want(7).as_deref(), Some("c"));
    assert_eq!(want(2), None);
}

const PYTHON: &str = "\
def work(self):
    with open('x') as f:
        with self.a:
            time.sleep(1)
        queue_lock.acquire()
        other.acquire()
        other.release()
        with b, c:
            with d:  # 等
                pass
";

#[test]
fn python_says_it_by_its_indentation() {
    let at = |line| held(&[frame(Language::Python, PYTHON, line)]);
    assert_eq!(names(&at(4)), [("a", 3)]);
    assert_eq!(names(&at(9)), [("c", 8), ("b", 8), ("queue_lock", 5)]);
    let want = |line| wanted(&[frame(Language::Python, PYTHON, line)]).map(|one| one.lock);
    assert_eq!(want(9).as_deref(), Some("d"));
    assert_eq!(want(3).as_deref(), Some("a"));
    assert_eq!(want(8), None, "one of two");
    assert_eq!(want(5).as_deref(), Some("queue_lock"));
    assert_eq!(want(4), None);
}

#[test]
fn outer_functions_count_and_libraries_do_not() {
    let inner = frame(Language::Python, "def f():\n    lock.acquire()\n", 2);
    let outer = frame(Language::Python, "def g():\n    with lock:\n        f()\n", 3);
    let library = Frame { own: false, ..outer.clone() };
    assert_eq!(names(&held(&[inner.clone(), outer])), [("lock", 2)]);
    assert!(held(&[inner, library]).is_empty());
}

#[test]
fn a_lock_that_stands_twice_in_a_statement_is_taken_twice() {
    let twice =
        |source: &str| taken_twice(&[frame(Language::Native, source, 1)]).map(|guard| guard.lock);
    assert_eq!(
        twice("list.lock().unwrap().push(list.lock().unwrap().len());").as_deref(),
        Some("list")
    );
    assert_eq!(twice("self.a.write().b(self.a.read().c);").as_deref(), Some("a"));
    for right in [
        "list.lock().unwrap().push(other.lock().unwrap().len());",
        "list.lock().unwrap().clear(); list.lock().unwrap().push(1);",
        "if list.lock().unwrap().is_empty() && list.lock().unwrap().len() > 1 {",
        "spawn(|| list.lock().unwrap().len()); f(list.lock());",
        "f(a.read().unwrap().len(), a.read().unwrap().len());",
        "drop(list.lock()); list.lock().unwrap().clear();",
    ] {
        assert_eq!(twice(right), None, "{right}");
    }
}

#[test]
fn a_temporary_lives_while_its_statement_calls_another_function() {
    let inner =
        Frame { function: "shop::count".into(), ..frame(Language::Native, "list.lock();", 1) };
    let over = |outer: &str| {
        let outer = Frame { function: "add".into(), ..frame(Language::Native, outer, 1) };
        names(&held(&[inner.clone(), outer])).concat_names()
    };
    assert_eq!(over("list.lock().unwrap().push(count(list));"), "list");
    for right in [
        "list.push(count(list));",
        "count(list); list.lock().unwrap();",
        "let n = count(list) + list.lock().unwrap().len();",
        "if list.lock().unwrap().is_empty() { count(list) }",
        "list.lock().unwrap().push(discount(list));",
    ] {
        assert_eq!(over(right), "", "{right}");
    }
}
