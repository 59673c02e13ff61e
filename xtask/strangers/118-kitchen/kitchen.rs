// RUN: kitchen
// KIND: healthy
// CAUSE: The three cooks mostly idle in wait_timeout_while on the Condvar because orders come only every 600 ms; after the last order main sets `closed` and notifies all, so every cook leaves and the joins return.
// MUST NOT SAY: that the cooks miss the notification or that the pool hangs because two of them have nothing to do.
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

#[derive(Default)]
struct Hatch {
    orders: VecDeque<&'static str>,
    closed: bool,
}

fn cook(no: u8, shared: Arc<(Mutex<Hatch>, Condvar)>) {
    let (hatch, bell) = &*shared;
    loop {
        let guard = hatch.lock().unwrap();
        let (mut guard, _) = bell
            .wait_timeout_while(guard, Duration::from_secs(1), |h| {
                h.orders.is_empty() && !h.closed
            })
            .unwrap();
        if let Some(dish) = guard.orders.pop_front() {
            drop(guard);
            println!("cook {no} makes {dish}");
        } else if guard.closed {
            return;
        }
    }
}

fn main() {
    let shared = Arc::new((Mutex::new(Hatch::default()), Condvar::new()));
    let cooks: Vec<_> = (1..=3)
        .map(|no| {
            let s = Arc::clone(&shared);
            thread::spawn(move || cook(no, s))
        })
        .collect();
    for dish in ["soup", "pie", "salad", "cake"] {
        thread::sleep(Duration::from_millis(600));
        shared.0.lock().unwrap().orders.push_back(dish);
        shared.1.notify_one();
    }
    shared.0.lock().unwrap().closed = true;
    shared.1.notify_all();
    for c in cooks {
        c.join().unwrap();
    }
    println!("kitchen is clean");
}
