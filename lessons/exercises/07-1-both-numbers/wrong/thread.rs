// main：threads-for-processes
use std::thread;

use nix::unistd::{getpid, getppid};

fn main() {
    // 线程没有自己的进程号
    let child = thread::spawn(|| println!("子:{} 父:{}", getpid(), getppid()));
    child.join().unwrap();
    println!("父:{} 子:{}", getppid(), getpid());
}
