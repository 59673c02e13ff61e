//! `cargo xtask run`: plays lessons live, in real time.

use std::process::ExitCode;

use anyhow::Result;

use course::catalog::{Catalog, Playbill};
use diagnose::diagnose;
use judge::judge;
use stage::{interrupt, play};

use crate::cli::StageOptions;
use crate::perform::Theatre;
use crate::report::{Live, live};

/// Plays the scenes of `targets` one after the other, except those that are there for checking only.
pub fn run(catalog: &Catalog, targets: &[String], options: StageOptions) -> Result<ExitCode> {
    let Playbill { mut parts, troubles } = catalog.playbill(targets)?;
    // a lesson that has nothing else still shows something
    if parts.iter().any(|part| !part.scene.check_only) {
        parts.retain(|part| !part.scene.check_only);
    }
    let theatre = Theatre::open(catalog, &parts, options)?;
    interrupt::catch_interrupts()?;
    let mut failed = !troubles.is_empty();
    for trouble in troubles {
        live::trouble(&trouble)?;
    }
    for part in &parts {
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
        let assignment = theatre.assign(&part.scene, None)?;
        let mut broken = Ok(());
        let (scene, events) = play::play(&theatre.xtask, assignment, |event| {
            if broken.is_ok() {
                broken = live.event(event);
            }
        })?;
        broken?;
        if interrupt::interrupted() {
            live.interrupted()?;
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        let verdict = judge(&scene, &events);
        failed |= !verdict.passed();
        let causes = diagnose(&scene, &events, &verdict);
        live.end(part, &events, &verdict, &causes)?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
