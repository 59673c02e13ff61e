//! `cargo xtask book`: builds the notes as a book for the browser.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use book::{html, tool};
use course::catalog::Catalog;

/// Builds the book into `target/book`; opens it, or serves it and builds it again whenever a page changes.
pub fn run(catalog: &Catalog, open: bool, serve: bool) -> Result<ExitCode> {
    let root = &catalog.root;
    let target = root.join("target");
    let mdbook = tool::mdbook(&target)?;
    let folder = target.join("book");
    if serve {
        let mut command = command(&mdbook, "serve", root, &folder);
        if open {
            command.arg("--open");
        }
        eprintln!("改了 docs/ 里的页，书会重新生成，浏览器会刷新；按 Ctrl-C 结束");
        // it takes our place: whoever ends us ends it
        return Err(command.exec()).context("启动不了 mdBook");
    }
    let output = command(&mdbook, "build", root, &folder)
        .stdin(Stdio::null())
        .output()
        .context("启动不了 mdBook")?;
    let said = String::from_utf8_lossy(&output.stderr);
    // mdBook succeeds and says so when it could not put a file in
    if !output.status.success() || said.contains("ERROR") {
        bail!("书没有生成\n{}", said.trim_end());
    }
    let broken = html::broken_links(&folder)?;
    if !broken.is_empty() {
        let list: Vec<String> =
            broken.iter().map(|(page, link)| format!("  {page} 里的 {link}")).collect();
        bail!("书里有断了的链接\n{}", list.join("\n"));
    }
    let index = folder.join("index.html");
    writeln!(anstream::stdout(), "书在 {}，用浏览器打开", index.display())?;
    if open {
        show(&index)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn command(mdbook: &Path, what: &str, root: &Path, folder: &Path) -> Command {
    let mut command = Command::new(mdbook);
    command.arg(what).arg(root.join("xtask/book/site")).arg("--dest-dir").arg(folder);
    command
}

/// Opens a file in the browser.
fn show(index: &Path) -> Result<()> {
    let openers: &[&str] =
        if cfg!(target_os = "macos") { &["open"] } else { &["xdg-open", "wslview"] };
    for opener in openers {
        let started = Command::new(opener)
            .arg(index)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if started.is_ok_and(|status| status.success()) {
            return Ok(());
        }
    }
    bail!("打不开浏览器（试过 {}）：自己用浏览器打开上面的文件", openers.join("、"))
}
