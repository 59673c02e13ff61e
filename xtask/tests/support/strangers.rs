//! The programs of `strangers/`: its list of cases, its Rust programs built, its scenes played.

#![allow(dead_code, reason = "not every test program asks for everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::performance::{Performance, Played, program};

use course::script::Scene;
use events::Clock;
use stage::Program;

/// Where they are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("strangers")
}

/// So long may a case take until it is cut: only a hang that is not recognised does.
const LIMIT: Duration = Duration::from_secs(300);

/// What stands in a line of `cases.txt`.
pub struct Case<'a> {
    pub folder: &'a str,
    /// Programs with their arguments, one after the other.
    pub commands: Vec<Vec<&'a str>>,
    /// The causes of which one must be told first; none: it is healthy.
    pub cause: Vec<&'a str>,
    /// Causes that must not be told, be it as candidates.
    pub untrue: Vec<&'a str>,
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

impl Case<'_> {
    /// All of `cases.txt`.
    pub fn all() -> Vec<Case<'static>> {
        let list = include_str!("../../strangers/cases.txt");
        list.lines().filter(|line| !line.starts_with('#')).map(Case::of).collect()
    }

    /// One line of it.
    pub fn of(line: &str) -> Case<'_> {
        let [folder, commands, cause, untrue] =
            line.split('|').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        let commands = commands.split(',').map(words).collect();
        Case { folder, commands, cause: words(cause), untrue: words(untrue) }
    }

    /// Every program of it can be started here.
    pub fn is_possible(&self, python: Option<&PathBuf>) -> bool {
        python.is_some() || self.commands.iter().all(|command| command[0] != "python3")
    }

    /// Plays it.
    pub fn played(&self, clock: Clock, built: &Built, python: Option<&PathBuf>) -> Played {
        let mut programs: BTreeMap<String, Program> = BTreeMap::new();
        let mut started = Vec::new();
        for (index, command) in self.commands.iter().enumerate() {
            let (first, args) = command.split_first().unwrap();
            let path = match *first {
                "python3" => python.unwrap().clone(),
                name => built.path(self.folder, name),
            };
            let name = format!("{index}-{}", args.first().unwrap_or(first));
            programs.insert(name.clone(), program(path));
            started.push((name, args.iter().map(|arg| (*arg).to_owned()).collect()));
        }
        let scene = Scene::of_programs(self.folder, &started, None, LIMIT);
        let performance = Performance::of_scene(scene).with(programs);
        performance.in_folder(&folder().join(self.folder)).traced(Some(clock)).play().unwrap()
    }
}

/// Rust programs, each in the folder of its case.
pub struct Built(TempDir);

impl Built {
    /// Where the program of this name in this folder is.
    pub fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.0.path().join(folder).join(name)
    }
}

/// Compiles the Rust programs of these folders of `strangers/` as one: without frame pointers and with lines, as a student
/// would.
pub fn build<'a>(folders: impl IntoIterator<Item = &'a str>) -> Built {
    build_all(&folder(), folders, None, &PLAIN)
}

/// How programs are compiled that use nothing but `std`.
pub const PLAIN: [&str; 2] = ["--edition", "2021"];

/// Compiles the Rust programs of these folders below `root` as one, which is several times cheaper than each by itself. Which
/// of them it is tells the name by which it is started. They may use `support` as `crate::support`. `args` are rustc's.
pub fn build_all<'a>(
    root: &Path,
    folders: impl IntoIterator<Item = &'a str>,
    support: Option<&Path>,
    args: &[impl AsRef<OsStr>],
) -> Built {
    let built = tempfile::tempdir().unwrap();
    let (mut modules, mut arms) = (String::new(), String::new());
    if let Some(support) = support {
        writeln!(modules, "mod support {{ include!({support:?}); }}").unwrap();
    }
    let mut names = Vec::new();
    for case in folders.into_iter().collect::<BTreeSet<_>>() {
        for file in fs::read_dir(root.join(case)).unwrap().flatten() {
            let path = file.path();
            if path.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let module = format!("case_{case}_{name}").replace('-', "_");
            // their own lines and file names stay what they are
            writeln!(
                modules,
                "mod {module} {{ include!({path:?}); \
                 pub fn end_of_program() -> std::process::ExitCode {{ std::process::Termination::report(main()) }} }}"
            )
            .unwrap();
            writeln!(arms, "(Some({case:?}), Some({name:?})) => {module}::end_of_program(),")
                .unwrap();
            names.push((case, name));
        }
    }
    let source = format!(
        "{modules}\nfn main() -> std::process::ExitCode {{\n\
         let path = std::path::PathBuf::from(std::env::args_os().next().unwrap());\n\
         let folder = path.parent().and_then(|folder| folder.file_name());\n\
         match (folder.and_then(|name| name.to_str()), path.file_name().and_then(|name| name.to_str())) {{\n\
         {arms}_ => unreachable!() }} }}\n"
    );
    let main = built.path().join("main.rs");
    fs::write(&main, source).unwrap();
    let binary = built.path().join("all");
    let mut rustc = Command::new("rustc");
    rustc
        .args(args)
        .args(["-C", "debuginfo=line-tables-only", "-A", "warnings", "-o"])
        .arg(&binary)
        .arg(&main);
    assert!(rustc.status().unwrap().success());
    for (case, name) in names {
        fs::create_dir_all(built.path().join(case)).unwrap();
        fs::hard_link(&binary, built.path().join(case).join(name)).unwrap();
    }
    Built(built)
}
