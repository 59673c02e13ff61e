//! Threads that sleep, with a lock for which others wait or without; and threads that give back a lock too early.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "sleeps-with-a-lock" => with_a_lock(&Mutex::new(()), || sleep(500)),
        "sleeps-with-a-lock-of-parking-lot" => {
            let lock = parking_lot::Mutex::new(());
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _guard = lock.lock();
                    sleep(500);
                });
                scope.spawn(|| {
                    sleep(100);
                    drop(lock.lock());
                });
            });
        }
        "receives-with-a-lock" => {
            let (mut ours, mut others) = connection().ok()?;
            let answers = thread::spawn(move || {
                sleep(400);
                others.write_all(b"!")
            });
            with_a_lock(&Mutex::new(()), move || drop(ours.read(&mut [0])));
            return answers.join().ok();
        }
        "sleeps-before-it-locks" => thread::scope(|scope| {
            let lock = Mutex::new(());
            let lock = &*Box::leak(Box::new(lock));
            for length in [300, 100, 200] {
                scope.spawn(move || {
                    for _ in 0..20 {
                        sleep(length);
                        drop(lock.lock());
                    }
                });
            }
        }),
        "sleeps-while-another-has-the-lock" => another_has_the_lock(),
        "sleeps-and-notifies" => notifies(),
        "sleeps-and-notifies-with-parking-lot" => notifies_with_parking_lot(),
        "sleeps-and-sends" => sends(),
        "sleeps-and-unparks" => {
            let parked = thread::spawn(thread::park);
            sleep(300);
            parked.thread().unpark();
            let _ = parked.join();
        }
        "is-never-notified" => println!("{}", waits_until_five(|_| {})),
        "is-notified" => println!("{}", waits_until_five(Condvar::notify_all)),
        "loses-updates" => counts(|count| {
            let before = *count.lock().unwrap();
            println!("n {before}");
            *count.lock().unwrap() = before + 1;
        }),
        "loses-no-updates" => counts(|count| {
            let mut count = count.lock().unwrap();
            println!("n {count}");
            *count += 1;
        }),
        _ => return None,
    }
    Some(Ok(()))
}

/// What a thread has seen that waits until another has counted to five, but not for ever.
fn waits_until_five(tell: fn(&Condvar)) -> u32 {
    let (count, grown) = (Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        let waits = scope.spawn(|| {
            let mut seen = count.lock().unwrap();
            while *seen < 5 {
                let limit = Duration::from_millis(1500);
                let (now, over) = grown.wait_timeout(seen, limit).unwrap();
                seen = now;
                if over.timed_out() {
                    break;
                }
            }
            *seen
        });
        for _ in 0..5 {
            sleep(400);
            *count.lock().unwrap() += 1;
            tell(&grown);
        }
        waits.join().unwrap()
    })
}

/// Two threads count, ten times each.
fn counts(once: fn(&Mutex<u32>)) {
    let count = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..10).for_each(|_| once(&count)));
        }
    });
    println!("sum {}", count.lock().unwrap());
}

/// One does this with the lock, the other wants it meanwhile.
fn with_a_lock(lock: &Mutex<()>, pause: impl FnOnce() + Send) {
    thread::scope(|scope| {
        scope.spawn(move || {
            let _guard = lock.lock();
            pause();
        });
        scope.spawn(|| {
            sleep(100);
            drop(lock.lock());
        });
    });
}

/// It waits for word from the first thread, which sleeps and has no lock.
fn another_has_the_lock() {
    let lock = Mutex::new(());
    let (word, waits) = mpsc::channel();
    thread::scope(|scope| {
        let lock = &lock;
        scope.spawn(move || {
            let _guard = lock.lock();
            let _ = waits.recv();
        });
        for begins in [50, 60] {
            scope.spawn(move || {
                sleep(begins);
                drop(lock.lock());
            });
        }
        scope.spawn(move || {
            sleep(300);
            drop(lock.lock());
        });
        sleep(300);
        let _ = word.send(());
        drop(lock.lock());
    });
}

fn notifies() {
    let (lock, grown) = (Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let count = lock.lock().unwrap();
                drop(grown.wait_while(count, |count| *count < 3));
            });
        }
        for _ in 0..3 {
            sleep(100);
            *lock.lock().unwrap() += 1;
            grown.notify_all();
        }
    });
}

fn notifies_with_parking_lot() {
    let (lock, grown) = (parking_lot::Mutex::new(0), parking_lot::Condvar::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| grown.wait_while(&mut lock.lock(), |count| *count < 3));
        }
        for _ in 0..3 {
            sleep(100);
            let mut count = lock.lock();
            *count += 1;
            grown.notify_all();
            drop(count);
        }
    });
}

/// Whoever has the turn waits for the next piece of work, and the others for their turn.
fn sends() {
    let (work, waits) = mpsc::channel::<u8>();
    let waits = Mutex::new(waits);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| while waits.lock().unwrap().recv().is_ok() {});
        }
        for piece in 0..5 {
            sleep(100);
            let _ = work.send(piece);
        }
        drop(work);
    });
}

fn connection() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    Ok((ours, listener.accept()?.0))
}

fn sleep(millis: u64) {
    thread::sleep(Duration::from_millis(millis));
}
