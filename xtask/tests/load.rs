//! A scene that runs out of time because of what else the machine does is played once more, alone, and that second
//! performance is what counts.
//!
//! No time decides this: the scene that is held up waits for the one that keeps all processors busy, and that one ends
//! only when it sees that the other one has been ended.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;
#[path = "support/performance.rs"]
mod performance;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;

use performance::within_a_limit;
use serde_json::Value;

use course::Course;

/// `lesson-05-work FOLDER right|wrong`: waits while `lesson-06-load FOLDER` runs, then computes and prints a line. The
/// wrong one waits for ever.
const WORK: &str = r#"
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::time::Duration;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = std::path::PathBuf::from(args.next().unwrap());
    let id = std::process::id();
    std::fs::write(folder.join(format!("started-{id}")), "").unwrap();
    std::fs::write(folder.join("new"), id.to_string()).unwrap();
    std::fs::rename(folder.join("new"), folder.join("worker")).unwrap();
    while !folder.join("loaded").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    // nobody accepts: the end comes with the end of the program that listens
    if let Ok(mut load) = UnixStream::connect(folder.join("load")) {
        let _ = load.read(&mut [0]);
    }
    while args.next().as_deref() == Some("wrong") {
        std::thread::sleep(Duration::from_secs(1000));
    }
    let sum: u64 = (0..5_000_000).map(std::hint::black_box).sum();
    println!("{sum}");
}
"#;

/// `lesson-06-load FOLDER`: keeps all processors busy until `lesson-05-work` is gone.
const LOAD: &str = r#"
use std::os::unix::net::UnixListener;
use std::time::Duration;

fn main() {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let _listener = UnixListener::bind(folder.join("load")).unwrap();
    std::fs::write(folder.join("loaded"), "").unwrap();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..processors * 2 {
        std::thread::spawn(|| loop {
            std::hint::spin_loop();
        });
    }
    let worker = loop {
        match std::fs::read_to_string(folder.join("worker")) {
            Ok(worker) => break worker,
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    while std::path::Path::new("/proc").join(&worker).exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("轻松了");
}
"#;

/// One check at a time: each keeps the whole machine busy.
static ALONE: Mutex<()> = Mutex::new(());

/// A course of these two programs.
fn course() -> Course {
    let course = Course::new().lesson("05-work", "干活").lesson("06-load", "忙碌");
    course.program("05-work", WORK).program("06-load", LOAD)
}

/// What `check` said, and how often `lesson-05-work` was started.
struct Checked {
    code: Option<i32>,
    out: String,
    starts: usize,
}

fn check(mode: &str, limit: u32, format: &str) -> Checked {
    let _alone = ALONE.lock().unwrap_or_else(|broken| broken.into_inner());
    let shared = tempfile::tempdir().unwrap();
    let folder = shared.path().display();
    let work = format!(
        "场景 干活\n限时 {limit} 秒\n主 $ lesson-05-work {folder} {mode}\n主 | 12499997500000\n"
    );
    let load = format!("场景 忙碌\n限时 300 秒\n主 $ lesson-06-load {folder}\n主 | 轻松了\n");
    let course = course().script("05-work", &work).script("06-load", &load);
    // the two wait for each other across scenes, which nobody who follows one of them can see
    let output = course
        .xtask(&["check", "--no-trace", "--format", format])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    Checked {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        starts: starts(shared.path()),
    }
}

fn starts(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with("started-")).count()
}

/// Its limit is comfortable for the second performance: whatever else this machine does, one of these is. What people read
/// of it is in the tests of the report.
#[test]
fn a_scene_that_is_slow_only_among_others_is_not_called_wrong() {
    let played = |limit| check("right", limit, "json");
    let Checked { code, out, starts } = within_a_limit(played, |checked| checked.code == Some(0));
    assert_eq!((code, starts), (Some(0), 2), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let told: Vec<_> = report["scenes"].as_array().unwrap().iter().collect();
    assert_eq!((&told[0]["passed"], &told[0]["replayed"]), (&true.into(), &true.into()), "{out}");
    assert_eq!((&told[1]["passed"], &told[1]["replayed"]), (&true.into(), &false.into()), "{out}");
}

#[test]
fn a_program_that_never_ends_is_wrong_also_when_it_is_alone() {
    let Checked { code, out, starts } = check("wrong", 1, "human");
    assert_eq!((code, starts), (Some(1), 2), "{out}");
    assert!(out.contains("单独重演一次，仍然失败"), "{out}");
    assert!(out.contains("超过了时限") && out.ends_with("1 passed, 1 failed\n"), "{out}");
}
