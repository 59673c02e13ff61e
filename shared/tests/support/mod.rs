//! 服务器端各课的测试共用：启动真正的程序，等它说出某一行，结束时收拾干净。
//!
//! 用法：`#[path = "../../../shared/tests/support/mod.rs"] mod support;`

// 每个测试文件各编译一份，用到的函数不一样
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt};
use tempfile::TempDir;

/// 只用来不让坏掉的测试永远挂着；正常时远远用不到。
pub const PATIENCE: Duration = Duration::from_secs(600);

/// 一个正在运行的服务器，在自己的临时目录里。
pub struct Server {
    pub addr: SocketAddr,
    pub dir: TempDir,
    child: Child,
    lines: Receiver<String>,
}

impl Server {
    /// 启动 `program`，等它监听好。端口由内核挑选；`args` 里没有时限，就是用不到的那么长。
    pub fn start(program: &str, args: &[&str]) -> Server {
        let dir = tempfile::tempdir().unwrap();
        let patience = PATIENCE.as_secs().to_string();
        let patient = ["--timeout", &patience];
        let mut child = Command::new(program)
            .args(["--addr", "127.0.0.1:0"])
            .args(if args.contains(&"--timeout") { &[] } else { &patient[..] })
            .args(args)
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let mut server = Server { addr: ([0, 0, 0, 0], 0).into(), dir, child, lines };
        let line = server.wait_for("正在监听 ");
        server.addr = line.strip_prefix("正在监听 ").unwrap().parse().unwrap();
        server
    }

    /// 等服务器说出含有 `text` 的一行（标准输出或标准错误），返回这一行。
    pub fn wait_for(&self, text: &str) -> String {
        let mut seen = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(deadline - Instant::now()) {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("没有等到「{text}」，只看到 {seen:#?}");
    }

    pub fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.addr).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client
    }

    /// 上传一个文件，返回服务器的回复；服务器没有回复就是空的。
    pub fn upload(&self, bytes: &[u8]) -> String {
        finish_upload(self.connect(), bytes)
    }

    /// `data` 目录里有哪些文件（以 `.` 开头的也算）。
    pub fn files(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.dir.path().join("data")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.dir.path().join("data").join(name)).unwrap()
    }

    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// 等服务器自己结束。
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "服务器没有结束");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// 发完 `bytes`，半关闭，读回复；服务器没有回复（或重置了连接）就是空的。
pub fn finish_upload(mut client: TcpStream, bytes: &[u8]) -> String {
    let mut reply = String::new();
    let sent = client.write_all(bytes).and_then(|()| client.shutdown(Shutdown::Write));
    if sent.is_ok() {
        let _ = client.read_to_string(&mut reply);
    }
    reply
}

/// 用重置（RST）代替正常的关闭：拔网线、程序崩溃时对方常看到的样子。
pub fn reset(client: TcpStream) {
    let at_once = nix::libc::linger { l_onoff: 1, l_linger: 0 };
    setsockopt(&client, sockopt::Linger, &at_once).unwrap();
}

/// 文件名的集合，与 `files` 的结果比较。
pub fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| name.to_string()).collect()
}
