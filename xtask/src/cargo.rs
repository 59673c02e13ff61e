//! Builds the lessons once; afterwards their programs are started directly.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// A message of `cargo build --message-format=json` (the Cargo book, "External tools").
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// How it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As `cargo run` does: built quickly.
    Dev,
    /// Runs quickly.
    Release,
}

/// Builds `packages` and returns their binaries. Cargo's own messages go to standard error.
///
/// # Errors
/// The build fails.
pub fn build(
    root: &Path,
    packages: &[&str],
    profile: Profile,
) -> Result<BTreeMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args([
        "build",
        "--quiet",
        "--bins",
        "--message-format=json-render-diagnostics",
    ]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    for package in packages {
        command.args(["--package", package]);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("启动不了 cargo：请先安装 Rust")?;
    let mut binaries = BTreeMap::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        if let Ok(Message::CompilerArtifact { target, executable: Some(path) }) =
            serde_json::from_str(&line?)
        {
            binaries.insert(target.name, path);
        }
    }
    if !child.wait()?.success() {
        bail!("编译没有通过：先改好上面的错误");
    }
    Ok(binaries)
}
