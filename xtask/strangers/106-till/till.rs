// RUN: till
// KIND: fails
// CAUSE: The thread that sells "glue" panics (price not found) while it holds the Mutex, so the Mutex is poisoned and main's till.lock().unwrap() panics with PoisonError (exit code 101). Look the price up before locking and handle the missing one instead of unwrap/expect.
// MUST NOT SAY: that it is a deadlock.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let prices = Arc::new(BTreeMap::from([("pen", 2), ("ink", 7)]));
    let till = Arc::new(Mutex::new(0));

    let mut sellers = vec![];
    for item in ["pen", "glue", "ink"] {
        let (prices, till) = (prices.clone(), till.clone());
        sellers.push(thread::spawn(move || {
            let mut cash = till.lock().unwrap();
            *cash += prices.get(item).expect("no price for this item");
        }));
    }
    for s in sellers {
        let _ = s.join();
    }
    println!("cash in the till: {}", till.lock().unwrap());
}
