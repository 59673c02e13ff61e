//! How long it takes to recognise a standstill, from before the helper process starts until after its end. Not a test:
//! the figures depend on the machine.

#[cfg(target_os = "linux")]
#[path = "../tests/support/standstill.rs"]
mod bank;
#[cfg(target_os = "linux")]
#[path = "../tests/support/cases.rs"]
mod cases;

#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use cases::{LOCKS, PROCESSES, PYTHON, SOCKETS, THREADS};

#[cfg(target_os = "linux")]
const ROUNDS: usize = 5;
/// What is aimed at.
#[cfg(target_os = "linux")]
const GOAL: Duration = Duration::from_millis(500);

#[cfg(target_os = "linux")]
fn main() {
    let mut slowest = Duration::ZERO;
    println!("{:>9} {:>9}", "median", "slowest");
    for case in [SOCKETS, PROCESSES, LOCKS, THREADS, PYTHON].into_iter().flatten() {
        let times = (0..ROUNDS).filter_map(|_| case.explained()).map(|played| played.time);
        let mut times: Vec<Duration> = times.collect();
        times.sort_unstable();
        let (Some(median), Some(longest)) = (times.get(ROUNDS / 2), times.last()) else { continue };
        slowest = slowest.max(*longest);
        let script = case.script();
        let programs: Vec<&str> = script
            .lines()
            .filter_map(|line| line.split_once("$ lesson-").map(|(_, program)| program))
            .collect();
        let (median, longest) = (median.as_millis(), longest.as_millis());
        println!("{median:>6} ms {longest:>6} ms  {}", programs.join(" + "));
    }
    let verdict = if slowest < GOAL { "reached" } else { "missed" };
    println!("slowest {} ms; goal {} ms: {verdict}", slowest.as_millis(), GOAL.as_millis());
}

#[cfg(not(target_os = "linux"))]
fn main() {}
