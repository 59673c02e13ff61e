//! Whoever avoids being seen does not pass: programs that print what their lesson asks for, do none of it, and take care that
//! nobody can watch them.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;
#[path = "support/executable.rs"]
mod executable;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use course::Course;
use executable::executable;
use serde_json::Value;
use stage::observe::probe_tracing;

/// `lesson-06-fake WAY`: hides in this way, then prints what two children should.
const FAKE: &str = r#"
use std::ffi::{c_int, c_long};

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn prctl(option: c_int, ...) -> c_int;
    fn wait(status: *mut c_int) -> c_int;
    fn raise(signal: c_int) -> c_int;
}

#[cfg(target_arch = "x86_64")]
const NUMBERS: [c_long; 5] = [101, 425, 317, 56, 435];
#[cfg(target_arch = "aarch64")]
const NUMBERS: [c_long; 5] = [117, 425, 277, 220, 435];

#[repr(C)]
struct Filter { len: u16, instructions: *const [u16; 4] }

/// Allows every call: `BPF_RET | BPF_K`, `SECCOMP_RET_ALLOW`.
fn install(flags: c_long) {
    let instructions = [[6_u16, 0, 0, 0x7fff]];
    let filter = Filter { len: 1, instructions: instructions.as_ptr() };
    unsafe {
        prctl(38, 1_usize, 0_usize, 0_usize, 0_usize);
        syscall(NUMBERS[2], 1_usize, flags, &raw const filter);
    }
}

/// `CLONE_UNTRACED`
const UNTRACED: u64 = 0x0080_0000;

/// A child that is made in this way prints.
fn prints_in(make: impl FnOnce() -> c_long) {
    match make() {
        0 => {
            println!("写代码\n听音乐");
            std::process::exit(0);
        }
        -1 => panic!("no child"),
        _ => {
            unsafe { wait(std::ptr::null_mut()) };
            std::process::exit(0);
        }
    }
}

fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    let [ptrace, io_uring_setup, _, clone, clone3] = NUMBERS;
    match &*way {
        "traces-itself" => unsafe {
            syscall(ptrace, 0_usize, 0_usize, 0_usize, 0_usize);
            // its parent is told of each signal, also of one that does nothing (SIGCHLD): that is no end
            raise(17);
        },
        "shares-rings" => unsafe {
            let mut parameters = [0_u64; 15];
            syscall(io_uring_setup, 4_usize, parameters.as_mut_ptr());
        },
        "listener" => install(8),
        "clone" => prints_in(|| unsafe { syscall(clone, UNTRACED | 17, 0_usize, 0_usize, 0_usize, 0_usize) }),
        "clone3" => prints_in(|| {
            // flags, ..., exit_signal
            let arguments = [UNTRACED, 0, 0, 0, 17, 0, 0, 0];
            unsafe { syscall(clone3, arguments.as_ptr(), 64_usize) }
        }),
        "own-filter" => install(0),
        #[cfg(target_arch = "x86_64")]
        "calls-of-32-bits" => unsafe {
            // getpid(2) of i386
            std::arch::asm!("int 0x80", inlateout("eax") 20 => _, out("r8") _, out("r9") _, out("r10") _, out("r11") _);
        },
        "becomes" => {
            use std::os::unix::process::CommandExt;
            let program = std::env::args().nth(2).unwrap();
            eprintln!("{}", std::process::Command::new(program).exec());
        }
        _ => {}
    }
    println!("写代码");
    println!("听音乐");
}
"#;

/// Which ways, and what is said of each.
fn ways() -> Vec<(&'static str, &'static str)> {
    let mut ways = vec![
        ("traces-itself", "程序自己要跟踪别的程序（ptrace）"),
        ("shares-rings", "程序用 io_uring 做系统调用"),
        ("clone", "程序让新的进程或线程不被跟踪（CLONE_UNTRACED）"),
        ("clone3", "程序让新的进程或线程不被跟踪（CLONE_UNTRACED）"),
        ("listener", "程序让别的进程决定它的系统调用（seccomp 的通知）"),
    ];
    if cfg!(target_arch = "x86_64") {
        // a kernel that knows no such calls answers the program with a signal
        ways.push(("calls-of-32-bits", "程序用了另一种机器的系统调用"));
    }
    ways
}

const PRINTS: &str = "主 | 写代码\n主 | 听音乐\n";
const DEMANDS: &str = "主 做法 创建 2 个子进程\n主 做法 等待每个子进程\n";

fn scene(title: &str, args: &str, lines: &str) -> String {
    format!("场景 {title}\n主 $ lesson-06-fake {args}\n{PRINTS}{lines}\n")
}

/// The scenes of a course with this script, by their titles.
fn checked(script: &str) -> (Option<i32>, Vec<Value>) {
    let course =
        Course::new().lesson("06-fake", "假的").program("06-fake", FAKE).script("06-fake", script);
    let output = course.xtask(&["check", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["untraced"], Value::Null, "{report:#}");
    let scenes = report["scenes"].as_array().unwrap().clone();
    (output.status.code(), scenes)
}

fn is_traced_here() -> bool {
    let probed = probe_tracing(Path::new(env!("CARGO_BIN_EXE_xtask")));
    if let Err(why) = &probed {
        eprintln!("not tested: {why}");
    }
    probed.is_ok()
}

fn rules(scene: &Value) -> Vec<&str> {
    let failures = scene["failures"].as_array().unwrap();
    failures.iter().map(|failure| failure["rule"].as_str().unwrap()).collect()
}

#[test]
fn who_cannot_be_watched_fails_where_it_should_be_seen_what_he_does() {
    if !is_traced_here() {
        return;
    }
    let mut script = scene("own-filter", "own-filter", DEMANDS);
    for (way, _) in ways() {
        script += &scene(way, way, DEMANDS);
    }
    let (code, scenes) = checked(&script);
    assert_eq!(code, Some(1));
    // a filter that hides nothing: it is seen that there were no children
    assert_eq!(rules(&scenes[0]), ["mechanism"], "{:#}", scenes[0]);
    for ((way, why), scene) in ways().iter().zip(&scenes[1..]) {
        assert_eq!(rules(scene), ["unseen"], "{way}: {scene:#}");
        let failure = &scene["failures"][0];
        let detail = failure["detail"].as_str().unwrap();
        let what = "做法没法检查：「主」是不是真的这样做：创建 2 个子进程（等 2 项）";
        assert!(detail.starts_with(why) && detail.contains(what), "{way}: {detail}");
        assert_eq!((&failure["who"], &failure["title"]), (&"主".into(), &"程序不让看".into()));
        assert_eq!(scene["passed"], false, "{way}");
    }
}

/// A script says that it may be so, or asks for nothing that only the tracer sees.
#[test]
fn who_may_hide_passes_and_what_was_not_checked_is_counted() {
    if !is_traced_here() {
        return;
    }
    let (allowed, plain) = ("允许不让看\n主 做法 创建 2 个子进程", "");
    let script =
        scene("准许", "traces-itself", allowed) + &scene("没有要求", "traces-itself", plain);
    let (code, scenes) = checked(&script);
    assert_eq!(code, Some(0), "{scenes:#?}");
    let count = |scene: &Value| scene["unchecked"].as_array().unwrap().len();
    assert_eq!((count(&scenes[0]), count(&scenes[1])), (2, 1), "{scenes:#?}");
}

/// What it becomes cannot be watched: it has another identity, or is for 32 bits.
#[test]
fn who_becomes_another_that_cannot_be_watched_fails() {
    if !is_traced_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("echo");
    executable(&program, &fs::read("/bin/echo").unwrap(), 0o755);
    let nobody = 65534;
    if chown(&program, Some(nobody), None).is_err() {
        return eprintln!("not tested: only root can give a file away");
    }
    // giving a file away takes the bit from it (chown(2)), so that comes first
    fs::set_permissions(&program, fs::Permissions::from_mode(0o4755)).unwrap();
    if !Command::new(&program).status().is_ok_and(|status| status.success()) {
        return eprintln!("not tested: no program with another identity can be started here");
    }
    let script =
        format!("场景 别人\n主 $ lesson-06-fake becomes {}\n主 | \n{DEMANDS}", program.display());
    let (code, scenes) = checked(&script);
    assert_eq!((code, rules(&scenes[0])), (Some(1), vec!["unseen"]), "{:#}", scenes[0]);
    let detail = scenes[0]["failures"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("程序的文件带 set-user-ID"), "{detail}");
}
