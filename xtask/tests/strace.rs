//! What the tracer tells of lesson 01 is what strace(1) tells: the same calls in the same order. Where there is no
//! strace, nothing is compared.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use events::{Activity, Call, CallResult, Clock};
use tracer::{News, Tracer};

const SERVER: &str = "lesson-01-one-sentence-server";
const CLIENT: &str = "lesson-01-one-sentence-client";
/// Only a hang takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// The built programs.
fn programs() -> [PathBuf; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let build = ["build", "--quiet", "--package", SERVER, "--package", CLIENT];
    let status = Command::new(env!("CARGO")).current_dir(root).args(build).status().unwrap();
    assert!(status.success());
    let folder = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().unwrap();
    [SERVER, CLIENT].map(|name| folder.join(name))
}

/// Every socket call of both programs, as strace writes them down.
fn by_strace([server, client]: &[PathBuf; 2]) -> [Vec<String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let strace = |program: &Path, addr: &str, log: &Path| {
        let mut command = Command::new("strace");
        command.arg("-f").arg("-o").arg(log).arg("-e").arg("trace=network,read,write,close");
        command.arg(program).arg("--addr").arg(addr).stdout(Stdio::null());
        command
    };
    let logs = ["server", "client"].map(|name| folder.path().join(name));
    let mut serving = strace(server, "127.0.0.1:0", &logs[0]);
    let mut serving = serving.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(serving.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let addr = said.split_whitespace().nth(1).unwrap();
    assert!(strace(client, addr, &logs[1]).status().unwrap().success());
    assert!(serving.wait().unwrap().success());
    logs.map(|log| socket_calls(&std::fs::read_to_string(log).unwrap()))
}

/// `1234  accept4(3, ...) = 4` and the like: those that make a socket or are about one.
fn socket_calls(log: &str) -> Vec<String> {
    let mut sockets = BTreeSet::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((name, rest)) = line.split_once('(') else { continue };
        let Some((args, result)) = rest.rsplit_once(" = ") else { continue };
        let name = name.split_whitespace().last().unwrap();
        let first = args.split([',', ')']).next().unwrap();
        let result = result.split_whitespace().next().unwrap();
        if name != "socket" && !sockets.contains(first) {
            continue;
        }
        let name = match name {
            "accept4" => "accept",
            "sendto" | "write" => "send",
            "recvfrom" | "read" => "recv",
            name => name,
        };
        match name {
            "socket" | "accept" => drop(sockets.insert(result.to_owned())),
            "close" => drop(sockets.remove(first)),
            _ => {}
        }
        calls.push(format!("{name} = {result}"));
    }
    calls
}

/// The same as the tracer tells it.
fn by_tracer([server, client]: &[PathBuf; 2]) -> [Vec<String>; 2] {
    let began = Instant::now();
    let mut tracer = Tracer::new(Clock::Real).unwrap();
    let command = |program: &Path, addr: SocketAddr| {
        let mut command = Command::new(program);
        command.arg("--addr").arg(addr.to_string());
        command
    };
    tracer.start(command(server, "127.0.0.1:0".parse().unwrap()), 0, false).unwrap();
    let mut calls = [Vec::new(), Vec::new()];
    while !tracer.is_over() {
        assert!(began.elapsed() < PATIENCE, "{calls:?}");
        let Some(News::Event { program, event }) =
            tracer.advance(Duration::from_millis(10)).unwrap()
        else {
            continue;
        };
        let Activity::Leave { call, outcome: CallResult::Done(result) } = event.activity else {
            continue;
        };
        if let Call::Listen { addr: Some(addr), .. } = call {
            tracer.start(command(client, addr), 1, false).unwrap();
        }
        if ["write", "read"].contains(&call.name()) {
            continue; // not of a socket
        }
        calls[program].push(format!("{} = {result}", call.name()));
    }
    calls
}

#[test]
fn lesson_01_makes_the_calls_that_strace_sees() {
    if !Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success()) {
        eprintln!("not tested: there is no strace");
        return;
    }
    let programs = programs();
    let seen = by_strace(&programs);
    assert!(seen.iter().all(|calls| calls.len() >= 5), "{seen:#?}");
    // what they ask the kernel about a socket is no step of the lesson
    let seen = seen.map(|mut calls| {
        calls.retain(|call| !call.starts_with("get"));
        calls
    });
    assert_eq!(by_tracer(&programs), seen);
}
