//! Threads and processes: how they begin, how they end, and in which order.

use std::os::unix::process::CommandExt;
use std::process::{Command, exit};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Instant;

use nix::sys::wait::waitpid;
use nix::unistd::{close, setsid};

use super::waits::{in_child, millis, tenths};

/// Two locks, of `parking_lot`, each held by one thread and waited for by the others: prints their addresses first.
fn parked_at_locks() {
    use parking_lot::Mutex;
    static LOCKS: [Mutex<u8>; 2] = [Mutex::new(1), Mutex::new(2)];
    for lock in &LOCKS {
        // SAFETY: only its address is looked at.
        println!("{}", &raw const *unsafe { lock.raw() } as usize);
    }
    let held = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _second = LOCKS[1].lock();
            held.wait();
            drop(LOCKS[0].lock());
        });
        let _first = LOCKS[0].lock();
        held.wait();
        scope.spawn(|| drop(LOCKS[0].lock()));
        drop(LOCKS[1].lock());
    });
}

pub fn act(name: &str, args: &[String]) -> bool {
    match name {
        "parked-at-locks" => parked_at_locks(),
        "threads" => threads(args[0].parse().unwrap()),
        "crowd-at-lock" => crowd_at_lock(&args[0], args[1].parse().unwrap()),
        "sleeping-threads" => sleeping_threads(args[0].parse().unwrap()),
        "command" => {
            let length = args.first().map_or("2000", |length| length.as_str());
            let status = Command::new("/proc/self/exe").arg("sleep").arg(length).status();
            println!("{}", status.unwrap().success());
        }
        "exec" => panic!("{}", Command::new("/proc/self/exe").arg("two-sleepers").exec()),
        "exec-by-thread" => exec_by_thread(),
        "exit-with-sleeper" => {
            thread::spawn(|| thread::sleep(millis(100_000)));
            thread::sleep(millis(500));
            println!("exit");
            exit(7);
        }
        "leader-goes-first" => {
            let began = Instant::now();
            thread::spawn(move || {
                thread::sleep(millis(500));
                println!("thread {}", tenths(began));
                exit(0);
            });
            // SAFETY: ends this thread and no other (exit(2)); the process goes on.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }
        "orphan" => {
            let child = in_child(|| {
                setsid().unwrap();
                let _ = in_child(|| {
                    thread::sleep(millis(1000));
                    println!("orphan");
                });
            });
            waitpid(child, None).unwrap();
            println!("parent");
        }
        "deaf-orphan" => {
            let _ = in_child(|| {
                for fd in 0..3 {
                    let _ = close(fd);
                }
                thread::sleep(millis(100_000_000));
            });
        }
        "stuck-locks" => stuck_locks(),
        "stuck-pipe" => {
            let (mut reader, _writer) = std::io::pipe().unwrap();
            std::io::Read::read(&mut reader, &mut [0]).unwrap();
        }
        _ => return false,
    }
    true
}

/// So many threads, all alive at once.
fn threads(count: usize) {
    let barrier = Arc::new(Barrier::new(count + 1));
    let all: Vec<_> = (0..count)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            thread::Builder::new()
                .stack_size(64 << 10)
                .spawn(move || {
                    barrier.wait();
                })
                .unwrap()
        })
        .collect();
    barrier.wait();
    for one in all {
        one.join().unwrap();
    }
    println!("{count}");
}

/// So many threads that wait for one lock, of the standard library or of `parking_lot`, and take it one after the other.
fn crowd_at_lock(kind: &str, count: usize) {
    static STD: std::sync::Mutex<usize> = std::sync::Mutex::new(0);
    static PARKING_LOT: parking_lot::Mutex<usize> = parking_lot::Mutex::new(0);
    let with_it = |act: &mut dyn FnMut(&mut usize)| match kind {
        "std" => act(&mut STD.lock().unwrap()),
        _ => act(&mut PARKING_LOT.lock()),
    };
    thread::scope(|scope| {
        with_it(&mut |_| {
            for _ in 0..count {
                let comer = thread::Builder::new().stack_size(64 << 10);
                comer.spawn_scoped(scope, || with_it(&mut |taken| *taken += 1)).unwrap();
            }
            // long enough for all of them to come
            thread::sleep(millis(1000));
        });
    });
    with_it(&mut |taken| println!("{taken}"));
}

fn sleeping_threads(count: usize) {
    let all: Vec<_> = (0..count)
        .map(|_| {
            let sleeper = || {
                for _ in 0..10 {
                    thread::sleep(millis(100));
                }
            };
            thread::Builder::new().stack_size(64 << 10).spawn(sleeper).unwrap()
        })
        .collect();
    for one in all {
        one.join().unwrap();
    }
    println!("{count}");
}

/// Two threads that take two locks in opposite orders.
fn stuck_locks() {
    let locks = Arc::new((std::sync::Mutex::new(()), std::sync::Mutex::new(())));
    let other = Arc::clone(&locks);
    let thread = thread::spawn(move || {
        let _second = other.1.lock().unwrap();
        thread::sleep(millis(100));
        let _first = other.0.lock().unwrap();
    });
    let _first = locks.0.lock().unwrap();
    thread::sleep(millis(100));
    let _second = locks.1.lock().unwrap();
    thread.join().unwrap();
}

/// Another thread than the first one becomes another program, while the others sleep and wait.
fn exec_by_thread() {
    thread::spawn(|| thread::sleep(millis(100_000)));
    let (_send, receive) = mpsc::channel::<()>();
    thread::spawn(move || receive.recv());
    let exec = thread::spawn(|| {
        thread::sleep(millis(300));
        panic!("{}", Command::new("/proc/self/exe").arg("hello").exec());
    });
    exec.join().unwrap();
}
