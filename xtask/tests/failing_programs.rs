//! `cargo xtask trace -- COMMAND , COMMAND`: programs of which a call fails. Why is said below the picture; nothing is said of
//! those that get over it.

#![cfg(target_os = "linux")]

#[path = "support/performance.rs"]
mod performance;

use std::process::{Command, Stdio};

use performance::{OWN_NETWORK, xtask};

const SERVER: &str = "import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8888)); s.listen()
c, _ = s.accept()
";
const CLIENT: &str = "import socket
c = socket.create_connection(('127.0.0.1', 8888))
";

/// What is said below the picture of these Python programs; `None`: not here.
fn said(programs: &[String]) -> Option<String> {
    let python = Command::new("python3").arg("--version").output().is_ok();
    if !*OWN_NETWORK || !python {
        eprintln!("not tested: no python3, or scenes have no network of their own here");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(xtask());
    command.arg("trace").arg("--").current_dir(folder.path()).stdin(Stdio::null());
    for (index, program) in programs.iter().enumerate() {
        let file = folder.path().join(format!("program{index}.py"));
        std::fs::write(&file, program).unwrap();
        if index > 0 {
            command.arg(",");
        }
        command.arg("python3").arg(file);
    }
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    if err.contains("看不到程序的系统调用") {
        eprintln!("not tested, nothing can be traced here: {err}");
        return None;
    }
    assert!(output.status.success(), "{out}{err}");
    // behind the last empty line
    Some(out.rsplit("\n\n").next().unwrap_or_default().to_owned())
}

/// These words are said, and nothing that contradicts them.
fn says(programs: &[&str], words: &[&str]) {
    let programs: Vec<String> = programs.iter().map(|one| (*one).to_owned()).collect();
    let Some(said) = said(&programs) else { return };
    match words {
        [] => assert_eq!(said.trim(), "", "{programs:?}"),
        words => {
            for word in words {
                assert!(said.contains(word), "no {word}: {programs:?}\n{said}");
            }
        }
    }
}

#[test]
fn a_refused_connection() {
    says(&[CLIENT], &["ECONNREFUSED", "没有人在 127.0.0.1:8888 监听"]);
    // it does not wait for the connection, and asks later what became of it
    let client = "import socket\nsocket.create_connection(('127.0.0.1', 8888), timeout=3)\n";
    says(&[client], &["ECONNREFUSED", "没有人在 127.0.0.1:8888 监听"]);
    let swapped = SERVER.replace("8888", "47138").replace("c, _", "s.settimeout(5); c, _");
    says(&[&swapped, CLIENT], &["两个字节换了位置"]);
    let unix = "import socket\nsocket.socket(socket.AF_UNIX).connect('no-such')\n";
    says(&[unix], &["ENOENT", "没有那个套接字文件"]);
}

#[test]
fn who_gets_through_in_the_end_is_told_nothing() {
    let late = format!("import time; time.sleep(0.5)\n{SERVER}");
    let patient = "import socket, time
while True:
    try:
        socket.create_connection(('127.0.0.1', 8888)); break
    except ConnectionRefusedError:
        time.sleep(0.1)
";
    let both = format!(
        "import os\nif os.fork():\n    exec({late:?}); os.wait()\nelse:\n    exec({patient:?})\n"
    );
    says(&[&both], &[]);
}

#[test]
fn an_address_in_use() {
    let first = "import socket
s = socket.socket(); s.bind(('127.0.0.1', 8888)); s.listen()
c, _ = s.accept(); c.close()
";
    let client = format!("{CLIENT}c.recv(1)\n");
    says(&[first, &client, first], &["EADDRINUSE", "TIME_WAIT", "没有设 SO_REUSEADDR"]);
    let second = format!("{SERVER}t = socket.socket(); t.bind(('127.0.0.1', 8888))\n")
        .replace("c, _ = s.accept()\n", "");
    says(&[&second], &["EADDRINUSE", "它自己正在 127.0.0.1:8888 监听"]);
}

#[test]
fn a_connection_that_is_reset() {
    let server = format!("{SERVER}c.recv(3); c.close()\n");
    let client = format!("{CLIENT}c.sendall(b'hello world'); c.recv(10)\n");
    says(&[&server, &client], &["ECONNRESET", "还有 8 字节没有读"]);
}

#[test]
fn what_a_network_a_process_or_a_datagram_does_not_have() {
    let import = |rest: &str| format!("import socket\n{rest}\n");
    let bind = import("socket.socket().bind(('10.9.8.7', 8080))");
    says(&[&bind], &["EADDRNOTAVAIL", "没有 10.9.8.7 这个地址"]);
    let connect = import("socket.create_connection(('203.0.113.9', 53))");
    says(&[&connect], &["ENETUNREACH", "--shared-network"]);
    let much =
        import("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x' * 70000, ('127.0.0.1', 9))");
    says(&[&much], &["EMSGSIZE", "70,000 字节", "65,507 字节"]);
    let many = import(
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\nl = [socket.socket() for _ in range(30)]",
    );
    says(&[&many], &["EMFILE", "个是还没有关闭的套接字"]);
}

#[test]
fn calls_that_do_not_fit() {
    let listens = SERVER.replace("c, _ = s.accept()\n", "");
    let closed = format!("{listens}import os; os.close(s.fileno()); s.accept()\n");
    says(&[&closed], &["EBADF", "已经关闭了"]);
    says(&[&SERVER.replace(" s.listen()", "")], &["EINVAL", "没有在监听"]);
    let twice = format!("{listens}{CLIENT}c.connect(('127.0.0.1', 8888))\n");
    says(&[&twice], &["EISCONN", "已经连上了"]);
    let receives = format!("{listens}{CLIENT}s.recv(10)\n");
    says(&[&receives], &["ENOTCONN", "监听的套接字"]);
    // a socket that does not wait has not failed
    says(
        &[&format!(
            "{listens}s.setblocking(False)\ntry: s.accept()\nexcept BlockingIOError: pass\n"
        )],
        &[],
    );
}

#[test]
fn text_that_is_cut_and_an_end_that_is_ignored() {
    let server = format!("{SERVER}c.recv(4).decode()\n");
    let client = format!("{CLIENT}c.sendall('你好世界'.encode())\n");
    says(&[&server, &client], &["断在一个字的中间"]);
    let spins = format!("{SERVER}while True: c.recv(4096)\n");
    says(&[&spins, &client], &["每次都是 0 字节", "program0.py:5"]);
}

#[test]
fn a_fault_and_a_signal() {
    let fork =
        |child: &str| format!("import os, signal, ctypes\nif os.fork() == 0: {child}\nos.wait()\n");
    says(&[&fork("ctypes.string_at(0)")], &["SIGSEGV", "内存"]);
    says(&[&fork("os.kill(os.getpid(), signal.SIGSEGV)")], &[]);
    says(&[&fork("os.kill(os.getpid(), signal.SIGTERM)")], &[]);
}
