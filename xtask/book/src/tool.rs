//! mdBook below `target/`: one fixed version, installed when it is missing. Afterwards no network is needed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// The search script of the book is written for this version.
const VERSION: &str = "0.5.4";

/// Only what is used: no other features, fewer packages to build.
const FEATURES: &str = "search,serve,watch";

/// How many of cargo's last lines are shown when the installation fails.
const LAST_LINES: usize = 12;

/// Where no line can be rewritten, a new one is printed for so many packages.
const PACKAGES_A_LINE: usize = 20;

/// The program; installs it first when it is missing or another version.
///
/// # Errors
/// It cannot be installed.
pub fn mdbook(target: &Path) -> Result<PathBuf> {
    let root = target.join("mdbook");
    let program = root.join("bin").join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    if version(&program).as_deref() != Some(VERSION) {
        install(&root)?;
    }
    Ok(program)
}

/// `mdbook v0.5.4` has the version 0.5.4.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix("mdbook v").map(str::to_owned)
}

fn install(root: &Path) -> Result<()> {
    eprintln!("安装 mdBook {VERSION} 到 {}：只有第一次，要联网，几分钟", root.display());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version = format!("={VERSION}");
    let mut child = Command::new(cargo)
        // somewhere else: this workspace's .cargo/config.toml (vendored sources, flags) is not for mdBook
        .current_dir(std::env::temp_dir())
        .args(["install", "mdbook", "--locked", "--force", "--no-default-features"])
        .args(["--features", FEATURES, "--version", &version])
        .arg("--root")
        .arg(root)
        .arg("--target-dir")
        .arg(root.join("build"))
        // a compiler of another project would be asked to build this one
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => anyhow::anyhow!("找不到 cargo：请先安装 Rust"),
            _ => anyhow::Error::new(error).context("启动不了 cargo"),
        })?;
    let lines = child.stderr.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
    let last = follow(lines.map_while(Result::ok), &mut std::io::stderr(), can_be_rewritten());
    if !child.wait()?.success() {
        let said = Vec::from(last).join("\n");
        bail!("装不了 mdBook {VERSION}：{}\ncargo 最后说的是：\n{said}", cause(&said));
    }
    // only the program is needed
    let _ = std::fs::remove_dir_all(root.join("build"));
    Ok(())
}

/// Somebody watches standard error, on a terminal that knows control codes (`TERM=dumb`: it does not, see term(7)).
fn can_be_rewritten() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Shows how far cargo is, and returns its last lines: on one line of the terminal, or else now and then on a new one.
fn follow(
    lines: impl Iterator<Item = String>,
    out: &mut impl Write,
    rewritten: bool,
) -> VecDeque<String> {
    let mut last = VecDeque::new();
    let (mut downloaded, mut compiled, mut told) = (0, 0, 0);
    for line in lines {
        match line.trim_start() {
            text if text.starts_with("Downloaded ") => downloaded += 1,
            text if text.starts_with("Compiling ") => compiled += 1,
            _ => {}
        }
        let state = format!("下载了 {downloaded} 个包，编译了 {compiled} 个");
        // nobody who reads it: no harm
        if rewritten {
            let _ = write!(out, "\r\u{1b}[K{state}").and_then(|()| out.flush());
        } else if (downloaded + compiled) / PACKAGES_A_LINE > told {
            told = (downloaded + compiled) / PACKAGES_A_LINE;
            let _ = writeln!(out, "{state}");
        }
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line);
    }
    if rewritten {
        let _ = write!(out, "\r\u{1b}[K");
    }
    last
}

/// Why cargo could not install it, and what to do.
fn cause(said: &str) -> &'static str {
    let said = said.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&[
        "could not resolve",
        "couldn't resolve",
        "failed to connect",
        "failed to download",
        "timed out",
        "timeout",
        "network",
        "--offline",
        "failed to fetch",
        "failed to query",
    ]) {
        "连不上下载它的网站。第一次要联网；没有网，就在能上网的机器上生成，把 target/book 复制过来，用浏览器打开 index.html"
    } else if says(&["no space left", "disk quota"]) {
        "磁盘满了。安装时要约 1 GB，装好之后约 20 MB"
    } else if says(&[
        "requires rustc",
        "rustc version",
        "is not supported by the following package",
    ]) {
        "Rust 太旧。用 rustup update 更新"
    } else if says(&["linker", "linking with"]) {
        "没有 C 链接器，或它出错了。Debian、Ubuntu 上是 sudo apt install build-essential"
    } else if says(&["permission denied"]) {
        "没有权限写 target 目录"
    } else {
        "编译没有成功"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_failure_is_named_with_what_to_do() {
        for (said, cause_of_it) in [
            ("error: failed to download\n[6] Could not resolve hostname", "连不上"),
            ("error: No space left on device (os error 28)", "磁盘满了"),
            ("error: package `x` requires rustc 1.99", "Rust 太旧"),
            ("error: linker `cc` not found", "没有 C 链接器"),
            ("error: something else", "编译没有成功"),
        ] {
            assert!(cause(said).starts_with(cause_of_it), "{said}");
        }
    }

    #[test]
    fn the_last_lines_are_kept_and_how_far_it_is_is_shown() {
        let lines = || (0..45).map(|number| format!("   Compiling {number}"));
        let mut shown = Vec::new();
        let last = follow(lines(), &mut shown, false);
        assert_eq!(last.len(), LAST_LINES);
        assert_eq!(last.back().map(String::as_str), Some("   Compiling 44"));
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!(shown, "下载了 0 个包，编译了 20 个\n下载了 0 个包，编译了 40 个\n");
        let mut shown = Vec::new();
        follow(lines(), &mut shown, true);
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.ends_with("编译了 45 个\r\u{1b}[K") && !shown.contains('\n'), "{shown}");
    }
}
