use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::wait;
use nix::unistd::{Pid, fork};

fn main() {
    let names: Vec<String> = env::args().skip(1).collect();
    // 先全部创建，再一次印出整行：这时子进程的缓冲区里什么也没有
    let children: Vec<Pid> = names.iter().map(|name| start(name)).collect();
    println!("开工:{}个人", children.len());
    for _ in &children {
        wait().expect("等子进程");
    }
}

fn start(name: &str) -> Pid {
    // SAFETY: 没有创建过线程
    match unsafe { fork() }.expect("创建子进程") {
        nix::unistd::ForkResult::Parent { child } => child,
        nix::unistd::ForkResult::Child => {
            sleep(Duration::from_millis(100));
            println!("{name}做完了");
            process::exit(0)
        }
    }
}
