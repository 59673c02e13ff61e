use std::env;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

fn main() {
    let args: Vec<String> = env::args().collect();
    let (sender, receiver) = mpsc::sync_channel(1);
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..args[1].parse().unwrap() {
            scope.spawn(|| while work(&receiver) {});
        }
        for job in &args[2..] {
            sender.send(job.clone()).unwrap();
        }
        drop(sender);
    });
    println!("全部做完");
}

/// 领一件活做完；没有活了，就是 false。领的时候才拿着锁，做的时候不拿。
fn work(receiver: &Mutex<Receiver<String>>) -> bool {
    let job = receiver.lock().unwrap().recv();
    let Ok(job) = job else { return false };
    thread::sleep(Duration::from_secs(1));
    println!("做完:{job}");
    true
}
