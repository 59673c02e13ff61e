//! Channels on which nothing comes any more, or on which nobody receives.

use std::io;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crossbeam::channel;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "joins-a-receiver" => {
            let (sender, receiver) = mpsc::channel::<i32>();
            let _ = thread::spawn(move || receiver.iter().count()).join(); // waits
            drop(sender);
        }
        "joins-a-crossbeam-receiver" => {
            let (sender, receiver) = channel::bounded::<i32>(0);
            let _ = thread::spawn(move || receiver.recv()).join(); // waits
            drop(sender);
        }
        "joins-a-selecting-thread" => joins_a_selecting_thread(),
        "joins-a-sender" => {
            let (sender, receiver) = mpsc::sync_channel::<i32>(1);
            let fill = move || (0..3).try_for_each(|number| sender.send(number)); // waits
            let _ = thread::spawn(fill).join(); // waits
            drop(receiver);
        }
        "receives-what-it-keeps" => {
            let (sender, receiver) = mpsc::channel::<i32>();
            let _ = receiver.recv(); // waits
            drop(sender);
        }
        "sends-while-holding" => sends_while_holding(),
        "keeps-the-first-sender" => keeps_the_first_sender(),
        "sends-after-joining" => {
            let (sender, receiver) = mpsc::channel::<i32>();
            let thread = thread::spawn(move || {
                let _ = receiver.recv(); // waits
            });
            let _ = thread.join(); // waits
            let _ = sender.send(1);
        }
        _ => return None,
    }
    Some(Ok(()))
}

fn joins_a_selecting_thread() {
    let (one, from_one) = channel::bounded::<i32>(0);
    let (two, from_two) = channel::unbounded::<i32>();
    let work = move || {
        channel::select! { // waits
            recv(from_one) -> _ => {}
            recv(from_two) -> _ => {}
        }
    };
    let _ = thread::spawn(work).join(); // waits
    drop((one, two));
}

/// The channel is full, and whoever would receive waits for the lock that the sender holds.
fn sends_while_holding() {
    let (sender, receiver) = mpsc::sync_channel::<i32>(1);
    let lock = Mutex::new(0);
    let held = &lock;
    thread::scope(|scope| {
        // waits
        scope.spawn(move || {
            thread::sleep(Duration::from_millis(100));
            let _held = held.lock(); // waits
            let _ = receiver.recv();
        });
        let _held = lock.lock();
        for number in 0..3 {
            let _ = sender.send(number); // waits
        }
    });
}

/// Every thread has a clone, and the first sender is still there.
fn keeps_the_first_sender() {
    let (sender, receiver) = mpsc::channel::<i32>();
    for number in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || sender.send(number));
    }
    let mut sum = 0;
    while let Ok(number) = receiver.recv() {
        // waits
        sum += number;
    }
    drop((sender, sum));
}
