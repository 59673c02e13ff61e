//! What scripts say of UDP and of IPv6, and that the script of lesson 12 rejects programs that do it wrong.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;

use std::fs;

use bank::{Played, played};
use judge::{Failure, Rule};

fn failures(script: &str) -> Option<Vec<Failure>> {
    let Played { verdict, .. } = played(script, 0)?;
    Some(verdict.failures)
}

/// The first scene of lesson 12, played by programs of ours.
fn lesson(server: &str, client: &str) -> Option<Vec<Failure>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../lessons/12-udp-server/script.txt");
    let text = fs::read_to_string(path).unwrap();
    let scene = text.split("场景 ").nth(1).unwrap();
    let (_, scene) = scene.split_once('\n').unwrap();
    let script = scene
        .replace("lesson-12-udp-server", &format!("lesson-x udp-server {server}"))
        .replace("lesson-12-udp-client", &format!("lesson-x udp-client {client}"));
    failures(&script)
}

#[test]
fn the_right_programs_pass() {
    assert!(lesson("right", "right").is_none_or(|failures| failures.is_empty()));
}

#[test]
fn every_wrong_server_is_rejected() {
    for (how, rule) in [
        ("tcp", Rule::Listen),
        ("elsewhere", Rule::Listen),
        ("everywhere", Rule::Listen),
        ("roomy", Rule::Text),
        ("hides-cut", Rule::Text),
        ("skips-empty", Rule::Missing),
        ("ends-on-empty", Rule::Exit),
        ("keeps-lines", Rule::Missing),
        ("no-reply", Rule::Exit),
        ("socket-each", Rule::Mechanism),
        ("replies-twice", Rule::Mechanism),
        ("connects", Rule::Exit),
    ] {
        let Some(failures) = lesson(how, "right") else { return };
        let rules: Vec<Rule> = failures.iter().map(|failure| failure.rule).collect();
        assert!(rules.contains(&rule), "{how}: {failures:#?}");
    }
}

#[test]
fn every_wrong_client_is_rejected() {
    for (how, rule) in [
        ("glues", Rule::Text),
        ("socket-each", Rule::Mechanism),
        ("sends-again", Rule::Mechanism),
        ("sends-nothing", Rule::Hang),
        ("does-not-wait", Rule::Missing),
    ] {
        let Some(failures) = lesson("right", how) else { return };
        let rules: Vec<Rule> = failures.iter().map(|failure| failure.rule).collect();
        assert!(rules.contains(&rule), "{how}: {failures:#?}");
    }
}

#[test]
fn where_a_program_listens_is_seen_for_both_transports_and_both_versions_of_ip() {
    // a machine without IPv6 has no ::1
    let six = std::net::TcpListener::bind("[::1]:0").is_ok();
    let addrs = ["127.0.0.1:8888", "0.0.0.0:8888", "[::1]:8888", "[::]:8888"];
    for addr in addrs.into_iter().filter(|addr| six || !addr.starts_with('[')) {
        for (word, transport) in [("", "tcp"), ("UDP ", "udp")] {
            let script =
                format!("主 $ lesson-x binds {transport} {addr}\n主 监听 {word}{addr}\n主 停止\n");
            let failures = failures(&script);
            assert!(failures.as_ref().is_none_or(Vec::is_empty), "{script}{failures:#?}");
        }
    }
}

#[test]
fn the_other_transport_or_version_is_not_taken_for_it() {
    for (binds, waited_for, said) in [
        ("tcp 127.0.0.1:8888", "UDP 127.0.0.1:8888", "它监听的是 TCP 127.0.0.1:8888"),
        ("udp 127.0.0.1:8888", "127.0.0.1:8888", "它监听的是 UDP 127.0.0.1:8888"),
        ("udp 127.0.0.1:8889", "UDP 127.0.0.1:8888", "它监听的是 UDP 127.0.0.1:8889"),
        ("tcp 127.0.0.1:8888", "[::1]:8888", "它监听的是 127.0.0.1:8888"),
    ] {
        let script = format!("主 $ lesson-x binds {binds}\n主 监听 {waited_for}\n主 停止\n");
        let Some(failures) = failures(&script) else { return };
        let [failure, ..] = failures.as_slice() else { panic!("{script}") };
        assert_eq!((failure.rule, failure.detail.as_str()), (Rule::Listen, said), "{script}");
    }
    // a datagram socket of another port may be a client's: the standstill says more
    let script = "主 $ lesson-x binds udp 127.0.0.1:9999\n主 监听 127.0.0.1:8888\n主 停止\n";
    let Some(failures) = failures(script) else { return };
    assert_eq!(failures[0].rule, Rule::Hang, "{failures:#?}");
}
