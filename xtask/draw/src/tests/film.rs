//! Films of what lessons do: what the kernel holds at a step is what it held then.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::film::{Film, Remark, film, html};

use super::*;
use events::Call;

fn film_of(script: &str, events: &[Event]) -> Film {
    let scene = &course::script::parse(script).unwrap().scenes[0];
    film(scene, events, (&Sources::new(), &BTreeMap::new()), &[])
}

/// What is there after the first step of which the words contain this.
fn after<'a>(film: &'a Film, words: &str) -> BTreeMap<&'a str, &'a Value> {
    let step = film.steps.iter().position(|step| step.words.contains(words));
    let step = step.unwrap_or_else(|| panic!("no {words}: {:#?}", film.steps));
    let mut cells = BTreeMap::new();
    for one in &film.steps[..=step] {
        for (key, value) in &one.set {
            match value {
                Value::Null => cells.remove(key.as_str()),
                value => cells.insert(key.as_str(), value),
            };
        }
    }
    cells
}

/// Texts of what was sent to the server (0: from it to the client) and not received.
fn unread(cells: &BTreeMap<&str, &Value>, end: usize) -> Vec<String> {
    let Some(connection) = cells.get("connection:0000") else { return Vec::new() };
    let pieces = connection["ends"][end]["pieces"].as_array().unwrap();
    pieces.iter().map(|one| one["text"].as_str().unwrap_or_default().to_owned()).collect()
}

const TALK: &str = "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n";

#[test]
fn bytes_lie_between_send_and_receive() {
    let film = film_of(TALK, &performances::one_sentence(40_000, 500));
    let greeted = after(&film, "发送 send(fd=4)");
    assert_eq!(unread(&greeted, 0), ["welcome to socket"]);
    assert_eq!(greeted["connection:0000"]["accepted"], true);
    assert_eq!(greeted["listener:127.0.0.1:8888"]["queue"].as_array().map(Vec::len), Some(0));
    let read = after(&film, "客户端收到:welcome");
    assert_eq!(unread(&read, 0), [""; 0]);
    let answered = after(&film, "发送 send(fd=3)");
    assert_eq!(unread(&answered, 1), ["socket很好玩，很有趣，我很喜欢！"]);
    let end = after(&film, "信息:socket");
    assert_eq!(unread(&end, 1), [""; 0]);
    assert_eq!(end["connection:0000"]["ends"][0]["closed"], true);
}

#[test]
fn every_line_stands_on_its_terminal_with_the_step_that_printed_it() {
    let film = film_of(TALK, &performances::one_sentence(40_000, 500));
    let texts: Vec<&str> = film.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    for line in &film.lines {
        let quoted = line.text.split(':').next().unwrap();
        let step = &film.steps[line.step];
        assert!(step.words.contains("印出") || step.words.contains("提示"), "{step:?}");
        assert!(step.words.contains(quoted), "{step:?}");
        assert_eq!(film.actors[step.actor].terminal, line.terminal);
    }
}

#[test]
fn who_has_ended_is_a_zombie_until_somebody_has_waited() {
    let script = "场景 试\n主 $ lesson-x\n";
    let film = film_of(script, &performances::two_processes());
    let mut seen = Vec::new();
    for step in &film.steps {
        let tones = step.set.iter().filter(|(key, _)| key.starts_with("actor:"));
        seen.extend(tones.filter_map(|(_, cell)| cell["tone"].as_str()));
    }
    assert!(seen.contains(&"sleep") && seen.contains(&"gone"), "{seen:?}");
    let last = after(&film, "结束（退出码 0）");
    assert!(!last.is_empty());
}

#[test]
fn a_long_run_is_folded_and_the_page_is_small() {
    let film = film_of(TALK, &performances::upload());
    assert!(film.steps.len() < 300, "{}", film.steps.len());
    let cells = after(&film, "文件上传成功");
    assert_eq!(cells["file:my.txt"]["bytes"], 3200 * 65_536, "{cells:?}");
    let page = html(&film);
    assert!(page.len() < 400_000, "{}", page.len());
}

/// Whatever a program prints or is called: in the page it is data.
#[test]
fn nothing_that_is_told_can_run() {
    let evil = "</script><script>alert(1)</script><!-- \u{2028}";
    let mut events = performances::one_sentence(40_000, 500);
    for event in &mut events {
        if let events::Kind::Line(line) = &mut event.kind {
            line.text = evil.to_owned();
        }
    }
    let script =
        format!("场景 {}\n主 $ lesson-s\n客户端 $ lesson-c\n", evil.replace('\u{2028}', ""));
    let scene = &course::script::parse(&script).unwrap().scenes[0];
    let remark = Remark { at: Some(3), title: evil.to_owned(), text: evil.to_owned() };
    let film = film(scene, &events, (&Sources::new(), &BTreeMap::new()), &[remark]);
    let page = html(&film);
    assert_eq!(page.matches("<script").count(), 2, "the film and the player");
    assert_eq!(page.matches("</script").count(), 2);
    assert!(page.contains("default-src 'none'"));
    let data = page.split("type=\"application/json\">").nth(1).unwrap();
    let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!(data["remarks"][0]["text"], evil);
}

/// TCP and UDP have ports of their own: whoever connects a socket for datagrams has no connection with who listens there.
#[test]
fn a_connected_datagram_socket_is_no_connection() {
    let of_kind = |kind: events::SocketKind| {
        let mut r = Rehearsal::new();
        let server = r.start(0, 500);
        r.listen(server, 3, 8888, 5);
        let client = r.start(1, 501);
        r.leave(client, Call::Socket { family: events::Family::Ipv4, kind }, 3);
        let (peer, local) = (Some(addr(8888)), Some(addr(40_000)));
        r.leave(client, Call::Connect { fd: 3, peer, local, socket: None }, 0);
        r.exit(client, 0);
        let film = film_of(TALK, &r.events);
        let cells = after(&film, "连接 connect");
        cells.contains_key("connection:0000")
    };
    assert!(of_kind(events::SocketKind::Stream));
    assert!(!of_kind(events::SocketKind::Datagram));
}
