//! What the tracer's tests trace: one program with many small acts, so that there is only one to build.
//!
//! `acts ACT [ARGS]`. An act prints what a program in real time would print; the tests know what that is.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod crowds;
#[cfg(target_os = "linux")]
mod odd;
#[cfg(target_os = "linux")]
mod pieces;
#[cfg(target_os = "linux")]
mod questions;
#[cfg(target_os = "linux")]
mod signals;
#[cfg(target_os = "linux")]
mod streams;
#[cfg(target_os = "linux")]
mod waits;

#[cfg(target_os = "linux")]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let name = args.first().map_or("", String::as_str);
    let rest = args.get(1..).unwrap_or_default();
    let all = [
        waits::act,
        signals::act,
        crowds::act,
        calls::act,
        odd::act,
        streams::act,
        questions::act,
        pieces::act,
    ];
    if !all.iter().any(|act| act(name, rest)) {
        eprintln!("no act {name:?}");
        std::process::exit(2);
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
