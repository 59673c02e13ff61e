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

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use performance::within_a_limit;
use serde_json::Value;

use course::Course;

/// `lesson-05-work MEETING right|wrong`: waits while `lesson-06-load` runs, then computes and prints a line. The
/// wrong one waits for ever.
const WORK: &str = r#"
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut meeting = UnixStream::connect(args.next().unwrap()).unwrap();
    meeting.write_all(b"w").unwrap();
    let _ = meeting.read(&mut [0]);
    while args.next().as_deref() == Some("wrong") {
        std::thread::sleep(Duration::from_secs(1000));
    }
    let sum: u64 = (0..5_000_000).map(std::hint::black_box).sum();
    println!("{sum}");
}
"#;

/// `lesson-06-load MEETING`: keeps all processors busy until `lesson-05-work` is gone.
const LOAD: &str = r#"
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

fn main() {
    let mut meeting = UnixStream::connect(std::env::args().nth(1).unwrap()).unwrap();
    meeting.write_all(b"l").unwrap();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..processors * 2 {
        std::thread::spawn(|| loop {
            std::hint::spin_loop();
        });
    }
    let _ = meeting.read(&mut [0]);
    println!("轻松了");
}
"#;

/// What is known of the two programs. They cannot write into a common folder: each is kept in its own.
#[derive(Default)]
struct Known {
    starts: usize,
    gone: usize,
    load_has_gone: bool,
}

/// Where the two programs meet: each says who it is, and is answered when it may go on. What ends is seen by the end of
/// its connection.
#[derive(Default)]
struct Meeting {
    known: Mutex<Known>,
    changed: Condvar,
}

impl Meeting {
    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap());
        self.changed.notify_all();
    }

    fn wait_until(&self, is_so: impl Fn(&Known) -> bool) {
        drop(self.changed.wait_while(self.known.lock().unwrap(), |known| !is_so(known)).unwrap());
    }

    /// Speaks with one of the two programs until it has ended.
    fn speak_with(self: Arc<Meeting>, mut program: UnixStream) {
        let mut name = [0];
        if program.read_exact(&mut name).is_err() {
            return;
        }
        let is_load = name == *b"l";
        self.change(|known| known.starts += usize::from(!is_load));
        let mut answered = program.try_clone().unwrap();
        let answering = Arc::clone(&self);
        thread::spawn(move || {
            answering.wait_until(|known| match is_load {
                true => known.gone > 0,
                false => known.load_has_gone,
            });
            // it may have been ended meanwhile
            let _ = answered.write_all(b".");
        });
        let _ = program.read(&mut name);
        self.change(|known| {
            known.gone += usize::from(!is_load);
            known.load_has_gone |= is_load;
        });
    }

    /// Opens it at this path, for as long as the test runs.
    fn open(path: &Path) -> Arc<Meeting> {
        let (meeting, listener) = (Arc::new(Meeting::default()), UnixListener::bind(path).unwrap());
        let host = Arc::clone(&meeting);
        thread::spawn(move || {
            for program in listener.incoming().flatten() {
                let host = Arc::clone(&host);
                thread::spawn(|| host.speak_with(program));
            }
        });
        meeting
    }
}

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
    let path = shared.path().join("meeting");
    let meeting = Meeting::open(&path);
    let path = path.display();
    let work = format!(
        "场景 干活\n限时 {limit} 秒\n主 $ lesson-05-work {path} {mode}\n主 | 12499997500000\n"
    );
    let load = format!("场景 忙碌\n限时 300 秒\n主 $ lesson-06-load {path}\n主 | 轻松了\n");
    let course = course().script("05-work", &work).script("06-load", &load);
    // the two wait for each other across scenes, which nobody who follows one of them can see
    let output = course
        .xtask(&["check", "--no-trace", "--format", format])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let starts = meeting.known.lock().unwrap().starts;
    Checked { code: output.status.code(), out: String::from_utf8(output.stdout).unwrap(), starts }
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
