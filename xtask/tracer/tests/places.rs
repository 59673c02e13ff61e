//! Where programs wait that were built in other ways than ours: without frame pointers, optimised, without debug
//! information, in C.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use events::{Frame, Hint, On, Waiting};
use support::{VIRTUAL, act, follow};

/// A folder for the programs of one test; its name has a space.
fn folder(name: &str) -> PathBuf {
    let name = format!("places {name}-{}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/places").join(name)
}

/// A program that is compiled by `compiler`, with `flags`; nothing if there is no such compiler.
fn compiled(compiler: &str, flags: &[&str], file: &str, folder: &Path) -> Option<PathBuf> {
    let program = folder.join(format!("{file} {}", flags.join(" ").replace('/', "_")));
    let mut command = Command::new(compiler);
    command.args(flags).arg("-o").args([&program, &source(file)]);
    // not those of the workspace
    let built = command.env_remove("RUSTFLAGS").output().ok()?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(program)
}

fn rust(flags: &[&str], folder: &Path) -> PathBuf {
    compiled("rustc", &[&["--edition", "2024"], flags].concat(), "waits.rs", folder).unwrap()
}

/// Who waits, when nobody can go on any more.
fn stuck(program: &Path, way: &str) -> Vec<Waiting> {
    let mut command = Command::new(program);
    command.arg(way);
    let told = follow(VIRTUAL, command, None);
    told.stuck.clone().unwrap_or_else(|| panic!("{way}: {told:#?}"))
}

/// The number of the line that says that somebody waits there.
fn here(file: &str, mark: &str) -> u32 {
    let text = fs::read_to_string(source(file)).unwrap();
    let mark = format!("HERE {mark}");
    let is_it = |line: &str| line.trim_end_matches([' ', '*', '/']).ends_with(&mark);
    text.lines().position(is_it).unwrap() as u32 + 1
}

/// Whoever waits at that line.
fn waits_at<'a>(waiting: &'a [Waiting], file: &str, mark: &str) -> &'a Waiting {
    let line = here(file, mark);
    let at = |one: &&Waiting| one.place.as_ref().is_some_and(|place| place.line == line);
    waiting.iter().find(at).unwrap_or_else(|| panic!("{mark}, line {line}: {waiting:#?}"))
}

/// The innermost function of the program itself.
fn own(waiting: &Waiting) -> &Frame {
    waiting.frames.iter().find(|frame| frame.own).unwrap_or_else(|| panic!("{waiting:#?}"))
}

/// The source that is kept of a function is that of a whole function with its line in it.
fn assert_source(frame: &Frame, mark: &str) {
    let source = frame.source.as_ref().unwrap_or_else(|| panic!("{frame:#?}"));
    let line = frame.line.unwrap().checked_sub(source.first).unwrap() as usize;
    assert!(source.lines[line].contains(&format!("HERE {mark}")), "{frame:#?}");
    let last = source.lines.last().unwrap();
    assert!(last.trim_end().ends_with(['}', ';']), "{frame:#?}");
}

/// What each way of waiting shows: the functions that are named, the innermost first.
const WAYS: [(&str, Hint, &[&str]); 13] = [
    ("exact", Hint::Unknown, &["read_exact"]),
    ("to_end", Hint::Unknown, &["read_to_end"]),
    ("to_string", Hint::Unknown, &["read_to_string"]),
    ("copied", Hint::Unknown, &["copy"]),
    ("line", Hint::Line, &["read_until", "read_line"]),
    ("until", Hint::Line, &["read_until"]),
    ("lines", Hint::Line, &["read_line", "Lines"]),
    ("receive", Hint::Receive, &["recv"]),
    ("send", Hint::Send, &["send"]),
    ("condition", Hint::Condition, &["Condvar", "wait"]),
    ("barrier", Hint::Barrier, &["wait"]),
    ("write_lock", Hint::Lock, &["write"]),
    ("joined", Hint::Join, &["join"]),
];

#[test]
fn a_program_without_frame_pointers_has_its_lines() {
    let folder = folder("rust");
    for flags in [&["-g"][..], &["-O", "-g"]] {
        let program = rust(flags, &folder);
        for (way, hint, names) in WAYS {
            let waiting = stuck(&program, way);
            let one = waits_at(&waiting, "waits.rs", way);
            let frame = own(one);
            assert!(frame.function.contains(way), "{flags:?} {way}: {frame:#?}");
            assert_source(frame, way);
            let inside = one.frames.iter().take_while(|frame| !frame.own);
            let inside: Vec<&str> = inside.map(|frame| frame.function.as_str()).collect();
            let mut left = inside.iter();
            for name in names {
                let found = left.any(|function| function.contains(name));
                assert!(found, "{flags:?} {way}: {name} in {inside:#?}");
            }
            if let On::Wake { hint: said, .. } = one.on {
                assert_eq!(said, hint, "{flags:?} {way}: {inside:#?}");
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_program_has_its_lines_however_it_was_built() {
    let folder = folder("built");
    for flags in [
        &["-C", "force-frame-pointers=yes", "-g"][..],
        &["-C", "debuginfo=line-tables-only"],
        &["-C", "debuginfo=line-tables-only", "-O"],
        &["-C", "relocation-model=static", "-g"],
        &["-C", "panic=abort", "-O", "-g"],
    ] {
        let program = rust(flags, &folder);
        for way in ["line", "receive"] {
            let waiting = stuck(&program, way);
            let frame = own(waits_at(&waiting, "waits.rs", way));
            assert!(frame.function.contains(way), "{flags:?}: {frame:#?}");
            assert_source(frame, way);
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_debug_information_functions_have_their_names() {
    let folder = folder("bare");
    let program = rust(&["-C", "debuginfo=0"], &folder);
    let waiting = stuck(&program, "line");
    let [one] = waiting.as_slice() else { panic!("{waiting:#?}") };
    assert_eq!(one.place, None);
    let frame = own(one);
    assert!(frame.function.ends_with("waits::line") && frame.source.is_none(), "{frame:#?}");
    assert!(one.frames.iter().any(|frame| frame.function.contains("read_line")), "{one:#?}");
    // of the standard library's functions in a program without names nothing is the program's own
    let bare = rust(&["-C", "debuginfo=0", "-C", "strip=symbols"], &folder);
    let waiting = stuck(&bare, "line");
    assert!(waiting.iter().all(|one| one.place.is_none()), "{waiting:#?}");
    assert!(waiting.iter().all(|one| one.frames.iter().all(|frame| !frame.own)), "{waiting:#?}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn of_a_source_that_was_changed_since_nothing_is_shown() {
    let folder = folder("changed");
    let program = rust(&["-g"], &folder);
    let changed = fs::metadata(source("waits.rs")).unwrap().modified().unwrap();
    // the program is older than its source
    let older = changed - std::time::Duration::from_secs(1);
    fs::File::options().append(true).open(&program).unwrap().set_modified(older).unwrap();
    let waiting = stuck(&program, "line");
    let frame = own(waits_at(&waiting, "waits.rs", "line"));
    assert_eq!(frame.source, None);
    fs::remove_dir_all(&folder).unwrap();
}

/// Which lock somebody waits for, and who has it.
fn lock(waiting: &Waiting) -> (Option<u64>, Option<i32>) {
    let On::Wake { lock, owner, .. } = waiting.on else { panic!("{waiting:#?}") };
    (lock, owner)
}

#[test]
fn locks_of_std_say_which_they_are_and_nobody_says_who_has_them() {
    let folder = folder("std");
    let program = rust(&["-g"], &folder);
    let waiting = stuck(&program, "opposite");
    let (first, second) =
        (waits_at(&waiting, "waits.rs", "opposite"), waits_at(&waiting, "waits.rs", "second"));
    let locks = [lock(first), lock(second)];
    assert!(locks.iter().all(|(lock, owner)| lock.is_some() && owner.is_none()), "{waiting:#?}");
    assert_ne!(locks[0], locks[1]);
    assert_source(own(second), "second");
    let waiting = stuck(&program, "same");
    let locks: Vec<_> = waiting.iter().filter(|one| one.pid != one.tid).map(lock).collect();
    let [(Some(one), None), (Some(other), None)] = locks.as_slice() else { panic!("{locks:?}") };
    assert_eq!(one, other);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn locks_of_parking_lot_say_which_they_are() {
    let told = act(VIRTUAL, &["parked-at-locks"]);
    let text = told.text();
    let addresses: Vec<u64> = text.lines().map(|line| line.parse().unwrap()).collect();
    let waiting = told.stuck.unwrap();
    let (main, others): (Vec<&Waiting>, Vec<&Waiting>) =
        waiting.iter().partition(|one| one.pid == one.tid);
    let locks = |waiting: &[&Waiting]| waiting.iter().map(|one| lock(one)).collect::<Vec<_>>();
    assert_eq!(locks(&main), [(Some(addresses[1]), None)], "{waiting:#?}");
    assert_eq!(locks(&others), [(Some(addresses[0]), None); 2], "{waiting:#?}");
}

#[test]
fn locks_of_c_say_who_has_them_even_if_he_is_gone() {
    let folder = folder("c");
    for flags in [&["-g"][..], &["-g", "-O2", "-fno-optimize-sibling-calls"]] {
        let Some(program) = compiled("cc", &[flags, &["-pthread"]].concat(), "locks.c", &folder)
        else {
            return;
        };
        let waiting = stuck(&program, "twice");
        let one = waits_at(&waiting, "locks.c", "twice");
        assert!(own(one).function == "twice" && own(one).line.is_some(), "{one:#?}");
        assert_source(own(one), "twice");
        // without glibc nothing is known of an owner
        if !one.frames.iter().any(|frame| frame.function == "pthread_mutex_lock") {
            return;
        }
        assert_eq!(lock(one).1, Some(one.tid), "{one:#?}");

        let waiting = stuck(&program, "opposite");
        let first = waits_at(&waiting, "locks.c", "opposite");
        let second = waits_at(&waiting, "locks.c", "second");
        assert_eq!((lock(first).1, lock(second).1), (Some(second.tid), Some(first.tid)));
        assert_ne!(lock(first).0, lock(second).0);

        let waiting = stuck(&program, "orphaned");
        let one = waits_at(&waiting, "locks.c", "orphaned");
        let owner = lock(one).1.unwrap();
        assert!(owner != one.tid && waiting.iter().all(|one| one.tid != owner), "{one:#?}");

        let waiting = stuck(&program, "forked");
        let child = waits_at(&waiting, "locks.c", "forked");
        let parent = waits_at(&waiting, "locks.c", "parent");
        assert_eq!((lock(child).1, child.pid != parent.pid), (Some(parent.tid), true));

        // within a handler, and that within what it has interrupted
        let waiting = stuck(&program, "interrupted");
        let one = waits_at(&waiting, "locks.c", "handler");
        let line = Some(here("locks.c", "interrupted"));
        assert!(one.frames.iter().any(|frame| frame.own && frame.line == line), "{one:#?}");

        let waiting = stuck(&program, "condition");
        let one = waits_at(&waiting, "locks.c", "condition");
        assert!(matches!(one.on, On::Wake { hint: Hint::Condition, .. }), "{one:#?}");
        assert_eq!(lock(one), (None, None));

        let waiting = stuck(&program, "line");
        let one = waits_at(&waiting, "locks.c", "line");
        let names: Vec<&str> = one.frames.iter().map(|frame| frame.function.as_str()).collect();
        assert!(names.contains(&"read") && names.contains(&"fgets"), "{names:?}");
    }
    // without `.eh_frame`, and linked in other ways
    for (flags, is_glibc_apart) in [
        (&["-g", "-fno-asynchronous-unwind-tables", "-fno-omit-frame-pointer"][..], true),
        (&["-g", "-no-pie"], true),
        (&["-g", "-static"], false),
    ] {
        let flags = [flags, &["-pthread"]].concat();
        let Some(program) = compiled("cc", &flags, "locks.c", &folder) else { return };
        let waiting = stuck(&program, "opposite");
        let one = waits_at(&waiting, "locks.c", "opposite");
        let own: Vec<&Frame> = one.frames.iter().filter(|frame| frame.own).collect();
        let own: Vec<&str> = own.iter().map(|frame| frame.function.as_str()).collect();
        assert_eq!(own, ["opposite", "main"], "{flags:?}");
        assert_eq!(lock(one).1.is_some(), is_glibc_apart, "{flags:?}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
