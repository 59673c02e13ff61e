//! `cargo xtask list`: the lessons in order.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use course::catalog::Catalog;
use text::pad;

use crate::report::full::of_lesson;
use crate::report::terminal_width;

/// Prints number, title and packages of every lesson.
pub fn run(catalog: &Catalog) -> Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let widest = |texts: Vec<&str>| texts.into_iter().map(text::width).max().unwrap_or(0);
    let titles = widest(catalog.lessons.iter().map(|lesson| lesson.title.as_str()).collect());
    let names = widest(catalog.packages().map(|package| package.name.as_str()).collect());
    let about = widest(catalog.packages().map(|package| package.title.as_str()).collect());
    // what a program is about is left out where it would be broken
    let needed = 2 + 2 + titles + 2 + names + 2 + about;
    let is_wide = terminal_width().is_none_or(|width| usize::from(width) >= needed);
    for lesson in &catalog.lessons {
        for (index, package) in lesson.packages.iter().enumerate() {
            let (number, title) = match index {
                0 => (lesson.number.as_str(), lesson.title.as_str()),
                _ => ("", ""),
            };
            let line = format!("{number:2}  {}  {}", pad(title, titles), pad(&package.name, names));
            match is_wide {
                true => writeln!(out, "{line}  {}", package.title)?,
                false => writeln!(out, "{}", line.trim_end())?,
            }
        }
    }
    for trouble in &catalog.troubles {
        writeln!(out, "\n{}有错：{trouble}", of_lesson(&trouble.lesson))?;
    }
    writeln!(out, "\n单独运行一个程序：cargo run -p 程序名")?;
    writeln!(out, "现场演一课：cargo xtask run 编号")?;
    Ok(ExitCode::SUCCESS)
}
