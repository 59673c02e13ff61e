//! `cargo xtask trace -- COMMAND , COMMAND`: plays programs that belong to no lesson and draws what they did.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use course::catalog::{Catalog, UsageError};
use course::script::Scene;
use diagnose::explain;
use draw::Sources;
use events::{Event, Kind};
use limits::{INPUT, INPUT_LINE, OWN_PROGRAMS_TIME};
use stage::{Program, interrupt, play};

use crate::cli::{DrawingOptions, StageOptions};
use crate::perform::Theatre;
use crate::report::explanation;
use crate::which::which;

use super::trace;

/// Plays the programs: `command` holds several, with commas between them. The lines of the file `input` are typed into
/// the last one.
pub fn run(
    catalog: &Catalog,
    command: &[String],
    input: Option<&Path>,
    drawing: &DrawingOptions,
    stage: StageOptions,
) -> Result<ExitCode> {
    let mut programs = BTreeMap::new();
    let mut started: Vec<(String, Vec<String>)> = Vec::new();
    for words in command.split(|word| word == ",") {
        let Some((program, args)) = words.split_first() else {
            return Err(UsageError("逗号的两边都要有命令".to_owned()).into());
        };
        let path = which(program)?;
        let name = name(&path, args);
        let like = |other: &(String, Vec<String>)| {
            other.0 == name || other.0.starts_with(&format!("{name} "))
        };
        let name = match started.iter().filter(|other| like(other)).count() {
            0 => name,
            before => format!("{name} {}", before + 1),
        };
        programs.insert(name.clone(), Program { path, address: None });
        started.push((name, args.to_vec()));
    }
    let typed = input.map(lines).transpose()?;
    let visited = stage.shared_network;
    let theatre = Theatre::open(catalog, &[], stage)?;
    interrupt::catch_interrupts()?;
    let scene =
        Scene::of_programs(&command.join(" "), &started, typed.as_deref(), OWN_PROGRAMS_TIME);
    let mut assignment = theatre.assign(&scene, Some(trace::clock(drawing)))?;
    // nobody knows how long they take: a slow machine is no reason to wait longer
    assignment.patience = 1.0;
    assignment.harsh = drawing.harsh;
    assignment.places = drawing.html.is_some();
    assignment.programs = programs;
    assignment.directory = Some(std::env::current_dir().context("不知道现在在哪个文件夹")?);
    assignment.visited = visited;
    let played =
        play::play(&theatre.xtask, assignment, |events| say_what_is_awaited(&scene, events))?;
    // nothing is expected of them
    let causes = explain(&played.0, &played.1);
    trace::show(&played, &causes, &Sources::new(), drawing)
}

/// While the next program is not started yet: why. While they only wait: who for what, and how long it will be waited for
/// them.
fn say_what_is_awaited(scene: &Scene, events: &[Event]) {
    let lines = match events.last().map(|event| &event.kind) {
        Some(Kind::Awaited { terminal }) => {
            let name = &scene.terminals[*terminal].name;
            vec![format!("还在等「{name}」开始监听（或结束），才启动下一个……")]
        }
        Some(Kind::Lull { goes_on: true, .. }) => {
            let mut lines = explanation::lines(scene, &explain(scene, events));
            lines.push(format!(
                "程序还在运行，以后做不做别的，从外面看不出来：演到 {} 秒为止；按 Ctrl-C 现在就结束、画图",
                scene.limit.as_secs()
            ));
            lines
        }
        _ => Vec::new(),
    };
    for line in lines {
        // nobody who reads it: no harm
        let _ = writeln!(anstream::stderr(), "{line}");
    }
}

/// What a program is called: a script by its own name, not by that of its interpreter; so is a module of Python.
fn name(path: &Path, args: &[String]) -> String {
    if let [option, module, ..] = args
        && option == "-m"
    {
        return module.clone();
    }
    let script = args.iter().find(|arg| !arg.starts_with('-')).map(Path::new);
    let script = script.filter(|path| path.is_file()).and_then(Path::file_stem);
    let stem = script.or_else(|| path.file_stem()).unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The lines of a file of input.
fn lines(path: &Path) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(INPUT + 1).read_to_end(&mut bytes))
        .with_context(|| format!("读不了 {}", path.display()))?;
    if bytes.len() as u64 > INPUT {
        let most = INPUT >> 20;
        let what = format!("{} 太长，键盘输入至多 {most} MiB", path.display());
        return Err(UsageError(what).into());
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        UsageError(format!("{} 不是 UTF-8 的文字，不能当作键盘输入", path.display()))
    })?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().position(|line| line.len() > INPUT_LINE) {
        Some(index) => Err(UsageError(format!(
            "{} 第 {} 行太长，一行至多 {INPUT_LINE} 字节",
            path.display(),
            index + 1
        ))
        .into()),
        None => Ok(lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_without_an_end_is_refused() {
        let error = lines(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "/dev/zero 太长，键盘输入至多 16 MiB");
    }

    #[test]
    fn a_script_gives_its_name_and_an_option_does_not() {
        let args = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let python = Path::new("/usr/bin/python3.11");
        assert_eq!(name(python, &args(&["-u", manifest, "x"])), "Cargo");
        assert_eq!(name(Path::new("/bin/cat"), &args(&["/no/such/file"])), "cat");
        assert_eq!(name(Path::new("/bin/true"), &[]), "true");
    }
}
