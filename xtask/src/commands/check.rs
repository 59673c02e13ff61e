//! `cargo xtask check`: plays scenes in parallel and judges them.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;

use course::catalog::{Catalog, Part, Playbill, Trouble};
use course::script::Scene;
use stage::interrupt;

use crate::cli::{Format, StageOptions, TraceOptions};
use crate::perform::{Fault, JOBS, Performance, Theatre, play_all};
use crate::report::{Machine, Progress, human, json, junit};

/// Checks the scenes of `targets`.
pub fn run(
    catalog: &Catalog,
    targets: &[String],
    jobs: Option<u16>,
    (format, all): (Format, bool),
    options: StageOptions,
    trace: TraceOptions,
) -> Result<ExitCode> {
    let Playbill { parts, troubles } = catalog.playbill(targets)?;
    let theatre = Theatre::open(catalog, &parts, options)?;
    interrupt::catch_interrupts()?;
    let slowness = theatre.slowness();
    if slowness > 1.5 {
        eprintln!("机器正忙（慢了 {slowness:.1} 倍），真实的时间相应放宽");
    }
    // time starts here: after the build
    let began = Instant::now();
    let progress = Progress::new(parts.len());
    let performances = play_all(&theatre, &parts, jobs.unwrap_or(JOBS).into(), trace, &progress);
    progress.clear();
    if interrupt::interrupted() {
        eprintln!("已中断：所有场景都已结束");
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    let (parts, performances) = with_troubles(parts, performances, troubles);
    let failed = performances.iter().any(Performance::failed);
    let time = began.elapsed();
    let untraced = Err("命令行里写了 --no-trace".to_owned());
    let tracing = if trace.no_trace { &untraced } else { &theatre.tracing };
    let machine = Machine { own_network: &theatre.own_network, tracing };
    let mut out = anstream::stdout().lock();
    match format {
        Format::Human => {
            human::report(&mut out, catalog, (&parts, &performances), machine, time, all)?
        }
        Format::Json => json::report(&mut out, catalog, &parts, &performances, machine, time)?,
        Format::Junit => junit::report(&mut out, catalog, &parts, &performances, time)?,
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// With a part for everything that keeps others from being played, at its lesson: it fails with the reason.
fn with_troubles(
    parts: Vec<Part>,
    performances: Vec<Performance>,
    troubles: Vec<Trouble>,
) -> (Vec<Part>, Vec<Performance>) {
    let troubled = troubles.into_iter().map(|trouble| {
        let Trouble { lesson, title, path, line, reason, .. } = trouble;
        let scene = Scene { title: title.to_owned(), line, ..Scene::default() };
        let (source, script) = (Arc::default(), path);
        let part = Part { lesson, exercise: None, script, source, scene: scene.clone() };
        (part, Performance::faulty(scene, Fault::Trouble(reason)))
    });
    let mut all: Vec<(Part, Performance)> =
        troubled.chain(parts.into_iter().zip(performances)).collect();
    all.sort_by(|(one, _), (other, _)| one.lesson.cmp(&other.lesson));
    all.into_iter().unzip()
}
