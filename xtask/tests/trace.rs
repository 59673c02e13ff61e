//! `cargo xtask trace` and `cargo xtask pictures`: real programs, traced and drawn.
//!
//! Where no program may be traced, these tests have nothing to look at: they say so and pass.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use course::Course;

/// What is said where tracing is not to be had.
const UNSEEN: &str = "看不到程序的系统调用，画不出来";

fn xtask(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit code, standard output, standard error; `None`: this machine does not let programs be traced.
fn outcome(command: &mut Command) -> Option<(Option<i32>, String, String)> {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    if err.contains(UNSEEN) {
        eprintln!("skipped, nothing can be traced here: {err}");
        return None;
    }
    Some((output.status.code(), out, err))
}

fn run(args: &[&str]) -> Option<(Option<i32>, String, String)> {
    outcome(&mut xtask(args))
}

#[test]
fn virtual_time_draws_the_same_every_time() {
    let Some(first) = run(&["trace", "01", "--virtual"]) else { return };
    let Some(second) = run(&["trace", "01", "--virtual"]) else { return };
    assert_eq!(first, second);
    let (code, out, err) = first;
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    for words in [
        "(1) 创建套接字 socket() = 3",
        "(4) 等待客户端 accept(fd=3)..",
        "(4) 接受 accept(fd=3) = 4 来自 <-",
        "(6) 收到结束 recv(fd=4) = 0 <-",
        "(7) 关闭 close(fd=4)",
    ] {
        assert!(out.contains(words), "{words} not in\n{out}");
    }
    assert!(out.lines().all(|line| text::width(line) <= 100), "{out}");
}

#[test]
fn who_waits_for_whom_is_seen() {
    let Some((_, processes, _)) = run(&["trace", "09", "--virtual"]) else { return };
    for words in ["(4) 发信号 kill(<子>, SIGTERM)", "被信号 SIGTERM 终止", "(3) 睡眠 1 秒"]
    {
        assert!(processes.contains(words), "{words} not in\n{processes}");
    }
    let Some((_, threads, _)) =
        run(&["trace", "10", "--virtual", "--scene", "主线程", "--width", "140"])
    else {
        return;
    };
    for words in ["(3) 等待线程 t1 结束 join()..", "(3) 等到线程 t2 结束 join() <-"] {
        assert!(threads.contains(words), "{words} not in\n{threads}");
    }
}

#[test]
fn programs_that_follow_each_other_share_a_column() {
    let Some((_, out, _)) = run(&["trace", "02", "--virtual"]) else { return };
    let column = |name: &str| {
        let line = out.lines().find(|line| line.trim_end().ends_with(name));
        let line = line.unwrap_or_else(|| panic!("no {name} in\n{out}"));
        text::width(line.trim_end()) - 8
    };
    assert_eq!(column("客户端一"), column("客户端三"));
    assert_eq!(out.matches("(7) 关闭 close(fd=4)").count(), 2, "{out}");
}

/// This is the test that fails when a lesson does something else than its picture in the notes shows.
#[test]
fn the_pictures_of_the_notes_are_what_a_run_draws() {
    let Some((code, out, err)) = run(&["pictures", "--check"]) else { return };
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn a_picture_that_differs_in_one_byte_is_named() {
    let course = Course::new()
        .lesson("01-x", "试")
        .program("01-x", "fn main() { println!(\"一\"); }\n")
        .script("01-x", "场景 试\n主 $ lesson-01-x\n主 | 一\n");
    let pictures = |args: &[&str]| outcome(course.xtask(&["pictures"]).args(args));
    let Some((code, out, err)) = pictures(&[]) else { return };
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(pictures(&["--check"]).unwrap().0, Some(0));

    let file = course.file("docs/pictures/01-x.svg");
    let drawn = fs::read_to_string(&file).unwrap();
    fs::write(&file, drawn.replacen("一", "二", 1)).unwrap();
    let changed = fs::read(&file).unwrap();
    let (code, out, _) = pictures(&["--check"]).unwrap();
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("01-x.svg"), "{out}");
    assert_eq!(fs::read(&file).unwrap(), changed, "a check writes nothing");
    assert_eq!(pictures(&[]).unwrap().0, Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), drawn);
}

#[test]
fn every_picture_of_the_notes_is_well_formed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            let svg = fs::read_to_string(&path).unwrap();
            well_formed(&svg).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            assert!(svg.len() < 30_000, "{} is too large for a page", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 15, "only {seen} pictures");
}

/// As far as our files go: elements are closed in order, attributes quoted, `&` and `<` written as entities.
fn well_formed(xml: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        entities(text)?;
        let end = tag.find('>').ok_or("a tag without an end")?;
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (inside, empty) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        entities(attributes)?;
        let values = attributes.split('"').skip(1).step_by(2).count();
        if attributes.matches('=').count() < values || attributes.matches('"').count() % 2 != 0 {
            return Err(format!("<{inside}>"));
        }
        if !empty {
            open.push(name);
        }
    }
    match open.last() {
        None if rest.trim().is_empty() => Ok(()),
        None => Err(format!("{rest:?} behind the end")),
        Some(name) => Err(format!("<{name}> is not closed")),
    }
}

fn entities(text: &str) -> Result<(), String> {
    let known = ["amp;", "lt;", "gt;", "quot;"];
    match text.split('&').skip(1).find(|after| !known.iter().any(|one| after.starts_with(one))) {
        Some(after) => Err(format!("&{after}")),
        None => Ok(()),
    }
}

/// Sockets that are no connections of TCP: main and a thread for each kind.
const TALKS: &str = r#"
use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

fn main() {
    let mut buffer = [0; 16];
    let (one, two) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let to = one.local_addr().unwrap();
    let answers = thread::spawn(move || {
        let mut buffer = [0; 16];
        let (_, from) = one.recv_from(&mut buffer).unwrap();
        one.send_to(b"udp back", from).unwrap();
    });
    two.send_to(b"udp there", to).unwrap();
    two.recv_from(&mut buffer).unwrap();
    answers.join().unwrap();
    let (mut one, mut two) = UnixStream::pair().unwrap();
    let reads = thread::spawn(move || {
        let mut buffer = [0; 16];
        while two.read(&mut buffer).unwrap() > 0 {}
    });
    one.write_all(b"pair").unwrap();
    drop(one);
    reads.join().unwrap();
    let listener = UnixListener::bind("x.sock").unwrap();
    let accepts = thread::spawn(move || {
        let mut buffer = [0; 16];
        let mut client = listener.accept().unwrap().0;
        client.read(&mut buffer).unwrap();
        client.write_all(b"heard").unwrap();
    });
    let mut client = UnixStream::connect("x.sock").unwrap();
    client.write_all(b"local").unwrap();
    client.read(&mut buffer).unwrap();
    accepts.join().unwrap();
    // one that has gone before it is accepted
    let listener = UnixListener::bind("y.sock").unwrap();
    UnixStream::connect("y.sock").unwrap().write_all(b"gone").unwrap();
    let accepts = thread::spawn(move || {
        let mut buffer = [0; 16];
        listener.accept().unwrap().0.read(&mut buffer).unwrap();
    });
    accepts.join().unwrap();
    std::fs::remove_file("y.sock").unwrap();
    std::fs::remove_file("x.sock").unwrap();
}
"#;

#[test]
fn datagrams_and_local_sockets_have_arrows() {
    let course = Course::new()
        .lesson("01-x", "试")
        .program("01-x", TALKS)
        .script("01-x", "场景 试\n主 $ lesson-01-x\n");
    let args = ["trace", "01", "--virtual", "--lanes", "--width", "250"];
    let Some((code, out, err)) = outcome(&mut course.xtask(&args)) else { return };
    assert_eq!(code, Some(0), "{out}{err}");
    let arrives = |words: &[&str]| {
        out.lines().any(|line| {
            words.iter().all(|word| line.contains(word))
                && (line.contains("-> ") || line.contains(" <-"))
        })
    };
    for words in [
        &["收到 recv", "「udp there」"][..],
        &["收到 recv", "「udp back」"],
        &["收到 recv", "「pair」"],
        &["收到结束 recv"],
        &["接受 accept"],
        &["收到 recv", "「local」"],
        &["收到 recv", "「gone」"],
    ] {
        assert!(arrives(words), "{words:?} has no arrow in\n{out}");
    }
}

#[test]
fn any_programs_can_be_traced() {
    let args = ["trace", "--", "sh", "-c", "sh -c 'exit 3'; echo 好", ",", "true"];
    let Some((code, out, err)) = run(&args) else { return };
    assert_eq!(code, Some(0), "{out}{err}");
    for words in ["创建子进程 fork()", "结束（退出码 3）", "印出「好」", "true"] {
        assert!(out.contains(words), "{words} not in\n{out}");
    }
}

#[test]
fn a_program_gets_its_input_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.txt");
    fs::write(&file, "一行\n").unwrap();
    let input = file.to_str().unwrap();
    let Some((code, out, err)) = run(&["trace", "--input", input, "--", "cat"]) else { return };
    assert_eq!(code, Some(0), "{out}{err}");
    for words in ["键盘输入「一行」", "印出「一行」", "键盘输入完 read(fd=0) = 0"]
    {
        assert!(out.contains(words), "{words} not in\n{out}");
    }
}

#[test]
fn a_program_that_is_not_there_is_a_mistake_on_the_command_line() {
    for (words, why) in [
        (&["no-such-program"][..], "没有「no-such-program」这个程序"),
        (&["true", ",", "no-such-program"], "没有「no-such-program」这个程序"),
        (&["/"], "是一个目录"),
        (&["true", ","], "逗号的两边都要有命令"),
    ] {
        let output = xtask(&["trace", "--"]).args(words).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(why), "{err}");
        assert!(output.stdout.is_empty());
    }
}

/// A loop of a million writes, and one of a million exchanges, end in a picture of their beginning.
#[test]
fn who_does_too_much_is_cut_and_the_picture_says_so() {
    const TALKS: &str = "import socket\na, b = socket.socketpair()\n\
                         while True:\n    a.send(b'x')\n    b.recv(1)\n";
    let prints = ["trace", "--", "sh", "-c", "while :; do echo x; done"];
    let talks = ["trace", "--", "python3", "-c", TALKS];
    for (args, shown) in [(prints, "印出 20000 行「x」"), (talks, "收到 recv(")] {
        let Some((code, out, err)) = run(&args) else { return };
        if err.contains("没有「python3」") {
            eprintln!("not tested: {err}");
            continue;
        }
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(out.contains(shown), "{out}");
        assert!(err.contains("图里只有前 20,000 次，后面的"), "{err}");
        // on a machine that is too busy for so many calls in a minute, the minute ends it
        if !err.contains("60 秒到了") {
            assert!(err.contains("后面的 30,000 次只看了谁开始、谁结束"), "{err}");
            assert!(err.contains("调用和输出太多（50,000 次）：已经终止"), "{err}");
        }
        // nobody who was only not followed any further is said to wait
        assert!(!out.contains("等对方接收") && !out.contains("等待数据"), "{out}");
    }
}

#[test]
fn ctrl_c_draws_what_was_seen_and_leaves_nothing_behind() {
    if run(&["trace", "--", "true"]).is_none() {
        return;
    }
    // a length of sleep that nobody else uses
    let nap = format!("987.{}", std::process::id());
    let child = xtask(&["trace", "--", "sh", "-c", &format!("echo 开始; sleep {nap}; true")])
        .spawn()
        .unwrap();
    let sleeps = || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let mut lines = processes.flat_map(|entry| fs::read(entry.path().join("cmdline")));
        lines.any(|line| line == format!("sleep\0{nap}\0").as_bytes())
    };
    let deadline = Instant::now() + Duration::from_secs(600);
    while !sleeps() {
        assert!(Instant::now() < deadline, "it never slept");
        std::thread::sleep(Duration::from_millis(20));
    }
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let (out, err) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(130), "{out}{err}");
    assert!(out.contains("印出「开始」"), "{out}");
    assert!(err.contains("被打断"), "{err}");
    assert!(!sleeps(), "it sleeps on");
}

/// Who only wakes from time to time may have something in mind for later: what it looks like is said while they go on, and
/// once more when somebody ends it.
#[test]
fn who_waits_beside_one_that_only_wakes_is_told_while_they_go_on() {
    let Some((_, python, _)) = outcome(Command::new("python3").args(["-c", "print(1)"])) else {
        return;
    };
    if python.trim() != "1" || run(&["trace", "--", "true"]).is_none() {
        return eprintln!("not tested: there is no python3, or nothing is traced");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/strangers/78-stats/stats.py");
    let mut child = xtask(&["trace", "--", "python3", script]).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut told = Vec::new();
    while let Some(line) = err.next().map(Result::unwrap) {
        let is_last = line.contains("按 Ctrl-C 现在就结束");
        told.push(line);
        if is_last {
            break;
        }
    }
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    let rest: Vec<String> = err.map(Result::unwrap).collect();
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told:?} {rest:?}\n{out}");
    for text in [told.join("\n"), out] {
        assert!(text.contains("收到一次定时器的 SIGALRM"), "{text}");
        assert!(text.contains("可能的原因：「stats」在信号处理函数 show 里"), "{text}");
    }
    assert!(!rest.iter().any(|line| line.contains("按 Ctrl-C")), "it is told once: {rest:?}");
}
