//! What the names of functions tell: whose they are, and what is being waited for in them.

use std::path::Path;

use events::{Frame, Hint};

/// Where the sources of the standard library and of crates lie.
const LIBRARIES: [&str; 4] = ["/rustlib/src/", "/registry/src/", "/git/checkouts/", "/usr/src/"];
/// The standard library's, where they are not on this machine.
const ELSEWHERE: &str = "/rustc/";
/// The standard library's, in a source tree of its own.
const STANDARD: [&str; 3] = ["/library/std/src/", "/library/core/src/", "/library/alloc/src/"];

/// What the lessons share.
const SHARED: &str = "shared/src/";

/// A source file is that of a library: not where a student looks for his mistake.
pub fn is_library(file: &str) -> bool {
    let shared = file.split_once(SHARED).map(|(course, _)| Path::new(course).join("lessons"));
    file.starts_with(ELSEWHERE)
        || LIBRARIES.iter().chain(&STANDARD).any(|part| file.contains(part))
        || shared.is_some_and(|lessons| lessons.is_dir())
}

/// As it stands in the workspace, or below it in a student's own.
pub fn shortened(file: &str) -> &str {
    let is_course = |at: &usize| Path::new(&file[..*at]).join("lessons").is_dir();
    let start = file.find("/lessons/").or_else(|| file.find("/xtask/"));
    let start = start.or_else(|| file.find("/practice/").filter(is_course));
    start.map_or(file, |start| &file[start + 1..])
}

/// The name of a library's function. Of one that was inlined the path may be missing; the file has the most of it:
/// `std/src/sync/mpsc.rs`, `parking_lot-0.12.5/src/mutex.rs`.
pub fn of_library(name: &str, file: Option<&str>) -> String {
    let name = without_types(name);
    match file.and_then(module) {
        Some(module) if !name.contains("::") && !name.is_empty() => format!("{module}::{name}"),
        _ => name,
    }
}

fn module(file: &str) -> Option<String> {
    let (front, path) = file.rsplit_once("/src/")?;
    let package = front.rsplit('/').next()?;
    let krate = match package.rsplit_once('-') {
        Some((krate, version)) if version.starts_with(|one: char| one.is_ascii_digit()) => krate,
        _ => package,
    };
    let path = path.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").or(path.strip_suffix("lib")).unwrap_or(path);
    let parts = path.split('/').filter(|part| !part.is_empty());
    let parts = std::iter::once(krate.replace('-', "_")).chain(parts.map(str::to_owned));
    Some(parts.collect::<Vec<_>>().join("::"))
}

/// Whether a function of Rust belongs to this crate.
pub fn is_of_crate(name: &str, krate: &str) -> bool {
    crate_of(name) == Some(krate)
}

/// Of `<&parser::Token as core::fmt::Debug>::fmt` that of the type.
fn crate_of(name: &str) -> Option<&str> {
    let name = name.trim_start_matches(['<', '&', '*', '(', '[']);
    let name = name.strip_prefix("mut ").or(name.strip_prefix("dyn ")).unwrap_or(name);
    name.split_once("::").map(|(krate, _)| krate)
}

/// `core::fmt::write::h0123456789abcdef` without its last part.
pub fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((front, hash))
            if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            front
        }
        _ => name,
    }
}

/// Without what stands between angle brackets at the end of a part: types tell nothing about what is being done.
fn without_types(name: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    // `<T as Trait>::method` begins with one: the type itself counts there
    let name = name.strip_prefix('<').unwrap_or(name);
    for character in name.chars() {
        match character {
            '<' => {
                // `run::<T>`
                kept.truncate(kept.trim_end_matches("::").len());
                depth += 1;
            }
            '>' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// What a thread waits for, from the functions that its program is in the middle of calling.
pub fn hint(frames: &[Frame]) -> Hint {
    let inside: Vec<&str> =
        frames.iter().take_while(|frame| !frame.own).map(|one| one.function.as_str()).collect();
    match of_rust(&inside) {
        // what a runtime's own threads wait for is not what a program of it does
        Hint::Unknown if inside.len() < frames.len() => of_c(&inside),
        hint => hint,
    }
}

fn of_rust(names: &[&str]) -> Hint {
    let has =
        |parts: &[&str]| names.iter().any(|name| parts.iter().all(|part| name.contains(part)));
    // woken, it takes the lock again before it returns
    let lock = names.iter().position(|name| is_lock(name));
    let condition = names.iter().position(|name| name.contains("ondvar") && name.contains("wait"));
    if has(&["WaitGroup", "wait"]) {
        Hint::WaitGroup
    } else if has(&["Barrier", "wait"]) || has(&["barrier::wait"]) {
        Hint::Barrier
    } else if has(&["read_line"]) || has(&["read_until"]) || has(&["io::Lines"]) {
        Hint::Line
    } else if has(&["channel::select"]) || has(&["run_select"]) {
        Hint::Select
    } else if has(&["channel", "recv"]) || has(&["mpmc", "recv"]) || has(&["mpsc", "recv"]) {
        Hint::Receive
    } else if has(&["channel", "send"]) || has(&["mpmc", "send"]) || has(&["mpsc", "send"]) {
        Hint::Send
    } else if condition.is_some_and(|condition| lock.is_none_or(|lock| lock > condition)) {
        Hint::Condition
    } else if has(&["JoinHandle", "join"])
        || has(&["JoinInner", "join"])
        || has(&["thread", "scoped", "scope"])
    {
        Hint::Join
    } else if lock.is_some() || has(&["RwLock"]) || has(&["rwlock"]) {
        Hint::Lock
    } else if has(&["park"]) {
        Hint::Park
    } else {
        Hint::Unknown
    }
}

fn is_lock(name: &str) -> bool {
    // the path itself has `lock` in it where it is that of `parking_lot`
    name.contains("utex") && name.replace("parking_lot", "").contains("lock")
}

fn of_c(names: &[&str]) -> Hint {
    let known = names.iter().find_map(|name| {
        Some(match name.trim_start_matches('_') {
            "pthread_mutex_lock" | "pthread_mutex_timedlock" | "pthread_mutex_clocklock" => {
                Hint::Lock
            }
            name if name.starts_with("pthread_rwlock_") => Hint::Lock,
            name if name.starts_with("pthread_cond_") => Hint::Condition,
            "pthread_barrier_wait" => Hint::Barrier,
            "IO_getline" | "IO_getdelim" | "fgets" | "fgets_unlocked" | "getline" | "getdelim" => {
                Hint::Line
            }
            _ => return None,
        })
    });
    known.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use events::Language;

    use super::*;

    fn frame(function: &str, own: bool) -> Frame {
        let function = function.to_owned();
        let language = Language::Native;
        Frame { function, file: None, line: None, own, language, source: None }
    }

    fn hint_of(names: &[&str]) -> Hint {
        let frames = names.iter().map(|name| frame(name, false));
        hint(&frames.chain([frame("main", true)]).collect::<Vec<_>>())
    }

    #[test]
    fn a_file_of_the_course_is_named_below_the_workspace() {
        assert_eq!(shortened("/a/b/lessons/01-x/src/main.rs"), "lessons/01-x/src/main.rs");
        let course = concat!(env!("CARGO_MANIFEST_DIR"), "/../../practice/01-1-server.rs");
        assert_eq!(
            shortened(course.replace("/xtask/tracer/../..", "").as_str()),
            "practice/01-1-server.rs"
        );
        assert_eq!(shortened("/a/practice/b.rs"), "/a/practice/b.rs", "somebody else's");
    }

    #[test]
    fn names_are_cut_to_what_they_say() {
        assert_eq!(without_hash("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(without_hash("a::helper"), "a::helper");
        assert_eq!(
            without_types("<std::sync::Mutex<T> as X>::lock"),
            "std::sync::Mutex as X::lock"
        );
        assert_eq!(without_types("a::run<std::sync::Mutex<i32>>::b"), "a::run::b");
        assert_eq!(without_types("a::run::<b::C>"), "a::run");
        assert_eq!(
            without_types("<a::B<c::D>>::run::<e::F>::{closure#0}"),
            "a::B::run::{closure#0}"
        );
    }

    #[test]
    fn a_file_tells_the_path_that_a_name_lacks() {
        let std = "/rustc/0123/library/std/src/sync/mpsc.rs";
        assert_eq!(of_library("recv<i32>", Some(std)), "std::sync::mpsc::recv");
        assert_eq!(
            of_library("std::sync::mpsc::Receiver<i32>::recv", Some(std)),
            "std::sync::mpsc::Receiver::recv"
        );
        let registry = "/home/me/.cargo/registry/src/index-1/parking_lot-0.12.5/src/mutex.rs";
        assert_eq!(of_library("lock", Some(registry)), "parking_lot::mutex::lock");
        let module = "/rustc/0123/library/std/src/io/mod.rs";
        assert_eq!(of_library("read_to_end", Some(module)), "std::io::read_to_end");
        let root = "/a/registry/src/i/some-crate-1.0.0/src/lib.rs";
        assert_eq!(of_library("run", Some(root)), "some_crate::run");
        assert_eq!(of_library("read", Some("./io/read.c")), "read");
        assert_eq!(of_library("read", None), "read");
    }

    #[test]
    fn a_library_is_told_by_where_its_source_lies() {
        for file in [
            "/rustc/0123/library/std/src/io/mod.rs",
            "/home/me/.rustup/toolchains/stable/lib/rustlib/src/rust/library/core/src/cell.rs",
            "/home/me/.cargo/registry/src/index-1/nix-0.31.3/src/lib.rs",
        ] {
            assert!(is_library(file), "{file}");
        }
        assert!(!is_library("/home/me/library/main.rs"));
        assert!(!is_library("/home/me/rustc/src/main.rs"));
        let course = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/src/lib.rs");
        assert!(is_library(course) && !is_library("/home/me/shared/src/main.rs"));
    }

    #[test]
    fn the_crate_of_a_function_is_that_of_its_type() {
        assert_eq!(crate_of("main::worker"), Some("main"));
        assert_eq!(crate_of("<&main::Pool as core::ops::Drop>::drop"), Some("main"));
        assert_eq!(crate_of("<dyn main::Job>::run"), Some("main"));
        assert_eq!(crate_of("main"), None, "that of the C library's beginning");
    }

    #[test]
    fn a_channel_is_more_than_the_parking_in_it() {
        let recv = ["std::thread::park", "crossbeam_channel::flavors::list::Channel::recv"];
        assert_eq!(hint_of(&recv), Hint::Receive);
        assert_eq!(hint_of(&["parking_lot::raw_mutex::RawMutex::lock_slow"]), Hint::Lock);
        assert_eq!(hint_of(&["std::thread::park"]), Hint::Park);
        assert_eq!(hint_of(&[]), Hint::Unknown);
    }

    #[test]
    fn a_condition_that_has_come_leaves_the_lock_to_wait_for() {
        let wait = "std::sync::poison::condvar::Condvar::wait";
        let inner = "std::sys::sync::condvar::futex::Condvar::wait_optional_timeout";
        assert_eq!(
            hint_of(&["std::sys::pal::unix::futex::futex_wait", inner, wait]),
            Hint::Condition
        );
        let lock = "std::sys::sync::mutex::futex::Mutex::lock_contended";
        assert_eq!(hint_of(&[lock, wait]), Hint::Lock);
        let parked = [
            "parking_lot_core::parking_lot::park",
            "parking_lot::condvar::Condvar::wait_until_internal",
        ];
        assert_eq!(hint_of(&parked), Hint::Condition);
    }

    #[test]
    fn in_c_the_functions_of_its_library_tell() {
        assert_eq!(hint_of(&["__pthread_mutex_lock"]), Hint::Lock);
        assert_eq!(hint_of(&["pthread_cond_wait"]), Hint::Condition);
        assert_eq!(hint_of(&["read", "_IO_file_underflow", "_IO_getline", "fgets"]), Hint::Line);
        // an interpreter, or a thread of it: no function is the program's own
        let frames = [frame("pthread_cond_wait", false), frame("take_gil", false)];
        assert_eq!(hint(&frames), Hint::Unknown);
    }
}
