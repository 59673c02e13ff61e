//! What the parser makes of scripts, and what it says about mistakes in them.

use std::fmt::Debug;
use std::net::Ipv4Addr;

use crate::script::{
    Action, Content, End, Identity, Interface, Mechanism, Part, Scene, StopSignal,
};

use super::{ParseError, parse};

fn scene(text: &str) -> Scene {
    let mut script = parse(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(script.scenes.len(), 1);
    script.scenes.remove(0)
}

fn error(text: &str) -> ParseError {
    parse(text).expect_err(text)
}

/// A scene with one program in terminal 主, then `lines`.
fn with(lines: &str) -> String {
    format!("场景 试\n主 $ lesson-x\n{lines}")
}

#[test]
fn reads_like_a_transcript_of_two_terminals() {
    let scene = scene(
        "# 注释\n场景 一句话\n服务器端 $ lesson-s --addr 127.0.0.1:1\n服务器端 监听 127.0.0.1:1\n\
         客户端 $ lesson-c\n客户端 | 你好\n服务器端 | 来自127.0.0.1:<端口:数>的信息\n客户端 结束\n\
         服务器端 停止 TERM\n服务器端 结束 被 TERM\n",
    );
    assert_eq!(scene.terminals.len(), 2);
    assert_eq!(scene.packages().collect::<Vec<_>>(), ["lesson-s", "lesson-c"]);
    assert_eq!(scene.lines[1].pattern.names().collect::<Vec<_>>(), ["端口"]);
    let actions: Vec<_> = scene.directions.iter().map(|direction| &direction.action).collect();
    assert_eq!(actions[1], &Action::Listen("127.0.0.1:1".parse().unwrap()));
    assert_eq!(actions[3], &Action::End(End::Code(0)));
    assert_eq!(actions[4], &Action::Stop(StopSignal::Term));
    assert_eq!(actions[5], &Action::End(End::Signal(StopSignal::Term)));
    assert_eq!(scene.directions[4].lines_above, 2);
}

#[test]
fn lanes_sections_and_repetition() {
    let scene = scene(&with(
        "主/甲 进程 | 第{1..19}遍\n主/甲 | 完\n主 |5..6 次| 忙\n主 |任意次| 点\n----\n主 | 末\n",
    ));
    assert_eq!(scene.lane_name(0), "主/甲");
    assert_eq!(scene.lanes[0].mechanism, Some(Mechanism::Process));
    assert_eq!(scene.lines[0].times, 19..=19);
    assert_eq!(scene.lines[0].counter_at(18), Some(19));
    assert_eq!(scene.lines[2].times, 5..=6);
    assert_eq!(scene.lines[3].times, 0..=u64::MAX);
    assert_eq!(scene.lines.iter().map(|line| line.section).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
}

#[test]
fn a_text_keeps_its_backslashes_bars_and_doubled_brackets() {
    let scene = scene(&with("主 | b'\\xe9' | <<a> {{b} <空格>\n主 | 第一次| 还是文字\n"));
    assert_eq!(scene.lines[0].pattern.parts, [Part::Text("b'\\xe9' | <a> {b}  ".into())]);
    assert_eq!(scene.lines[1].pattern.parts, [Part::Text("第一次| 还是文字".into())]);
}

#[test]
fn files_input_and_what_must_not_appear() {
    let scene = scene(&with(
        "主 < 一行 字\n主 输入完\n主 不出现 | <..>错<..>\n准备 a.txt = 「文 字<换行>」\n准备 b.bin = 12 字节\n\
         核对 data/a.txt = a.txt\n核对 x 不存在\n核对 y = 课程:04/x.txt\n",
    ));
    assert!(scene.terminals[0].typed);
    assert_eq!(scene.directions[1].action, Action::Type("一行 字".into()));
    assert_eq!(scene.prepared[0].content, Content::Text("文 字\n".into()));
    assert_eq!(scene.prepared[1].content, Content::Bytes(12));
    assert_eq!(scene.compared[0].content, Some(Content::File("a.txt".into())));
    assert_eq!(scene.compared[1].content, None);
    assert_eq!(scene.compared[2].content, Some(Content::Lesson("04/x.txt".into())));
}

#[test]
fn arguments_use_names_that_were_seen_above() {
    let scene = scene(&with(
        "主 ! 正在监听 127.0.0.1:<p:数>\n乙 $ lesson-y --addr 127.0.0.1:<p> 「两 字」 \"a b\"\n",
    ));
    let Action::Start { args, .. } = &scene.directions[1].action else { panic!() };
    assert_eq!(args[1].names().collect::<Vec<_>>(), ["p"]);
    assert_eq!(args[2].parts, [Part::Text("两 字".into())]);
    assert_eq!(args[3].parts, [Part::Text("a b".into())]);
}

#[test]
fn the_real_clock_belongs_to_its_scene() {
    let text = "场景 甲\n真实时间\n主 $ lesson-x\n场景 乙\n主 $ lesson-x\n";
    let scenes = parse(text).unwrap().scenes;
    assert_eq!((scenes[0].real_time, scenes[1].real_time), (true, false));
}

#[test]
fn an_interface_belongs_to_its_scene() {
    let text = "场景 甲\n网卡 192.0.2.1\n主 $ lesson-x\n场景 乙\n主 $ lesson-x\n";
    let scenes = parse(text).unwrap().scenes;
    let address = Ipv4Addr::new(192, 0, 2, 1);
    assert_eq!(scenes[0].interface, Some(Interface { line: 2, address }));
    assert_eq!(scenes[1].interface, None);
}

#[test]
fn every_mistake_has_its_place_and_a_remedy() {
    for (text, line, column, message) in [
        ("", 1, 1, "没有场景"),
        ("主 $ lesson-x", 1, 1, "还没有开始"),
        ("场景", 1, 3, "没有名字"),
        ("场景 甲\n# 空", 1, 1, "没有启动任何程序"),
        ("场景 甲\n主 $ lesson-x\n场景 甲", 3, 4, "出现了两次"),
        ("场景 甲\n主 $ ls", 2, 4, "程序的名字"),
        ("场景 甲\n主 $ lesson-x\n主 $ lesson-x", 3, 1, "已经启动过"),
        ("场景 甲\n结束 $ lesson-x", 2, 1, "剧本的用语"),
        (&with("客户瑞 | a"), 3, 1, "还没有启动程序"),
        (&with("主 停"), 3, 3, "不认识「停」"),
        (&with("主 ｜ a"), 3, 3, "全角"),
        (&with("主| a"), 3, 2, "前面要有空格"),
        (&with("主/甲 进城 | a"), 3, 5, "看不懂这条道"),
        ("场景：甲", 1, 1, "还没有开始"),
        (&with("场景：乙"), 3, 1, "不要冒号"),
        (&with("主"), 3, 2, "什么也没有"),
        (&with("主! | a"), 3, 2, "前面要有空格"),
        (&with("主? | a"), 3, 1, "不能作终端的名字"),
        (&with("主/甲 进程 a"), 3, 8, "应当是「|」"),
        (&with("主 进程 | a"), 3, 3, "没有道的名字"),
        (&with("主/甲 结束"), 3, 5, "后面应当是「|」"),
        (&with("主/甲 进程 | a\n主/甲 线程 | b"), 4, 1, "前后说法不一样"),
        (&with("主 | <a b>"), 3, 5, "不能作名字"),
        (&with("主 | <a"), 3, 5, "没有合上"),
        (&with("主 | <a><b>"), 3, 8, "挨在一起"),
        (&with("主 | <a:字>"), 3, 5, "不认识的种类"),
        (&with("主 | <a> <a:数>"), 3, 9, "没有写「:数」"),
        (&with("主 | <a> <a:进程号>"), 3, 9, "没有写「:数」"),
        (&with("主 ! <a:进程号>"), 3, 4, "只能用在标准输出"),
        (&with("主 | <a:数>\n乙 $ lesson-y <a:进程号>"), 4, 14, "只能用在标准输出"),
        (&with("主 | <U+XY>"), 3, 5, "没有编号是"),
        (&with("主 | <U+0A>"), 3, 5, "没有编号是"),
        (&with("主 | {1-9}"), 3, 5, "看不懂的「{」"),
        (&with("主 | {9..1}"), 3, 5, "从小到大"),
        (&with("主 | {1..2}{1..2}"), 3, 11, "只能有一个计数"),
        (&with("主 |x 次| a"), 3, 4, "看不懂「x 次」"),
        (&with("主 |99999999999 次| a"), 3, 4, "看不懂"),
        (&with("准备 a = 9999999999 字节"), 3, 8, "文件太大"),
        (&with("主 不出现 | <a>"), 3, 7, "不能有名字"),
        (&with("主 |2 次| {1..2}"), 3, 15, "不能用在同一行"),
        (&with("主 监听 8888"), 3, 6, "不是地址"),
        (&with("主 做法"), 3, 5, "要写一种用语"),
        (&with("主 做法 创建很多进程"), 3, 6, "不认识的做法"),
        (&with("主 结束 abc"), 3, 6, "不是退出码"),
        (&with("主 停止 QUIT"), 3, 6, "不认识的信号"),
        (&with("主 结束 1 2"), 3, 8, "多余的「2」"),
        (&with("不同 <a> <b>"), 3, 4, "还没有出现过"),
        (&with("主 | <a>\n不同 <a>"), 4, 7, "至少要两个"),
        (&with("限时 很久"), 3, 4, "限时要的是"),
        (&with("真实时间 10"), 3, 6, "多余的「10」"),
        (&with("网卡"), 3, 3, "不是网卡的地址"),
        (&with("网卡 192.0.2.1:8888"), 3, 4, "不是网卡的地址"),
        (&with("网卡 10.0.0.1"), 3, 4, "不是留给例子用的地址"),
        (&with("网卡 192.0.2.0"), 3, 4, "不是留给例子用的地址"),
        (&with("网卡 192.0.2.1 up"), 3, 14, "多余的「up」"),
        (&with("网卡 192.0.2.1\n网卡 192.0.2.2"), 4, 4, "只能多一张网卡"),
        (&with("准备 ../x = 1 字节"), 3, 4, "不是场景文件夹里的路径"),
        (&with("准备 x = y"), 3, 9, "要写出内容"),
        (&with("核对 x"), 3, 5, "应当是「=」"),
        (&with("核对 x = 「a"), 3, 9, "引号没有合上"),
        (&with("乙 $ lesson-y <p>"), 3, 14, "还没有出现过"),
        (&with("乙 $ lesson-y \"a"), 3, 14, "引号没有合上"),
    ] {
        let error = error(text);
        assert_eq!((error.line, error.column), (line, column), "{text}\n{error}");
        assert!(error.message.contains(message), "{text}\n{error}");
        assert!(!error.help.is_empty());
    }
}

#[test]
fn a_slip_of_the_pen_names_the_nearest_word() {
    let text = "场景 甲\n客户端 $ lesson-x\n客户瑞 | a";
    assert_eq!(error(text).help, "是不是「客户端」？");
    assert_eq!(error("场境 甲").help, "是不是「场景」？");
    assert_eq!(error("主 $ lesson-x").help, "先写一行「场景 这一幕的名字」");
    assert_eq!(error(&with("主 输入宛")).help, "是不是「输入完」？");
    let text = with("主 | <端口>\n不同 <端囗> <端口>");
    assert_eq!(error(&text).help, "是不是 <端口>？");
    assert_eq!(error(&with("主 做法 创建 2 个子进城")).help, "是不是「创建 N 个子进程」？N 是数");
    assert_eq!(error(&with("主 做法 半关毕")).help, "是不是「半关闭」？");
    assert_eq!(error(&with("主 | <a:进城号>")).help, "是不是 <a:进程号>？");
}

#[test]
fn a_number_may_say_whose_it_is_wherever_it_stands() {
    let scene = scene(&with("主 | <a:进程号>,<a>,<b:数>\n主/子 | <a:父进程号> <t:线程号>\n"));
    let identities = |line: usize| scene.lines[line].pattern.identities().collect::<Vec<_>>();
    assert_eq!(identities(0), [("a", Identity::Process)]);
    assert_eq!(identities(1), [("a", Identity::Parent), ("t", Identity::Thread)]);
}

#[test]
fn the_caret_stands_below_the_mistake_although_chinese_is_two_cells_wide() {
    let shown = error(&with("主 结束 abc")).to_string();
    let expected = "第 3 行第 6 列：「abc」不是退出码\n  3 | 主 结束 abc\n    |         ^\n    = 写成「结束」「结束 1」或「结束 被 TERM」";
    assert_eq!(shown, expected);
}

/// What is above each line of `answers.txt`.
const ABOVE: &str = "场景 试\n主 $ lesson-x\n主/甲 进程 | 你好<p:数>\n主 | <a>\n";

/// Lines, most of them with a slip, and what the parser says to each: the error as it is shown, or what it means.
#[test]
fn every_line_has_the_answer_that_it_always_had() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in include_str!("answers.txt").split_inclusive("\n\n") {
        let (line, answer) = case.split_once('\n').unwrap();
        let line = line.strip_prefix("> ").unwrap();
        let now: String = answer_to(line).lines().map(|line| format!("  {line}\n")).collect();
        count += 1;
        if now.trim_end() != answer.trim_end() {
            wrong.push(format!("> {line}\n{now}instead of\n{answer}"));
        }
    }
    assert!(count > 300, "{count} lines");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.concat());
}

fn answer_to(line: &str) -> String {
    match parse(&format!("{ABOVE}{line}\n")) {
        Ok(script) => script.scenes.iter().map(told).collect::<Vec<_>>().join("\n"),
        Err(error) => error.to_string(),
    }
}

/// What a scene says beyond [`ABOVE`], a line for each kind of thing.
fn told(scene: &Scene) -> String {
    fn list<T: Debug>(name: &str, all: &[T], known: usize) -> Option<String> {
        let new = all.get(known..).filter(|new| !new.is_empty())?;
        Some(format!("{name}: {new:?}"))
    }
    let Scene { title, limit, real_time, interface, .. } = scene;
    let typed: Vec<_> = scene.terminals.iter().filter(|one| one.typed).collect();
    let facts = [
        Some(format!("{title}: {limit:?} {real_time} {interface:?}")),
        list("typed", &typed, 0),
        list("terminals", &scene.terminals, 1),
        list("lanes", &scene.lanes, 2),
        list("directions", &scene.directions, 1),
        list("lines", &scene.lines, 2),
        list("stderr", &scene.stderr_lines, 0),
        list("forbidden", &scene.forbidden, 0),
        list("distinct", &scene.distinct, 0),
        list("demands", &scene.demands, 0),
        list("prepared", &scene.prepared, 0),
        list("compared", &scene.compared, 0),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
