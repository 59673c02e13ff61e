//! One file per command.

mod bench;
mod bless;
mod book;
mod check;
mod doctor;
mod explain;
mod film;
mod grade;
mod list;
mod new;
mod notes;
mod pictures;
mod practice;
mod run;
mod scenes;
mod trace;
mod trace_any;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use ::book::preprocess;
use course::catalog::Catalog;

use crate::cli::Command;

/// Carries out a command.
///
/// # Errors
/// Whatever keeps it from being carried out; a failed scene is not an error but an exit code.
pub fn run(command: Command, root: &Path) -> Result<ExitCode> {
    let catalog = Catalog::load(root)?;
    match command {
        Command::List => list::run(&catalog),
        Command::Run { targets, scene, step, stage } => {
            run::run(&catalog, &targets, scene.as_deref(), step, stage)
        }
        Command::Check { targets, jobs, format, all, stage, trace } => {
            check::run(&catalog, &targets, jobs, (format, all), stage, trace)
        }
        Command::Practice(options) => practice::run(&catalog, &options),
        Command::Grade(options) => grade::run(&catalog, &options),
        Command::New { what } => new::run(&catalog, &what),
        Command::Explain { code } => explain::run(&catalog, code.as_deref()),
        Command::Bless { targets, dry_run, stage } => {
            bless::run(&catalog, &targets, dry_run, stage)
        }
        Command::Trace { targets, drawing, stage, .. } if !targets.is_empty() => {
            trace::run(&catalog, &targets, &drawing, stage)
        }
        Command::Trace { command, input, drawing, stage, .. } => {
            trace_any::run(&catalog, &command, input.as_deref(), &drawing, stage)
        }
        Command::Pictures { check } => pictures::run(&catalog, check),
        Command::Notes { check } => notes::run(&catalog, check),
        Command::Doctor => doctor::run(),
        Command::Bench(options) => bench::run(&catalog, &options),
        Command::Book { open, serve } => book::run(&catalog, open, serve),
        Command::Preprocess { args } => preprocess::run(root, &args),
    }
}
