//! The judge against generated transcripts: right ones in every interleaving must pass, and every
//! single-line mutation of a right one must fail with the rule named.

use std::collections::BTreeMap;
use std::time::Duration;

use tracer::Step;

use crate::observe::{Event, Exit, FileOutcome, Kind, Line, Source, Stream, Window};
use crate::script::{
    Action, End, Expected, Identity, Mechanism, NameKind, Part, Pattern, Scene, StopSignal, parse,
};

use super::{Rule, judge};

/// SplitMix64: the same transcripts for the same seed, on every machine.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// One printed line and where it comes from.
#[derive(Debug, Clone)]
struct Printed {
    expected: usize,
    text: String,
}

/// A right transcript of a scene, as lines in the order in which they were printed.
pub struct Transcript<'a> {
    scene: &'a Scene,
    lines: Vec<Printed>,
    /// Lines know their process and thread.
    sources: bool,
}

impl<'a> Transcript<'a> {
    /// Prints every lane as often as it must or may, in an order drawn from `random`.
    pub fn generate(scene: &'a Scene, random: &mut Random, sources: bool) -> Transcript<'a> {
        let values = values(scene);
        let mut queues: Vec<Vec<Printed>> = vec![Vec::new(); scene.lanes.len()];
        for (index, expected) in scene.lines.iter().enumerate() {
            let least = *expected.times.start();
            let most = (*expected.times.end()).min(least + 3);
            let times = least + random.below((most - least + 1) as usize) as u64;
            for nth in 0..times {
                let text = render(&expected.pattern, expected.counter_at(nth), &values);
                queues[expected.lane].push(Printed { expected: index, text });
            }
        }
        for queue in &mut queues {
            queue.reverse();
        }
        let mut lines = Vec::new();
        loop {
            // a divider holds back what is below it until everything above has been printed
            let section =
                |lane: &Vec<Printed>| lane.last().map(|one| scene.lines[one.expected].section);
            let Some(open) = queues.iter().filter_map(section).min() else { break };
            let ready: Vec<usize> =
                (0..queues.len()).filter(|lane| section(&queues[*lane]) == Some(open)).collect();
            let lane = ready[random.below(ready.len())];
            // runs of random length: not only single steps
            for _ in 0..=random.below(3) {
                if section(&queues[lane]) == Some(open) {
                    lines.extend(queues[lane].pop());
                }
            }
        }
        Transcript { scene, lines, sources }
    }

    fn expected(&self, index: usize) -> &'a Expected {
        &self.scene.lines[self.lines[index].expected]
    }

    fn source(&self, lane: usize) -> Option<Source> {
        self.sources.then(|| source(self.scene, lane))
    }

    /// The events of a scene that goes as its script says.
    pub fn events(&self) -> Vec<Event> {
        let lane = |index: usize| self.expected(index).lane;
        let lines = (0..self.lines.len()).map(|index| {
            self.line(self.scene.lanes[lane(index)].terminal, index, self.source(lane(index)))
        });
        self.around(lines.collect())
    }

    /// How the processes and threads of a terminal came to be.
    fn children(&self, terminal: usize) -> Vec<Kind> {
        let pid = root(terminal);
        let made = (0..self.scene.lanes.len()).filter_map(|lane| {
            let child = self.source(lane)?;
            let step = match (self.scene.lanes[lane].terminal == terminal, child) {
                (true, Source { pid: child, .. }) if child != pid => Step::NewProcess { child },
                (true, Source { tid: child, .. }) if child != pid => Step::NewThread { child },
                _ => return None,
            };
            Some(Kind::Traced { terminal, pid, tid: pid, step })
        });
        made.collect()
    }

    fn line(&self, terminal: usize, index: usize, source: Option<Source>) -> Line {
        let text = self.lines[index].text.clone();
        Line { terminal, stream: Stream::Out, text, count: 1, whole: true, source }
    }

    /// The events before and after the lines.
    fn around(&self, lines: Vec<Line>) -> Vec<Event> {
        let mut kinds = Vec::new();
        for step in &self.scene.steps {
            match step.action {
                Action::Start { .. } => {
                    let (terminal, pid) = (step.terminal, root(step.terminal));
                    kinds.push(Kind::Started { terminal, pid, parent: PARENT });
                    kinds.extend(self.children(terminal));
                }
                Action::Listen(addr) => {
                    kinds.push(Kind::Listening { terminal: step.terminal, addr })
                }
                Action::Connect(_) => {
                    kinds.push(Kind::Connected { terminal: step.terminal, seen: true })
                }
                _ => {}
            }
        }
        kinds.extend(lines.into_iter().map(Kind::Line));
        let values = values(self.scene);
        for expected in &self.scene.stderr_lines {
            kinds.push(Kind::Line(Line {
                terminal: self.scene.lanes[expected.lane].terminal,
                stream: Stream::Err,
                text: render(&expected.pattern, None, &values),
                count: 1,
                whole: true,
                source: None,
            }));
        }
        for terminal in 0..self.scene.terminals.len() {
            let mine = || self.scene.steps.iter().filter(|step| step.terminal == terminal);
            let mut exit = Exit::Code(0);
            for step in mine() {
                match step.action {
                    Action::Stop(signal) => {
                        kinds.push(Kind::Stopped { terminal, signal });
                        exit = Exit::Signal(match signal {
                            StopSignal::Int => 2,
                            StopSignal::Term => 15,
                            StopSignal::Kill => 9,
                        });
                    }
                    Action::End(End::Code(code)) => exit = Exit::Code(code),
                    Action::End(End::Signal(StopSignal::Term)) => exit = Exit::Signal(15),
                    _ => {}
                }
            }
            kinds.push(Kind::Exited { terminal, exit });
        }
        for compared in 0..self.scene.compared.len() {
            kinds.push(Kind::File { compared, outcome: FileOutcome::Same });
        }
        events(kinds)
    }
}

fn events(kinds: Vec<Kind>) -> Vec<Event> {
    let timed = |(tick, kind): (usize, Kind)| Event {
        at: Duration::from_millis(tick as u64),
        window: Window::exact(tick as u64),
        kind,
    };
    kinds.into_iter().enumerate().map(timed).collect()
}

fn root(terminal: usize) -> i32 {
    1000 * (terminal as i32 + 1)
}

/// The process that starts the programs.
const PARENT: i32 = 999;

/// The process and thread that print a lane.
fn source(scene: &Scene, lane: usize) -> Source {
    let what = &scene.lanes[lane];
    let root = root(what.terminal);
    let own = root + 1 + lane as i32;
    match (what.mechanism, &what.name) {
        (Some(Mechanism::Process), _) => Source { pid: own, tid: own },
        (Some(Mechanism::Thread), _) => Source { pid: root, tid: own },
        (None, None) => Source { pid: root, tid: root },
        (None, Some(_)) => Source { pid: own, tid: own },
    }
}

/// A value for every name; numbers are told apart by their length, so that no two are alike.
fn values(scene: &Scene) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for expected in scene.lines.iter().chain(&scene.stderr_lines) {
        let source = source(scene, expected.lane);
        let root = root(scene.lanes[expected.lane].terminal);
        for part in &expected.pattern.parts {
            if let Part::Name { name, kind } = part {
                let serial = 40_001 + values.len() as i32;
                let number = match kind {
                    NameKind::Text => None,
                    NameKind::Number => Some(serial),
                    NameKind::Identity(Identity::Process) => Some(source.pid),
                    NameKind::Identity(Identity::Thread) => Some(source.tid),
                    NameKind::Identity(Identity::Parent) if source.pid == root => Some(PARENT),
                    NameKind::Identity(Identity::Parent) => Some(root),
                };
                let value = number.map_or(format!("值{serial}"), |number| number.to_string());
                values.entry(name.clone()).or_insert(value);
            }
        }
    }
    values
}

fn render(pattern: &Pattern, counter: Option<u64>, values: &BTreeMap<String, String>) -> String {
    pattern.render(counter, values).replace("<..>", "随便")
}

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
    let lessons = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons");
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
