//! `cargo xtask pictures`: draws a picture of every script's first scene for the notes, the same on every run.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use course::catalog::{Catalog, Part};
use draw::{Names, Picture};
use events::Clock;
use stage::{interrupt, play};

use crate::cli::StageOptions;
use crate::perform::Theatre;

use super::trace;

/// Where the pictures are, below the workspace.
pub const FOLDER: &str = "docs/pictures";

/// Draws them all; with `check`, only compares.
pub fn run(catalog: &Catalog, check: bool) -> Result<ExitCode> {
    let mut parts = catalog.playbill(&[])?.sound()?;
    // the first scene that `run` would play stands for its script
    parts.retain(|part| !part.scene.check_only);
    parts.dedup_by(|later, first| later.script == first.script);
    let theatre =
        Theatre::open(catalog, &parts, StageOptions { shared_network: false })?.complete()?;
    interrupt::catch_interrupts()?;
    let folder = catalog.root.join(FOLDER);
    let mut stale = Vec::new();
    for part in &parts {
        let drawn = draw_one(catalog, &theatre, part)?;
        if interrupt::interrupted() {
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        let file = folder.join(file_name(part));
        if fs::read_to_string(&file).is_ok_and(|kept| kept == drawn) {
            continue;
        }
        stale.push(file_name(part));
        if !check {
            fs::create_dir_all(&folder).with_context(|| format!("建不了 {}", folder.display()))?;
            fs::write(&file, drawn).with_context(|| format!("写不了 {}", file.display()))?;
        }
    }
    let (all, some) = (parts.len(), stale.join("、"));
    let said = match (stale.is_empty(), check) {
        (true, _) => format!("{all} 张图都和画出来的一样"),
        (false, false) => format!("共 {all} 张图，重画了 {}：{some}", stale.len()),
        (false, true) => {
            format!("{FOLDER} 里的图和画出来的不一样：{some}。看过之后用 cargo xtask pictures 重画")
        }
    };
    writeln!(anstream::stdout(), "{said}")?;
    Ok(if check && !stale.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn draw_one(catalog: &Catalog, theatre: &Theatre, part: &Part) -> Result<String> {
    let assignment = theatre.assign(&part.scene, Some(Clock::Virtual { seed: 0 }))?;
    let (scene, events) = play::play(&theatre.xtask, assignment, |_| {})?;
    let story = trace::story(&scene, &events, &trace::sources(catalog, part), Names::Stable)?;
    Ok(draw::svg(&story, Picture::of(&story), &[]))
}

/// Named like the folder of the script.
fn file_name(part: &Part) -> String {
    let folder = part.script.parent().and_then(Path::file_name).unwrap_or_default();
    format!("{}.svg", folder.to_string_lossy())
}
