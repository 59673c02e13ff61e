//! `cargo xtask list`: the lessons in order.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::catalog::Catalog;
use crate::report::pad;

/// Prints number, title and packages of every lesson.
pub fn run(catalog: &Catalog) -> Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let widest = |texts: Vec<&str>| texts.into_iter().map(crate::report::width).max().unwrap_or(0);
    let titles = widest(catalog.lessons.iter().map(|lesson| lesson.title.as_str()).collect());
    let names = widest(catalog.packages().map(|package| package.name.as_str()).collect());
    for lesson in &catalog.lessons {
        for (index, package) in lesson.packages.iter().enumerate() {
            let (number, title) = match index {
                0 => (lesson.number.as_str(), lesson.title.as_str()),
                _ => ("", ""),
            };
            let (title, name) = (pad(title, titles), pad(&package.name, names));
            writeln!(out, "{number:2}  {title}  {name}  {}", package.title)?;
        }
    }
    writeln!(out, "\n单独运行一个程序：cargo run -p 程序名")?;
    writeln!(out, "现场演一课：cargo xtask run 编号")?;
    Ok(ExitCode::SUCCESS)
}
