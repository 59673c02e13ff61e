//! `cargo xtask notes`: copies the pieces of programs and scripts that the notes show into their pages.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use course::catalog::Catalog;

/// Copies them all; with `check`, only compares.
pub fn run(catalog: &Catalog, check: bool) -> Result<ExitCode> {
    let different = book::pages::renew(&catalog.root, check)?;
    let (count, some) = (different.len(), different.join("、"));
    let said = match (different.is_empty(), check) {
        (true, _) => "笔记里的程序和剧本都和原文一样".to_owned(),
        (false, false) => format!("重抄了 {count} 页：{some}"),
        (false, true) => format!("{some} 里的程序或剧本和原文不一样。用 cargo xtask notes 重抄"),
    };
    writeln!(anstream::stdout(), "{said}")?;
    Ok(if check && !different.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
