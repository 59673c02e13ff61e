// cmd: main
// ends: hangs
// cause: sort 要读到标准输入的结尾才输出，父进程写完以后还拿着 child.stdin 没有丢掉，就去读它的输出；写完要 drop(child.stdin.take())。
// lines: main.rs:16（写完没有关）、main.rs:18（等 sort 的输出）
// not: “sort 已经结束”；“管道满了”；“sort 没有收到数据”
use std::io::{Read, Write};
use std::process::{Command, Stdio};

fn main() {
    let mut child = Command::new("sort")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("没有 sort");
    let stdin = child.stdin.as_mut().unwrap();
    stdin.write_all(b"pear\napple\nfig\n").unwrap();
    let mut sorted = String::new();
    child.stdout.as_mut().unwrap().read_to_string(&mut sorted).unwrap();
    print!("{sorted}");
    child.wait().unwrap();
}
