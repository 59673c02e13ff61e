//! `cargo xtask trace`: plays a scene and draws what its programs really did.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use course::catalog::{Catalog, Part, UsageError};
use course::script::Scene;
use diagnose::{Cause, explain};
use draw::{Names, Picture, Sources, Story};
use events::{Clock, Event, Exit, Kind};
use limits::TOLD_FOR_A_PICTURE;
use stage::{Assignment, interrupt, play};
use text::{hang, thousands};

use crate::cli::{DrawingOptions, StageOptions};
use crate::perform::{Theatre, causes_of};
use crate::report::{explanation, terminal_width};

use super::film;
use super::scenes::{self, Choice};

/// Cells of a line when nothing else is asked for and no terminal says how many it has.
const WIDTH: u16 = 100;
/// No picture is narrower.
const NARROWEST: u16 = 40;

/// Plays the chosen scenes of the one lesson in `targets` and draws each.
pub fn run(
    catalog: &Catalog,
    targets: &[String],
    drawing: &DrawingOptions,
    stage: StageOptions,
) -> Result<ExitCode> {
    if targets.len() > 1 {
        let all = targets.join("、");
        return Err(UsageError(format!(
            "trace 一次画一课，这里写了 {all}：一课一课地画，例如 cargo xtask trace {}；\
             画自己的程序，命令写在单独的 -- 后面：cargo xtask trace -- 命令 , 命令",
            targets[0]
        ))
        .into());
    }
    let parts = catalog.playbill(targets)?.sound()?;
    let choice = choose(parts, drawing)?;
    let theatre = Theatre::open(catalog, &choice.shown, stage)?.complete()?;
    interrupt::catch_interrupts()?;
    for part in &choice.shown {
        let assignment = theatre.assign(&part.scene, Some(clock(drawing)))?;
        let places = drawing.html.is_some();
        let assignment = Assignment { harsh: drawing.harsh, places, ..assignment };
        let played = play::play(&theatre.xtask, assignment, |_| {})?;
        let code =
            show(&played, &causes(&played, drawing.harsh), &sources(catalog, part), drawing)?;
        if interrupt::interrupted() {
            return Ok(code);
        }
    }
    for line in choice.left_out("trace") {
        writeln!(anstream::stderr(), "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Why what was played with a script went wrong: what `check` would say of it; after Ctrl-C, only what can be seen.
pub fn causes((scene, events): &(Scene, Vec<Event>), harsh: Option<u64>) -> Vec<Cause> {
    match interrupt::interrupted() {
        true => explain(scene, events),
        false => causes_of(scene, events, harsh.is_some()),
    }
}

/// Draws what was played, says what went wrong in it, and why it goes no further; after Ctrl-C, what was seen until then.
pub fn show(
    played: &(Scene, Vec<Event>),
    causes: &[Cause],
    sources: &Sources,
    drawing: &DrawingOptions,
) -> Result<ExitCode> {
    let (scene, events) = played;
    let seen = events.iter().any(|event| matches!(event.kind, Kind::Traced { .. }));
    let why = explanation::lines(scene, causes);
    let notes: Vec<String> = untold(events).into_iter().chain(cut_short(scene, events)).collect();
    if let Some(path) = &drawing.html {
        can_be_drawn(events)?;
        film::write(path, played, causes, sources, &notes)?;
    } else if !interrupt::interrupted() || seen {
        let remarks: Vec<String> = why.iter().chain(&notes).cloned().collect();
        draw(played, sources, drawing, &remarks)?;
    }
    for line in why {
        let line = match terminal_width() {
            Some(cells) => hang(&line, cells.max(NARROWEST).into()),
            None => line,
        };
        writeln!(anstream::stdout(), "{line}")?;
    }
    for note in notes {
        writeln!(anstream::stderr(), "{note}")?;
    }
    Ok(if interrupt::interrupted() {
        ExitCode::from(interrupt::EXIT_CODE)
    } else {
        ExitCode::SUCCESS
    })
}

/// What the picture cannot show because there was too much of it, in Chinese.
fn untold(events: &[Event]) -> Option<String> {
    events.iter().find_map(|event| match event.kind {
        Kind::Untold { events } => Some(format!(
            "调用和输出太多：图里只有前 {} 次，后面的 {} 次只看了谁开始、谁结束",
            thousands(TOLD_FOR_A_PICTURE),
            thousands(events)
        )),
        _ => None,
    })
}

/// Why the programs did not come to their own end, in Chinese.
fn cut_short(scene: &Scene, events: &[Event]) -> Option<String> {
    if interrupt::interrupted() {
        return Some("被打断：程序已经终止，图只画到这时".to_owned());
    }
    let why = events.iter().find_map(|event| match &event.kind {
        Kind::OutOfTime { waited, .. } => {
            let time = waited.unwrap_or(scene.limit).as_secs();
            Some(format!("{time} 秒到了，程序还没有结束"))
        }
        Kind::Stuck { .. } => Some("剩下的程序都在等，谁也等不到谁".to_owned()),
        Kind::Idle { terminals, .. } => Some(idle(scene, events, terminals)),
        Kind::TooMuchOutput { bytes, .. } => {
            Some(format!("印出的太多（{} MiB 以上）", bytes >> 20))
        }
        Kind::Excess(_) => Some("占用的进程、内存或磁盘太多".to_owned()),
        Kind::TooManyEvents { events } => {
            Some(format!("调用和输出太多（{} 次）", thousands(*events)))
        }
        Kind::Computing { repeats: Some(_), .. } => {
            Some("一个线程一遍一遍地做同一个调用".to_owned())
        }
        Kind::Computing { .. } => Some("一个线程一直在计算，不做系统调用".to_owned()),
        _ => None,
    })?;
    Some(format!("{why}：已经终止，图只画到这时"))
}

/// Only servers are left, which wait for clients.
fn idle(scene: &Scene, events: &[Event], servers: &[usize]) -> String {
    let names: Vec<String> =
        servers.iter().map(|one| format!("「{}」", scene.terminals[*one].name)).collect();
    let names = names.join("、");
    let failed = events
        .iter()
        .any(|event| matches!(event.kind, Kind::Exited { exit, .. } if exit != Exit::Code(0)));
    match servers.len() < scene.terminals.len() {
        false => format!("{names}在等客户端，这里没有别的程序会来连"),
        true if failed => format!("别的程序都结束了，{names}还在等新的客户端"),
        true => format!("都做完了，{names}还在等新的客户端"),
    }
}

/// The clock that was asked for.
pub fn clock(drawing: &DrawingOptions) -> Clock {
    match drawing.seed {
        Some(seed) => Clock::Virtual { seed },
        None if drawing.virtual_time || drawing.html.is_some() || drawing.harsh.is_some() => {
            Clock::Virtual { seed: 0 }
        }
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
    remarks: &[String],
) -> Result<()> {
    let story = story(scene, events, sources, names(drawing))?;
    let picture = match (drawing.timeline, drawing.lanes) {
        (true, _) => Picture::Timeline,
        (_, true) => Picture::Lanes,
        _ => Picture::of(&story),
    };
    match &drawing.svg {
        Some(path) => fs::write(path, draw::svg(&story, picture, remarks))
            .with_context(|| format!("写不了 {}", path.display())),
        None => {
            let width = drawing.width.or_else(terminal_width).unwrap_or(WIDTH);
            let width = width.max(NARROWEST).into();
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
    can_be_drawn(events)?;
    Ok(draw::tell(scene, events, sources, names))
}

/// # Errors
/// The programs could not be traced.
fn can_be_drawn(events: &[Event]) -> Result<()> {
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
    Ok(())
}

/// The scenes to draw: the named one, or all that `run` would play.
fn choose(parts: Vec<Part>, drawing: &DrawingOptions) -> Result<Choice, UsageError> {
    let choice = scenes::choose(parts, drawing.scene.as_deref())?;
    if (drawing.svg.is_some() || drawing.html.is_some()) && choice.shown.len() > 1 {
        let all = [&choice.shown[..], &choice.long].concat();
        let all = scenes::titles(&all);
        return Err(UsageError(format!("一个文件只画一个场景，用 --scene 选一个：{all}")));
    }
    Ok(choice)
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
