//! What the partner's words mean, and what is said about mistakes in them.

use std::net::SocketAddr;
use std::time::Duration;

use super::*;
use crate::script::parse;
use crate::script::partner::{Deed, Pace, Said};

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn deeds(text: &str) -> Vec<Deed> {
    let line = Line::of(1, text);
    let pieces = pieces(&line, 0).unwrap();
    let words: Vec<String> = pieces.iter().map(|piece| piece.text.to_owned()).collect();
    read(&words)
        .unwrap_or_else(|mistake| panic!("{mistake:?}"))
        .into_iter()
        .map(|s| s.deed)
        .collect()
}

#[test]
fn a_client_drips_and_resets() {
    let addr: SocketAddr = "127.0.0.1:8888".parse().unwrap();
    let pace = Pace { pause: Duration::from_millis(500), bytes: 2 };
    let wanted = [
        Deed::Connect(addr),
        Deed::Send(Said::Bytes(1024), Some(pace)),
        Deed::Send(Said::Text("两 个，词".into()), None),
        Deed::Wait(Duration::from_secs(3)),
        Deed::Reset,
    ];
    let spaced = "连接 127.0.0.1:8888 ， 发 1024 字节 ， 每 0.5 秒 2 字节 ， 发 「两 个，词」 ， 等 3 秒 ， 重置";
    assert_eq!(deeds(spaced), wanted);
    let close = "连接127.0.0.1:8888，发1024字节，每0.5秒2字节，发「两 个，词」，等3秒，重置";
    assert_eq!(deeds(close), wanted);
    assert_eq!(deeds(&close.replace('，', ","))[1], wanted[1]);
    assert_eq!(deeds("连接 [::1]:80，发 10 字节 每 1 秒 1 字节").len(), 2);
}

#[test]
fn a_server_accepts_one_after_the_other() {
    let all = deeds("监听 127.0.0.1:9999，接受，收完，半关闭，关闭，接受，收 3 字节，被杀");
    assert_eq!(all.len(), 8);
    assert_eq!(all[2..4], [Deed::ReceiveAll, Deed::HalfClose]);
    assert_eq!(all[6..], [Deed::Receive(3), Deed::Die]);
}

#[test]
fn each_step_is_said_as_it_is_written() {
    let steps = read(&words("连接 127.0.0.1:1 ， 发 3 字节 , 每 1 秒 1 字节")).unwrap();
    let said: Vec<&str> = steps.iter().map(|step| step.words.as_str()).collect();
    assert_eq!(said, ["连接 127.0.0.1:1", "发 3 字节 , 每 1 秒 1 字节"]);
}

#[test]
fn a_script_has_a_partner_among_its_programs() {
    let text = "检查 甲\n服 $ lesson-s\n服 ! 在 <p:数>\n客 $ 对手 连接 127.0.0.1:<p>，发「第一行<换行>」\n客 结束 被 KILL\n";
    let scene = parse(text).unwrap().scenes.remove(0);
    assert_eq!(scene.packages().collect::<Vec<_>>(), ["lesson-s"]);
    assert_eq!((scene.is_partner(0), scene.is_partner(1)), (false, true));
    assert_eq!((scene.package(0), scene.package(1)), (Some("lesson-s"), None));
    let Action::Start { package, args } = &scene.directions[1].action else { panic!() };
    assert_eq!(package, PARTNER);
    assert_eq!(args[1].names().collect::<Vec<_>>(), ["p"]);
    assert_eq!(args[4].render(None, &Default::default()), "「第一行\n」");
}

#[test]
fn every_mistake_has_its_place_and_a_remedy() {
    let connected = "连接 127.0.0.1:1，";
    let after = connected.chars().count();
    let at = |column: usize| 7 + after + column;
    for (words, column, message, help) in [
        ("", 7, "要写它做什么", "可以写：连接"),
        ("连按 127.0.0.1:1", 8, "对手不会「连按」", "是不是「连接」？"),
        ("跳舞", 8, "对手不会「跳舞」", "可以写：连接"),
        ("连接 8888", 11, "不是地址", "127.0.0.1:8888"),
        ("连接 127.0.0.1:0", 11, "不是地址", "127.0.0.1:8888"),
        ("连接 127.0.0.1:<没有>", 11, "还没有出现过", "上面"),
        ("发 1 字节", 8, "没有连接", "前面加上「连接"),
        ("接受", 8, "还没有监听", "监听 地址:端口"),
        ("监听 127.0.0.1:1，监听 127.0.0.1:2", 23, "已经在监听", "只监听一次"),
        (&format!("{connected}连接 127.0.0.1:1"), at(1), "还没有关闭", "重置"),
        (&format!("{connected}发"), at(2), "不是字节数", "发 1024 字节"),
        (&format!("{connected}发「」"), at(2), "没有文字", "写出"),
        (&format!("{connected}发「开"), at(2), "引号没有合上", "补上"),
        (&format!("{connected}发 0 字节"), at(3), "不是字节数", "发 1024 字节"),
        (&format!("{connected}发 9999999999 字节"), at(3), "字节太多", "1 GiB"),
        (&format!("{connected}发 10 个"), at(6), "应当是「字节」", "发 1024 字节"),
        (&format!("{connected}发 10 字节，每 一 秒"), at(11), "不是秒数", "每 1 秒 1 字节"),
        (&format!("{connected}每 1 秒 1 字节"), at(1), "要跟着「发」", "发 10 字节，每"),
        (&format!("{connected}等 0.0001 秒"), at(3), "不是秒数", "三位"),
        (&format!("{connected}等 9999 秒"), at(3), "太短或者太长", "3600"),
        (&format!("{connected}半关闭，发 1 字节"), at(5), "半关闭之后", "最后一次"),
        (&format!("{connected}关闭 重置"), at(4), "多余的「重置」", "「，」"),
        (&format!("{connected}，关闭"), at(1), "多余的「，」", "一个"),
        (connected, at(1), "还要写一件事", "可以写"),
        (&format!("{connected}被杀，关闭"), at(4), "什么也做不了", "写在最后"),
    ] {
        let error = parse(&format!("检查 甲\n慢 $ 对手 {words}")).expect_err(words);
        assert_eq!((error.line, error.column), (2, column), "{words}\n{error}");
        assert!(error.message.contains(message), "{words}\n{error}");
        assert!(error.help.contains(help), "{words}\n{error}");
    }
    let error = parse("场景 甲\n慢 $ 对手 连接 127.0.0.1:1").unwrap_err();
    assert_eq!((error.line, error.column), (2, 5));
    assert!(error.message.contains("只能用在「检查」里"));
    let error = parse("检查 甲\n慢 $ 对于 连接 127.0.0.1:1").unwrap_err();
    assert_eq!(error.help, "是不是「对手」？");
}
