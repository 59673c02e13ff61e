// RUN: inbox
// KIND: healthy
// CAUSE: The receiver wakes from recv_timeout every 400 ms with Timeout and tries again; the only sender sends two mails with long pauses and then drops its end, so Disconnected ends the loop after about three seconds.
// MUST NOT SAY: that the time-outs mean that no sender exists or that the loop is endless.
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::thread;
use std::time::Duration;

fn main() {
    let (tx, rx) = channel::<&str>();
    thread::spawn(move || {
        for mail in ["invoice", "holiday card"] {
            thread::sleep(Duration::from_millis(1300));
            tx.send(mail).unwrap();
        }
        thread::sleep(Duration::from_millis(500));
    });

    let mut idle = 0;
    loop {
        match rx.recv_timeout(Duration::from_millis(400)) {
            Ok(mail) => println!("new mail: {mail}"),
            Err(RecvTimeoutError::Timeout) => {
                idle += 1;
                println!("nothing yet ({idle})");
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    println!("mailbox closed");
}
