// Right: all three begin together, and main is told through a channel by each that it is done before it joins them.

use std::sync::{mpsc, Arc, Barrier};
use std::thread;

use crate::support::sleep;

pub fn main() {
    let barrier = Arc::new(Barrier::new(3));
    let (done, dones) = mpsc::channel();
    let run = |before: &'static str, after: &'static str| {
        let (barrier, done) = (barrier.clone(), done.clone());
        thread::spawn(move || {
            barrier.wait();
            (1..=199).for_each(|i| {
                sleep(100);
                println!("{before}{i}{after}");
            });
            done.send(before).unwrap();
        })
    };
    let threads = [run("正在敲第", "遍代码"), run("正在听第", "遍音乐")];
    barrier.wait();
    for i in 1..=19 {
        sleep(100);
        println!("main{i}");
    }
    drop(done);
    assert_eq!(dones.iter().count(), 2);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
