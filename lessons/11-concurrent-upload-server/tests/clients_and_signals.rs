//! 慢的客户端不挡住别人；Ctrl-C 的收工。

use std::io::Write;
use std::net::TcpStream;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[path = "../../../shared/tests/support/mod.rs"]
mod support;
use support::{Server, finish_upload, reset, set};

fn start(args: &[&str]) -> Server {
    Server::start(env!("CARGO_BIN_EXE_lesson-11-concurrent-upload-server"), args)
}

fn signal(server: &Server, signal: Signal) {
    kill(Pid::from_raw(server.pid()), signal).unwrap();
}

/// 传了一半的客户端。
fn half_way(server: &Server) -> TcpStream {
    let mut client = server.connect();
    client.write_all(b"first half,").unwrap();
    client
}

/// 前一半比两边内核的缓冲区加起来还大：全部发得出去，说明工人已经在接收了。
const FIRST_HALF: usize = 64 << 20;

/// 传了一半、而且已经有工人在接待的客户端。
fn being_received(server: &Server) -> TcpStream {
    let mut client = server.connect();
    client.write_all(&vec![b'1'; FIRST_HALF]).unwrap();
    client
}

#[test]
fn all_workers_but_one_may_be_busy() {
    let server = start(&["--workers", "4"]);
    let slow: Vec<_> = (0..3).map(|_| half_way(&server)).collect();
    assert_eq!(server.upload(b"quick"), "文件上传成功!");
    for client in slow {
        assert_eq!(finish_upload(client, b"second half"), "文件上传成功!");
    }
    assert_eq!(server.files().len(), 4);
    assert_eq!(server.file("picture_1.jpg"), b"quick");
}

#[test]
fn more_clients_than_workers_and_queue_are_all_served() {
    let server = start(&["--workers", "2"]);
    let slow = [half_way(&server), half_way(&server)];
    thread::scope(|scope| {
        let server = &server;
        let many: Vec<_> = (0..300u32)
            .map(|id| {
                let client = server.connect();
                scope.spawn(move || finish_upload(client, &id.to_le_bytes()))
            })
            .collect();
        for client in slow {
            assert_eq!(finish_upload(client, b""), "文件上传成功!");
        }
        for client in many {
            assert_eq!(client.join().unwrap(), "文件上传成功!");
        }
    });
    let expected = (1..=302).map(|number| format!("picture_{number}.jpg")).collect();
    assert_eq!(server.files(), expected);
}

#[test]
fn a_reset_and_a_silence_leave_nothing() {
    let server = start(&["--workers", "2"]);
    reset(half_way(&server));
    assert!(server.wait_for("失败").contains("重置"));
    assert_eq!(server.files(), set(&[]));
    let server = start(&["--workers", "2", "--timeout", "0.3"]);
    let _silent = half_way(&server);
    server.wait_for("超时");
    assert_eq!(server.files(), set(&[]));
}

#[test]
fn an_idle_server_stops_cleanly() {
    for which in [Signal::SIGINT, Signal::SIGTERM] {
        let mut server = start(&[]);
        signal(&server, which);
        server.wait_for("收工：等 0 个");
        assert_eq!(server.wait().code(), Some(0));
    }
}

#[test]
fn an_upload_under_way_finishes_and_newcomers_are_refused() {
    let mut server = start(&["--workers", "1"]);
    let slow = being_received(&server);
    let waiting = server.connect();
    signal(&server, Signal::SIGINT);
    server.wait_for("收工：等 1 个");
    assert_eq!(finish_upload(waiting, b"not yet begun"), "");
    let late = TcpStream::connect(server.addr).map(|client| finish_upload(client, b"too late"));
    assert_eq!(late.unwrap_or_default(), "");
    assert_eq!(finish_upload(slow, b"second half"), "文件上传成功!");
    assert_eq!(server.wait().code(), Some(0));
    assert_eq!(server.files(), set(&["picture_1.jpg"]));
    let saved = server.file("picture_1.jpg");
    assert_eq!(saved[FIRST_HALF..], *b"second half");
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_leaves_no_half_file() {
    let mut server = start(&[]);
    let _slow = being_received(&server);
    signal(&server, Signal::SIGINT);
    server.wait_for("收工：等 1 个");
    signal(&server, Signal::SIGINT);
    assert_eq!(server.wait().code(), Some(130));
    assert_eq!(server.files(), set(&[]));
}
