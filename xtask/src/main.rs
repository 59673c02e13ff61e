//! `cargo xtask list | run | trace | check | practice | grade | explain | new | bless | pictures | notes | doctor | bench | book`: reads the command line, reports failures, sets the exit code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use course::catalog::UsageError;
use stage::helper;
use xtask::cli::{self, Request};
use xtask::{bench, commands, report};

fn main() -> ExitCode {
    stage::keep_ended_children();
    let first = std::env::args_os().nth(1);
    if let Some(done) = first.and_then(|name| hidden(name.to_str()?)) {
        return match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // the reader may be gone: then there is nobody to tell
                let _ = writeln!(io::stderr(), "{error}");
                ExitCode::FAILURE
            }
        };
    }
    let outcome = match cli::parse(std::env::args_os()) {
        Ok(Request::Help(text)) => anstream::stdout()
            .write_all(fitted(&text).as_bytes())
            .map(|()| ExitCode::SUCCESS)
            .map_err(Into::into),
        Ok(Request::Do(command)) => commands::run(command, &root()),
        Err(error) => Err(error.into()),
    };
    let error = match outcome {
        Ok(code) => return code,
        Err(error) => error,
    };
    // the reader has gone (`| head`): nobody is left to tell
    let closed = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref::<io::Error>().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    let mut stderr = anstream::stderr();
    let _ = writeln!(stderr, "错误：{}", report::in_words(&error));
    if error.is::<UsageError>() {
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        let _ = writeln!(stderr, "用法见 {}", cli::help_command(words));
        return ExitCode::from(2);
    }
    ExitCode::FAILURE
}

/// A help text as wide as the terminal; unchanged where there is none.
fn fitted(text: &str) -> String {
    report::terminal_width().map_or_else(|| text.to_owned(), |width| text::hang(text, width.into()))
}

/// Carries out a hidden subcommand: xtask starts itself with one; `None`: `name` is none.
fn hidden(name: &str) -> Option<Result<(), String>> {
    helper::dispatch(name).or_else(|| bench::peers::dispatch(name))
}

/// The workspace: cargo says where xtask's manifest is.
fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or(manifest.clone(), Path::to_owned)
}
