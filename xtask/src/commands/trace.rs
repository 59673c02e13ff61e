//! `cargo xtask trace`: plays a scene and draws what its programs really did.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Theatre;
use crate::catalog::{Catalog, Part, UsageError};
use crate::cli::{DrawingOptions, StageOptions};
use crate::draw::{self, Names, Picture, Sources, Story};
use crate::observe::{Clock, Event, Kind};
use crate::play;
use crate::script::Scene;
use crate::stage::Program;

/// Cells of a line when nothing else is asked for.
const WIDTH: u16 = 100;
/// Any programs may take so long, then they are ended.
const LIMIT: Duration = Duration::from_secs(60);

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
        let assignment = theatre.assign(&part.scene, Some(clock(drawing)))?;
        let played = play::play(&theatre.xtask, assignment, |_| {})?;
        if play::interrupted() {
            return Ok(ExitCode::from(130));
        }
        draw(&played, &sources(catalog, part), drawing, names(drawing))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays any programs: `command` holds several, with commas between them.
pub fn run_any(
    catalog: &Catalog,
    command: &[String],
    drawing: &DrawingOptions,
    stage: StageOptions,
) -> Result<ExitCode> {
    let mut programs = BTreeMap::new();
    let mut started = Vec::new();
    for words in command.split(|word| word == ",") {
        let Some((program, args)) = words.split_first() else {
            return Err(UsageError("逗号的两边都要有命令".to_owned()).into());
        };
        let path = which(program)?;
        let short = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // a script is called by its name, not by that of its interpreter
        let script = args.iter().find(|arg| !arg.starts_with('-')).map(Path::new);
        let script = script.filter(|path| path.is_file()).and_then(|path| path.file_stem());
        let name = script.map_or(short, |stem| stem.to_string_lossy().into_owned());
        let same =
            started.iter().filter(|(other, _): &&(String, _)| other.starts_with(&name)).count();
        let name = if same == 0 { name } else { format!("{name} {}", same + 1) };
        programs.insert(name.clone(), Program { path, address: None });
        started.push((name, args.to_vec()));
    }
    let theatre = Theatre::open(catalog, &[], stage)?;
    play::catch_interrupts()?;
    let scene = Scene::of_programs(&started, LIMIT);
    let mut assignment = theatre.assign(&scene, Some(clock(drawing)))?;
    assignment.programs = programs;
    assignment.directory = Some(std::env::current_dir().context("不知道现在在哪个文件夹")?);
    let played = play::play(&theatre.xtask, assignment, |_| {})?;
    if play::interrupted() {
        return Ok(ExitCode::from(130));
    }
    draw(&played, &Sources::new(), drawing, names(drawing))?;
    Ok(ExitCode::SUCCESS)
}

/// A program as the shell finds it (`execvp(3)`), with its whole path.
fn which(program: &str) -> Result<PathBuf, UsageError> {
    let found = if program.contains('/') {
        std::path::absolute(program).ok()
    } else {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders)
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
    };
    found
        .filter(|path| path.is_file())
        .ok_or_else(|| UsageError(format!("没有「{program}」这个程序：检查名字和路径")))
}

fn clock(drawing: &DrawingOptions) -> Clock {
    match drawing.seed {
        Some(seed) => Clock::Virtual { seed },
        None if drawing.virtual_time => Clock::Virtual { seed: 0 },
        None => Clock::Real,
    }
}

fn names(drawing: &DrawingOptions) -> Names {
    if drawing.real_names { Names::Real } else { Names::Stable }
}

fn draw(
    (scene, events): &(Scene, Vec<Event>),
    sources: &Sources,
    drawing: &DrawingOptions,
    names: Names,
) -> Result<()> {
    let story = story(scene, events, sources, names)?;
    let picture = match (drawing.timeline, drawing.lanes) {
        (true, _) => Picture::Timeline,
        (_, true) => Picture::Lanes,
        _ => Picture::of(&story),
    };
    match &drawing.svg {
        Some(path) => fs::write(path, draw::svg(&story, picture))
            .with_context(|| format!("写不了 {}", path.display())),
        None => {
            let width = drawing.width.unwrap_or(WIDTH).into();
            writeln!(anstream::stdout(), "{}", draw::text(&story, picture, width))?;
            Ok(())
        }
    }
}

/// What the programs did.
///
/// # Errors
/// They could not be traced.
pub fn story(scene: &Scene, events: &[Event], sources: &Sources, names: Names) -> Result<Story> {
    for event in events {
        match &event.kind {
            Kind::Untraceable { why, .. } => bail!("看不到程序的系统调用，画不出来：{why}"),
            Kind::CannotStart { why, .. } => bail!("启动不了：{why}"),
            _ => {}
        }
    }
    if !events.iter().any(|event| matches!(event.kind, Kind::Traced { .. })) {
        bail!("看不到程序的系统调用，画不出来：cargo xtask doctor 说这台机器能提供什么");
    }
    Ok(draw::tell(scene, events, sources, names))
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
pub fn sources(catalog: &Catalog, part: &Part) -> Sources {
    let wanted = |name: &str| part.scene.packages().any(|package| package == name);
    let packages = catalog.packages().filter(|package| wanted(&package.name));
    packages
        .filter_map(|package| {
            let source = fs::read_to_string(package.folder.join("src/main.rs")).ok()?;
            Some((package.name.clone(), source))
        })
        .collect()
}
