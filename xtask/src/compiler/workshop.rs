//! The compiler with a theatre: from the files of an exercise to its programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Exercises};
use stage::Program;
#[cfg(target_os = "linux")]
use stage::contain::{Way, probe};

use crate::cargo::{CompileError, OwnBuilt};
use crate::cli::StageOptions;
use crate::perform::{Theatre, xtask_program};

use super::{Compiled, Compiler};

/// Where students' files become programs.
pub struct Workshop {
    compiler: Compiler,
    theatre: Theatre,
    /// Whether the compiler compiles what is right; asked for as soon as something is said to be wrong.
    works: OnceLock<Result<(), String>>,
}

impl Workshop {
    /// Looks at the machine, and builds what the course brings for the exercises that are `wanted`.
    ///
    /// # Errors
    /// The compiler cannot be contained here, or something of the course cannot be built.
    pub fn open(
        catalog: &Catalog,
        exercises: &Exercises,
        wanted: &[&Exercise],
        stage: StageOptions,
    ) -> Result<Workshop> {
        can_contain(&xtask_program()?)?;
        let compiler = Compiler::open(&catalog.root, exercises, wanted)?;
        let program = |path: &PathBuf| Program { path: path.clone(), address: None };
        let given = compiler.given().iter().map(|(name, path)| (name.clone(), program(path)));
        let given: BTreeMap<String, Program> = given.collect();
        let parts = parts(wanted);
        let theatre = Theatre::of(catalog, &parts, given, BTreeMap::new(), stage)?;
        Ok(Workshop { compiler, theatre, works: OnceLock::new() })
    }

    /// Where their scenes are played.
    pub fn theatre(&self) -> &Theatre {
        &self.theatre
    }

    /// The compiler compiles what is right: what it does not take is wrong.
    ///
    /// # Errors
    /// It does not work here; why, in Chinese.
    pub fn works(&self) -> Result<()> {
        let works = self.works.get_or_init(|| {
            self.compiler.try_out(&self.theatre).map_err(|error| format!("{error:#}"))
        });
        works.clone().map_err(anyhow::Error::msg)
    }

    /// The programs of an exercise. `sources`: the student's own files, in their order; their programs are put into the folder
    /// `into`; `named` is what is said, with the names of files as they are shown.
    ///
    /// # Errors
    /// The machine failed.
    pub fn build(
        &self,
        exercise: &Exercise,
        sources: &[PathBuf],
        into: &Path,
        named: impl Fn(&str) -> String,
    ) -> Result<OwnBuilt> {
        let mut built = OwnBuilt {
            binaries: BTreeMap::new(),
            errors: Vec::new(),
            refused: None,
            libraries: Vec::new(),
        };
        for program in exercise.programs.iter().filter(|program| program.given) {
            let name = exercise.binary(program);
            let path = self.compiler.given().get(&name);
            let path = path.with_context(|| format!("没有编译过 {name}"))?.clone();
            built.binaries.insert(name, path);
        }
        for (program, source) in exercise.own_programs().zip(sources) {
            let name = exercise.binary(program);
            match self.compiler.compile(&self.theatre, source, &name, into)? {
                Compiled::Program(path) => {
                    built.binaries.insert(name, path);
                    continue;
                }
                Compiled::Errors(errors) => {
                    let shown = |error: CompileError| CompileError {
                        rendered: named(&error.rendered),
                        place: error.place.map(|(file, line)| (named(&file), line)),
                        message: named(&error.message),
                        ..error
                    };
                    built.errors.extend(errors.into_iter().map(shown));
                }
                Compiled::Stopped(why) => built.refused = Some(named(&why)),
            }
            self.works()?;
            break;
        }
        Ok(built)
    }
}

/// Whether strangers' programs can be contained here.
#[cfg(target_os = "linux")]
fn can_contain(xtask: &Path) -> Result<()> {
    let ways = [Way::Mounts, Way::Landlock].map(|way| probe(xtask, way));
    if let [Err(mounts), Err(landlock)] = &ways {
        bail!(
            "学生的程序要关起来才能编译、运行，这台机器做不到：{mounts}；{landlock}。\
             看 cargo xtask doctor"
        );
    }
    Ok(())
}

/// Only Linux has the means.
#[cfg(not(target_os = "linux"))]
fn can_contain(_xtask: &Path) -> Result<()> {
    bail!("学生的程序要关起来才能编译、运行：要 Linux")
}

/// The scenes of these exercises: what they need of the machine.
fn parts(exercises: &[&Exercise]) -> Vec<Part> {
    let of_one = |exercise: &&Exercise| {
        let script = exercise.script(0).ok()?;
        let source = std::sync::Arc::new(script.source);
        let part = move |(exercise, scene): (Exercise, _)| Part {
            lesson: exercise.lesson,
            exercise: Some(exercise.id),
            script: exercise.folder.join("script.txt"),
            source: source.clone(),
            scene,
        };
        let exercise = (*exercise).clone();
        let scenes = script.scenes.into_iter().map(move |scene| (exercise.clone(), scene));
        Some(scenes.map(part).collect::<Vec<_>>())
    };
    exercises.iter().filter_map(of_one).flatten().collect()
}
