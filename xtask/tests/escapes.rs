//! Programs that try to get out of their scene: each is held or named, nothing of it stays, and the next scene is played as
//! if nothing had been.

#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use support::performance::{OWN_NETWORK, Performance, Played, example, program, xtask};
use support::{play_scene, scene, try_play};

use events::{Clock, Kind};
use judge::Rule;
use stage::contain::{Way, probe};

const VIRTUAL: Option<Clock> = Some(Clock::Virtual { seed: 0 });

/// What holds programs here; where one is missing, not everything is held (`doctor`).
struct Here {
    network: bool,
    mounts: bool,
    landlock: bool,
}

static HERE: LazyLock<Here> = LazyLock::new(|| {
    let works = |way| probe(xtask(), way).is_ok();
    let network = *OWN_NETWORK;
    Here { network, mounts: network && works(Way::Mounts), landlock: works(Way::Landlock) }
});

/// When a helper is killed, all children of ours in other groups are ended: not while one of them stands outside.
static CHILDREN: Mutex<()> = Mutex::new(());

/// What must be there for an attempt to be held.
#[derive(Debug, Clone, Copy)]
enum Needs {
    /// Only that the program runs as whoever runs it, without power over the machine.
    Nothing,
    /// The namespaces, or Landlock.
    Either,
    /// A mount namespace.
    Mounts,
    Landlock,
    /// A network namespace.
    Network,
}

/// The modes of `examples/escapes.rs`.
const ATTEMPTS: [(Needs, &[&str]); 5] = [
    (
        Needs::Nothing,
        &[
            "by-the-helper-s-root",
            "by-the-first-root",
            "trace-the-helper",
            "helper-s-memory",
            "helper-s-output",
            "helper-s-input",
            "take-a-descriptor",
            "mount",
            "remount",
            "unmount",
            "remount-in-another-namespace",
            "join-a-namespace",
            "clock",
            "host-name",
            "device",
        ],
    ),
    (
        Needs::Either,
        &[
            "create",
            "overwrite",
            "append",
            "truncate",
            "delete",
            "rename",
            "take",
            "replace",
            "make-folder",
            "remove-folder",
            "make-link",
            "make-pipe",
            "make-socket",
            "hard-link",
            "by-a-link",
            "by-its-root",
            "above",
            "temporary",
            "home",
            "move-its-folder",
            "trace",
            "memory",
            "environment",
            "oom",
            "setting",
            "sysrq",
            "cgroup",
            "disk",
        ],
    ),
    (Needs::Mounts, &["permissions", "owner", "times"]),
    (Needs::Landlock, &["signal", "signal-a-group", "signal-the-first"]),
    (Needs::Network, &["connect", "connect-anywhere"]),
];

impl Needs {
    fn are_here(self) -> bool {
        match self {
            Needs::Nothing => true,
            Needs::Either => HERE.mounts || HERE.landlock,
            Needs::Mounts => HERE.mounts,
            Needs::Landlock => HERE.landlock,
            Needs::Network => HERE.network,
        }
    }
}

/// What stands outside: a folder, a process in a group of its own, and somebody who listens.
struct Outside {
    folder: tempfile::TempDir,
    process: Child,
    listener: TcpListener,
}

impl Outside {
    fn new() -> Outside {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kept"), "kept").unwrap();
        fs::create_dir(folder.path().join("empty")).unwrap();
        let process = Command::new("sleep").arg("100000").process_group(0).spawn().unwrap();
        Outside { folder, process, listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    /// What can be seen of it.
    fn state(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap().flatten();
        let mut all: Vec<String> = entries
            .map(|entry| {
                let metadata = entry.metadata().unwrap();
                let times = (metadata.modified().unwrap(), metadata.permissions());
                format!("{:?} {times:?} {}", entry.file_name(), metadata.len())
            })
            .collect();
        all.sort();
        let score = format!("/proc/{}/oom_score_adj", self.process.id());
        all.push(fs::read_to_string(score).unwrap());
        all
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn attempt(mode: &str, outside: &Outside, trace: Option<Clock>) -> Played {
    let folder = outside.folder.path().display();
    let (pid, port) = (outside.process.id(), outside.listener.local_addr().unwrap().port());
    let script = format!("主 $ lesson-escapes {mode} {folder} {pid} {port}\n");
    let programs = BTreeMap::from([("lesson-escapes".to_owned(), program(example_once()))]);
    Performance::of(&script).with(programs).traced(trace).play().unwrap()
}

fn example_once() -> &'static Path {
    static BUILT: LazyLock<std::path::PathBuf> = LazyLock::new(|| example("escapes"));
    &BUILT
}

fn printed(played: &Played) -> Vec<&str> {
    let lines = played.events.iter().filter_map(|event| match &event.kind {
        Kind::Line(line) => Some(line.text.as_str()),
        _ => None,
    });
    lines.collect()
}

/// What is wrong with how an attempt went; each has its own place outside.
fn fault(mode: &str, needs: Needs) -> Option<String> {
    let outside = Outside::new();
    let before = outside.state();
    // seen in one way or the other: what holds a program is the same
    let trace = VIRTUAL.filter(|_| mode.len().is_multiple_of(2));
    let played = attempt(mode, &outside, trace);
    let lines = printed(&played);
    let any = |which: fn(&Kind) -> bool| played.events.iter().any(|event| which(&event.kind));
    let is_named = any(|kind| matches!(kind, Kind::Untraceable { .. }));
    let is_held = matches!(lines[..], [line] if line.starts_with("held"));
    // where nothing contains it, each report says so
    let says_so = any(|kind| matches!(kind, Kind::NotContained { .. }));
    if says_so == (HERE.mounts || HERE.landlock) {
        return Some(format!("{mode}: said to be not contained: {says_so}"));
    }
    let is_right = is_named || is_held && outside.state() == before;
    (needs.are_here() && !is_right).then(|| format!("{mode}: {lines:?}"))
}

#[test]
fn whatever_a_program_tries_it_stays_inside() {
    let _turn = CHILDREN.lock();
    let attempts: Vec<(Needs, &str)> = ATTEMPTS
        .iter()
        .flat_map(|(needs, modes)| modes.iter().map(|mode| (*needs, *mode)))
        .collect();
    for (needs, mode) in attempts.iter().filter(|(needs, _)| !needs.are_here()) {
        eprintln!("not held here: {mode} (needs {needs:?})");
    }
    let _ = fs::remove_file("/tmp/xtask-escaped");
    let next = AtomicUsize::new(0);
    let try_some = || {
        let mut faults = Vec::new();
        while let Some((needs, mode)) = attempts.get(next.fetch_add(1, Ordering::Relaxed)) {
            faults.extend(fault(mode, *needs));
        }
        faults
    };
    let faults: Vec<String> = std::thread::scope(|scope| {
        let threads = [0; 4].map(|_| scope.spawn(try_some));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(faults, Vec::<String>::new());
    if Needs::Either.are_here() {
        assert!(!Path::new("/tmp/xtask-escaped").exists());
    }
    let _ = fs::remove_file("/tmp/xtask-escaped");
    let played = scene(&[("good", "echo 好")], "主 $ lesson-good\n主 | 好\n");
    assert_eq!(played.rules(), []);
}

#[test]
fn a_folder_is_cleaned_up_whatever_was_built_in_it() {
    let deep = "i=0; while [ $i -lt 300 ]; do mkdir d && cd d; i=$((i+1)); done; echo 好";
    let played = play_scene(&[("deep", deep)], "主 $ lesson-deep\n主 | 好\n", None);
    assert_eq!(played.rules(), [Rule::StrayFile]);
    let odd = "mkfifo pipe; mkdir shut; : > shut/f; chmod 0 shut; ln -s /etc link; echo 好";
    let played = play_scene(&[("odd", odd)], "主 $ lesson-odd\n主 | 好\n", None);
    assert_eq!(played.rules(), [Rule::StrayFile; 3], "{:?}", played.verdict);
    // a pipe in the place of a file that is compared: nobody waits for a writer
    let pipe = "mkfifo a; echo 好";
    let played = play_scene(&[("pipe", pipe)], "主 $ lesson-pipe\n主 | 好\n核对 a = 「」\n", None);
    assert_eq!(played.rules(), [Rule::File]);
}

#[test]
fn every_scene_has_a_place_for_temporary_files_that_goes_with_it() {
    let program = "mktemp; : > /dev/shm/xtask-escaped; echo 好";
    for trace in [None, VIRTUAL] {
        let played = play_scene(
            &[("temporary", program)],
            "主 $ lesson-temporary\n主 | <甲>\n主 | 好\n",
            trace,
        );
        let file = Path::new(printed(&played)[0]).to_owned();
        assert!(file.is_absolute() && !file.exists(), "{file:?}");
        assert!(!file.parent().unwrap().exists());
        if HERE.mounts {
            assert!(!Path::new("/dev/shm/xtask-escaped").exists());
        }
    }
    let _ = fs::remove_file("/dev/shm/xtask-escaped");
}

#[test]
fn who_ends_the_helper_is_named_and_nothing_of_it_stays() {
    let _turn = CHILDREN.lock();
    let marker = format!("helper{}", std::process::id());
    let program = format!(": {marker}; sleep 100000 & kill -9 $PPID; sleep 100000");
    let played = try_play(&[(&marker, &program)], &format!("主 $ lesson-{marker}\n"), None);
    let why = format!("{:#}", played.map(|_| ()).unwrap_err());
    assert!(why.contains("SIGKILL") && why.contains("kill"), "{why}");
    assert_eq!(support::processes(&marker), Vec::<String>::new());
}
