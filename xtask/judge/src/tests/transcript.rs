//! What a scene that goes as its script says would print, made up from a seed: for the tests of the judge and of `bless`,
//! which includes this file.

#![allow(dead_code, reason = "each of the two uses a part of it")]

use std::collections::BTreeMap;
use std::time::Duration;

use course::script::{Action, End, Expected, Identity, Mechanism, NameKind, Part, Pattern, Scene};
use events::{Activity, Event, Exit, FileFinding, Kind, Line, Source, StopSignal, Stream, Window};

/// SplitMix64: the same transcripts for the same seed, on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
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
pub struct Printed {
    pub expected: usize,
    pub text: String,
}

/// A right transcript of a scene, as lines in the order in which they were printed.
pub struct Transcript<'a> {
    pub scene: &'a Scene,
    pub lines: Vec<Printed>,
    /// Lines know their process and thread.
    pub sources: bool,
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

    pub fn expected(&self, index: usize) -> &'a Expected {
        &self.scene.lines[self.lines[index].expected]
    }

    pub fn source(&self, lane: usize) -> Option<Source> {
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
    pub fn children(&self, terminal: usize) -> Vec<Kind> {
        let pid = root(terminal);
        let made = (0..self.scene.lanes.len()).filter_map(|lane| {
            let child = self.source(lane)?;
            let activity = match (self.scene.lanes[lane].terminal == terminal, child) {
                (true, Source { pid: child, .. }) if child != pid => Activity::NewProcess { child },
                (true, Source { tid: child, .. }) if child != pid => Activity::NewThread { child },
                _ => return None,
            };
            Some(Kind::Traced { terminal, pid, tid: pid, activity })
        });
        made.collect()
    }

    pub fn line(&self, terminal: usize, index: usize, source: Option<Source>) -> Line {
        let text = self.lines[index].text.clone();
        Line { terminal, stream: Stream::Out, text, count: 1, whole: true, source }
    }

    /// The events before and after the lines.
    pub fn around(&self, lines: Vec<Line>) -> Vec<Event> {
        let mut kinds = Vec::new();
        for direction in &self.scene.directions {
            match direction.action {
                Action::Start { .. } => {
                    let (terminal, pid) = (direction.terminal, root(direction.terminal));
                    kinds.push(Kind::Started { terminal, pid, parent: PARENT });
                    kinds.extend(self.children(terminal));
                }
                Action::Listen(addr) => {
                    kinds.push(Kind::Listening { terminal: direction.terminal, addr })
                }
                Action::Connect(_) => {
                    kinds.push(Kind::Connected { terminal: direction.terminal, seen: true })
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
            let mine =
                || self.scene.directions.iter().filter(|direction| direction.terminal == terminal);
            let mut exit = Exit::Code(0);
            for direction in mine() {
                match direction.action {
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
                    Action::End(End::Signal(StopSignal::Kill)) => exit = Exit::Signal(9),
                    _ => {}
                }
            }
            kinds.push(Kind::Exited { terminal, exit });
        }
        for compared in 0..self.scene.compared.len() {
            kinds.push(Kind::File { compared, finding: FileFinding::Same });
        }
        events(kinds)
    }
}

pub fn events(kinds: Vec<Kind>) -> Vec<Event> {
    let timed = |(tick, kind): (usize, Kind)| Event {
        at: Duration::from_millis(tick as u64),
        window: Window::exact(tick as u64),
        kind,
        place: None,
    };
    kinds.into_iter().enumerate().map(timed).collect()
}

pub fn root(terminal: usize) -> i32 {
    1000 * (terminal as i32 + 1)
}

/// The process that starts the programs.
pub const PARENT: i32 = 999;

/// The process and thread that print a lane.
pub fn source(scene: &Scene, lane: usize) -> Source {
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
pub fn values(scene: &Scene) -> BTreeMap<String, String> {
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

pub fn render(
    pattern: &Pattern,
    counter: Option<u64>,
    values: &BTreeMap<String, String>,
) -> String {
    pattern.render(counter, values).replace("<..>", "随便")
}
