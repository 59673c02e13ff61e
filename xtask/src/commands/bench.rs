//! `cargo xtask bench`: measures the lessons against what else does the same job.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use course::catalog::Catalog;
use stage::interrupt;

use crate::bench::{Bench, Place, Python, crowd, exchanges, upload};
use crate::cargo::{self, Profile};
use crate::cli::BenchOptions;

/// What is built: the lessons that are measured, and ourselves for the peers.
const PACKAGES: [&str; 6] = [
    "lesson-02-looping-server",
    "lesson-04-upload-client",
    "lesson-04-upload-looping-server",
    "lesson-04-upload-server",
    "lesson-11-concurrent-upload-server",
    "xtask",
];

/// Measures and prints; figures never fail, only what keeps everything from starting does.
pub fn run(catalog: &Catalog, options: &BenchOptions) -> Result<ExitCode> {
    let size = options.size.unwrap_or(1024);
    let programs = match options.unoptimized {
        false => cargo::build(&catalog.root, &PACKAGES, Profile::Release)?.all()?,
        true => {
            // we run already: nothing to build anew
            let mut programs = cargo::build(&catalog.root, &PACKAGES[..5], Profile::Dev)?.all()?;
            programs.insert("xtask".to_owned(), crate::perform::xtask_program()?);
            programs
        }
    };
    interrupt::catch_interrupts()?;
    let target = programs.values().find_map(|program| program.parent()?.parent());
    let target = target.map_or_else(|| catalog.root.join("target"), Path::to_owned);
    // the file twice, and room for the small ones
    let place = Place::find(&target, (u64::from(size) * 2 + 64) << 20)?;
    let rounds = options.rounds.unwrap_or(3);
    let bench = Bench { programs, place, python: Python::find(), rounds };
    match measure(&bench, options, size) {
        Err(_) if interrupt::interrupted() => {
            drop(bench);
            eprintln!("已中断：什么都没有留下");
            Ok(ExitCode::from(interrupt::EXIT_CODE))
        }
        done => done.map(|()| ExitCode::SUCCESS),
    }
}

fn measure(bench: &Bench, options: &BenchOptions, size: u32) -> Result<()> {
    let mut out = anstream::stdout();
    if options.unoptimized {
        writeln!(out, "没有按发布版编译：数字不算数")?;
    }
    match &bench.place.on_disk {
        None => writeln!(out, "文件在内存里（{}）\n", bench.place.folder.display())?,
        Some(why) => writeln!(out, "文件在磁盘上（{why}）：量到的有一部分是磁盘\n")?,
    }
    writeln!(out, "{}", upload::measure(bench, size)?)?;
    let exchanges = options.exchanges.unwrap_or(2000);
    writeln!(out, "{}", exchanges::measure(bench, exchanges)?)?;
    write!(out, "{}", crowd::measure(bench, options.clients.unwrap_or(50))?)?;
    #[cfg(target_os = "linux")]
    write!(out, "\n{}", crate::bench::tracing::measure(bench, size)?)?;
    Ok(())
}
