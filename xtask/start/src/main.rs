//! What `cargo xtask` starts: builds the runner where it has to be built, in the open, then becomes it.
//!
//! The alias is silent (`--quiet`), because a command that has nothing to compile has nothing to say; but a first build
//! takes a minute, and a silent minute looks like a hang. This program has no dependencies, so it is there in a second.
//! It asks cargo only when something may have changed: a second cargo for each command would be felt.
//!
//! Cargo takes a workspace whole or not at all, so a lesson whose manifest is broken stops `cargo xtask` before this program
//! starts. Then it can be started by its path (`target/debug/start check 13`; CONTRIBUTING.md says so): the runner that was
//! built last says in Chinese what is wrong, and plays the other lessons.

mod freshness;

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use freshness::Stamp;

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("错误：运行器启动不了：{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns only when the runner could not be built.
fn start() -> io::Result<ExitCode> {
    let own = env::current_exe()?;
    let runner = own.with_file_name(format!("xtask{}", env::consts::EXE_SUFFIX));
    let sources = sources()?;
    let stamp = Stamp::new(&own, &runner)?;
    if !stamp.is_fresh(&sources) {
        let built = stamp.begin()?;
        let code = build(&sources, !runner.exists())?;
        if code == 0 {
            built.keep()?;
        } else if runner.exists() && is_refused(&sources) {
            eprintln!("cargo 不读这个工作区，原因在上面。下面是上一次编译好的运行器说的：");
        } else {
            return Ok(ExitCode::from(code));
        }
    }
    let mut command = Command::new(&runner);
    // as `cargo run --package xtask` says it: the workspace is found by it
    command.args(env::args_os().skip(1)).env("CARGO_MANIFEST_DIR", &sources);
    Err(command.exec())
}

/// The runner's folder: this package lies in it. Cargo says where; started by its path, it is looked for as cargo looks for
/// a workspace. Not where this program was compiled: a `target` that was copied would act on the workspace it came from.
fn sources() -> io::Result<PathBuf> {
    if let Some(own) = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) {
        return Ok(own.parent().map_or(own.clone(), Path::to_owned));
    }
    let here = env::current_dir()?;
    let above = here.ancestors().map(|folder| folder.join("xtask"));
    let mut with_this = above.filter(|sources| sources.join("start/Cargo.toml").is_file());
    with_this.next().ok_or_else(|| io::Error::other("要在这门课的文件夹里输入"))
}

/// Whether cargo does not even read the workspace: what failed was not the compilation.
fn is_refused(sources: &Path) -> bool {
    let mut command = cargo(sources);
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| !status.success())
}

/// Builds the runner; the exit code of cargo, which shows on standard error how far it is.
fn build(sources: &Path, first: bool) -> io::Result<u8> {
    if first {
        eprintln!("第一次用：先编译运行器，约一分钟（没有下载过的依赖还要先下载）。以后不用等。");
    }
    let status = cargo(sources).args(["build", "--package", "xtask"]).status()?;
    // ended by a signal: no code; what cargo itself ends with after an error
    Ok(status.code().map_or(101, |code| u8::try_from(code).unwrap_or(101)))
}

/// A cargo for the runner's workspace.
fn cargo(sources: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(sources);
    command
}
