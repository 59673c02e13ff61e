//! Where a program is. (A crate for this would not say why nothing was found.)

use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

use course::catalog::UsageError;

/// A program as the shell finds it (`execvp(3)`), with its whole path.
///
/// # Errors
/// There is none that can be started; why, in Chinese.
pub fn which(program: &str) -> Result<PathBuf, UsageError> {
    let runs = |path: &Path| path.is_file() && access(path, AccessFlags::X_OK).is_ok();
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates: Vec<PathBuf> = match program.contains('/') {
        true => std::path::absolute(program).into_iter().collect(),
        false => std::env::split_paths(&folders).map(|folder| folder.join(program)).collect(),
    };
    if let Some(found) = candidates.iter().find(|path| runs(path)) {
        return Ok(found.clone());
    }
    let why = match candidates.iter().find(|path| path.exists()) {
        Some(path) if path.is_dir() => format!("「{program}」是一个目录，不是程序"),
        Some(_) => {
            format!("「{program}」没有执行权限：用 chmod +x 加上，或写明解释器，例如 python3")
        }
        None => format!("没有「{program}」这个程序：检查名字和路径"),
    };
    Err(UsageError(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_cannot_run_says_why() {
        let why = |program: &str| which(program).map_err(|error| error.0).unwrap_err();
        assert!(why("no-such-program").contains("没有「no-such-program」这个程序"));
        assert!(why("/").contains("是一个目录"));
        assert!(why(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).contains("没有执行权限"));
    }
}
