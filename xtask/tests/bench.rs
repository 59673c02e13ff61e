//! `cargo xtask bench`, small and with the build that is there: what is measured, not how fast.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn bench(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["bench", "--unoptimized", "--rounds", "1"]).args(args).stdin(Stdio::null());
    command
}

/// Whether a bench that ran as `pid` has left a folder.
fn left_a_folder(pid: u32) -> bool {
    let memory = format!("/dev/shm/xtask-bench-{}", nix::unistd::getuid());
    let target = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().unwrap().parent().unwrap();
    let folders = [Path::new(&memory), target].map(|base| base.join("xtask-scenes"));
    folders.iter().any(|folder| folder.join(pid.to_string()).exists())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn small() -> Output {
    let args = ["--size", "1", "--exchanges", "3", "--clients", "2"];
    let child = bench(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert!(!left_a_folder(pid));
    output
}

#[test]
fn everything_is_measured_and_nothing_is_left() {
    let output = small();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    for line in [
        "上传 1 MiB，轮流 1 遍",
        "  第 04 课",
        "  Rust，一次 1 KiB",
        "对话 3 次，",
        "  第 02 课",
        "慢的客户端 2 个同时来，",
        "  第 11 课，并发",
        "  第 04 课，循环",
        #[cfg(target_os = "linux")]
        "跟踪的代价",
    ] {
        assert!(out.contains(line), "{line} not in\n{out}");
    }
    // socat twice: as it comes, and with the buffer of the lesson
    let missing = out.contains("没有装（sudo apt install socat）");
    for line in ["  socat -b 262144", "  socat，默认 8 KiB"] {
        assert!(missing || out.contains(line), "{line} not in\n{out}");
    }
    // a contender that this machine does not have is named; one that it has must not fail
    for line in out.lines().filter(|line| line.contains("没有量成")) {
        assert!(
            ["没有装", "没有 python3", "只有 Linux", "不能跟踪"]
                .iter()
                .any(|why| line.contains(why)),
            "{line}"
        );
    }
    // peak memory was read, and is small whatever the machine does
    assert!(out.contains("两边的内存都不到 16 MiB：达到"), "{out}");
}

#[test]
fn ctrl_c_ends_it_and_leaves_nothing() {
    let mut child = bench(&["--size", "256", "--exchanges", "10000"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = child.id();
    let children = format!("/proc/{pid}/task/{pid}/children");
    let began = Instant::now();
    let began_measuring = || match cfg!(target_os = "linux") {
        true => left_a_folder(pid) && !fs::read_to_string(&children).unwrap().trim().is_empty(),
        false => left_a_folder(pid),
    };
    while !began_measuring() {
        assert!(began.elapsed() < Duration::from_secs(600), "nothing is measured");
        std::thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(pid as i32), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!left_a_folder(pid));
}
