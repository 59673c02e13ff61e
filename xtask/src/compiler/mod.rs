//! The compiler for a stranger's programs: contained as the programs are, because a source can make it read files
//! (`include_str!`), compute without end, or take all memory there is.
//!
//! It is the program of a scene: played in a helper process of its own, with the limits of every scene. It reads the
//! toolchain, the libraries that exercises may use, and the one file that it compiles; it writes in the scene's folder;
//! its environment is empty but for what it needs. Cargo is only asked for what the course itself brings.
//!
//! | file | task |
//! | --- | --- |
//! | `manifest` | what cargo and an editor have to know of programs of exercises |
//! | `toolchain` | what the compiler needs: itself, flags, libraries |
//! | `surroundings` | what a stranger's programs find of this machine |
//! | `workshop` | the compiler with a theatre: from the files of an exercise to its programs |

pub mod manifest;
mod surroundings;
mod toolchain;
mod workshop;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use course::exercise::{Exercise, Exercises};
use course::script::Scene;
use events::{Event, Excess, Exit, Kind, Stream};
use limits::COMPILING;
use stage::{Confinement, Program, Tree, play};

use crate::cargo::CompileError;
use crate::cargo::messages::Diagnostic;
use crate::perform::Theatre;

use surroundings::FOR_COMPILER;
pub use surroundings::{FOR_PROGRAMS, hidden_from_strangers};
use toolchain::Toolchain;
pub use workshop::Workshop;

/// What `rustc` is called in its scene.
const RUSTC: &str = "rustc";

/// A program that uses all that may be used.
const PROBE: &str = "probe";

/// A compiler that is contained.
#[derive(Debug)]
struct Compiler {
    toolchain: Toolchain,
    /// The course, with all that is in it.
    root: PathBuf,
}

/// What came of compiling a file.
#[derive(Debug)]
enum Compiled {
    /// A program, here.
    Program(PathBuf),
    /// It is wrong.
    Errors(Vec<CompileError>),
    /// The compiler has not come to an end by itself; why, in Chinese, in one sentence.
    Stopped(String),
}

impl Compiler {
    /// With everything that programs of exercises may use, and with the programs that are given to students in those that are
    /// `wanted`.
    ///
    /// # Errors
    /// Something of the course cannot be built, or there is no compiler.
    fn open(root: &Path, exercises: &Exercises, wanted: &[&Exercise]) -> Result<Compiler> {
        let toolchain = Toolchain::open(root, exercises, wanted)?;
        Ok(Compiler { toolchain, root: root.to_owned() })
    }

    /// The programs that are given to students, by their names in scripts.
    fn given(&self) -> &BTreeMap<String, PathBuf> {
        &self.toolchain.given
    }

    /// Compiles a program that is right: so it is known that what fails afterwards is the student's.
    ///
    /// # Errors
    /// It does not work here.
    fn try_out(&self, theatre: &Theatre) -> Result<()> {
        let folder = theatre.folder()?;
        let source = folder.join(format!("{PROBE}.rs"));
        fs::write(&source, self.toolchain.probe())?;
        match self.compile(theatre, &source, PROBE, &folder)? {
            Compiled::Program(_) => Ok(()),
            Compiled::Errors(errors) => {
                let first = errors.first().map_or("", |error| &error.message);
                bail!("关起来的编译器连对的程序也编译不了：{first}")
            }
            Compiled::Stopped(why) => bail!("关起来的编译器不能用：{why}"),
        }
    }

    /// Compiles one file to a program `name` that is put into the folder `into`.
    ///
    /// # Errors
    /// The machine failed.
    fn compile(
        &self,
        theatre: &Theatre,
        source: &Path,
        name: &str,
        into: &Path,
    ) -> Result<Compiled> {
        let Toolchain { rustc, .. } = &self.toolchain;
        let program = Program { path: rustc.clone(), address: None };
        let theatre = theatre
            .for_stranger(BTreeMap::from([(RUSTC.to_owned(), program)]), self.confinement(source));
        let started = (RUSTC.to_owned(), self.toolchain.arguments(source, name));
        let mut scene = Scene::of_programs(name, &[started], None, COMPILING);
        // nothing is waited for but its end
        scene.directions.truncate(1);
        let assignment = theatre.assign(&scene, None)?;
        let folder = assignment.folder.clone();
        let played = play::play(&theatre.xtask, assignment, |_| {});
        let compiled = played.and_then(|(_, events)| match outcome(&events) {
            Some(compiled) => Ok(compiled),
            None => taken(&folder, name, into),
        });
        // what cannot be removed now is removed with all folders at the end
        let _ = stage::remove(&folder);
        compiled
    }

    /// What the compiler finds of this machine.
    fn confinement(&self, source: &Path) -> Confinement {
        let mut readable = self.toolchain.readable.clone();
        readable.push(source.to_owned());
        Confinement {
            hidden: hidden_from_strangers(FOR_COMPILER, [self.root.as_path()]),
            readable,
            environment: self.toolchain.environment.clone(),
        }
    }
}

/// What it said, unless it has written a program.
fn outcome(events: &[Event]) -> Option<Compiled> {
    let mut errors = Vec::new();
    let mut other = None;
    for event in events {
        let stopped = match &event.kind {
            Kind::Line(line) if line.stream == Stream::Err => {
                match serde_json::from_str::<Diagnostic>(&line.text) {
                    Ok(said) if said.is_error() => errors.push(CompileError::from(&said)),
                    Ok(_) => {}
                    Err(_) => other = other.or(Some(&line.text)),
                }
                continue;
            }
            Kind::OutOfTime { .. } => {
                format!("编译了 {} 秒还没有完，停了它", COMPILING.as_secs())
            }
            Kind::Excess(Excess::Memory(_)) => {
                format!("编译用的内存超过 {} GiB，停了它", limits::MEMORY >> 30)
            }
            Kind::Excess(Excess::Disk(_)) => "编译写的文件太大，停了它".to_owned(),
            Kind::Excess(Excess::Processes(_)) => "编译的进程太多，停了它".to_owned(),
            Kind::TooMuchOutput { .. } => "编译器印的太多，停了它".to_owned(),
            Kind::CannotStart { why, .. } => format!("编译器启动不了：{why}"),
            Kind::NotContained { why } => format!("这台机器关不住编译器，没有编译：{why}"),
            Kind::Exited { exit: Exit::Code(0), .. } => return None,
            Kind::Exited { .. } if !errors.is_empty() => return Some(Compiled::Errors(errors)),
            Kind::Exited { exit, .. } => {
                let said = other.map_or_else(String::new, |line| {
                    format!("：{}", text::shortened(&text::harmless(line), 200))
                });
                format!("编译器自己出了错（{exit}）{said}")
            }
            _ => continue,
        };
        return Some(Compiled::Stopped(stopped));
    }
    Some(Compiled::Stopped("编译没有做完".to_owned()))
}

/// The program, taken out of the folder in which it was written.
fn taken(folder: &Path, name: &str, into: &Path) -> Result<Compiled> {
    let in_words = || format!("编译之后没有找到程序 {name}");
    let written = Tree::open(folder).and_then(|tree| tree.file(Path::new(name)));
    if !written.and_then(|file| file.metadata()).with_context(in_words)?.is_file() {
        bail!(in_words());
    }
    let place = into.join(name);
    fs::rename(folder.join(name), &place).with_context(in_words)?;
    Ok(Compiled::Program(place))
}
