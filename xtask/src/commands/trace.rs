//! `cargo xtask trace`: plays a scene and draws what its programs really did.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::Theatre;
use crate::catalog::{Catalog, Part, UsageError};
use crate::cli::{DrawingOptions, StageOptions};
use crate::draw::{self, Names, Picture, Sources};
use crate::observe::Kind;
use crate::play;

/// Cells of a line when nothing else is asked for.
const WIDTH: u16 = 100;

/// Plays the chosen scenes of `target` and draws each.
pub fn run(
    catalog: &Catalog,
    target: &str,
    drawing: &DrawingOptions,
    stage: StageOptions,
) -> Result<ExitCode> {
    let parts = catalog.select(catalog.parts()?, &[target.to_owned()])?;
    let parts = choose(parts, drawing)?;
    let theatre = Theatre::open(catalog, &parts, stage)?;
    play::catch_interrupts()?;
    for part in &parts {
        let (scene, events) = play::play(&theatre.xtask, theatre.assign(part)?, |_| {})?;
        if play::interrupted() {
            return Ok(ExitCode::from(130));
        }
        if let Some(why) = events.iter().find_map(|event| match &event.kind {
            Kind::Untraceable { why } => Some(why),
            _ => None,
        }) {
            bail!("看不到程序的系统调用，画不出来：{why}");
        }
        if !events.iter().any(|event| matches!(event.kind, Kind::Traced { .. })) {
            bail!("看不到程序的系统调用，画不出来：cargo xtask doctor 说这台机器能提供什么");
        }
        let names = if drawing.real_names { Names::Real } else { Names::Stable };
        let story = draw::tell(&scene, &events, &sources(catalog, part), names);
        let picture = match (drawing.timeline, drawing.lanes) {
            (true, _) => Picture::Timeline,
            (_, true) => Picture::Lanes,
            _ => Picture::of(&story),
        };
        match &drawing.svg {
            Some(path) => fs::write(path, draw::svg(&story, picture))
                .with_context(|| format!("写不了 {}", path.display()))?,
            None => {
                let width = drawing.width.unwrap_or(WIDTH).into();
                writeln!(anstream::stdout(), "{}", draw::text(&story, picture, width))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The scenes to draw: the named one, or all that `run` would play.
fn choose(mut parts: Vec<Part>, drawing: &DrawingOptions) -> Result<Vec<Part>, UsageError> {
    let titles = |parts: &[Part]| -> String {
        let titles: Vec<String> =
            parts.iter().map(|part| format!("「{}」", part.scene.title)).collect();
        titles.join("、")
    };
    if let Some(name) = &drawing.scene {
        let all = titles(&parts);
        // the whole name is surer than a part of it
        let exact = parts.iter().any(|part| part.scene.title == *name);
        parts.retain(|part| match exact {
            true => part.scene.title == *name,
            false => part.scene.title.contains(name.as_str()),
        });
        if parts.is_empty() {
            return Err(UsageError(format!("没有「{name}」这个场景，有的是{all}")));
        }
    } else if parts.iter().any(|part| !part.scene.check_only) {
        parts.retain(|part| !part.scene.check_only);
    }
    if drawing.svg.is_some() && parts.len() > 1 {
        let all = titles(&parts);
        return Err(UsageError(format!("一个文件只画一个场景，用 --scene 选一个：{all}")));
    }
    Ok(parts)
}

/// The `main.rs` of the scene's programs.
fn sources(catalog: &Catalog, part: &Part) -> Sources {
    let wanted = |name: &str| part.scene.packages().any(|package| package == name);
    let packages = catalog.packages().filter(|package| wanted(&package.name));
    packages
        .filter_map(|package| {
            let source = fs::read_to_string(package.folder.join("src/main.rs")).ok()?;
            Some((package.name.clone(), source))
        })
        .collect()
}
