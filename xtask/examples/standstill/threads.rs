//! Threads that wait for others: to end, to come, to tell them.

use std::io;
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use crossbeam::sync::WaitGroup;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "never-notified" => {
            let (lock, condition) = (Mutex::new(false), Condvar::new());
            if let Ok(ready) = lock.lock() {
                let _ready = condition.wait_while(ready, |ready| !*ready); // waits
            }
        }
        "never-notified-in-a-thread" => {
            let pair = Arc::new((parking_lot::Mutex::new(false), parking_lot::Condvar::new()));
            let other = pair.clone();
            let wait = move || {
                let mut ready = other.0.lock();
                other.1.wait(&mut ready); // waits
            };
            let _ = thread::spawn(wait).join(); // waits
        }
        "one-is-missing" => {
            let barrier = Barrier::new(3);
            thread::scope(|scope| {
                // waits
                scope.spawn(|| barrier.wait()); // waits
                barrier.wait(); // waits
            });
        }
        "wait-group" => {
            let group = WaitGroup::new();
            let other = group.clone();
            group.wait(); // waits
            drop(other);
        }
        "scope-never-ends" => thread::scope(|scope| {
            // waits
            scope.spawn(|| {
                thread::park(); // waits
            });
        }),
        "parks" => thread::park(), // waits
        "joins-each-other" => joins_each_other(),
        "notifies-too-late" => notifies_too_late(),
        "notified-before" => notified_before(),
        "unparks-too-late" => {
            let thread = thread::spawn(|| {
                thread::park(); // waits
            });
            let handle = thread.thread().clone();
            let _ = thread.join(); // waits
            handle.unpark();
        }
        "leader-ends" => {
            thread::spawn(|| {
                thread::park(); // waits
            });
            thread::sleep(Duration::from_millis(100));
            // SAFETY: ends this thread alone (pthread_exit(3) without its cleaning up).
            unsafe { nix::libc::syscall(nix::libc::SYS_exit, 0) };
        }
        _ => return None,
    }
    Some(Ok(()))
}

/// A thread waits for the main one, which waits for it.
fn joins_each_other() {
    // SAFETY: plain calls; the thread of this id lives as long as the process.
    let main = unsafe { nix::libc::pthread_self() } as usize;
    let wait = move || {
        // SAFETY: the main thread has not ended: it waits for this one.
        unsafe { nix::libc::pthread_join(main as nix::libc::pthread_t, std::ptr::null_mut()) } // waits
    };
    let thread = thread::spawn(wait);
    let _ = thread.join(); // waits
}

/// What the other thread waits for comes after its end.
fn notifies_too_late() {
    let changed = Arc::new(Condvar::new());
    let thread = {
        let changed = changed.clone();
        thread::spawn(move || {
            if let Ok(ready) = Mutex::new(false).lock() {
                let _ready = changed.wait_while(ready, |ready| !*ready); // waits
            }
        })
    };
    let _ = thread.join(); // waits
    changed.notify_one();
}

/// It waits for what has happened already, and does not look.
fn notified_before() {
    let (lock, changed) = (Mutex::new(false), Condvar::new());
    changed.notify_all();
    let Ok(ready) = lock.lock() else { return };
    let _ready = changed.wait(ready); // waits
}
