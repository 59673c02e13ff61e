//! A mistake that was named is shown in the line of the source where it was made; and a trace names it as a check does.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use course::Course;
use serde_json::Value;
use stage::observe::probe_tracing;

const GREETS: &str = "fn main() {\n    let word = \"好\";\n    eprintln!(\"{word}\"); // 不对\n}\n";

#[test]
fn the_line_that_prints_to_the_wrong_stream_is_quoted() {
    if let Err(why) = probe_tracing(env!("CARGO_BIN_EXE_xtask").as_ref()) {
        return eprintln!("not tested: {why}");
    }
    let script = "场景 打招呼\n主 $ lesson-01-greets\n主 | 好\n";
    let course = Course::new().lesson("01-greets", "打招呼");
    let course = course.program("01-greets", GREETS).script("01-greets", script);
    let output = course.xtask(&["check"]).env("COLUMNS", "80").output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    for line in [
        "错误[output-on-stderr]",
        "--> lessons/01-greets/src/main.rs:3",
        " 3 | eprintln!(\"{word}\"); // 不对",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    let output = course.xtask(&["check", "--format", "json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json.to_string().contains("lessons/01-greets/src/main.rs"), "{json:#}");
}

const SERVES: &str = "\
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(\"127.0.0.1:8888\")?;
    for client in listener.incoming() {
        serve(client?)HOW;
    }
    Ok(())
}

fn serve(mut client: TcpStream) -> io::Result<()> {
    client.write_all(b\"hello\")?;
    let mut bytes = [0; 8];
    let count = client.read(&mut bytes)?; // 断开
    println!(\"{count}\");
    Ok(())
}
";
/// It closes with something unread, which resets the connection.
const RESETS: &str = "\
fn main() {
    let server = std::net::TcpStream::connect(\"127.0.0.1:8888\").unwrap();
    let sleeps = || std::thread::sleep(std::time::Duration::from_millis(100));
    sleeps();
    drop(server);
    sleeps();
}
";
const BOTH: &str = "场景 试\n服务器端 $ lesson-01-serves\n服务器端 监听 127.0.0.1:8888\n客户端 $ lesson-01-visits\n客户端 结束\n服务器端 停止\n";

/// What `check` says of a server and its client.
fn said_of(server: &str, client: &str) -> Option<String> {
    if let Err(why) = probe_tracing(env!("CARGO_BIN_EXE_xtask").as_ref()) {
        eprintln!("not tested: {why}");
        return None;
    }
    Some(said(&course(server, client), &["check"]))
}

fn course(server: &str, client: &str) -> Course {
    let course = Course::new().lesson("01-serves", "接待").lesson("01-visits", "来访");
    let course = course.program("01-serves", server).script("01-serves", BOTH);
    course.program("01-visits", client)
}

fn said(course: &Course, args: &[&str]) -> String {
    let output = course.xtask(args).env("COLUMNS", "100").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// `check` and `trace` look at the same scene, and name the same first: `trace` alone sees a reset connection, and an error.
#[test]
fn a_trace_of_a_scene_names_what_check_names() {
    if let Err(why) = probe_tracing(env!("CARGO_BIN_EXE_xtask").as_ref()) {
        return eprintln!("not tested: {why}");
    }
    let course = course(&SERVES.replace("HOW", "?"), RESETS);
    let first = |args: &[&str]| {
        let out = said(&course, args);
        let code = out.split("错误[").nth(1).and_then(|rest| rest.split(']').next());
        code.unwrap_or_else(|| panic!("{out}")).to_owned()
    };
    let named = first(&["check"]);
    assert_eq!(named, "one-client-ends-server");
    assert_eq!(first(&["trace", "01"]), named);
    assert_eq!(first(&["trace", "01", "--virtual"]), named);
}

#[test]
fn an_error_that_ends_the_server_is_shown_where_it_came_up() {
    let Some(out) = said_of(&SERVES.replace("HOW", "?"), RESETS) else { return };
    for line in [
        "错误[one-client-ends-server]",
        "--> lessons/01-serves/src/main.rs:15",
        "15 | let count = client.read(&mut bytes)?; // 断开",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn whoever_says_that_it_ends_is_shown_there() {
    let server = SERVES.replace("HOW", ".unwrap_or_else(|_| std::process::exit(3))");
    let Some(out) = said_of(&server, RESETS) else { return };
    for line in ["错误[one-client-ends-server]", "--> lessons/01-serves/src/main.rs:7"] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn an_error_that_no_call_has_shown_has_no_line() {
    let server = SERVES.replace("HOW", "?").replace(
        "println!(\"{count}\");",
        "let _: u32 = std::str::from_utf8(&bytes[..count]).unwrap().parse().map_err(io::Error::other)?;",
    );
    let client = "\
use std::io::{Read, Write};

fn main() {
    let mut server = std::net::TcpStream::connect(\"127.0.0.1:8888\").unwrap();
    server.write_all(b\"x\").unwrap();
    let _ = server.read(&mut [0; 8]);
}
";
    let Some(out) = said_of(&server, client) else { return };
    assert!(out.contains("错误[one-client-ends-server]"), "{out}");
    assert!(!out.contains("main.rs:"), "{out}");
}

#[test]
fn two_that_both_listen_are_shown_where_they_wait() {
    let server = SERVES.replace("HOW", "?").replace("    client.write_all(b\"hello\")?;\n", "");
    let client = "\
use std::io::Read;

fn main() {
    let mut server = std::net::TcpStream::connect(\"127.0.0.1:8888\").unwrap();
    println!(\"{}\", server.read(&mut [0; 8]).unwrap()); // 先听
}
";
    let Some(out) = said_of(&server, client) else { return };
    for line in [
        "错误[both-listen]",
        "--> lessons/01-serves/src/main.rs:14",
        "14 | let count = client.read(&mut bytes)?; // 断开",
        "lessons/01-visits/src/main.rs:5",
        "「服务器端」停在接收（recv）",
        "「客户端」停在接收（recv）",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}
