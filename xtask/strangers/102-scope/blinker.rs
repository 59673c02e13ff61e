// RUN: blinker
// KIND: hangs
// CAUSE: thread::scope joins its threads before it returns, but the flag ON that ends the blinker's spin loop is set to false only after the scope; so the scope waits for the blinker and the blinker for the store. Move ON.store(false, ..) into the scope's closure, after count_down().
// MUST NOT SAY: that Relaxed ordering (or a missing volatile) keeps the store from being seen.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

static ON: AtomicBool = AtomicBool::new(true);
static BLINKS: AtomicU64 = AtomicU64::new(0);

fn blink() {
    while ON.load(Ordering::Relaxed) {
        BLINKS.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(2));
    }
}

fn count_down() {
    for n in (1..=3).rev() {
        println!("{n}...");
        thread::sleep(Duration::from_millis(150));
    }
}

fn main() {
    thread::scope(|s| {
        s.spawn(blink);
        count_down();
    });
    ON.store(false, Ordering::Relaxed);
    println!("lift off after {} blinks", BLINKS.load(Ordering::Relaxed));
}
