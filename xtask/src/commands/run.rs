//! `cargo xtask run`: plays lessons live, in real time.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};

use course::catalog::{Catalog, Playbill};
use course::script::{Action, Scene};
use diagnose::diagnose;
use events::{Clock, Event};
use judge::judge;
use limits::STEP_BY_STEP;
use stage::{Assignment, Detail, interrupt, keys, play};

use crate::cli::StageOptions;
use crate::perform::Theatre;
use crate::report::{Live, Silence, live};

use super::scenes;

/// Plays scenes of `targets` one after the other: those that are called `scene`, or those that are not there for checking
/// only. `step`: every direction that does something waits for Enter.
pub fn run(
    catalog: &Catalog,
    targets: &[String],
    scene: Option<&str>,
    step: bool,
    options: StageOptions,
) -> Result<ExitCode> {
    let Playbill { parts, troubles } = catalog.playbill(targets)?;
    let choice = scenes::choose(parts, scene)?;
    let theatre = Theatre::open(catalog, &choice.shown, options)?;
    interrupt::catch_interrupts()?;
    let mut failed = !troubles.is_empty();
    for trouble in troubles {
        live::trouble(&trouble)?;
    }
    for part in &choice.shown {
        let mut live = Live::new(&part.scene);
        live.begin(part)?;
        if let Some(why) = theatre.unbuilt(&part.scene) {
            failed = true;
            live.not_played(why)?;
            continue;
        }
        if let Some(why) = theatre.lacks(&part.scene) {
            live.not_played(&why)?;
            continue;
        }
        // what the helper inherits lives until it has been started
        let keys = step.then(keys::inheritable).transpose().context("标准输入不能用")?;
        let assignment = Assignment {
            keys: keys.as_ref().map(AsRawFd::as_raw_fd),
            detail: Detail::Verdict,
            ..theatre.assign(&part.scene, clock(&theatre, &part.scene, step))?
        };
        let assignment = if step { with_time(assignment, STEP_BY_STEP) } else { assignment };
        // played step by step, it waits for whoever presses the keys
        let limit = assignment.scene.limit.mul_f64(assignment.patience.max(1.0));
        let silence = (!step).then(|| Silence::new(part, limit));
        let (scene, events) = play_live(&theatre, assignment, &mut live, silence.as_ref())?;
        if interrupt::interrupted() {
            live.interrupted()?;
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        let verdict = judge(&scene, &events);
        failed |= !verdict.passed();
        let causes = diagnose(&scene, &events, &verdict);
        live.end(part, &events, &verdict, &causes)?;
    }
    for line in choice.left_out("run") {
        writeln!(anstream::stdout(), "{line}")?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Plays a scene while it is shown; `silence` says what is waited for when nothing shows for long.
fn play_live(
    theatre: &Theatre,
    assignment: Assignment,
    live: &mut Live,
    silence: Option<&Silence>,
) -> Result<(Scene, Vec<Event>)> {
    let plays = || {
        let mut broken = Ok(());
        let played = play::play(&theatre.xtask, assignment, |events| {
            let Some(event) = events.last() else { return };
            silence.inspect(|silence| silence.saw(event));
            if broken.is_ok() {
                broken = live.event(event);
            }
        });
        broken?;
        played
    };
    match silence {
        Some(silence) => silence.during(plays),
        None => plays(),
    }
}

/// On which clock the programs are traced; `None`: their lines alone are read. Only a trace knows which process or thread
/// printed a line; where the script does not ask for that, the programs are left alone.
fn clock(theatre: &Theatre, scene: &Scene, step: bool) -> Option<Clock> {
    let concurrent = scene.lanes.iter().any(|lane| lane.mechanism.is_some());
    // programs that wait while somebody thinks are not stuck: between two steps nobody watches them
    let starts = |direction: &&course::script::Direction| {
        matches!(direction.action, Action::Start { .. } | Action::Type(_) | Action::Stop(_))
    };
    let many = scene.directions.iter().filter(starts).count() > 1;
    (concurrent && theatre.tracing.is_ok() && !(step && many)).then_some(Clock::Real)
}

/// The same with another time limit.
fn with_time(mut assignment: Assignment, limit: Duration) -> Assignment {
    assignment.scene.limit = limit;
    assignment
}
