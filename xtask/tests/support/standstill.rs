//! Plays scenes with the example `standstill`, traced in virtual time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use xtask::diagnose::{Cause, diagnose};
use xtask::judge::{Verdict, judge};
use xtask::observe::{Clock, probe_tracing};
use xtask::play::play;
use xtask::script::parse;
use xtask::stage::{Assignment, Program, network};

/// `lesson-x` is the example, `lesson-py` is Python, if there is one; `None`: this system lets nobody trace.
static PROGRAMS: LazyLock<Option<BTreeMap<String, Program>>> = LazyLock::new(|| {
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    if let Err(why) = probe_tracing(xtask) {
        eprintln!("not tested: {why}");
        return None;
    }
    // `cargo test --test` alone does not build examples
    let example = ["build", "--quiet", "--package", "xtask", "--example", "standstill"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = Command::new(env!("CARGO")).current_dir(root).args(example).status().unwrap();
    assert!(status.success());
    // whatever xtask is optimised for, students' programs are not
    let path = xtask.parent().unwrap().with_file_name("debug").join("examples/standstill");
    let mut programs = BTreeMap::from([("lesson-x".to_owned(), Program { path, address: None })]);
    match python() {
        Some(path) => {
            programs.insert("lesson-py".to_owned(), Program { path, address: None });
        }
        None => eprintln!("not tested with Python: there is no python3"),
    }
    Some(programs)
});

/// Every scene has 127.0.0.1:8888 for itself.
pub static OWN_NETWORK: LazyLock<bool> =
    LazyLock::new(|| network::probe(Path::new(env!("CARGO_BIN_EXE_xtask")), &[]).is_ok());
/// Whoever plays without that.
static TURN: Mutex<()> = Mutex::new(());

/// The interpreter itself: what is called `python3` may be a script that looks for it.
fn python() -> Option<PathBuf> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// What came of a scene.
pub struct Played {
    pub verdict: Verdict,
    /// Why nobody went on, if so.
    #[allow(dead_code, reason = "not every file of tests asks")]
    pub cause: Option<Cause>,
    /// From before the helper process is started until after its end.
    #[allow(dead_code, reason = "not every file of tests asks")]
    pub time: Duration,
}

/// Plays `script` (without its heading); `None`: not here.
pub fn played(script: &str, seed: u64) -> Option<Played> {
    let programs = PROGRAMS.clone()?;
    if script.contains("$ lesson-py") && !programs.contains_key("lesson-py") {
        return None;
    }
    let scene = parse(&format!("场景 试\n{script}")).unwrap().scenes.remove(0);
    let folder = tempfile::tempdir().unwrap();
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/standstill");
    for entry in fs::read_dir(examples).unwrap().flatten() {
        let name = entry.file_name();
        if Path::new(&name).extension().is_some_and(|end| end == "py")
            && script.contains("lesson-py")
        {
            fs::copy(entry.path(), folder.path().join(name)).unwrap();
        }
    }
    let assignment = Assignment {
        waits: false,
        scene,
        folder: folder.path().to_owned(),
        lessons: folder.path().to_owned(),
        programs,
        own_network: *OWN_NETWORK,
        trace: Some(Clock::Virtual { seed }),
        directory: None,
        parent: std::process::id() as i32,
    };
    // the programs have one port: where scenes have no network of their own, one after the other
    let _turn = (!assignment.own_network).then(|| TURN.lock());
    let began = Instant::now();
    let (scene, events) = play(xtask, assignment, |_| {}).unwrap();
    let time = began.elapsed();
    let verdict = judge(&scene, &events);
    assert_eq!(verdict.unchecked, []);
    let cause = diagnose(&scene, &events, &verdict).pop();
    Some(Played { verdict, cause, time })
}

/// A script with two programs on 127.0.0.1:8888.
pub fn pair(server: &str, client: &str) -> String {
    format!("服务器端 $ {server}\n服务器端 监听 127.0.0.1:8888\n客户端 $ {client}\n客户端 结束\n")
}
