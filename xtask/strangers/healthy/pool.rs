use std::sync::{mpsc, Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

fn main() {
    let queue: Arc<(Mutex<(Vec<Job>, bool)>, Condvar)> = Arc::default();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let queue = queue.clone();
            thread::spawn(move || loop {
                let (lock, cond) = &*queue;
                let mut state =
                    cond.wait_while(lock.lock().unwrap(), |s| s.0.is_empty() && !s.1).unwrap();
                let Some(job) = state.0.pop() else { return };
                drop(state);
                job();
            })
        })
        .collect();
    let (tx, rx) = mpsc::channel();
    for n in 0..9u32 {
        let tx = tx.clone();
        let job: Job = Box::new(move || {
            thread::sleep(Duration::from_millis(200));
            tx.send(n * n).unwrap();
        });
        queue.0.lock().unwrap().0.push(job);
        queue.1.notify_one();
    }
    drop(tx);
    let mut all: Vec<u32> = rx.iter().collect();
    all.sort();
    queue.0.lock().unwrap().1 = true;
    queue.1.notify_all();
    for w in workers {
        w.join().unwrap();
    }
    println!("{all:?}");
}
