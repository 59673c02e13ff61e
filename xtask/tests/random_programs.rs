//! Small random programs against a simulator, which tells for each who ends, who waits for ever, and what is printed when.
//!
//! A few in every test; more with `RANDOM_PROGRAMS=500 cargo test -p xtask --test random_programs`.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/simulator.rs"]
mod simulator;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use bank::performance::{Performance, example, program, xtask};
use simulator::{Outcome, Simulator, Step};

use course::script::Scene;
use events::{Clock, Exit, Kind};
use stage::Program;
use stage::observe::probe_tracing;

/// Only a hang that is not recognised takes so long.
const LIMIT: Duration = Duration::from_secs(300);
const IN_EVERY_TEST: u64 = 12;

/// Numbers that are the same each time (xorshift64).
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Dice {
        Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }
}

/// A random program.
struct Random {
    mode: &'static str,
    actors: Vec<Vec<Step>>,
}

impl Random {
    fn of(seed: u64) -> Random {
        let mut dice = Dice::of(seed);
        let mode = ["script-of-threads", "script-of-processes"][dice.below(2)];
        let others = 1 + dice.below(3);
        let actors = (0..=others).map(|one| {
            let steps = 1 + dice.below(5);
            (0..steps).map(|_| step(&mut dice, mode, one, others)).collect()
        });
        Random { mode, actors: actors.collect() }
    }

    /// As the example reads it.
    fn script(&self) -> String {
        let of_one =
            |steps: &Vec<Step>| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        self.actors.iter().map(of_one).collect::<Vec<_>>().join("/")
    }
}

fn step(dice: &mut Dice, mode: &str, one: usize, others: usize) -> Step {
    let of_threads = mode == "script-of-threads";
    match dice.below(10) {
        0 => Step::Print,
        1 | 2 => Step::Sleep(10 * (1 + dice.below(9) as u32)),
        // who never writes only hangs
        3..=5 => Step::Write(dice.below(3)),
        6 | 7 => Step::Read(dice.below(3)),
        8 if of_threads => Step::Lock(dice.below(3)),
        9 if of_threads && one > 0 => Step::Unlock(dice.below(3)),
        8 if one == 0 => Step::Kill(1 + dice.below(others)),
        9 if one == 0 => Step::Join(1 + dice.below(others)),
        _ => Step::Print,
    }
}

/// What it came to, in the simulator's words; or what must not be, whatever the program.
fn outcome(played: &bank::Played, clock: Clock) -> Result<Outcome, String> {
    let mut printed: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    let mut actors: BTreeMap<i32, usize> = BTreeMap::new();
    let mut hang = None;
    let mut beginning = None;
    for event in &played.events {
        match &event.kind {
            Kind::Line(line) => {
                let beginning = *beginning.get_or_insert(event.at);
                let moment = match clock {
                    Clock::Real => 0,
                    Clock::Virtual { .. } => (event.at - beginning).as_millis() as u32,
                };
                let actor = line.text.split(' ').next().and_then(|actor| actor.parse().ok());
                let actor = actor.ok_or(format!("printed: {}", line.text))?;
                actors.insert(line.source.unwrap().tid, actor);
                printed.entry(moment).or_default().insert(line.text.clone());
            }
            Kind::Stuck { waiting, .. } => {
                let who = |tid| actors.get(&tid).copied().ok_or("nobody knows who waits");
                let who = waiting.iter().map(|one| who(one.tid)).collect::<Result<_, _>>();
                hang = Some(who?);
            }
            Kind::Exited { exit: Exit::Code(0), .. } => {}
            Kind::Exited { exit, .. } if hang.is_none() => return Err(format!("{exit:?}")),
            Kind::OutOfTime { .. }
            | Kind::Computing { .. }
            | Kind::Untraceable { .. }
            | Kind::TooManyEvents { .. } => return Err(format!("{:?}", event.kind)),
            _ => {}
        }
    }
    if hang.is_none() && !played.explained.is_empty() {
        return Err(format!("said of a program that ends: {:?}", played.explained));
    }
    Ok(Outcome { printed, hang: hang.unwrap_or_default() })
}

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    agreed: u32,
    /// Of these, those of which somebody waits for ever, and those that can come to one thing only.
    hung: u32,
    certain: u32,
    /// Too much can happen.
    left_out: u32,
    wrong: Vec<String>,
}

/// Plays a program, and compares.
fn compare(
    random: &Random,
    clock: Clock,
    programs: &BTreeMap<String, Program>,
    counts: &Mutex<Counts>,
) {
    let timed = clock != Clock::Real;
    let Some(foretold) = Simulator::outcomes(&random.actors, timed) else {
        counts.lock().unwrap().left_out += 1;
        return;
    };
    let script = random.script();
    let started = [("lesson-x".to_owned(), vec![random.mode.to_owned(), script.clone()])];
    let scene = Scene::of_programs("随机", &started, None, LIMIT);
    let performance = Performance::of_scene(scene).with(programs.clone());
    let performance = performance.in_folder(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let played = performance.traced(Some(clock)).play().unwrap();
    let came = outcome(&played, clock);
    let mut counts = counts.lock().unwrap();
    match came {
        Ok(came) if foretold.contains(&came) => {
            counts.agreed += 1;
            counts.hung += u32::from(!came.hang.is_empty());
            counts.certain += u32::from(foretold.len() == 1);
        }
        came => counts
            .wrong
            .push(format!("{} {script} {clock:?}: {came:#?}, foretold {foretold:#?}", random.mode)),
    }
}

/// What is printed when, in milliseconds, and who hangs.
type Flat = (Vec<(u32, Vec<String>)>, Vec<usize>);

/// What the simulator foretells of a program.
fn foretold(actors: &[&[Step]]) -> Vec<Flat> {
    let actors: Vec<Vec<Step>> = actors.iter().map(|steps| steps.to_vec()).collect();
    let outcomes = Simulator::outcomes(&actors, true).unwrap().into_iter();
    let flat = outcomes.map(|Outcome { printed, hang }| {
        let printed = printed.into_iter().map(|(at, lines)| (at, lines.into_iter().collect()));
        (printed.collect(), hang.into_iter().collect())
    });
    flat.collect()
}

#[test]
fn the_simulator_knows_when_and_who() {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        foretold(&[&[Step::Read(0)], &[Step::Sleep(20), Step::Write(0)]]),
        [(vec![(0, lines(&["0 begins", "1 begins"])), (20, lines(&["0 ends", "1 ends"]))], vec![])]
    );
    assert_eq!(
        foretold(&[&[Step::Sleep(10)], &[Step::Read(0)]]),
        [(vec![(0, lines(&["0 begins", "1 begins"])), (10, lines(&["0 ends"]))], vec![0, 1])]
    );
}

#[test]
fn the_simulator_tries_every_order() {
    // they take two locks in opposite order: all end, or nobody
    let crosswise: [&[Step]; 3] =
        [&[], &[Step::Lock(0), Step::Lock(1)], &[Step::Lock(1), Step::Lock(0)]];
    let hang: BTreeSet<_> = foretold(&crosswise).into_iter().map(|(_, hang)| hang).collect();
    assert_eq!(hang, [vec![], vec![0, 1, 2]].into());
    // who is killed may have said something before
    let killed = foretold(&[&[Step::Kill(1)], &[Step::Read(0)]]);
    let said = killed.iter().map(|(printed, _)| printed[0].1.len()).collect::<BTreeSet<_>>();
    assert_eq!(said, [2, 3].into());
    assert!(killed.iter().all(|(_, hang)| hang.is_empty()));
}

#[test]
fn they_end_or_hang_and_print_as_a_simulator_foretells() {
    if let Err(why) = probe_tracing(xtask()) {
        eprintln!("not tested: {why}");
        return;
    }
    let count = env::var("RANDOM_PROGRAMS").ok().and_then(|count| count.parse().ok());
    let programs = BTreeMap::from([("lesson-x".to_owned(), program(example("standstill")))]);
    let seeds = Mutex::new(0..count.unwrap_or(IN_EVERY_TEST));
    let counts = Mutex::new(Counts::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(seed) = seeds.lock().unwrap().next() else { break };
                    let random = Random::of(seed);
                    for clock in [Clock::Real, Clock::Virtual { seed }] {
                        compare(&random, clock, &programs, &counts);
                    }
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap();
    let Counts { agreed, hung, certain, left_out, wrong } = counts;
    println!("{agreed} agreed ({hung} hung, {certain} certain), {left_out} left out");
    assert!(wrong.is_empty(), "{} did not agree\n{}", wrong.len(), wrong.join("\n"));
    // neither all of them end nor all hang
    assert!(0 < hung && hung < agreed);
}
