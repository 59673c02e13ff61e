//! What is received is stored before it is answered: the file with it, and no other.

use super::*;

const DEMAND: &str = "先存好再回复";

/// The connection of a client, which has this port.
fn of(port: u16) -> Object {
    let local = "127.0.0.1:9999".parse().unwrap();
    Object::Connection { local, peer: SocketAddr::from(([127, 0, 0, 1], port)) }
}

fn bytes(text: &str) -> Data {
    Data::new(text.as_bytes(), text.len() as u64)
}

fn received(port: u16, text: &str) -> (i32, Activity) {
    let call = Call::Receive { fd: 4, object: of(port), data: bytes(text) };
    done(ROOT, call, text.len() as i64)
}

fn answered(port: u16) -> (i32, Activity) {
    (ROOT, Activity::Enter(Call::Send { fd: 4, object: of(port), data: bytes("ok") }))
}

fn closed(port: u16) -> (i32, Activity) {
    done(ROOT, Call::Close { fd: 4, object: of(port) }, 0)
}

fn written(path: &str, text: &str) -> (i32, Activity) {
    let object = Object::File { path: path.into() };
    done(ROOT, Call::Send { fd: 5, object, data: bytes(text) }, text.len() as i64)
}

fn named(from: &str, to: &str) -> (i32, Activity) {
    done(ROOT, Call::Rename { from: from.into(), to: to.into() }, 0)
}

const TEXT: &str = "吃葡萄不吐葡萄皮";

#[test]
fn the_file_is_whole_and_has_its_name_before_the_answer() {
    let right = [
        received(1, TEXT),
        written("/s/part", TEXT),
        named("part", "my.txt"),
        answered(1),
        closed(1),
        // the next client, with the same file
        received(2, TEXT),
        written("/s/part", TEXT),
        named("part", "my-1.txt"),
        answered(2),
    ];
    assert_eq!(got(DEMAND, &right), "");
    let late = got(DEMAND, &[received(1, TEXT), answered(1), written("/s/my.txt", TEXT)]);
    assert!(late.starts_with("回复之后才写文件（write）；"), "{late}");
    let unnamed =
        [received(1, TEXT), written("/s/part", TEXT), answered(1), named("./part", "my.txt")];
    let late = got(DEMAND, &unnamed);
    assert!(late.starts_with("回复之后才给文件起名字（rename、link）；"), "{late}");
    // the last of it
    let rest = [
        received(1, TEXT),
        written("/s/my.txt", &TEXT[..12]),
        answered(1),
        written("/s/my.txt", &TEXT[12..]),
    ];
    assert!(got(DEMAND, &rest).starts_with("回复之后才写文件（write）；"));
}

#[test]
fn other_files_may_be_written_whenever_somebody_likes() {
    let log = |text| written("/s/log.txt", text);
    let right = [
        log("127.0.0.1:1 来了\n"),
        received(1, TEXT),
        log("收到 24 字节\n"),
        written("/s/my.txt", TEXT),
        answered(1),
        log("回复了\n"),
        log("吃葡萄不吐葡萄皮：存好了\n"),
        named("log.txt", "log-1.txt"),
        closed(1),
    ];
    assert_eq!(got(DEMAND, &right), "");
    // what comes on one connection is stored while another that was answered is still open
    let two = [
        received(1, TEXT),
        written("/s/part", TEXT),
        named("part", "a.txt"),
        answered(1),
        received(2, TEXT),
        written("/s/part", TEXT),
        named("part", "b.txt"),
        answered(2),
    ];
    assert_eq!(got(DEMAND, &two), "");
}

#[test]
fn an_empty_file_has_its_name_before_the_answer() {
    let text = "场景 试\n主 $ lesson-x\n核对 data/b = 「」\n主 做法 先存好再回复\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    let late = |deeds: &[(i32, Activity)]| !check(&scene, &events(deeds, true)).is_empty();
    assert!(!late(&[named("part", "data/b"), answered(1)]));
    assert!(late(&[answered(1), named("part", "data/b")]));
    assert!(!late(&[answered(1), named("log", "log-1")]));
    assert!(!late(&[answered(1), written("/s/log", "回复了"), named("log", "data/b")]));
}
