//! Trying what a machine grants, in a process of its own: some of it cannot be given back.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a hidden subcommand of `xtask` that tries something.
///
/// # Errors
/// What it says on standard error: why it failed, in Chinese.
pub fn try_in_a_process(xtask: &Path, subcommand: &str, args: &[&Path]) -> Result<(), String> {
    let output = Command::new(xtask)
        .arg(subcommand)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("试不了：{error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
