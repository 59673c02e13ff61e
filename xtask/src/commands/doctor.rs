//! `cargo xtask doctor`: what this machine offers, why something is missing, and what to do about it.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use text::{pad, width};

use crate::doctor::{Readings, findings};

/// Prints one line for everything that differs from machine to machine, and below it cause and remedy.
pub fn run() -> Result<ExitCode> {
    let findings = findings(&Readings::take(&crate::perform::xtask_program()?));
    let widest = |texts: Vec<&str>| texts.into_iter().map(width).max().unwrap_or(0);
    let names = widest(findings.iter().map(|finding| finding.name).collect());
    let states = widest(findings.iter().map(|finding| finding.state.as_str()).collect());
    let mut out = anstream::stdout().lock();
    for finding in &findings {
        let (name, state) = (pad(finding.name, names), pad(&finding.state, states));
        writeln!(out, "{name}  {state}  {}", finding.meaning)?;
        for (what, text) in [("原因", &finding.cause), ("办法", &finding.remedy)] {
            let Some(text) = text else { continue };
            writeln!(out, "{}{what}：{text}", " ".repeat(names + 2))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
