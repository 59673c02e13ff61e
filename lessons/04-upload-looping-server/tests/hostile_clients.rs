//! 失败的上传什么都不留下，服务器接着接待下一个。

use std::io::Write;

#[path = "../../../shared/tests/support/mod.rs"]
mod support;
use support::{Server, reset, set};

fn start(args: &[&str]) -> Server {
    Server::start(env!("CARGO_BIN_EXE_lesson-04-upload-looping-server"), args)
}

#[test]
fn a_half_upload_leaves_no_file_and_no_gap() {
    let server = start(&[]);
    assert_eq!(server.upload(b"one"), "文件上传成功!");
    let mut client = server.connect();
    let addr = client.local_addr().unwrap();
    client.write_all(&[7; 100_000]).unwrap();
    reset(client);
    assert!(server.wait_for("失败").starts_with(&format!("客户端 {addr} 失败：")));
    assert_eq!(server.files(), set(&["picture_1.jpg"]));
    assert_eq!(server.upload(b"two"), "文件上传成功!");
    assert_eq!(server.file("picture_2.jpg"), b"two");
}

#[test]
fn silence_ends_at_the_timeout_and_leaves_nothing() {
    let server = start(&["--timeout", "0.3"]);
    let mut silent = server.connect();
    silent.write_all(b"half").unwrap();
    server.wait_for("超时");
    assert_eq!(server.files(), set(&[]));
    assert_eq!(server.upload(b""), "文件上传成功!");
    assert_eq!(server.file("picture_1.jpg"), b"");
}

#[test]
fn a_client_that_leaves_without_the_reply_has_uploaded() {
    let server = start(&[]);
    for _ in 0..3 {
        server.connect().write_all(b"bye").unwrap();
    }
    assert_eq!(server.upload(b"last"), "文件上传成功!");
    assert_eq!(server.file("picture_3.jpg"), b"bye");
    assert_eq!(server.file("picture_4.jpg"), b"last");
}

#[test]
fn sizes_around_the_buffer_arrive_whole() {
    let server = start(&[]);
    for (number, size) in [0, 1, 1024, 1025, 65_536, 65_537, 3_000_017].into_iter().enumerate() {
        let bytes: Vec<u8> = (0..size).map(|n| (n * 31 % 251) as u8).collect();
        assert_eq!(server.upload(&bytes), "文件上传成功!");
        assert!(server.file(&format!("picture_{}.jpg", number + 1)) == bytes, "{size} 字节");
    }
}
