//! The judge against generated transcripts: right ones in every interleaving must pass, and every
//! single-line mutation of a right one must fail with the rule named.

mod transcript;

use std::collections::BTreeMap;

use transcript::*;

use course::script::{Expected, Part, Pattern, Scene, parse};
use events::Line;

use super::{Rule, judge};

/// Scenes that use every feature of the language; the scripts of the lessons come on top.
const BANK: [&str; 7] = [
    "场景 编号\n主 $ lesson-n\n主 | 我是<我:进程号>，它是<上:父进程号>，是<上>\n主/子 进程 | 我是<子:进程号>，是<子>，上面是<我:父进程号>\n\
     主/线 线程 | 线程<线:线程号>在<我:进程号>里\n",
    "场景 一问一答\n服 $ lesson-s\n服 监听 127.0.0.1:8888\n客 $ lesson-c\n客 | 客户端收到:welcome\n\
     服 | 来自127.0.0.1:<端口:数>的信息:很好玩\n服 | 再见 <端口>\n",
    "场景 两个进程\n主 $ lesson-p\n主 | main进程的pid<main:数>,<main>,ppid:<..>\n主/p1 进程 | 小明正在敲第{1..19}遍代码\n\
     主/p1 | p1进程的pid<p1:数>,<p1>,ppid:<main>\n主/p2 进程 | 某羊正在听第{1..19}遍音乐\n\
     主/p2 | p2进程的pid<p2:数>,<p2>,ppid:<main>\n不同 <main> <p1> <p2>\n",
    "场景 两个线程\n主 $ lesson-t\n主 | main{1..9}\n主/甲 线程 | 甲{1..12}\n主/乙 线程 | 乙{1..12}\n----\n主 | 完\n",
    "场景 横线\n甲 $ lesson-a\n乙 $ lesson-b\n甲 | 一\n乙 | 二\n甲 | 三\n----\n甲 | 四\n乙 | 五\n----\n乙 | 六\n",
    "场景 次数\n主 $ lesson-n\n主/工人 进程 |5..6 次| 我努力工作中.....\n主 |3 次| 同样的行\n主 | main进程结束了\n",
    "场景 停止\n服 $ lesson-s\n服 监听 127.0.0.1:9999\n客一 $ lesson-c\n客一 | 收到:甲\n客一 结束\n客二 $ lesson-c\n\
     客二 | 收到:乙\n服 | 第一个\n服 | 第二个\n服 停止\n准备 a = 3 字节\n核对 b = a\n",
];

/// The bank and every script of the lessons.
fn scenes() -> Vec<Scene> {
    let mut scenes: Vec<Scene> = BANK.iter().flat_map(|text| parse(text).unwrap().scenes).collect();
    let lessons = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons");
    let mut scripts: Vec<_> = std::fs::read_dir(lessons)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("script.txt"))
        .filter(|path| path.exists())
        .collect();
    scripts.sort();
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        let script = parse(&text).unwrap_or_else(|error| panic!("{}\n{error}", path.display()));
        scenes.extend(script.scenes);
    }
    // a million lines one by one say nothing that a thousand do not
    for scene in &mut scenes {
        for line in &mut scene.lines {
            if *line.times.start() > 1_000 {
                line.times = 40..=40;
            }
        }
    }
    scenes
}

#[test]
fn right_transcripts_pass_in_every_interleaving() {
    let mut count = 0;
    for (index, scene) in scenes().iter().enumerate() {
        let runs = if scene.lanes.len() > 1 { 200 } else { 5 };
        for seed in 0..runs {
            let mut random = Random(seed * 1_000 + index as u64);
            let transcript = Transcript::generate(scene, &mut random, seed % 2 == 0);
            let verdict = judge(scene, &transcript.events());
            assert!(verdict.passed(), "{} seed {seed}\n{:#?}", scene.title, verdict.failures);
            count += 1;
        }
    }
    assert!(count >= 1_000, "{count}");
}

/// What a mutation does, and the rules that may be named for it. A list: one block for each kind, however long.
fn mutations(
    transcript: &Transcript,
    index: usize,
    random: &mut Random,
) -> Vec<(&'static str, Vec<Line>, Vec<Rule>)> {
    let scene = transcript.scene;
    let all: Vec<Line> = (0..transcript.lines.len())
        .map(|i| {
            let lane = transcript.expected(i).lane;
            transcript.line(scene.lanes[lane].terminal, i, transcript.source(lane))
        })
        .collect();
    let expected = transcript.expected(index);
    let lane = &scene.lanes[expected.lane];
    let printed =
        transcript.lines.iter().filter(|one| one.expected == transcript.lines[index].expected);
    let printed = printed.count() as u64;
    let mut found = Vec::new();

    if printed == *expected.times.start() {
        let mut lines = all.clone();
        lines.remove(index);
        found.push(("dropped", lines, vec![Rule::Missing]));
    }
    if printed == *expected.times.end() {
        let mut lines = all.clone();
        lines.insert(index, lines[index].clone());
        found.push(("doubled", lines, vec![Rule::Extra]));
    }
    let next = (index + 1..all.len()).find(|i| transcript.expected(*i).lane == expected.lane);
    // two lines that fit each other's place are not swapped: a name's first value may be any
    let fits = |line: usize, place: usize| {
        let expected = transcript.expected(place);
        let free = expected.pattern.names().all(|name| occurrences(scene, name) <= 1);
        free && expected.pattern.matches_alone(&all[line].text, expected.counter)
    };
    if let Some(next) = next.filter(|next| !(fits(*next, index) && fits(index, *next))) {
        let mut lines = all.clone();
        let (a, b) = (lines[index].text.clone(), lines[next].text.clone());
        lines[index].text = b;
        lines[next].text = a;
        found.push(("swapped", lines, vec![Rule::Order]));
    }
    // to the process or thread of another lane of the same terminal
    let other = (0..scene.lanes.len()).find(|other| {
        let other_lane = &scene.lanes[*other];
        *other != expected.lane
            && other_lane.terminal == lane.terminal
            && (lane.mechanism.is_some() || other_lane.mechanism.is_some())
    });
    if let Some(other) = other.filter(|_| transcript.sources) {
        let mut lines = all.clone();
        lines[index].source = transcript.source(other);
        found.push(("printed by another lane", lines, vec![Rule::Source]));
    }
    if scene.terminals.len() > 1 && printed == *expected.times.start() {
        let other = (lane.terminal + 1) % scene.terminals.len();
        let mut lines = all.clone();
        lines[index].terminal = other;
        lines[index].source = None;
        let own = scene.lanes.iter().position(|l| l.terminal == other && l.name.is_none());
        lines[index].source = own.and_then(|own| transcript.source(own));
        let fits = scene.lines.iter().any(|line| {
            scene.lanes[line.lane].terminal == other
                && line.pattern.matches_alone(&all[index].text, line.counter)
        });
        if !fits {
            found.push(("printed in another terminal", lines, vec![Rule::Terminal]));
        }
    }
    if transcript.sources && expected.pattern.identities().next().is_some() {
        let mut values = values(scene);
        for (name, _) in expected.pattern.identities() {
            values.insert(name.to_owned(), "70007".to_owned());
        }
        let mut lines = all.clone();
        lines[index].text = render(&expected.pattern, None, &values);
        found.push(("given a false number", lines, vec![Rule::Identity]));
    }
    if let Some(text) = changed(scene, expected, &all[index].text, random) {
        let mut lines = all;
        lines[index].text = text;
        found.push(("changed", lines, vec![Rule::Text, Rule::Value, Rule::Identity]));
    }
    found
}

/// The text with one character changed, such that the script can tell.
fn changed(scene: &Scene, expected: &Expected, text: &str, random: &mut Random) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    for _ in 0..20 {
        let at = random.below(chars.len());
        let mut other = chars.clone();
        other[at] = match chars[at] {
            digit @ '0'..='8' => char::from(digit as u8 + 1),
            '9' => '8',
            _ => '错',
        };
        let other: String = other.into_iter().collect();
        // a gap, or a name that stands nowhere else, may be anything
        let free = |pattern: &Pattern| {
            pattern.names().all(|name| occurrences(scene, name) <= 1)
                || !pattern.loosened().matches_alone(&other, expected.counter)
        };
        let fits_freely =
            expected.pattern.matches_alone(&other, expected.counter) && free(&expected.pattern);
        let other_line = scene.lines.iter().any(|line| {
            !std::ptr::eq(line, expected)
                && (0..200).any(|nth| line.pattern.matches_alone(&other, line.counter_at(nth)))
        });
        let in_gap = expected.pattern.parts.contains(&Part::Any)
            && expected.pattern.matches_alone(&other, expected.counter);
        if !fits_freely && !other_line && !in_gap {
            return Some(other);
        }
    }
    None
}

fn occurrences(scene: &Scene, name: &str) -> usize {
    scene.lines.iter().flat_map(|line| line.pattern.names()).filter(|one| *one == name).count()
}

/// Of the many lines that one line of the script stands for, the first and the last few and every tenth between them are
/// changed, others for every seed: what comes of the next one is what came of this one.
fn is_worth_it(transcript: &Transcript, index: usize, seed: u64) -> bool {
    const ENDS: usize = 5;
    const EVERY: usize = 10;
    let same = |one: &&Printed| one.expected == transcript.lines[index].expected;
    let before = transcript.lines[..index].iter().filter(same).count();
    let after = transcript.lines[index + 1..].iter().filter(same).count();
    before < ENDS || after < ENDS || before % EVERY == seed as usize
}

#[test]
fn every_single_line_mutation_fails_with_the_rule_named() {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, scene) in scenes().iter().enumerate() {
        for seed in 0..3 {
            let mut random = Random(7_000 + seed * 100 + number as u64);
            let transcript = Transcript::generate(scene, &mut random, seed != 1);
            let judged = |lines: Vec<Line>| judge(scene, &transcript.around(lines));
            for index in 0..transcript.lines.len() {
                if !is_worth_it(&transcript, index, seed) {
                    continue;
                }
                for (what, lines, rules) in mutations(&transcript, index, &mut random) {
                    let verdict = judged(lines);
                    *count.entry(what).or_default() += 1;
                    let first = verdict.failures.first();
                    if !first.is_some_and(|failure| rules.contains(&failure.rule)) {
                        wrong.push(format!(
                            "「{}」seed {seed}, line {index} {what} ({}): expected {rules:?}, got {first:#?}",
                            scene.title, transcript.lines[index].text
                        ));
                    }
                }
            }
        }
    }
    let total: usize = count.values().sum();
    assert!(
        wrong.is_empty(),
        "{} of {total} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
    assert!(count.len() == 7 && total > 1_000, "{count:?}");
}

/// Judges lines that were printed by the process 10 of one terminal, whose parent is 1.
fn judged(script: &str, lines: &[(&str, u64)]) -> super::Failure {
    let lines: Vec<_> = lines.iter().map(|(text, count)| (10, *text, *count)).collect();
    judged_of(script, &lines)
}

/// The same of what the process 10, and children that it makes, have printed.
fn judged_of(script: &str, lines: &[(i32, &str, u64)]) -> super::Failure {
    use events::{Activity, Event, Exit, Kind, Source, Stream, Window};

    let scene = parse(script).unwrap().scenes.remove(0);
    let mut kinds = vec![Kind::Started { terminal: 0, pid: 10, parent: 1 }];
    let children = lines.iter().map(|(pid, ..)| *pid).filter(|pid| *pid != 10);
    kinds.extend(children.map(|child| {
        let activity = Activity::NewProcess { child };
        Kind::Traced { terminal: 0, pid: 10, tid: 10, activity }
    }));
    kinds.extend(lines.iter().map(|(pid, text, count)| {
        let source = Some(Source { pid: *pid, tid: *pid });
        let (stream, text) = (Stream::Out, (*text).to_owned());
        Kind::Line(Line { terminal: 0, stream, text, count: *count, whole: true, source })
    }));
    kinds.push(Kind::Exited { terminal: 0, exit: Exit::Code(0) });
    let at = std::time::Duration::ZERO;
    let events: Vec<Event> = kinds
        .into_iter()
        .map(|kind| Event { at, window: Window::exact(0), kind, place: None })
        .collect();
    let mut failures = judge(&scene, &events).failures;
    assert_eq!(failures.len(), 1, "{failures:#?}");
    failures.remove(0)
}

#[test]
fn which_number_was_printed_for_which_does_not_depend_on_the_first_place() {
    let script = "场景 号\n主 $ lesson-n\n主 | pid<我:进程号>,<我>,ppid:<上:父进程号>\n";
    let own = "印这一行的进程，编号（pid）是 10，<我> 这里印的是 1：那是它的父进程的编号（ppid）";
    let parents =
        "印这一行的进程，父进程的编号（ppid）是 1，<上> 这里印的是 10：那是它自己的编号（pid）";
    for (line, detail) in [
        ("pid1,10,ppid:1", own),
        ("pid10,1,ppid:1", own),
        ("pid1,1,ppid:1", own),
        ("pid1,1,ppid:10", own),
        ("pid10,10,ppid:10", parents),
        ("pid77,10,ppid:1", "印这一行的进程，编号（pid）是 10，<我> 这里印的是 77"),
    ] {
        let failure = judged(script, &[(line, 1)]);
        assert_eq!((failure.rule, failure.detail.as_str()), (Rule::Identity, detail), "{line}");
        assert_eq!(failure.expected.as_deref(), Some("pid10,10,ppid:1"), "{line}");
    }
    // of two numbers that say nothing of the printer none is the right one
    let failure = judged("场景 号\n主 $ lesson-n\n主 | <a:数>,<a>\n", &[("7,8", 1)]);
    assert_eq!(failure.detail, "<a> 前面是 7，这里是 8：两处应当相同");
}

#[test]
fn the_same_slip_of_several_children_is_no_more_lines_than_there_should_be() {
    let script = "场景 号\n主 $ lesson-n\n\
        主/一 进程 | 甲是<一:进程号>，老师是<师:父进程号>\n\
        主/二 进程 | 乙是<二:进程号>，老师是<师:父进程号>\n\
        主/三 进程 | 丙是<三:进程号>，老师是<师:父进程号>\n主 | 老师是<师:进程号>\n";
    for numbers in [|_| (10, 10), |own| (10, own)] {
        let text = |name: &str, pid: i32| {
            let (own, parent) = numbers(pid);
            format!("{name}是{own}，老师是{parent}")
        };
        let texts = [text("甲", 11), text("乙", 12), text("丙", 13)];
        let of_children = texts.iter().zip(11..).map(|(text, pid)| (pid, text.as_str(), 1));
        let lines: Vec<_> = of_children.chain([(10, "老师是10", 1)]).collect();
        let failure = judged_of(script, &lines);
        assert_eq!((failure.rule, failure.event), (Rule::Identity, Some(4)), "{failure:#?}");
    }
}

#[test]
fn parts_that_stand_the_wrong_way_round_are_out_of_order() {
    let script = "场景 序\n主 $ lesson-o\n主 |1000000 次| 甲\n主 | ----\n主 |2 次| 乙\n";
    let many = |texts: &[(&'static str, u64)]| {
        // as many events as writes
        let pieces = |(text, count): &(&'static str, u64)| match *count {
            1_000_000 => vec![(*text, 1_000); 1_000],
            count => vec![(*text, count)],
        };
        texts.iter().flat_map(pieces).collect::<Vec<_>>()
    };
    for (lines, detail) in [
        (
            many(&[("乙", 2), ("----", 1), ("甲", 1_000_000)]),
            "要的行都在，次序不对：「甲」应当在「乙」之前",
        ),
        (
            many(&[("----", 1), ("甲", 1_000_000), ("乙", 2)]),
            "要的行都在，次序不对：「甲」应当在「----」之前",
        ),
        (many(&[("甲", 1_000_000), ("乙", 2), ("----", 1)]), "「----」应当在「乙」之前"),
    ] {
        let failure = judged(script, &lines);
        assert_eq!((failure.rule, failure.detail.as_str()), (Rule::Order, detail));
    }
    // a line that is lacking as well is no matter of the order alone
    let failure = judged(script, &many(&[("乙", 2), ("甲", 1_000_000)]));
    assert_ne!(failure.rule, Rule::Order, "{failure:#?}");
}
