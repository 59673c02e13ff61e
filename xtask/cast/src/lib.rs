//! Who does something: every process and thread of a scene, with the name that readers know it by. Pictures and explanations
//! take their names from here, so that they say the same.

mod speaking;

pub use speaking::{Speaker, Speakers};

use std::collections::HashMap;

use course::script::{Mechanism, Scene};
use events::{Event, Kind, Stream};

/// What an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The first process of a terminal's program.
    Program,
    /// A process that it made, or that such a process made.
    Process,
    /// A thread beside the first of its process.
    Thread,
}

/// A process (its first thread) or another thread.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Index into the scene's terminals.
    pub terminal: usize,
    /// The process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// What it is.
    pub role: Role,
    /// Who made it.
    pub parent: Option<usize>,
    /// What readers call it: the terminal's name, the name of its lane in the script, or 线程 3.
    pub name: String,
    /// It did something worth telling.
    pub shown: bool,
    /// It was there before the program that was meant took its terminal: made by a shell or a shim.
    pub former: bool,
}

/// Everybody who acts in a scene, found in two passes through its events: names are known only after the first.
#[derive(Debug, Default)]
pub struct Actors {
    /// In the order in which they came into being.
    pub all: Vec<Actor>,
    /// Who has this process and thread id now: the kernel may give the same number again.
    now: HashMap<(i32, i32), usize>,
}

impl Actors {
    /// Everybody in these events.
    pub fn of(scene: &Scene, events: &[Event]) -> Actors {
        let mut actors = Actors::default();
        let mut printed: HashMap<usize, Vec<&str>> = HashMap::new();
        for event in events {
            let actor = actors.follow(event);
            if let Kind::Traced { terminal, activity: events::Activity::Exec { .. }, .. } =
                &event.kind
                && actor.is_some_and(|actor| actors.all[actor].role == Role::Program)
                // whoever has printed was meant: a shell's last command takes its place, too
                && !printed.keys().any(|one| actors.all[*one].terminal == *terminal)
            {
                for one in &mut actors.all {
                    one.former |= one.terminal == *terminal && one.role != Role::Program;
                }
            }
            if let (Kind::Line(line), Some(actor)) = (&event.kind, actor)
                && line.stream == Stream::Out
            {
                printed.entry(actor).or_default().push(&line.text);
            }
        }
        actors.now.clear();
        actors.name(scene, &printed);
        actors
    }

    /// The same people, to go through the events once more.
    pub fn rewound(other: &Actors) -> Actors {
        Actors { all: other.all.clone(), now: HashMap::new() }
    }

    /// The actor of an event, while going through all events in order once more.
    pub fn follow(&mut self, event: &Event) -> Option<usize> {
        match &event.kind {
            Kind::Started { terminal, pid, .. } => Some(self.at(*terminal, *pid, *pid)),
            Kind::Line(line) => match line.source {
                Some(source) => Some(self.at(line.terminal, source.pid, source.tid)),
                None => self.program(line.terminal),
            },
            Kind::Traced { terminal, pid, tid, activity } => {
                let actor = self.at(*terminal, *pid, *tid);
                match activity {
                    events::Activity::NewProcess { child } => {
                        self.enter(*terminal, *child, *child, Role::Process, Some(actor));
                    }
                    events::Activity::NewThread { child } => {
                        self.enter(*terminal, *pid, *child, Role::Thread, Some(actor));
                    }
                    _ => {}
                }
                Some(actor)
            }
            Kind::Typed { terminal, .. } | Kind::Stopped { terminal, .. } => {
                self.program(*terminal)
            }
            _ => None,
        }
    }

    /// The one who has these numbers now.
    pub fn who(&self, pid: i32, tid: i32) -> Option<usize> {
        self.now.get(&(pid, tid)).copied()
    }

    /// The last one who had these numbers.
    pub fn last(&self, pid: i32, tid: i32) -> Option<&Actor> {
        self.all.iter().rev().find(|actor| (actor.pid, actor.tid) == (pid, tid))
    }

    /// The first process of a terminal's program.
    pub fn program(&self, terminal: usize) -> Option<usize> {
        self.all.iter().position(|actor| actor.terminal == terminal && actor.role == Role::Program)
    }

    fn at(&mut self, terminal: usize, pid: i32, tid: i32) -> usize {
        if let Some(actor) = self.who(pid, tid) {
            return actor;
        }
        let known = self.program(terminal).is_some_and(|actor| self.all[actor].pid != pid);
        let (role, parent) = match (known, pid == tid) {
            (_, false) => (Role::Thread, self.who(pid, pid)),
            (true, true) => (Role::Process, None),
            (false, true) => (Role::Program, None),
        };
        self.enter(terminal, pid, tid, role, parent)
    }

    /// Somebody new, or, on the second way through, the next one with these numbers.
    fn enter(
        &mut self,
        terminal: usize,
        pid: i32,
        tid: i32,
        role: Role,
        parent: Option<usize>,
    ) -> usize {
        let after = self.who(pid, tid).map_or(0, |actor| actor + 1);
        let same = |actor: &Actor| (actor.pid, actor.tid) == (pid, tid);
        let found = self.all[after..].iter().position(same).map(|index| after + index);
        let actor = found.unwrap_or_else(|| {
            let name = String::new();
            self.all.push(Actor {
                terminal,
                pid,
                tid,
                role,
                parent,
                name,
                shown: false,
                former: false,
            });
            self.all.len() - 1
        });
        self.now.insert((pid, tid), actor);
        actor
    }

    /// Gives everybody a name: the script's lane whose lines it printed, or a number.
    fn name(&mut self, scene: &Scene, printed: &HashMap<usize, Vec<&str>>) {
        let mut taken = vec![false; scene.lanes.len()];
        for index in 0..self.all.len() {
            let Actor { terminal, role, .. } = self.all[index];
            let terminal_name = scene.terminals.get(terminal).map(|one| one.name.as_str());
            if role == Role::Program {
                self.all[index].name = terminal_name.unwrap_or("程序").to_owned();
                continue;
            }
            let lane = printed.get(&index).and_then(|lines| {
                (0..scene.lanes.len()).find(|lane| {
                    !taken[*lane]
                        && scene.lanes[*lane].terminal == terminal
                        && fits(role, scene.lanes[*lane].mechanism)
                        && scene.lanes[*lane].name.is_some()
                        && lines.iter().all(|text| prints(scene, *lane, text))
                })
            });
            if let Some(lane) = lane {
                taken[lane] = true;
                self.all[index].name = scene.lanes[lane].name.clone().unwrap_or_default();
            }
        }
        self.number();
    }

    /// Numbers those whom no lane names; one who is alone needs no number.
    fn number(&mut self) {
        let nameless = |actor: &Actor| actor.name.is_empty();
        let like = |a: &Actor, b: &Actor| {
            a.terminal == b.terminal && a.role == b.role && a.former == b.former
        };
        let names: Vec<Option<String>> = (0..self.all.len())
            .map(|index| {
                let actor = &self.all[index];
                if !nameless(actor) {
                    return None;
                }
                let noun = if actor.role == Role::Thread { "线程" } else { "子进程" };
                let others = self.all.iter().filter(|one| nameless(one) && like(one, actor));
                if others.count() == 1 {
                    return Some(noun.to_owned());
                }
                let before = self.all[..index].iter();
                let number = before.filter(|one| nameless(one) && like(one, actor)).count() + 1;
                Some(format!("{noun} {number}"))
            })
            .collect();
        for (actor, name) in self.all.iter_mut().zip(names) {
            if let Some(name) = name {
                actor.name = name;
            }
        }
    }
}

fn fits(role: Role, mechanism: Option<Mechanism>) -> bool {
    match mechanism {
        Some(Mechanism::Process) => role == Role::Process,
        Some(Mechanism::Thread) => role == Role::Thread,
        None => true,
    }
}

/// Whether the script lets this lane print this line.
fn prints(scene: &Scene, lane: usize, text: &str) -> bool {
    scene.lines.iter().filter(|line| line.lane == lane).any(|line| match line.counter {
        None => line.pattern.matches_alone(text, None),
        Some(first) => {
            let last = first + line.times.end().saturating_sub(1);
            numbers(text)
                .any(|n| (first..=last).contains(&n) && line.pattern.matches_alone(text, Some(n)))
        }
    })
}

/// The numbers that stand in a text.
fn numbers(text: &str) -> impl Iterator<Item = u64> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok())
}
