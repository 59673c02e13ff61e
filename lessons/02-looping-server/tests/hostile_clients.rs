//! 不管一个客户端做什么，循环服务器都接待下一个。

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

#[path = "../../../shared/tests/support/mod.rs"]
mod support;
use support::{Server, reset};

fn start(args: &[&str]) -> Server {
    Server::start(env!("CARGO_BIN_EXE_lesson-02-looping-server"), args)
}

fn greeted(server: &Server) -> TcpStream {
    let mut client = server.connect();
    let mut greeting = [0; "welcome to socket".len()];
    client.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"welcome to socket");
    client
}

/// 之后来的一个好客户端照样得到接待。机器很忙时，它也可能说得太晚，超过了短的时限：那就再来一个。
fn still_serves(server: &Server) {
    loop {
        let mut client = greeted(server);
        let addr = client.local_addr().unwrap();
        let _ = client.write_all("还在吗\n".as_bytes());
        let line = server.wait_for(&addr.to_string());
        if !line.contains("超时") {
            assert_eq!(line, format!("服务器端收到来自{addr}的信息:还在吗"));
            return;
        }
    }
}

#[test]
fn a_reset_costs_one_line_that_names_the_client() {
    let server = start(&[]);
    let client = greeted(&server);
    let addr = client.local_addr().unwrap();
    reset(client);
    let line = server.wait_for("失败");
    assert!(line.starts_with(&format!("客户端 {addr} 失败：")), "{line}");
    assert!(line.contains("重置"), "{line}");
    still_serves(&server);
}

#[test]
fn silence_ends_at_the_timeout() {
    let server = start(&["--timeout", "0.3"]);
    let silent = greeted(&server);
    let addr = silent.local_addr().unwrap();
    assert!(server.wait_for("超时").starts_with(&format!("客户端 {addr} 失败：")));
    still_serves(&server);
}

#[test]
fn a_client_that_drips_bytes_cannot_stretch_the_timeout() {
    let server = start(&["--timeout", "0.3"]);
    let mut slow = greeted(&server);
    let dripping = thread::spawn(move || {
        // 每个字节都比时限来得早，但总的时间超过时限
        while slow.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    server.wait_for("超时");
    dripping.join().unwrap();
    still_serves(&server);
}

#[test]
fn bad_bytes_are_named_with_their_position() {
    let server = start(&[]);
    let mut client = greeted(&server);
    client.write_all(b"abc\xba\xda\n").unwrap();
    assert!(server.wait_for("失败").contains("位置 3 的字节 0xba"));
    still_serves(&server);
}

#[test]
fn a_sentence_without_end_is_refused_and_not_kept() {
    let server = start(&[]);
    let mut client = greeted(&server);
    // 服务器可能不等我们发完就关闭
    let _ = client.write_all(&vec![b'a'; 1 << 20]);
    assert!(server.wait_for("失败").contains("64 KiB"));
    still_serves(&server);
}

#[test]
fn a_sentence_may_be_cut_inside_a_character() {
    let server = start(&[]);
    let mut client = greeted(&server);
    client.set_nodelay(true).unwrap();
    let (head, tail) = "很好玩".as_bytes().split_at(4);
    client.write_all(head).unwrap();
    thread::sleep(Duration::from_millis(50)); // 让服务器先收到前半段；没收到也不影响结果
    client.write_all(tail).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert!(server.wait_for("信息:").ends_with(":很好玩"));
}

#[test]
fn control_characters_are_printed_escaped() {
    let server = start(&[]);
    let mut client = greeted(&server);
    client.write_all(b"a\x1b[2Jb\r\n").unwrap();
    assert!(server.wait_for("信息:").ends_with(":a\\u{1b}[2Jb"));
}
