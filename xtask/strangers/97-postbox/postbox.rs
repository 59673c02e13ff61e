// RUN: postbox
// KIND: hangs
// CAUSE: main keeps the original `tx` alive while only the clones given to the three writers are dropped; so `for letter in rx` never sees the channel closed and waits for ever after the last letter. Call drop(tx) before the loop (or move tx itself into the last thread).
// MUST NOT SAY: that a writer thread does not end; all three have ended.
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn main() {
    let (tx, rx) = mpsc::channel();
    for who in ["ada", "bea", "cyd"] {
        let tx = tx.clone();
        thread::spawn(move || {
            for n in 1..=2 {
                tx.send(format!("letter {n} from {who}")).unwrap();
                thread::sleep(Duration::from_millis(50));
            }
        });
    }

    let mut count = 0;
    for letter in rx {
        println!("{letter}");
        count += 1;
    }
    println!("{count} letters in all");
}
