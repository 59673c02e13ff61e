// RUN: bear
// KIND: healthy
// CAUSE: The bear thread parks until the flag SPRING is set; main sets it after 2.5 seconds and unparks him, so he wakes, eats and everything ends.
// MUST NOT SAY: that the unpark is lost or comes before the park (the token would be kept anyhow).
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

static SPRING: AtomicBool = AtomicBool::new(false);

fn main() {
    let began = Instant::now();
    let bear = thread::Builder::new()
        .name("bear".into())
        .spawn(|| {
            while !SPRING.load(Ordering::Acquire) {
                thread::park();
            }
            "honey"
        })
        .unwrap();

    println!("winter ...");
    thread::sleep(Duration::from_millis(2500));
    SPRING.store(true, Ordering::Release);
    bear.thread().unpark();
    let food = bear.join().unwrap();
    println!("the bear ate {food} after {:?}", began.elapsed());
}
