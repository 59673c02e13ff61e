//! Healthy programs of strangers: none is called stuck, nothing is said against them, and they print and end as they do
//! alone. `strangers/healthy/commands.txt` says which, and how all of them are tried.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use nix::unistd::geteuid;

use bank::performance::{self, Performance, program, xtask};
use strangers::Built;

use course::script::Scene;
use events::{Clock, Exit, Kind, Stream};
use stage::observe::probe_tracing;

/// A line of `commands.txt`.
struct Healthy {
    line: &'static str,
    /// Of all programs, in their order.
    printed: Option<String>,
    /// The first program stays, and what it writes is its own affair.
    stays: bool,
    costly: bool,
}

/// Programs that not every system has.
const TOOLS: [&str; 11] = [
    "python3",
    "curl",
    "nc",
    "socat",
    "redis-server",
    "redis-cli",
    "nginx",
    "node",
    "java",
    "git",
    "make",
];
/// Programs that, started by root, give that up for another user: in a network of their own there is none
/// (`docs/reading-a-trace.md`), so they end at once, as they say. Tried by everybody else.
const GIVE_UP_ROOT: [&str; 1] = ["nginx"];
/// So long may one take until it is cut: only one that is wrongly waited for does.
const LIMIT: Duration = Duration::from_secs(300);

impl Healthy {
    fn all() -> Vec<Healthy> {
        let list = include_str!("../strangers/healthy/commands.txt");
        list.lines().filter(|line| !line.starts_with('#')).map(Healthy::of).collect()
    }

    fn of(line: &'static str) -> Healthy {
        let (line, about) = line.split_once('\t').unwrap();
        let costly = about.starts_with("costly: ");
        let about = about.trim_start_matches("costly: ");
        let stays = about.starts_with("stays: ");
        let file = about.trim_start_matches("stays: ");
        let read = || fs::read_to_string(strangers::folder().join("healthy").join(file)).unwrap();
        Healthy { line, printed: (file != "-").then(read), stays, costly }
    }

    /// Why it cannot be tried here: a tool of it is not installed, or it gives up root.
    fn lacks(&self) -> Option<String> {
        let words: Vec<&str> = self.line.split([' ', '\'', '"', '|', '(']).collect();
        let gives_up_root = GIVE_UP_ROOT.into_iter().find(|tool| words.contains(tool));
        match gives_up_root.filter(|_| geteuid().is_root()) {
            Some(tool) => Some(format!("{tool} as root wants a second user")),
            None => {
                let absent = |tool: &&str| words.contains(tool) && found(tool).is_none();
                TOOLS.into_iter().find(absent).map(|tool| format!("there is no {tool}"))
            }
        }
    }

    /// Its programs with their arguments, as a shell splits them.
    fn commands(&self) -> Vec<Vec<String>> {
        let script = format!("printf '%s\\0' {}", self.line);
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        let words: Vec<String> = words.trim_end_matches('\0').split('\0').map(Into::into).collect();
        words.split(|word| word == ",").map(<[String]>::to_vec).collect()
    }

    /// What is wrong with how it went on this clock.
    fn wrong(&self, clock: Clock, built: &Built) -> Option<String> {
        let mut programs = BTreeMap::new();
        let mut started = Vec::new();
        for (index, command) in self.commands().into_iter().enumerate() {
            let path = match command[0].strip_prefix("target/strangers/") {
                Some(name) => built.path("healthy", name),
                None => found(&command[0]).unwrap(),
            };
            let name = format!("{index}");
            programs.insert(name.clone(), program(path));
            started.push((name, command[1..].to_vec()));
        }
        let scene = Scene::of_programs(self.line, &started, None, LIMIT);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let performance = Performance::of_scene(scene).with(programs).in_folder(&root);
        let played = performance.traced(Some(clock)).play().unwrap();
        let bad = played.events.iter().find(|event| match &event.kind {
            // it asks for a clock that only the kernel has
            Kind::Untraceable { real_time, .. } => !real_time || clock == Clock::Real,
            Kind::Exited { exit, .. } => *exit != Exit::Code(0),
            Kind::CannotStart { .. }
            | Kind::OutOfTime { .. }
            | Kind::TooMuchOutput { .. }
            | Kind::Excess(_)
            | Kind::Stuck { .. }
            | Kind::Computing { .. } => true,
            _ => false,
        });
        let given_up = played.events.iter().find(|event| {
            matches!(event.kind, Kind::Untraceable { .. } | Kind::TooManyEvents { .. })
        });
        if let (None, Some(given_up)) = (bad, given_up) {
            eprintln!("not to its end: {} {clock:?}: {:?}", self.line, given_up.kind);
            return None;
        }
        let said = &played.explained;
        let printed = printed(&played, started.len(), self.stays);
        // of one that does very much not everything is told
        let whole = !played.events.iter().any(|event| matches!(event.kind, Kind::Untold { .. }));
        let differs = whole && self.printed.as_ref().is_some_and(|alone| *alone != printed);
        let is_right = bad.is_none() && said.is_empty() && !differs;
        (!is_right).then(|| format!("{} {clock:?}: {bad:?} {said:#?}\n{printed}", self.line))
    }
}

/// What the programs printed, one after the other.
fn printed(played: &bank::Played, programs: usize, first_stays: bool) -> String {
    let mut texts = vec![String::new(); programs];
    for event in &played.events {
        let Kind::Line(line) = &event.kind else { continue };
        if line.stream == Stream::Out && !(first_stays && line.terminal == 0) {
            for _ in 0..line.count {
                texts[line.terminal] += &line.text;
                texts[line.terminal] += if line.whole { "\n" } else { "" };
            }
        }
    }
    texts.concat()
}

/// Where a program is that is started by its name.
fn found(name: &str) -> Option<PathBuf> {
    if name == "python3" {
        return bank::python();
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// What most of them do all the time is sleep: in every test on a clock on which that costs nothing.
#[test]
fn healthy_programs_are_left_in_peace_and_do_what_they_do_alone() {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let all = env::var_os("HEALTHY").is_some_and(|which| which == "all");
    let clocks = match all {
        true => &[Clock::Virtual { seed: 0 }, Clock::Real][..],
        false => &[Clock::Virtual { seed: 0 }],
    };
    let built = strangers::build(["healthy"]);
    let chosen = Healthy::all().into_iter().filter(|healthy| all || !healthy.costly);
    let chosen = Mutex::new(chosen.collect::<Vec<_>>().into_iter());
    let wrongs = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(healthy) = chosen.lock().unwrap().next() else { break };
                    if let Some(why) = healthy.lacks() {
                        eprintln!("left out, {why}: {}", healthy.line);
                        continue;
                    }
                    for clock in clocks {
                        let wrong = healthy.wrong(*clock, &built);
                        wrongs.lock().unwrap().extend(wrong);
                    }
                }
            });
        }
    });
    let wrongs = wrongs.into_inner().unwrap();
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}
