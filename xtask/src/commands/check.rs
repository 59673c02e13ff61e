//! `cargo xtask check`: plays scenes in parallel and judges them.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use course::catalog::{Catalog, Part};
use diagnose::diagnose;
use events::{Clock, Event, Kind};
use judge::judge;
use stage::{Assignment, Detail, interrupt, play};

use crate::cli::{Format, StageOptions, TraceOptions};
use crate::report::{Machine, Performance, Progress, human, json, junit};
use stage;

use super::Theatre;

/// Scenes at once, when the command line says nothing. Most of their time is sleep, not work.
pub const JOBS: u16 = 8;

/// Checks the scenes of `targets`.
pub fn run(
    catalog: &Catalog,
    targets: &[String],
    jobs: Option<u16>,
    format: Format,
    options: StageOptions,
    trace: TraceOptions,
) -> Result<ExitCode> {
    let parts = catalog.select(catalog.parts()?, targets)?;
    let theatre = Theatre::open(catalog, &parts, options)?;
    interrupt::catch_interrupts()?;
    if theatre.slowness > 1.5 {
        eprintln!("机器正忙（慢了 {:.1} 倍），时限相应放宽", theatre.slowness);
    }
    // time starts here: after the build
    let began = Instant::now();
    let outcomes = play_all(&theatre, &parts, jobs.unwrap_or(JOBS).into(), trace)?;
    if interrupt::interrupted() {
        eprintln!("已中断：所有场景都已结束");
        return Ok(ExitCode::from(130));
    }
    let failed = outcomes.iter().any(Performance::failed);
    let time = began.elapsed();
    let untraced = Err("命令行里写了 --no-trace".to_owned());
    let tracing = if trace.no_trace { &untraced } else { &theatre.tracing };
    let machine = Machine { own_network: &theatre.own_network, tracing };
    let mut out = anstream::stdout().lock();
    match format {
        Format::Human => human::report(&mut out, catalog, &parts, &outcomes, machine, time)?,
        Format::Json => json::report(&mut out, catalog, &parts, &outcomes, machine, time)?,
        Format::Junit => junit::report(&mut out, catalog, &parts, &outcomes, time)?,
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Plays every scene, `jobs` at a time; the outcomes are in the order of `parts`.
pub fn play_all(
    theatre: &Theatre,
    parts: &[Part],
    jobs: usize,
    trace: TraceOptions,
) -> Result<Vec<Performance>> {
    // the longest first: they decide when everything is done
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(parts[*index].scene.limit));
    let next = AtomicUsize::new(0);
    let outcomes: Vec<Mutex<Option<Performance>>> =
        parts.iter().map(|_| Mutex::new(None)).collect();
    let progress = Progress::new(parts.len());
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(parts.len()) {
            scope.spawn(|| {
                while !interrupt::interrupted()
                    && let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let part = &parts[*index];
                    progress.begin(part);
                    let outcome = play_one(theatre, part, trace);
                    progress.end(part, &outcome);
                    if let Ok(mut place) = outcomes[*index].lock() {
                        *place = Some(outcome);
                    }
                }
            });
        }
    });
    let taken = outcomes.into_iter().filter_map(|place| place.into_inner().ok().flatten());
    let mut outcomes: Vec<Performance> = taken.collect();
    // out of time among others, or a fault of the machine, is not yet wrong: once more, alone
    if jobs > 1 && parts.len() > 1 {
        for (part, outcome) in parts.iter().zip(&mut outcomes) {
            let again = ran_out_of_time(outcome) || outcome.fault.is_some();
            if again && !interrupt::interrupted() {
                progress.begin(part);
                *outcome = Performance { replayed: true, ..play_one(theatre, part, trace) };
                progress.end(part, outcome);
            }
        }
    }
    progress.clear();
    Ok(outcomes)
}

fn ran_out_of_time(outcome: &Performance) -> bool {
    outcome.events.iter().any(|event| matches!(event.kind, Kind::OutOfTime { .. }))
}

/// The orders in which a scene is played, besides the plainest, if there are others.
const SEEDS: [u64; 2] = [1, 2];

/// Plays a scene: traced where that can be, and in several orders if there are several. The first failure counts.
fn play_one(theatre: &Theatre, part: &Part, trace: TraceOptions) -> Performance {
    if let Some(why) = theatre.lacks(&part.scene) {
        return Performance::not_played(part.scene.clone(), why);
    }
    if trace.no_trace || theatre.tracing.is_err() {
        return play_observed(theatre, part, None);
    }
    let seed = trace.seed.unwrap_or(0);
    let clock = if part.scene.real_time { Clock::Real } else { Clock::Virtual { seed } };
    let mut outcome = play_observed(theatre, part, Some(clock));
    while let Some((why, real_time)) = untraceable(&outcome) {
        // once more, with what can be done; why not more is told
        let clock = (real_time && outcome.clock() != Some(Clock::Real)).then_some(Clock::Real);
        outcome = play_observed(theatre, part, clock);
        if clock.is_none() {
            outcome.events.insert(0, why);
            return outcome;
        }
    }
    if outcome.clock() == Some(Clock::Real) {
        return outcome;
    }
    if trace.seed.is_none() && has_other_orders(&outcome) {
        for seed in SEEDS {
            if outcome.failed() || interrupt::interrupted() {
                break;
            }
            let other = play_observed(theatre, part, Some(Clock::Virtual { seed }));
            let time = outcome.time + other.time;
            if other.failed() {
                outcome = other;
            }
            outcome.time = time;
        }
    }
    outcome
}

/// Says why the programs could not be traced, and whether they can be in real time.
fn untraceable(outcome: &Performance) -> Option<(Event, bool)> {
    outcome.events.iter().find_map(|event| match event.kind {
        Kind::Untraceable { real_time, .. } => Some((event.clone(), real_time)),
        _ => None,
    })
}

/// Somebody else could have come first, at some moment of it.
fn has_other_orders(outcome: &Performance) -> bool {
    outcome.events.iter().any(|event| matches!(event.kind, Kind::Choices(1..)))
}

/// Plays a scene once.
fn play_observed(theatre: &Theatre, part: &Part, trace: Option<Clock>) -> Performance {
    let began = Instant::now();
    let played = theatre.assign(&part.scene, trace).and_then(|assignment| {
        let assignment = Assignment { detail: Detail::Verdict, ..assignment };
        let folder = assignment.folder.clone();
        let played = play::play(&theatre.xtask, assignment, |_| {});
        // what cannot be removed now is removed with all folders at the end, or by the next run
        let _ = stage::remove(&folder);
        played
    });
    let time: Duration = began.elapsed();
    match played {
        Ok((scene, events)) => {
            let verdict = judge(&scene, &events);
            let causes = diagnose(&scene, &events, &verdict);
            let (replayed, fault, not_played) = (false, None, None);
            Performance { scene, events, verdict, causes, time, replayed, fault, not_played }
        }
        Err(fault) => Performance {
            scene: part.scene.clone(),
            events: Vec::new(),
            verdict: Default::default(),
            causes: Vec::new(),
            time,
            replayed: false,
            fault: Some(format!("{fault:#}")),
            not_played: None,
        },
    }
}
