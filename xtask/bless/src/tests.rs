//! Scripts that disagree with what was printed, and what becomes of them.

#[path = "../../judge/src/tests/transcript.rs"]
mod transcript;

use std::time::Duration;

use course::script::spelling::{Line as Written, Piece, pieces, spell};
use course::script::{Scene, parse};
use events::{Event, Exit, Kind, Line, Stream, Window};
use judge::judge;
use transcript::{Random, Transcript};

use super::{Mended, Refusal, mend, names};

/// The events of one program, `lesson-x` in terminal 主, that prints `out` and ends with `code`.
fn printed(out: &[&str], code: i32) -> Vec<Event> {
    let line = |text: &&str| {
        let text = (*text).to_owned();
        Kind::Line(Line {
            terminal: 0,
            stream: Stream::Out,
            text,
            count: 1,
            whole: true,
            source: None,
        })
    };
    let mut kinds = vec![Kind::Started { terminal: 0, pid: 7, parent: 1 }];
    kinds.extend(out.iter().map(line));
    kinds.push(Kind::Exited { terminal: 0, exit: Exit::Code(code) });
    in_order(kinds)
}

fn in_order(kinds: Vec<Kind>) -> Vec<Event> {
    let event = |(tick, kind): (usize, Kind)| {
        let window = Window::exact(tick as u64);
        Event { at: Duration::from_millis(tick as u64), window, kind, place: None }
    };
    kinds.into_iter().enumerate().map(event).collect()
}

const HEAD: &str = "# 注释\n场景 甲\n\n主 $ lesson-x\n";

/// `script` (without its heading) after the program has printed `out`.
fn after(script: &str, out: &[&str]) -> Result<String, Refusal> {
    let Mended { text, complete } = mend(&format!("{HEAD}{script}"), "甲", &printed(out, 0))?;
    assert!(complete);
    Ok(text.strip_prefix(HEAD).unwrap().to_owned())
}

#[test]
fn the_smallest_change_is_written() {
    for (script, out, mended) in [
        // nothing to do
        ("主 | 一\n", &["一"][..], "主 | 一\n"),
        // another text
        ("主   | 我很喜换\n", &["我很喜欢"], "主   | 我很喜欢\n"),
        ("主 | 第{1..3}遍\n", &["第1次", "第2次", "第3次"], "主 | 第{1..3}次\n"),
        ("主 | pid<p:数>，<p>\n", &["编号pid5, 5"], "主 | 编号pid<p:数>, <p>\n"),
        ("主 |3 次| 旧的\n", &["新的", "新的", "新的"], "主 |3 次| 新的\n"),
        // a line more
        (
            "主 | 一\n# 后面\n主 | 三\n",
            &["一", "二二二", "三"],
            "主 | 一\n主 | 二二二\n# 后面\n主 | 三\n",
        ),
        ("主  | 一\n", &["<零>", "一"], "主  | <<零>\n主  | 一\n"),
        ("", &["你好", "", " {x}"], "主 | 你好\n主 |\n主 | <空格>{{x}\n"),
        ("主 | 一\n", &["一", "乙", "乙", "乙"], "主 | 一\n主 |3 次| 乙\n"),
        // a line less
        ("主 | 一\n\n# 二\n主 | 二\n主 | 三\n", &["一", "三"], "主 | 一\n\n# 二\n主 | 三\n"),
        // another order: the line moves with its name
        (
            "主 | 一\n主 | <端口:数> 号\n主 | 三\n",
            &["4 号", "一", "三"],
            "主 | <端口:数> 号\n主 | 一\n主 | 三\n",
        ),
        // counts
        ("主 |5..6 次| 忙\n", &["忙"; 7], "主 |5..7 次| 忙\n"),
        ("主 |3 次| 忙\n", &["忙"; 4], "主 |4 次| 忙\n"),
        ("主 | 忙\n", &["忙"; 2], "主 |2 次| 忙\n"),
        ("主 |2 次| 忙\n", &["忙"], "主 | 忙\n"),
        ("主 | 第{1..3}遍\n主 | 完\n", &["第1遍", "第2遍", "完"], "主 | 第{1..2}遍\n主 | 完\n"),
        ("主 | 第{1..2}遍\n", &["第0遍", "第1遍", "第2遍"], "主 | 第{0..2}遍\n"),
        ("主 | 第{1..2}遍\n", &["第1次", "第2次", "第3次"], "主 | 第{1..3}次\n"),
    ] {
        assert_eq!(after(script, out).as_deref(), Ok(mended), "{script}");
    }
}

#[test]
fn a_change_in_one_lane_leaves_the_others_alone() {
    let script =
        "主       | 开始\n主/p1 进程 | 正在敲第{1..2}遍代码\n主/p2 进程 | 正在听第{1..2}遍音乐\n";
    let out = ["正在看第1遍电影", "正在敲第1遍代码", "开始", "正在敲第2遍代码", "正在看第2遍电影"];
    let mended = after(script, &out).unwrap();
    assert_eq!(mended, script.replace("正在听", "正在看").replace("音乐", "电影"));
    // an unknown line is the program's own
    let out = [
        "开始",
        "正在听第1遍音乐",
        "正在敲第1遍代码",
        "正在听第2遍音乐",
        "正在敲第2遍代码",
        "收工",
    ];
    let mended = after(script, &out).unwrap();
    assert_eq!(mended, script.replace("开始\n", "开始\n主       | 收工\n"));
}

#[test]
fn the_next_line_says_what_a_lane_is_when_the_first_has_gone() {
    let script = "主 | 甲\n主/p1 进程 | 开始干活\n主/p1    | 一共{1..2}\n主/p1    | 完\n";
    let mended = after(script, &["甲", "一共1", "一共2", "完"]).unwrap();
    assert_eq!(mended, "主 | 甲\n主/p1 进程 | 一共{1..2}\n主/p1    | 完\n");
}

#[test]
fn what_cannot_be_told_is_refused() {
    let doubtful = "主/p1 进程 | 正在敲\n主/p2 进程 | 正在听\n";
    let refusal = after(doubtful, &["正在敲", "正在听", "全部做完了"]).unwrap_err();
    assert!(refusal.why.contains("说不出是哪条道"), "{refusal:?}");
    // a name may not get lost
    let refusal = after("主 | 端口 <p:数>\n主 | 再见 <p>\n", &["没有端口", "再会"]).unwrap_err();
    assert!(refusal.why.contains("<p>"), "{refusal:?}");
    // values that no longer agree are no change of text
    let refusal = after("主 | 甲 <p:数>\n主 | 乙 <p>\n", &["甲 1", "乙 2"]).unwrap_err();
    assert!(refusal.why.contains("<p> 前面是 1，这里是 2"), "{refusal:?}");
    assert_eq!(refusal.line, 6);
    // a program that never ends, panics or leaves something behind is not blessed
    let text = format!("{HEAD}主 | 一\n");
    let mut events = printed(&["二"], 0);
    let orphan = Kind::Orphan { pid: 9, command: "sleep".into(), alive: true };
    events.push(Event { kind: orphan, ..events[0].clone() });
    assert!(mend(&text, "甲", &events).unwrap_err().why.contains("没人等待"));
    let events = in_order(vec![
        Kind::Started { terminal: 0, pid: 7, parent: 1 },
        Kind::OutOfTime { direction: None, listens: Vec::new(), waited: None },
    ]);
    assert!(mend(&text, "甲", &events).unwrap_err().why.contains("时限"));
    // too much to be meant
    let many: Vec<String> = (0..200).map(|n| format!("{n}{n}{}", n * n)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(after("主 | 一\n", &many).unwrap_err().why.contains("太多"));
}

#[test]
fn another_exit_code_is_written() {
    let with_code = |script: &str, code| {
        let text = format!("{HEAD}{script}");
        mend(&text, "甲", &printed(&["一"], code)).unwrap().text.replace(HEAD, "")
    };
    assert_eq!(with_code("主 | 一\n主 结束 1\n\n", 3), "主 | 一\n主 结束 3\n\n");
    assert_eq!(with_code("主 | 一\n主 结束 1\n", 0), "主 | 一\n主 结束\n");
    assert_eq!(with_code("主 | 一\n\n# 末\n", 2), "主 | 一\n主 结束 2\n\n# 末\n");
}

#[test]
fn a_line_printed_after_the_stop_stands_below_it() {
    let text = "场景 甲\n服 $ lesson-x\n服 | 开始\n服 停止\n";
    let line = |text: &str| {
        let text = text.to_owned();
        let stream = Stream::Out;
        Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source: None })
    };
    let events = in_order(vec![
        Kind::Started { terminal: 0, pid: 7, parent: 1 },
        line("开始"),
        Kind::Stopped { terminal: 0, signal: course::script::StopSignal::Int },
        line("再见各位"),
        Kind::Exited { terminal: 0, exit: Exit::Code(0) },
    ]);
    let mended = mend(text, "甲", &events).unwrap();
    assert_eq!(mended.text, format!("{text}服 | 再见各位\n"));
}

#[test]
fn a_scene_that_waited_for_a_changed_line_is_played_again() {
    let text = "场景 甲\n服 $ lesson-x\n服 ! 正在监听 127.0.0.1:1\n服 监听 127.0.0.1:1\n服 | 一\n服 停止\n";
    let events = in_order(vec![
        Kind::Started { terminal: 0, pid: 7, parent: 1 },
        Kind::Line(Line {
            terminal: 0,
            stream: Stream::Err,
            text: "开始监听 127.0.0.1:1".into(),
            count: 1,
            whole: true,
            source: None,
        }),
        Kind::OutOfTime {
            direction: Some(1),
            listens: vec!["127.0.0.1:1".parse().unwrap()],
            waited: None,
        },
    ]);
    let mended = mend(text, "甲", &events).unwrap();
    assert!(!mended.complete);
    assert_eq!(mended.text, text.replace("正在监听", "开始监听"));
}

/// Every script of the lessons; a million lines say nothing that forty do not.
fn lessons() -> Vec<String> {
    let lessons = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons");
    let folders = std::fs::read_dir(lessons).unwrap().flatten();
    let scripts =
        folders.filter_map(|folder| std::fs::read_to_string(folder.path().join("script.txt")).ok());
    let mut scripts: Vec<String> =
        scripts.map(|text| text.replace("|1000000 次|", "|40 次|")).collect();
    scripts.sort();
    scripts
}

/// The script with one character of one line of `scene` changed.
fn mutated(text: &str, scene: &Scene, random: &mut Random) -> Option<String> {
    let expected: Vec<_> = scene.lines.iter().chain(&scene.stderr_lines).collect();
    if expected.is_empty() {
        return None;
    }
    let expected = expected[random.below(expected.len())];
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let line = lines[expected.line - 1].clone();
    let written = Written::of(expected.line, &line);
    let (stage, printed) = written.printed().unwrap();
    let mut pieces = pieces(printed.text, &expected.pattern);
    let fixed: Vec<usize> =
        (0..pieces.len()).filter(|at| matches!(pieces[*at], Piece::Char(..))).collect();
    if fixed.len() < 4 {
        return None;
    }
    let at = fixed[random.below(fixed.len())];
    match random.below(3) {
        0 => pieces[at] = Piece::Char('错', None),
        1 => pieces.insert(at, Piece::Char('多', None)),
        _ => _ = pieces.remove(at),
    }
    let changed = spell(&pieces);
    let changed = stage.with_printed(printed.with(printed.count, &changed));
    lines[expected.line - 1] = format!("{changed}\n");
    Some(lines.concat())
}

#[test]
fn a_slip_in_any_lessons_script_is_mended_with_all_names_kept() {
    let (mut count, mut same) = (0, 0);
    let mut wrong = Vec::new();
    for text in lessons() {
        for scene in parse(&text).unwrap().scenes {
            for seed in 0..30 {
                let mut random = Random(seed * 7 + scene.line as u64);
                let events = Transcript::generate(&scene, &mut random, false).events();
                let Some(slip) = mutated(&text, &scene, &mut random) else { continue };
                let Ok(script) = parse(&slip) else { continue };
                let find = |script: course::script::Script| {
                    script.scenes.into_iter().find(|one| one.title == scene.title).unwrap()
                };
                let broken = find(script);
                if judge(&broken, &events).passed() {
                    continue;
                }
                count += 1;
                match mend(&slip, &scene.title, &events) {
                    Ok(mended) => {
                        let now = find(parse(&mended.text).unwrap());
                        assert!(mended.complete && judge(&now, &events).passed());
                        assert_eq!(names(&now), names(&scene), "{}", mended.text);
                        let kinds = |scene: &Scene| -> Vec<_> {
                            scene
                                .lines
                                .iter()
                                .map(|one| (one.lane, one.times.clone(), one.counter))
                                .collect()
                        };
                        assert_eq!(kinds(&now), kinds(&scene), "{}", mended.text);
                        same += usize::from(mended.text == text);
                    }
                    Err(refusal) => wrong.push(format!("{refusal:#?}\n{slip}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} refused\n{}", wrong.len(), wrong[0]);
    assert!(count > 300 && same * 100 > count * 90, "{same} of {count} as before");
}
