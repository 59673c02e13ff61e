//! What `cargo xtask` starts: builds the runner where it has to be built, in the open, then becomes it.
//!
//! The alias is silent (`--quiet`), because a command that has nothing to compile has nothing to say; but a first build
//! takes a minute, and a silent minute looks like a hang. This program has no dependencies, so it is there in a second.
//! It asks cargo only when something may have changed: a second cargo for each command would be felt.

mod freshness;

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

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
    let sources = sources();
    let stamp = Stamp::new(&own, &runner)?;
    if !stamp.is_fresh(&sources) {
        let built = stamp.begin()?;
        let code = build(&sources, !runner.exists())?;
        if code != 0 {
            return Ok(ExitCode::from(code));
        }
        built.keep()?;
    }
    let mut command = Command::new(&runner);
    // as `cargo run --package xtask` says it: the workspace is found by it
    command.args(env::args_os().skip(1)).env("CARGO_MANIFEST_DIR", &sources);
    Err(command.exec())
}

/// The runner's folder: this package lies in it. Cargo says where, also when the workspace has been moved.
fn sources() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or(own.clone(), Path::to_owned)
}

/// Builds the runner; the exit code of cargo, which shows on standard error how far it is.
fn build(sources: &Path, first: bool) -> io::Result<u8> {
    if first {
        eprintln!("第一次用：先编译运行器，约一分钟（没有下载过的依赖还要先下载）。以后不用等。");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(sources).args(["build", "--package", "xtask"]);
    let status = command.status()?;
    // ended by a signal: no code; what cargo itself ends with after an error
    Ok(status.code().map_or(101, |code| u8::try_from(code).unwrap_or(101)))
}
