//! Locks that are never given back.

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

const ADDR: &str = "127.0.0.1:8888";

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "locks-crosswise" => locks_crosswise(),
        "locks-crosswise-parking-lot" => locks_crosswise_parking_lot(),
        "locks-crosswise-rwlock" => locks_crosswise_rwlock(),
        "locks-in-a-ring" => locks_in_a_ring(),
        "locks-twice" => {
            let lock = Mutex::new(0);
            let _first = lock.lock();
            let _second = lock.lock(); // waits
        }
        "locks-twice-parking-lot" => {
            let lock = parking_lot::Mutex::new(0);
            let _first = lock.lock();
            let _second = lock.lock(); // waits
        }
        "writes-while-reading" => {
            let lock = parking_lot::RwLock::new(0);
            let _first = lock.read();
            let _second = lock.write(); // waits
        }
        "holds-in-recv" => return Some(holds_in_recv()),
        "holds-in-accept" => return Some(holds_in_accept()),
        "forgets-the-guard" => forgets_the_guard(),
        "joins-while-holding" => joins_while_holding(),
        "locks-in-a-loop-head" => locks_in_a_loop_head(),
        "locks-in-a-called-function" => {
            let account = Account { balance: Mutex::new(0) };
            account.twice();
        }
        "locks-by-name-crosswise" => locks_by_name_crosswise(),
        "holds-in-join-of-another" => holds_in_join_of_another(),
        _ => return None,
    }
    Some(Ok(()))
}

/// Long enough for the other thread to take its first lock.
fn meanwhile() {
    thread::sleep(Duration::from_millis(100));
}

fn locks_crosswise() {
    let (one, two) = (Mutex::new(0), Mutex::new(0));
    let both = |first: &Mutex<i32>, second: &Mutex<i32>| {
        let _first = first.lock();
        meanwhile();
        let _second = second.lock(); // waits
    };
    thread::scope(|scope| {
        // waits
        scope.spawn(|| both(&one, &two));
        scope.spawn(|| both(&two, &one));
    });
}

fn locks_crosswise_parking_lot() {
    let (one, two) = (parking_lot::Mutex::new(0), parking_lot::Mutex::new(0));
    thread::scope(|scope| {
        // waits
        scope.spawn(|| {
            let _first = one.lock();
            meanwhile();
            let _second = two.lock(); // waits
        });
        let _first = two.lock();
        meanwhile();
        let _second = one.lock(); // waits
    });
}

fn locks_crosswise_rwlock() {
    let (one, two) = (RwLock::new(0), RwLock::new(0));
    let both = |first: &RwLock<i32>, second: &RwLock<i32>| {
        let _first = first.read();
        meanwhile();
        let _second = second.write(); // waits
    };
    thread::scope(|scope| {
        // waits
        scope.spawn(|| both(&one, &two));
        scope.spawn(|| both(&two, &one));
    });
}

fn locks_in_a_ring() {
    let locks = [Mutex::new(0), Mutex::new(0), Mutex::new(0)];
    thread::scope(|scope| {
        // waits
        for index in 0..3 {
            let (mine, next) = (&locks[index], &locks[(index + 1) % 3]);
            scope.spawn(move || {
                let _mine = mine.lock();
                meanwhile();
                let _next = next.lock(); // waits
            });
        }
    });
}

/// A thread holds the lock while it waits for a client's words.
fn holds_in_recv() -> io::Result<()> {
    let (mut client, _) = TcpListener::bind(ADDR)?.accept()?;
    let lock = Mutex::new(0);
    thread::scope(|scope| {
        // waits
        scope.spawn(|| {
            let _held = lock.lock();
            let _ = client.read_exact(&mut [0; 64]); // waits
        });
        meanwhile();
        let _held = lock.lock(); // waits
    });
    Ok(())
}

fn holds_in_accept() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let lock = parking_lot::Mutex::new(0);
    let _client = TcpStream::connect(ADDR)?;
    thread::scope(|scope| {
        // waits
        scope.spawn(|| {
            let _held = lock.lock();
            while listener.accept().is_ok() {} // waits
        });
        meanwhile();
        let _held = lock.lock(); // waits
    });
    Ok(())
}

/// The thread that had the lock has ended without giving it back.
fn forgets_the_guard() {
    let lock = Mutex::new(0);
    thread::scope(|scope| {
        // waits
        scope.spawn(|| std::mem::forget(lock.lock()));
        meanwhile();
        let _held = lock.lock(); // waits
    });
}

fn joins_while_holding() {
    let lock = std::sync::Arc::new(Mutex::new(0));
    let held = lock.lock();
    let other = lock.clone();
    let thread = thread::spawn(move || {
        let _held = other.lock(); // waits
    });
    let _ = thread.join(); // waits
    drop(held);
}

/// The guard in the head of the loop lives as long as its block.
fn locks_in_a_loop_head() {
    let names = Mutex::new(vec!["a", "b"]);
    while let Some(name) = names.lock().unwrap_or_else(|error| error.into_inner()).pop() {
        if name == "b" {
            let _more = names.lock(); // waits
        }
    }
}

struct Account {
    balance: Mutex<i32>,
}

impl Account {
    fn add(&self) {
        if let Ok(mut balance) = self.balance.lock() {
            // waits
            *balance += 1;
        }
    }

    fn twice(&self) {
        let _held = self.balance.lock();
        self.add();
        self.add();
    }
}

fn locks_by_name_crosswise() {
    let (one, two) = (Mutex::new(0), Mutex::new(0));
    thread::scope(|scope| {
        // waits
        scope.spawn(|| {
            let _one = one.lock();
            meanwhile();
            let _two = two.lock(); // waits
        });
        scope.spawn(|| {
            let _two = two.lock();
            meanwhile();
            let _one = one.lock(); // waits
        });
    });
}

/// The thread that is joined does not want the lock; the one that it waits for does.
fn holds_in_join_of_another() {
    let lock = std::sync::Arc::new(Mutex::new(0));
    let (first, second) = (lock.clone(), lock.clone());
    let worker = thread::spawn(move || {
        meanwhile();
        let _first = first.lock(); // waits
    });
    let _held = second.lock();
    let _ = worker.join(); // waits
}
